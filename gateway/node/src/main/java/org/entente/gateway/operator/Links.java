package org.entente.gateway.operator;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.link.LaneStatus;
import org.entente.gateway.link.PeerLinks;
import org.entente.gateway.link.PeerStatus;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.proto.store.v1.LinkRecord;
import org.entente.proto.v1.OnBehalfOf;
import org.jspecify.annotations.Nullable;

/**
 * The links as an operator sees and changes them. A change is durable, with its leaf, before it
 * takes effect, and doing it again changes nothing. Safe for many threads; a change waits for the
 * disk.
 */
public final class Links {
  private final AgencyName self;
  private final Ledger ledger;
  private final LabelCheck check;
  private final Set<AgencyName> configured;
  private final PeerLinks links;

  /** What is answered to a change. */
  public sealed interface Answer {
    /**
     * It is so.
     *
     * @param now whether by this call; otherwise it had been so before
     */
    record Done(boolean now) implements Answer {}

    /** Nothing changed. */
    record Refused(Problem problem) implements Answer {}
  }

  /**
   * A link.
   *
   * @param status of its streams; null before the first stream or attempt
   * @param pausedSince by this agency's operator
   */
  public record Link(
      AgencyName peer,
      @Nullable PeerStatus status,
      Optional<Instant> pausedSince,
      List<LinkLane> lanes) {}

  /**
   * A lane of a link.
   *
   * @param status null before the first stream or attempt
   * @param alarm what stopped it, as it was kept; null if nothing did
   * @param backlog envelopes that wait for the peer
   * @param oldestMillis since when the oldest waits, milliseconds since 1970; 0 if none does
   */
  public record LinkLane(
      Lane lane,
      @Nullable LaneStatus status,
      @Nullable LinkRecord alarm,
      long backlog,
      long oldestMillis) {}

  /**
   * Links of a gateway.
   *
   * @param configured peers to which links are configured
   */
  public Links(
      AgencyName self,
      Ledger ledger,
      LabelCheck check,
      Set<AgencyName> configured,
      PeerLinks links) {
    this.self = self;
    this.ledger = ledger;
    this.check = check;
    this.configured = configured;
    this.links = links;
  }

  /** All links that are configured, by name, whether anything stands or not. */
  public List<Link> list() {
    List<PeerStatus> statuses = links.status();
    List<Link> out = new ArrayList<>();
    for (AgencyName peer : configured) {
      PeerStatus status =
          statuses.stream().filter(one -> one.peer().equals(peer)).findFirst().orElse(null);
      List<LinkLane> lanes = new ArrayList<>();
      for (Lane lane : Lane.all()) {
        lanes.add(
            new LinkLane(
                lane,
                status == null ? null : status.lanes().get(lane.number() - 1),
                ledger.links().stopped(peer, lane),
                ledger.hops().depth(peer, lane),
                ledger.hops().oldestMillis(peer, lane)));
      }
      LinkRecord paused = ledger.links().paused(peer);
      out.add(
          new Link(
              peer,
              status,
              Optional.ofNullable(paused).map(p -> Instant.ofEpochMilli(p.getSinceMs())),
              lanes));
    }
    return out;
  }

  /** Holds a link: nothing new is sent to the peer, and it may send nothing new. */
  public Answer pause(NodeName client, String peer, OnBehalfOf person) {
    return change(
        peer,
        person,
        (tx, agency) -> {
          if (ledger.links().paused(tx, agency) != null) {
            return false;
          }
          ledger.links().pause(tx, agency);
          leaf(tx, actor(client, person), agency, "pauses the link to " + agency);
          return true;
        },
        links::pause);
  }

  /** Lets a link go on that was paused. */
  public Answer unpause(NodeName client, String peer, OnBehalfOf person) {
    return change(
        peer,
        person,
        (tx, agency) -> {
          LinkRecord record = ledger.links().paused(tx, agency);
          if (record == null) {
            return false;
          }
          ledger.links().unpause(tx, agency);
          Instant since = Instant.ofEpochMilli(record.getSinceMs());
          String what = "lets the link to " + agency + " go on, paused since " + since;
          leaf(tx, actor(client, person), agency, what);
          return true;
        },
        links::unpause);
  }

  /** Lets a lane go on that an alarm stopped: in an epoch of its own. */
  public Answer resume(NodeName client, String peer, Lane lane, OnBehalfOf person) {
    return change(
        peer,
        person,
        (tx, agency) -> {
          LinkRecord record = ledger.links().stopped(tx, agency, lane);
          if (record == null) {
            return false;
          }
          ledger.links().resume(tx, agency, lane);
          Instant since = Instant.ofEpochMilli(record.getSinceMs());
          String what =
              "resumes %s of %s, stopped since %s by %s: %s"
                  .formatted(lane, agency, since, record.getCode(), record.getText());
          leaf(tx, actor(client, person), agency, what);
          return true;
        },
        agency -> links.resume(agency, lane));
  }

  private interface Change {
    /** Whether it changed anything. */
    boolean apply(Transaction tx, AgencyName peer);
  }

  private interface Effect {
    void on(AgencyName peer);
  }

  /** Durable first: a crash before the effect is made good by the next start, which reads it. */
  private synchronized Answer change(String name, OnBehalfOf person, Change change, Effect effect) {
    List<Problem> problems = check.decision(person);
    if (!problems.isEmpty()) {
      return new Answer.Refused(problems.get(0));
    }
    Optional<AgencyName> peer = linked(name);
    if (peer.isEmpty()) {
      return new Answer.Refused(
          new Problem(
              Code.NOT_FOUND,
              "peer",
              "no link to \"%s\"; %s"
                  .formatted(
                      InvalidValue.printable(name),
                      NameSuggestion.of(
                          name, configured.stream().map(AgencyName::value).toList()))));
    }
    boolean now = ledger.commit(Lane.FLASH, tx -> change.apply(tx, peer.get()));
    if (now) {
      effect.on(peer.get());
    }
    return new Answer.Done(now);
  }

  private Optional<AgencyName> linked(String name) {
    return configured.stream().filter(peer -> peer.value().equals(name)).findFirst();
  }

  private AuditActor actor(NodeName client, OnBehalfOf person) {
    return AuditActor.client(self, client, person);
  }

  private static void leaf(Transaction tx, AuditActor actor, AgencyName peer, String what) {
    tx.audit(
        AuditRecord.of(
                AuditType.OPERATOR_ACTION,
                LawCategory.NONE,
                Instant.ofEpochMilli(tx.nowMillis()),
                actor,
                new AuditSubject(null, List.of(), List.of(peer), null))
            .saying(what));
  }
}
