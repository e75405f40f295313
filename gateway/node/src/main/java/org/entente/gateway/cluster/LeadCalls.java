package org.entente.gateway.cluster;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.Channel;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/**
 * Whether other nodes are still in a leader's term, asked over the port and the mutual TLS of Raft.
 *
 * <p>A node moves to a later term before it votes there. So a node that answers yes has not voted
 * for a later leader yet. Ratis's own read request does not show that: while nothing is committed,
 * a leader answers it without asking anybody.
 */
final class LeadCalls {
  static final String SERVICE = "entente.cluster.Lead";

  private static final MethodDescriptor<byte[], byte[]> IS_IN = KeyCalls.method(SERVICE, "IsIn");
  private static final byte YES = 1;

  private LeadCalls() {}

  /** The service that tells whether this node is in a term. */
  static ServerServiceDefinition service(LongSupplier term) {
    return ServerServiceDefinition.builder(SERVICE)
        .addMethod(
            IS_IN,
            KeyCalls.answering(
                question -> {
                  boolean same = KeyMessages.question(question) == term.getAsLong();
                  return new byte[] {same ? YES : 0};
                }))
        .build();
  }

  /** Asks a node whether it is in a term; fails if it does not answer. Does not wait. */
  static CompletableFuture<Boolean> isIn(Channel channel, long term, Duration patience) {
    Answer answer = new Answer();
    ClientCalls.asyncUnaryCall(
        channel.newCall(
            IS_IN,
            CallOptions.DEFAULT.withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS)),
        KeyMessages.question(term),
        answer);
    return answer.yes;
  }

  private static final class Answer implements StreamObserver<byte[]> {
    private final CompletableFuture<Boolean> yes = new CompletableFuture<>();

    @Override
    public void onNext(byte[] answer) {
      yes.complete(answer.length == 1 && answer[0] == YES);
    }

    @Override
    public void onError(Throwable failure) {
      yes.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      yes.complete(false);
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
