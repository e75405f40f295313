package org.entente.gateway.kafka;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.entente.gateway.bridge.format.DraftFault;
import org.entente.gateway.cli.call.DraftRefusal;
import org.entente.gateway.cli.call.OverloadRetry;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublishResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the drafts of records, {@value #AT_ONCE} at a time. A draft that the gateway refuses
 * has an outcome that says so, and holds back none behind it ({@link DraftRefusal}). Used by one
 * thread.
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
   * @throws StatusRuntimeException if the gateway is lost, or refuses whatever the client publishes
   */
  List<Outcome> publish(List<ConsumerRecord<byte[], byte[]>> records) throws InterruptedException {
    List<Outcome> outcomes = new ArrayList<>();
    List<StatusRuntimeException> defects = new ArrayList<>();
    long asked = 0;
    for (int from = 0; from < records.size(); from += AT_ONCE) {
      List<Attempt> attempts = new ArrayList<>();
      for (ConsumerRecord<byte[], byte[]> record :
          records.subList(from, Math.min(records.size(), from + AT_ONCE))) {
        attempts.add(attempt(record));
      }
      asked += attempts.stream().filter(Attempt::isAsked).count();
      for (Attempt attempt : attempts) {
        outcomes.add(outcome(attempt, defects));
      }
    }
    if (!defects.isEmpty() && defects.size() == asked) {
      // The gateway fails on every draft, so it is for its operator, and no draft is at fault.
      throw defects.get(0);
    }
    return outcomes;
  }

  /** A draft under way; one that could not be read has its answer already. */
  private record Attempt(Draft draft, ListenableFuture<PublishResponse> call) {
    boolean isAsked() {
      return !draft.getIdempotencyKey().isEmpty();
    }
  }

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

  private Outcome outcome(Attempt attempt, List<StatusRuntimeException> defects)
      throws InterruptedException {
    try {
      return attempt.call().get().getOutcome();
    } catch (ExecutionException e) {
      StatusRuntimeException failure = failure(e);
      return DraftRefusal.of(failure)
          .map(problem -> invalid(attempt.draft().getIdempotencyKey(), problem))
          .orElseGet(() -> again(attempt.draft(), failure, defects));
    }
  }

  private static StatusRuntimeException failure(ExecutionException e) {
    return e.getCause() instanceof StatusRuntimeException status
        ? status
        : Status.fromThrowable(e).asRuntimeException();
  }

  /**
   * The others of its time have their outcome, so the gateway has less to do. A draft on which it
   * fails again holds back none behind it.
   *
   * @param defects takes the failure of such a draft
   * @throws StatusRuntimeException the failure, if it is no fault of the draft
   */
  private Outcome again(
      Draft draft, StatusRuntimeException first, List<StatusRuntimeException> defects) {
    Optional<Code> code = DraftRefusal.code(first);
    if (!code.equals(Optional.of(Code.OVERLOADED)) && !code.equals(Optional.of(Code.INTERNAL))) {
      throw first;
    }
    try {
      return retry.call(() -> blocking.publish(request(draft))).getOutcome();
    } catch (StatusRuntimeException e) {
      return invalid(draft.getIdempotencyKey(), settled(e, defects));
    }
  }

  private static Problem settled(
      StatusRuntimeException failure, List<StatusRuntimeException> defects) {
    if (!DraftRefusal.code(failure).equals(Optional.of(Code.INTERNAL))) {
      return DraftRefusal.of(failure).orElseThrow(() -> failure);
    }
    defects.add(failure);
    return new Problem(
        Code.INTERNAL, "", Objects.requireNonNullElse(failure.getStatus().getDescription(), ""));
  }

  private static Outcome invalid(String key, Problem problem) {
    return Outcome.newBuilder().setIdempotencyKey(key).setInvalid(problem.toProto()).build();
  }
}
