package org.entente.gateway.transmit;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.DeliveryStatus;
import org.entente.gateway.ledger.record.EvidenceName;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.table.AwaitedEvidenceTable;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.store.v1.UnopenedRecord;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for evidence from the recipients of this agency's messages. When its deadline passes, this
 * class states the failure: as evidence marked as made by time-out, and in the list of messages not
 * opened in time. A recipient's later statement is kept too.
 *
 * <p>Awaited evidence is in the ledger, so it survives a restart. What a round finds due is checked
 * again in the transaction that states it, so that no recipient's statement is missed. About what
 * was accepted before this start, the recipient is asked first ({@link EvidenceRequests}): its
 * evidence may have come to a ledger that was lost. {@link #round} and {@link #ask} are called
 * regularly by one thread.
 */
public final class EvidenceTimeouts {
  private static final Logger LOG = LoggerFactory.getLogger(EvidenceTimeouts.class);
  private static final int PAGE = 256;

  /** After a look that failed, until what is known of its message is forgotten. */
  static final Duration AGAIN_AFTER = Duration.ofDays(1);

  private final AgencyName self;
  private final Ledger ledger;
  private final EvidenceRecords evidence;
  private final InstantSource ending;
  private final EvidenceRequests requests = new EvidenceRequests();

  /**
   * Creates the time-outs of a ledger.
   *
   * @param ending the time for conclusions from elapsed time
   */
  public EvidenceTimeouts(
      AgencyName self, Ledger ledger, EvidenceRecords evidence, InstantSource ending) {
    this.self = self;
    this.ledger = ledger;
    this.evidence = evidence;
    this.ending = ending;
  }

  /** Stores the recipients of an own message and the deadlines of their evidence. */
  public static void begin(
      Transaction tx, Ledger ledger, EvidenceRecords evidence, MessageId id, SentFacts facts) {
    begin(tx, ledger, evidence, Map.of(id, facts));
  }

  /** The same for messages that are committed together. */
  public static void begin(
      Transaction tx, Ledger ledger, EvidenceRecords evidence, Map<MessageId, SentFacts> sent) {
    evidence.accepted(tx, ledger.evidence(), sent);
    Map<MessageId, Long> due = new LinkedHashMap<>();
    sent.forEach((id, facts) -> due.put(id, TimeoutRules.first(facts)));
    ledger.awaited().look(tx, due);
  }

  private record Group(String recipient, Lane lane) {}

  /** Handles all due messages; returns how many. */
  public int round() {
    long now = ending.millis();
    int looked = 0;
    List<AwaitedEvidenceTable.DueMessages> due = ledger.awaited().due(now, PAGE);
    while (!due.isEmpty()) {
      looked += page(due, now);
      due = ledger.awaited().due(now, PAGE);
    }
    return looked;
  }

  /** Asks recipients for the evidence that may have been lost and is still missing. */
  public void ask(RecipientNotices notices) {
    requests.due(ending.millis()).forEach((recipient, ids) -> ask(notices, recipient, ids));
  }

  private void ask(RecipientNotices notices, String recipient, List<MessageId> ids) {
    List<MessageId> undelivered = new ArrayList<>();
    List<MessageId> unopened = new ArrayList<>();
    for (MessageId id : ids) {
      DeliveryStatus stand = stand(id, recipient);
      if (!stand.answered()) {
        undelivered.add(id);
      } else if (!stand.ended()) {
        unopened.add(id);
      }
    }
    if (!undelivered.isEmpty() || !unopened.isEmpty()) {
      notices.askEvidence(new AgencyName(recipient), undelivered, unopened);
    }
  }

  private DeliveryStatus stand(MessageId id, String recipient) {
    return DeliveryStatus.with(
        recipient,
        self,
        (agency, kind, name) -> ledger.evidence().has(new EvidenceName(id, kind, agency, name)));
  }

  private int page(List<AwaitedEvidenceTable.DueMessages> due, long now) {
    Map<MessageId, SentFacts> sent = new LinkedHashMap<>();
    due.stream()
        .flatMap(some -> some.ids().stream())
        .forEach(
            id -> evidence.sent(ledger.evidence(), id).ifPresent(facts -> sent.put(id, facts)));
    Map<Group, List<MessageId>> unopened = new LinkedHashMap<>();
    int looked =
        ledger.commit(
            Lane.ROUTINE,
            tx -> {
              unopened.clear();
              return change(tx, due, sent, now, unopened);
            });
    unopened.forEach(EvidenceTimeouts::tell);
    return looked;
  }

  /** Looks at messages until a change is large enough; the others stay due. */
  private int change(
      Transaction tx,
      List<AwaitedEvidenceTable.DueMessages> due,
      Map<MessageId, SentFacts> sent,
      long now,
      Map<Group, List<MessageId>> unopened) {
    Map<MessageId, Long> next = new LinkedHashMap<>();
    Map<String, Set<MessageId>> opened = opened(tx, sent);
    long end = tx.bytes() + ledger.mostBytesOfAChange() / 2;
    int looked = 0;
    for (AwaitedEvidenceTable.DueMessages some : due) {
      if (tx.bytes() >= end) {
        break;
      }
      ledger.awaited().looked(tx, some);
      for (MessageId id : some.ids()) {
        SentFacts facts = sent.get(id);
        if (tx.bytes() >= end) {
          next.put(id, some.atMillis());
        } else {
          looked++;
          if (facts != null) {
            lookIfReadable(tx, id, facts, now, opened, next, unopened);
          }
        }
      }
    }
    ledger.awaited().look(tx, next);
    return looked;
  }

  /** By recipient what it opened: most messages, so that nothing else is looked up for them. */
  private Map<String, Set<MessageId>> opened(Transaction tx, Map<MessageId, SentFacts> found) {
    Map<String, List<MessageId>> sent = new HashMap<>();
    found.forEach(
        (id, facts) ->
            facts
                .getRecipientsList()
                .forEach(name -> sent.computeIfAbsent(name, n -> new ArrayList<>()).add(id)));
    Map<String, Set<MessageId>> opened = new HashMap<>();
    sent.forEach((name, ids) -> opened.put(name, opened(tx, name, ids)));
    return opened;
  }

  private Set<MessageId> opened(Transaction tx, String recipient, List<MessageId> ids) {
    try {
      return ledger.evidence().stated(tx, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, recipient, ids);
    } catch (CorruptRecord e) {
      // Each is looked up by itself then, and those of which nothing can be read are passed over.
      return Set.of();
    }
  }

  /** Concludes nothing yet about a message of which it cannot be read what is stated. */
  private void lookIfReadable(
      Transaction tx,
      MessageId id,
      SentFacts facts,
      long now,
      Map<String, Set<MessageId>> opened,
      Map<MessageId, Long> next,
      Map<Group, List<MessageId>> unopened) {
    try {
      tx.within(
          inner -> {
            look(inner, id, facts, now, opened, next, unopened);
            return id;
          });
    } catch (RuntimeException e) {
      if (ProcessingFailure.isOfTheMachine(e)) {
        throw e;
      }
      // One damaged record, or a defect over one message, must not delay the others.
      LOG.error(
          "message {}: its evidence cannot be read or stated; the next try is a day later", id, e);
      next.put(id, now + AGAIN_AFTER.toMillis());
    }
  }

  private void look(
      Transaction tx,
      MessageId id,
      SentFacts facts,
      long now,
      Map<String, Set<MessageId>> opened,
      Map<MessageId, Long> next,
      Map<Group, List<MessageId>> unopened) {
    TimeoutRules.Assessment look =
        TimeoutRules.look(facts, name -> recipient(tx, id, facts, name, opened, now), now);
    facts.getRecipientsList().forEach(name -> follow(look.steps().get(name), id, name, now));
    look.steps()
        .forEach(
            (name, step) -> {
              take(tx, id, facts, name, step, now);
              if (step.list()) {
                Group group = new Group(name, Lane.of(facts.getLane()));
                unopened.computeIfAbsent(group, g -> new ArrayList<>()).add(id);
              }
            });
    if (look.next() > 0) {
      next.put(id, look.next());
    }
  }

  /** A change that is not committed is repeated, and this with it. */
  private void follow(TimeoutRules.@Nullable Step step, MessageId id, String recipient, long now) {
    if (step != null && step.ask()) {
      requests.begin(id, recipient, now);
    } else {
      requests.end(id, recipient);
    }
  }

  private TimeoutRules.Recipient recipient(
      Transaction tx,
      MessageId id,
      SentFacts facts,
      String name,
      Map<String, Set<MessageId>> opened,
      long now) {
    DeliveryStatus stand =
        opened.getOrDefault(name, Set.of()).contains(id)
            ? DeliveryStatus.OPENED
            : DeliveryStatus.with(
                name,
                self,
                (agency, kind, recipient) ->
                    ledger.evidence().has(tx, new EvidenceName(id, kind, agency, recipient)));
    boolean mayBeLost = facts.getAcceptedAtMs() < ledger.openedAtMillis();
    return new TimeoutRules.Recipient(
        stand,
        ledger.awaited().listing(tx, id, name),
        mayBeLost ? requests.endOf(id, name, now) : 0);
  }

  private void take(
      Transaction tx,
      MessageId id,
      SentFacts facts,
      String name,
      TimeoutRules.Step step,
      long now) {
    if (step.undelivered()) {
      state(
          tx,
          item(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, id, name, now),
          Code.EXPIRED,
          "no evidence of its delivery arrived before its expiry");
    }
    if (step.unopened()) {
      state(
          tx,
          item(EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL, id, name, now),
          Code.UNOPENED,
          "no client there had opened it by " + Instant.ofEpochMilli(facts.getOpenByMs()));
    }
    if (step.list()) {
      ledger
          .awaited()
          .list(
              tx,
              UnopenedRecord.newBuilder()
                  .setMessageId(ByteString.copyFrom(id.bytes()))
                  .setRecipient(name)
                  .setLane(facts.getLane())
                  .setOpenByMs(facts.getOpenByMs())
                  .setExercise(facts.getExercise())
                  .build());
    } else if (step.unlist()) {
      ledger.awaited().unlist(tx, id, name);
    }
  }

  private EvidenceItem item(EvidenceKind kind, MessageId id, String recipient, long now) {
    return evidence.item(kind, id, recipient, new byte[0], now);
  }

  private void state(Transaction tx, EvidenceItem item, Code code, String reason) {
    evidence.keep(tx, ledger.evidence(), evidence.timedOut(item, code, reason));
  }

  /**
   * Logs one line for all messages of a recipient and lane, so that an absent peer does not flood
   * the log.
   */
  private static void tell(Group group, List<MessageId> ids) {
    LOG.warn(
        "{} messages of lane {} were not opened in time by {}; the first is {}",
        ids.size(),
        group.lane(),
        group.recipient(),
        ids.get(0));
  }
}
