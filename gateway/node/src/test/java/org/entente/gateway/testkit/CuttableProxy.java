package org.entente.gateway.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

/**
 * A TCP connection between two parts of a test that can be cut, refused and stalled. Listens on a
 * free port of the loopback address and passes bytes on to a port that may change. Thread-safe.
 */
public final class CuttableProxy implements Closeable {
  private final ServerSocket listener;
  private final IntSupplier target;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong passed = new AtomicLong();
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong cutAt = new AtomicLong(Long.MAX_VALUE);
  private final Object gate = new Object();
  private boolean stalled;
  private volatile boolean refusing;

  /**
   * @param target the port to pass on to, asked at each connection
   */
  public CuttableProxy(IntSupplier target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Bytes passed on so far, both ways. */
  public long passed() {
    return passed.get();
  }

  /** Connections taken so far. */
  public long accepted() {
    return accepted.get();
  }

  /** Closes what is open; new connections are taken. */
  public void cut() {
    open.forEach(CuttableProxy::closeQuietly);
  }

  /** Cuts once that many further bytes have been passed on. */
  public void cutAfter(long bytes) {
    cutAt.set(passed.get() + bytes);
  }

  /** Whether new connections are closed at once. */
  public void refuse(boolean refuse) {
    refusing = refuse;
  }

  /** Passes nothing on, with everything open, until told otherwise. */
  public void stall(boolean stall) {
    synchronized (gate) {
      stalled = stall;
      gate.notifyAll();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket near = listener.accept();
        accepted.incrementAndGet();
        connect(near);
      } catch (IOException e) {
        // Closed, or the target is away: the next connection may do better.
      }
    }
  }

  private void connect(Socket near) throws IOException {
    Socket far = new Socket();
    open.add(near);
    open.add(far);
    try {
      if (refusing) {
        throw new IOException("refused");
      }
      far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target.getAsInt()));
    } catch (IOException e) {
      end(near, far);
      throw e;
    }
    threads.execute(() -> pass(near, far));
    threads.execute(() -> pass(far, near));
  }

  private void pass(Socket from, Socket to) {
    byte[] buffer = new byte[16 * 1024];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitOpenGate();
        out.write(buffer, 0, read);
        if (passed.addAndGet(read) >= cutAt.get()) {
          cutAt.set(Long.MAX_VALUE);
          cut();
        }
      }
    } catch (IOException e) {
      // Cut, by the test or by an end.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end(from, to);
    }
  }

  private void awaitOpenGate() throws InterruptedException {
    synchronized (gate) {
      while (stalled) {
        gate.wait();
      }
    }
  }

  private void end(Socket one, Socket other) {
    open.remove(one);
    open.remove(other);
    closeQuietly(one);
    closeQuietly(other);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
    threads.shutdownNow();
  }
}
