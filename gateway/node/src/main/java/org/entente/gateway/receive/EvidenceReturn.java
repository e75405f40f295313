package org.entente.gateway.receive;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.EvidenceTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.transmit.Dispatch;
import org.entente.gateway.transmit.OutboundSealer;
import org.entente.proto.v1.EvidenceBatch;
import org.entente.proto.v1.EvidenceItem;

/**
 * Returns evidence to the origins it is owed to: as sealed messages of kind EVIDENCE, up to {@link
 * #ITEMS} items a message, in the same transaction that forgets them as owed. Evidence is permitted
 * to the origin of what it speaks of without an agreement, and begets no evidence. {@link #round}
 * is called regularly by one thread.
 */
public final class EvidenceReturn {
  /** Items in one message. */
  static final int ITEMS = 1_024;

  private static final long READ_BYTES = 256 << 10;

  /** Messages to one origin in one round: with it, more is returned than can be received. */
  private static final int MESSAGES = 8;

  private final AgencyName self;
  private final Ledger ledger;
  private final EvidenceRecords records;
  private final Supplier<Policy> policy;
  private final OutboundSealer outbound;
  private final Dispatch dispatch;
  private final InstantSource clock;
  private final RandomGenerator random;
  private long returned;

  /** Returns over a ledger; whatever was owed before a restart is found again. */
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
    this.dispatch = parts.dispatch();
    this.clock = parts.clock();
    this.random = random;
  }

  /**
   * Returns what is owed now. Found in the ledger, so that nobody who owes something needs to say
   * so; a round in which nothing new is owed costs one read.
   */
  public void round() {
    long last = ledger.evidence().lastOwed();
    if (last == returned) {
      return;
    }
    boolean all = true;
    for (AgencyName origin : ledger.evidence().owing()) {
      boolean more = true;
      for (int sent = 0; more && sent < MESSAGES; sent++) {
        more = send(origin);
      }
      all &= !more;
    }
    if (all) {
      returned = last;
    }
  }

  /** Sends what fits into one message; whether there may be more. */
  private boolean send(AgencyName origin) {
    // One at least of each record: what was owed for a lone message stands in one of its own.
    List<EvidenceTable.OwedItems> owed = ledger.evidence().owed(origin, ITEMS, READ_BYTES);
    List<EvidenceItem> items = new ArrayList<>();
    int taken = 0;
    while (taken < owed.size() && items.size() + EvidenceRecords.TOGETHER <= ITEMS) {
      items.addAll(records.openOwed(owed.subList(taken, taken + 1)));
      taken++;
    }
    if (taken > 0) {
      send(origin, owed.subList(0, taken), items);
    }
    return taken > 0;
  }

  private void send(
      AgencyName origin, List<EvidenceTable.OwedItems> owed, List<EvidenceItem> items) {
    List<OutboundSealer.ReadyEnvelope> sealed =
        items.isEmpty() ? List.of() : outbound.seal(item(origin, items));
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
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
        });
  }

  /** Empty for an origin that is no member any more: nobody is left to tell. */
  private List<SealingItem> item(AgencyName origin, List<EvidenceItem> items) {
    Instant now = clock.instant();
    return policy
        .get()
        .evidence()
        .message(
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
