package org.entente.gateway.cli;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that makes calls to a gateway as one of its clients. */
abstract class ClientCall implements Callable<Integer> {
  @Mixin private GatewayAddress gateway = new GatewayAddress();

  @Spec private CommandSpec spec;

  @Override
  public final Integer call() {
    ManagedChannel channel = gateway.open();
    try {
      return with(channel);
    } catch (StatusRuntimeException e) {
      throw RpcFailures.explain(e);
    } finally {
      out().flush();
      channel.shutdownNow();
    }
  }

  abstract int with(ManagedChannel channel);

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
