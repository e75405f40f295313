package org.entente.gateway.model;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Arrays in and out of protobuf without the copies that it makes to protect them. */
public final class ProtoBytes {
  /** Bytes of small fields that are compared together. */
  private static final int PIECE = 256;

  private ProtoBytes() {}

  /**
   * The bytes as an array that must not be modified: the string's own where it has one to itself,
   * which a string has that was parsed or serialised alone; else a copy.
   */
  public static byte[] array(ByteString bytes) {
    Whole whole = new Whole(bytes.size());
    try {
      UnsafeByteOperations.unsafeWriteTo(bytes, whole);
    } catch (IOException e) {
      throw new UncheckedIOException("an array takes what fits", e);
    }
    return whole.array;
  }

  /**
   * The canonical bytes of a message: fields by number, map entries by key, defaults omitted. Equal
   * messages may arrive as different bytes, as libraries write map entries in any order.
   */
  public static byte[] canonical(Message message) {
    byte[] bytes = new byte[message.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      message.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("a message does not fit its computed size", e);
    }
    out.checkNoSpaceLeft();
    return bytes;
  }

  /**
   * Whether these bytes are those that protobuf writes of a message, compared as it writes them.
   */
  public static boolean encodes(Message message, byte[] bytes) {
    if (message.getSerializedSize() != bytes.length) {
      return false;
    }
    Comparison comparison = new Comparison(bytes);
    CodedOutputStream out = CodedOutputStream.newInstance(comparison, PIECE);
    try {
      message.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("a comparison takes all bytes", e);
    }
    return comparison.isEqual();
  }

  /**
   * Parses a message whose strings of bytes are parts of the array. The array must not be modified
   * any more, and lives as long as they do: only for a message that is used as a whole.
   */
  public static <M extends Message> M parse(Parser<M> parser, byte[] bytes)
      throws InvalidProtocolBufferException {
    return parse(parser, bytes, 0, bytes.length);
  }

  /** The same of a part of an array. */
  public static <M extends Message> M parse(Parser<M> parser, byte[] bytes, int from, int length)
      throws InvalidProtocolBufferException {
    CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes, from, length).newCodedInput();
    in.enableAliasing(true);
    M message = parser.parseFrom(in);
    in.checkLastTagWas(0);
    return message;
  }

  /** Compares what is written with an array. */
  private static final class Comparison extends OutputStream {
    private final byte[] expected;
    private int at;
    private boolean differs;

    Comparison(byte[] expected) {
      this.expected = expected;
    }

    @Override
    public void write(int value) {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      differs =
          differs
              || length > expected.length - at
              || !Arrays.equals(bytes, from, from + length, expected, at, at + length);
      at += length;
    }

    boolean isEqual() {
      return !differs && at == expected.length;
    }
  }

  /** Takes the array that it is shown whole, or collects the pieces. */
  private static final class Whole extends ByteOutput {
    private static final byte[] NOTHING = {};

    private final int size;
    private byte[] array = NOTHING;
    private int at;

    Whole(int size) {
      this.size = size;
    }

    @Override
    public void writeLazy(byte[] value, int offset, int length) {
      if (length == size && value.length == size) {
        array = value;
      } else {
        write(value, offset, length);
      }
    }

    @Override
    public void write(byte[] value, int offset, int length) {
      System.arraycopy(value, offset, room(), at, length);
      at += length;
    }

    @Override
    public void write(byte value) {
      room()[at++] = value;
    }

    @Override
    public void write(ByteBuffer value) {
      int length = value.remaining();
      value.get(room(), at, length);
      at += length;
    }

    @Override
    public void writeLazy(ByteBuffer value) {
      write(value);
    }

    private byte[] room() {
      if (array.length < size) {
        array = new byte[size];
      }
      return array;
    }
  }
}
