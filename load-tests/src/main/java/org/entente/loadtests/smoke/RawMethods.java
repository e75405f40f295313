package org.entente.loadtests.smoke;

import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The pass-through chain's own two methods; messages are bytes as they come. */
final class RawMethods {
  static final String SERVICE = "entente.smoke.PassThrough";

  /** Takes a stream of messages and answers nothing. */
  static final MethodDescriptor<byte[], byte[]> FORWARD =
      method("Forward", MethodDescriptor.MethodType.BIDI_STREAMING);

  /** Repeats the request once the subscriber is known, then streams what arrives. */
  static final MethodDescriptor<byte[], byte[]> RECEIVE =
      method("Receive", MethodDescriptor.MethodType.SERVER_STREAMING);

  private RawMethods() {}

  private static MethodDescriptor<byte[], byte[]> method(
      String name, MethodDescriptor.MethodType type) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setRequestMarshaller(new Bytes())
        .setResponseMarshaller(new Bytes())
        .build();
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
