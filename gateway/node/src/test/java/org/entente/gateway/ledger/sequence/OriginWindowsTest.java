package org.entente.gateway.ledger.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.entente.gateway.ledger.sequence.OriginWindow.Offer;
import org.entente.gateway.model.InvalidValue;
import org.junit.jupiter.api.Test;

class OriginWindowsTest {
  private static OriginWindow in(OriginWindows windows, long epoch) {
    return windows.in(epoch).orElseThrow(() -> new AssertionError(epoch + " is closed"));
  }

  @Test
  void numbers_ofAnEarlierEpoch_goOnArrivingOnce() {
    OriginWindows windows = OriginWindows.none();
    assertEquals(Offer.NEW, in(windows, 1).offer(1));
    assertEquals(Offer.NEW, in(windows, 1_790_000_000).offer(1));

    assertEquals(Offer.NEW, in(windows, 1).offer(2), "still owed when the epoch began");
    assertEquals(Offer.DUPLICATE, in(windows, 1).offer(1));
    assertEquals(Offer.DUPLICATE, in(windows, 1_790_000_000).offer(1));
    assertEquals(
        List.of(1L, 1_790_000_000L), windows.all().stream().map(OriginWindow::epoch).toList());
  }

  /** Which of its numbers came is known no more, so that none may come again. */
  @Test
  void epoch_beyondTheMost_closesTheLowestForGood() {
    OriginWindows windows = OriginWindows.none();
    for (int epoch = 1; epoch <= OriginWindows.MAX_EPOCHS; epoch++) {
      in(windows, 10L * epoch).offer(1);
    }
    assertEquals(Offer.DUPLICATE, in(windows, 10).offer(1));

    in(windows, 1_000);
    OriginWindows read = OriginWindows.decode(windows.encode());
    assertEquals(Optional.empty(), read.in(10));
    assertEquals(Optional.empty(), read.in(1));
    assertEquals(OriginWindows.MAX_EPOCHS, read.all().size());
    assertEquals(Offer.DUPLICATE, in(read, 20).offer(1));
  }

  @Test
  void epoch_belowAllThatAreOpen_isNotBegunWhereItWouldCloseAtOnce() {
    OriginWindows windows = OriginWindows.none();
    for (int epoch = 1; epoch <= OriginWindows.MAX_EPOCHS; epoch++) {
      in(windows, 10L * epoch);
    }
    assertEquals(Optional.empty(), windows.in(5));
    assertEquals(8, windows.all().size());
    assertEquals(10, windows.all().get(0).epoch());
  }

  @Test
  void decode_ofDamagedBytes_refusesOrReencodesTheSame() {
    OriginWindows windows = OriginWindows.none();
    for (long epoch : new long[] {3, 7, 900}) {
      in(windows, epoch).offer(1);
      in(windows, epoch).offer(epoch);
    }
    byte[] good = windows.encode();
    int refused = 0;
    for (int seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      byte[] bad = Arrays.copyOf(good, good.length - 2 + random.nextInt(5));
      bad[1 + random.nextInt(bad.length - 1)] = (byte) random.nextInt(256);
      try {
        assertArrayEquals(bad, OriginWindows.decode(bad).encode(), "seed " + seed);
      } catch (InvalidValue expected) {
        refused++;
      }
    }
    assertTrue(refused > 3_000, "refused only " + refused);
    assertThrows(InvalidValue.class, () -> OriginWindows.decode(new byte[0]));
  }
}
