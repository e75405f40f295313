package org.entente.loadtests.traffic;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.Refusal;
import org.entente.proto.v1.Status;
import org.jspecify.annotations.Nullable;

/**
 * Keeps count of what was published and what arrived, from outside: it believes the gateways'
 * answers about what they accepted and for whom, and the subscribers about what came.
 *
 * <p>Safe for many threads.
 */
public final class Tally {
  /** What is kept apart from actual traffic. */
  private static final Set<Status> TRAINING = Set.of(Status.STATUS_EXERCISE, Status.STATUS_TEST);

  private record Receipt(long at, long position) {}

  private final Map<String, Long> started = new HashMap<>();
  private final Map<String, String> publisherOf = new HashMap<>();
  private final Map<String, Long> startOf = new HashMap<>();
  private final Set<String> answered = new HashSet<>();
  private final Set<MessageRecipient> permitted = new HashSet<>();
  private final Set<MessageRecipient> missing = new HashSet<>();
  private final Map<MessageRecipient, Receipt> receipts = new HashMap<>();
  private final Set<MessageRecipient> doubled = new HashSet<>();
  private final Set<String> mayComeAnew = new HashSet<>();
  private final Map<MessageRecipient, Long> anew = new HashMap<>();
  private final Set<MessageRecipient> mixed = new HashSet<>();
  private final Map<String, Integer> redelivered = new TreeMap<>();
  private final Map<String, Map<String, Integer>> refused = new TreeMap<>();
  private final Map<String, String> failures = new TreeMap<>();
  private int held;
  private final Map<String, Integer> defects = new HashMap<>();

  /** Messages from before the last restart, in no count. */
  private final Set<String> earlier = new HashSet<>();

  private long progress = System.nanoTime();

  /**
   * Counts again from nothing. What was accepted until now is in no count any more; if it is
   * delivered later, or again, it is dropped.
   */
  public synchronized void restart() {
    earlier.addAll(publisherOf.keySet());
    List.of(answered, permitted, missing, doubled, mixed).forEach(Set::clear);
    List.of(started, publisherOf, startOf, receipts, redelivered, refused, failures, defects)
        .forEach(Map::clear);
    held = 0;
  }

  /** A publisher is about to call; the first call of a key counts. */
  public synchronized void started(Publication publication) {
    started.putIfAbsent(publication.key(), System.nanoTime());
  }

  /** The gateway answered with an outcome that is not {@code invalid}. */
  public synchronized void answered(Publication publication, Outcome outcome) {
    if (!answered.add(publication.key())) {
      return;
    }
    switch (outcome.getResultCase()) {
      case ACCEPTED -> accepted(publication, outcome);
      case REFUSED -> refused(publication, outcome.getRefused().getRefusalsList());
      case HELD -> held++;
      case INVALID, RESULT_NOT_SET ->
          failures.put(publication.key(), outcome.getInvalid().getMessage());
    }
    touch();
  }

  private void accepted(Publication publication, Outcome outcome) {
    String message = HexFormat.of().formatHex(outcome.getMessageId().toByteArray());
    publisherOf.put(message, publication.publisher());
    startOf.put(message, started.getOrDefault(publication.key(), System.nanoTime()));
    for (Permit permit : outcome.getAccepted().getPermitsList()) {
      MessageRecipient pair = new MessageRecipient(message, permit.getAgency());
      permitted.add(pair);
      if (!receipts.containsKey(pair)) {
        missing.add(pair);
      }
    }
    refused(publication, outcome.getAccepted().getRefusalsList());
  }

  private void refused(Publication publication, List<Refusal> refusals) {
    Map<String, Integer> rules =
        refused.computeIfAbsent(publication.publisher(), agency -> new TreeMap<>());
    for (Refusal refusal : refusals) {
      String rule = refusal.getRule().isEmpty() ? refusal.getCode() : refusal.getRule();
      rules.merge(rule, 1, Integer::sum);
    }
  }

  /**
   * The gateway itself failed on a publication, so that there is no outcome yet.
   *
   * @return how often it has failed on it
   */
  synchronized int defect(Publication publication) {
    return defects.merge(publication.key(), 1, Integer::sum);
  }

  /** The gateway called a publication malformed or not allowed. */
  public synchronized void failed(Publication publication, String why) {
    answered.add(publication.key());
    failures.put(publication.key(), why);
    touch();
  }

  /**
   * A subscriber received a message.
   *
   * @param exercise whether it came to a subscription for exercise traffic
   * @return whether it came before and is dropped
   */
  public synchronized boolean received(String agency, Delivery delivery, boolean exercise) {
    long now = System.nanoTime();
    String message = HexFormat.of().formatHex(delivery.getLabel().getMessageId().toByteArray());
    if (earlier.contains(message)) {
      return true;
    }
    MessageRecipient pair = new MessageRecipient(message, agency);
    Receipt first = receipts.putIfAbsent(pair, new Receipt(now, delivery.getPosition()));
    if (first != null) {
      redelivered.merge(agency, 1, Integer::sum);
      if (first.position() != delivery.getPosition() && !comesAnew(pair, delivery.getPosition())) {
        doubled.add(pair);
      }
    }
    if (exercise != TRAINING.contains(delivery.getLabel().getStatus())) {
      mixed.add(pair);
    }
    missing.remove(pair);
    touch();
    return first != null;
  }

  private boolean comesAnew(MessageRecipient pair, long position) {
    return mayComeAnew.contains(pair.message())
        && anew.computeIfAbsent(pair, it -> position) == position;
  }

  /** A message is restricted: when that is lifted it comes anew, at one other position. */
  public synchronized void mayComeAnew(ByteString messageId) {
    mayComeAnew.add(HexFormat.of().formatHex(messageId.toByteArray()));
  }

  private void touch() {
    progress = System.nanoTime();
    notifyAll();
  }

  /**
   * Publications on which the gateway itself failed, even if it gave an outcome when asked again.
   */
  public synchronized int defects() {
    return defects.size();
  }

  /** Publications that have their answer, or failed for good. */
  public synchronized int answered() {
    return answered.size();
  }

  /** Waits until so many publications have their answer; false if nothing moves for so long. */
  public boolean awaitAnswered(int count, long quietSeconds) throws InterruptedException {
    return await(() -> answered.size() >= count, quietSeconds);
  }

  /**
   * Waits until so many publications have their answer and every permitted message arrived; false
   * if nothing moves for so long.
   */
  public boolean awaitComplete(int count, long quietSeconds) throws InterruptedException {
    return await(() -> answered.size() >= count && missing.isEmpty(), quietSeconds);
  }

  private interface Check {
    boolean holds();
  }

  private synchronized boolean await(Check check, long quietSeconds) throws InterruptedException {
    while (!check.holds()) {
      long left = TimeUnit.SECONDS.toNanos(quietSeconds) - (System.nanoTime() - progress);
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** Permitted and not delivered, now. */
  public synchronized Set<MessageRecipient> missing() {
    return Set.copyOf(missing);
  }

  /** Every message and recipient that policy permitted. */
  public synchronized Set<MessageRecipient> permitted() {
    return Set.copyOf(permitted);
  }

  /** Why publications failed for good, by key. */
  public synchronized Map<String, String> failures() {
    return Map.copyOf(failures);
  }

  /** Messages that wait for release. */
  public synchronized int held() {
    return held;
  }

  /** When each message that arrived where it was permitted was published and received. */
  public synchronized List<Timing> timings() {
    List<Timing> timings = new ArrayList<>();
    receipts.forEach(
        (pair, receipt) -> {
          @Nullable String publisher = publisherOf.get(pair.message());
          @Nullable Long start = startOf.get(pair.message());
          if (publisher != null && start != null) {
            timings.add(new Timing(pair, publisher, start, receipt.at()));
          }
        });
    return timings;
  }

  /** One agency's part, now. */
  public synchronized AgencyCount count(String agency) {
    int stray = 0;
    for (MessageRecipient pair : receipts.keySet()) {
      boolean strays = !permitted.contains(pair) || mixed.contains(pair);
      stray += pair.recipient().equals(agency) && strays ? 1 : 0;
    }
    return new AgencyCount(
        (int) publisherOf.values().stream().filter(agency::equals).count(),
        at(receipts.keySet(), agency),
        refused.getOrDefault(agency, Map.of()),
        redelivered.getOrDefault(agency, 0),
        at(missing, agency),
        at(doubled, agency),
        stray);
  }

  private static int at(Set<MessageRecipient> pairs, String agency) {
    return (int) pairs.stream().filter(pair -> pair.recipient().equals(agency)).count();
  }
}
