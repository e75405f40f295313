package org.entente.gateway.seal;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.Stanza;
import org.entente.gateway.seal.statement.AddressedStanza;
import org.junit.jupiter.api.Test;

/** No delivery with a changed byte anywhere opens. */
class EnvelopeMutationTest {
  private static final long SEED = 47_2026;
  private static final int ROUNDS = 4_000;

  private final SealingParty.Trust trust = new SealingParty.Trust();
  private final SealingParty fr = new SealingParty(FR, trust, Samples.CLOCK);
  private final SealingParty de = new SealingParty(DE, trust, Samples.CLOCK);

  @Test
  void delivery_mutatedAnywhere_doesNotOpen() {
    fr.knowing(de);
    Sealed sealed = fr.seal(3, 60);
    AddressedStanza addressed = fr.stanzaFor(de, sealed, 1);
    de.accept(addressed);
    Envelope envelope = sealed.envelope();
    List<byte[]> good =
        List.of(
            envelope.header().encoded(),
            envelope.signature(),
            envelope.labels(),
            envelope.bodies(),
            addressed.stanza().encoded());
    ByteMutation mutation = new ByteMutation(SEED);
    Random random = new Random(SEED);
    int parsed = 0;
    for (int round = 0; round < ROUNDS; round++) {
      int target = random.nextInt(good.size());
      byte[][] parts = good.toArray(byte[][]::new);
      parts[target] = mutation.of(parts[target]);
      parsed += opensNot(parts, "seed " + SEED + ", round " + round + ", part " + target) ? 1 : 0;
    }
    assertTrue(parsed > ROUNDS / 4, parsed + " got as far as opening");
    assertEquals(0, de.opened.get());
    assertInstanceOf(OpeningResult.Opened.class, de.open(envelope, addressed.stanza()));
  }

  /** Whether it parsed; fails if it opened. */
  private boolean opensNot(byte[][] parts, String where) {
    var envelope = Envelope.of(parts[0], parts[1], parts[2], parts[3]);
    var stanza = Stanza.parse(parts[4]);
    if (envelope.isEmpty() || stanza.isEmpty()) {
      return false;
    }
    assertInstanceOf(OpeningResult.NotOpened.class, de.open(envelope.get(), stanza.get()), where);
    return true;
  }
}
