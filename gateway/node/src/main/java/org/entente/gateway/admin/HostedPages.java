package org.entente.gateway.admin;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Pages with the TLS of their connections and threads of their own, so that a slow page delays no
 * monitoring. One request or event more than may wait is rejected: a caller that leaves before it
 * is answered leaves no more than that behind. Closed by the server that serves them.
 *
 * @param tls TLS for new connections; empty while there is no certificate
 */
record HostedPages(AdminPages pages, Supplier<Optional<AdminTls>> tls, ExecutorService workers)
    implements AutoCloseable {
  /** Requests and events that wait for a thread. */
  static final int WAITING = 64;

  static HostedPages of(AdminPages pages, Supplier<Optional<AdminTls>> tls) {
    return new HostedPages(
        pages,
        tls,
        new ThreadPoolExecutor(
            AdminPages.THREADS,
            AdminPages.THREADS,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            task -> {
              Thread thread = new Thread(task, "console");
              thread.setDaemon(true);
              return thread;
            }));
  }

  @Override
  public void close() {
    workers.shutdownNow();
  }
}
