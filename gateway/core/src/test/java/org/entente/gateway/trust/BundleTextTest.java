package org.entente.gateway.trust;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.entente.gateway.testkit.TestFederation.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.testkit.TestFederation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BundleTextTest {
  private final TestFederation federation = new TestFederation(START);
  private final BundleText format = new BundleText();
  private final String text = format.print(federation.content(3));

  private InvalidValue refuse(String changed) {
    assertTrue(!changed.equals(text), "the change changed nothing");
    return assertThrows(InvalidValue.class, () -> format.parse(changed));
  }

  @Test
  void text_printed_parsesToTheSame() {
    assertEquals(federation.content(3), format.parse(text));
    assertTrue(text.endsWith("\n}\n"));
  }

  /** Threat 47: each leniency of a JSON reader by itself. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "'\"version\" : 3','\"version\" : 3.0'",
        "'\"version\" : 3','\"version\" : \"3\"'",
        "'\"version\" : 3','\"version\" : 03'",
        "'\"version\" : 3','\"version\" : 3e0'",
        "'\"version\" : 3','\"version\" : 3, \"version\" : 3'",
        "'\"version\" : 3','\"version\" : 3 '",
        "'\"version\" : 3','\"version\":3'",
        "'\"version\" : 3','\"version\" : null'",
        "'\"version\" : 3','\"version\" : 0'",
        "'\"version\" : 3','\"version\" : 9007199254740992'",
        "'\"version\" : 3','\"version\" : 3, \"extra\" : 1'",
        "'\"threshold\" : 2','\"threshold\" : 0'",
        "'\"threshold\" : 2','\"threshold\" : 4'",
        "'\"CUSTOMS\"','\"CUST\\u004fMS\"'",
        "'\"CUSTOMS\"','0'",
        "'\"CUSTOMS\"','\"SPIES\"'",
        "'\"MEMBER\", \"WITNESS\"','\"WITNESS\", \"MEMBER\"'",
        "'\"jurisdiction\" : \"FR\"','\"jurisdiction\" : \"DE\"'",
        "'\"jurisdiction\" : \"FR\"','\"jurisdiction\" : null'",
        "'2026-03-01T08:00:00Z','2026-03-01T09:00:00+01:00'",
        "'2026-03-01T08:00:00Z','2026-03-01T08:00:00.000Z'",
        "'2026-03-01T08:00:00Z','2026-03-01T08:00:00.5Z'",
        "'\"127.0.0.1:7443\"','\"127.0.0.1:07443\"'",
        "'\"x.hub\"','\"fr.customs\"'"
      })
  void text_otherForm_refused(String found, String other) {
    String flat = text.replaceAll("\"MEMBER\",\\s+\"WITNESS\"", "\"MEMBER\", \"WITNESS\"");
    assertTrue(flat.contains(found), found);
    refuse(flat.replaceFirst(java.util.regex.Pattern.quote(found), quoted(other)));
  }

  private static String quoted(String text) {
    return java.util.regex.Matcher.quoteReplacement(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "\n", "{}", "null"})
  void text_somethingAfterIt_refused(String trailing) {
    refuse(text + trailing);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "entente/test.entente.example/trust-bundle\n", "x\nnull\n"})
  void text_withoutContent_refused(String other) {
    refuse(other);
  }

  @Test
  void text_withoutFinalNewline_refused() {
    refuse(text.substring(0, text.length() - 1));
    refuse(text.replace("\n", "\r\n"));
  }

  @Test
  void text_deeplyNested_refusedWithoutOverflow() {
    refuse("entente/test.entente.example/trust-bundle\n" + "[".repeat(100_000));
  }

  @Test
  void refusal_namesTheField() {
    String changed = text.replace("\"jurisdiction\" : \"SG\"", "\"jurisdiction\" : \"US\"");
    String message = String.valueOf(refuse(changed).getMessage());
    assertTrue(message.contains("agencies[2]"), message);
    assertTrue(message.contains("the jurisdiction of sg.police is SG"), message);
  }

  @Test
  void text_mutated_reencodesOrIsRefused() {
    long seed = new SecureRandom().nextLong();
    Random random = new Random(seed);
    int parsed = 0;
    for (int round = 0; round < 3000; round++) {
      String mutated = new String(TextMutations.mutate(text.getBytes(UTF_8), random), UTF_8);
      try {
        assertEquals(mutated, format.print(format.parse(mutated)), "seed " + seed);
        parsed++;
      } catch (InvalidValue refused) {
        // The usual outcome.
      }
    }
    // Signed content can be changed: the signature guards it, not the parser.
    assertTrue(parsed < 3000, "seed " + seed);
  }

  @Test
  void agencies_unsortedOrTwice_refused() {
    List<Member> reversed = new ArrayList<>(federation.content(1).agencies());
    Collections.reverse(reversed);
    assertThrows(InvalidValue.class, () -> federation.content(1, reversed));
    Member fr = federation.member("fr.customs");
    assertThrows(InvalidValue.class, () -> federation.content(1, List.of(fr, fr)));
    assertThrows(InvalidValue.class, () -> federation.content(1, List.of()));
  }

  @Test
  void agencies_sharingKeys_refused() {
    Member de = federation.member("de.customs");
    Member fr = federation.member("fr.customs");
    Member sharedCa = with(fr, de.authorities(), fr.signing(), fr.audit());
    assertThrows(InvalidValue.class, () -> federation.content(1, List.of(de, sharedCa)));
    Member sharedPair = with(fr, fr.authorities(), de.signing(), fr.audit());
    assertThrows(InvalidValue.class, () -> federation.content(1, List.of(de, sharedPair)));
    Member crossed = with(fr, fr.authorities(), de.audit(), fr.audit());
    assertThrows(InvalidValue.class, () -> federation.content(1, List.of(de, crossed)));
    assertThrows(InvalidValue.class, () -> with(fr, fr.authorities(), fr.signing(), fr.signing()));
  }

  @Test
  void agency_signingWithARootsKey_refused() {
    Member fr = federation.member("fr.customs");
    AgencyKey rootKey =
        AgencyKey.of(
            federation.roots(1).values().iterator().next().verifyingPair(),
            START,
            START.plusSeconds(60));
    Member abusing = with(fr, fr.authorities(), List.of(rootKey), fr.audit());
    assertThrows(InvalidValue.class, () -> federation.content(1, List.of(abusing)));
  }

  @Test
  void via_agencyWithoutTransitRole_refused() {
    Member sg = federation.member("sg.police");
    assertThrows(InvalidValue.class, () -> federation.content(1, List.of(sg)));
    Member fr = federation.member("fr.customs");
    Member viaFr =
        federation.mint(
            new AgencyName("sg.police"),
            "SG",
            AgencyKind.POLICE,
            Set.of(AgencyRole.MEMBER),
            "fr.customs");
    assertThrows(InvalidValue.class, () -> federation.content(1, List.of(fr, viaFr)));
  }

  @Test
  void roots_file_roundTripsAndIsStrict() {
    TrustRoots roots = federation.trustRoots();
    assertEquals(roots, TrustRoots.parse(roots.print()));
    assertThrows(InvalidValue.class, () -> TrustRoots.parse(roots.print() + " "));
    String other = roots.print().replace("\"threshold\" : 2", "\"threshold\" : 9");
    assertThrows(InvalidValue.class, () -> TrustRoots.parse(other));
  }

  private static Member with(
      Member member,
      List<AuthorityCertificate> authorities,
      List<AgencyKey> signing,
      List<AgencyKey> audit) {
    return new Member(
        member.name(),
        member.jurisdiction(),
        member.kind(),
        member.roles(),
        authorities,
        signing,
        audit,
        member.endpoints(),
        member.via(),
        member.revoked());
  }
}
