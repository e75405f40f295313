package org.entente.gateway.feature.operation;

import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.RosterMessages;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.gateway.receive.ReceptionHook;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.statement.RosterStatement;
import org.entente.gateway.seal.statement.SessionTerms;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * Checks arriving messages of operations: rosters against the stored ones, and messages in an
 * operation against its rosters. Call it in the transaction that stores the message.
 */
public final class OperationReception implements ReceptionHook {
  /** Most operations that are stored of one founder, open or not. */
  public static final int MOST_OF_ONE_FOUNDER = 1_000;

  /** How far the clock of a lead may be ahead. */
  private static final Duration CLOCKS_APART = Duration.ofDays(1);

  private static final String NOT_SIGNED =
      "the roster is neither signed by its sender nor returned to the agency that signed it";

  private final AgencyName self;
  private final Ledger ledger;
  private final RosterRecords rosters;
  private final OwnRosters own;

  /**
   * Reception at an agency.
   *
   * @param own the rosters that this gateway has signed
   */
  public OperationReception(AgencyName self, Ledger ledger, RosterRecords rosters, OwnRosters own) {
    this.self = self;
    this.ledger = ledger;
    this.rosters = rosters;
    this.own = own;
  }

  @Override
  public int signatures(Body body) {
    return body.hasRoster() ? 1 : 0;
  }

  @Override
  public Result<Step> inspect(Incoming message) {
    if (message.label().getKind() == Kind.KIND_ROSTER) {
      return roster(message)
          .map(roster -> Result.<Step>done(new MessageStep(message, roster)))
          .orElseGet(() -> Result.refused(Code.BAD_SIGNATURE, "", NOT_SIGNED));
    }
    return message.label().getOperationId().isEmpty()
        ? Step.NONE
        : Result.done(new MessageStep(message, null));
  }

  /** The roster in a message, if the sealing gateway signed it or returns it to its signer. */
  private Optional<RosterStatement> roster(Incoming message) {
    Optional<RosterStatement> roster =
        RosterStatement.parse(message.body().getRoster().getStatement().toByteArray());
    return RosterMessages.isGivenBack(message.label())
        ? roster.filter(own::signed)
        : roster.filter(
            it ->
                message.announced().stream()
                    .anyMatch(parties -> isOf(message.facts(), it, parties)));
  }

  private static boolean isOf(
      EnvelopeFacts facts, RosterStatement roster, SessionTerms.Parties parties) {
    RosterStatement.Place place = roster.content().place();
    return place.signer().equals(facts.origin())
        && place.gateway().equals(facts.gateway())
        && parties.sender().equals(facts.origin())
        && parties.gateway().name().equals(facts.gateway())
        && parties.federation().equals(place.federation())
        && roster.isSignedBy(parties.gateway().key());
  }

  private final class MessageStep implements Step {
    private final Incoming message;
    private final @Nullable RosterStatement roster;

    MessageStep(Incoming message, @Nullable RosterStatement roster) {
      this.message = message;
      this.roster = roster;
    }

    @Override
    public Optional<Problem> check(Transaction tx) {
      return refusal(tx, message.origin(), message.label(), roster)
          .map(found -> new Problem(found.code(), "", found.message()));
    }

    @Override
    public void keep(Transaction tx) {
      received(tx, message, roster);
    }
  }

  /**
   * Why a message is not kept; empty if it is kept. A roster that shows a fork ends its operation
   * here.
   *
   * @param roster the roster in the message, its signature verified as the origin's; null if there
   *     is none
   */
  private Optional<Problem> refusal(
      Transaction tx, AgencyName origin, Label label, @Nullable RosterStatement roster) {
    if (roster != null) {
      return refusal(tx, origin, roster);
    }
    if (label.getOperationId().isEmpty()) {
      return Optional.empty();
    }
    Optional<HeldRosters> held = rosters.held(tx, operation(label));
    if (held.isPresent() && forgot(held.get().newest(), origin, label)) {
      rosters.owe(tx, operation(label), origin);
    }
    return held.isEmpty()
        ? Optional.of(
            new Problem(
                Code.ROSTER_UNKNOWN, "", "no roster of the operation is stored here, or not yet"))
        : Participation.refusal(held.get(), origin, self, claim(label));
  }

  /**
   * Whether the signer of the newest roster relies on an earlier one in a message that it made
   * later by its own clock: then its ledger was restored.
   */
  private static boolean forgot(RosterStatement newest, AgencyName origin, Label label) {
    RosterStatement.Place place = newest.content().place();
    return place.signer().equals(origin)
        && label.getOperationEpoch() < newest.number()
        && Timestamps.toMillis(label.getCreatedAt()) > place.issuedAtMs();
  }

  private Optional<Problem> refusal(Transaction tx, AgencyName origin, RosterStatement roster) {
    RosterRules.Judgement judgement = judge(tx, roster);
    boolean givenBack = roster.content().place().signer().equals(self);
    long newest = newest(tx, roster);
    boolean forgot = !givenBack && roster.number() < newest;
    if (forgot || (!givenBack && judgement instanceof RosterRules.Judgement.Forked)) {
      rosters.owe(tx, roster.content().place().operation(), origin);
    }
    if (forgot && judgement instanceof RosterRules.Judgement.Known) {
      return Optional.of(
          new Problem(
              Code.ROSTER_STALE,
              "",
              "roster " + newest + " is stored here, which its lead no longer knows"));
    }
    if (judgement instanceof RosterRules.Judgement.Forked forked) {
      rosters.fork(tx, roster);
      leaf(tx, AuditType.ROSTER_CONFLICT, roster, roster + ": " + forked.reason());
      return Optional.of(new Problem(Code.ROSTER_FORKED, "", forked.reason()));
    }
    return judgement instanceof RosterRules.Judgement.Refused refused
        ? Optional.of(new Problem(refused.code(), "", refused.reason()))
        : Optional.empty();
  }

  private long newest(Transaction tx, RosterStatement roster) {
    return rosters
        .held(tx, roster.content().place().operation())
        .map(held -> held.newest().number())
        .orElse(0L);
  }

  private RosterRules.Judgement judge(Transaction tx, RosterStatement roster) {
    RosterRules.Judgement judgement =
        rosters
            .held(tx, roster.content().place().operation())
            .map(held -> RosterRules.next(roster, held, self))
            .orElseGet(() -> first(roster, tx.nowMillis()));
    return judgement instanceof RosterRules.Judgement.Taken
        ? term(roster, tx.nowMillis()).or(() -> limit(tx, roster)).orElse(judgement)
        : judgement;
  }

  /** Lists show operations by the time in their ids, so a later one would hide the others. */
  private RosterRules.Judgement first(RosterStatement roster, long nowMillis) {
    long founded = roster.content().place().operation().millis();
    boolean isLate = founded > nowMillis + CLOCKS_APART.toMillis();
    return isLate && !roster.content().place().signer().equals(self)
        ? new RosterRules.Judgement.Refused(
            Code.INVALID_FIELD, "the operation's id states a time more than a day from now")
        : RosterRules.first(roster, self, nowMillis);
  }

  /** Its end decides until when it is kept, and so which keys are made for it. */
  private static Optional<RosterRules.Judgement> term(RosterStatement roster, long nowMillis) {
    if (RosterRecords.isOver(roster, nowMillis)) {
      return refused(
          Code.OPERATION_CLOSED,
          "the operation ended longer ago than rosters are kept, "
              + RosterRecords.KEPT.toDays()
              + " days");
    }
    long latest = nowMillis + RosterStatement.LONGEST.plus(CLOCKS_APART).toMillis();
    return roster.content().terms().endsAtMs() > latest
        ? refused(Code.INVALID_FIELD, "the operation ends more than ten years from now")
        : Optional.empty();
  }

  /** What this agency signed itself does not count. */
  private Optional<RosterRules.Judgement> limit(Transaction tx, RosterStatement roster) {
    AgencyName signer = roster.content().place().signer();
    if (signer.equals(self)) {
      return Optional.empty();
    }
    if (rosters.isTooMany(tx, roster)) {
      return refused(
          Code.LIMIT_REACHED,
          "%d rosters of the operation are stored here; only one that closes it is taken"
              .formatted(RosterRecords.MOST_ROSTERS));
    }
    if (rosters.opensTooMany(tx, roster)) {
      return refused(
          Code.LIMIT_REACHED,
          "%s already answers for %d open operations here".formatted(signer, rosters.mostOpen()));
    }
    return rosters.foundsTooMany(tx, roster, MOST_OF_ONE_FOUNDER)
        ? refused(
            Code.LIMIT_REACHED,
            "%d operations that %s founded are stored here".formatted(MOST_OF_ONE_FOUNDER, signer))
        : Optional.empty();
  }

  private static Optional<RosterRules.Judgement> refused(Code code, String reason) {
    return Optional.of(new RosterRules.Judgement.Refused(code, reason));
  }

  /** Applies a message that is stored. */
  private void received(Transaction tx, Incoming message, @Nullable RosterStatement roster) {
    AgencyName origin = message.origin();
    Label label = message.label();
    if (roster != null) {
      take(tx, origin, roster);
    } else if (!label.getOperationId().isEmpty()) {
      OperationId operation = operation(label);
      boolean standing = Situation.isStatedBy(message.body().getOperationUpdate());
      OperationTable.of(ledger).received(tx, operation, origin, message.id(), standing);
      rosters
          .held(tx, operation)
          .filter(held -> label.getOperationEpoch() > held.newest().number())
          .ifPresent(held -> rosters.word(tx, operation, word(origin, label), held.newest()));
    }
  }

  private void take(Transaction tx, AgencyName origin, RosterStatement roster) {
    Optional<HeldRosters> held = rosters.held(tx, roster.content().place().operation());
    if (held.isPresent() && held.get().newest().number() >= roster.number()) {
      return;
    }
    boolean givenBack = roster.content().place().signer().equals(self);
    if (givenBack) {
      rosters.putGivenBack(tx, roster);
    } else {
      rosters.put(tx, roster);
    }
    leaf(
        tx,
        AuditType.ROSTER_TAKEN,
        roster,
        roster + (givenBack ? ", of this agency, given back by " + origin : ""));
    List<AgencyName> before =
        held.map(HeldRosters::newest).map(it -> it.content().agencies()).orElse(List.of());
    for (RosterRecords.RosterReference word : rosters.takeWords(tx, roster, before)) {
      if (word.number() == roster.number() && !Arrays.equals(word.hash(), roster.hash())) {
        leaf(
            tx,
            AuditType.ROSTER_CONFLICT,
            roster,
            word.agency() + " uses another " + roster + " than the one from its lead");
      }
    }
  }

  private static void leaf(Transaction tx, AuditType type, RosterStatement roster, String detail) {
    RosterStatement.Content content = roster.content();
    tx.audit(
        AuditRecord.of(
                type,
                LawCategory.NONE,
                Instant.ofEpochMilli(tx.nowMillis()),
                AuditActor.gateway(content.place().signer()),
                new AuditSubject(null, List.of(), content.agencies(), null))
            .saying(detail));
  }

  private static OperationId operation(Label label) {
    return OperationId.of(label.getOperationId().toByteArray());
  }

  private static RosterRecords.RosterReference word(AgencyName origin, Label label) {
    return new RosterRecords.RosterReference(
        origin, label.getOperationEpoch(), label.getOperationRosterHash().toByteArray());
  }

  private static Participation.Claim claim(Label label) {
    return new Participation.Claim(
        label.getOperationEpoch(),
        label.getOperationRosterHash().toByteArray(),
        Exercise.of(label),
        Instant.ofEpochMilli(Timestamps.toMillis(label.getCreatedAt())));
  }
}
