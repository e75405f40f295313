package org.entente.gateway.receive;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.transmit.EvidenceRequests;
import org.entente.proto.link.v1.EvidenceRequest;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.store.v1.Retrieval;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.jspecify.annotations.Nullable;

/**
 * Owes an origin its evidence once more when it asks: that a message was delivered here, and the
 * first retrieval by a client. It repeats what the ledger shows, with the times of then, and makes
 * no statement about a message that is not kept here or is another agency's.
 *
 * <p>An origin is answered once in {@link #APART}, about as many messages as a request takes: so
 * one that asks all the time causes fewer changes than its mail may. It is not answered while
 * {@link #MOST_WAITING} records of evidence or envelopes wait for it: one that asks and takes
 * nothing would have this gateway keep ever more. Safe for many threads.
 */
final class EvidenceRepetition {
  /** Between two requests of an origin; half of what origins leave between them. */
  static final Duration APART = EvidenceRequests.APART.dividedBy(2);

  /** Records of owed evidence, and envelopes of its lane, that may wait for an origin that asks. */
  static final int MOST_WAITING = 256;

  private final AgencyName self;
  private final Ledger ledger;
  private final EvidenceRecords evidence;
  private final InstantSource clock;
  private final Reporter reporter;

  /** When each member asked last; a federation has few. */
  private final Map<AgencyName, Instant> asked = new HashMap<>();

  EvidenceRepetition(ReceiveParts parts, Reporter reporter) {
    this.self = parts.self();
    this.ledger = parts.ledger();
    this.evidence = parts.evidence();
    this.clock = parts.environment().clock();
    this.reporter = reporter;
  }

  private record Delivery(ByteString headerHash, long atMillis) {}

  /** Handles a request whose signature was checked. */
  void asked(AgencyName origin, EvidenceRequest request) {
    if (!mayAsk(origin) || waits(origin)) {
      reporter.refused(origin, Code.OVERLOADED);
      return;
    }
    int most = EvidenceRequests.MOST_OF_A_REQUEST;
    List<InboxTable.PlacedRecord> undelivered =
        here(origin, request.getUndeliveredList().stream().limit(most));
    List<InboxTable.PlacedRecord> unopened =
        here(
            origin,
            request.getUnopenedList().stream()
                .limit(Math.max(0, most - request.getUndeliveredCount())));
    if (undelivered.isEmpty() && unopened.isEmpty()) {
      return;
    }
    // An origin that does not hear of it asks again.
    var unused =
        ledger.writeAlong(
            Lane.ROUTINE,
            tx -> {
              List<EvidenceItem> items = new ArrayList<>(delivered(undelivered));
              items.addAll(
                  retrieved(tx, Stream.concat(undelivered.stream(), unopened.stream()).toList()));
              evidence.owe(tx, ledger.evidence(), origin, items);
              return items.size();
            });
  }

  private synchronized boolean mayAsk(AgencyName origin) {
    Instant now = clock.instant();
    Instant last = asked.get(origin);
    if (last != null && Duration.between(last, now).abs().compareTo(APART) < 0) {
      return false;
    }
    asked.put(origin, now);
    return true;
  }

  private boolean waits(AgencyName origin) {
    return ledger.evidence().owed(origin, MOST_WAITING, Long.MAX_VALUE).size() >= MOST_WAITING
        || ledger.outbox().page(origin, Lane.ROUTINE, null, MOST_WAITING).size() >= MOST_WAITING;
  }

  private List<InboxTable.PlacedRecord> here(AgencyName origin, Stream<ByteString> ids) {
    return ids.filter(id -> id.size() == MessageId.SIZE)
        .distinct()
        .map(id -> find(MessageId.of(id.toByteArray())))
        .flatMap(Stream::ofNullable)
        .filter(placed -> placed.record().getOrigin().equals(origin.value()))
        .toList();
  }

  /** Nothing can be stated of a damaged record; of the other messages it is all the same. */
  private InboxTable.@Nullable PlacedRecord find(MessageId id) {
    try {
      return ledger.inbox().find(id);
    } catch (CorruptRecord e) {
      return null;
    }
  }

  private List<EvidenceItem> delivered(List<InboxTable.PlacedRecord> messages) {
    Map<Delivery, List<MessageId>> alike = new LinkedHashMap<>();
    for (InboxTable.PlacedRecord placed : messages) {
      InboxRecord record = placed.record();
      alike
          .computeIfAbsent(
              new Delivery(record.getHeaderHash(), record.getReceivedAtMs()),
              unknown -> new ArrayList<>())
          .add(id(placed));
    }
    List<EvidenceItem> items = new ArrayList<>();
    alike.forEach(
        (delivery, ids) ->
            items.addAll(
                EvidenceRecords.about(
                    ids,
                    evidence.item(
                        EvidenceKind.EVIDENCE_KIND_DELIVERY,
                        ids.get(0),
                        self.value(),
                        delivery.headerHash().toByteArray(),
                        delivery.atMillis()))));
    return items;
  }

  private List<EvidenceItem> retrieved(Transaction tx, List<InboxTable.PlacedRecord> messages) {
    Map<Retrieval, List<MessageId>> alike = new LinkedHashMap<>();
    for (InboxTable.PlacedRecord placed : messages) {
      first(tx, placed)
          .ifPresent(
              first -> alike.computeIfAbsent(first, by -> new ArrayList<>()).add(id(placed)));
    }
    List<EvidenceItem> items = new ArrayList<>();
    alike.forEach(
        (first, ids) ->
            items.addAll(
                EvidenceRecords.about(
                    ids, evidence.retrieval(ids.get(0), first.getClient(), first.getAtMs()))));
    return items;
  }

  /** The first retrieval; empty if there is none, or its record is damaged or cannot be opened. */
  private Optional<Retrieval> first(Transaction tx, InboxTable.PlacedRecord placed) {
    try {
      return evidence.retrievals().of(tx, placed.retrieval(), 0).first();
    } catch (CorruptRecord e) {
      // What is known of the other messages is stated all the same.
      return Optional.empty();
    }
  }

  private static MessageId id(InboxTable.PlacedRecord placed) {
    return MessageId.of(placed.record().getMessageId().toByteArray());
  }
}
