package org.entente.gateway.ceremony;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.Member;

/**
 * What the bundle is to say of an agency whose pairs are renewed: the new ones from a time on,
 * those of now until a time after it. Pure.
 *
 * @param from when the new pairs begin to count
 * @param until when they end
 * @param oldUntil when the pairs of now end, unless the bundle ends them before
 */
public record PairRenewal(Instant from, Instant until, Instant oldUntil) {
  public PairRenewal {
    if (!until.isAfter(from)) {
      throw new InvalidValue("the new pairs end after they begin", from + " to " + until);
    }
    if (oldUntil.isBefore(from)) {
      throw new InvalidValue(
          "the pairs of now count until the new ones begin, or longer", oldUntil.toString());
    }
  }

  /**
   * The member with other pairs; nothing revoked, since a request revokes nothing and what the
   * bundle has revoked stays so.
   */
  public Member of(Member member, VerifyingPair signing, VerifyingPair audit) {
    return new Member(
        member.name(),
        member.jurisdiction(),
        member.kind(),
        member.roles(),
        member.authorities(),
        renewed(member.signing(), signing),
        renewed(member.audit(), audit),
        member.endpoints(),
        member.via(),
        List.of());
  }

  private List<AgencyKey> renewed(List<AgencyKey> now, VerifyingPair next) {
    List<AgencyKey> out = new ArrayList<>();
    out.add(AgencyKey.of(next, from, until));
    for (AgencyKey key : now) {
      if (!key.pair().equals(next) && key.notAfter().isAfter(from)) {
        Instant end = key.notAfter().isBefore(oldUntil) ? key.notAfter() : oldUntil;
        if (end.isAfter(key.notBefore())) {
          out.add(AgencyKey.of(key.pair(), key.notBefore(), end));
        }
      }
    }
    return out;
  }
}
