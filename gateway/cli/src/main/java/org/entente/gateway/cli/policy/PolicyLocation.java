package org.entente.gateway.cli.policy;

import io.grpc.ManagedChannel;
import java.util.function.Function;
import org.entente.gateway.cli.call.GatewayAddress;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;

/**
 * Options that select the policy that a command reads: that of files, or that of a running gateway,
 * by default that of the context.
 */
final class PolicyLocation {
  @ArgGroup(exclusive = false)
  private @Nullable PolicyFiles files;

  @ArgGroup(exclusive = false)
  private @Nullable GatewayAddress gateway;

  /** Reads the files, or calls the gateway. */
  <T> T ask(Function<PolicyFiles, T> reading, Function<ManagedChannel, T> call) {
    PolicyFiles read = files;
    if (read != null) {
      return reading.apply(read);
    }
    GatewayAddress address = gateway;
    return (address == null ? new GatewayAddress() : address).call(call);
  }
}
