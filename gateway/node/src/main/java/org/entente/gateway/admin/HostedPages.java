package org.entente.gateway.admin;

import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Pages with the TLS of their connections and threads of their own, so that a slow page delays no
 * monitoring. Closed by the server that serves them.
 *
 * @param tls TLS for new connections; empty while there is no certificate
 */
record HostedPages(AdminPages pages, Supplier<Optional<AdminTls>> tls, ExecutorService workers)
    implements AutoCloseable {
  private static final int THREADS = 2;

  static HostedPages of(AdminPages pages, Supplier<Optional<AdminTls>> tls) {
    return new HostedPages(
        pages,
        tls,
        Executors.newFixedThreadPool(
            THREADS,
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
