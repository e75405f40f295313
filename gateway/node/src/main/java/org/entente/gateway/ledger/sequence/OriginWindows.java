package org.entente.gateway.ledger.sequence;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.entente.gateway.model.InvalidValue;

/**
 * The windows of one (origin, lane), one for each epoch. An origin begins another epoch when its
 * ledger was restored; messages still queued in earlier epochs keep arriving under their old
 * numbers.
 *
 * <p>At most {@link #MAX_EPOCHS} are kept: one more closes the lowest, and messages of it or below
 * are no longer accepted. Mutable and not thread-safe. Durable only when its {@link #encode()
 * encoded} form is committed together with the received messages.
 *
 * <pre>
 * encoded, version 2, big-endian:
 *   0  u8   version = 2
 *   1  u64  lowest epoch that is open, from 1
 *   9  u8   count of windows, at most 8
 *  10  count times, ascending by epoch:
 *      u16  length
 *      window, as {@link OriginWindow} has it
 * </pre>
 */
public final class OriginWindows {
  /** Most epochs open at a time; an origin begins one each time its ledger is restored. */
  public static final int MAX_EPOCHS = 8;

  private static final byte VERSION = 2;
  private static final int FIXED = 10;

  private final TreeMap<Long, OriginWindow> windows = new TreeMap<>();
  private long lowest;

  private OriginWindows(long lowest) {
    this.lowest = lowest;
  }

  /** Without any window. */
  public static OriginWindows none() {
    return new OriginWindows(1);
  }

  /**
   * The live window of an epoch, created if there was none. Empty if the epoch is closed.
   *
   * @param epoch from 1
   */
  public Optional<OriginWindow> in(long epoch) {
    OriginWindow known = windows.get(epoch);
    if (known != null) {
      return Optional.of(known);
    }
    boolean full = windows.size() == MAX_EPOCHS;
    if (epoch < lowest || (full && epoch < windows.firstKey())) {
      return Optional.empty();
    }
    OriginWindow begun = OriginWindow.fresh(epoch);
    windows.put(epoch, begun);
    if (full) {
      lowest = windows.pollFirstEntry().getKey() + 1;
    }
    return Optional.of(begun);
  }

  /** The window of an epoch; empty if there is none. */
  public Optional<OriginWindow> known(long epoch) {
    return Optional.ofNullable(windows.get(epoch));
  }

  /** All windows, the lowest epoch first. */
  public List<OriginWindow> all() {
    return List.copyOf(windows.values());
  }

  /** The stored form; see the class comment. */
  public byte[] encode() {
    List<byte[]> encoded = windows.values().stream().map(OriginWindow::encode).toList();
    int length = FIXED + encoded.stream().mapToInt(bytes -> 2 + bytes.length).sum();
    ByteBuffer out = ByteBuffer.allocate(length);
    out.put(VERSION).putLong(lowest).put((byte) encoded.size());
    for (byte[] window : encoded) {
      out.putShort((short) window.length).put(window);
    }
    return out.array();
  }

  /**
   * Reads encoded windows. Windows that are read encode to the same bytes.
   *
   * @throws InvalidValue if these are not the bytes of windows
   */
  public static OriginWindows decode(byte[] encoded) {
    if (encoded.length < FIXED || encoded[0] != VERSION) {
      throw corrupt("version 2 and at least 10 bytes", encoded.length);
    }
    ByteBuffer in = ByteBuffer.wrap(encoded, 1, encoded.length - 1);
    OriginWindows read = new OriginWindows(in.getLong());
    int count = Byte.toUnsignedInt(in.get());
    if (read.lowest < 1 || count > MAX_EPOCHS) {
      throw corrupt("an epoch from 1 and at most 8 windows", encoded.length);
    }
    for (int left = count; left > 0; left--) {
      read.add(window(in));
    }
    if (in.hasRemaining()) {
      throw corrupt("nothing after its windows", encoded.length);
    }
    return read;
  }

  private static OriginWindow window(ByteBuffer in) {
    int length = in.remaining() < 2 ? Integer.MAX_VALUE : Short.toUnsignedInt(in.getShort());
    if (length > in.remaining()) {
      throw corrupt("whole windows", in.limit());
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return OriginWindow.decode(bytes);
  }

  private void add(OriginWindow window) {
    List<Long> before = new ArrayList<>(windows.keySet());
    boolean ascends = before.isEmpty() || before.get(before.size() - 1) < window.epoch();
    if (!ascends || window.epoch() < lowest) {
      throw corrupt("windows that ascend from its lowest epoch", before.size());
    }
    windows.put(window.epoch(), window);
  }

  private static InvalidValue corrupt(String expected, int length) {
    return new InvalidValue(
        "a record of origin windows has " + expected, InvalidValue.bytes(length));
  }

  @Override
  public String toString() {
    return windows.values().toString();
  }
}
