package org.entente.loadtests.federation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.entente.gateway.cli.failure.CommandFailure;

/**
 * Free loopback ports, reserved among users of this class on this machine until it is closed: it
 * listens on the first port of each block of ports. The blocks are below Linux's range for outgoing
 * connections, so that no connection takes a gateway's port while the gateway is down.
 */
public final class FreePorts implements AutoCloseable {
  private static final int FIRST = 18_000;
  private static final int LAST = 32_000;
  private static final int BLOCK = 20;
  private static final int TRIES = 10_000;

  private final RandomGenerator random;
  private final List<ServerSocket> blocks = new ArrayList<>();
  private int next;
  private int end;

  /** Chooses blocks at random. */
  public FreePorts(RandomGenerator random) {
    this.random = random;
  }

  /** A loopback address with a port that was not given before. */
  public String address() {
    for (int i = 0; i < TRIES; i++) {
      if (next == end) {
        takeBlock();
      } else if (isFree(next++)) {
        return "127.0.0.1:" + (next - 1);
      }
    }
    throw new CommandFailure("no free port found between " + FIRST + " and " + LAST);
  }

  /** Chooses a block and reserves it if it is free. */
  private void takeBlock() {
    int first = FIRST + BLOCK * random.nextInt((LAST - FIRST) / BLOCK);
    try {
      blocks.add(listen(first));
      next = first + 1;
      end = first + BLOCK;
    } catch (IOException e) {
      // The port is in use: the next call chooses another block.
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = listen(port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static ServerSocket listen(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Releases the ports. */
  @Override
  public void close() {
    for (ServerSocket block : blocks) {
      try {
        block.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    blocks.clear();
    end = next;
  }
}
