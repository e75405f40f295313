package org.entente.gateway.node.disk;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.entente.gateway.ledger.record.DiskThresholds;
import org.entente.gateway.store.StoreFailure;

/**
 * When a node whose disk failed is closed and opened again within its process, which reconciles as
 * a restart does.
 *
 * <p>Only after failures of the disk itself, no space or a refused write, sync or read: opening
 * replays the log and writes it anew, so nothing rests on pages whose write failed. Bytes that are
 * not what was written, contradictions in the audit log and defects wait for a person. Not before
 * there is room, and after a pause that doubles up to a minute while it fails again; a node that
 * has run for ten minutes since begins anew. Pure but for what it remembers; not thread-safe.
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
  private long notBefore;

  /** For a disk that is acted upon at these thresholds. */
  public ReopenSchedule(DiskThresholds thresholds) {
    this.thresholds = thresholds;
  }

  /** Whether a failure is one after which a node is opened again by itself. */
  public static boolean mends(StoreFailure failure) {
    return OF_THE_DISK.contains(failure.kind());
  }

  /**
   * The node is down; asked again and again until it is time.
   *
   * @param freeBytes on the disk of the ledger
   * @param nanos a time that only runs
   */
  public boolean isDue(long freeBytes, long nanos) {
    if (!down) {
      down = true;
      if (tried && nanos - lastTry > FORGOTTEN) {
        pause = FIRST;
      }
      notBefore = nanos + pause;
    }
    return nanos - notBefore >= 0 && thresholds.admitAgain(freeBytes);
  }

  /** It was opened again, or could not be; the next time takes longer. */
  public void tried(long nanos) {
    down = false;
    tried = true;
    lastTry = nanos;
    pause = Math.min(2 * pause, LONGEST);
  }
}
