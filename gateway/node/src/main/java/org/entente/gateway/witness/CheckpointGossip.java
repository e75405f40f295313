package org.entente.gateway.witness;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.entente.gateway.ledger.table.WitnessTable;
import org.entente.gateway.ledger.table.WitnessTable.HeldCheckpoint;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.TrustBundle;
import org.entente.proto.link.v1.WitnessedCheckpoints;
import org.jspecify.annotations.Nullable;

/**
 * Tells the other witnesses which checkpoints this witness holds, so that a log which shows each
 * witness another history is found. In each round, every other witness gets at most {@value
 * #MOST_IN_A_NOTICE} of them, and each checkpoint is repeated at most once a minute. Best effort;
 * not safe for many threads.
 */
public final class CheckpointGossip {
  /** Most checkpoints in one notice. */
  static final int MOST_IN_A_NOTICE = 4;

  /** Largest checkpoint, with the signatures of its log alone. */
  static final int MAX_NOTE_BYTES = 16 << 10;

  private static final Duration EVERY = Duration.ofMinutes(1);

  private final AgencyName self;
  private final WitnessTable held;
  private final Supplier<TrustBundle> bundle;
  private final BiConsumer<AgencyName, WitnessedCheckpoints> send;
  private final InstantSource clock;
  private final Queue<HeldCheckpoint> waiting = new ArrayDeque<>();
  private @Nullable Instant began;

  /**
   * Creates the gossip of an agency.
   *
   * @param held what its witness holds
   * @param send sends to a witness, best effort
   */
  public CheckpointGossip(
      AgencyName self,
      WitnessTable held,
      Supplier<TrustBundle> bundle,
      BiConsumer<AgencyName, WitnessedCheckpoints> send,
      InstantSource clock) {
    this.self = self;
    this.held = held;
    this.bundle = bundle;
    this.send = send;
    this.clock = clock;
  }

  /** Sends what is due. */
  public void round() {
    Set<AgencyName> witnesses = bundle.get().having(AgencyRole.WITNESS);
    if (!witnesses.contains(self) || witnesses.size() == 1) {
      return;
    }
    Instant now = clock.instant();
    Instant last = began;
    if (waiting.isEmpty()
        && (last == null || now.isBefore(last) || !now.isBefore(last.plus(EVERY)))) {
      waiting.addAll(held.all());
      began = now;
    }
    WitnessedCheckpoints.Builder notice = WitnessedCheckpoints.newBuilder();
    while (!waiting.isEmpty() && notice.getCheckpointsCount() < MOST_IN_A_NOTICE) {
      notice.addCheckpoints(ByteString.copyFrom(waiting.remove().note().encode()));
    }
    if (notice.getCheckpointsCount() > 0) {
      WitnessedCheckpoints said = notice.build();
      witnesses.stream().filter(other -> !other.equals(self)).forEach(to -> send.accept(to, said));
    }
  }
}
