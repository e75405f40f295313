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
import java.util.function.LongSupplier;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.Refusal;
import org.entente.proto.v1.Status;
import org.jspecify.annotations.Nullable;

/**
 * Count of published and delivered messages, from outside: from the gateways' answers about
 * accepted messages and recipients, and from the subscribers' deliveries. Thread-safe.
 */
public final class Tally {
  /** Statuses that are not actual traffic. */
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

  /** Messages accepted before the last restart; not counted. */
  private final Set<String> earlier = new HashSet<>();

  private final LongSupplier nanos;
  private long progress;

  /** No counts yet. */
  public Tally() {
    this(System::nanoTime);
  }

  /** The same by a clock of a test. */
  Tally(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Resets all counts. Messages accepted until now are no longer counted; their later deliveries
   * are dropped.
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
    started.putIfAbsent(publication.key(), nanos.getAsLong());
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
    startOf.put(message, started.getOrDefault(publication.key(), nanos.getAsLong()));
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
   * Notes that the gateway itself failed on a publication, so that there is no outcome yet.
   *
   * @return number of failures on it
   */
  synchronized int defect(Publication publication) {
    return defects.merge(publication.key(), 1, Integer::sum);
  }

  /** The gateway refused a publication as malformed or not allowed. */
  public synchronized void failed(Publication publication, String why) {
    answered.add(publication.key());
    failures.put(publication.key(), why);
    touch();
  }

  /**
   * Notes that a subscriber received a message.
   *
   * @param exercise whether the subscription is for exercise traffic
   * @return whether it is a repeat, which is dropped
   */
  public synchronized boolean received(String agency, Delivery delivery, boolean exercise) {
    long now = nanos.getAsLong();
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

  /**
   * Notes a restricted message: when the restriction ends, it is redelivered at one other position.
   */
  public synchronized void mayComeAnew(ByteString messageId) {
    mayComeAnew.add(HexFormat.of().formatHex(messageId.toByteArray()));
  }

  private void touch() {
    progress = nanos.getAsLong();
    notifyAll();
  }

  /** Number of publications on which the gateway itself failed, even if a retry had an outcome. */
  public synchronized int defects() {
    return defects.size();
  }

  /** Number of publications that were answered or failed permanently. */
  public synchronized int answered() {
    return answered.size();
  }

  /**
   * Waits until this many publications are answered; false if there is no progress for that time.
   */
  public boolean awaitAnswered(int count, long quietSeconds) throws InterruptedException {
    return await(() -> answered.size() >= count, quietSeconds);
  }

  /**
   * Waits until this many publications are answered and every permitted message arrived; false if
   * there is no progress for that time.
   */
  public boolean awaitComplete(int count, long quietSeconds) throws InterruptedException {
    return await(() -> answered.size() >= count && missing.isEmpty(), quietSeconds);
  }

  private interface Check {
    boolean holds();
  }

  private synchronized boolean await(Check check, long quietSeconds) throws InterruptedException {
    // What was quiet before, such as a gateway that was restarted, is not what is waited for here.
    progress = nanos.getAsLong();
    while (!check.holds()) {
      long left = TimeUnit.SECONDS.toNanos(quietSeconds) - (nanos.getAsLong() - progress);
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** Pairs that were permitted and are not delivered yet. */
  public synchronized Set<MessageRecipient> missing() {
    return Set.copyOf(missing);
  }

  /** Every pair of message and recipient that policy permitted. */
  public synchronized Set<MessageRecipient> permitted() {
    return Set.copyOf(permitted);
  }

  /** Reasons of permanent failures, by key. */
  public synchronized Map<String, String> failures() {
    return Map.copyOf(failures);
  }

  /** Number of messages held for release. */
  public synchronized int held() {
    return held;
  }

  /** Times of publication and receipt of each message that arrived at a permitted recipient. */
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

  /** Present counts of one agency. */
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
