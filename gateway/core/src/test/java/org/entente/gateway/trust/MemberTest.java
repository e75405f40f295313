package org.entente.gateway.trust;

import static org.entente.gateway.testkit.TestFederation.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.testkit.TestFederation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MemberTest {
  private final TestFederation federation = new TestFederation(START);

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {"fr.customs,-", "fr.customs,DE", "fr.customs,fr", "x.hub,FR", "x.hub,X"})
  void jurisdiction_notTheNames_refused(String name, @Nullable String jurisdiction) {
    AgencyName agency = new AgencyName(name);
    assertThrows(
        InvalidValue.class,
        () -> federation.mint(agency, jurisdiction, AgencyKind.OTHER, Set.of(AgencyRole.MEMBER)));
  }

  @Test
  void member_withoutRole_refused() {
    AgencyName fr = new AgencyName("fr.police");
    assertThrows(InvalidValue.class, () -> federation.mint(fr, "FR", AgencyKind.POLICE, Set.of()));
  }

  @Test
  void member_reachedThroughItself_refused() {
    AgencyName hub = new AgencyName("x.loop");
    assertThrows(
        InvalidValue.class,
        () -> federation.mint(hub, null, AgencyKind.OTHER, Set.of(AgencyRole.TRANSIT), "x.loop"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "AB", "zz", "0123456789abcdef"})
  void revoked_noFingerprint_refused(String fingerprint) {
    Member fr = federation.member("fr.customs");
    assertThrows(
        InvalidValue.class,
        () ->
            new Member(
                fr.name(),
                fr.jurisdiction(),
                fr.kind(),
                fr.roles(),
                fr.authorities(),
                fr.signing(),
                fr.audit(),
                fr.endpoints(),
                fr.via(),
                List.of(fingerprint)));
  }

  @Test
  void agencyKey_idOfAnotherPair_refused() {
    AgencyKey fr = federation.member("fr.customs").signing().get(0);
    AgencyKey de = federation.member("de.customs").signing().get(0);
    assertThrows(
        InvalidValue.class,
        () -> new AgencyKey(de.id(), fr.ed25519(), fr.mlDsa44(), fr.notBefore(), fr.notAfter()));
    assertThrows(InvalidValue.class, () -> AgencyKey.of(fr.pair(), START, START));
    assertTrue(fr.validAt(fr.notBefore()));
    assertTrue(fr.validAt(fr.notAfter()));
    assertFalse(fr.validAt(fr.notAfter().plusSeconds(1)));
  }

  @Test
  void authority_leafCertificate_refused() throws Exception {
    byte[] leaf =
        federation
            .certificate(
                "fr.customs",
                "spiffe://test.entente.example/agency/fr.customs/gateway/gateway-1",
                START,
                START.plusSeconds(3600))
            .getEncoded();
    assertThrows(InvalidValue.class, () -> AuthorityCertificate.parse(leaf));
  }

  @Test
  void authority_bytesAroundIt_refused() throws Exception {
    byte[] der = federation.authority("fr.customs").certificate().getEncoded();
    assertEquals(
        federation.member("fr.customs").authorities().get(0), AuthorityCertificate.parse(der));
    for (int length : new int[] {0, 1, der.length - 1, der.length + 1}) {
      byte[] other = Arrays.copyOf(der, length);
      assertThrows(InvalidValue.class, () -> AuthorityCertificate.parse(other));
    }
    assertThrows(InvalidValue.class, () -> AuthorityCertificate.parse(new byte[9000]));
    assertThrows(InvalidValue.class, () -> AuthorityCertificate.parseBase64("$"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:1", "gw.customs.example:65535", "[::1]:7443", "localhost:80"})
  void endpoint_valid_printsAsParsed(String text) {
    assertEquals(text, Endpoint.parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "host",
        "host:",
        ":80",
        "host:0",
        "host:080",
        "host:65536",
        "host:99999",
        "HOST:1",
        "::1:80",
        "a b:1",
        "host:1 ",
        "host:-1",
        "http://host:1",
        "-host:1",
        "ho\nst:1"
      })
  void endpoint_invalid_refused(String text) {
    assertThrows(InvalidValue.class, () -> Endpoint.parse(text));
  }

  @Test
  void endpoints_withCommas_areAll_different_andNotTooMany() {
    assertEquals(
        List.of(new Endpoint("gw-1.example", 7443), new Endpoint("gw-2.example", 7443)),
        Endpoint.parseAll("gw-1.example:7443,gw-2.example:7443"));
    String seventeen =
        IntStream.rangeClosed(1, 17).mapToObj(n -> "gw:" + n).collect(Collectors.joining(","));
    for (String text : List.of("", "gw:1,", "gw:1,gw:1", "gw:1, gw:2", seventeen)) {
      assertThrows(InvalidValue.class, () -> Endpoint.parseAll(text), text);
    }
  }
}
