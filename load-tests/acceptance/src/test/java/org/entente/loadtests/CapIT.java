package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.AcceptanceRequirement;
import org.entente.loadtests.testkit.CapContent;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.SharedFederation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** CAP in at one agency and out at another, by the commands, over gateways as processes. */
final class CapIT {
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";

  /** What CAP 1.2 wants otherwise than CAP 1.1. */
  private static final Map<String, String> VERSION_1_2 = Map.of("Very Likely", "Likely");

  private static final String ADDED_TYPE = "/mimeType=application/octet-stream";

  @RegisterExtension final SharedFederation sharedFederation = new SharedFederation();
  @TempDir private Path folder;
  private Federation federation;

  @BeforeEach
  void start() {
    federation = sharedFederation.running(FR, DE);
  }

  @Test
  void cap_throughGateways_isTheSame_acknowledgedWhenDurable_andCancelledByARecall()
      throws IOException {
    Path alerts = alerts();
    Child sent = send(FR, DE, alerts);
    assertEquals(1, sent.code(), "one file is bad");
    assertTrue(sent.err().contains("0-bad.cap:6: alert/status: must be one of"), sent.err());
    assertTrue(sent.err().contains(" 1 bad record"), sent.err());
    List<String> ids = ids(sent, DE);
    assertEquals(ids, ids(send(FR, DE, alerts), DE), "the idempotency key is CAP's own identity");

    arrivesOnlyWhereItCanBeWritten(ids.get(0));
    Path cap = folder.resolve("cap");
    arriveTheSame(DE, good(alerts), ids, cap);
    Child check =
        Child.here(check(ids.stream().map(id -> cap.resolve(id + ".cap").toString()).toList()));
    assertEquals(0, check.code(), check.out() + check.err());
    recallBecomesACancel(cap, ids.get(0));
  }

  /** The same with files as authorities publish them, the other way: no test sends more there. */
  @Test
  void publishedFiles_throughGateways_areTheSame() throws IOException {
    Path published = AcceptanceRequirement.shared("data/cap");
    Child sent = send(DE, FR, published);
    assertTrue(sent.err().contains("invalid.cap:2: alert/scope: is required"), sent.err());
    List<Path> files =
        capFiles(published).stream().filter(file -> !file.endsWith("invalid.cap")).toList();
    assertEquals(3, files.size());
    arriveTheSame(FR, files, ids(sent, FR), folder.resolve("cap"));
  }

  private void arriveTheSame(String agency, List<Path> files, List<String> ids, Path cap)
      throws IOException {
    assertEquals(files.size(), ids.size());
    Child tail = tail(agency, cap, ids.size());
    assertEquals(0, tail.code(), tail.err());
    for (int i = 0; i < ids.size(); i++) {
      assertSame(agency.equals(DE) ? FR : DE, files.get(i), cap.resolve(ids.get(i) + ".cap"));
    }
  }

  /** The samples, and before them a file that is none. */
  private Path alerts() throws IOException {
    Path alerts = Files.createDirectory(folder.resolve("alerts"));
    Path samples = ConfigurationHome.find().samples().resolve("cap");
    for (Path file : capFiles(samples)) {
      Files.copy(file, alerts.resolve("1-" + file.getFileName()));
    }
    String good = Files.readString(samples.resolve("quay-fire.cap"));
    Files.writeString(
        alerts.resolve("0-bad.cap"), good.replace("<status>Actual", "<status>actual"));
    return alerts;
  }

  private static List<Path> capFiles(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.cap")) {
      found.forEach(files::add);
    }
    Collections.sort(files);
    return files;
  }

  private static List<Path> good(Path alerts) throws IOException {
    return capFiles(alerts).stream().filter(file -> !file.endsWith("0-bad.cap")).toList();
  }

  private Child send(String from, String to, Path alerts) {
    return Child.of(
        federation,
        from,
        "declarations",
        "send",
        "--alerts=" + alerts,
        "--category=PUBLIC_WARNING",
        "--purpose=PUBLIC_SAFETY",
        "--classification=UNCLASSIFIED",
        "--marking=TLP:CLEAR",
        "--legal-basis=Public warning",
        "--to=" + to);
  }

  private static List<String> ids(Child sent, String to) {
    return sent.out()
        .lines()
        .filter(line -> line.contains("  to [" + to))
        .map(line -> line.substring(0, 32))
        .toList();
  }

  /** Public warnings that wait for an agency: only this class sends such. */
  private Child tail(String agency, Path cap, int count) {
    return Child.of(
        federation,
        agency,
        "desk",
        "tail",
        "--cursor=cap",
        "--category=PUBLIC_WARNING",
        "--cap=" + cap,
        "--count=" + count);
  }

  /** Something stands where the file should: nothing is acknowledged, and it comes again. */
  private void arrivesOnlyWhereItCanBeWritten(String id) throws IOException {
    Path blocked = folder.resolve("blocked");
    Path inTheWay = Files.createDirectories(blocked.resolve(id + ".cap").resolve("x"));
    Child failed = tail(DE, blocked, 1);
    assertEquals(1, failed.code(), failed.out());
    assertTrue(failed.err().contains("is not acknowledged"), failed.err());
    assertFalse(failed.out().contains(id), "what is not written is not told as received");
    assertTrue(Files.isDirectory(inTheWay));
  }

  /** Also senders, which are those of the origin. */
  private static void assertSame(String origin, Path before, Path after) throws IOException {
    List<String> came = new ArrayList<>();
    for (String line : CapContent.of(after, Map.of())) {
      boolean names = line.startsWith("/alert/sender=") || line.startsWith("/alert/references=");
      assertTrue(!names || line.contains("=" + origin + "/"), line);
      came.add(names ? line.replaceAll("([= ])" + Pattern.quote(origin) + "/", "$1") : line);
    }
    if (Files.readString(before).contains("cap:1.1")) {
      came.removeIf(line -> line.endsWith(ADDED_TYPE));
    }
    assertEquals(CapContent.of(before, VERSION_1_2), came, before + " and " + after);
  }

  private static String[] check(List<String> files) {
    List<String> arguments = new ArrayList<>(List.of("cap", "check"));
    arguments.addAll(files);
    return arguments.toArray(String[]::new);
  }

  private void recallBecomesACancel(Path cap, String id) throws IOException {
    String of =
        CapContent.of(cap.resolve(id + ".cap"), Map.of()).stream()
            .filter(line -> line.startsWith("/alert/identifier="))
            .findFirst()
            .orElseThrow();
    Child recall =
        Child.of(
            federation, FR, "supervisor", "recall", id, "--officer=FR-118", "--reason=fire is out");
    assertEquals(0, recall.code(), recall.out() + recall.err());
    Child told = tail(DE, cap, 1);
    assertEquals(0, told.code(), told.err());
    String recalling = told.out().strip().split(" +", -1)[1];
    List<String> cancel = CapContent.of(cap.resolve(recalling + ".cap"), Map.of());
    assertTrue(cancel.contains("/alert/msgType=Cancel"), cancel::toString);
    assertTrue(cancel.contains("/alert/note=fire is out"), cancel::toString);
    String original = of.substring("/alert/identifier=".length());
    assertTrue(
        cancel.stream()
            .anyMatch(line -> line.startsWith("/alert/references=") && line.contains(original)),
        cancel::toString);
  }
}
