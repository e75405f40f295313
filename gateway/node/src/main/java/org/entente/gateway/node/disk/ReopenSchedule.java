package org.entente.gateway.node.disk;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.entente.gateway.ledger.record.DiskThresholds;
import org.entente.gateway.seal.keys.KeystoreFailure;
import org.entente.gateway.store.StoreFailure;

/**
 * Decides when a node whose disk failed is closed and reopened within its process, which reconciles
 * as a restart does.
 *
 * <p>Only failures of the disk itself qualify: no space, or a refused write, sync or read. Opening
 * replays the log into new files, so nothing depends on pages whose write failed. Corrupt bytes,
 * contradictions in the audit log and defects need an operator. A retry waits for free space and
 * for a pause that doubles up to a minute; after ten minutes of running, the pause is short again.
 * No I/O; not thread-safe.
 */
public final class ReopenSchedule {
  private static final Set<StoreFailure.Kind> OF_THE_DISK =
      EnumSet.of(StoreFailure.Kind.DISK_FULL, StoreFailure.Kind.IO);
  private static final long FIRST = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST = Duration.ofMinutes(1).toNanos();
  private static final long FORGOTTEN = Duration.ofMinutes(10).toNanos();

  private final DiskThresholds thresholds;
  private long pause = FIRST;
  private boolean tried;
  private long lastTry;
  private boolean down;
  private long failed;
  private long notBefore;

  /** Creates a schedule for a disk with these thresholds. */
  public ReopenSchedule(DiskThresholds thresholds) {
    this.thresholds = thresholds;
  }

  /** Whether a node may reopen itself after a failure. */
  public static boolean mends(StoreFailure failure) {
    return OF_THE_DISK.contains(failure.kind());
  }

  /** The same after a failure of the keystore. */
  public static boolean mends(KeystoreFailure failure) {
    return failure.kind() == KeystoreFailure.Kind.IO
        || failure.kind() == KeystoreFailure.Kind.FAILED_EARLIER;
  }

  /**
   * Whether it is time to reopen the node; polled while it is down.
   *
   * @param freeBytes on the disk of the ledger
   * @param nanos a monotonic time
   */
  public boolean isDue(long freeBytes, long nanos) {
    noteFailure(nanos);
    return nanos - notBefore >= 0 && thresholds.admitAgain(freeBytes);
  }

  /**
   * Whether the shortest pause after a failure is over, whatever the space and the attempts before;
   * polled while the node is down. A machine of a cluster leaves then, so that others need not wait
   * for its disk.
   *
   * @param nanos a monotonic time
   */
  public boolean isPauseOver(long nanos) {
    noteFailure(nanos);
    return nanos - failed >= FIRST;
  }

  private void noteFailure(long nanos) {
    if (!down) {
      down = true;
      failed = nanos;
      if (tried && nanos - lastTry > FORGOTTEN) {
        pause = FIRST;
      }
      notBefore = nanos + pause;
    }
  }

  /**
   * The machine has left its cluster at {@code nanos}: it is not due for at least so long, in which
   * the others elect a leader.
   */
  public void left(long nanos, Duration away) {
    long back = nanos + away.toNanos();
    notBefore = back - notBefore > 0 ? back : notBefore;
  }

  /** What was due works again, without an attempt: the next failure waits for its pause. */
  public void works() {
    down = false;
  }

  /** Records an attempt, successful or not; the next pause is longer. */
  public void tried(long nanos) {
    down = false;
    tried = true;
    lastTry = nanos;
    pause = Math.min(2 * pause, LONGEST);
  }
}
