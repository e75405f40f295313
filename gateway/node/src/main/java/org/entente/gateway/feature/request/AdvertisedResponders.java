package org.entente.gateway.feature.request;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.decide.FixedLabels;
import org.entente.proto.store.v1.AdvertisedRecord;
import org.entente.proto.v1.Responder;
import org.entente.proto.v1.ResponderList;

/**
 * Other agencies' responder lists: the latest list of each, sealed at rest, for a week. Safe for
 * use by several threads.
 */
public final class AdvertisedResponders {
  private static final Duration KEPT = Duration.ofDays(FixedLabels.RESPONDERS.retentionDays());

  private final ResponderTable book;
  private final RecordSeal atRest;

  /** The lists in a ledger. */
  public AdvertisedResponders(Ledger ledger, RecordSeal atRest) {
    this.book = ResponderTable.of(ledger);
    this.atRest = atRest;
  }

  /**
   * Stores an agency's list; it replaces an older one. A time that is ahead counts as now: it would
   * keep the later lists out once the agency's clock is right.
   */
  public void received(Transaction tx, AgencyName origin, ResponderList list) {
    AdvertisedRecord before = book.said(tx, origin);
    long at = Math.min(Math.max(0, Timestamps.toMillis(list.getAt())), tx.nowMillis());
    if (before != null && before.getAtMs() > at && isFresh(before, tx.nowMillis())) {
      return;
    }
    Instant until = Instant.ofEpochMilli(tx.nowMillis()).plus(KEPT);
    book.said(
        tx,
        origin,
        AdvertisedRecord.newBuilder()
            .setAtMs(at)
            .setReceivedAtMs(tx.nowMillis())
            .setSealedList(
                ByteString.copyFrom(
                    atRest.seal(ResponderTable.saidPlace(origin), list.toByteArray(), until)))
            .build());
  }

  /** A responder, if its agency has listed it in the last week. */
  public Optional<Responder> find(String agency, String name, Instant now) {
    return book.said().entrySet().stream()
        .filter(said -> said.getKey().value().equals(agency))
        .filter(said -> isFresh(said.getValue(), now.toEpochMilli()))
        .flatMap(said -> open(said.getKey(), said.getValue()).stream())
        .flatMap(list -> list.getRespondersList().stream())
        .filter(responder -> responder.getName().equals(name))
        .findFirst();
  }

  /** The list of each agency from the last week. */
  Map<AgencyName, ResponderList> lists(Instant now) {
    Map<AgencyName, ResponderList> out = new TreeMap<>();
    book.said()
        .forEach(
            (agency, record) -> {
              if (isFresh(record, now.toEpochMilli())) {
                open(agency, record).ifPresent(list -> out.put(agency, list));
              }
            });
    return out;
  }

  private static boolean isFresh(AdvertisedRecord record, long nowMillis) {
    return record.getReceivedAtMs() + KEPT.toMillis() > nowMillis;
  }

  private Optional<ResponderList> open(AgencyName agency, AdvertisedRecord record) {
    return atRest
        .open(ResponderTable.saidPlace(agency), record.getSealedList().toByteArray())
        .map(AdvertisedResponders::parse);
  }

  private static ResponderList parse(byte[] bytes) {
    try {
      return ResponderList.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a list sealed by this gateway cannot be parsed", e);
    }
  }
}
