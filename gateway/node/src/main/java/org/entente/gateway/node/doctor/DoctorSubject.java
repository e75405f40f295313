package org.entente.gateway.node.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.trust.TrustBundle;
import org.jspecify.annotations.Nullable;

/**
 * The node that checks look at, once: what they share is read once. Every failure is a {@link
 * StartProblem}. Not safe for use by several threads.
 */
public final class DoctorSubject {
  private final Path file;
  private final InstantSource clock;
  private final AdminPort port;
  private final @Nullable InetSocketAddress admin;
  private @Nullable ConfiguredFiles files;
  private @Nullable TrustBundle bundle;
  private AdminPort.@Nullable Answer ready;
  private @Nullable StartProblem silence;

  /**
   * A subject.
   *
   * @param file its configuration
   * @param admin its admin port; null for the configured one
   */
  public DoctorSubject(
      Path file, InstantSource clock, AdminPort port, @Nullable InetSocketAddress admin) {
    this.file = file;
    this.clock = clock;
    this.port = port;
    this.admin = admin;
  }

  Path file() {
    return file;
  }

  InstantSource clock() {
    return clock;
  }

  Instant now() {
    return clock.instant();
  }

  ConfiguredFiles files() {
    ConfiguredFiles read = files == null ? ConfiguredFiles.read(file, clock) : files;
    files = read;
    return read;
  }

  NodeConfig config() {
    return files().config();
  }

  TrustBundle bundle() {
    TrustBundle read = bundle == null ? files().verifiedBundle() : bundle;
    bundle = read;
    return read;
  }

  /** Whether a gateway answers at the admin port. */
  boolean isRunning() {
    try {
      AdminPort.Answer unused = ready();
      return true;
    } catch (StartProblem e) {
      return false;
    }
  }

  /** The gateway's answer to {@code /readyz}. */
  AdminPort.Answer ready() {
    if (silence != null) {
      throw silence;
    }
    try {
      AdminPort.Answer answer = ready == null ? get("/readyz") : ready;
      ready = answer;
      return answer;
    } catch (StartProblem e) {
      silence = e;
      throw e;
    }
  }

  /**
   * The gateway's state of its cluster.
   *
   * @throws StartProblem if no gateway answers
   */
  public AdminPort.Answer cluster() {
    return get("/cluster");
  }

  /** The gateway's metrics. */
  String metrics() {
    return get("/metrics").body();
  }

  private AdminPort.Answer get(String path) {
    InetSocketAddress at =
        Optional.ofNullable(admin)
            .orElseGet(() -> ConfiguredFiles.address("listen.admin", config().listen().admin()));
    if (at.getPort() == 0) {
      throw new StartProblem(
          "listen.admin: port 0 is another one at each start; `run` prints it: pass it with"
              + " --admin");
    }
    try {
      return port.get(at, path);
    } catch (IOException e) {
      throw new StartProblem(
          "listen.admin: no gateway answers at %s:%d: %s"
              .formatted(at.getHostString(), at.getPort(), FileErrorText.words(e)),
          e);
    }
  }
}
