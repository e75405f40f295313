package org.entente.gateway.ledger;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.proto.store.v1.InboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * Decides which received messages a client may get by desk; no other class does. Uses the desks to
 * which a message was directed on arrival, and decrypts no content.
 *
 * <p>A client without desks gets everything. A client with desks gets messages directed to one of
 * them and, unless restricted to these, messages directed to none. It does not get messages whose
 * desks cannot be read. Follows the client to other desks; safe for many threads.
 */
public final class DeskVisibility {
  private final Function<InboxRecord, Optional<List<String>>> desks;
  private final Supplier<DeskSeat> seat;
  private final Set<String> asked;

  DeskVisibility(
      Function<InboxRecord, Optional<List<String>>> desks,
      Supplier<DeskSeat> seat,
      Set<String> asked) {
    this.desks = desks;
    this.seat = seat;
    this.asked = asked;
  }

  /**
   * A narrower visibility: only messages directed to one of these desks.
   *
   * @param names empty for no narrowing
   */
  public DeskVisibility of(List<String> names) {
    return names.isEmpty() ? this : new DeskVisibility(desks, seat, Set.copyOf(names));
  }

  /** Whether the client may get a message. */
  public boolean sees(InboxRecord record) {
    DeskSeat now = seat.get();
    if (asked.isEmpty() && now.isNone()) {
      return true;
    }
    if (record.getSealedDesks().isEmpty()) {
      return asked.isEmpty() && !now.only();
    }
    Optional<List<String>> directed = desks.apply(record);
    return directed.isPresent()
        && (now.isNone() || directed.get().stream().anyMatch(now::isAt))
        && (asked.isEmpty() || directed.get().stream().anyMatch(asked::contains));
  }

  /**
   * Whether the client may get other data about a message.
   *
   * @param placed the message; null if it is gone, so that its desks are unknown
   */
  public boolean seesAbout(InboxTable.@Nullable PlacedRecord placed) {
    return placed == null ? asked.isEmpty() && seat.get().isNone() : sees(placed.record());
  }
}
