package org.entente.gateway.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Ports for servers that a test stops and starts again. Taken from below the range that Linux gives
 * to outgoing connections (32768 upward): a port from that range, which binding to 0 gives, may go
 * to any connection on the machine while the server is down. Tests run in several processes at
 * once, so each process reserves blocks of ports: it listens on the first port of each until it
 * ends.
 */
public final class LoopbackPort {
  private static final int FIRST = 18_000;
  private static final int LAST = 32_000;
  private static final int BLOCK = 20;
  private static final int TRIES = 10_000;
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  /** A port is given again after this many blocks of others: the test that had it has ended. */
  private static final int BLOCKS = 50;

  private static final List<ServerSocket> RESERVED = new ArrayList<>();
  private static int given;

  private LoopbackPort() {}

  /** A loopback port that is free now, and that no test of this machine was given lately. */
  public static synchronized int next() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      int block = given / BLOCK % BLOCKS;
      if (block == RESERVED.size()) {
        RESERVED.add(reservedBlock());
      }
      int port = RESERVED.get(block).getLocalPort() + given++ % BLOCK;
      if (isFree(port)) {
        return port;
      }
    }
    throw new IOException("no free port found between " + FIRST + " and " + LAST);
  }

  private static ServerSocket reservedBlock() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      int first = FIRST + BLOCK * ThreadLocalRandom.current().nextInt((LAST - FIRST) / BLOCK);
      ServerSocket reserved = new ServerSocket();
      try {
        reserved.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), first));
        return reserved;
      } catch (IOException taken) {
        reserved.close();
      }
    }
    throw new IOException("no free ports found between " + FIRST + " and " + LAST);
  }

  /**
   * Waits until a server that has ended has left its port. Java closes a listening socket only when
   * its selector looks again, which is a little after the server says that it has ended.
   */
  public static void awaitFree(int port) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!isFree(port)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("port " + port + " is still taken");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  /** Whether a server could listen on this loopback port now. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
