package org.entente.gateway.seal.statement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.crypto.XWingPrivateKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.PublishedKey;
import org.junit.jupiter.api.Test;

/** What holds for every kind of signed statement. */
class StatementFormatTest {
  private static final FederationName FEDERATION = new FederationName("test.example");
  private static final AgencyName FR = new AgencyName("fr.customs");
  private static final AgencyName DE = new AgencyName("de.customs");
  private static final NodeName GATEWAY = new NodeName("gw-1");
  private static final StatementFrame TO_ONE =
      StatementFrame.to(FEDERATION, FR, GATEWAY, DE, 1_000);
  private static final StatementFrame TO_ALL = StatementFrame.toAll(FEDERATION, FR, GATEWAY, 1_000);
  private static final int NUMBER_BYTES = 49;

  private final SecureRandom random = new SecureRandom();
  private final Ed25519SigningKey key = Ed25519SigningKey.generate(random);

  private static NumberedHeader number(long sequence) {
    return new NumberedHeader(new OriginNumber(1, Lane.FLASH, sequence), new byte[32]);
  }

  private VoidStatement voids(StatementFrame frame) {
    return VoidStatement.sign(new VoidStatement.Content(frame, List.of(number(2), number(1))), key);
  }

  @Test
  void statement_readBack_hasItsFrameAndContent() {
    VoidStatement read = VoidStatement.parse(voids(TO_ONE).encoded()).orElseThrow();
    assertEquals(TO_ONE, read.frame());
    assertEquals(List.of(number(1), number(2)), read.content().numbers());
    assertTrue(read.isSignedBy(key.verifyingKey()));
    assertFalse(read.isSignedBy(Ed25519SigningKey.generate(random).verifyingKey()));
    assertTrue(read.frame().isBetween(FEDERATION, FR, DE));
    assertFalse(read.frame().isBetween(FEDERATION, DE, DE));
    assertFalse(read.frame().isBetween(FEDERATION, FR, FR));
    assertFalse(read.frame().isBetween(new FederationName("other.example"), FR, DE));
  }

  @Test
  void statement_toOneOrToAllAgainstItsFormat_isNotSigned() {
    assertThrows(IllegalArgumentException.class, () -> voids(TO_ALL));
    SigningPair pair = SigningPair.generate(random);
    KeyBundle.Content keys = keys(TO_ONE);
    assertThrows(IllegalArgumentException.class, () -> KeyBundle.sign(keys, pair));
    assertTrue(KeyBundle.parse(KeyBundle.sign(keys(TO_ALL), pair).encoded()).isPresent());
  }

  private KeyBundle.Content keys(StatementFrame frame) {
    try (XWingPrivateKey recipient = XWingPrivateKey.generate(random)) {
      return new KeyBundle.Content(
          frame,
          List.of(new GatewayKey(GATEWAY, key.verifyingKey())),
          List.of(PublishedKey.of(recipient.publicKey(), 1_000, 2_000)));
    }
  }

  /** One value has one encoding: the reader sorts nothing and merges nothing. */
  @Test
  void list_outOfOrderOrWithRepeats_isMalformed() {
    byte[] good = voids(TO_ONE).encoded();
    int second = good.length - Ed25519VerifyingKey.SIGNATURE_BYTES - NUMBER_BYTES;
    byte[] swapped = good.clone();
    System.arraycopy(good, second, swapped, second - NUMBER_BYTES, NUMBER_BYTES);
    System.arraycopy(good, second - NUMBER_BYTES, swapped, second, NUMBER_BYTES);
    assertEquals(Optional.empty(), VoidStatement.parse(swapped));
    byte[] repeated = good.clone();
    System.arraycopy(good, second - NUMBER_BYTES, repeated, second, NUMBER_BYTES);
    assertEquals(Optional.empty(), VoidStatement.parse(repeated));
  }

  /** What a gateway signed as a notice is no void, whatever its bytes. */
  @Test
  void signature_overAnotherKind_doesNotHold() {
    byte[] notice =
        NoticeStatement.sign(new NoticeStatement.Content(TO_ONE, new byte[] {1}), key).encoded();
    byte[] spoken = voids(TO_ONE).encoded();
    byte[] mixed = spoken.clone();
    int signature = Ed25519VerifyingKey.SIGNATURE_BYTES;
    System.arraycopy(notice, notice.length - signature, mixed, mixed.length - signature, signature);
    assertFalse(VoidStatement.parse(mixed).orElseThrow().isSignedBy(key.verifyingKey()));
    assertEquals(Optional.empty(), NoticeStatement.parse(spoken));
    assertEquals(Optional.empty(), VoidStatement.parse(Arrays.copyOf(spoken, spoken.length - 1)));
  }
}
