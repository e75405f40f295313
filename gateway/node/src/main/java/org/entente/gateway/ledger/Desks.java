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
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.DeskName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.proto.store.v1.DeskNames;
import org.entente.proto.store.v1.InboxRecord;

/**
 * The desks of this agency: which clients sit where, and to which a received message is directed.
 * That is kept in the message's record, sealed until its bucket ends, since it stands in its label.
 * Immutable; safe for many threads.
 */
public final class Desks {
  private final RecordSeal atRest;
  private final Map<NodeName, DeskSeat> seats;

  /** Desks at which these clients sit; a client that is not among them sits at none. */
  public Desks(RecordSeal atRest, Map<NodeName, DeskSeat> seats) {
    this.atRest = atRest;
    this.seats = Map.copyOf(seats);
  }

  /** What a client is given. */
  public DeskVisibility sight(NodeName client) {
    return new DeskVisibility(this::of, seats.getOrDefault(client, DeskSeat.NONE));
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
            context(record), desks.toByteArray(), lastDay.atStartOfDay().toInstant(ZoneOffset.UTC));
    return record.toBuilder().setSealedDesks(ByteString.copyFrom(sealed)).build();
  }

  /**
   * To which desks a record is directed that is directed to some; empty if that cannot be read any
   * more.
   */
  public Optional<List<String>> of(InboxRecord record) {
    return atRest.open(context(record), record.getSealedDesks().toByteArray()).map(Desks::names);
  }

  private static List<String> names(byte[] desks) {
    try {
      return DeskNames.parseFrom(desks).getNamesList();
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord("INBOX", e);
    }
  }

  /** So that the desks of one message are not put beside another. */
  private static String context(InboxRecord record) {
    return "desks " + MessageId.of(record.getMessageId().toByteArray());
  }
}
