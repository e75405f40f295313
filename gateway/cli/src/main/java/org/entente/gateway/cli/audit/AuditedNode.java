package org.entente.gateway.cli.audit;

import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Function;
import org.entente.gateway.cli.call.GatewayAddress;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.model.Result;
import org.entente.gateway.node.offline.OfflineNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Options that name the node whose audit log a command reads: a stopped or a running one. */
final class AuditedNode {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "node.yaml of a stopped node")
  private @Nullable Path config;

  @ArgGroup(exclusive = false, heading = "A running node, over gRPC:%n")
  private @Nullable GatewayAddress gateway;

  /** Reads the data of the stopped node, or calls the running one. */
  <T> T read(Function<OfflineNode, T> data, Function<ManagedChannel, T> call) {
    Path file = config;
    if (file != null) {
      try (OfflineNode node = OfflineNode.open(file, InstantSource.system())) {
        return data.apply(node);
      }
    }
    GatewayAddress running = gateway == null ? new GatewayAddress() : gateway;
    return running.call(call);
  }

  /** What a stopped node gave, unless it refused. */
  static <T> T value(Result<T> result) {
    if (result instanceof Result.Refused<T> refused) {
      throw new CommandFailure(refused.problem().code() + ": " + refused.problem().message());
    }
    return ((Result.Done<T>) result).value();
  }
}
