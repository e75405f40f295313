package org.entente.gateway.feature.watch;

import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.deliver.MessageFilter;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.subject.IndexTerms;
import org.entente.gateway.receive.InboxOpener;
import org.entente.proto.store.v1.WatchHit;
import org.entente.proto.store.v1.WatchSpan;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.FoundMessage;
import org.entente.proto.v1.Hit;
import org.entente.proto.v1.ListHitsResponse;

/**
 * Pages of a client's hits. A hit only points to its message. Each message is read from the ledger,
 * checked and opened with its key at that moment. The commit that records the page leaves out
 * messages that were removed meanwhile.
 */
final class HitPages {
  private final WatchParts parts;
  private final StandingWatches watches;

  HitPages(WatchParts parts, StandingWatches watches) {
    this.parts = parts;
    this.watches = watches;
  }

  private record ShownHits(InboxTable.PlacedRecord placed, Hit hit) {
    MessageId id() {
      return MessageId.of(placed.record().getMessageId().toByteArray());
    }
  }

  /** At most this many hits after a number; the access is recorded on return. */
  ListHitsResponse page(NodeName client, long after, int size, AuditActor actor) {
    Ledger ledger = parts.ledger();
    // Read before the hits: those that are added meanwhile belong to the next page.
    WatchSpan span = WatchTable.of(ledger).span(client.value());
    List<WatchTable.NumberedHit> read = WatchTable.of(ledger).hits(client.value(), after, size);
    List<ShownHits> found = new ArrayList<>();
    for (WatchTable.NumberedHit one : read) {
      shown(client, one).ifPresent(found::add);
    }
    List<ShownHits> shown =
        found.isEmpty()
            ? found
            : ledger.commit(
                Lane.ROUTINE,
                tx -> {
                  WatchTable.of(ledger).read(tx, client.value(), after);
                  return record(tx, actor, found);
                });
    long next =
        read.isEmpty() ? Math.max(after, span.getLast()) : read.get(read.size() - 1).number();
    return ListHitsResponse.newBuilder()
        .addAllHits(shown.stream().map(ShownHits::hit).toList())
        .setNextAfter(next)
        .setMore(next < span.getLast())
        .setForgottenUpTo(span.getFirst() - 1)
        .build();
  }

  private Optional<ShownHits> shown(NodeName client, WatchTable.NumberedHit one) {
    WatchHit hit = one.hit();
    InboxTable.PlacedRecord placed =
        parts.ledger().inbox().place(Lane.of(hit.getLane()), hit.getPosition());
    if (placed == null || !isGiven(client, hit, placed)) {
      return Optional.empty();
    }
    try {
      return parts
          .opening()
          .message(placed, label -> true)
          .flatMap(message -> shown(client, one, placed, message));
    } catch (CorruptRecord e) {
      // Delivery quarantines it.
      return Optional.empty();
    }
  }

  /** The check before anything is opened. */
  private boolean isGiven(NodeName client, WatchHit hit, InboxTable.PlacedRecord placed) {
    MessageFilter match =
        new MessageFilter(
            Filter.newBuilder().setExercise(hit.getExercise()).build(),
            parts.desks().sight(client));
    return placed.record().getMessageId().equals(hit.getMessageId())
        && match.mayOpen(placed, position -> parts.ledger().quarantine().holds(position));
  }

  private Optional<ShownHits> shown(
      NodeName client,
      WatchTable.NumberedHit one,
      InboxTable.PlacedRecord placed,
      InboxOpener.Message message) {
    Body body = message.body();
    if (body == null) {
      return Optional.empty();
    }
    List<String> subjects =
        watches
            .of(client.value(), one.hit().getWatch())
            .map(watch -> watch.among(IndexTerms.indexed(message.label(), body)))
            .orElse(List.of());
    FoundMessage found =
        FoundMessage.newBuilder()
            .setMessageId(placed.record().getMessageId())
            .setLabel(message.label())
            .setPosition(placed.position())
            .setReceivedAt(Timestamps.fromMillis(placed.record().getReceivedAtMs()))
            .build();
    return Optional.of(
        new ShownHits(
            placed,
            Hit.newBuilder()
                .setHit(one.number())
                .setWatch(one.hit().getWatch())
                .addAllSubjects(subjects)
                .setMessage(found)
                .build()));
  }

  private List<ShownHits> record(Transaction tx, AuditActor actor, List<ShownHits> found) {
    List<ShownHits> shown =
        found.stream()
            .filter(it -> HitVisibility.isStill(tx, parts.ledger(), it.placed()))
            .toList();
    tx.audit(
        AuditRecord.of(
                AuditType.HITS_SHOWN,
                LawCategory.CONSULTATION,
                Instant.ofEpochMilli(tx.nowMillis()),
                actor,
                new AuditSubject(
                    null,
                    shown.stream().map(ShownHits::id).toList(),
                    shown.stream()
                        .map(it -> new AgencyName(it.placed().record().getOrigin()))
                        .distinct()
                        .toList(),
                    null))
            .saying(shown.size() + " hits shown"));
    return shown;
  }
}
