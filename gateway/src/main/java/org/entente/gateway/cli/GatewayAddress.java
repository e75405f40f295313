package org.entente.gateway.cli;

import io.grpc.ManagedChannel;
import java.nio.file.Path;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;
import picocli.CommandLine.Option;

/** The options that say which gateway to call, and as whom. */
final class GatewayAddress {
  @Option(
      names = "--gateway",
      required = true,
      paramLabel = "HOST:PORT",
      description = "the gateway's client address")
  private String address = "";

  @Option(
      names = "--credentials",
      required = true,
      paramLabel = "DIR",
      description = "folder with tls.crt, tls.key and ca.crt of the client")
  private Path credentials = Path.of("");

  ManagedChannel open() {
    try {
      return Channels.open(address, Credentials.in(credentials));
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()), e);
    }
  }
}
