package org.entente.gateway.seal;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.batch.BatchKey;
import org.entente.gateway.batch.SealingBatch;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.Stanza;
import org.junit.jupiter.api.Test;

/** What sealing adds to a message, as {@code docs/develop/wire-format.md} states it. */
class OverheadTest {
  private static final int LABEL_BYTES = 150;
  private static final int BODY_BYTES = 1024;

  @Test
  void message_alone_growsBy383Bytes() {
    Envelope envelope = envelope(1);

    assertEquals(94, envelope.header().encoded().length);
    assertEquals(79, envelope.labels().length - LABEL_BYTES);
    assertEquals(16 + 48, envelope.bodies().length - BODY_BYTES);
    assertEquals(383, overhead(envelope, 1));
  }

  @Test
  void message_among64_growsBy42Bytes() {
    Envelope envelope = envelope(64);

    assertEquals(395, envelope.labels().length - 64 * LABEL_BYTES);
    assertEquals(64 * (16 + 16), envelope.bodies().length - 64 * BODY_BYTES);
    assertEquals(41.9, overhead(envelope, 64) / 64.0, 0.05);
  }

  @Test
  void announcement_isBelowFourKilobytes() {
    assertEquals(3_741, new FormatSamples().announcement.encoded().length);
  }

  private static int overhead(Envelope envelope, int count) {
    return envelope.size() + Stanza.BYTES - count * (LABEL_BYTES + BODY_BYTES);
  }

  private static Envelope envelope(int count) {
    BatchKey key = Samples.batchKey(Lane.ROUTINE);
    List<SealingItem> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(Samples.item(key, i, LABEL_BYTES, BODY_BYTES));
    }
    return Samples.sealer(FR, "overhead").seal(new SealingBatch(key, items)).envelope();
  }
}
