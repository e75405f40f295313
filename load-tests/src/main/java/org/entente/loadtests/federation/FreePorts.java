package org.entente.loadtests.federation;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.entente.gateway.cli.CommandFailure;

/**
 * Loopback ports that are free now. Taken from below the range that Linux gives to outgoing
 * connections, so that none of those sits on a gateway's port while the gateway is down.
 */
public final class FreePorts {
  private static final int FIRST = 18_000;
  private static final int LAST = 32_000;
  private static final int TRIES = 1_000;

  private final RandomGenerator random;
  private final Set<Integer> given = new HashSet<>();

  /** Ports chosen by this randomness. */
  public FreePorts(RandomGenerator random) {
    this.random = random;
  }

  /** A loopback address with a port that was not given before. */
  public String address() {
    for (int i = 0; i < TRIES; i++) {
      int port = random.nextInt(FIRST, LAST);
      if (!given.contains(port) && isFree(port)) {
        given.add(port);
        return "127.0.0.1:" + port;
      }
    }
    throw new CommandFailure("no free port found between " + FIRST + " and " + LAST);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
