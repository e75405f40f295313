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
 * The desks of this agency: which clients sit where, and to which a received message is directed.
 * That is kept in the message's record, sealed until its bucket ends, since it stands in its label.
 * Immutable; safe for many threads.
 */
public final class Desks {
  private final RecordSeal atRest;
  private final Map<NodeName, Seat> seats;

  /**
   * Where a client sits.
   *
   * @param desks none for a client that is given whatever desk it is for
   * @param only whether it is given nothing that is directed to no desk
   */
  public record Seat(Set<DeskName> desks, boolean only) {
    /** At no desk. */
    public static final Seat NONE = new Seat(Set.of(), false);

    public Seat {
      desks = Set.copyOf(desks);
      if (only && desks.isEmpty()) {
        throw new IllegalArgumentException("a client without desks would be given nothing");
      }
    }

    boolean isNone() {
      return desks.isEmpty();
    }

    boolean isAt(String name) {
      return desks.stream().anyMatch(desk -> desk.value().equals(name));
    }
  }

  /** Desks at which these clients sit; a client that is not among them sits at none. */
  public Desks(RecordSeal atRest, Map<NodeName, Seat> seats) {
    this.atRest = atRest;
    this.seats = Map.copyOf(seats);
  }

  /** What a client is given. */
  public DeskVisibility sight(NodeName client) {
    return new DeskVisibility(this, seats.getOrDefault(client, Seat.NONE));
  }

  /** The desks at which clients sit. */
  public Set<String> names() {
    return seats.values().stream()
        .flatMap(seat -> seat.desks().stream())
        .map(DeskName::value)
        .collect(Collectors.toSet());
  }

  /** Whether somebody sits at one of these. */
  public boolean isStaffed(Collection<String> names) {
    return seats.values().stream().anyMatch(seat -> names.stream().anyMatch(seat::isAt));
  }

  /**
   * A record that is directed to desks.
   *
   * @param names ascending, each once; none for clients that sit at no desk
   */
  public InboxRecord directed(InboxRecord record, List<String> names) {
    DeskNames desks = DeskNames.newBuilder().addAllNames(names).build();
    LocalDate lastDay = LocalDate.ofEpochDay(record.getBucketDay());
    byte[] sealed =
        atRest.seal(
            place(record), desks.toByteArray(), lastDay.atStartOfDay().toInstant(ZoneOffset.UTC));
    return record.toBuilder().setSealedDesks(ByteString.copyFrom(sealed)).build();
  }

  /**
   * To which desks a record is directed that is directed to some; empty if that cannot be read any
   * more.
   */
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
