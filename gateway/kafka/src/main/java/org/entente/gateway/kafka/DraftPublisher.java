package org.entente.gateway.kafka;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.rpc.ErrorInfo;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.entente.gateway.bridge.format.DraftFault;
import org.entente.gateway.cli.call.OverloadRetry;
import org.entente.gateway.cli.call.RpcFailures;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.WhoMustAct;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublishResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the drafts of records, {@value #AT_ONCE} at a time. A draft that the gateway will never
 * take has an outcome that says so, and does not stop the others. Used by one thread.
 */
final class DraftPublisher {
  private static final int AT_ONCE = 64;

  private final PublisherGrpc.PublisherFutureStub gateway;
  private final PublisherGrpc.PublisherBlockingStub blocking;
  private final RecordFormat format;
  private final String topic;
  private final OverloadRetry retry = new OverloadRetry();

  /**
   * Publishes over a channel.
   *
   * @param topic the id of the topic, which no later topic has
   */
  DraftPublisher(Channel channel, RecordFormat format, String topic) {
    this.gateway = PublisherGrpc.newFutureStub(channel);
    this.blocking = PublisherGrpc.newBlockingStub(channel);
    this.format = format;
    this.topic = topic;
  }

  /**
   * The outcomes of drafts, in their order.
   *
   * @throws StatusRuntimeException if the gateway is lost, or refuses the client
   */
  List<Outcome> publish(List<ConsumerRecord<byte[], byte[]>> records) throws InterruptedException {
    List<Outcome> outcomes = new ArrayList<>();
    for (int from = 0; from < records.size(); from += AT_ONCE) {
      List<Attempt> attempts = new ArrayList<>();
      for (ConsumerRecord<byte[], byte[]> record :
          records.subList(from, Math.min(records.size(), from + AT_ONCE))) {
        attempts.add(attempt(record));
      }
      for (Attempt attempt : attempts) {
        outcomes.add(outcome(attempt));
      }
    }
    return outcomes;
  }

  /** A draft under way; one that could not be read has its answer already. */
  private record Attempt(Draft draft, ListenableFuture<PublishResponse> call) {}

  private Attempt attempt(ConsumerRecord<byte[], byte[]> record) {
    String key = topic + "-" + record.partition() + "-" + record.offset();
    try {
      Draft draft = read(record.value()).toBuilder().setIdempotencyKey(key).build();
      return new Attempt(draft, gateway.publish(request(draft)));
    } catch (DraftFault e) {
      Problem problem = new Problem(Code.INVALID_FIELD, e.field(), e.problem());
      return new Attempt(
          Draft.getDefaultInstance(),
          Futures.immediateFuture(
              PublishResponse.newBuilder().setOutcome(invalid(key, problem)).build()));
    }
  }

  private Draft read(byte @Nullable [] value) throws DraftFault {
    if (value == null) {
      throw new DraftFault("draft", "is empty");
    }
    Draft draft = format.decodeDraft(value);
    if (!draft.getIdempotencyKey().isEmpty()) {
      throw new DraftFault(
          "idempotency_key", "must be empty; it follows from the place of the record");
    }
    return draft;
  }

  private static PublishRequest request(Draft draft) {
    return PublishRequest.newBuilder().setDraft(draft).build();
  }

  private Outcome outcome(Attempt attempt) throws InterruptedException {
    try {
      return attempt.call().get().getOutcome();
    } catch (ExecutionException e) {
      StatusRuntimeException failure = failure(e);
      return code(failure) == Code.OVERLOADED
          ? again(attempt.draft())
          : settled(attempt.draft(), failure);
    }
  }

  private static StatusRuntimeException failure(ExecutionException e) {
    return e.getCause() instanceof StatusRuntimeException status
        ? status
        : Status.fromThrowable(e).asRuntimeException();
  }

  /** The others of its time have their outcome, so the gateway has less to do. */
  private Outcome again(Draft draft) {
    try {
      return retry.call(() -> blocking.publish(request(draft))).getOutcome();
    } catch (StatusRuntimeException e) {
      return settled(draft, e);
    }
  }

  /**
   * The outcome of a draft that the gateway refuses in every case.
   *
   * @throws StatusRuntimeException the failure, if it is no fault of the draft
   */
  private static Outcome settled(Draft draft, StatusRuntimeException failure) {
    Code code = code(failure);
    if (RpcFailures.isTooLarge(failure)) {
      code = Code.TOO_LARGE;
    }
    if (code == null || code.whoMustAct() != WhoMustAct.CLIENT || code.retry()) {
      throw failure;
    }
    String text = Objects.requireNonNullElse(failure.getStatus().getDescription(), "");
    return invalid(draft.getIdempotencyKey(), new Problem(code, "", text));
  }

  /** The gateway's code; null if the failure has none, or one of a later release. */
  private static @Nullable Code code(StatusRuntimeException failure) {
    String reason = RpcFailures.info(failure).map(ErrorInfo::getReason).orElse("");
    return Arrays.stream(Code.values())
        .filter(one -> one.name().equals(reason))
        .findFirst()
        .orElse(null);
  }

  private static Outcome invalid(String key, Problem problem) {
    return Outcome.newBuilder().setIdempotencyKey(key).setInvalid(problem.toProto()).build();
  }
}
