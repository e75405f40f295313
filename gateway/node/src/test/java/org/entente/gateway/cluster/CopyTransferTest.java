package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.grpc.GrpcUtil;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.RocksOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A copy of which the first frame comes, and no other, as from a machine that lost its power. */
@Timeout(120)
class CopyTransferTest {
  private static final MethodDescriptor<byte[], byte[]> FETCH =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
          .setFullMethodName(CopyTransfer.SERVICE + "/Fetch")
          .setRequestMarshaller(new CopyTransfer.Bytes())
          .setResponseMarshaller(new CopyTransfer.Bytes())
          .build();

  @TempDir private Path dir;

  private final NodeCertificates certificates =
      new NodeCertificates(Instant.now().minusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS));
  private final ClusterSettings.Tls own = certificates.of(NodeCertificates.OWN);
  private final GrpcTlsConfig tls =
      new GrpcTlsConfig(own.identity(), own.trust(), /* mTlsEnabled= */ true);
  private final AtomicBoolean asked = new AtomicBoolean();
  private CopyTransfer transfer;
  private Server server;

  @BeforeEach
  void start() throws IOException {
    transfer =
        new CopyTransfer(new ReplicaFolder(dir, RocksOptions.defaults()), Duration.ofHours(1));
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(GrpcUtil.buildSslContextForServer(tls))
            .addService(
                ServerServiceDefinition.builder(CopyTransfer.SERVICE)
                    .addMethod(FETCH, ServerCalls.asyncServerStreamingCall(this::begin))
                    .build())
            .intercept(new OwnMessagesOnly("n1", "test"))
            .build()
            .start();
  }

  private void begin(byte[] request, StreamObserver<byte[]> responses) {
    responses.onNext(KeyBuilder.key().u8(CopyFrames.FILE).ascii("CURRENT").u64(9).done());
    asked.set(true);
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
  }

  private String failure(Duration silence, BooleanSupplier leads) {
    return failure("test", silence, leads);
  }

  private String failure(String cluster, Duration silence, BooleanSupplier leads) {
    return String.valueOf(
        assertThrows(
                IOException.class,
                () ->
                    transfer.fetch(
                        "127.0.0.1:" + server.getPort(),
                        tls,
                        OwnMessagesOnly.meantFor("n1", cluster),
                        1,
                        silence,
                        leads))
            .getMessage());
  }

  /** Its address was given by mistake, and its gateway has the same name. */
  @Test
  void copyOfAnotherCluster_isNotFetched() {
    String why = failure("test of the other id", Duration.ofHours(1), () -> true);
    assertTrue(why.contains("n1 is of another cluster (cluster.id)"), why);
    assertFalse(asked.get());
  }

  @Test
  void node_thatFallsSilent_isGivenUp() {
    assertEquals(
        "nothing came of the copy for PT0.2S", failure(Duration.ofMillis(200), () -> true));
    assertFalse(Files.exists(dir.resolve("receiving")));
  }

  @Test
  void copy_thatIsBeingFetched_isNoted_withItsNumber() {
    assertEquals(Optional.empty(), transfer.note());
    failure(Duration.ofMillis(200), () -> true);
    List<String> notes = new ArrayList<>();
    failure(Duration.ofMillis(200), () -> notes.add(transfer.note().orElse("nothing")));
    assertEquals(
        "copy 2 of the ledger since this machine joined is being fetched: 0 MiB so far; the one"
            + " before failed: nothing came of the copy for PT0.2S",
        notes.get(0));
    assertEquals(Optional.empty(), transfer.note());
  }

  @Test
  void node_thatNoLongerLeads_isGivenUp() {
    assertEquals(
        "the node that sends the copy no longer leads",
        failure(Duration.ofHours(1), () -> !asked.get()));
    assertFalse(Files.exists(dir.resolve("receiving")));
  }
}
