package org.entente.gateway.feature.operation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.intake.GatewayMessageSender;
import org.entente.gateway.intake.IntakeParts;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.RosterMessages;
import org.entente.gateway.seal.statement.RosterStatement;
import org.entente.proto.store.v1.OperationRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recovers rosters after a ledger was restored from a copy, at both ends. The lead sends its newest
 * stored roster to the members and accepts the rosters that they give back. It asks again later the
 * members that refused or could not be reached. A member gives back the newest roster of an agency
 * that evidently no longer knows it: once an hour, since the agency itself decides how often it
 * shows that.
 *
 * <p>It runs regularly and blocks on nothing; what cannot be submitted is submitted in a later
 * round. One thread runs the rounds; the rest is safe for use by several threads.
 */
public final class RosterRecovery {
  /** Time after which members that refused or could not be reached are asked again. */
  static final Duration AGAIN_AFTER = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(RosterRecovery.class);
  private static final String DAMAGED =
      "its rosters are damaged in the ledger, so none is confirmed or given back; restore the "
          + "ledger from a copy";
  private static final String FAILS =
      "its recovery fails, and is tried again; the log of this gateway says why";

  private final IntakeParts parts;
  private final RosterRecords rosters;
  private final GatewayMessageSender sender;
  private final RosterConfirmation confirmation;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Set<OperationId> underWay = ConcurrentHashMap.newKeySet();

  /** What is wrong with operations whose recovery failed last, in words. */
  private final Map<OperationId, String> failed = new ConcurrentHashMap<>();

  /** Recovery for the rosters of an intake. */
  public RosterRecovery(
      IntakeParts parts,
      RosterRecords rosters,
      RosterConfirmation confirmation,
      GatewayMessageSender sender,
      InstantSource clock,
      RandomGenerator random) {
    this.parts = parts;
    this.rosters = rosters;
    this.confirmation = confirmation;
    this.sender = sender;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Asks members for confirmation and gives rosters back, where due. What is due waits while the
   * disk is full.
   */
  public void round() {
    if (parts.ledger().room().refusal().isPresent()) {
      return;
    }
    List<OperationId> marked = OperationTable.of(parts.ledger()).marked();
    failed.keySet().retainAll(marked);
    for (OperationId id : marked) {
      try {
        if (!underWay.contains(id)) {
          look(id);
        }
        failed.remove(id);
      } catch (RuntimeException e) {
        if (ProcessingFailure.isOfTheMachine(e)) {
          throw e;
        }
        // One operation must not delay the others.
        boolean unreadable = e instanceof CorruptRecord;
        if (failed.put(id, unreadable ? DAMAGED : FAILS) == null) {
          LOG.error("operation {}: {}", id, unreadable ? DAMAGED : FAILS, e);
        }
      }
    }
  }

  private void look(OperationId id) {
    OperationRecord record = OperationTable.of(parts.ledger()).record(id);
    if (record == null) {
      return;
    }
    Optional<AgencyName> to = RosterRecords.returnDue(record, clock.millis(), this::hasRoomFor);
    if (to.isEmpty() && !record.getSetBack()) {
      return;
    }
    Optional<HeldRosters> held = rosters.held(id);
    if (held.isPresent() && to.isPresent()) {
      giveBack(id, to.get());
    } else if (held.isPresent()) {
      ask(id, held.get());
    }
  }

  /** Whether what waits for an agency leaves room for one more roster. */
  private boolean hasRoomFor(AgencyName agency) {
    long waiting = parts.ledger().outbox().bytes(agency, Lane.FLASH);
    return parts.ledger().room().hasRoom(waiting, RosterStatement.MAX_BYTES);
  }

  private void giveBack(OperationId id, AgencyName signer) {
    Instant now = clock.instant();
    RosterMessages messages = parts.rules().policy().get().rosters();
    Optional<RosterStatement> roster = rosters.newestBy(id, signer);
    Optional<Refusal> refusal = messages.refusal(signer, parts.self(), now);
    if (roster.isEmpty() || refusal.isPresent()) {
      LOG.warn(
          "operation {}: its roster cannot be given back to {}, which no longer knows it: {}",
          id,
          signer,
          refusal.map(Refusal::reason).orElse("none that it signed is among the latest"));
      commit(tx -> rosters.gaveBack(tx, id, signer, now));
      return;
    }
    MessageId message = MessageId.fresh(parts.self(), now.toEpochMilli(), random);
    submit(
        id,
        messages.givenBack(
            message,
            roster.get().encoded(),
            parts.self(),
            signer,
            roster.get().content().terms().exercise(),
            now),
        tx -> rosters.gaveBack(tx, id, signer, now));
  }

  private void ask(OperationId id, HeldRosters held) {
    Instant now = clock.instant();
    RosterStatement.Content content = held.newest().content();
    boolean over = content.terms().closed() || content.terms().endsAtMs() <= now.toEpochMilli();
    if (over || held.forked() || !content.lead().equals(parts.self())) {
      commit(tx -> rosters.leave(tx, id));
      return;
    }
    if (confirmation.missing(held).isEmpty()) {
      // Evidence is kept for a limited time, so its result is stored now.
      commit(tx -> rosters.confirmed(tx, id, held.newest().number()));
      return;
    }
    if (!isDue(held, now)) {
      return;
    }
    RosterMessages messages = parts.rules().policy().get().rosters();
    RosterConfirmation.ConfirmationRequest asking = confirmation.asking(held);
    List<AgencyName> members = new ArrayList<>(asking.members());
    members.removeIf(it -> messages.refusal(parts.self(), it, now).isPresent());
    if (!members.isEmpty()) {
      MessageId message = MessageId.fresh(parts.self(), now.toEpochMilli(), random);
      List<MessageId> asked = new ArrayList<>(asking.standing());
      asked.add(message);
      submit(
          id,
          messages.message(
              message,
              held.newest().encoded(),
              parts.self(),
              members,
              content.terms().exercise(),
              now),
          tx -> rosters.asked(tx, id, held.newest().number(), asked));
    }
  }

  /** Whether it is due; also if its clock was ahead at the last attempt. */
  private static boolean isDue(HeldRosters held, Instant now) {
    List<MessageId> asked = held.setBack().map(HeldRosters.RestoreMark::askedIn).orElse(List.of());
    return asked.isEmpty()
        || Math.abs(now.toEpochMilli() - asked.get(asked.size() - 1).millis())
            >= AGAIN_AFTER.toMillis();
  }

  private void submit(OperationId id, Permitted message, Consumer<Transaction> change) {
    underWay.add(id);
    CompletableFuture<Result<MessageId>> sent;
    try {
      sent = sender.sendWith(AuditActor.gateway(parts.self()), message, change);
    } catch (RuntimeException e) {
      // Else no later round would try again.
      underWay.remove(id);
      throw e;
    }
    var unused = sent.whenComplete((outcome, failure) -> underWay.remove(id));
  }

  private void commit(Consumer<Transaction> change) {
    parts
        .ledger()
        .commit(
            Lane.ROUTINE,
            tx -> {
              change.accept(tx);
              return 0;
            });
  }

  /** Operations for which no roster should be signed yet, in words. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    for (OperationId id : OperationTable.of(parts.ledger()).marked()) {
      warning(id).ifPresent(it -> warnings.add("operation " + id + ": " + it));
    }
    return warnings;
  }

  private Optional<String> warning(OperationId id) {
    try {
      Optional<String> why = Optional.ofNullable(failed.get(id));
      return why.isPresent() ? why : rosters.held(id).flatMap(this::unconfirmed);
    } catch (CorruptRecord e) {
      return Optional.of(DAMAGED);
    }
  }

  private Optional<String> unconfirmed(HeldRosters held) {
    UnconfirmedMembers unconfirmed =
        UnconfirmedMembers.of(parts, confirmation, held, clock.instant());
    return unconfirmed.missing().isEmpty()
        ? Optional.empty()
        : Optional.of(
            "the ledger was restored, and its roster %d is not yet confirmed by %s%s"
                .formatted(held.newest().number(), unconfirmed.missing(), unconfirmed.inVain()));
  }
}
