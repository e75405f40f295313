package org.entente.gateway.cli.call;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.trust.Endpoint;
import picocli.CommandLine.Option;

/** Options that name the gateway to call and the client's credentials. */
public final class GatewayAddress {
  /** Strongly referenced: Java forgets the level of a logger that is garbage-collected. */
  private static final Logger CHANNELS = Logger.getLogger("io.grpc");

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

  /** The address as it was given. */
  String address() {
    return address;
  }

  /**
   * Calls the gateway over a channel that is closed afterwards.
   *
   * @throws CommandFailure explaining a failed call
   */
  public <T> T call(Function<ManagedChannel, T> call) {
    ManagedChannel channel = open();
    try {
      return call.apply(channel);
    } catch (StatusRuntimeException e) {
      throw RpcFailures.explain(e);
    } finally {
      channel.shutdownNow();
    }
  }

  public ManagedChannel open() {
    // The failures of calls report everything about a channel, without stack traces. Set only when
    // a command calls: a running gateway has these classes too and must log gRPC's warnings.
    CHANNELS.setLevel(Level.OFF);
    try {
      return Channels.open(Endpoint.parse(address).toString(), Credentials.in(credentials));
    } catch (InvalidValue e) {
      throw new UsageError("--gateway: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("--" + e.getMessage(), e);
    }
  }
}
