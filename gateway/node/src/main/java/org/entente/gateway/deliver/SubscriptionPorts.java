package org.entente.gateway.deliver;

import java.time.InstantSource;
import java.util.Optional;
import org.entente.gateway.ledger.Chains;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.trace.MessageTracer;
import org.entente.proto.v1.ClassificationEquivalent;
import org.entente.proto.v1.Label;

/** The parts that subscriptions use; one instance for all subscriptions of a node. */
interface SubscriptionPorts {
  InboxTable inbox();

  /** Whether messages may be delivered now: false while another node may know more. */
  boolean isCurrent();

  InboxOpener opening();

  Chains chains();

  UndeliverableMessages undeliverable();

  InstantSource ending();

  /** Makes acknowledgements durable. */
  AcknowledgementCommit acknowledging();

  /** The local equivalent of a label's foreign national classification. */
  Optional<ClassificationEquivalent> equivalent(Label label);

  /** Follows deliveries. */
  MessageTracer tracer();

  void delivered(boolean again, boolean exercise);
}
