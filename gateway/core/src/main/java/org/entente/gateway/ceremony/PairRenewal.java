package org.entente.gateway.ceremony;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.AuthorityCertificate;
import org.entente.gateway.trust.Member;
import org.jspecify.annotations.Nullable;

/**
 * Renewal of an agency's pairs in the trust bundle: the new pairs start at one time, the current
 * pairs end at it or later. Pure.
 *
 * @param from when the new pairs become valid
 * @param until when the new pairs end
 * @param oldUntil when the current pairs end, unless the bundle ends them earlier
 */
public record PairRenewal(Instant from, Instant until, Instant oldUntil) {
  public PairRenewal {
    if (!until.isAfter(from)) {
      throw new InvalidValue("the new pairs' end is after their start", from + " to " + until);
    }
    if (oldUntil.isBefore(from)) {
      throw new InvalidValue(
          "the current pairs' end is not before the start of the new pairs", oldUntil.toString());
    }
  }

  /**
   * The member with the renewed pairs. It revokes nothing: requests cannot revoke, and pairs
   * revoked in the bundle stay revoked. What ends after {@code now} is kept, also if it ends before
   * the new pairs begin: until then it is the only one, and the member's bundle may be in force
   * earlier.
   *
   * @param now the time of the request
   * @param authority the agency's next CA, listed before those that still count; null keeps all
   */
  public Member of(
      Instant now,
      Member member,
      VerifyingPair signing,
      VerifyingPair audit,
      @Nullable AuthorityCertificate authority) {
    return new Member(
        member.name(),
        member.jurisdiction(),
        member.kind(),
        member.roles(),
        authority == null ? member.authorities() : authorities(now, member, authority),
        renewed(now, member.signing(), signing),
        renewed(now, member.audit(), audit),
        member.endpoints(),
        member.via(),
        List.of());
  }

  private static List<AuthorityCertificate> authorities(
      Instant now, Member member, AuthorityCertificate next) {
    Set<AuthorityCertificate> out = new LinkedHashSet<>(List.of(next));
    member.authorities().stream()
        .filter(one -> !member.hasRevoked(one.x509()))
        .filter(one -> one.x509().getNotAfter().toInstant().isAfter(now))
        .forEach(out::add);
    return List.copyOf(out);
  }

  private List<AgencyKey> renewed(Instant now, List<AgencyKey> keys, VerifyingPair next) {
    List<AgencyKey> out = new ArrayList<>();
    out.add(AgencyKey.of(next, from, until));
    for (AgencyKey key : keys) {
      if (!key.pair().equals(next) && key.notAfter().isAfter(now)) {
        Instant end = key.notAfter().isBefore(oldUntil) ? key.notAfter() : oldUntil;
        if (end.isAfter(key.notBefore())) {
          out.add(AgencyKey.of(key.pair(), key.notBefore(), end));
        }
      }
    }
    return out;
  }
}
