package org.entente.loadtests.federation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Passes each TCP connection on to the machine that leads when it begins, as a proxy with health
 * checks does; refuses it while none does. Thread-safe.
 */
final class LeadForwarder implements AutoCloseable {
  private static final int BACKLOG = 50;

  private final ServerSocket listener;
  private final Supplier<Optional<InetSocketAddress>> leader;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /**
   * Listens on a loopback port.
   *
   * @param leader asked at each connection; may take a moment
   */
  LeadForwarder(int port, Supplier<Optional<InetSocketAddress>> leader) {
    this.leader = leader;
    try {
      listener = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket near = listener.accept();
        threads.execute(() -> connect(near));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void connect(Socket near) {
    Socket far = new Socket();
    open.add(near);
    open.add(far);
    try {
      far.connect(leader.get().orElseThrow(() -> new IOException("nobody leads")));
      threads.execute(() -> pass(near, far));
      threads.execute(() -> pass(far, near));
    } catch (IOException e) {
      end(near, far);
    }
  }

  private void pass(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // One of the two ended.
    } finally {
      end(from, to);
    }
  }

  private void end(Socket... both) {
    for (Socket socket : both) {
      open.remove(socket);
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    end(open.toArray(Socket[]::new));
    threads.shutdownNow();
  }
}
