package org.entente.gateway.simulation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Purpose;
import org.jspecify.annotations.Nullable;

/**
 * A client of one node that publishes, asks again under the same key until it is answered, and
 * keeps a journal of what was acknowledged to it.
 */
final class SimPublisher {
  private static final long PATIENCE = 5_000_000_000L;
  private static final NodeName CLIENT = new NodeName("declarations");

  /**
   * What was acknowledged.
   *
   * @param after the draft of the same lane whose acknowledgement was there before this one was
   *     first sent, or null
   */
  record Accepted(
      String key, MessageId id, Lane lane, List<String> recipients, @Nullable String after) {}

  private final SimNode node;
  private final VirtualTime time;
  private final Random random;
  private final Violations violations;
  private final Map<String, Accepted> accepted = new LinkedHashMap<>();
  private final Map<Lane, String> lastAccepted = new java.util.EnumMap<>(Lane.class);
  private final Map<String, String> before = new LinkedHashMap<>();
  private final Set<String> handedIn = new LinkedHashSet<>();
  private Predicate<String> forgotten = key -> false;
  private final Set<String> asked = new HashSet<>();
  private int unanswered;

  SimPublisher(SimNode node, VirtualTime time, Random random, Violations violations) {
    this.node = node;
    this.time = time;
    this.random = random;
    this.violations = violations;
  }

  /** What a ledger has forgotten is not held against the gateway. */
  void forgiving(RestoreLosses loss) {
    forgotten = loss::sent;
  }

  /** Keys of the drafts that were handed in, answered or not. */
  Set<String> handedIn() {
    return handedIn;
  }

  /** Publishes a new draft at a time from now. */
  void publishAfter(long nanos, String key, Lane lane, List<String> recipients) {
    unanswered++;
    Draft draft = draft(key, lane, recipients, random.nextInt(2_000));
    time.after(
        nanos,
        () -> {
          handedIn.add(key);
          String last = lastAccepted.get(lane);
          if (last != null) {
            before.put(key, last);
          }
          attempt(draft, lane, recipients);
        });
  }

  /** A warning to the public whose text has so many characters. */
  static Draft draft(String key, Lane lane, List<String> recipients, int length) {
    return Draft.newBuilder()
        .setIdempotencyKey(key)
        .setLabel(
            Label.newBuilder()
                .setKind(Kind.KIND_ALERT)
                .setCategory(Category.CATEGORY_PUBLIC_WARNING)
                .setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY)
                .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED)
                .setCaseRef(key)
                .setLane(org.entente.proto.v1.Lane.forNumber(lane.number())))
        .setBody(
            Body.newBuilder()
                .setAlert(
                    Alert.newBuilder()
                        .addTexts(
                            AlertText.newBuilder()
                                .setLanguage("en")
                                .setHeadline(key)
                                .setDescription("x".repeat(length)))))
        .setTo(Addressing.newBuilder().addAllAgencies(recipients))
        .build();
  }

  private void attempt(Draft draft, Lane lane, List<String> recipients) {
    if (accepted.containsKey(draft.getIdempotencyKey())) {
      return;
    }
    SimNode.Run process = node.process();
    long pause = 200_000_000L + random.nextInt(300_000_000);
    if (process == null || process.core().ledger().failure() != null) {
      time.after(pause, () -> attempt(draft, lane, recipients));
      return;
    }
    process.post(random.nextInt(1_000_000), () -> publish(process, draft, lane));
    time.after(PATIENCE + pause, () -> attempt(draft, lane, recipients));
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a draft without an answer is sent again
  private void publish(SimNode.Run process, Draft draft, Lane lane) {
    boolean first = asked.add(draft.getIdempotencyKey());
    boolean refused = first && node.refuses();
    process
        .core()
        .intake()
        .publish(CLIENT, draft)
        .whenComplete(
            (outcome, failure) -> {
              if (outcome != null) {
                // The answer is lost with the process.
                process.post(random.nextInt(1_000_000), () -> answered(draft, lane, outcome));
                if (refused && !outcome.hasInvalid()) {
                  violations.add(node.name() + " takes mail in on a full disk", null);
                }
              }
            });
  }

  private void answered(Draft draft, Lane lane, Outcome outcome) {
    String key = draft.getIdempotencyKey();
    if (outcome.hasAccepted()) {
      MessageId id = MessageId.of(outcome.getMessageId().toByteArray());
      Accepted now =
          new Accepted(
              key,
              id,
              lane,
              outcome.getAccepted().getPermitsList().stream().map(p -> p.getAgency()).toList(),
              before.get(key));
      Accepted earlier = accepted.putIfAbsent(key, now);
      if (earlier == null) {
        unanswered--;
        lastAccepted.put(lane, key);
        if (!now.recipients().equals(draft.getTo().getAgenciesList())) {
          violations.add(node.name() + " did not accept " + key + " for all: " + outcome, null);
        }
      } else if (!earlier.id().equals(id) && !forgotten.test(key)) {
        violations.add(key + " was accepted as " + earlier.id() + " and as " + id, null);
      }
    } else if (outcome.hasRefused()) {
      violations.add(node.name() + " refused " + key + ": " + outcome.getRefused(), null);
    }
  }

  SimNode node() {
    return node;
  }

  /** Drafts without an answer. */
  int unanswered() {
    return unanswered;
  }

  List<Accepted> accepted() {
    return new ArrayList<>(accepted.values());
  }
}
