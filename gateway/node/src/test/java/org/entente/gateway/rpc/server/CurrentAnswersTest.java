package org.entente.gateway.rpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.FollowResponse;
import org.entente.proto.v1.PublishResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;
import org.junit.jupiter.api.Test;

/** A leader of yesterday answers no call, however long ago it read the answer. */
class CurrentAnswersTest {
  private final AtomicBoolean current = new AtomicBoolean(true);
  private final List<String> sent = new ArrayList<>();

  /** What reaches the caller. */
  private final class Sent<Q, A> extends ServerCall<Q, A> {
    private final MethodDescriptor<Q, A> method;

    Sent(MethodDescriptor<Q, A> method) {
      this.method = method;
    }

    @Override
    public void request(int count) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(A message) {
      sent.add("message");
    }

    @Override
    public void close(Status status, Metadata trailers) {
      sent.add(status.getCode().name());
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<Q, A> getMethodDescriptor() {
      return method;
    }
  }

  /** A call of a method, as its service answers it. */
  private <Q, A> ServerCall<Q, A> call(MethodDescriptor<Q, A> method) {
    List<ServerCall<Q, A>> answered = new ArrayList<>();
    new CurrentAnswers(current::get)
        .interceptCall(
            new Sent<>(method),
            new Metadata(),
            (call, headers) -> {
              answered.add(call);
              return new ServerCall.Listener<>() {};
            });
    return answered.get(0);
  }

  @Test
  void answer_whileTheLeaseLasts_isSent() {
    var call = call(PublisherGrpc.getPublishMethod());
    call.sendMessage(PublishResponse.getDefaultInstance());
    current.set(false);
    call.close(Status.OK, new Metadata());
    assertEquals(List.of("message", "OK"), sent);
  }

  @Test
  void answer_readBeforeTheLeaseEnded_isWithheld() {
    var call = call(PublisherGrpc.getPublishMethod());
    current.set(false);
    call.sendMessage(PublishResponse.getDefaultInstance());
    call.close(Status.OK, new Metadata());
    assertEquals(List.of("UNAVAILABLE"), sent);
  }

  @Test
  void refusal_isAnAnswerToo() {
    current.set(false);
    call(PublisherGrpc.getPublishMethod()).close(Status.NOT_FOUND, new Metadata());
    assertEquals(List.of("UNAVAILABLE"), sent);
  }

  @Test
  void streamOfAnswers_endsWithTheLease() {
    var call = call(EvidenceGrpc.getFollowMethod());
    call.sendMessage(FollowResponse.getDefaultInstance());
    current.set(false);
    call.sendMessage(FollowResponse.getDefaultInstance());
    current.set(true);
    call.sendMessage(FollowResponse.getDefaultInstance());
    call.close(Status.OK, new Metadata());
    assertEquals(List.of("message", "UNAVAILABLE"), sent);
  }

  /** Its deliveries ask the ledger themselves, and wait. */
  @Test
  void streamInBothDirections_passes() {
    var call = call(SubscriberGrpc.getSubscribeMethod());
    current.set(false);
    call.sendMessage(SubscribeResponse.getDefaultInstance());
    assertEquals(List.of("message"), sent);
  }
}
