package org.entente.gateway.cluster;

import java.io.IOException;
import java.time.Duration;
import org.apache.ratis.thirdparty.io.grpc.Channel;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;

/**
 * The erasure journal of another node, over the port and the mutual TLS of Raft. The records are
 * the journal's own; this class does not read them.
 */
final class ErasureCalls {
  static final String SERVICE = "entente.cluster.Erasures";

  private static final MethodDescriptor<byte[], byte[]> APPEND = KeyCalls.method(SERVICE, "Append");

  private ErasureCalls() {}

  /** The service that takes records for this node's journal, and answers once they are durable. */
  static ServerServiceDefinition service(ErasureAppender journal) {
    return ServerServiceDefinition.builder(SERVICE)
        .addMethod(
            APPEND,
            KeyCalls.answering(
                records -> {
                  journal.append(records);
                  return new byte[0];
                }))
        .build();
  }

  /** Has a node add records to its journal; there they are durable on return. */
  static void append(Channel channel, byte[] records, Duration patience) throws IOException {
    KeyCalls.call(channel, APPEND, records, patience);
  }
}
