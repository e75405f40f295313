package org.entente.gateway.witness;

import java.time.Instant;
import org.entente.gateway.note.Checkpoint;
import org.jspecify.annotations.Nullable;

/** What the log's side knows of one witness. Guarded by {@link CosignatureCollector}. */
final class WitnessView {
  /** Whether it has answered since this gateway started. */
  boolean heard;

  /** Leaves under the checkpoint that it holds, by what it answered last. */
  long knownSize;

  /** What it holds of an earlier log of this gateway, while it holds nothing of this one. */
  @Nullable Checkpoint former;

  /** Leaves under the last checkpoint that it cosigned since this gateway started. */
  long cosignedSize;

  /** POSIX time that it stated with it. */
  long cosignedSeconds;

  /** Since when it has been behind without any progress; null while it keeps up. */
  @Nullable Instant behindSince;

  /** When it was asked what it has not answered yet; null where it has answered. */
  @Nullable Instant asked;

  /** Whether it left the last request unanswered: it is asked on, and not waited for. */
  boolean silent;

  /** Not to be asked again before; null for at once. */
  @Nullable Instant notBefore;
}
