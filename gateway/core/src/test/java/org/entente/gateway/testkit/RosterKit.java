package org.entente.gateway.testkit;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.seal.statement.RosterMember;
import org.entente.gateway.seal.statement.RosterRole;
import org.entente.gateway.seal.statement.RosterStatement;
import org.entente.gateway.seal.statement.StatementFrame;

/** Rosters of an operation for tests, signed as told; a copy with something changed is another. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RosterKit(
    Ed25519SigningKey key,
    OperationId operation,
    long number,
    byte[] previous,
    AgencyName signer,
    Instant issued,
    RosterStatement.Terms terms,
    List<RosterMember> members) {
  private static final FederationName FEDERATION = new FederationName("test.example");
  private static final NodeName GATEWAY = new NodeName("gateway-1");

  /** The first roster of a new operation that an agency leads for thirty days. */
  public static RosterKit first(
      Ed25519SigningKey key, Instant now, String lead, RosterMember... others) {
    List<RosterMember> members = new ArrayList<>(List.of(others));
    members.add(member(lead, RosterRole.LEAD));
    return new RosterKit(
        key,
        OperationId.fresh(now.toEpochMilli(), new SecureRandom()),
        1,
        RosterStatement.nothingBefore(),
        new AgencyName(lead),
        now,
        new RosterStatement.Terms(
            "CALM HARBOUR",
            false,
            false,
            now.toEpochMilli(),
            now.plus(Duration.ofDays(30)).toEpochMilli()),
        members);
  }

  /** A member. */
  public static RosterMember member(String agency, RosterRole role) {
    return new RosterMember(new AgencyName(agency), role);
  }

  /** A member that publishes. */
  public static RosterMember participant(String agency) {
    return member(agency, RosterRole.PARTICIPANT);
  }

  /** A member that only receives. */
  public static RosterMember observer(String agency) {
    return member(agency, RosterRole.OBSERVER);
  }

  /** A member that leads. */
  public static RosterMember lead(String agency) {
    return member(agency, RosterRole.LEAD);
  }

  /** The next one with other members, signed by who led. */
  public RosterKit next(RosterMember... next) {
    RosterStatement before = signed();
    return new RosterKit(
        key,
        operation,
        number + 1,
        before.hash(),
        before.content().lead(),
        issued.plus(Duration.ofHours(1)),
        terms,
        List.of(next));
  }

  /** The same under another number, with another hash before it. */
  public RosterKit numbered(long other, byte[] before) {
    return new RosterKit(key, operation, other, before, signer, issued, terms, members);
  }

  /** The same by another agency. */
  public RosterKit by(String agency) {
    return new RosterKit(
        key, operation, number, previous, new AgencyName(agency), issued, terms, members);
  }

  /** The same with another key. */
  public RosterKit with(Ed25519SigningKey other) {
    return new RosterKit(other, operation, number, previous, signer, issued, terms, members);
  }

  /** The same on other terms. */
  public RosterKit on(RosterStatement.Terms other) {
    return new RosterKit(key, operation, number, previous, signer, issued, other, members);
  }

  /** The same, after which nothing is said any more. */
  public RosterKit closed() {
    return on(
        new RosterStatement.Terms(
            terms.name(), terms.exercise(), true, terms.startsAtMs(), terms.endsAtMs()));
  }

  /** The roster. */
  public RosterStatement signed() {
    RosterStatement.Place place =
        new RosterStatement.Place(
            StatementFrame.toAll(FEDERATION, signer, GATEWAY, issued.toEpochMilli()),
            operation,
            number,
            previous);
    return RosterStatement.sign(new RosterStatement.Content(place, terms, members), key);
  }
}
