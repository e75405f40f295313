package org.entente.gateway.ledger;

import java.util.List;
import org.entente.gateway.ledger.sequence.OriginWindow;
import org.entente.gateway.ledger.sequence.OriginWindows;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.gateway.testkit.Formats;

/** What the ledger reads back: windows of what was received, keys of cursors. */
public final class LedgerFormats {
  private LedgerFormats() {}

  /** All of them. */
  public static Formats all() {
    return new Formats("ledger")
        .with(
            "window",
            Formats.same(InvalidValue.class, bytes -> OriginWindow.decode(bytes).encode()),
            LedgerFormats::windows)
        .with(
            "windows",
            Formats.same(InvalidValue.class, bytes -> OriginWindows.decode(bytes).encode()),
            LedgerFormats::severalWindows)
        .with(
            "cursor-key",
            Formats.same(IllegalStateException.class, LedgerFormats::cursor),
            () -> List.of(KeyBuilder.key().ascii("desk").ascii("night-shift").done()));
  }

  private static List<byte[]> windows() {
    OriginWindow window = OriginWindow.fresh(3);
    for (long number : new long[] {1, 2, 3, 7, 8, 20, 1_000_000}) {
      window.offer(number);
    }
    return List.of(OriginWindow.fresh(1).encode(), window.encode());
  }

  private static List<byte[]> severalWindows() {
    OriginWindows windows = OriginWindows.none();
    for (long epoch : new long[] {1, 4, 1_790_000_000}) {
      windows.in(epoch).orElseThrow().offer(epoch);
    }
    return List.of(OriginWindows.none().encode(), windows.encode());
  }

  private static byte[] cursor(byte[] key) {
    KeyReader reader = KeyReader.of(key);
    String client = reader.ascii();
    String cursor = reader.ascii();
    reader.end();
    for (byte each : key) {
      if (each < 0) {
        throw new IllegalStateException("not ASCII, which no name of a client or cursor holds");
      }
    }
    return KeyBuilder.key().ascii(client).ascii(cursor).done();
  }
}
