package org.entente.loadtests.traffic;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * gRPC marshaller of messages as raw bytes, for forwarding without parsing. Copies them once on
 * input and never on output. Thread-safe.
 */
public final class RawBytes implements MethodDescriptor.Marshaller<byte[]> {
  /** Has no state. */
  public RawBytes() {}

  @Override
  public InputStream stream(byte[] value) {
    return new KnownLengthStream(value);
  }

  @Override
  public byte[] parse(InputStream stream) {
    try {
      if (!(stream instanceof KnownLength)) {
        return stream.readAllBytes();
      }
      byte[] message = new byte[stream.available()];
      if (stream.readNBytes(message, 0, message.length) != message.length) {
        throw new IOException("a message shorter than its stated length");
      }
      return message;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets gRPC frame the message without a copy of its own. */
  private static final class KnownLengthStream extends ByteArrayInputStream implements KnownLength {
    KnownLengthStream(byte[] message) {
      super(message);
    }
  }
}
