package org.entente.gateway.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.DeskName;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.DeskNames;
import org.entente.proto.store.v1.InboxRecord;

/**
 * The desks of this agency: which clients sit at them, and to which a received message is directed.
 * The latter is part of the label, so it is kept sealed in the message's record until its bucket
 * ends. Safe for many threads.
 */
public final class Desks {
  private final RecordSeal atRest;
  private final Supplier<Map<NodeName, DeskSeat>> seats;

  /**
   * Desks of an agency.
   *
   * @param seats where clients sit now; a client that is not among them sits at no desk
   */
  public Desks(RecordSeal atRest, Supplier<Map<NodeName, DeskSeat>> seats) {
    this.atRest = atRest;
    this.seats = seats;
  }

  /** The visibility of a client, which follows it to other desks. */
  public DeskVisibility sight(NodeName client) {
    return new DeskVisibility(
        this::of, () -> seats.get().getOrDefault(client, DeskSeat.NONE), Set.of());
  }

  /** The desks that have clients. */
  public Set<String> names() {
    return seats.get().values().stream()
        .flatMap(seat -> seat.desks().stream())
        .map(DeskName::value)
        .collect(Collectors.toSet());
  }

  /** Whether one of these desks has a client. */
  public boolean isStaffed(Collection<String> names) {
    return seats.get().values().stream().anyMatch(seat -> names.stream().anyMatch(seat::isAt));
  }

  /**
   * Adds to a record the desks to which it is directed.
   *
   * @param names ascending, without duplicates; empty for clients without desks
   */
  public InboxRecord directed(InboxRecord record, List<String> names) {
    DeskNames desks = DeskNames.newBuilder().addAllNames(names).build();
    LocalDate lastDay = LocalDate.ofEpochDay(record.getBucketDay());
    byte[] sealed =
        atRest.seal(
            place(record), desks.toByteArray(), lastDay.atStartOfDay().toInstant(ZoneOffset.UTC));
    return record.toBuilder().setSealedDesks(ByteString.copyFrom(sealed)).build();
  }

  /** The desks of a record that is directed to some; empty if they can no longer be read. */
  public Optional<List<String>> of(InboxRecord record) {
    return atRest.open(place(record), record.getSealedDesks().toByteArray()).map(Desks::names);
  }

  private static List<String> names(byte[] desks) {
    try {
      return DeskNames.parseFrom(desks).getNamesList();
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord("INBOX", e);
    }
  }

  /** So that the desks of one message are not put beside another. */
  private static RecordPlace place(InboxRecord record) {
    return new RecordPlace(Table.INBOX, record.getMessageId().toByteArray(), "desks");
  }
}
