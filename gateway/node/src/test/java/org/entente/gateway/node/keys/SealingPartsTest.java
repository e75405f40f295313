package org.entente.gateway.node.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Fulfilment;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.seal.PeerKeys;
import org.entente.gateway.seal.format.KeyValidity;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.seal.keys.KeystoreFailure;
import org.entente.gateway.seal.statement.KeyBundle;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.testkit.SettableClock;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealingPartsTest {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir private Path folder;
  private final SecureRandom random = new SecureRandom();
  private final SettableClock clock = new SettableClock(START);
  private final SigningPair first = SigningPair.generate(random);
  private final SigningPair second = SigningPair.generate(random);
  @AutoClose private Keystore keystore;
  private SealingParts sealing;

  @BeforeEach
  void open() {
    keystore = Keystore.open(folder.resolve("keystore"), clock, random);
    sealing = parts();
  }

  private SealingParts parts() {
    return new SealingParts(
        new FederationName("test.example"),
        new PeerName(new AgencyName("de.customs"), new NodeName("gateway-1")),
        new KeyProvider(keystore, clock, random),
        first,
        agency -> List.of(first.verifyingPair(), second.verifyingPair()),
        Fulfilment.ofRelease(Set.of()),
        random,
        clock,
        new Meters());
  }

  private KeyBundle bundle() {
    return KeyBundle.parse(sealing.keyBundle()).orElseThrow();
  }

  /** As when a machine was suspended over the end of its keys and the time of the next pair. */
  @Test
  void signWith_noKeyInForceAnyMore_makesOneForTheNewPairToNameInItsBundle() {
    clock.move(Duration.ofHours(27));
    sealing.signWith(second);
    PeerKeys peers =
        new PeerKeys(new FederationName("test.example"), agency -> List.of(second.verifyingPair()));
    assertTrue(Results.value(peers.offer(sealing.keyBundle(), clock.millis())).isPresent());
    assertEquals(1, bundle().content().keys().size());
    assertTrue(bundle().content().keys().get(0).validity().isInForce(clock.millis()));
  }

  @Test
  void bundle_isLaterThanTheLast_inOneMillisecondAndOnAClockSetBackABit() {
    long before = bundle().content().issuedAtMs();
    sealing.signWith(second);
    assertEquals(before + 1, bundle().content().issuedAtMs());
    clock.leap(Duration.ofMinutes(-30));
    sealing.signWith(first);
    assertEquals(before + 2, bundle().content().issuedAtMs());
    clock.leap(Duration.ofDays(-300));
    sealing.signWith(second);
    assertEquals(clock.millis(), bundle().content().issuedAtMs(), "nobody would take another");
  }

  /** The other machine is away for a week, and this one is restarted on the way. */
  @Test
  void bundle_namesKeysMadeAhead_asTheyComeIntoForce_whileNoneCanBeMade() {
    AtomicBoolean takes = new AtomicBoolean(true);
    keystore.mirrorTo(KeyProviderTest.takes(takes));
    sealing = parts();
    takes.set(false);
    for (int hour = 0; hour < 7 * 24; hour++) {
      clock.move(Duration.ofHours(1));
      if (hour == 100) {
        sealing = parts();
      }
      var unused = sealing.renewKeys(clock.instant());
      assertTrue(
          bundle().content().keys().stream()
              .anyMatch(key -> key.validity().isInForce(clock.millis())),
          clock.instant()::toString);
    }
    clock.move(Duration.ofDays(1));
    assertThrows(KeystoreFailure.class, () -> sealing.renewKeys(clock.instant()));
  }

  @Test
  void renewKeys_byATimeThatDidNotLeapWithTheClock_destroysNothing() {
    KeyValidity before = bundle().content().keys().get(0).validity();
    clock.leap(Duration.ofDays(3_650));
    assertTrue(sealing.renewKeys(START));
    assertNotEquals(before, bundle().content().keys().get(0).validity());
    clock.leap(Duration.ofDays(-3_650));
    assertTrue(
        sealing.renewKeys(clock.instant()), "peers must be told of the key that is in force");
    assertEquals(
        List.of(before), bundle().content().keys().stream().map(key -> key.validity()).toList());
    assertFalse(sealing.renewKeys(clock.instant()));
  }
}
