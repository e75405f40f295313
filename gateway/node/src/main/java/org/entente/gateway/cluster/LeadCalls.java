package org.entente.gateway.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.Channel;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;

/**
 * Whether other nodes are still in a leader's term, and how far their logs are, asked over the port
 * and the mutual TLS of Raft.
 *
 * <p>A node moves to a later term before it votes there. So a node that answers yes has not voted
 * for a later leader yet. Ratis's own read request does not show that: while nothing is committed,
 * a leader answers it without asking anybody.
 */
final class LeadCalls {
  static final String SERVICE = "entente.cluster.Lead";

  private static final MethodDescriptor<byte[], byte[]> IS_IN = KeyCalls.method(SERVICE, "IsIn");
  private static final MethodDescriptor<byte[], byte[]> LAST_ENTRY =
      KeyCalls.method(SERVICE, "LastEntry");

  private static final byte YES = 1;

  private LeadCalls() {}

  /** The service that tells whether this node is in a term, and the last entry of its log. */
  static ServerServiceDefinition service(LongSupplier term, Supplier<TermIndex> last) {
    return ServerServiceDefinition.builder(SERVICE)
        .addMethod(
            IS_IN,
            KeyCalls.answering(
                question -> {
                  boolean same = KeyMessages.question(question) == term.getAsLong();
                  return new byte[] {same ? YES : 0};
                }))
        .addMethod(LAST_ENTRY, KeyCalls.answering(question -> entry(last.get())))
        .build();
  }

  /** Asks a node whether it is in a term; fails if it does not answer. Does not wait. */
  static CompletableFuture<Boolean> isIn(Channel channel, long term, Duration patience) {
    return ask(channel, IS_IN, KeyMessages.question(term), patience)
        .thenApply(answer -> answer.length == 1 && answer[0] == YES);
  }

  /**
   * Asks a node for the last entry of its log; fails if it does not answer. Does not wait. Safety
   * must not rest on the answer: the log may change at once, and nobody proves it.
   */
  static CompletableFuture<TermIndex> lastEntry(Channel channel, Duration patience) {
    return ask(channel, LAST_ENTRY, new byte[0], patience).thenApply(LeadCalls::entry);
  }

  /** Term (8) · index (8). */
  static byte[] entry(TermIndex entry) {
    return KeyBuilder.key().u64(entry.getTerm()).u64(entry.getIndex()).done();
  }

  static TermIndex entry(byte[] bytes) {
    KeyReader in = KeyReader.of(bytes);
    TermIndex entry = TermIndex.valueOf(in.u64(), in.u64());
    in.end();
    return entry;
  }

  private static CompletableFuture<byte[]> ask(
      Channel channel,
      MethodDescriptor<byte[], byte[]> method,
      byte[] question,
      Duration patience) {
    Answer answer = new Answer();
    ClientCalls.asyncUnaryCall(
        channel.newCall(
            method,
            CallOptions.DEFAULT.withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS)),
        question,
        answer);
    return answer.bytes;
  }

  private static final class Answer implements StreamObserver<byte[]> {
    private final CompletableFuture<byte[]> bytes = new CompletableFuture<>();

    @Override
    public void onNext(byte[] answer) {
      bytes.complete(answer);
    }

    @Override
    public void onError(Throwable failure) {
      bytes.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      bytes.completeExceptionally(new IOException("no answer"));
    }
  }

  /** True once {@code needed} answers are yes; false once they cannot be reached any more. */
  static CompletableFuture<Boolean> enough(List<CompletableFuture<Boolean>> answers, int needed) {
    CompletableFuture<Boolean> enough = new CompletableFuture<>();
    if (needed <= 0) {
      enough.complete(true);
    }
    AtomicInteger yes = new AtomicInteger();
    AtomicInteger no = new AtomicInteger();
    for (CompletableFuture<Boolean> answer : answers) {
      var unused =
          answer.whenComplete(
              (is, failure) -> {
                if (failure == null && is) {
                  if (yes.incrementAndGet() == needed) {
                    enough.complete(true);
                  }
                } else if (no.incrementAndGet() > answers.size() - needed) {
                  enough.complete(false);
                }
              });
    }
    return enough;
  }
}
