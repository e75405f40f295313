package org.entente.gateway.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attachments of another node, over the port and the mutual TLS of Raft. They are sealed. Safe
 * for many threads.
 *
 * <pre>
 * held   · term (8) · name · bytes (8)                → length (8) · SHA-256 (32)
 * write  · term (8) · name · offset (8) · the bytes   → nothing
 * read   · term (8) · name · offset (8) · most (4)    → the bytes
 * files  · term (8)                                   → for each: name · length (8)
 * remove · term (8) · names                           → nothing
 * name   · length (1) · ASCII
 * </pre>
 */
final class FileCalls implements FileNode {
  static final String SERVICE = "entente.cluster.Attachments";

  private static final long PATIENCE_SECONDS = 30;

  /** A file of 2 GiB is hashed in less on any disk that can take messages. */
  private static final long HASH_PATIENCE_SECONDS = 300;

  private static final Logger LOG = LoggerFactory.getLogger(FileCalls.class);
  private static final MethodDescriptor<byte[], byte[]> HELD = method("Held");
  private static final MethodDescriptor<byte[], byte[]> WRITE = method("Write");
  private static final MethodDescriptor<byte[], byte[]> READ = method("Read");
  private static final MethodDescriptor<byte[], byte[]> FILES = method("Files");
  private static final MethodDescriptor<byte[], byte[]> REMOVE = method("Remove");

  private final Supplier<Channel> channel;

  /**
   * The files of another node.
   *
   * @param channel the connection for a call, which the caller ends
   */
  FileCalls(Supplier<Channel> channel) {
    this.channel = channel;
  }

  private static MethodDescriptor<byte[], byte[]> method(String name) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setRequestMarshaller(new CopyTransfer.Bytes())
        .setResponseMarshaller(new CopyTransfer.Bytes())
        .build();
  }

  @Override
  public Held held(long term, String name, long bytes) throws IOException {
    KeyReader in = call(HELD, named(term, name).u64(bytes));
    return new Held(in.u64(), HexFormat.of().formatHex(in.bytes(Sha256.HASH_BYTES)));
  }

  @Override
  public void write(long term, String name, long offset, byte[] bytes) throws IOException {
    call(WRITE, named(term, name).u64(offset).bytes(bytes)).end();
  }

  @Override
  public byte[] read(long term, String name, long offset, int most) throws IOException {
    return call(READ, named(term, name).u64(offset).u32(most)).rest();
  }

  @Override
  public Map<String, Long> files(long term) throws IOException {
    KeyReader in = call(FILES, KeyBuilder.key().u64(term));
    Map<String, Long> files = new TreeMap<>();
    while (!in.atEnd()) {
      files.put(in.ascii(), in.u64());
    }
    return files;
  }

  @Override
  public void remove(long term, List<String> names) throws IOException {
    KeyBuilder out = KeyBuilder.key().u64(term);
    names.forEach(out::ascii);
    call(REMOVE, out).end();
  }

  private static KeyBuilder named(long term, String name) {
    return KeyBuilder.key().u64(term).ascii(name);
  }

  private KeyReader call(MethodDescriptor<byte[], byte[]> method, KeyBuilder request)
      throws IOException {
    try {
      return KeyReader.of(
          ClientCalls.blockingUnaryCall(
              channel.get(),
              method,
              CallOptions.DEFAULT.withDeadlineAfter(
                  method == HELD ? HASH_PATIENCE_SECONDS : PATIENCE_SECONDS, TimeUnit.SECONDS),
              request.done()));
    } catch (StatusRuntimeException e) {
      throw new IOException(method.getBareMethodName() + ": " + e.getStatus(), e);
    }
  }

  /** The service that gives and takes attachments of this node. */
  static ServerServiceDefinition service(FileNode files) {
    return ServerServiceDefinition.builder(SERVICE)
        .addMethod(HELD, answering(in -> held(files, in)))
        .addMethod(WRITE, answering(in -> written(files, in)))
        .addMethod(
            READ, answering(in -> files.read(in.u64(), in.ascii(), in.u64(), (int) in.u32())))
        .addMethod(FILES, answering(in -> listed(files, in)))
        .addMethod(REMOVE, answering(in -> removed(files, in)))
        .build();
  }

  private static byte[] held(FileNode files, KeyReader in) throws IOException {
    Held held = files.held(in.u64(), in.ascii(), in.u64());
    return KeyBuilder.key().u64(held.length()).bytes(HexFormat.of().parseHex(held.sha256())).done();
  }

  private static byte[] written(FileNode files, KeyReader in) throws IOException {
    files.write(in.u64(), in.ascii(), in.u64(), in.rest());
    return new byte[0];
  }

  private static byte[] listed(FileNode files, KeyReader in) throws IOException {
    KeyBuilder out = KeyBuilder.key();
    files.files(in.u64()).forEach((name, length) -> out.ascii(name).u64(length));
    return out.done();
  }

  private static byte[] removed(FileNode files, KeyReader in) throws IOException {
    long term = in.u64();
    List<String> names = new ArrayList<>();
    while (!in.atEnd()) {
      names.add(in.ascii());
    }
    files.remove(term, names);
    return new byte[0];
  }

  @FunctionalInterface
  private interface Answer {
    byte[] of(KeyReader request) throws IOException;
  }

  private static ServerCallHandler<byte[], byte[]> answering(Answer answer) {
    return ServerCalls.asyncUnaryCall((request, response) -> answer(answer, request, response));
  }

  private static void answer(Answer answer, byte[] request, StreamObserver<byte[]> response) {
    byte[] bytes;
    try {
      bytes = answer.of(KeyReader.of(request));
    } catch (IOException | RuntimeException e) {
      // The edge of a call: the leader has to know, and this node goes on.
      LOG.debug("attachments were not exchanged", e);
      response.onError(
          Status.FAILED_PRECONDITION.withDescription(e.getMessage()).asRuntimeException());
      return;
    }
    response.onNext(bytes);
    response.onCompleted();
  }
}
