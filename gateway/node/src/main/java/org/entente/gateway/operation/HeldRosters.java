package org.entente.gateway.operation;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.format.RosterStatement;
import org.jspecify.annotations.Nullable;

/** The rosters of one operation that are held. Used by one thread, for one decision. */
public final class HeldRosters {
  /** Finds the roster of a number. */
  @FunctionalInterface
  interface RosterLookup {
    /** The roster, or null. */
    @Nullable RosterStatement find(long number);
  }

  private final RosterStatement newest;
  private final RosterLookup held;
  private final boolean forked;
  private final @Nullable RestoreMark setBack;

  /**
   * The ledger was set back since: later rosters may be missing here.
   *
   * @param askedIn the messages in which this agency, which leads, asked members for them, the
   *     latest last; empty until it has
   */
  public record RestoreMark(List<MessageId> askedIn) {
    /** Copies the list. */
    public RestoreMark {
      askedIn = List.copyOf(askedIn);
    }
  }

  /**
   * What is held.
   *
   * @param held the roster of a number, or null
   * @param forked whether the lead signed something that contradicts them
   */
  HeldRosters(RosterStatement newest, RosterLookup held, boolean forked) {
    this(newest, held, forked, null);
  }

  /**
   * The same in a ledger that was set back.
   *
   * @param setBack null if it was not
   */
  HeldRosters(
      RosterStatement newest, RosterLookup held, boolean forked, @Nullable RestoreMark setBack) {
    this.newest = newest;
    this.held = held;
    this.forked = forked;
    this.setBack = setBack;
  }

  /** The one of the greatest number. */
  public RosterStatement newest() {
    return newest;
  }

  /** The one of a number; empty if it is not held. */
  public Optional<RosterStatement> at(long number) {
    return number < 1 || number > newest.number()
        ? Optional.empty()
        : Optional.ofNullable(held.find(number));
  }

  /** Whether the lead signed something that contradicts them. */
  public boolean forked() {
    return forked;
  }

  /** That the ledger was set back since, and what was done about it; empty if it was not. */
  public Optional<RestoreMark> setBack() {
    return Optional.ofNullable(setBack);
  }
}
