package org.entente.gateway.feature.operator;

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
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.proto.store.v1.LinkRecord;
import org.entente.proto.v1.OnBehalfOf;
import org.jspecify.annotations.Nullable;

/**
 * Lists, pauses and resumes links for an operator. A change is durable, with its leaf, before it
 * takes effect, and is idempotent. Safe for many threads; a change waits for the disk.
 */
public final class Links {
  private final AgencyName self;
  private final Ledger ledger;
  private final LabelCheck check;
  private final Set<AgencyName> configured;
  private final PeerLinks links;

  /**
   * A link.
   *
   * @param status of its streams; null before the first stream or attempt
   * @param pausedSince when this agency's operator paused it; null if not paused
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
   * @param alarm the stored alarm that stopped it; null if none
   * @param backlog envelopes waiting for the peer
   * @param oldestMillis when the oldest was queued, in milliseconds since 1970; 0 if none
   * @param undeliveredBytes of messages to the peer that it does not hold yet, also of those that
   *     are not sealed because no link was up so far
   */
  public record LinkLane(
      Lane lane,
      @Nullable LaneStatus status,
      @Nullable LinkRecord alarm,
      long backlog,
      long oldestMillis,
      long undeliveredBytes) {}

  /**
   * Creates the link administration of a gateway.
   *
   * @param configured peers with configured links
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

  /** All configured links, by name, connected or not. */
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
                ledger.hops().oldestMillis(peer, lane),
                ledger.outbox().laneBytes(peer, lane)));
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

  /** Pauses a link: stops new sending in both directions. False if it was paused already. */
  public Result<Boolean> pause(NodeName client, String peer, OnBehalfOf person) {
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

  /** Unpauses a link. False if it was not paused. */
  public Result<Boolean> unpause(NodeName client, String peer, OnBehalfOf person) {
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
          String what = "unpauses the link to " + agency + ", paused since " + since;
          leaf(tx, actor(client, person), agency, what);
          return true;
        },
        links::unpause);
  }

  /** Resumes a lane that an alarm stopped, in a new epoch. False if none had. */
  public Result<Boolean> resume(NodeName client, String peer, Lane lane, OnBehalfOf person) {
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
    /** Applies the change; returns whether it changed anything. */
    boolean apply(Transaction tx, AgencyName peer);
  }

  private interface Effect {
    void on(AgencyName peer);
  }

  /** Makes the change durable first: after a crash before the effect, the next start applies it. */
  private synchronized Result<Boolean> change(
      String name, OnBehalfOf person, Change change, Effect effect) {
    Optional<Problem> problem = check.decision(person);
    if (problem.isPresent()) {
      return new Result.Refused<>(problem.get());
    }
    Optional<AgencyName> peer = linked(name);
    if (peer.isEmpty()) {
      return new Result.Refused<>(
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
    return new Result.Done<>(now);
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
