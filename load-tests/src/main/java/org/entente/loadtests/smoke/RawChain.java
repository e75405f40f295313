package org.entente.loadtests.smoke;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.cli.CommandFailure;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;
import org.entente.loadtests.federation.Machine;

/** As many processes as gateways, with the same TLS, that pass bytes on and do nothing else. */
final class RawChain implements AutoCloseable {
  private static final long OPEN_SECONDS = 30;

  private final List<Process> processes = new ArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final Flood flood = new Flood();
  private final CountDownLatch opened = new CountDownLatch(1);
  private final byte[] content;
  private final StreamObserver<byte[]> publisher;

  /** Starts both processes, which are ready on return. */
  RawChain(String first, String second, Credentials server, Credentials client, byte[] content)
      throws IOException, InterruptedException {
    this.content = content;
    start(server, second);
    start(server, first, second);
    ClientCalls.asyncServerStreamingCall(
        open(second, client).newCall(RawMethods.RECEIVE, CallOptions.DEFAULT),
        new byte[0],
        new Arriving());
    if (!opened.await(OPEN_SECONDS, TimeUnit.SECONDS)) {
      throw new CommandFailure("the pass-through chain is not ready after " + OPEN_SECONDS + " s");
    }
    this.publisher =
        ClientCalls.asyncBidiStreamingCall(
            open(first, client).newCall(RawMethods.FORWARD, CallOptions.DEFAULT), new Arriving());
  }

  private ManagedChannel open(String address, Credentials client) {
    ManagedChannel channel = Channels.open(address, client);
    channels.add(channel);
    return channel;
  }

  private void start(Credentials server, String address, String... next) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add(address);
    arguments.add(server.certificate().toString());
    arguments.add(server.key().toString());
    arguments.add(server.authority().toString());
    arguments.addAll(List.of(next));
    Process process =
        new ProcessBuilder(
                Machine.THROUGHPUT.command(
                    PassThrough.class.getName(), arguments.toArray(new String[0])))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    processes.add(process);
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    if (!"ready".equals(out.readLine())) {
      throw new CommandFailure("a process of the pass-through chain did not start");
    }
  }

  double run(int messages) throws InterruptedException {
    return flood.run(messages, () -> publisher.onNext(content));
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    for (Process process : processes) {
      process.destroyForcibly();
      process.onExit().join();
    }
  }

  /** The first message says that the subscriber is known; it is empty, as no other is. */
  private final class Arriving implements StreamObserver<byte[]> {
    @Override
    public void onNext(byte[] message) {
      if (message.length == 0) {
        opened.countDown();
      } else {
        flood.arrived();
      }
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
