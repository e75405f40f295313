package org.entente.loadtests.federation;

import java.io.IOException;
import java.io.UncheckedIOException;
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
  private final Supplier<Optional<String>> leader;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /**
   * Listens at an address.
   *
   * @param leader the address that serves; asked at each connection
   */
  LeadForwarder(String address, Supplier<Optional<String>> leader) {
    this.leader = leader;
    try {
      InetSocketAddress at = parsed(address);
      listener = new ServerSocket(at.getPort(), BACKLOG, at.getAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  private static InetSocketAddress parsed(String address) {
    int colon = address.lastIndexOf(':');
    return new InetSocketAddress(
        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
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
      String serves = leader.get().orElseThrow(() -> new IOException("nobody leads"));
      // As gateways and proxies do: by default a small message waits for the confirmation of the
      // one before, which the other side may hold back for 40 ms.
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      far.connect(parsed(serves));
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

  /** Ends all connections, as they lead to a machine that no longer serves. */
  void endAll() {
    end(open.toArray(Socket[]::new));
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    endAll();
    threads.shutdownNow();
  }
}
