package org.entente.gateway.intake;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.entente.gateway.audit.AuditActor;
import org.entente.gateway.joint.HeldRosters;
import org.entente.gateway.joint.RosterConfirmation;
import org.entente.gateway.ledger.OperationBook;
import org.entente.gateway.ledger.Transaction;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.policy.Permitted;
import org.entente.gateway.policy.RosterMessages;
import org.entente.gateway.seal.RosterStatement;
import org.entente.proto.v1.Outcome;

/**
 * Rosters after a ledger was set back, at both ends. The lead asks: it sends the newest roster that
 * it still holds to its members once more, and takes what they give back. A member gives back the
 * newest roster of an agency that shows that it does not know it any more.
 *
 * <p>Looks regularly and waits for nothing; what could not be submitted is submitted at another
 * time. Used by one thread; the rest is safe for many.
 */
public final class RosterCare {
  private final IntakeParts parts;
  private final Intake intake;
  private final RosterConfirmation confirmation;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Set<OperationId> underWay = ConcurrentHashMap.newKeySet();

  /** Care for the rosters behind an intake. */
  public RosterCare(IntakeParts parts, Intake intake, InstantSource clock, RandomGenerator random) {
    this.parts = parts;
    this.intake = intake;
    this.confirmation = parts.confirmation();
    this.clock = clock;
    this.random = random;
  }

  /** Asks and gives back what is to be asked and given back. */
  public void round() {
    for (OperationBook.Entry entry : parts.ledger().operations().list(Integer.MAX_VALUE)) {
      String giveBackTo = entry.record().getGiveBackTo();
      boolean asks = entry.record().getSetBack() && entry.record().getAskedIn().isEmpty();
      if ((giveBackTo.isEmpty() && !asks) || underWay.contains(entry.id())) {
        continue;
      }
      Optional<HeldRosters> held = parts.rosters().held(entry.id());
      if (held.isPresent() && !giveBackTo.isEmpty()) {
        giveBack(entry.id(), new AgencyName(giveBackTo));
      } else if (held.isPresent()) {
        ask(entry.id(), held.get());
      }
    }
  }

  private void giveBack(OperationId id, AgencyName signer) {
    Instant now = clock.instant();
    RosterMessages messages = parts.policy().get().rosters();
    Optional<RosterStatement> roster =
        parts
            .rosters()
            .newestBy(id, signer)
            .filter(it -> messages.refusal(signer, parts.self(), now).isEmpty());
    if (roster.isEmpty()) {
      commit(tx -> parts.rosters().gaveBack(tx, id));
      return;
    }
    MessageId message = MessageId.fresh(now.toEpochMilli(), random);
    submit(
        id,
        messages.givenBack(
            message,
            roster.get().encoded(),
            parts.self(),
            signer,
            roster.get().content().terms().exercise(),
            now),
        tx -> parts.rosters().gaveBack(tx, id));
  }

  private void ask(OperationId id, HeldRosters held) {
    Instant now = clock.instant();
    RosterStatement.Content content = held.newest().content();
    boolean over = content.terms().closed() || content.terms().endsAtMs() <= now.toEpochMilli();
    if (over || held.forked() || !content.lead().equals(parts.self())) {
      commit(tx -> parts.rosters().leave(tx, id));
      return;
    }
    RosterMessages messages = parts.policy().get().rosters();
    List<AgencyName> members = new ArrayList<>(content.agencies());
    members.removeIf(
        it -> it.equals(parts.self()) || messages.refusal(parts.self(), it, now).isPresent());
    if (!members.isEmpty()) {
      MessageId message = MessageId.fresh(now.toEpochMilli(), random);
      submit(
          id,
          messages.message(
              message,
              held.newest().encoded(),
              parts.self(),
              members,
              content.terms().exercise(),
              now),
          tx -> parts.rosters().asked(tx, id, held.newest().number(), message));
    }
  }

  private void submit(OperationId id, Permitted message, Consumer<Transaction> change) {
    underWay.add(id);
    CompletableFuture<Outcome> done = new CompletableFuture<>();
    CompletableFuture<Outcome> unused =
        done.whenComplete((outcome, failure) -> underWay.remove(id));
    intake.submit(
        Submission.of(
                Convening.key(parts, message),
                AuditActor.gateway(parts.self()),
                List.of(message),
                List.of(),
                PassedOn.NOTHING,
                OpenWithin.NEVER,
                null,
                done)
            .with(change));
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

  /** Operations in which nothing is to be signed yet, in words. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    for (OperationBook.Entry entry : parts.ledger().operations().list(Integer.MAX_VALUE)) {
      if (entry.record().getSetBack()) {
        List<AgencyName> missing =
            parts.rosters().held(entry.id()).map(confirmation::missing).orElse(List.of());
        if (!missing.isEmpty()) {
          warnings.add(
              "operation %s: the ledger was restored, and its roster %d is not confirmed yet by %s"
                  .formatted(entry.id(), entry.record().getNumber(), missing));
        }
      }
    }
    return warnings;
  }
}
