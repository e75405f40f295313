package org.entente.gateway.trust;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.crypto.CertificateValidity;

/**
 * Notices about an agency's CAs and pairs whose last one ends soon, early enough for a ceremony: 30
 * days before, or a quarter of its life if that is shorter. Pure.
 */
public final class MemberKeysExpiry {
  private static final Duration AHEAD = Duration.ofDays(30);

  private MemberKeysExpiry() {}

  /** The notices that apply now; empty while nothing ends soon. */
  public static List<String> notices(Member member, Instant now) {
    return Stream.of(
            notice(
                "CA",
                "`entente tls next-ca` makes the next one",
                member.authorities().stream()
                    .map(AuthorityCertificate::x509)
                    .filter(certificate -> !member.hasRevoked(certificate))
                    .map(CertificateValidity::of),
                now),
            notice("signing pair", RENEW, validities(member.signing()), now),
            notice("audit pair", RENEW, validities(member.audit()), now))
        .flatMap(Optional::stream)
        .toList();
  }

  private static final String RENEW = "`entente keys renew` requests the next one";

  private static Stream<CertificateValidity> validities(List<AgencyKey> keys) {
    return keys.stream().map(key -> new CertificateValidity(key.notBefore(), key.notAfter()));
  }

  private static Optional<String> notice(
      String what, String remedy, Stream<CertificateValidity> all, Instant now) {
    return all.max(Comparator.comparing(CertificateValidity::until))
        .filter(last -> last.endsWithin(AHEAD, now))
        .map(last -> "the agency's last %s %s; %s".formatted(what, last.end(now), remedy));
  }
}
