package org.entente.gateway.cluster;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.grpc.GrpcUtil;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ClientInterceptor;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusException;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.BlockingClientCall;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCallStreamObserver;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.entente.gateway.store.LogPosition;
import org.entente.gateway.store.RocksReplica;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a node's copy of the store to one that has fallen behind the log, on the port and under the
 * TLS of Raft.
 *
 * <p>Ratis could send snapshots itself. But it deletes the receiver's snapshot before the new one
 * is whole, and a list of files cannot hold still while RocksDB compacts. A checkpoint does.
 */
final class CopyTransfer {
  static final String SERVICE = "entente.cluster.CopyTransfer";

  /** Copies that are sent at once, to any nodes. Each holds files that compaction would free. */
  static final int AT_ONCE = 2;

  /** Silence after which a node asks whether another one still hears it; the least of gRPC. */
  static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

  /** Between two checks, while nothing comes, whether the sender still leads. */
  private static final long LOOK_MILLIS = 100;

  private static final Logger LOG = LoggerFactory.getLogger(CopyTransfer.class);

  static final MethodDescriptor<byte[], byte[]> FETCH =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Fetch"))
          .setRequestMarshaller(new Bytes())
          .setResponseMarshaller(new Bytes())
          .build();

  private final ReplicaFolder folder;
  private final Semaphore free = new Semaphore(AT_ONCE);
  private final KeptLog log;
  private final AtomicInteger fetched = new AtomicInteger();
  private final AtomicLong received = new AtomicLong();
  private volatile boolean fetches;

  /** Why the last copy was not fetched; empty if it was. */
  private volatile String failure = "";

  /**
   * The copies in a folder.
   *
   * @param silence after which a receiver that takes nothing is given up
   */
  CopyTransfer(ReplicaFolder folder, Duration silence) {
    this.folder = folder;
    this.log = new KeptLog(System::nanoTime, silence);
  }

  /** Gives the copy to send. */
  @FunctionalInterface
  interface Source {
    /** The open copy. */
    RocksReplica replica();
  }

  /** The service that sends the copy. */
  ServerServiceDefinition service(Source source) {
    return ServerServiceDefinition.builder(SERVICE)
        .addMethod(
            FETCH,
            ServerCalls.asyncServerStreamingCall(
                (request, responses) -> send(source, (ServerCallStreamObserver<byte[]>) responses)))
        .build();
  }

  private void send(Source source, ServerCallStreamObserver<byte[]> responses) {
    if (!free.tryAcquire()) {
      responses.onError(
          Status.RESOURCE_EXHAUSTED
              .withDescription(AT_ONCE + " copies are being sent; try again later")
              .asRuntimeException());
      return;
    }
    Path checkpoint = folder.nextSending();
    try {
      begin(source.replica(), checkpoint, responses);
    } catch (IOException | RuntimeException e) {
      fail(checkpoint, responses, e);
    }
  }

  private void begin(RocksReplica copy, Path checkpoint, ServerCallStreamObserver<byte[]> responses)
      throws IOException {
    KeptLog.Entries needed = log.after(copy.position().index());
    boolean begun = false;
    try {
      copy.checkpoint(checkpoint);
      new Sending(checkpoint, needed, responses).start();
      begun = true;
    } finally {
      if (!begun) {
        needed.ended(false);
      }
    }
  }

  /** {@link KeptLog#shorten}. */
  long shorten(long flushed) {
    return log.shorten(flushed);
  }

  /** What is being fetched; empty if nothing is. */
  Optional<String> note() {
    return fetches
        ? Optional.of(
            "copy %d of the ledger since this machine joined is being fetched: %d MiB so far%s"
                .formatted(
                    fetched.get(),
                    received.get() >> 20,
                    failure.isEmpty() ? "" : "; the one before failed: " + failure))
        : Optional.empty();
  }

  private void fail(Path checkpoint, StreamObserver<byte[]> responses, Exception why) {
    LOG.warn("a copy of the ledger could not be sent", why);
    release(checkpoint);
    responses.onError(Status.INTERNAL.withDescription("no copy").asRuntimeException());
  }

  private void release(Path checkpoint) {
    free.release();
    try {
      ReplicaFolder.delete(checkpoint);
    } catch (IOException e) {
      LOG.warn("{} is left: it is removed at the next start", checkpoint, e);
    }
  }

  /** One copy on its way: sends a frame whenever the network takes one. */
  private final class Sending {
    private final Path checkpoint;
    private final KeptLog.Entries needed;
    private final ServerCallStreamObserver<byte[]> responses;
    private final CopyFrames frames;
    private boolean done;

    Sending(Path checkpoint, KeptLog.Entries needed, ServerCallStreamObserver<byte[]> responses)
        throws IOException {
      this.checkpoint = checkpoint;
      this.needed = needed;
      this.responses = responses;
      this.frames = new CopyFrames(checkpoint);
    }

    void start() {
      responses.setOnCancelHandler(() -> end(/* whole= */ false));
      responses.setOnReadyHandler(this::pump);
    }

    private void pump() {
      try {
        while (!done && responses.isReady()) {
          byte[] frame = frames.next();
          if (frame == null) {
            end(/* whole= */ true);
            responses.onCompleted();
            return;
          }
          responses.onNext(frame);
          needed.taken();
        }
      } catch (IOException | RuntimeException e) {
        LOG.warn("a copy of the ledger was not sent to its end", e);
        end(/* whole= */ false);
        responses.onError(Status.INTERNAL.withDescription("cut short").asRuntimeException());
      }
    }

    /** gRPC calls this and {@link #pump} one after the other. */
    private void end(boolean whole) {
      if (done) {
        return;
      }
      done = true;
      needed.ended(whole);
      try {
        frames.close();
      } catch (IOException e) {
        LOG.warn("a file of {} did not close", checkpoint, e);
      }
      release(checkpoint);
    }
  }

  /**
   * Fetches the copy of the node at {@code address}. On return it takes the place of this node's at
   * the next opening, durably. One at a time.
   *
   * @param meant says which node of which cluster is asked; any other one refuses
   * @param least the index that it must have reached
   * @param silence the longest wait for the next frame. A machine that loses its power closes no
   *     connection.
   * @param leads whether that node still leads; if not, another one may have what is needed
   * @throws IOException if it could not be fetched whole; nothing is left of it
   */
  LogPosition fetch(
      String address,
      GrpcTlsConfig tls,
      ClientInterceptor meant,
      long least,
      Duration silence,
      BooleanSupplier leads)
      throws IOException {
    Path receiving = folder.newReceiving();
    ManagedChannel channel = channel(address, tls, 2 * CopyFrames.MAX_CONTENT, meant);
    fetched.incrementAndGet();
    received.set(0);
    fetches = true;
    try (CopyReceiver receiver = new CopyReceiver(receiving)) {
      BlockingClientCall<byte[], byte[]> call =
          ClientCalls.blockingV2ServerStreamingCall(
              channel, FETCH, CallOptions.DEFAULT, new byte[0]);
      for (byte[] frame = next(call, silence, leads);
          frame != null;
          frame = next(call, silence, leads)) {
        receiver.accept(frame);
        received.addAndGet(frame.length);
      }
      receiver.requireWhole();
      LogPosition position = folder.received(receiving, least);
      failure = "";
      return position;
    } catch (StatusException e) {
      failure = "no copy came from " + address + ": " + e.getStatus();
      throw new IOException(failure, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a copy was fetched", e);
    } catch (IOException | RuntimeException e) {
      // Such as a full disk: Ratis has it fetched again and again, and only an operator can help.
      failure = String.valueOf(e.getMessage());
      throw e;
    } finally {
      fetches = false;
      channel.shutdownNow();
      ReplicaFolder.delete(receiving);
    }
  }

  /** The next frame; null after the last. */
  private static byte @Nullable [] next(
      BlockingClientCall<byte[], byte[]> call, Duration silence, BooleanSupplier leads)
      throws IOException, StatusException, InterruptedException {
    long end = System.nanoTime() + silence.toNanos();
    while (System.nanoTime() < end) {
      if (!leads.getAsBoolean()) {
        throw new IOException("the node that sends the copy no longer leads");
      }
      try {
        return call.read(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        LOG.debug("no frame yet", e);
      }
    }
    throw new IOException("nothing came of the copy for " + silence);
  }

  /**
   * A connection to another node. The caller ends it.
   *
   * @param mostBytes longest message that it takes
   */
  static ManagedChannel channel(
      String address, GrpcTlsConfig tls, int mostBytes, ClientInterceptor... interceptors) {
    return NettyChannelBuilder.forTarget(address)
        .proxyDetector(uri -> null)
        .maxInboundMessageSize(mostBytes)
        .intercept(interceptors)
        .sslContext(GrpcUtil.buildSslContextForClient(tls))
        // A connection through a network that dropped packets would be silent for minutes.
        .keepAliveTime(KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
        .keepAliveTimeout(KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
        .build();
  }

  /** Bytes as they are. */
  static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
