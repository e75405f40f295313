package org.entente.gateway.witness;

import java.time.Instant;
import java.util.List;
import org.entente.gateway.note.Checkpoint;
import org.jspecify.annotations.Nullable;

/** The log's view of one witness. Guarded by {@link CosignatureCollector}. */
final class WitnessView {
  /** Whether it has answered since this gateway started. */
  boolean heard;

  /** Leaves under the checkpoint that it holds, according to its last answer. */
  long knownSize;

  /** What it holds of an earlier log of this gateway, while it holds nothing of this one. */
  @Nullable Checkpoint former;

  /** Checkpoints of this gateway that other witnesses hold and that it wants connected. */
  List<Checkpoint> reported = List.of();

  /** Leaves under the last checkpoint that it cosigned since this gateway started. */
  long cosignedSize;

  /** POSIX time of that cosignature. */
  long cosignedSeconds;

  /** Since when it has been behind without progress; null while it cosigns in time. */
  @Nullable Instant behindSince;

  /** Leaves under the checkpoint that it was last asked to cosign. */
  long askedSize;

  /** Leaves under the checkpoint about which it last answered, whether or not it cosigned that. */
  long answeredSize;

  /** When the unanswered request was sent; null if there is none. */
  @Nullable Instant asked;

  /**
   * Whether it left the last request unanswered: requests continue, but rounds do not wait for it.
   */
  boolean silent;

  /** The earliest time of the next request; null for at once. */
  @Nullable Instant notBefore;
}
