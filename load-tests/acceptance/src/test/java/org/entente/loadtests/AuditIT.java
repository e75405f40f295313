package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.entente.gateway.client.Credentials;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.Patience;
import org.entente.loadtests.testkit.SharedFederation;
import org.entente.proto.v1.AuditGrpc;
import org.entente.proto.v1.AuditGrpc.AuditBlockingStub;
import org.entente.proto.v1.ReadRecordRequest;
import org.entente.proto.v1.ReadRecordResponse;
import org.entente.proto.v1.ReadTileRequest;
import org.entente.proto.v1.ReadTileResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An auditor who has a running gateway's address, and neither its disk nor trust in it. */
final class AuditIT {
  private static final String FR = "fr.customs";
  private static final String LOG = "entente/demo.entente.example/fr.customs/gateway-1";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final SharedFederation sharedFederation = new SharedFederation();
  @TempDir private Path folder;
  private Federation federation;

  @BeforeEach
  void start() throws IOException {
    federation = sharedFederation.running(FR);
    send("hazardous.jsonl");
  }

  /** Sends the alerts of a sample under keys that no other test used. */
  private void send(String sample) throws IOException {
    Path file = folder.resolve(UUID.randomUUID() + ".jsonl");
    String alerts = Files.readString(ConfigurationHome.find().samples().resolve(sample));
    String key = "\"idempotencyKey\": \"";
    assertTrue(alerts.contains(key), alerts);
    Files.writeString(file, alerts.replace(key, key + UUID.randomUUID() + "-"));
    Child sent =
        Child.here(
            "send",
            "--gateway",
            federation.plan(FR).clients(),
            "--credentials",
            federation.credentials(FR, "declarations").toString(),
            "--alerts",
            file.toString());
    assertTrue(sent.out().contains("de.customs"), sent.out() + sent.err());
  }

  private Child at(String gateway, String client, Path roots, String... more) {
    Path bundle = sharedFederation.folder().resolve("federation").resolve("trust-bundle.note");
    List<String> command =
        new ArrayList<>(
            List.of(
                "audit",
                "verify",
                "--gateway",
                gateway,
                "--credentials",
                federation.credentials(FR, client).toString(),
                "--bundle",
                bundle.toString(),
                "--roots",
                roots.toString()));
    command.addAll(List.of(more));
    return Child.here(command.toArray(String[]::new));
  }

  private Path roots() {
    return sharedFederation.folder().resolve("federation").resolve("roots.json");
  }

  private Child verify(String... more) {
    return at(federation.plan(FR).clients(), "auditor", roots(), more);
  }

  /** The report once the signed log has more leaves than that. */
  private JsonNode moreThan(long leaves, String... more) throws IOException {
    List<String> options = new ArrayList<>(List.of(more));
    options.add("--json");
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Child child = verify(options.toArray(String[]::new));
      boolean signed = !child.err().contains("serves no checkpoint");
      assertEquals(signed ? 0 : 1, child.code(), child.err());
      JsonNode report = new ObjectMapper().readTree(signed ? child.out() : "{}");
      if (report.path("leaves").asLong() > leaves) {
        return report;
      }
      assertTrue(System.nanoTime() < end, () -> "still " + report);
      Patience.pause();
    }
  }

  @Test
  void runningNode_overGrpc_verifiesAndGoesOnFromTheKeptCheckpoint() throws IOException {
    Path kept = folder.resolve("fr.checkpoint");
    JsonNode first = moreThan(1);
    assertTrue(first.path("verified").asBoolean());
    assertEquals(LOG, first.path("log").asText());
    Child once = verify("--checkpoint", kept.toString());
    assertTrue(once.out().contains("not checked: no earlier checkpoint"), once.out());

    send("wildlife.jsonl");
    long leaves = first.path("leaves").asLong();
    JsonNode second = moreThan(leaves, "--checkpoint", kept.toString(), "--records");
    assertTrue(second.path("continued_leaves").asLong() >= leaves, second::toString);
    assertEquals(second.path("leaves"), second.path("records_opened"));
    assertTrue(Files.readString(kept).startsWith(LOG + "\n" + second.path("leaves") + "\n"));

    Child said = verify("--checkpoint", kept.toString());
    assertEquals(0, said.code(), said.err());
    assertTrue(said.out().startsWith(FR + ": verified; "), said.out());
    for (String checked :
        List.of(
            "  signatures  Ed25519 and ML-DSA-44 of 2",
            "audit keys of trust bundle version 1",
            "hash up to the signed root",
            "every hash follows from the leaves",
            "  records     not read",
            "  history     continues the kept checkpoint over ")) {
      assertTrue(said.out().contains(checked), () -> checked + "\n" + said.out());
    }
  }

  @Test
  void client_withoutTheScopeAudit_isRefusedWithAReason() {
    Child refused = at(federation.plan(FR).clients(), "desk", roots());
    assertEquals(3, refused.code());
    assertEquals("", refused.out());
    assertTrue(refused.err().contains("SCOPE_MISSING"), refused.err());
    assertTrue(refused.err().contains("audit"), refused.err());
  }

  @Test
  void trustBundle_signedByOthers_isRefusedBeforeAnythingIsAsked() throws IOException {
    Path other = Files.createDirectories(folder.resolve("other"));
    Federation.mint(ConfigurationHome.find(), other).close();
    Child refused = at("127.0.0.1:1", "auditor", other.resolve("federation").resolve("roots.json"));
    assertEquals(1, refused.code());
    assertEquals("", refused.out());
    assertTrue(refused.err().contains("trust-bundle.note: "), refused.err());
    assertTrue(refused.err().contains("root"), refused.err());
  }

  @Test
  void gateway_thatServesAnotherLogThanItSigned_isFoundOut() throws IOException {
    moreThan(1);
    assertLie(
        "tile/entries/",
        Lie::flipFirst,
        "the hash of leaf 0 differs from the one computed from the leaves");
    assertLie("tile/entries/", any -> new byte[0], "leaf 0 is missing");
    assertLie(
        "tile/0/",
        Lie::flipFirst,
        "the hash of leaf 0 differs from the one computed from the leaves");
    assertLie("checkpoint", Lie::flipSignature, "is refused: ");
  }

  @Test
  void gateway_setBackBehindTheKeptCheckpoint_isFoundOutAndTheFileStays() throws IOException {
    Path kept = folder.resolve("fr.checkpoint");
    // A node signs once it has seen what witnesses hold: until then it rightly serves none.
    moreThan(0);
    byte[] old = read("checkpoint");
    send("wildlife.jsonl");
    moreThan(size(old), "--checkpoint", kept.toString());
    byte[] before = Files.readAllBytes(kept);
    try (Lie lie = new Lie(federation, "checkpoint", any -> old)) {
      Child found = at(lie.address(), "auditor", roots(), "--checkpoint", kept.toString());
      assertEquals(1, found.code(), found.out());
      assertTrue(found.err().contains("leaves are missing at its end"), found.err());
    }
    assertArrayEquals(before, Files.readAllBytes(kept));
  }

  private byte[] read(String path) {
    return AuditGrpc.newBlockingStub(federation.channel(FR, "auditor"))
        .readTile(ReadTileRequest.newBuilder().setPath(path).build())
        .getContent()
        .toByteArray();
  }

  private static long size(byte[] checkpoint) {
    String text = new String(checkpoint, StandardCharsets.UTF_8);
    return Long.parseLong(text.lines().skip(1).findFirst().orElseThrow());
  }

  private void assertLie(String path, UnaryOperator<byte[]> change, String fault)
      throws IOException {
    try (Lie lie = new Lie(federation, path, change)) {
      Child found = at(lie.address(), "auditor", roots());
      assertEquals(1, found.code(), found.out());
      assertTrue(found.out().startsWith(FR + ": NOT VERIFIED"), found.out());
      assertTrue(found.err().contains(fault), () -> path + "\n" + found.err());
    }
    try (Lie honest = new Lie(federation, path, same -> same)) {
      Child found = at(honest.address(), "auditor", roots());
      assertEquals(0, found.code(), "what stands between must change nothing: " + found.err());
    }
  }

  /** The gateway's own certificate and log, but for one kind of resource. */
  private static final class Lie extends AuditGrpc.AuditImplBase implements AutoCloseable {
    private final AuditBlockingStub truth;
    private final String path;
    private final UnaryOperator<byte[]> change;
    private final Server server;

    Lie(Federation federation, String path, UnaryOperator<byte[]> change) throws IOException {
      this.truth = AuditGrpc.newBlockingStub(federation.channel(FR, "auditor"));
      this.path = path;
      this.change = change;
      this.server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .sslContext(tls(federation.gatewayCredentials(FR)))
              .addService(this)
              .build()
              .start();
    }

    private static SslContext tls(Credentials own) throws IOException {
      return GrpcSslContexts.forServer(own.certificate().toFile(), own.key().toFile())
          .trustManager(own.authority().toFile())
          .clientAuth(ClientAuth.REQUIRE)
          .build();
    }

    /** Damages the first leaf. */
    static byte[] flipFirst(byte[] content) {
      return flip(content, 10);
    }

    /** Damages the log's own signature: those of witnesses stand behind it, once there are any. */
    static byte[] flipSignature(byte[] content) {
      String note = new String(content, StandardCharsets.UTF_8);
      int endOfFirst = note.indexOf('\n', note.indexOf("\n\n") + 2);
      return flip(
          content, note.substring(0, endOfFirst).getBytes(StandardCharsets.UTF_8).length - 20);
    }

    private static byte[] flip(byte[] content, int at) {
      byte[] changed = content.clone();
      changed[at] ^= 1;
      return changed;
    }

    String address() {
      return "127.0.0.1:" + server.getPort();
    }

    @Override
    public void readTile(ReadTileRequest request, StreamObserver<ReadTileResponse> answer) {
      Optional<byte[]> content = content(request);
      if (content.isEmpty()) {
        answer.onError(Status.NOT_FOUND.asRuntimeException());
        return;
      }
      boolean lies = request.getPath().startsWith(path);
      byte[] told = lies ? change.apply(content.get()) : content.get();
      answer.onNext(ReadTileResponse.newBuilder().setContent(ByteString.copyFrom(told)).build());
      answer.onCompleted();
    }

    private Optional<byte[]> content(ReadTileRequest request) {
      try {
        return Optional.of(truth.readTile(request).getContent().toByteArray());
      } catch (StatusRuntimeException e) {
        return Optional.empty();
      }
    }

    @Override
    public void readRecord(ReadRecordRequest request, StreamObserver<ReadRecordResponse> answer) {
      answer.onNext(truth.readRecord(request));
      answer.onCompleted();
    }

    @Override
    public void close() {
      server.shutdownNow();
    }
  }
}
