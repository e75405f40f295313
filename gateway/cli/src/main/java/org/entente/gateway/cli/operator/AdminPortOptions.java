package org.entente.gateway.cli.operator;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.node.doctor.DoctorSubject;
import org.entente.gateway.node.doctor.HttpAdminPort;
import org.entente.gateway.trust.Endpoint;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that name a node's configuration and where its gateway's admin port is. */
final class AdminPortOptions {
  @Option(names = "--config", required = true, paramLabel = "FILE", description = "node.yaml")
  private Path config = Path.of("");

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      description = "the gateway's admin port (default: listen.admin of the configuration)")
  private @Nullable String admin;

  /**
   * The node, to look at once.
   *
   * @throws UsageError if the address is none
   */
  DoctorSubject subject() {
    return new DoctorSubject(config, InstantSource.system(), new HttpAdminPort(), address());
  }

  private @Nullable InetSocketAddress address() {
    if (admin == null) {
      return null;
    }
    try {
      Endpoint endpoint = Endpoint.parse(admin);
      return new InetSocketAddress(endpoint.host(), endpoint.port());
    } catch (InvalidValue e) {
      throw new UsageError("--admin: " + e.getMessage(), e);
    }
  }
}
