package org.entente.loadtests.chaos;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.entente.loadtests.traffic.MessageRecipient;
import org.entente.loadtests.traffic.Publication;
import org.entente.loadtests.traffic.Watcher;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;

/**
 * Journal of the clients of all agencies: each acknowledgement of publishers, each delivery to
 * subscribers. It is in memory of the process that is not killed, and grows by about 300 bytes per
 * message and recipient. Thread-safe. The waiting methods see exactly the entries that {@link
 * #compare} compares.
 */
final class ClientJournal implements Watcher {
  private final List<Acknowledgement> acknowledgements = new ArrayList<>();
  private final List<JournalReceipt> receipts = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private final Set<MessageRecipient> received = new HashSet<>();
  private final Set<MessageRecipient> awaited = new HashSet<>();
  private int answers;
  private int repeats;
  private int retries;
  private long progress;

  /** An empty journal. */
  ClientJournal() {}

  @Override
  public synchronized void answered(Publication publication, Outcome outcome) {
    answers++;
    if (!outcome.hasAccepted() || outcome.getAccepted().getRefusalsCount() > 0) {
      failures.add(publication.key() + " was not accepted for every recipient: " + outcome);
    }
    String message = HexFormat.of().formatHex(outcome.getMessageId().toByteArray());
    Set<String> recipients = new TreeSet<>();
    for (Permit permit : outcome.getAccepted().getPermitsList()) {
      MessageRecipient pair = new MessageRecipient(message, permit.getAgency());
      recipients.add(permit.getAgency());
      if (!received.contains(pair)) {
        awaited.add(pair);
      }
    }
    if (!recipients.isEmpty()) {
      acknowledgements.add(new Acknowledgement(publication.key(), message, recipients));
    }
    touch();
  }

  @Override
  public synchronized void failed(Publication publication, String why) {
    answers++;
    failures.add(publication.key() + " failed: " + why);
    touch();
  }

  @Override
  public synchronized void received(String agency, Delivery delivery, boolean again) {
    String message = HexFormat.of().formatHex(delivery.getLabel().getMessageId().toByteArray());
    String key = Load.keyOf(delivery.getBody());
    receipts.add(new JournalReceipt(agency, key, message, delivery.getPosition()));
    MessageRecipient pair = new MessageRecipient(message, agency);
    repeats += received.add(pair) ? 0 : 1;
    awaited.remove(pair);
    touch();
  }

  @Override
  public synchronized void retrying(String agency, String what) {
    retries++;
  }

  private void touch() {
    progress = System.nanoTime();
    notifyAll();
  }

  /** Number of publications that were answered or failed permanently. */
  synchronized int answers() {
    return answers;
  }

  /**
   * Waits until this many publications are answered; false if there is no progress for that time.
   */
  boolean awaitAnswers(int count, long quietSeconds) throws InterruptedException {
    return await(() -> answers() >= count, quietSeconds);
  }

  /**
   * Waits until this many publications are answered and every acknowledged message was delivered to
   * each of its recipients; false if there is no progress for that time.
   */
  boolean awaitDrained(int count, long quietSeconds) throws InterruptedException {
    return await(() -> answers() >= count && awaited.isEmpty(), quietSeconds);
  }

  private interface Check {
    boolean holds();
  }

  private synchronized boolean await(Check check, long quietSeconds) throws InterruptedException {
    // What was quiet before, such as a gateway that was restarted, is not what is waited for here.
    progress = System.nanoTime();
    while (!check.holds()) {
      long left = TimeUnit.SECONDS.toNanos(quietSeconds) - (System.nanoTime() - progress);
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** Publications that were not acknowledged for every recipient, and why. */
  synchronized List<String> failures() {
    return List.copyOf(failures);
  }

  /** Compares the publishers' entries with the subscribers', at this moment. */
  synchronized JournalComparison compare() {
    return JournalComparison.of(acknowledgements, receipts);
  }

  /** Progress in one line. */
  synchronized String progress() {
    return "acknowledged %d, delivered %d, on their way %d, repeats dropped %d, retries %d"
        .formatted(acknowledgements.size(), received.size(), awaited.size(), repeats, retries);
  }
}
