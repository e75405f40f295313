package org.entente.gateway.feature.operation;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.statement.RosterStatement;
import org.jspecify.annotations.Nullable;

/** The stored rosters of one operation. Used by one thread, for one decision. */
public final class HeldRosters {
  /** Finds a roster by number. */
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
   * Marks that the ledger was restored from a copy: later rosters may be missing here.
   *
   * @param askedIn the messages in which this agency, as lead, asked members for later rosters,
   *     latest last; empty before the first
   */
  public record RestoreMark(List<MessageId> askedIn) {
    /** Copies the list. */
    public RestoreMark {
      askedIn = List.copyOf(askedIn);
    }
  }

  /**
   * The rosters of an operation.
   *
   * @param held finds a roster by number, or null
   * @param forked whether the lead signed a contradicting roster
   */
  HeldRosters(RosterStatement newest, RosterLookup held, boolean forked) {
    this(newest, held, forked, null);
  }

  /**
   * The rosters in a ledger that may have been restored.
   *
   * @param setBack null if it was not restored
   */
  HeldRosters(
      RosterStatement newest, RosterLookup held, boolean forked, @Nullable RestoreMark setBack) {
    this.newest = newest;
    this.held = held;
    this.forked = forked;
    this.setBack = setBack;
  }

  /** The roster with the greatest number. */
  public RosterStatement newest() {
    return newest;
  }

  /** The roster with this number; empty if it is not stored. */
  public Optional<RosterStatement> at(long number) {
    return number < 1 || number > newest.number()
        ? Optional.empty()
        : Optional.ofNullable(held.find(number));
  }

  /** Whether the lead signed a contradicting roster. */
  public boolean forked() {
    return forked;
  }

  /** Present if the ledger was restored, with the requests sent since. */
  public Optional<RestoreMark> setBack() {
    return Optional.ofNullable(setBack);
  }
}
