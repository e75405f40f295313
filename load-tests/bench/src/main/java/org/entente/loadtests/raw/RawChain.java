package org.entente.loadtests.raw;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;
import org.entente.loadtests.federation.Machine;
import org.entente.loadtests.measure.Arrivals;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.measure.MessageSender;
import org.jspecify.annotations.Nullable;

/**
 * A chain of as many processes as gateways, with the same TLS, that only forward bytes. Closing
 * ends the processes; so does any end of this process.
 */
public final class RawChain implements AutoCloseable {
  private static final long OPEN_SECONDS = 30;

  /** Calls in flight, as many as at a gateway. */
  private static final int CALLS = 64;

  private final List<Process> processes = new ArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final CountDownLatch opened = new CountDownLatch(1);
  private final Arrivals arrivals = new Arrivals();
  private final ManagedChannel publisher;
  private final StreamObserver<byte[]> stream;

  /** Length of packed messages; the same for all messages of a measurement. */
  private volatile int bytes = Long.BYTES;

  private boolean closed;

  /**
   * Starts both processes, which are ready on return.
   *
   * @param first address of the one that the publisher calls
   * @param second address of the one that the subscriber calls
   * @param folder where each process syncs messages before it forwards them; null to keep nothing
   */
  public RawChain(
      String first, String second, Credentials server, Credentials client, @Nullable Path folder)
      throws InterruptedException {
    start(server, second, "", folder == null ? "" : folder.resolve("second").toString());
    start(server, first, second, folder == null ? "" : folder.resolve("first").toString());
    ClientCalls.asyncServerStreamingCall(
        open(second, client).newCall(RawMethods.RECEIVE, CallOptions.DEFAULT),
        new byte[0],
        new ArrivalObserver());
    if (!opened.await(OPEN_SECONDS, TimeUnit.SECONDS)) {
      throw new CommandFailure("the pass-through chain is not ready after " + OPEN_SECONDS + " s");
    }
    publisher = open(first, client);
    stream =
        ClientCalls.asyncBidiStreamingCall(
            publisher.newCall(RawMethods.FORWARD, CallOptions.DEFAULT), new FailureObserver());
  }

  private ManagedChannel open(String address, Credentials client) {
    ManagedChannel channel = Channels.open(address, client);
    channels.add(channel);
    return channel;
  }

  private void start(Credentials server, String address, String next, String folder) {
    try {
      Process process =
          new ProcessBuilder(
                  Machine.PLAIN.command(
                      PassThrough.class,
                      address,
                      server.certificate().toString(),
                      server.key().toString(),
                      server.authority().toString(),
                      next,
                      folder))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      keep(process);
      BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
      if (!"ready".equals(out.readLine())) {
        throw new CommandFailure("a process of the pass-through chain did not start");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void keep(Process process) {
    if (closed) {
      process.destroyForcibly();
      throw new CommandFailure("stopped before the pass-through chain was started");
    }
    processes.add(process);
  }

  /** The arrivals at the end. */
  public Arrivals arrivals() {
    return arrivals;
  }

  /** Process id of the first process of the chain, a hop that only receives and sends. */
  public synchronized long middle() {
    return processes.get(1).pid();
  }

  /** A stream of messages; messages that are sent together go in one gRPC message. */
  public MessageSender stream(MeasuredContent content) {
    bytes = content.bytes();
    return (first, count) -> stream.onNext(content.of(first, count));
  }

  /** A call for each message, a bounded number of them at a time. */
  public MessageSender calls(MeasuredContent content) {
    bytes = content.bytes();
    Semaphore free = new Semaphore(CALLS);
    return (first, count) -> {
      for (int i = 0; i < count; i++) {
        free.acquire();
        ClientCalls.asyncUnaryCall(
            publisher.newCall(RawMethods.CALL, CallOptions.DEFAULT),
            content.of(first + i, 1),
            new Answer(free));
      }
    };
  }

  @Override
  public synchronized void close() {
    closed = true;
    channels.forEach(ManagedChannel::shutdownNow);
    for (Process process : processes) {
      process.destroyForcibly();
      process.onExit().join();
    }
  }

  private class FailureObserver implements ClientResponseObserver<byte[], byte[]> {
    @Override
    public final void beforeStart(ClientCallStreamObserver<byte[]> call) {
      call.disableAutoRequestWithInitial(Integer.MAX_VALUE);
    }

    @Override
    public void onNext(byte[] message) {}

    @Override
    public final void onError(Throwable failure) {
      arrivals.failed("a stream of the pass-through chain ended: " + failure);
    }

    @Override
    public final void onCompleted() {}
  }

  /** The first message, the only empty one, confirms the subscriber. */
  private final class ArrivalObserver extends FailureObserver {
    @Override
    public void onNext(byte[] message) {
      if (message.length == 0) {
        opened.countDown();
      }
      for (int start = 0; start < message.length; start += bytes) {
        arrivals.arrived(MeasuredContent.number(ByteBuffer.wrap(message).position(start)));
      }
    }
  }

  private final class Answer implements StreamObserver<byte[]> {
    private final Semaphore free;

    Answer(Semaphore free) {
      this.free = free;
    }

    @Override
    public void onNext(byte[] message) {}

    @Override
    public void onError(Throwable failure) {
      arrivals.failed("a call of the pass-through chain failed: " + failure);
      free.release();
    }

    @Override
    public void onCompleted() {
      free.release();
    }
  }
}
