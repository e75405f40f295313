package org.entente.gateway.deliver;

import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.entente.gateway.ledger.Chains;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.receive.InboxOpener;
import org.entente.proto.v1.ClassificationEquivalent;
import org.entente.proto.v1.Label;

/** What a subscription works with; one for all subscriptions of a node. */
interface SubscriptionPorts {
  InboxTable inbox();

  InboxOpener opening();

  Chains chains();

  UndeliverableMessages undeliverable();

  Executor executor();

  InstantSource clock();

  /** What acknowledgements make durable. */
  AcknowledgementCommit acknowledging();

  /** What the national classification of a label is handled as here, where it is another's. */
  Optional<ClassificationEquivalent> equivalent(Label label);

  void delivered(boolean again, boolean exercise);
}
