package org.entente.gateway.model;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/**
 * Counts the elements of encoded messages before they are parsed. An empty element of a list, or of
 * a field that the type does not know, has two bytes on the wire and up to 70 on the heap, so the
 * length alone does not bound what parsing needs. Creates no object for an element.
 *
 * <p>An element is one occurrence of a field at any depth; of packed numbers, eight bytes. Used by
 * one thread for one message, or for several that share a limit.
 */
public final class ElementCount {
  /**
   * Most elements of a frame between gateways, and of all labels and bodies in an envelope. Parsed,
   * they need 8 MiB. A frame of 64 deliveries to 256 recipients each has 66,000, an evidence batch
   * of 4,096 items 50,000, and 64 messages of 2,000 elements as many as this.
   */
  public static final int MOST = 131_072;

  /**
   * Most elements of a client's request; parsed, they need 4 MiB. In a request of 1 MiB, one for 16
   * bytes. Less than an envelope may hold, so every message that is accepted can be sealed.
   */
  public static final int MOST_OF_A_REQUEST = 65_536;

  /** Shorter messages need little whatever is in them, and most are shorter. */
  public static final int SMALL_BYTES = 32 << 10;

  /** About what an element needs on the heap. */
  private static final int HEAP_BYTES = 64;

  /** Times its bytes that an honest message needs on the heap, or less. */
  private static final int USUAL = 4;

  /** The least bytes of an element. */
  private static final int ELEMENT_BYTES = 2;

  /** Deepest nesting of messages; no honest one is a quarter as deep. */
  private static final int DEEPEST = 64;

  private static final int PACKED_BYTES = 8;

  private final int most;
  private long left;

  /**
   * A count that begins at zero.
   *
   * @param most most elements
   */
  public ElementCount(int most) {
    this.most = most;
    this.left = most;
  }

  /** Whether messages of this many bytes can have more elements than this; others need no count. */
  public static boolean canExceed(long bytes, int most) {
    return bytes / ELEMENT_BYTES > most;
  }

  /**
   * Counts the elements of a message.
   *
   * @return whether all counted so far are within the limit; if not, the rest was not read
   * @throws InvalidProtocolBufferException if it is malformed, too deep or has a group; it must
   *     then not be parsed, as the rest was not read
   */
  public boolean takes(Descriptor type, byte[] message) throws InvalidProtocolBufferException {
    return takesAll(type, CodedInputStream.newInstance(message));
  }

  /** The same of other bytes. */
  public boolean takes(Descriptor type, ByteString message) throws InvalidProtocolBufferException {
    return takesAll(type, message.newCodedInput());
  }

  private boolean takesAll(Descriptor type, CodedInputStream message)
      throws InvalidProtocolBufferException {
    try {
      return takes(type, message);
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory failed", e);
    }
  }

  /** As {@link #takes(Descriptor, byte[])}, of the message to the end of a stream. */
  public boolean takes(Descriptor type, CodedInputStream message) throws IOException {
    return takes(type, message, DEEPEST);
  }

  /** The number of elements counted; meaningless beyond the limit. */
  public int counted() {
    return (int) (most - left);
  }

  /**
   * Memory that what was counted needs once parsed, beyond what honest messages need.
   *
   * @param bytes of the messages counted
   */
  public long unusual(long bytes) {
    return Math.max(0, (long) counted() * HEAP_BYTES - bytes * USUAL);
  }

  private boolean takes(Descriptor type, CodedInputStream in, int depth) throws IOException {
    if (depth == 0) {
      throw new InvalidProtocolBufferException("nested too deep");
    }
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      left--;
      if (left < 0) {
        return false;
      }
      FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      int wireType = WireFormat.getTagWireType(tag);
      if (wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED && field != null) {
        if (!takes(field, in, depth)) {
          return false;
        }
      } else if (wireType == WireFormat.WIRETYPE_START_GROUP || !in.skipField(tag)) {
        throw new InvalidProtocolBufferException("has a group");
      }
    }
    return true;
  }

  private boolean takes(FieldDescriptor field, CodedInputStream in, int depth) throws IOException {
    int length = in.readRawVarint32();
    if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      int limit = in.pushLimit(length);
      boolean within = takes(field.getMessageType(), in, depth - 1);
      in.popLimit(limit);
      return within;
    }
    if (field.isPackable()) {
      left -= length / PACKED_BYTES;
    }
    in.skipRawBytes(length);
    return left >= 0;
  }
}
