package org.entente.gateway.feature.report;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.DeliveryStatus;
import org.entente.gateway.ledger.table.AwaitedEvidenceTable;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.HeldMessage;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.Precedence;
import org.entente.proto.v1.Progress;
import org.entente.proto.v1.RecipientProgress;
import org.entente.proto.v1.TakenBack;
import org.jspecify.annotations.Nullable;

/**
 * Tracks this agency's own messages, from acceptance across transits to the client that opened it,
 * by each recipient's own evidence. It only reads, and reports only committed state. Safe for use
 * by several threads.
 */
public final class MessageTracker {
  /** Most concurrent followers of all messages. */
  static final int MOST_FOLLOWERS = 10_000;

  private final AgencyName self;
  private final Ledger ledger;
  private final EvidenceRecords records;
  private final Function<MessageId, Optional<HeldMessage>> held;
  private final Map<MessageId, List<Runnable>> followers = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();

  /**
   * Tracking in a ledger.
   *
   * @param held finds a message that waits for a second person
   */
  public MessageTracker(
      AgencyName self,
      Ledger ledger,
      EvidenceRecords records,
      Function<MessageId, Optional<HeldMessage>> held) {
    this.self = self;
    this.ledger = ledger;
    this.records = records;
    this.held = held;
    ledger.evidence().onKnown(this::known);
  }

  /**
   * The known fate of a message.
   *
   * @param items in the order in which this gateway received them
   * @param held the held message while it waits for a second person; otherwise null
   * @param recipients the progress at each recipient
   * @param settled whether no further evidence is expected
   * @param takenBack the recall; null if none was sent
   * @param speed its lane and precedence; the default instance if unknown
   */
  public record TrackedMessage(
      List<EvidenceItem> items,
      @Nullable HeldMessage held,
      List<RecipientProgress> recipients,
      boolean settled,
      @Nullable TakenBack takenBack,
      Speed speed) {}

  /** The lane of a message, and the precedence that its label states. */
  public record Speed(Lane lane, Precedence precedence) {
    static final Speed UNKNOWN =
        new Speed(Lane.LANE_UNSPECIFIED, Precedence.PRECEDENCE_UNSPECIFIED);

    private static Speed of(SentFacts sent) {
      Lane lane = Lane.forNumber(sent.getLane());
      Precedence precedence = Precedence.forNumber(sent.getPrecedence());
      return new Speed(
          lane == null ? UNKNOWN.lane : lane, precedence == null ? UNKNOWN.precedence : precedence);
    }
  }

  /** The known fate of a message; empty if nothing is known. */
  public Optional<TrackedMessage> track(MessageId id) {
    HeldMessage waits = held.apply(id).orElse(null);
    List<EvidenceItem> items = records.known(ledger.evidence(), id);
    if (!items.isEmpty()) {
      return Optional.of(tracked(items, records.sent(ledger.evidence(), id)));
    }
    return waits == null
        ? Optional.empty()
        : Optional.of(new TrackedMessage(List.of(), waits, List.of(), false, null, Speed.UNKNOWN));
  }

  private TrackedMessage tracked(List<EvidenceItem> items, Optional<SentFacts> facts) {
    SentFacts sent = facts.orElse(SentFacts.getDefaultInstance());
    List<RecipientProgress> recipients = new ArrayList<>();
    Map<ByteString, Optional<List<EvidenceItem>>> recalls = new HashMap<>();
    boolean settled = true;
    for (int i = 0; i < sent.getRecipientsCount(); i++) {
      String name = sent.getRecipients(i);
      DeliveryStatus stand =
          DeliveryStatus.with(name, self, (by, kind, to) -> says(items, by, kind, to));
      RecipientProgress.Builder one =
          RecipientProgress.newBuilder()
              .setAgency(name)
              .setProgress(progress(name, stand, items))
              .setOverdue(stand.overdue() && !stand.seenTo())
              .setContradicted(stand.contradicted());
      if (sent.getOpenByMs() > 0) {
        one.setOpenBy(Timestamps.fromMillis(sent.getOpenByMs()));
      }
      if (i < sent.getRecallsCount()) {
        recalls
            .computeIfAbsent(sent.getRecalls(i), this::recall)
            .ifPresent(about -> one.setRecall(recallOf(name, about)));
      }
      recipients.add(one.build());
      settled &= stand.ended();
    }
    return new TrackedMessage(
        items,
        null,
        recipients,
        settled,
        recall(sent.getRecallId()).map(about -> takenBack(sent)).orElse(null),
        Speed.of(sent));
  }

  /** What is known of a recall; empty if there is none, or it could not be sent. */
  private Optional<List<EvidenceItem>> recall(ByteString recall) {
    return Optional.of(recall)
        .filter(it -> !it.isEmpty())
        .map(it -> MessageId.of(it.toByteArray()))
        .filter(id -> records.sent(ledger.evidence(), id).isPresent())
        .map(id -> records.known(ledger.evidence(), id));
  }

  private Progress recallOf(String recipient, List<EvidenceItem> items) {
    DeliveryStatus stand =
        DeliveryStatus.with(recipient, self, (by, kind, to) -> says(items, by, kind, to));
    return progress(recipient, stand, items);
  }

  private static TakenBack takenBack(SentFacts sent) {
    return TakenBack.newBuilder()
        .setRecallId(sent.getRecallId())
        .setAt(Timestamps.fromMillis(sent.getTakenBackAtMs()))
        .build();
  }

  private static boolean says(
      List<EvidenceItem> items, String by, EvidenceKind kind, String recipient) {
    return items.stream()
        .anyMatch(
            item ->
                item.getKind() == kind
                    && item.getAgency().equals(by)
                    && item.getRecipient().equals(recipient));
  }

  private static Progress progress(
      String recipient, DeliveryStatus stand, List<EvidenceItem> items) {
    if (erased(recipient, items)) {
      return Progress.PROGRESS_ERASED;
    }
    if (stand.opened()) {
      return Progress.PROGRESS_RETRIEVED;
    }
    if (stand.leftUnread()) {
      return Progress.PROGRESS_NOT_RETRIEVED;
    }
    if (stand.delivered()) {
      return Progress.PROGRESS_DELIVERED;
    }
    if (stand.refused() || stand.withdrawn()) {
      return Progress.PROGRESS_NOT_DELIVERED;
    }
    return items.stream()
            .anyMatch(
                item ->
                    item.getKind() == EvidenceKind.EVIDENCE_KIND_RELAY_ACCEPTANCE
                        && item.getRecipient().equals(recipient))
        ? Progress.PROGRESS_RELAYED
        : Progress.PROGRESS_ACCEPTED;
  }

  /** A recipient may also answer a recall with the reason why the message was not erased. */
  private static boolean erased(String recipient, List<EvidenceItem> items) {
    return items.stream()
        .anyMatch(
            item ->
                item.getKind() == EvidenceKind.EVIDENCE_KIND_ERASURE
                    && item.getAgency().equals(recipient)
                    && item.getCode().isEmpty());
  }

  /**
   * Runs a task whenever more is known of a message; false if there are too many followers. The
   * task must be quick, as the ledger's writer runs it. The caller must read the state after this
   * returns, so as to miss nothing.
   */
  public boolean follow(MessageId id, Runnable follower) {
    if (count.incrementAndGet() > MOST_FOLLOWERS) {
      count.decrementAndGet();
      return false;
    }
    followers.compute(id, (key, some) -> with(some, follower));
    return true;
  }

  private static List<Runnable> with(@Nullable List<Runnable> some, Runnable one) {
    List<Runnable> out = new ArrayList<>(some == null ? List.of() : some);
    out.add(one);
    return out;
  }

  /** Stops following; call once for each successful start. */
  public void unfollow(MessageId id, Runnable follower) {
    followers.computeIfPresent(
        id,
        (key, some) -> {
          List<Runnable> left = new ArrayList<>(some);
          if (left.remove(follower)) {
            count.decrementAndGet();
          }
          return left.isEmpty() ? null : left;
        });
  }

  private void known(MessageId id) {
    List<Runnable> some = followers.get(id);
    if (some != null) {
      some.forEach(Runnable::run);
    }
  }

  /** At most this many unopened messages with greater numbers, in ascending order. */
  public List<AwaitedEvidenceTable.UnopenedMessage> unopened(long after, int most) {
    return ledger.awaited().unopened(after, most);
  }

  /** The progress of a message at each recipient; empty if nothing is known. */
  public List<RecipientProgress> recipients(MessageId id) {
    return track(id).map(TrackedMessage::recipients).orElse(List.of());
  }

  /**
   * Runs a task whenever messages become unopened, until the handle is closed. The task must be
   * quick, as the ledger's writer runs it.
   */
  public ListenerRegistration onUnopened(Runnable listener) {
    ledger.awaited().onListed(listener);
    return () -> ledger.awaited().forget(listener);
  }

  /** Stops listening. */
  public interface ListenerRegistration extends AutoCloseable {
    @Override
    void close();
  }
}
