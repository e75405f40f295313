package org.entente.gateway.trust;

import static org.entente.gateway.testkit.TestFederation.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.crypto.CertificateAuthority;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.testkit.TestFederation;
import org.junit.jupiter.api.Test;

final class MemberKeysExpiryTest {
  private static final Instant YEAR = START.plus(Duration.ofDays(365));
  private static final Instant NEXT_YEAR = START.plus(Duration.ofDays(730));

  private final TestFederation federation = new TestFederation(START);
  private final Member minted =
      federation.mint(
          new AgencyName("at.customs"), "AT", AgencyKind.CUSTOMS, Set.of(AgencyRole.MEMBER));
  private final AuthorityCertificate authority = authority(YEAR);
  private final AgencyKey signing = pair(YEAR);
  private final AgencyKey audit = pair(YEAR);

  private static AgencyKey pair(Instant until) {
    return AgencyKey.of(SigningPair.generate(new SecureRandom()).verifyingPair(), START, until);
  }

  private static AuthorityCertificate authority(Instant until) {
    X509Certificate made =
        CertificateAuthority.selfSigned("CA", START, until, new SecureRandom()).certificate();
    try {
      return AuthorityCertificate.parse(made.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  private Member member(
      List<AuthorityCertificate> authorities, List<AgencyKey> pairs, String... revoked) {
    return new Member(
        minted.name(),
        minted.jurisdiction(),
        minted.kind(),
        minted.roles(),
        authorities,
        pairs,
        List.of(audit),
        minted.endpoints(),
        minted.via(),
        List.of(revoked));
  }

  @Test
  void notices_thirtyDaysBeforeTheEnd_nameEachUseAndItsRemedy() {
    Member member = member(List.of(authority), List.of(signing));
    Instant soon = YEAR.minus(Duration.ofDays(30));

    assertEquals(List.of(), MemberKeysExpiry.notices(member, soon.minusSeconds(1)));
    assertEquals(
        List.of(
            "the agency's last CA ends on " + YEAR + "; `entente tls next-ca` makes the next one",
            "the agency's last signing pair ends on "
                + YEAR
                + "; `entente keys renew` requests the next one",
            "the agency's last audit pair ends on "
                + YEAR
                + "; `entente keys renew` requests the next one"),
        MemberKeysExpiry.notices(member, soon));
    assertTrue(MemberKeysExpiry.notices(member, YEAR.plusSeconds(1)).get(0).contains("ended on"));
  }

  @Test
  void notices_onceTheNextOnesAreListed_areGone_unlessTheNextCaIsRevoked() {
    AuthorityCertificate next = authority(NEXT_YEAR);
    List<AgencyKey> pairs = List.of(pair(NEXT_YEAR), signing);

    List<String> left = MemberKeysExpiry.notices(member(List.of(next, authority), pairs), YEAR);
    assertEquals(1, left.size());
    assertTrue(left.get(0).contains("audit pair"), left.get(0));

    String revoked = Fingerprint.ofKey(next.x509()).hex();
    List<String> again =
        MemberKeysExpiry.notices(member(List.of(next, authority), pairs, revoked), YEAR);
    assertTrue(again.get(0).contains("last CA ends on " + YEAR), again.get(0));
  }

  @Test
  void notices_ofShortLives_comeAQuarterBeforeTheEnd() {
    Instant end = START.plus(Duration.ofDays(8));
    Member member = member(List.of(authority(end)), List.of(pair(end)));
    assertEquals(
        2,
        Stream.of(START, end.minus(Duration.ofDays(2)))
            .flatMap(now -> MemberKeysExpiry.notices(member, now).stream())
            .count());
  }
}
