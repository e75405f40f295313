package org.entente.gateway.feature.assignment;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.feature.assignment.AssignmentTable.Side;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.record.SealedRecord;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.proto.store.v1.ChargeRecord;
import org.entente.proto.v1.Charge;
import org.entente.proto.v1.ChargeState;
import org.jspecify.annotations.Nullable;

/**
 * Keeps who acts on this agency's messages, as stated by their recipients, and who of this agency
 * acts on received messages; sealed, and kept as long as evidence. Safe for many threads.
 */
public final class AssignmentRecords {
  /** The table orders the statements about a message by tokens, which mean nothing to people. */
  private static final Comparator<ChargeState> BY_MESSAGE_AND_AGENCY =
      Comparator.<ChargeState, ByteString>comparing(
              state -> state.getCharge().getMessageId(),
              ByteString.unsignedLexicographicalComparator())
          .thenComparing(ChargeState::getAgency);

  private final RecordSeal atRest;

  /** Creates records with this seal. */
  public AssignmentRecords(RecordSeal atRest) {
    this.atRest = atRest;
  }

  /**
   * One page of charges.
   *
   * @param next where the next page begins; empty if this is the last
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Page(List<ChargeState> states, byte[] next) {}

  /**
   * Keeps a recipient's statement about a message, unless a later one is stored already, as
   * statements can overtake each other. Returns whether it was kept.
   */
  public boolean keep(Transaction tx, AssignmentTable book, AgencyName agency, Charge charge) {
    return keep(tx, book, Side.SENT, agency, charge);
  }

  /** Keeps this agency's statement about an originator's message, unless a later one is stored. */
  public boolean keepOwn(
      Transaction tx, AssignmentTable book, AgencyName originator, Charge charge) {
    return keep(tx, book, Side.RECEIVED, originator, charge);
  }

  private boolean keep(
      Transaction tx, AssignmentTable book, Side side, AgencyName agency, Charge charge) {
    MessageId id = MessageId.of(charge.getMessageId().toByteArray());
    SealedRecord before = book.read(tx, side, id, agency);
    Optional<ChargeState> known = before == null ? Optional.empty() : open(before);
    if (known.isPresent()
        && Timestamps.compare(known.get().getCharge().getAt(), charge.getAt()) > 0) {
      return false;
    }
    ChargeRecord record =
        ChargeRecord.newBuilder()
            .setCharge(charge.toByteString())
            .setReceivedAtMs(tx.nowMillis())
            .build();
    Instant until = Instant.ofEpochMilli(tx.nowMillis()).plus(EvidenceRecords.KEPT);
    long lastDay = LocalDate.ofInstant(until, ZoneOffset.UTC).toEpochDay();
    byte[] named = KeyBuilder.key().ascii(agency.value()).bytes(record.toByteArray()).done();
    byte[] sealed = atRest.seal(book.place(side, id, agency), named, until);
    book.put(tx, side, id, agency, lastDay, sealed);
    return true;
  }

  /**
   * Recipients' statements, in the order of messages.
   *
   * @param of of this message only; null for all
   * @param after the next place given by the previous page; empty for the first
   */
  public Page page(AssignmentTable book, @Nullable MessageId of, byte[] after, int size) {
    return page(book, Side.SENT, of, after, size);
  }

  /** Whether bytes have the form of {@link Page#next}. */
  public static boolean isToken(byte[] bytes) {
    return bytes.length == 0 || AssignmentTable.isPlace(bytes);
  }

  /** This agency's statements; the agency of a state is the originator. */
  public Page own(AssignmentTable book, @Nullable MessageId of, byte[] after, int size) {
    return page(book, Side.RECEIVED, of, after, size);
  }

  /** The time of this agency's latest statement about who acts on a message. */
  public Optional<Instant> lastOwn(AssignmentTable book, MessageId id) {
    return own(book, id, new byte[0], 1).states().stream()
        .map(state -> Instant.ofEpochMilli(Timestamps.toMillis(state.getCharge().getAt())))
        .findFirst();
  }

  private Page page(
      AssignmentTable book, Side side, @Nullable MessageId of, byte[] after, int size) {
    List<AssignmentTable.Entry> found = book.page(side, of, after, size + 1);
    boolean more = found.size() > size;
    List<ChargeState> states = new ArrayList<>();
    for (AssignmentTable.Entry entry : more ? found.subList(0, size) : found) {
      open(entry.sealed()).ifPresent(states::add);
    }
    states.sort(BY_MESSAGE_AND_AGENCY);
    return new Page(states, more ? found.get(size - 1).place() : new byte[0]);
  }

  /** Empty once the key of its bucket is destroyed. */
  private Optional<ChargeState> open(SealedRecord sealed) {
    return atRest.open(sealed).map(AssignmentRecords::state);
  }

  private static ChargeState state(byte[] named) {
    KeyReader reader = KeyReader.of(named);
    String agency = reader.ascii();
    try {
      ChargeRecord record = ChargeRecord.parseFrom(reader.rest());
      return ChargeState.newBuilder()
          .setAgency(agency)
          .setCharge(Charge.parseFrom(record.getCharge()))
          .setReceivedAt(Timestamps.fromMillis(record.getReceivedAtMs()))
          .build();
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord("CHARGE", e);
    }
  }
}
