package org.entente.gateway.deliver;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.entente.gateway.ledger.Chains;
import org.entente.gateway.ledger.InboxBook;
import org.entente.gateway.receive.InboxOpening;
import org.entente.proto.store.v1.CursorRecord;
import org.entente.proto.v1.ClassificationEquivalent;
import org.entente.proto.v1.Label;

/** What a subscription works with; one for all subscriptions of a node. */
interface SubscriptionPorts {
  InboxBook inbox();

  InboxOpening opening();

  Chains chains();

  Undeliverable undeliverable();

  Executor executor();

  InstantSource clock();

  /**
   * Makes a place durable and owes the origins evidence of the retrieval. Done when both are
   * durable; failed if they could not be made so.
   */
  CompletableFuture<?> acknowledged(
      String client, String cursor, CursorRecord record, List<LanePlace.Sent> messages);

  /** What the national classification of a label is handled as here, where it is another's. */
  Optional<ClassificationEquivalent> equivalent(Label label);

  void delivered(boolean again, boolean exercise);
}
