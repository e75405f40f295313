package org.entente.gateway.rpc;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import org.entente.gateway.link.Timers;
import org.entente.gateway.rpc.server.KnownNames;

/**
 * What services use of the server that offers them.
 *
 * @param names checks names in calls
 * @param executor runs calls, which may wait for others
 * @param turns runs the turns of streams, which wait for nothing
 * @param clock the server's clock
 * @param timers for pauses of streams
 * @param unparsed told of drafts that were not parsed
 */
public record ServiceContext(
    KnownNames names,
    Executor executor,
    Executor turns,
    InstantSource clock,
    Timers timers,
    PublisherService.UnparsedListener unparsed) {

  /** Runs a turn of a stream, after a pause. */
  public void run(Duration pause, Runnable task) {
    if (pause.isZero()) {
      turns.execute(task);
    } else {
      timers.after(pause, () -> turns.execute(task));
    }
  }
}
