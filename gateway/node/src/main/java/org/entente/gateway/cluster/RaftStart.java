package org.entente.gateway.cluster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.ExitUtils;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.StoreFailure.Kind;

/** The start of a Raft server, whose failures its operator can read and the process survives. */
final class RaftStart {
  private RaftStart() {}

  /**
   * Starts a server; the caller closes it, also after a failure.
   *
   * @throws StoreFailure if it cannot listen, or its log or copy cannot be opened
   */
  static void start(RaftServer server, ClusterSettings settings) {
    keepProcess();
    try {
      server.start();
    } catch (ExitUtils.ExitException e) {
      // Ratis means to end the process only where it cannot listen.
      throw cannotListen(settings, e);
    } catch (IOException | RuntimeException e) {
      throw failure(e);
    }
  }

  /** Ratis ends the process where a port is taken; so it would for any thread that fails. */
  private static void keepProcess() {
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    // Its class takes this handler when it is loaded.
    ExitUtils.disableSystemExit();
    Thread.setDefaultUncaughtExceptionHandler(before);
  }

  private static StoreFailure cannotListen(ClusterSettings settings, Exception e) {
    InetSocketAddress at = settings.address();
    return new StoreFailure(
        Kind.IO,
        ("cluster.nodes: %s cannot listen on %s:%d: %s; it must be an address of this machine, and"
                + " no other program may listen there")
            .formatted(settings.self(), at.getHostString(), at.getPort(), root(e).getMessage()),
        e);
  }

  /** As it is, or as Ratis wrapped it. */
  static StoreFailure failure(Exception e) {
    for (Throwable one = e; one != null; one = one.getCause()) {
      if (one instanceof StoreFailure known) {
        return known;
      }
    }
    Throwable root = root(e);
    String why = Objects.requireNonNullElse(root.getMessage(), root.getClass().getSimpleName());
    return new StoreFailure(Kind.IO, "the node cannot join its cluster: " + why, e);
  }

  private static Throwable root(Throwable failure) {
    return Optional.ofNullable(failure.getCause()).map(RaftStart::root).orElse(failure);
  }
}
