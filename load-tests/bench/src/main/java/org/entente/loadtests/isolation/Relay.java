package org.entente.loadtests.isolation;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.entente.gateway.cli.failure.CommandFailure;

/**
 * A TCP relay between a dialler and an answerer that can become slow, or stop forwarding without
 * closing connections, like a broken middlebox. Thread-safe.
 */
public final class Relay implements AutoCloseable {
  private static final int CHUNK = 64 << 10;
  private static final int TRICKLE = 512;
  private static final int TRICKLE_MILLIS = 100;

  /** Forwarding mode, which also applies to open connections. */
  public enum Mode {
    /** Forwards everything. */
    PASSING,
    /** Forwards 5 KiB per second each way. */
    TRICKLING,
    /** Reads and forwards nothing; closes no connection and accepts new ones. */
    STUCK
  }

  private final ServerSocket server;
  private final InetSocketAddress target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicLong forth = new AtomicLong();
  private final AtomicLong back = new AtomicLong();
  private final Object modes = new Object();
  private Mode mode = Mode.PASSING;
  private int generation;
  private boolean closed;

  private Relay(ServerSocket server, InetSocketAddress target) {
    this.server = server;
    this.target = target;
  }

  /**
   * Listens on a free loopback port.
   *
   * @param target {@code host:port} of the answerer
   */
  public static Relay to(String target) throws IOException {
    int colon = target.lastIndexOf(':');
    InetSocketAddress address =
        new InetSocketAddress(
            target.substring(0, colon), Integer.parseInt(target.substring(colon + 1)));
    Relay relay = new Relay(new ServerSocket(0, 64, InetAddress.getLoopbackAddress()), address);
    begin("relay to " + target, relay::accept);
    return relay;
  }

  /** Address to dial instead of the target. */
  public String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /**
   * Changes a node's configuration to dial this relay instead of its target.
   *
   * @throws CommandFailure if the configuration does not dial the target
   */
  public void between(Path config) {
    String direct = target.getHostString() + ":" + target.getPort();
    try {
      String yaml = Files.readString(config);
      if (!yaml.contains(direct)) {
        throw new CommandFailure(config + " does not dial " + direct);
      }
      Files.writeString(config, yaml.replace(direct, address()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bytes forwarded from diallers, including TLS. */
  public long forth() {
    return forth.get();
  }

  /** Bytes forwarded to diallers. */
  public long back() {
    return back.get();
  }

  /** Sets the forwarding mode. */
  public void mode(Mode next) {
    synchronized (modes) {
      mode = next;
      modes.notifyAll();
    }
  }

  /** Permanently stops forwarding on the open connections without closing them. */
  public void abandon() {
    synchronized (modes) {
      generation++;
    }
  }

  private int generation() {
    synchronized (modes) {
      return generation;
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket dialler = server.accept();
        sockets.add(dialler);
        begin("relay", () -> connect(dialler));
      } catch (IOException e) {
        // A closed relay ends the loop; any other error concerns only that connection.
      }
    }
  }

  private void connect(Socket dialler) {
    Socket answerer = new Socket();
    sockets.add(answerer);
    int of = generation();
    try {
      passes(of);
      answerer.connect(target);
      begin("relay back", () -> copy(answerer, dialler, of, back));
      copy(dialler, answerer, of, forth);
    } catch (IOException e) {
      end(dialler, answerer);
    }
  }

  private void copy(Socket from, Socket to, int of, AtomicLong passed) {
    byte[] chunk = new byte[CHUNK];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      while (true) {
        boolean slow = passes(of) == Mode.TRICKLING;
        int count = in.read(chunk, 0, slow ? TRICKLE : CHUNK);
        if (count < 0) {
          break;
        }
        passes(of);
        out.write(chunk, 0, count);
        passed.addAndGet(count);
      }
    } catch (IOException e) {
      // One side is closed, so close the other.
    }
    end(from, to);
  }

  /** Waits while stuck, and briefly while trickling; returns the mode that applies then. */
  private Mode passes(int of) throws IOException {
    synchronized (modes) {
      try {
        while ((mode == Mode.STUCK || of < generation) && !closed) {
          modes.wait();
        }
        if (mode == Mode.TRICKLING && !closed) {
          TimeUnit.MILLISECONDS.timedWait(modes, TRICKLE_MILLIS);
        }
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      if (closed) {
        throw new IOException("closed");
      }
      return mode;
    }
  }

  private void end(Socket one, Socket other) {
    for (Socket socket : Set.of(one, other)) {
      sockets.remove(socket);
      try {
        socket.close();
      } catch (IOException e) {
        // It is closed already, or the system closes it with the process.
      }
    }
  }

  private static void begin(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Closes all connections. */
  @Override
  public void close() throws IOException {
    synchronized (modes) {
      closed = true;
      modes.notifyAll();
    }
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
