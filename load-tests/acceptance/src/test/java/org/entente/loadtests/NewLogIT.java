package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.ThrowawayFolder;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.Patience;
import org.entente.proto.v1.AuditGrpc;
import org.entente.proto.v1.ReadTileRequest;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway whose ledger and checkpoint were set back to a backup: its witness convicts it, and an
 * operator opens a new log, after which its messages arrive again.
 */
@Tag("extended")
@Tag("recovery")
final class NewLogIT {
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";
  private static final String LOG = "entente/demo.entente.example/fr.customs/gateway-1";

  @TempDir private Path folder;
  @AutoClose private Federation federation;

  @BeforeEach
  void start() {
    federation = Federation.mint(ConfigurationHome.find(), folder);
    federation.start(List.of(FR, DE));
  }

  private Child send(String sample) {
    return call(
        "declarations",
        "send",
        "--alerts",
        ConfigurationHome.find().samples().resolve(sample).toString());
  }

  /** The id of a message that was accepted for de.customs. */
  private static String accepted(Child sent) {
    return sent.out()
        .lines()
        .filter(line -> line.contains(DE))
        .map(line -> line.substring(0, 32))
        .findFirst()
        .orElseThrow(() -> new AssertionError(sent.out() + sent.err()));
  }

  private Child call(String client, String... command) {
    return Child.of(federation, FR, client, command);
  }

  private Child verify(Path kept) {
    Path minted = folder.resolve("federation");
    return call(
        "auditor",
        "audit",
        "verify",
        "--bundle",
        minted.resolve("trust-bundle.note").toString(),
        "--roots",
        minted.resolve("roots.json").toString(),
        "--checkpoint",
        kept.toString());
  }

  private Child proof(String message, Path file) {
    return call(
        "auditor",
        "audit",
        "prove",
        message,
        "--recipient=" + DE,
        "--officer=A-1",
        "--out",
        file.toString());
  }

  private void proves(String message, String log) {
    Path file = folder.resolve(message);
    Child proved = proof(message, file);
    assertEquals(0, proved.code(), proved.err());
    Child told =
        Child.here(
            "audit",
            "verify-proof",
            file.toString(),
            "--roots",
            folder.resolve("federation").resolve("roots.json").toString());
    assertTrue(told.out().contains(" of " + log + ", under"), told.out() + told.err());
  }

  private Child newLog(String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "audit",
                "new-log",
                "--config",
                federation.plan(FR).config().toString(),
                "--officer=FR-1",
                "--justification=restored after the fire"));
    all.addAll(List.of(more));
    return Child.here(all.toArray(String[]::new));
  }

  /** Leaves under the last checkpoint of a log that its witness cosigned; 0 before the first. */
  private long cosigned(String log) {
    try {
      String note =
          AuditGrpc.newBlockingStub(federation.channel(FR, "auditor"))
              .readTile(ReadTileRequest.newBuilder().setPath("checkpoint/cosigned").build())
              .getContent()
              .toString(StandardCharsets.UTF_8);
      List<String> lines = note.lines().toList();
      return lines.get(0).equals(log) ? Long.parseLong(lines.get(1)) : 0;
    } catch (io.grpc.StatusRuntimeException notYet) {
      return 0;
    } finally {
      federation.disconnect();
    }
  }

  /** Leaves under a checkpoint: a gateway that stops in order signs one over all of them. */
  private static long leaves(Path checkpoint) throws IOException {
    return Long.parseLong(Files.readAllLines(checkpoint).get(1));
  }

  private String admin(String path) {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(
                      URI.create("http://" + federation.plan(FR).admin() + "/" + path))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(
            file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private void delivered(String message) {
    Patience.until(
        () -> call("supervisor", "track", message).out(),
        told -> told.contains("DELIVERY               by de.customs"));
  }

  @Test
  void gatewaySetBack_isConvictedAndGoesOnInALogThatNamesTheOld() throws IOException {
    String before = accepted(send("hazardous.jsonl"));
    delivered(before);
    // The backup needs a checkpoint with it that the witness signed.
    Patience.until(() -> proof(before, folder.resolve("early")).code(), code -> code == 0);
    assertEquals(List.of(), federation.stop());
    Path own = federation.plan(FR).folder();
    Path backup = Files.createDirectory(folder.resolve("backup"));
    copy(own.resolve("data"), backup.resolve("data"));
    copy(own.resolve("audit"), backup.resolve("audit"));

    federation.start(List.of(FR, DE));
    delivered(accepted(send("wildlife.jsonl")));
    // Only a leaf that the backup lacks lets its witness convict it.
    long kept = leaves(backup.resolve("audit").resolve("checkpoint"));
    Patience.until(() -> cosigned(LOG), size -> size > kept);
    Path auditors = folder.resolve("auditors.checkpoint");
    assertEquals(0, verify(auditors).code());
    // What only the auditor has seen would be missing from what the next log admits.
    long seen = leaves(auditors);
    Patience.until(() -> cosigned(LOG), size -> size >= seen);
    assertEquals(List.of(), federation.stop());
    assertEquals(1, newLog().code(), "a log that can be continued is left alone");
    for (String part : List.of("data", "audit")) {
      ThrowawayFolder.delete(own.resolve(part));
      copy(backup.resolve(part), own.resolve(part));
    }

    federation.start(List.of(FR, DE));
    Patience.until(
        () -> admin("readyz"), told -> told.contains("contradicts a checkpoint held by a witness"));
    assertTrue(admin("metrics").contains("entente_audit_log_convicted 1.0"));
    Child refused = send("ipr.jsonl");
    assertEquals(3, refused.code());
    assertTrue((refused.out() + refused.err()).contains("NOT_READY"), refused::toString);
    assertEquals(List.of(), federation.stop());

    Child look = newLog("--look");
    assertTrue(look.out().contains(LOG + "/2 would be opened"), look.out() + look.err());
    Child opened = newLog();
    assertEquals(0, opened.code(), opened.err());
    assertTrue(opened.out().contains(LOG + "/2 is open"), opened.out());
    assertTrue(opened.out().contains("leaves held by a witness"), opened.out());

    federation.start(List.of(FR, DE));
    String after = accepted(send("ipr.jsonl"));
    delivered(after);
    Patience.until(() -> cosigned(LOG + "/2"), size -> size > 1);
    assertTrue(admin("metrics").contains("entente_audit_log_number 2.0"));
    Child followed = verify(auditors);
    assertEquals(0, followed.code(), followed.out() + followed.err());
    assertTrue(followed.out().contains("  history     succeeds " + LOG + ", which ended"));
    Child again = verify(auditors);
    assertTrue(again.out().contains("continues the kept checkpoint"), again.out());
    proves(before, LOG);
    proves(after, LOG + "/2");
  }
}
