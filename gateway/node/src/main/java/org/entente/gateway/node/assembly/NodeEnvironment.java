package org.entente.gateway.node.assembly;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import org.entente.gateway.ledger.commit.WriterExecutor;
import org.entente.gateway.link.Timers;
import org.entente.gateway.meter.Meters;

/**
 * What a node needs from outside: clock, randomness, executors, timers, backups, the other machines
 * of its cluster, and metrics.
 *
 * @param clock the only source of the time of day
 * @param timers for pauses and time-outs of links
 * @param copies where backups of the ledger are kept
 */
public record NodeEnvironment(
    InstantSource clock,
    SecureRandom random,
    Executors executors,
    Timers timers,
    BackupCopies copies,
    OtherMachines machines,
    Meters meters) {

  /**
   * The executors of a node.
   *
   * @param workers for everything that may wait for the disk; more than one thread
   * @param sealer where sealing runs, which is given one task at a time
   * @param writer where the ledger's writer runs
   */
  public record Executors(Executor workers, Executor sealer, WriterExecutor writer) {}

  Executor workers() {
    return executors.workers();
  }
}
