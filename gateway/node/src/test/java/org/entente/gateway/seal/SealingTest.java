package org.entente.gateway.seal;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.batch.SealingBatch;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one side seals, the other opens. */
class SealingTest {
  private final AtomicInteger opened = new AtomicInteger();
  private final Opener opener = new Opener(opened::addAndGet);

  @ParameterizedTest
  @CsvSource({
    "1, 0",
    "1, 1",
    "1, 1024",
    "1, 16384",
    "1, 204800",
    "2, 0",
    "3, 17",
    "64, 1024",
    "256, 0",
    "256, 300",
    "200, 20000"
  })
  void envelope_sealed_opensToTheSameMessages(int count, int bodyBytes) {
    SealingBatch batch = Samples.batch(count, bodyBytes);
    Sealed sealed = Samples.sealer(FR, "round trip").seal(batch);
    Envelope envelope = received(sealed.envelope());

    assertTrue(envelope.isSignedBy(Samples.gatewayKey(FR).verifyingKey()));
    OpenedLabels labels = opener.openLabels(envelope, sealed.contentKey()).orElseThrow();
    assertEquals(count, labels.count());
    for (int i = 0; i < count; i++) {
      assertArrayEquals(batch.items().get(i).label(), labels.label(i).toByteArray());
      assertEquals(bodyBytes, labels.bodyLength(i));
      assertArrayEquals(batch.items().get(i).body(), labels.openBody(i).orElseThrow());
    }
    assertEquals(count, opened.get());
  }

  @Test
  void header_states_whatWasSealed() {
    SealingBatch batch = Samples.batch(3, 1000);
    Sealed sealed = Samples.sealer(FR, "header").seal(batch);
    EnvelopeHeader header = sealed.envelope().header();

    assertEquals(3, header.count());
    assertEquals(FR, header.facts().origin());
    assertEquals(Samples.GW, header.facts().gateway());
    assertEquals(batch.key().lane(), header.facts().lane());
    assertFalse(header.facts().exercise());
    assertEquals(Samples.NOW_MS, header.facts().createdAtMs());
    assertEquals(Samples.NOW_MS + Samples.HOUR_MS, header.facts().expiresAtMs());
    assertEquals(batch.items().stream().map(SealingItem::id).toList(), sealed.messages());
  }

  @Test
  void keysOfBodies_derivedTogether_areThoseDerivedOneByOne() {
    try (Sealed sealed = Samples.sealer(FR, "keys").seal(Samples.batch(3, 1000))) {
      List<BodyKey> keys = sealed.contentKey().bodyKeys(300);
      assertEquals(300, keys.size());
      for (int i = 0; i < keys.size(); i++) {
        assertArrayEquals(sealed.contentKey().bodyKey(i).reveal(), keys.get(i).reveal());
      }
      assertEquals(List.of(), sealed.contentKey().bodyKeys(0));
    }
  }

  private static Envelope received(Envelope sent) {
    return Envelope.of(sent.header().encoded(), sent.signature(), sent.labels(), sent.bodies())
        .orElseThrow();
  }
}
