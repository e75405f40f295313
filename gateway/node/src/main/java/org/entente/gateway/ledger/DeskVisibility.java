package org.entente.gateway.ledger;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.proto.store.v1.InboxRecord;
import org.jspecify.annotations.Nullable;

/**
 * Which received messages a client is given, as far as desks say: the one place where that is
 * decided. It looks at where a message was directed when it came, and opens nothing of it.
 *
 * <p>A client that sits at no desk is given everything. One that sits at desks is given what is
 * directed to one of them and, unless it has these only, what is directed to none; what cannot be
 * read is kept from it. Immutable; safe for many threads.
 */
public final class DeskVisibility {
  private final Function<InboxRecord, Optional<List<String>>> desks;
  private final DeskSeat seat;
  private final Set<String> asked;

  DeskVisibility(Function<InboxRecord, Optional<List<String>>> desks, DeskSeat seat) {
    this(desks, seat, Set.of());
  }

  private DeskVisibility(
      Function<InboxRecord, Optional<List<String>>> desks, DeskSeat seat, Set<String> asked) {
    this.desks = desks;
    this.seat = seat;
    this.asked = asked;
  }

  /**
   * The same, and of it what is directed to one of some desks.
   *
   * @param names none: all of it
   */
  public DeskVisibility of(List<String> names) {
    return names.isEmpty() ? this : new DeskVisibility(desks, seat, Set.copyOf(names));
  }

  /** Whether the client is given a message. */
  public boolean sees(InboxRecord record) {
    if (asked.isEmpty() && seat.isNone()) {
      return true;
    }
    if (record.getSealedDesks().isEmpty()) {
      return asked.isEmpty() && !seat.only();
    }
    Optional<List<String>> directed = desks.apply(record);
    return directed.isPresent()
        && (seat.isNone() || directed.get().stream().anyMatch(seat::isAt))
        && (asked.isEmpty() || directed.get().stream().anyMatch(asked::contains));
  }

  /**
   * Whether the client is told of what stands elsewhere about a message.
   *
   * @param placed the message; null if it is not here any more, so that nobody can say for which
   *     desk it was
   */
  public boolean seesAbout(InboxTable.@Nullable PlacedRecord placed) {
    return placed == null ? asked.isEmpty() && seat.isNone() : sees(placed.record());
  }
}
