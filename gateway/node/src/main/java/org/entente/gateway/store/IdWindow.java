package org.entente.gateway.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;

/**
 * Message ids of one span of 16 milliseconds. The messages of an envelope were mostly made within
 * few such spans, so an index needs few entries for them: the span in the key, and in the value
 * what the span does not say of each id.
 *
 * <pre>
 * span: the first 6 bytes of an id, without the last 4 bits
 * ends: the last 11 bytes of each id
 * </pre>
 */
public final class IdWindow {
  /** Size of a span in a key. */
  public static final int SPAN_BYTES = 6;

  /** Size of the end of an id. */
  public static final int END_BYTES = 11;

  private static final int SPAN_BITS = 4;

  /** An end has the last three bytes of the first half of an id. */
  private static final int FIRST_OF_AN_END = 0xFF_FFFF;

  private final long number;
  private final List<MessageId> ids = new ArrayList<>();

  private IdWindow(long number) {
    this.number = number;
  }

  /** The spans of ids, each with its ids in their order. */
  public static Collection<IdWindow> of(Collection<MessageId> ids) {
    Map<Long, IdWindow> windows = new TreeMap<>();
    for (MessageId id : ids) {
      windows.computeIfAbsent(id.millis() >>> SPAN_BITS, IdWindow::new).ids.add(id);
    }
    return windows.values();
  }

  /** Its number, in the order of time. */
  public long number() {
    return number;
  }

  /** The ids. */
  public List<MessageId> ids() {
    return ids;
  }

  /** The ends of the ids, one after the other. */
  public byte[] ends() {
    KeyBuilder ends = KeyBuilder.key(ids.size() * END_BYTES);
    ids.forEach(id -> ends.bytes(end(id)));
    return ends.done();
  }

  /** The span of an id, as it stands in a key. */
  public static byte[] span(MessageId id) {
    byte[] span = Arrays.copyOf(id.bytes(), SPAN_BYTES);
    span[SPAN_BYTES - 1] &= (byte) (-1 << SPAN_BITS);
    return span;
  }

  /** Whether the ends between two offsets name an id, if they are of its span. */
  public static boolean names(byte[] ends, int from, int to, MessageId id) {
    int first = (int) id.bits().high() & FIRST_OF_AN_END;
    long rest = id.bits().low();
    for (int at = from; at + END_BYTES <= to; at += END_BYTES) {
      if (BigEndian.u32(ends, at) >>> Byte.SIZE == first
          && BigEndian.u64(ends, at + END_BYTES - Long.BYTES) == rest) {
        return true;
      }
    }
    return false;
  }

  private static byte[] end(MessageId id) {
    return Arrays.copyOfRange(id.bytes(), MessageId.SIZE - END_BYTES, MessageId.SIZE);
  }
}
