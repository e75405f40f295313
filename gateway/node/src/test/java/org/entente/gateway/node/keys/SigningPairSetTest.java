package org.entente.gateway.node.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.trust.AgencyKey;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which pair a node signs with while pairs are replaced. */
class SigningPairSetTest {
  @TempDir private Path folder;
  private final SecureRandom random = new SecureRandom();
  private final Instant start = Instant.parse("2026-06-01T12:00:00Z");
  private Instant now = start;
  @AutoClose private Keystore keystore;
  private SigningPairSet pairs;
  private SigningPair first;

  @BeforeEach
  void open() {
    keystore = Keystore.open(folder.resolve("keystore"), () -> now, random);
    first = SigningPair.generate(random);
    try (KeyEntry entry =
        new KeyEntry(
            KeyKind.AGENCY_PAIR,
            first.verifyingPair().id(),
            now,
            KeyEntry.NEVER,
            SecretBytes.takeOver(first.seeds()))) {
      keystore.put(entry);
    }
    pairs = new SigningPairSet(keystore, KeyKind.AGENCY_PAIR, () -> now, random);
  }

  private AgencyKey key(VerifyingPair pair, int fromDay, int untilDay) {
    return AgencyKey.of(pair, start.plus(days(fromDay)), start.plus(days(untilDay)));
  }

  private static Duration days(int days) {
    return Duration.ofDays(days);
  }

  private VerifyingPair inForce(List<AgencyKey> listed) {
    return pairs.inForce(listed).verifyingPair();
  }

  private VerifyingPair made(List<AgencyKey> listed) {
    now = now.plus(days(1));
    return pairs.next(listed).verifyingPair();
  }

  @Test
  void inForce_isThePairWhoseTimeBeganLast_andNotBeforeItBegan() {
    AgencyKey old = key(first.verifyingPair(), -10, 20);
    VerifyingPair next = made(List.of(old));
    assertEquals(first.verifyingPair(), inForce(List.of(old)));

    List<AgencyKey> both = List.of(key(next, 3, 300), old);
    assertEquals(first.verifyingPair(), inForce(both));
    now = start.plus(days(3));
    assertEquals(next, inForce(both));
  }

  @Test
  void inForce_listedByNobody_isTheNewest() {
    assertEquals(first.verifyingPair(), inForce(List.of()));
    VerifyingPair next = made(List.of(key(first.verifyingPair(), -1, 1)));
    assertEquals(next, inForce(List.of()));
  }

  @Test
  void inForce_overPairsOfOthers_passesThem() {
    VerifyingPair foreign = SigningPair.generate(random).verifyingPair();
    assertEquals(
        first.verifyingPair(),
        inForce(List.of(key(foreign, -1, 20), key(first.verifyingPair(), -10, 20))));
  }

  @Test
  void next_askedAgainBeforeItIsListed_isTheSame_alsoAfterARestart() {
    List<AgencyKey> listed = List.of(key(first.verifyingPair(), -10, 20));
    VerifyingPair next = made(listed);
    assertEquals(next, made(listed));
    keystore.close();
    keystore = Keystore.open(folder.resolve("keystore"), () -> now, random);
    pairs = new SigningPairSet(keystore, KeyKind.AGENCY_PAIR, () -> now, random);
    assertEquals(next, made(listed));
    assertNotEquals(next, made(List.of(key(next, 0, 300))));
  }

  @Test
  void destroyReplaced_keepsWhatCountsAndWhatIsToCome() {
    AgencyKey old = key(first.verifyingPair(), -10, 20);
    VerifyingPair second = made(List.of(old));
    List<AgencyKey> both = List.of(key(second, 3, 300), old);
    VerifyingPair third = made(both);

    assertEquals(List.of(), pairs.destroyReplaced(both, now));
    assertEquals(List.of(), pairs.destroyReplaced(List.of(), now));
    now = start.plus(days(4));
    assertEquals(List.of(), pairs.destroyReplaced(both, now));
    now = start.plus(days(21));
    assertEquals(List.of(first.verifyingPair().id()), pairs.destroyReplaced(both, now));
    assertEquals(List.of(third, second), pairs.verifying());
    assertEquals(second, inForce(both));
  }

  /** Chores look at the pairs regularly, and need the secret of none of them. */
  @Test
  void verifying_askedAgain_isNotDerivedAgain() {
    assertSame(pairs.verifying().get(0), pairs.verifying().get(0));
    assertSame(pairs.verifying().get(0), pairs.verifyingInForce(List.of()));
  }

  @Test
  void all_ofAnEmptyKeystore_saysWhatIsMissing() {
    SigningPairSet none = new SigningPairSet(keystore, KeyKind.AUDIT_SIGNING, () -> now, random);
    assertThrows(StartProblem.class, none::all);
  }
}
