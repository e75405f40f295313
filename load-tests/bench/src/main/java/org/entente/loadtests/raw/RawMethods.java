package org.entente.loadtests.raw;

import io.grpc.MethodDescriptor;
import org.entente.loadtests.traffic.RawBytes;

/** The gRPC methods of the pass-through chain; messages are raw bytes. */
final class RawMethods {
  static final String SERVICE = "entente.raw.PassThrough";

  /** Receives a stream of messages without answers. */
  static final MethodDescriptor<byte[], byte[]> FORWARD =
      method("Forward", MethodDescriptor.MethodType.BIDI_STREAMING);

  /** Receives one message and sends an empty answer once it is forwarded. */
  static final MethodDescriptor<byte[], byte[]> CALL =
      method("Call", MethodDescriptor.MethodType.UNARY);

  /** Repeats the request once the subscriber is known, then streams what arrives. */
  static final MethodDescriptor<byte[], byte[]> RECEIVE =
      method("Receive", MethodDescriptor.MethodType.SERVER_STREAMING);

  private RawMethods() {}

  private static MethodDescriptor<byte[], byte[]> method(
      String name, MethodDescriptor.MethodType type) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setRequestMarshaller(new RawBytes())
        .setResponseMarshaller(new RawBytes())
        .build();
  }
}
