package org.entente.gateway.transmit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.EvidenceName;
import org.entente.gateway.ledger.sequence.OriginWindow;
import org.entente.gateway.ledger.table.EnvelopeTable;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.HopQueueTable;
import org.entente.gateway.meter.LogRateLimit;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.FixedLabels;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.SessionId;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.entente.proto.store.v1.HopEntry;
import org.entente.proto.store.v1.HopRecipient;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.OutboxState;
import org.entente.proto.store.v1.StoredEnvelope;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.jspecify.annotations.Nullable;

/**
 * Applies answers to the mail that is owed to a recipient. The origin keeps an envelope until the
 * recipient's signed statement names its header under its number. Receipts, even the recipient's
 * own, and watermarks resolve nothing. An unsigned refusal withdraws nothing either: mail that a
 * transit refuses takes another route, or the same one later; mail that the recipient's link
 * refuses is repeated. Mail that can no longer be delivered is withdrawn, and its number stays
 * until the recipient knows of that. Of mail whose content key is gone, or that was accepted before
 * this ledger was restored, nothing is stated before the recipient's answer: the ledger may be
 * older than the recipient's confirmation.
 */
public final class DeliverySettlement {
  private static final String OTHER_CONTENT = "the recipient holds other content under the number";
  private static final String KEY_GONE = "its content key can no longer be opened";

  /** Audit leaves about such numbers of one recipient, in an interval. */
  public static final int MOST_CONFLICTS = 10;

  /** The interval. */
  public static final Duration CONFLICTS_IN = Duration.ofMinutes(1);

  /** Recipients of one number about whom evidence is put together at most. */
  static final int RECIPIENTS_TOGETHER = 16;

  /**
   * A receipt for some recipients of its number.
   *
   * @param earlier those for whom it was applied before
   * @param some those of this part
   * @param last whether it is for all others instead, and removes the number
   */
  private record Answer(
      Receipt receipt, List<HopRecipient> earlier, List<HopRecipient> some, boolean last) {}

  private final Ledger ledger;
  private final Dispatch dispatch;
  private final EvidenceRecords evidence;
  private final AgencyName self;
  private final WaitingRecipients waiting;
  private final SessionConfirmations sessions;
  private final GapWatch gaps;

  /** A leaf is kept for years, and a number that is named costs the recipient a few bytes. */
  private final LogRateLimit conflictLeaves;

  /**
   * Creates the settlement of a ledger.
   *
   * @param sessions told which recipients hold or do not know a session
   * @param gaps told the numbers that recipients hold
   */
  public DeliverySettlement(
      Ledger ledger,
      Dispatch dispatch,
      EvidenceRecords evidence,
      AgencyName self,
      WaitingRecipients waiting,
      SessionConfirmations sessions,
      GapWatch gaps) {
    this.ledger = ledger;
    this.dispatch = dispatch;
    this.evidence = evidence;
    this.self = self;
    this.waiting = waiting;
    this.sessions = sessions;
    this.gaps = gaps;
    this.conflictLeaves = new LogRateLimit(ledger.clock(), CONFLICTS_IN, MOST_CONFLICTS);
  }

  /**
   * Handles a peer's receipts for hop numbers. No caller waits for the effect of accepted ones;
   * others are acted upon at once, in as many changes as their bytes need.
   */
  public CompletableFuture<Integer> released(AgencyName peer, Lane lane, List<Receipt> receipts) {
    if (receipts.stream().allMatch(DeliverySettlement::isTaken)) {
      return ledger.writeAlong(
          lane,
          tx -> {
            receipts.forEach(receipt -> release(tx, peer, lane, receipt, Set.of()));
            return receipts.size();
          });
    }
    return ledger
        .writeEach(
            lane,
            answers(peer, lane, receipts),
            (tx, answer) -> {
              if (answer.last()) {
                release(tx, peer, lane, answer.receipt(), Set.copyOf(answer.earlier()));
              } else {
                answer.some().forEach(hop -> answered(tx, peer, lane, hop, answer.receipt()));
              }
            })
        .thenApply(answers -> receipts.size());
  }

  /** The recipients of each number, in parts: a refusal is evidence of each and each message. */
  private List<Answer> answers(AgencyName peer, Lane lane, List<Receipt> receipts) {
    List<Answer> answers = new ArrayList<>();
    for (Receipt receipt : receipts) {
      List<HopRecipient> own = own(peer, lane, receipt.getHopSequence());
      int from = 0;
      for (; from + RECIPIENTS_TOGETHER < own.size(); from += RECIPIENTS_TOGETHER) {
        List<HopRecipient> some = own.subList(from, from + RECIPIENTS_TOGETHER);
        answers.add(new Answer(receipt, own.subList(0, from), some, /* last= */ false));
      }
      answers.add(new Answer(receipt, own.subList(0, from), List.of(), /* last= */ true));
    }
    return answers;
  }

  /** The recipients of own mail under a number; none of what is held for others. */
  private List<HopRecipient> own(AgencyName peer, Lane lane, long number) {
    return ledger.hops().read(peer, lane, number, 1, 1).stream()
        .filter(one -> one.sequence() == number)
        .flatMap(one -> one.entry().getRecipientsList().stream())
        .filter(recipient -> recipient.getStanza().isEmpty())
        .toList();
  }

  private static boolean isTaken(Receipt receipt) {
    return (receipt.getResult() == Result.RESULT_COMMITTED && receipt.getRefusedCount() == 0)
        || receipt.getResult() == Result.RESULT_DUPLICATE;
  }

  private void release(
      Transaction tx, AgencyName peer, Lane lane, Receipt receipt, Set<HopRecipient> earlier) {
    HopEntry entry = ledger.hops().remove(tx, peer, lane, receipt.getHopSequence());
    if (entry == null) {
      return;
    }
    boolean custody = entry.getRecipientsList().stream().anyMatch(r -> !r.getStanza().isEmpty());
    if (custody) {
      ledger.envelopes().release(tx, entry.getHeaderHash().toByteArray());
      return;
    }
    for (HopRecipient recipient : entry.getRecipientsList()) {
      if (!earlier.contains(recipient)) {
        answered(tx, peer, lane, recipient, receipt);
      }
    }
  }

  private void answered(
      Transaction tx, AgencyName peer, Lane lane, HopRecipient hop, Receipt receipt) {
    AgencyName recipient = new AgencyName(hop.getAgency());
    OriginNumber number = new OriginNumber(hop.getEpoch(), lane, hop.getSequence());
    OutboxEntry entry = ledger.outbox().read(tx, recipient, number);
    if (entry == null
        || entry.getState() == OutboxState.OUTBOX_STATE_VOID
        || entry.getState() == OutboxState.OUTBOX_STATE_QUARANTINED) {
      return;
    }
    Result result = receipt.getResult();
    if (result == Result.RESULT_REWRAP && peer.equals(recipient)) {
      tx.afterCommit(() -> sessions.stale(recipient));
      park(tx, recipient, number, unsigned(entry));
    } else if (result == Result.RESULT_REWRAP) {
      notNow(tx, peer, recipient, number, entry);
    } else if (refusal(receipt, peer, recipient).isPresent()) {
      Code code = refusal(receipt, peer, recipient).orElseThrow();
      rejected(tx, peer, recipient, number, entry, code);
    } else {
      // A thief of the TLS key of the recipient's gateway can send any receipt, and a duplicate
      // does not show whether the first answer was a lost REWRAP. The recipient's statement
      // decides.
      if (result == Result.RESULT_REFUSED) {
        noteRefusal(tx, peer, recipient, entry, codeOf(receipt.getCode()));
      } else if (peer.equals(recipient) && result == Result.RESULT_COMMITTED) {
        // If it does not hold the session, it asks for another.
        tx.afterCommit(() -> sessions.held(recipient, number));
      }
      relayed(tx, peer, recipient, number, entry);
    }
  }

  /**
   * A transit cannot take it now. That says nothing of the recipient and resets no count: it goes
   * at once to a transit that was not tried, else to all of them again after a pause.
   */
  private void notNow(
      Transaction tx,
      AgencyName transit,
      AgencyName recipient,
      OriginNumber number,
      OutboxEntry entry) {
    if (entry.getState() == OutboxState.OUTBOX_STATE_WAITING
        || Dispatch.isElsewhere(transit, entry)
        || untried(tx, recipient, number, entry)) {
      return;
    }
    park(tx, recipient, number, entry);
  }

  /** Queues it for a transit that was not tried; false if there is none. */
  private boolean untried(
      Transaction tx, AgencyName recipient, OriginNumber number, OutboxEntry entry) {
    return dispatch.untried(recipient, number.lane(), entry).isPresent()
        && dispatch.again(tx, recipient, number, entry);
  }

  /** Whether the time to deliver an entry that is held for others was over before a time. */
  boolean isExpiredCustody(HopEntry entry, long beforeMillis) {
    if (entry.getPathCount() == 0) {
      return false;
    }
    EnvelopeTable.Custody held = ledger.envelopes().custody(entry.getHeaderHash().toByteArray());
    return held != null && held.expiresAtMillis() <= beforeMillis;
  }

  /** Ends the custody of an entry that is held for others; its number is sent as a void. */
  boolean endCustody(Transaction tx, HopQueueTable.PlacedEntry placed) {
    boolean ended = ledger.hops().empty(tx, placed);
    if (ended) {
      ledger.envelopes().release(tx, placed.entry().getHeaderHash().toByteArray());
    }
    return ended;
  }

  /** Why a transit did not take a delivery for one of its recipients; empty where it did. */
  private static Optional<Code> refusal(Receipt receipt, AgencyName transit, AgencyName recipient) {
    if (transit.equals(recipient)) {
      return Optional.empty();
    }
    if (receipt.getResult() == Result.RESULT_REFUSED) {
      return Optional.of(codeOf(receipt.getCode()));
    }
    return receipt.getResult() == Result.RESULT_COMMITTED
        ? receipt.getRefusedList().stream()
            .filter(one -> one.getRecipient().equals(recipient.value()))
            .map(one -> codeOf(one.getCode()))
            .findFirst()
        : Optional.empty();
  }

  /**
   * A transit did not take it. That says nothing of the recipient, so the number stays owed: it
   * goes at once to a transit that was not tried, else to all of them again after a pause.
   */
  private void rejected(
      Transaction tx,
      AgencyName transit,
      AgencyName recipient,
      OriginNumber number,
      OutboxEntry entry,
      Code code) {
    noteRefusal(tx, transit, recipient, entry, code);
    if (entry.getState() == OutboxState.OUTBOX_STATE_WAITING
        || Dispatch.isElsewhere(transit, entry)
        || untried(tx, recipient, number, entry)) {
      return;
    }
    ledger
        .outbox()
        .update(
            tx,
            recipient,
            number,
            entry.toBuilder()
                .setState(OutboxState.OUTBOX_STATE_REJECTED)
                .setUnanswered(entry.getUnanswered() + 1)
                .setQueuedAtMs(tx.nowMillis())
                .build());
  }

  private void noteRefusal(
      Transaction tx, AgencyName peer, AgencyName recipient, OutboxEntry entry, Code code) {
    note(
        tx,
        recipient,
        entry,
        item ->
            evidence.failed(item, code, "refused by " + peer).toBuilder()
                .setAgency(peer.value())
                .build(),
        EvidenceKind.EVIDENCE_KIND_RELAY_REJECTION);
  }

  /** A transit has it, or the recipient's link answered, and the recipient has yet to sign. */
  private void relayed(
      Transaction tx,
      AgencyName peer,
      AgencyName recipient,
      OriginNumber number,
      OutboxEntry entry) {
    if (entry.getState() == OutboxState.OUTBOX_STATE_WAITING) {
      // The recipient's notice that it cannot open it overtook the transit's receipt.
      return;
    }
    OutboxEntry.Builder told =
        entry.toBuilder().setRelayTold(entry.getRelayTold() || !peer.equals(recipient));
    if (!Dispatch.isElsewhere(peer, entry)) {
      told.setState(OutboxState.OUTBOX_STATE_RELAYED)
          .setUnanswered(entry.getUnanswered() + 1)
          .setQueuedAtMs(tx.nowMillis());
    }
    ledger.outbox().update(tx, recipient, number, told.build());
    if (peer.equals(recipient)) {
      return;
    }
    note(
        tx,
        recipient,
        entry,
        item -> item.toBuilder().setAgency(peer.value()).build(),
        EvidenceKind.EVIDENCE_KIND_RELAY_ACCEPTANCE);
  }

  private static OutboxEntry heardOf(OutboxEntry entry) {
    return entry.toBuilder().setUnanswered(0).setStanzaAsks(0).build();
  }

  /**
   * The recipient's link asked for another stanza, which only its signed notice proves. Counted by
   * itself: an overloaded recipient asks too, and the wait for its confirmation stays short.
   */
  private static OutboxEntry unsigned(OutboxEntry entry) {
    return entry.toBuilder().setStanzaAsks(entry.getStanzaAsks() + 1).build();
  }

  private void park(Transaction tx, AgencyName recipient, OriginNumber number, OutboxEntry entry) {
    waiting.mark(recipient);
    ledger
        .outbox()
        .update(
            tx,
            recipient,
            number,
            entry.toBuilder().setState(OutboxState.OUTBOX_STATE_WAITING).build());
  }

  /** Records all epochs of a lane that a recipient keeps. */
  public void keeps(AgencyName recipient, Lane lane, Set<Long> epochs) {
    gaps.only(new GapWatch.Place(GapWatch.End.ORIGIN, recipient, lane), epochs);
  }

  /**
   * Applies a recipient's signed watermark of one lane. It names no content, so it shows gaps and
   * releases only entries that cannot be read: nothing could be compared or sent again.
   */
  public CompletableFuture<Integer> reached(
      AgencyName recipient, Lane lane, long epoch, long watermark, List<OriginWindow.Range> above) {
    gaps.seen(
        new GapWatch.Place(GapWatch.End.ORIGIN, recipient, lane),
        epoch,
        watermark,
        assigned(recipient, lane, epoch, above));
    List<OriginNumber> unreadable =
        ledger.outbox().unreadable(recipient, lane).stream()
            .filter(one -> one.epoch() == epoch && holds(one.sequence(), watermark, above))
            .toList();
    if (unreadable.isEmpty()) {
      return CompletableFuture.completedFuture(0);
    }
    return ledger.writeAlong(
        lane,
        tx -> {
          unreadable.forEach(number -> ledger.outbox().remove(tx, recipient, number));
          return unreadable.size();
        });
  }

  /** What a recipient states beyond the numbers that it can have is no later mail. */
  private List<OriginWindow.Range> assigned(
      AgencyName recipient, Lane lane, long epoch, List<OriginWindow.Range> above) {
    long last = ledger.outbox().lastAssigned(recipient, lane, epoch);
    return above.stream()
        .filter(range -> range.first() <= last)
        .map(range -> new OriginWindow.Range(range.first(), Math.min(range.last(), last)))
        .toList();
  }

  private static boolean holds(long sequence, long watermark, List<OriginWindow.Range> above) {
    return sequence <= watermark
        || above.stream().anyMatch(r -> sequence >= r.first() && sequence <= r.last());
  }

  /**
   * Applies numbers that a recipient states to hold. One that names the header of the envelope sent
   * under it is released. Any other that was handed over goes again under a number of its own: the
   * recipient no longer knows what came, or it holds something else.
   *
   * <p>What was not handed over since stays under its number, which the recipient states again when
   * that comes. So each new number costs a recipient the pause of another attempt, and not only a
   * statement that guesses it.
   *
   * @return the numbers under which it holds something else
   */
  public CompletableFuture<List<OriginNumber>> holds(
      AgencyName recipient, List<NumberedHeader> numbers) {
    Map<Lane, List<NumberedHeader>> owed =
        numbers.stream()
            .filter(held -> ledger.outbox().isOwed(recipient, held.number()))
            .collect(Collectors.groupingBy(held -> held.number().lane()));
    List<CompletableFuture<List<OriginNumber>>> written = new ArrayList<>();
    owed.forEach(
        (lane, some) -> written.add(ledger.writeAlong(lane, tx -> settle(tx, recipient, some))));
    return CompletableFuture.allOf(written.toArray(CompletableFuture[]::new))
        .thenApply(done -> written.stream().flatMap(one -> one.join().stream()).toList());
  }

  private List<OriginNumber> settle(
      Transaction tx, AgencyName recipient, List<NumberedHeader> numbers) {
    List<OriginNumber> conflicts = new ArrayList<>();
    for (NumberedHeader held : numbers) {
      OriginNumber number = held.number();
      OutboxEntry entry = ledger.outbox().read(tx, recipient, number);
      if (entry == null) {
        // Resolved meanwhile, or unreadable.
        ledger.outbox().remove(tx, recipient, number);
        continue;
      }
      boolean same = Arrays.equals(held.headerHash(), entry.getHeaderHash().toByteArray());
      boolean isVoid = entry.getState() == OutboxState.OUTBOX_STATE_VOID;
      if (!same && !isVoid && entry.getState() != OutboxState.OUTBOX_STATE_RELAYED) {
        continue;
      }
      if (held.isKnown() && !same) {
        conflicts.add(number);
        conflictLeaves
            .line(recipient.value(), OTHER_CONTENT)
            .ifPresent(text -> auditVoid(tx, recipient, entry, Code.SEQUENCE_CONFLICT, text));
      }
      if (entry.getUndecided() && !same) {
        Code code = codeOf(entry.getUndecidedCode());
        withdraw(tx, recipient, number, entry, code, entry.getUndecidedReason());
        ledger.outbox().remove(tx, recipient, number);
        tx.afterCommit(() -> sessions.held(recipient, number));
      } else if (same || isVoid) {
        resolve(tx, recipient, number, entry);
      } else {
        waiting.mark(recipient);
        // Its attempts count on, so that it pauses if this happens again.
        OutboxEntry last = parked(entry).toBuilder().clearRenumbered().build();
        var unused = ledger.outbox().move(tx, recipient, number, last);
      }
    }
    return conflicts;
  }

  private static OutboxEntry parked(OutboxEntry entry) {
    return heardOf(entry).toBuilder().setState(OutboxState.OUTBOX_STATE_WAITING).build();
  }

  /**
   * A recipient could not open these; they wait for a new session. It may say so before the transit
   * has said that it took them. Each is written in its own lane, and what is not under way to the
   * recipient causes no commit.
   */
  public CompletableFuture<Integer> rewrap(AgencyName recipient, List<OriginNumber> numbers) {
    Map<Lane, List<OriginNumber>> underWay =
        numbers.stream()
            .filter(number -> isUnderWay(ledger.outbox().read(recipient, number)))
            .collect(Collectors.groupingBy(OriginNumber::lane));
    List<CompletableFuture<Integer>> written = new ArrayList<>();
    underWay.forEach((lane, some) -> written.add(rewrap(recipient, lane, some)));
    return CompletableFuture.allOf(written.toArray(CompletableFuture[]::new))
        .thenApply(done -> written.stream().mapToInt(CompletableFuture::join).sum());
  }

  private static boolean isUnderWay(@Nullable OutboxEntry entry) {
    return entry != null
        && (entry.getState() == OutboxState.OUTBOX_STATE_RELAYED
            || entry.getState() == OutboxState.OUTBOX_STATE_REJECTED
            || entry.getState() == OutboxState.OUTBOX_STATE_QUEUED);
  }

  private CompletableFuture<Integer> rewrap(
      AgencyName recipient, Lane lane, List<OriginNumber> numbers) {
    return ledger.write(
        lane,
        tx -> {
          int waiting = 0;
          for (OriginNumber number : numbers) {
            OutboxEntry entry = ledger.outbox().read(tx, recipient, number);
            if (entry != null && isUnderWay(entry)) {
              park(tx, recipient, number, heardOf(entry));
              waiting++;
            }
          }
          if (waiting > 0) {
            tx.afterCommit(() -> sessions.stale(recipient));
          }
          return waiting;
        });
  }

  /** Records a number sent under a session together with its announcement. */
  void sentUnder(AgencyName recipient, OriginNumber number, SessionId session) {
    sessions.sent(recipient, number, session);
  }

  /** Makes a number wait for a key, if it is still owed. */
  void park(Transaction tx, AgencyName recipient, OriginNumber number) {
    OutboxEntry entry = ledger.outbox().read(tx, recipient, number);
    if (entry != null && entry.getState() != OutboxState.OUTBOX_STATE_VOID) {
      park(tx, recipient, number, entry);
    }
  }

  /** Makes a quarantined number wait to be queued, as if not tried yet. */
  void resume(Transaction tx, AgencyName recipient, OriginNumber number) {
    OutboxEntry entry = ledger.outbox().read(tx, recipient, number);
    if (entry != null) {
      park(tx, recipient, number, waitingAgain(entry));
      if (number.epoch() < ledger.outbox().oldestEpoch(recipient, number.lane())) {
        // The recipient no longer accepts that epoch.
        var unused = renumber(tx, recipient, number);
      }
    }
  }

  /**
   * Whether it waits in the queue of one transit, and the link of another carries mail.
   *
   * @param waitedLong whether it waited long, so that it may leave a link that carries mail
   */
  boolean mayMove(AgencyName recipient, Lane lane, OutboxEntry entry, boolean waitedLong) {
    return entry.getState() == OutboxState.OUTBOX_STATE_QUEUED
        && Dispatch.transit(entry)
            .filter(now -> waitedLong || !dispatch.carries(now, lane))
            .isPresent()
        && dispatch.another(recipient, lane, entry).isPresent();
  }

  /** Queues a number again, if it is still owed. */
  void again(Transaction tx, AgencyName recipient, OriginNumber number) {
    OutboxEntry entry = ledger.outbox().read(tx, recipient, number);
    if (entry != null
        && (entry.getState() == OutboxState.OUTBOX_STATE_WAITING
            || entry.getState() == OutboxState.OUTBOX_STATE_REJECTED
            || entry.getState() == OutboxState.OUTBOX_STATE_RELAYED
            || mayMove(recipient, number.lane(), entry, true))) {
      dispatch.again(tx, recipient, number, entry);
    }
  }

  /**
   * Gives an owed message the next number and sends it under that. If it arrived under the old one,
   * the recipient recognises it. A withdrawn number is dropped: its epoch then owes nothing, which
   * the recipient is told when it reports a gap. The question about an undecided one goes on under
   * the next number.
   */
  boolean renumber(Transaction tx, AgencyName recipient, OriginNumber number) {
    OutboxEntry entry = ledger.outbox().read(tx, recipient, number);
    if (entry == null || entry.getState() == OutboxState.OUTBOX_STATE_QUARANTINED) {
      return false;
    }
    if (isWithdrawn(entry)) {
      resolve(tx, recipient, number, entry);
      return false;
    }
    if (!entry.getUndecided()) {
      waiting.mark(recipient);
    }
    OutboxEntry next = entry.getUndecided() ? entry : waitingAgain(entry);
    var unused =
        ledger.outbox().move(tx, recipient, number, next.toBuilder().setRenumbered(true).build());
    return true;
  }

  private static OutboxEntry waitingAgain(OutboxEntry entry) {
    return parked(entry).toBuilder().setAttempts(0).build();
  }

  private static boolean isWithdrawn(OutboxEntry entry) {
    return entry.getState() == OutboxState.OUTBOX_STATE_VOID && !entry.getUndecided();
  }

  /**
   * Withdraws a number whose content key is gone, if it is still owed, by a void that states
   * nothing: keeps the envelope until the recipient has said whether it holds it, or the time to
   * deliver it is over.
   */
  void ask(Transaction tx, AgencyName recipient, OriginNumber number) {
    OutboxEntry entry = ledger.outbox().read(tx, recipient, number);
    if (entry != null && entry.getState() != OutboxState.OUTBOX_STATE_VOID) {
      ask(tx, recipient, number, entry, Code.INTERNAL, KEY_GONE);
    }
  }

  private void ask(
      Transaction tx,
      AgencyName recipient,
      OriginNumber number,
      OutboxEntry entry,
      Code code,
      String reason) {
    OutboxEntry asked =
        entry.toBuilder()
            .setState(OutboxState.OUTBOX_STATE_VOID)
            .setUndecided(true)
            .setUndecidedCode(code.name())
            .setUndecidedReason(reason)
            .build();
    ledger.outbox().update(tx, recipient, number, asked);
  }

  /**
   * Withdraws a number, if it is still owed: removes the content and keeps the number until it is
   * resolved. What the recipient may have confirmed to a lost ledger is asked about first, as by
   * {@link #ask}.
   */
  void withdraw(
      Transaction tx, AgencyName recipient, OriginNumber number, Code code, String reason) {
    OutboxEntry entry = ledger.outbox().read(tx, recipient, number);
    if (entry == null || isWithdrawn(entry)) {
      return;
    }
    if (code != Code.EXPIRED && isFromBeforeRestore(tx, entry)) {
      ask(tx, recipient, number, entry, code, reason);
    } else {
      withdraw(tx, recipient, number, entry, code, reason);
    }
  }

  /** Whether it was accepted before this ledger was restored last. */
  private boolean isFromBeforeRestore(Transaction tx, OutboxEntry entry) {
    long restored = ledger.retention().setBackAtMillis();
    return restored > 0
        && messages(tx, entry.getHeaderHash().toByteArray()).stream()
            .flatMap(id -> evidence.sent(ledger.evidence(), id).stream())
            .anyMatch(facts -> facts.getAcceptedAtMs() < restored);
  }

  private void withdraw(
      Transaction tx,
      AgencyName recipient,
      OriginNumber number,
      OutboxEntry entry,
      Code code,
      String reason) {
    if (code == Code.EXPIRED) {
      expired(tx, recipient, entry, reason);
    } else {
      note(
          tx,
          recipient,
          entry,
          item -> evidence.failed(item, code, reason),
          EvidenceKind.EVIDENCE_KIND_NON_DELIVERY);
    }
    auditVoid(tx, recipient, entry, code, reason);
    ledger.outbox().withdraw(tx, recipient, number, entry);
    ledger.envelopes().release(tx, entry.getHeaderHash().toByteArray());
  }

  /**
   * Withdraws an expired entry. Expiry is only a conclusion from elapsed time: if the recipient has
   * stated that it holds the message, no contrary evidence is made, as only the confirmation of its
   * number was lost. About a message that was accepted before this start, {@link EvidenceTimeouts}
   * states the outcome, after it has asked the recipient; and no transit is blamed for what expired
   * before this start.
   */
  private void expired(Transaction tx, AgencyName recipient, OutboxEntry entry, String reason) {
    Dispatch.transit(entry)
        .filter(transit -> entry.getState() != OutboxState.OUTBOX_STATE_WAITING)
        .filter(transit -> !entry.getUndecided())
        .filter(transit -> entry.getExpiresAtMs() > ledger.openedAtMillis())
        .ifPresent(
            transit ->
                note(
                    tx,
                    recipient,
                    entry,
                    item -> evidence.timedOut(item, Code.EXPIRED, failure(transit, entry)),
                    EvidenceKind.EVIDENCE_KIND_RELAY_FAILURE));
    note(
        tx,
        recipient,
        entry,
        item -> evidence.timedOut(item, Code.EXPIRED, reason),
        EvidenceKind.EVIDENCE_KIND_NON_DELIVERY);
  }

  private static String failure(AgencyName transit, OutboxEntry entry) {
    return entry.getRelayTold()
        ? transit + " accepted it, but the recipient never confirmed it"
        : transit + " did not accept it";
  }

  private void resolve(
      Transaction tx, AgencyName recipient, OriginNumber number, OutboxEntry entry) {
    ledger.outbox().remove(tx, recipient, number, entry);
    tx.afterCommit(() -> sessions.held(recipient, number));
    if (!isWithdrawn(entry)) {
      tx.afterCommit(() -> dispatch.arrived(recipient, entry));
      ledger.envelopes().release(tx, entry.getHeaderHash().toByteArray());
    }
  }

  /** Adds evidence about an envelope's messages, unless they are evidence themselves. */
  private void note(
      Transaction tx,
      AgencyName recipient,
      OutboxEntry entry,
      UnaryOperator<EvidenceItem> change,
      EvidenceKind kind) {
    if (entry.getAgreement().equals(FixedLabels.EVIDENCE.agreement())) {
      return;
    }
    byte[] headerHash = entry.getHeaderHash().toByteArray();
    for (MessageId id : messages(tx, headerHash)) {
      EvidenceItem item =
          change.apply(evidence.item(kind, id, recipient.value(), headerHash, tx.nowMillis()));
      if (!isConcluded(item) || !(isDelivered(tx, id, recipient) || isToBeAsked(item, id))) {
        evidence.keep(tx, ledger.evidence(), item);
      }
    }
  }

  /**
   * Whether evidence is only concluded here, not stated by another agency: a recipient's statement
   * that it holds the message prevails.
   */
  private static boolean isConcluded(EvidenceItem item) {
    return item.getTimeOut() || item.getCode().equals(Code.RECALLED.name());
  }

  /** Whether non-delivery is only a time-out, and the evidence of delivery may have been lost. */
  private boolean isToBeAsked(EvidenceItem item, MessageId id) {
    return item.getTimeOut()
        && item.getKind() == EvidenceKind.EVIDENCE_KIND_NON_DELIVERY
        && evidence
            .sent(ledger.evidence(), id)
            .filter(facts -> facts.getAcceptedAtMs() < ledger.openedAtMillis())
            .isPresent();
  }

  private boolean isDelivered(Transaction tx, MessageId id, AgencyName recipient) {
    return ledger
        .evidence()
        .has(
            tx,
            new EvidenceName(
                id, EvidenceKind.EVIDENCE_KIND_DELIVERY, recipient.value(), recipient.value()));
  }

  /** The envelope; null if it is gone or damaged, so that a withdrawal does not fail on it. */
  private @Nullable StoredEnvelope readable(Transaction tx, byte[] headerHash) {
    try {
      return ledger.envelopes().read(tx, headerHash);
    } catch (CorruptRecord e) {
      return null;
    }
  }

  /** The messages of an envelope; none if it is gone or cannot be read. */
  List<MessageId> messages(Transaction tx, byte[] headerHash) {
    return messages(readable(tx, headerHash));
  }

  private static List<MessageId> messages(@Nullable StoredEnvelope envelope) {
    return envelope == null
        ? List.of()
        : envelope.getMessageIdsList().stream().map(id -> MessageId.of(id.toByteArray())).toList();
  }

  private void auditVoid(
      Transaction tx, AgencyName recipient, OutboxEntry entry, Code code, String reason) {
    StoredEnvelope envelope = readable(tx, entry.getHeaderHash().toByteArray());
    EnvelopeId id =
        envelope == null
            ? null
            : EnvelopeHeader.parse(envelope.getHeader().toByteArray())
                .map(header -> header.facts().id())
                .orElse(null);
    tx.audit(
        AuditRecord.of(
                AuditType.VOIDED,
                LawCategory.NONE,
                java.time.Instant.ofEpochMilli(tx.nowMillis()),
                AuditActor.gateway(self),
                new AuditSubject(id, messages(envelope), List.of(recipient), null))
            .refused(code, reason));
  }

  private static Code codeOf(String name) {
    try {
      return Code.valueOf(name);
    } catch (IllegalArgumentException e) {
      return Code.INGRESS_REFUSED;
    }
  }
}
