package org.entente.gateway.ceremony;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.entente.gateway.crypto.CertificateAuthority;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.AgencyKind;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.AuthorityCertificate;
import org.entente.gateway.trust.Fingerprint;
import org.entente.gateway.trust.Member;
import org.junit.jupiter.api.Test;

/** What is asked of the bundle when an agency's pairs are renewed. */
class PairRenewalTest {
  private final Instant start = Instant.parse("2026-06-01T12:00:00Z");
  private final TestFederation federation = new TestFederation(start);
  private final Member member =
      federation.mint(
          new AgencyName("at.customs"), "AT", AgencyKind.CUSTOMS, Set.of(AgencyRole.MEMBER));
  private final VerifyingPair signing = pair();
  private final VerifyingPair audit = pair();

  private static VerifyingPair pair() {
    return SigningPair.generate(new SecureRandom()).verifyingPair();
  }

  private Instant day(int day) {
    return start.plus(Duration.ofDays(day));
  }

  @Test
  void of_member_namesTheNewPairFirst_andEndsTheOldOne() {
    Member next =
        new PairRenewal(day(1), day(366), day(3)).of(day(0), member, signing, audit, null);

    AgencyKey old = member.signing().get(0);
    assertEquals(
        List.of(
            AgencyKey.of(signing, day(1), day(366)),
            AgencyKey.of(old.pair(), old.notBefore(), day(3))),
        next.signing());
    assertEquals(audit, next.audit().get(0).pair());
    assertEquals(2, next.audit().size());
    assertEquals(member.authorities(), next.authorities());
    assertEquals(member.roles(), next.roles());
  }

  @Test
  void of_pairThatEndsBefore_endsWhenItDid() {
    Instant end = member.signing().get(0).notAfter();
    Member next =
        new PairRenewal(day(1), day(366), day(300)).of(day(0), member, signing, audit, null);
    assertEquals(end, next.signing().get(1).notAfter());
  }

  @Test
  void of_askedTwice_namesThePairOnce() {
    Member once =
        new PairRenewal(day(1), day(366), day(3)).of(day(0), member, signing, audit, null);
    Member again = new PairRenewal(day(2), day(366), day(3)).of(day(0), once, signing, audit, null);
    assertEquals(2, again.signing().size());
    assertEquals(day(2), again.signing().get(0).notBefore());
  }

  @Test
  void of_nextAuthority_listsItFirst_andLeavesOutThoseThatNoLongerCount() {
    AuthorityCertificate old = member.authorities().get(0);
    AuthorityCertificate next = authority("next", 400);
    AuthorityCertificate ended = authority("ended", 1);
    AuthorityCertificate stolen = authority("stolen", 300);
    Member several =
        new Member(
            member.name(),
            member.jurisdiction(),
            member.kind(),
            member.roles(),
            List.of(ended, stolen, old),
            member.signing(),
            member.audit(),
            member.endpoints(),
            member.via(),
            List.of(Fingerprint.ofKey(stolen.x509()).hex()));

    PairRenewal renewal = new PairRenewal(day(1), day(366), day(3));

    assertEquals(
        List.of(next, old), renewal.of(day(1), several, signing, audit, next).authorities());
    assertEquals(List.of(old), renewal.of(day(0), member, signing, audit, old).authorities());
    assertEquals(3, renewal.of(day(0), several, signing, audit, null).authorities().size());
  }

  /** The bundle that lists the next ones is in force before they begin. */
  @Test
  void of_authorityAndPairsThatEndBeforeTheNextBegin_keepsThem() {
    AuthorityCertificate old = authority("old", 20);
    Member ending =
        new Member(
            member.name(),
            member.jurisdiction(),
            member.kind(),
            member.roles(),
            List.of(old),
            List.of(AgencyKey.of(pair(), day(-300), day(20))),
            List.of(AgencyKey.of(pair(), day(-300), day(21))),
            member.endpoints(),
            member.via(),
            List.of());
    AuthorityCertificate next = authority("next", 400);
    PairRenewal renewal = new PairRenewal(day(25), day(366), day(30));

    Member asked = renewal.of(day(0), ending, signing, audit, next);
    assertEquals(List.of(next, old), asked.authorities());
    assertEquals(ending.signing(), asked.signing().subList(1, 2));
    assertEquals(ending.audit(), asked.audit().subList(1, 2));

    Member later = renewal.of(day(20), ending, signing, audit, next);
    assertEquals(List.of(next), later.authorities());
    assertEquals(1, later.signing().size());
    assertEquals(2, later.audit().size());
  }

  private AuthorityCertificate authority(String name, int lastDay) {
    CertificateAuthority made =
        CertificateAuthority.selfSigned(name, day(0), day(lastDay), new SecureRandom());
    try {
      return AuthorityCertificate.parse(made.certificate().getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void times_thatContradictEachOther_areRefused() {
    assertThrows(InvalidValue.class, () -> new PairRenewal(day(2), day(2), day(3)));
    assertThrows(InvalidValue.class, () -> new PairRenewal(day(2), day(3), day(1)));
  }
}
