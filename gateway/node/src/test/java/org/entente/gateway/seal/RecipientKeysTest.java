package org.entente.gateway.seal;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.seal.format.KeyValidity;
import org.entente.gateway.seal.format.PublishedKey;
import org.entente.gateway.seal.format.RecipientKeyId;
import org.entente.gateway.seal.statement.KeyBundle;
import org.entente.gateway.seal.statement.StatementFrame;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.testkit.SettableClock;
import org.junit.jupiter.api.Test;

/** Recipient keys: made, published, taken by peers, ended, destroyed. */
class RecipientKeysTest {
  private final SettableClock clock = new SettableClock(Samples.NOW);
  private final SealingParty.Trust trust = new SealingParty.Trust();
  private final SealingParty fr = new SealingParty(FR, trust, clock);
  private final SealingParty de = new SealingParty(DE, trust, clock);

  @Test
  void keys_overTenDays_overlapAndAreDestroyedAfterGrace() {
    int made = 1;
    for (int quarter = 0; quarter < 10 * 24 * 4; quarter++) {
      clock.move(Duration.ofMinutes(15));
      made += de.recipientKeys.renew().made().isPresent() ? 1 : 0;
      long now = clock.millis();
      List<KeyValidity> held = de.holder.held();
      assertTrue(
          held.stream()
              .anyMatch(key -> key.isInForce(now) && key.notAfterMs() - now > 11 * Samples.HOUR_MS),
          "one with time left at " + clock.instant());
      assertTrue(
          held.stream().allMatch(key -> now - key.notAfterMs() < 24 * Samples.HOUR_MS),
          "none past its grace at " + clock.instant());
      assertTrue(held.size() <= 5, held.size() + " held");
    }
    assertEquals(21, made);
  }

  /** So a gateway goes on while it can make none. */
  @Test
  void keysMadeAhead_lastForThatTime_oneWithTimeLeftAtEachMoment() {
    MemoryKeyHolder holder = new MemoryKeyHolder();
    RecipientKeys keys =
        new RecipientKeys(
            holder, KeySchedule.DEFAULT.aheadBy(Duration.ofDays(7)), new SecureRandom(), clock);
    assertTrue(keys.renew().made().isPresent());
    List<KeyValidity> held = holder.held();
    assertEquals(15, held.size());
    assertEquals(keys.renew(), new RecipientKeys.Renewal(Optional.empty(), List.of()));

    for (int hour = 0; hour < 7 * 24; hour++) {
      clock.move(Duration.ofHours(1));
      long now = clock.millis();
      assertTrue(
          held.stream()
              .anyMatch(
                  key -> key.isInForce(now) && key.notAfterMs() - now >= 12 * Samples.HOUR_MS),
          "one with time left at " + clock.instant());
      assertTrue(keys.hasKeyInForce());
    }
    clock.move(Duration.ofDays(2));
    assertFalse(keys.hasKeyInForce());
  }

  @Test
  void plan_clockSetBack_makesAKeyForNow() {
    clock.move(Duration.ofDays(-2));

    assertTrue(de.recipientKeys.renew().made().isPresent());
    assertEquals(1, de.bundle().content().keys().size());
    assertEquals(2, de.holder.held().size());
  }

  @Test
  void plan_sameInput_givesTheSame() {
    List<KeyValidity> held = de.holder.held();
    long now = clock.millis() + 12 * Samples.HOUR_MS;

    assertEquals(new KeySchedule.Plan(true, List.of()), KeySchedule.DEFAULT.plan(now, held));
    assertEquals(new KeySchedule.Plan(false, List.of()), KeySchedule.DEFAULT.plan(now - 1, held));
    assertEquals(
        new KeySchedule.Plan(true, List.of(held.get(0).id())),
        KeySchedule.DEFAULT.plan(clock.millis() + 48 * Samples.HOUR_MS, held));
  }

  @Test
  void key_destroyed_cannotBeFound() {
    RecipientKeyId id = de.holder.held().get(0).id();
    assertTrue(de.holder.find(id).isPresent());

    clock.move(Duration.ofDays(2));
    assertEquals(List.of(id), de.recipientKeys.renew().destroyed());

    assertEquals(Optional.empty(), de.holder.find(id));
  }

  @Test
  void bundle_noKeyInForce_isABug() {
    clock.move(Duration.ofHours(25));

    assertThrows(IllegalStateException.class, de::bundle);
  }

  @Test
  void bundle_offered_isTakenOnce() {
    byte[] bytes = de.bundle().encoded();

    assertTrue(Results.value(fr.peerKeys.offer(bytes, clock.millis())).isPresent());
    assertEquals(Optional.empty(), Results.value(fr.peerKeys.offer(bytes, clock.millis())));
    assertEquals(
        Optional.of(de.gateway), fr.peerKeys.bundleOf(DE).orElseThrow().gateway(Samples.GW));
  }

  @Test
  void bundle_olderThanTheHeld_changesNothing() {
    byte[] old = de.bundle().encoded();
    clock.move(Duration.ofHours(13));
    de.recipientKeys.renew();
    fr.knowing(de);
    Optional<PublishedKey> key = fr.peerKeys.keyOf(DE, clock.millis());

    assertEquals(Optional.empty(), Results.value(fr.peerKeys.offer(old, clock.millis())));
    assertEquals(key, fr.peerKeys.keyOf(DE, clock.millis()));
  }

  @Test
  void bundle_signedByAnotherAgency_isRefused() {
    KeyBundle forged = KeyBundle.sign(de.bundle().content(), fr.identity.pair());

    assertEquals(
        Code.BAD_SIGNATURE, Results.code(fr.peerKeys.offer(forged.encoded(), clock.millis())));
    assertEquals(Optional.empty(), fr.peerKeys.keyOf(DE, clock.millis()));
  }

  @Test
  void bundle_ofAnotherFederationOrTheFuture_isRefused() {
    KeyBundle.Content content = de.bundle().content();
    KeyBundle elsewhere =
        KeyBundle.sign(
            new KeyBundle.Content(
                StatementFrame.toAll(
                    new FederationName("other.example"), DE, Samples.GW, content.issuedAtMs()),
                content.gateways(),
                content.keys()),
            de.identity.pair());

    assertEquals(
        Code.HEADER_MISMATCH, Results.code(fr.peerKeys.offer(elsewhere.encoded(), clock.millis())));
    assertEquals(
        Code.HEADER_MISMATCH,
        Results.code(
            fr.peerKeys.offer(de.bundle().encoded(), clock.millis() - 2 * Samples.HOUR_MS)));
    assertEquals(Code.MALFORMED, Results.code(fr.peerKeys.offer(new byte[9], 0)));
  }

  @Test
  void bundle_keysExpired_sealsToNobody() {
    fr.knowing(de);
    assertTrue(fr.peerKeys.keyOf(DE, clock.millis()).isPresent());
    clock.move(Duration.ofHours(24));

    assertEquals(Optional.empty(), fr.peerKeys.keyOf(DE, clock.millis()));
  }

  @Test
  void bundle_twoKeysInForce_theLongerLastingIsTaken() {
    clock.move(Duration.ofHours(12));
    KeyValidity newer = de.recipientKeys.renew().made().orElseThrow();
    fr.knowing(de);

    assertEquals(2, de.bundle().content().keys().size());
    assertEquals(newer, fr.peerKeys.keyOf(DE, clock.millis()).orElseThrow().validity());
  }
}
