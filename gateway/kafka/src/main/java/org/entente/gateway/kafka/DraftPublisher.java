package org.entente.gateway.kafka;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.entente.gateway.bridge.format.DraftFault;
import org.entente.gateway.cli.call.DraftRefusal;
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
  /** Calls in a row for a draft, each with all that were read with it, before it is given up. */
  static final int MOST_FRUITLESS = 50;

  private static final int AT_ONCE = 64;

  private final PublisherGrpc.PublisherFutureStub gateway;
  private final PublisherGrpc.PublisherBlockingStub blocking;
  private final RecordFormat format;
  private final String topic;

  /** Fruitless calls since the last outcome, by the first draft of each. */
  private final Map<String, Integer> fruitless = new HashMap<>();

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
   * The outcomes of the first of some drafts, in their order. They end at the first draft for which
   * the gateway is overloaded, or if it fails on all drafts: those behind, it may take later. After
   * {@value #MOST_FRUITLESS} calls without any outcome in which the same draft was the first, its
   * failure is its outcome.
   *
   * @throws StatusRuntimeException if the gateway is lost, or refuses whatever the client publishes
   */
  List<Outcome> publish(List<ConsumerRecord<byte[], byte[]>> records) throws InterruptedException {
    Answers answers = new Answers();
    for (int from = 0; from < records.size() && !answers.isOverloaded(); from += AT_ONCE) {
      List<Attempt> attempts = new ArrayList<>();
      for (ConsumerRecord<byte[], byte[]> record :
          records.subList(from, Math.min(records.size(), from + AT_ONCE))) {
        attempts.add(attempt(record));
      }
      for (int i = 0; i < attempts.size() && !answers.isOverloaded(); i++) {
        answers.add(outcome(attempts.get(i)), attempts.get(i).isAsked());
      }
    }
    List<Outcome> settled = answers.settled();
    boolean givesUp =
        settled.isEmpty()
            && fruitless.merge(key(records.get(0)), 1, Integer::sum) >= MOST_FRUITLESS;
    if (givesUp || !settled.isEmpty()) {
      fruitless.clear();
    }
    return givesUp ? answers.outcomes.subList(0, 1) : settled;
  }

  private String key(ConsumerRecord<byte[], byte[]> record) {
    return topic + "-" + record.partition() + "-" + record.offset();
  }

  /** The gateway's answers to drafts, among them those that may still change. */
  private static final class Answers {
    private final List<Outcome> outcomes = new ArrayList<>();
    private int overloaded = -1;
    private int defect = -1;
    private boolean worked;

    void add(Outcome outcome, boolean asked) {
      if (is(Code.OVERLOADED, outcome) && outcome.getInvalid().getField().isEmpty()) {
        overloaded = outcomes.size();
      } else if (is(Code.INTERNAL, outcome)) {
        defect = defect < 0 ? outcomes.size() : defect;
      } else {
        worked |= asked;
      }
      outcomes.add(outcome);
    }

    private static boolean is(Code code, Outcome outcome) {
      return outcome.hasInvalid() && outcome.getInvalid().getCode().equals(code.name());
    }

    boolean isOverloaded() {
      return overloaded >= 0;
    }

    /** Where the gateway takes some, one on which it fails is at fault itself. */
    List<Outcome> settled() {
      int end = isOverloaded() ? overloaded : outcomes.size();
      return outcomes.subList(0, defect < 0 || worked ? end : Math.min(end, defect));
    }
  }

  /** A draft under way; one that could not be read has its answer already. */
  private record Attempt(Draft draft, ListenableFuture<PublishResponse> call) {
    boolean isAsked() {
      return !draft.getIdempotencyKey().isEmpty();
    }
  }

  private Attempt attempt(ConsumerRecord<byte[], byte[]> record) {
    String key = key(record);
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
      return isOfGateway(failure) ? again(attempt.draft()) : refused(attempt.draft(), failure);
    }
  }

  private static StatusRuntimeException failure(ExecutionException e) {
    return e.getCause() instanceof StatusRuntimeException status
        ? status
        : Status.fromThrowable(e).asRuntimeException();
  }

  /** Whether the gateway had too much to do, or failed. */
  private static boolean isOfGateway(StatusRuntimeException failure) {
    return DraftRefusal.of(failure).isEmpty()
        && DraftRefusal.code(failure)
            .filter(code -> code == Code.OVERLOADED || code == Code.INTERNAL)
            .isPresent();
  }

  /** The others of its time have their outcome, so the gateway has less to do. */
  private Outcome again(Draft draft) {
    try {
      return blocking.publish(request(draft)).getOutcome();
    } catch (StatusRuntimeException e) {
      return refused(draft, e);
    }
  }

  private static Outcome refused(Draft draft, StatusRuntimeException failure) {
    Problem problem =
        isOfGateway(failure)
            ? new Problem(DraftRefusal.code(failure).orElseThrow(), "", text(failure))
            : DraftRefusal.of(failure).orElseThrow(() -> failure);
    return invalid(draft.getIdempotencyKey(), problem);
  }

  private static String text(StatusRuntimeException failure) {
    return Objects.requireNonNullElse(failure.getStatus().getDescription(), "");
  }

  private static Outcome invalid(String key, Problem problem) {
    return Outcome.newBuilder().setIdempotencyKey(key).setInvalid(problem.toProto()).build();
  }
}
