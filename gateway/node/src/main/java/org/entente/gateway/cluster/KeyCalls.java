package org.entente.gateway.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.Channel;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.entente.gateway.seal.keys.KeyDescription;
import org.entente.gateway.seal.keys.KeyEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of another node, over the port and the mutual TLS of Raft. Secrets are in the clear
 * within that connection only: each node wraps them for its own files. Safe for many threads.
 */
final class KeyCalls implements KeyNode {
  static final String SERVICE = "entente.cluster.Keys";

  private static final Logger LOG = LoggerFactory.getLogger(KeyCalls.class);
  private static final MethodDescriptor<byte[], byte[]> STATE = method(SERVICE, "State");
  private static final MethodDescriptor<byte[], byte[]> FETCH = method(SERVICE, "Fetch");
  private static final MethodDescriptor<byte[], byte[]> CHANGE = method(SERVICE, "Change");

  private final Supplier<Channel> channel;
  private final Duration patience;

  /**
   * The keys of another node.
   *
   * @param channel the connection for a call, which the caller ends
   */
  KeyCalls(Supplier<Channel> channel, Duration patience) {
    this.channel = channel;
    this.patience = patience;
  }

  /** A method whose messages are bytes. */
  static MethodDescriptor<byte[], byte[]> method(String service, String name) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(service, name))
        .setRequestMarshaller(new CopyTransfer.Bytes())
        .setResponseMarshaller(new CopyTransfer.Bytes())
        .build();
  }

  @Override
  public State state(long term) throws IOException {
    return KeyMessages.state(call(STATE, KeyMessages.question(term)));
  }

  @Override
  public List<KeyEntry> fetch(long term, List<KeyDescription> names) throws IOException {
    return KeyMessages.keys(call(FETCH, KeyMessages.fetch(new KeyMessages.Fetch(term, names))));
  }

  @Override
  public Held change(Change change) throws IOException {
    return KeyMessages.held(call(CHANGE, KeyMessages.change(change)));
  }

  private byte[] call(MethodDescriptor<byte[], byte[]> method, byte[] request) throws IOException {
    return call(channel.get(), method, request, patience);
  }

  /** Calls another node, and waits for its answer. */
  static byte[] call(
      Channel channel, MethodDescriptor<byte[], byte[]> method, byte[] request, Duration patience)
      throws IOException {
    try {
      return ClientCalls.blockingUnaryCall(
          channel,
          method,
          CallOptions.DEFAULT.withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS),
          request);
    } catch (StatusRuntimeException e) {
      throw new IOException(method.getBareMethodName() + ": " + e.getStatus(), e);
    }
  }

  /** The service that gives and takes keys of this node. */
  static ServerServiceDefinition service(NodeKeys keys) {
    return ServerServiceDefinition.builder(SERVICE)
        .addMethod(
            STATE, answering(bytes -> KeyMessages.state(keys.state(KeyMessages.question(bytes)))))
        .addMethod(FETCH, answering(bytes -> fetched(keys, KeyMessages.fetch(bytes))))
        .addMethod(CHANGE, answering(bytes -> changed(keys, KeyMessages.change(bytes))))
        .build();
  }

  @FunctionalInterface
  interface Answer {
    byte[] of(byte[] request) throws IOException;
  }

  /** Answers with what a node makes of a request, or tells the caller why it could not. */
  static ServerCallHandler<byte[], byte[]> answering(Answer answer) {
    return ServerCalls.asyncUnaryCall((request, response) -> answer(answer, request, response));
  }

  private static void answer(Answer answer, byte[] request, StreamObserver<byte[]> response) {
    byte[] bytes;
    try {
      bytes = answer.of(request);
    } catch (IOException | RuntimeException e) {
      // The edge of a call: the leader has to know, and this node goes on.
      LOG.warn("a call of another node failed here: {}", e.getMessage());
      response.onError(
          Status.FAILED_PRECONDITION.withDescription(e.getMessage()).asRuntimeException());
      return;
    }
    response.onNext(bytes);
    response.onCompleted();
  }

  private static byte[] fetched(NodeKeys keys, KeyMessages.Fetch fetch) throws IOException {
    List<KeyEntry> found = keys.fetch(fetch.term(), fetch.names());
    try {
      return KeyMessages.keys(found);
    } finally {
      found.forEach(KeyEntry::close);
    }
  }

  private static byte[] changed(NodeKeys keys, KeyNode.Change change) throws IOException {
    try {
      return KeyMessages.held(keys.change(change));
    } finally {
      change.put().forEach(KeyEntry::close);
    }
  }
}
