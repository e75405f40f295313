package org.entente.gateway.seal.statement;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.seal.format.FieldWriter;
import org.entente.gateway.seal.format.Suite;
import org.entente.gateway.testkit.RosterKit;
import org.junit.jupiter.api.Test;

/** Rosters of joint operations as bytes. */
class RosterStatementTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  private final Ed25519SigningKey key = Ed25519SigningKey.generate(new SecureRandom());
  private final RosterKit kit =
      RosterKit.first(
          key,
          NOW,
          "fr.customs",
          RosterKit.participant("de.customs"),
          RosterKit.observer("us.cbp"));

  @Test
  void roster_readBack_saysTheSame() {
    RosterStatement signed = kit.signed();
    RosterStatement read = RosterStatement.parse(signed.encoded()).orElseThrow();
    assertTrue(read.isSame(signed));
    assertTrue(read.isSignedBy(key.verifyingKey()));
    assertArrayEquals(signed.encoded(), read.encoded());
    RosterStatement.Content content = read.content();
    assertEquals("fr.customs", content.lead().value());
    assertEquals(
        List.of("de.customs", "fr.customs", "us.cbp"),
        content.agencies().stream().map(AgencyName::value).toList());
    assertEquals(Optional.of(RosterRole.OBSERVER), content.role(new AgencyName("us.cbp")));
    assertEquals("CALM HARBOUR", content.terms().name());
    assertFalse(content.terms().closed());
  }

  @Test
  void hash_isOfAllThatIsSigned_andNotOfWhoSigned() {
    RosterStatement signed = kit.signed();
    Ed25519SigningKey other = Ed25519SigningKey.generate(new SecureRandom());
    assertTrue(signed.isSame(kit.with(other).signed()));
    assertFalse(kit.with(other).signed().isSignedBy(key.verifyingKey()));
    assertFalse(signed.isSame(kit.closed().signed()));
    assertFalse(signed.isSame(kit.numbered(2, signed.hash()).signed()));
  }

  @Test
  void signature_overAnotherFormat_isNone() {
    byte[] encoded = kit.signed().encoded();
    byte[] body = Arrays.copyOf(encoded, encoded.length - 64);
    byte[] signature = key.sign(Suite.message(Suite.SETTLED, body));
    byte[] bytes = new FieldWriter(encoded.length).fixed(body).fixed(signature).toBytes();
    assertFalse(RosterStatement.parse(bytes).orElseThrow().isSignedBy(key.verifyingKey()));
  }

  @Test
  void content_thatNoRosterHas_isNotMade() {
    List<RosterKit> wrong =
        List.of(
            kit.by("de.customs"),
            kit.numbered(2, RosterStatement.nothingBefore()),
            kit.numbered(1, new byte[] {1}),
            kit.numbered(0, RosterStatement.nothingBefore()),
            kit.next(RosterKit.participant("fr.customs")),
            kit.next(RosterKit.lead("fr.customs"), RosterKit.lead("de.customs")),
            kit.next(RosterKit.lead("fr.customs"), RosterKit.observer("fr.customs")),
            kit.on(new RosterStatement.Terms("calm", false, false, 0, 1)),
            kit.on(new RosterStatement.Terms("", false, false, 0, 1)),
            kit.on(new RosterStatement.Terms("CALM", false, false, 1, 1)),
            kit.on(
                new RosterStatement.Terms(
                    "CALM", false, false, 0, RosterStatement.LONGEST.toMillis() + 1)));
    for (RosterKit one : wrong) {
      assertThrows(IllegalArgumentException.class, one::signed, one.toString());
    }
  }

  @Test
  void members_moreThanARosterTakes_areNotSigned_andTheMostFitItsBytes() {
    List<RosterMember> members = new ArrayList<>();
    for (int i = 0; i < RosterStatement.MAX_MEMBERS - 1; i++) {
      members.add(RosterKit.participant("de.a%031d".formatted(i)));
    }
    RosterKit most = RosterKit.first(key, NOW, "fr.customs", members.toArray(RosterMember[]::new));
    byte[] encoded = most.signed().encoded();
    assertTrue(encoded.length < RosterStatement.MAX_BYTES);
    assertTrue(RosterStatement.parse(encoded).isPresent());
    members.add(RosterKit.participant("de.customs"));
    RosterKit over = RosterKit.first(key, NOW, "fr.customs", members.toArray(RosterMember[]::new));
    assertThrows(IllegalArgumentException.class, over::signed);
  }
}
