package org.entente.gateway.cli.policy;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.function.Function;
import org.entente.gateway.cli.call.GatewayAddress;
import org.entente.gateway.cli.call.RpcFailures;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.model.StartProblem;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;

/**
 * Options that select the policy that a command reads: that of files, or that of a running gateway.
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
      try {
        return reading.apply(read);
      } catch (StartProblem e) {
        throw new CommandFailure(String.valueOf(e.getMessage()), e);
      }
    }
    GatewayAddress address = gateway;
    if (address == null) {
      throw new CommandFailure("--config or --gateway is needed");
    }
    ManagedChannel channel = address.open();
    try {
      return call.apply(channel);
    } catch (StatusRuntimeException e) {
      throw RpcFailures.explain(e);
    } finally {
      channel.shutdownNow();
    }
  }
}
