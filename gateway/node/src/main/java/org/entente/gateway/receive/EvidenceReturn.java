package org.entente.gateway.receive;

import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.EvidenceTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EvidenceMessages;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.transmit.Dispatch;
import org.entente.gateway.transmit.OutboundSealer;
import org.entente.proto.v1.EvidenceBatch;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Returns owed evidence to its origins: as sealed messages of kind EVIDENCE, each of up to {@link
 * #MOST} messages or one record, in the transaction that removes them from the owed items. Evidence
 * needs no agreement towards the origin of the message it concerns, and causes no further evidence.
 * {@link #tick} is called every 100 milliseconds by one thread.
 */
public final class EvidenceReturn {
  private static final Logger LOG = LoggerFactory.getLogger(EvidenceReturn.class);

  /** Messages that the items of one message are about. */
  static final int MOST = 1_024;

  /** Retrievals of one client in this time are one item. */
  private static final Duration TOGETHER = Duration.ofSeconds(1);

  private static final long READ_BYTES = 256 << 10;

  /** Messages to one origin per round, enough to return evidence faster than messages arrive. */
  private static final int MESSAGES = 8;

  /** Ticks for which items wait for further ones: each message costs both ends an envelope. */
  static final int PATIENCE = 5;

  /** Records of items with which they do not wait, so that a round stays short. */
  static final int MANY = 128;

  private final AgencyName self;
  private final Ledger ledger;
  private final EvidenceRecords records;
  private final Supplier<Policy> policy;
  private final OutboundSealer outbound;
  private final Dispatch dispatch;
  private final InstantSource clock;
  private final RandomGenerator random;

  /** Origins for which the last round failed: the log says it once. */
  private final Set<AgencyName> failing = new HashSet<>();

  /** Up to which number items were returned. */
  private long returned;

  /** The same once {@link #riding} is committed. */
  private long returning;

  /** Ticks since the last round in which something waited. */
  private int waited;

  /** The last messages to origins, which wait for another commit. */
  private CompletableFuture<?> riding = CompletableFuture.completedFuture(null);

  /** Creates the returner of a ledger; items owed before a restart are found again. */
  public EvidenceReturn(
      ReceiveParts parts,
      Supplier<Policy> policy,
      OutboundSealer outbound,
      RandomGenerator random) {
    this.policy = policy;
    this.self = parts.self();
    this.ledger = parts.ledger();
    this.records = parts.evidence();
    this.outbound = outbound;
    this.dispatch = parts.transit().dispatch();
    this.clock = parts.environment().clock();
    this.random = random;
  }

  /** Runs a round if items have waited for {@link #PATIENCE} ticks, or many are owed. */
  public void tick() {
    long waiting = ledger.evidence().lastOwed() - returning;
    boolean nothing = waiting == 0 && !riding.isCompletedExceptionally();
    waited = nothing ? 0 : waited + 1;
    if (waited >= PATIENCE || waiting >= MANY) {
      waited = 0;
      round();
    }
  }

  /**
   * Returns the items owed now. It finds them in the ledger, so other parts need not signal them; a
   * round without new items costs one read. Nobody waits for the last message to an origin, so it
   * causes no commit of its own ({@link Ledger#writeAlong}); until it is committed, rounds do
   * nothing.
   */
  public void round() {
    if (!riding.isDone()) {
      return;
    }
    if (!riding.isCompletedExceptionally()) {
      returned = returning;
    }
    long last = ledger.evidence().lastOwed();
    if (last == returned) {
      return;
    }
    riding = CompletableFuture.completedFuture(null);
    boolean all = true;
    for (AgencyName origin : ledger.evidence().owing()) {
      all &= !sendSome(origin);
    }
    returning = all ? last : returned;
  }

  /** Sends some messages to an origin; returns whether there may be more. */
  private boolean sendSome(AgencyName origin) {
    try {
      List<EvidenceTable.OwedItems> owed = List.of();
      boolean more = true;
      boolean cutOff = true;
      for (int sent = 0; more && sent < MESSAGES; sent++) {
        MessageItems next = next(owed);
        if (cutOff && !next.full()) {
          // Only then: one reading is enough for several messages.
          owed = ledger.evidence().owed(origin, MOST, READ_BYTES);
          cutOff = isCutOff(owed);
          next = next(owed);
        }
        more = next.records() < owed.size() || cutOff;
        send(origin, owed.subList(0, next.records()), next.items(), more);
        owed = owed.subList(next.records(), owed.size());
      }
      failing.remove(origin);
      return more;
    } catch (RuntimeException e) {
      if (ProcessingFailure.isOfTheMachine(e)) {
        throw e;
      }
      // What fails for one origin must not keep evidence from those after it.
      if (failing.add(origin)) {
        LOG.error("evidence for {} cannot be sent; it is tried again", origin, e);
      }
      return true;
    }
  }

  /**
   * What goes into one message.
   *
   * @param records how many of the owed records it is
   * @param full whether a further one could be too much
   */
  private record MessageItems(List<EvidenceItem> items, int records, boolean full) {}

  private MessageItems next(List<EvidenceTable.OwedItems> owed) {
    List<EvidenceItem> items = new ArrayList<>();
    int taken = 0;
    int about = 0;
    while (taken < owed.size() && about + EvidenceRecords.TOGETHER <= MOST) {
      List<EvidenceItem> some = records.openOwed(owed.subList(taken, taken + 1));
      about += some.stream().mapToInt(EvidenceMessages::count).sum();
      items.addAll(some);
      taken++;
    }
    return new MessageItems(items, taken, about + EvidenceRecords.TOGETHER > MOST);
  }

  /**
   * Sends items in one message.
   *
   * @param more whether others follow, which are read behind the commit of these
   */
  private void send(
      AgencyName origin,
      List<EvidenceTable.OwedItems> owed,
      List<EvidenceItem> items,
      boolean more) {
    if (owed.isEmpty()) {
      return;
    }
    Mutation<?> change = sending(origin, owed, coalesced(items));
    if (more) {
      ledger.await(ledger.write(Lane.ROUTINE, change));
    } else {
      riding = CompletableFuture.allOf(riding, ledger.writeAlong(Lane.ROUTINE, change));
    }
  }

  /** Whether what was read ends because of a limit, so that there may be more. */
  private static boolean isCutOff(List<EvidenceTable.OwedItems> owed) {
    long bytes = owed.stream().mapToLong(one -> one.sealedItems().bytes().length).sum();
    return owed.size() >= MOST || bytes >= READ_BYTES;
  }

  /**
   * Makes one item of a client's retrievals within a second, of the time of the last: a client that
   * acknowledges each message by itself causes an item for each. It takes the place of the last, so
   * that each message's delivery stays before its retrieval.
   */
  static List<EvidenceItem> coalesced(List<EvidenceItem> items) {
    Deque<TogetherItem> out = new ArrayDeque<>();
    Map<String, TogetherItem> retrievals = new HashMap<>();
    for (int i = items.size() - 1; i >= 0; i--) {
      EvidenceItem item = items.get(i);
      boolean retrieval = item.getKind() == EvidenceKind.EVIDENCE_KIND_RETRIEVAL;
      TogetherItem later = retrieval ? retrievals.get(item.getRetrievedBy()) : null;
      if (later != null && later.mayTake(item)) {
        later.ids().addAll(0, EvidenceMessages.of(item));
      } else {
        TogetherItem alone = new TogetherItem(item, EvidenceMessages.of(item));
        out.addFirst(alone);
        if (retrieval) {
          retrievals.put(item.getRetrievedBy(), alone);
        }
      }
    }
    return out.stream().map(one -> EvidenceMessages.about(one.ids(), one.item())).toList();
  }

  /** An item, and the messages that it will be about. */
  private record TogetherItem(EvidenceItem item, List<MessageId> ids) {
    boolean mayTake(EvidenceItem earlier) {
      long apart = Timestamps.toMillis(item.getAt()) - Timestamps.toMillis(earlier.getAt());
      return apart >= 0
          && apart < TOGETHER.toMillis()
          && ids.size() + EvidenceMessages.count(earlier) <= EvidenceMessages.MOST;
    }
  }

  /** Seals items, and gives the change that sends them. */
  private Mutation<?> sending(
      AgencyName origin, List<EvidenceTable.OwedItems> owed, List<EvidenceItem> items) {
    List<OutboundSealer.ReadyEnvelope> sealed =
        items.isEmpty() ? List.of() : outbound.seal(item(origin, items));
    return tx -> {
      ledger.evidence().settle(tx, origin, owed);
      for (OutboundSealer.ReadyEnvelope ready : sealed) {
        dispatch.submit(tx, ready.outgoing());
        tx.audit(
            AuditRecord.of(
                AuditType.ACCEPTED,
                LawCategory.NONE,
                Instant.ofEpochMilli(tx.nowMillis()),
                AuditActor.gateway(self),
                AuditSubject.of(ready.envelope(), ready.messages(), List.of(origin))
                    .headed(ready.outgoing().headerHash())));
      }
      return items.size();
    };
  }

  /** The sealing item; empty for an origin that is no longer a member. */
  private List<SealingItem> item(AgencyName origin, List<EvidenceItem> items) {
    Instant now = clock.instant();
    return policy
        .get()
        .messages()
        .evidence(
            MessageId.fresh(self, now.toEpochMilli(), random),
            EvidenceBatch.newBuilder().addAllItems(items).build(),
            self,
            origin,
            Lane.ROUTINE,
            false,
            now)
        .map(SealingItem::of)
        .stream()
        .toList();
  }
}
