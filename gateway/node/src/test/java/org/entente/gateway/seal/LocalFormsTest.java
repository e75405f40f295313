package org.entente.gateway.seal;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.seal.format.BodyAddress;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.junit.jupiter.api.Test;

/** What a gateway keeps at rest: received messages, and the content keys of its outbox. */
class LocalFormsTest {
  private final SeededRandom random = new SeededRandom("local");
  private final SecretBytes storageKey = SecretBytes.random(random, 32);
  private final BucketKey bucket = BucketKey.of(storageKey);
  private final Sealed sealed = Samples.sealer(FR, "local").seal(Samples.batch(2, 500));
  private final OpenedLabels labels =
      new Opener(count -> {}).openLabels(sealed.envelope(), sealed.contentKey()).orElseThrow();
  private final byte[] record =
      new LocalSeal(random)
          .seal(labels.address(1), bucket, labels.bodyKey(1), labels.label(1))
          .orElseThrow();

  @Test
  void record_opened_givesLabelAndBody() {
    LocalMessage message = LocalSeal.open(labels.address(1), bucket, record).orElseThrow();

    assertArrayEquals(labels.label(1).toByteArray(), message.label());
    assertArrayEquals(
        labels.openBody(1).orElseThrow(),
        message
            .bodyKey()
            .open(labels.address(1), labels.sealedBody(1).toByteArray())
            .orElseThrow());
    assertEquals(labels.label(1).size() + 69, record.length);
    assertEquals("[hidden]", message.toString());
  }

  @Test
  void record_holdsNoPlaintext() {
    byte[] key = labels.bodyKey(1).reveal();

    assertFalse(contains(record, labels.label(1).substring(0, 8).toByteArray()));
    assertFalse(contains(record, Arrays.copyOf(key, 8)));
  }

  private static boolean contains(byte[] bytes, byte[] part) {
    for (int at = 0; at + part.length <= bytes.length; at++) {
      if (Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void record_storageKeyGone_opensNothing() {
    BucketKey another = BucketKey.of(SecretBytes.random(random, 32));

    assertTrue(LocalSeal.open(labels.address(1), another, record).isEmpty());
  }

  @Test
  void record_ofAnotherAddress_doesNotOpen() {
    BodyAddress right = labels.address(1);

    assertTrue(LocalSeal.open(labels.address(0), bucket, record).isEmpty());
    assertTrue(LocalSeal.open(new BodyAddress(DE, right.envelope(), 1), bucket, record).isEmpty());
  }

  @Test
  void record_mutated_doesNotOpen() {
    ByteMutation mutation = new ByteMutation(76);
    for (int round = 0; round < 3000; round++) {
      assertTrue(
          LocalSeal.open(labels.address(1), bucket, mutation.of(record)).isEmpty(),
          "round " + round);
    }
  }

  @Test
  void record_madeAgain_differs() {
    byte[] again =
        new LocalSeal(random)
            .seal(labels.address(1), bucket, labels.bodyKey(1), labels.label(1))
            .orElseThrow();

    assertFalse(Arrays.equals(record, again));
  }

  @Test
  void outboxKey_wrapped_opensForItsEnvelopeOnly() {
    EnvelopeHeader header = sealed.envelope().header();
    Sealed another = Samples.sealer(FR, "another").seal(Samples.batch(1, 1));
    byte[] kept = new OutboxSeal(random).seal(header, storageKey, sealed.contentKey());

    assertEquals(OutboxSeal.BYTES, kept.length);
    assertEquals(Optional.of(sealed.contentKey()), OutboxSeal.open(header, storageKey, kept));
    assertTrue(OutboxSeal.open(another.envelope().header(), storageKey, kept).isEmpty());
    assertTrue(OutboxSeal.open(header, SecretBytes.random(random, 32), kept).isEmpty());
    ByteMutation mutation = new ByteMutation(3);
    for (int round = 0; round < 1000; round++) {
      assertTrue(OutboxSeal.open(header, storageKey, mutation.of(kept)).isEmpty());
    }
  }
}
