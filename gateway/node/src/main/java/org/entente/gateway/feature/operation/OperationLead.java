package org.entente.gateway.feature.operation;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.entente.gateway.account.SharedRoom;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.intake.GatewayMessageSender;
import org.entente.gateway.intake.IntakeParts;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.RosterMessages;
import org.entente.gateway.seal.statement.RosterMember;
import org.entente.gateway.seal.statement.RosterRole;
import org.entente.gateway.seal.statement.RosterStatement;
import org.entente.gateway.seal.statement.StatementFrame;
import org.entente.proto.v1.OnBehalfOf;

/**
 * Joint operations that this agency leads: it founds, changes and closes them with rosters that its
 * gateway signs. One commit contains the roster, the message that carries it to all old and new
 * members, and the leaf with the deciding person, so that every member receives each roster in
 * force.
 *
 * <p>Safe for use by several threads, one after the other; blocks on the disk.
 */
public final class OperationLead {
  private static final SharedRoom FOUNDED = new SharedRoom(OperationReception.MOST_OF_ONE_FOUNDER);

  private final IntakeParts parts;
  private final RosterRecords rosters;
  private final RosterConfirmation confirmation;
  private final GatewayMessageSender messages;
  private final GatewayParts.Identity signer;
  private final InstantSource clock;
  private final RandomGenerator random;

  /** A roster that is durable and queued in this message. */
  public record Signed(RosterStatement roster, MessageId message) {}

  /**
   * A change that a person requests.
   *
   * @param members the new members; unchanged if empty
   * @param endsAt the new end; unchanged if empty
   * @param seenNumber number of the roster that the person has seen; 0 to accept whichever is in
   *     force
   * @param closes whether the operation is closed for further messages
   * @param unconfirmed whether to sign although some members have not confirmed the newest roster
   *     since the ledger was restored
   */
  public record Change(
      List<RosterMember> members,
      Optional<Instant> endsAt,
      long seenNumber,
      boolean closes,
      boolean unconfirmed) {
    /** Copies the list. */
    public Change {
      members = List.copyOf(members);
    }

    /** Closes the operation. */
    public static Change closing(boolean unconfirmed) {
      return new Change(List.of(), Optional.empty(), 0, true, unconfirmed);
    }
  }

  /** Operations led by the agency of this intake. */
  public OperationLead(
      IntakeParts parts,
      RosterRecords rosters,
      RosterConfirmation confirmation,
      GatewayMessageSender messages,
      GatewayParts.Identity signer,
      InstantSource clock,
      RandomGenerator random) {
    this.parts = parts;
    this.rosters = rosters;
    this.confirmation = confirmation;
    this.messages = messages;
    this.signer = signer;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Founds an operation that this agency leads.
   *
   * @param others the other members
   */
  public synchronized Result<Signed> create(
      NodeName client,
      String name,
      List<RosterMember> others,
      Instant startsAt,
      Instant endsAt,
      boolean exercise,
      OnBehalfOf person) {
    Instant now = clock.instant();
    OperationId id = OperationId.fresh(now.toEpochMilli(), random);
    List<RosterMember> members = new ArrayList<>(others);
    members.add(new RosterMember(parts.self(), RosterRole.LEAD));
    RosterStatement.Terms terms =
        new RosterStatement.Terms(
            name, exercise, false, startsAt.toEpochMilli(), endsAt.toEpochMilli());
    Optional<Problem> problem =
        person(person)
            .or(() -> problem(terms, now))
            .or(() -> problem(members))
            .or(() -> tooMany(client))
            .or(() -> full(client, id, members, now));
    if (problem.isPresent()) {
      return Result.refused(problem.get());
    }
    RosterStatement roster = sign(id, 1, RosterStatement.nothingBefore(), terms, members, now);
    return publish(client, person, roster, List.of(), false, now);
  }

  /** Signs the next roster of an operation that this agency leads. */
  public synchronized Result<Signed> change(
      NodeName client, OperationId id, Change change, OnBehalfOf person) {
    Instant now = clock.instant();
    Optional<HeldRosters> held = rosters.held(id);
    Optional<Problem> problem = person(person).or(() -> problem(id, held, change, now));
    if (problem.isPresent() || held.isEmpty()) {
      return Result.refused(problem.orElseGet(() -> unknown(id)));
    }
    RosterStatement newest = held.get().newest();
    RosterStatement.Terms before = newest.content().terms();
    RosterStatement.Terms terms =
        new RosterStatement.Terms(
            before.name(),
            before.exercise(),
            change.closes(),
            before.startsAtMs(),
            change.endsAt().map(Instant::toEpochMilli).orElse(before.endsAtMs()));
    List<RosterMember> members =
        change.members().isEmpty() ? newest.content().members() : change.members();
    Optional<Problem> wrong =
        change.closes()
            ? problem(members)
            : problem(terms, now)
                .or(() -> problem(members))
                .or(() -> full(client, id, members, now));
    if (wrong.isPresent()) {
      return Result.refused(wrong.get());
    }
    RosterStatement roster = sign(id, newest.number() + 1, newest.hash(), terms, members, now);
    // The same rules that the recipients will apply.
    return RosterRules.next(roster, held.get(), parts.self())
            instanceof RosterRules.Judgement.Refused refused
        ? Result.refused(refused.code(), "members", refused.reason())
        : publish(
            client,
            person,
            roster,
            newest.content().agencies(),
            ends(newest.content(), roster.content()),
            now);
  }

  /** Whether a roster only closes the operation or ends memberships: that waits for no room. */
  private static boolean ends(RosterStatement.Content before, RosterStatement.Content next) {
    boolean fewer =
        next.members().size() < before.members().size()
            && before.members().containsAll(next.members());
    return next.terms().closed() || (fewer && next.terms().equals(before.terms()));
  }

  private Optional<Problem> tooMany(NodeName client) {
    return rosters.mayFound(parts.self(), token(client), FOUNDED)
        ? Optional.empty()
        : wrong(
            Code.LIMIT_REACHED,
            "",
            ("members store %d operations of one agency, until a year after their ends, and this"
                    + " client has founded as many as are still free: use the ones that exist")
                .formatted(FOUNDED.most()));
  }

  /** A member refuses an operation beyond what it takes of this agency, and then lacks it. */
  private Optional<Problem> full(
      NodeName client, OperationId id, List<RosterMember> members, Instant now) {
    List<AgencyName> others =
        members.stream()
            .map(RosterMember::agency)
            .filter(agency -> !agency.equals(parts.self()))
            .toList();
    return rosters
        .full(token(client), id, others, now.toEpochMilli())
        .flatMap(
            member ->
                wrong(
                    Code.LIMIT_REACHED,
                    "members",
                    ("%s takes %d open operations of this agency, and this client has opened as"
                            + " many there as are still free; one ends when it is closed, when"
                            + " another agency leads it, or at its end")
                        .formatted(member, rosters.mostOpen())));
  }

  private ByteString token(NodeName client) {
    return ByteString.copyFrom(parts.ledger().names().token(client.value()));
  }

  private RosterStatement sign(
      OperationId id,
      long number,
      byte[] previous,
      RosterStatement.Terms terms,
      List<RosterMember> members,
      Instant now) {
    RosterStatement.Place place =
        new RosterStatement.Place(
            StatementFrame.toAll(
                signer.federation(), parts.self(), signer.gateway(), now.toEpochMilli()),
            id,
            number,
            previous);
    return RosterStatement.sign(new RosterStatement.Content(place, terms, members), signer.key());
  }

  private Result<Signed> publish(
      NodeName client,
      OnBehalfOf person,
      RosterStatement roster,
      List<AgencyName> before,
      boolean ends,
      Instant now) {
    RosterMessages carrying = parts.rules().policy().get().rosters();
    List<AgencyName> recipients = new ArrayList<>();
    for (AgencyName agency : others(roster.content().agencies(), before)) {
      Optional<Refusal> refusal = carrying.refusal(parts.self(), agency, now);
      if (refusal.isEmpty()) {
        recipients.add(agency);
      } else if (roster.content().role(agency).isPresent()) {
        return Result.refused(
            refusal.get().code(), "members", agency + ": " + refusal.get().reason());
      }
    }
    if (recipients.isEmpty()) {
      return Result.refused(Code.NO_RECIPIENT, "members", "must contain another member");
    }
    MessageId id = MessageId.fresh(parts.self(), now.toEpochMilli(), random);
    Permitted message =
        carrying.message(
            id,
            roster.encoded(),
            parts.self(),
            recipients,
            roster.content().terms().exercise(),
            now);
    AuditActor actor = AuditActor.client(parts.self(), client, person);
    Optional<Problem> full = ends ? Optional.empty() : messages.lacksRoom(actor, message);
    return Result.unless(full, () -> submitted(actor, token(client), roster, message));
  }

  private Result<Signed> submitted(
      AuditActor actor, ByteString client, RosterStatement roster, Permitted message) {
    AtomicBoolean newest = new AtomicBoolean();
    return parts
        .ledger()
        .await(
            messages.sendWith(
                actor,
                message,
                tx -> newest.set(keep(tx, actor, client, roster, message.messageId()))))
        .then(
            id ->
                newest.get()
                    ? Result.done(new Signed(roster, id))
                    : Result.refused(
                        Code.ROSTER_FORKED,
                        "operation_id",
                        ("a member gave back a roster that contradicts roster %d or the one before"
                                + " it while it was signed and sent: the operation ends here;"
                                + " found a new one")
                            .formatted(roster.number())));
  }

  /**
   * Whether the roster is the newest one. It does not throw if not: that would undo other messages
   * in the same commit.
   */
  private boolean keep(
      Transaction tx,
      AuditActor actor,
      ByteString client,
      RosterStatement roster,
      MessageId message) {
    boolean newest = rosters.putOwn(tx, roster, client);
    leaf(
        tx,
        AuditType.ROSTER_SIGNED,
        actor,
        roster,
        message,
        roster + (roster.content().terms().closed() ? ", which closes it" : ""));
    if (!newest) {
      leaf(
          tx,
          AuditType.ROSTER_CONFLICT,
          actor,
          roster,
          message,
          roster + ": one that contradicts it, or the one before, was given back meanwhile");
    }
    return newest;
  }

  private static void leaf(
      Transaction tx,
      AuditType type,
      AuditActor actor,
      RosterStatement roster,
      MessageId message,
      String detail) {
    tx.audit(
        AuditRecord.of(
                type,
                LawCategory.NONE,
                Instant.ofEpochMilli(tx.nowMillis()),
                actor,
                new AuditSubject(null, List.of(message), roster.content().agencies(), null))
            .saying(detail));
  }

  private List<AgencyName> others(List<AgencyName> now, List<AgencyName> before) {
    TreeSet<AgencyName> all = new TreeSet<>(now);
    all.addAll(before);
    all.remove(parts.self());
    return List.copyOf(all);
  }

  private Optional<Problem> person(OnBehalfOf person) {
    return parts.rules().check().decision(person);
  }

  private Optional<Problem> problem(
      OperationId id, Optional<HeldRosters> held, Change change, Instant now) {
    if (held.isEmpty()) {
      return Optional.of(unknown(id));
    }
    RosterStatement newest = held.get().newest();
    if (rosters.isFull(id, change.closes())) {
      return wrong(
          Code.LIMIT_REACHED,
          "operation_id",
          "the operation has %d rosters, the most that members keep; close it and found another"
              .formatted(RosterRecords.MOST_ROSTERS));
    }
    if (!newest.content().lead().equals(parts.self())) {
      return wrong(
          Code.OPERATION_ROLE, "operation_id", newest.content().lead() + " leads the operation");
    }
    if (change.seenNumber() != 0 && change.seenNumber() != newest.number()) {
      return wrong(Code.ROSTER_STALE, "seen_number", "roster " + newest.number() + " is in force");
    }
    UnconfirmedMembers unconfirmed = UnconfirmedMembers.of(parts, confirmation, held.get(), now);
    return change.unconfirmed() || unconfirmed.missing().isEmpty()
        ? Optional.empty()
        : wrong(
            Code.ROSTER_STALE,
            "unconfirmed",
            ("the ledger here was restored from a copy, and %s have not yet confirmed that they"
                    + " know no roster later than %d: wait for them, or compare the hash with them"
                    + " and set this%s")
                .formatted(unconfirmed.missing(), newest.number(), unconfirmed.inVain()));
  }

  private static Problem unknown(OperationId id) {
    return new Problem(Code.NOT_FOUND, "operation_id", "no operation " + id + " is stored here");
  }

  private static Optional<Problem> problem(RosterStatement.Terms terms, Instant now) {
    if (!RosterStatement.isName(terms.name())) {
      return wrong(
          Code.INVALID_FIELD,
          "name",
          "must have 1 to 32 characters of A-Z 0-9 space and -, and begin with a letter or digit");
    }
    boolean time =
        terms.startsAtMs() >= 0
            && terms.endsAtMs() > Math.max(terms.startsAtMs(), now.toEpochMilli())
            && terms.endsAtMs() - terms.startsAtMs() <= RosterStatement.LONGEST.toMillis()
            && terms.endsAtMs() - now.toEpochMilli() <= RosterStatement.LONGEST.toMillis();
    return time
        ? Optional.empty()
        : wrong(
            Code.INVALID_FIELD,
            "ends_at",
            "must be in the future, after the beginning, and at most ten years away");
  }

  private static Optional<Problem> problem(List<RosterMember> members) {
    long agencies = members.stream().map(RosterMember::agency).distinct().count();
    long leads = members.stream().filter(it -> it.role() == RosterRole.LEAD).count();
    boolean good =
        members.size() >= 2
            && members.size() <= RosterStatement.MAX_MEMBERS
            && agencies == members.size()
            && leads == 1;
    return good
        ? Optional.empty()
        : wrong(
            Code.INVALID_FIELD,
            "members",
            "must be 2 to "
                + RosterStatement.MAX_MEMBERS
                + " different agencies including this one, exactly one of which leads");
  }

  private static Optional<Problem> wrong(Code code, String field, String message) {
    return Optional.of(new Problem(code, field, message));
  }
}
