package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Child;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Threat 68 by the product's own commands: a message is backed up, erased, and its ledger restored
 * from the backup, beside the keystore of today. The thief of the second round also removes the
 * journal of erasures.
 */
@Tag("extended")
@Tag("recovery")
final class ErasedBackupIT {
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";
  private static final String OFFICER = "--officer=DE-7";
  private static final String WHY = "--justification=case 4 Js 12/26";

  @TempDir private Path folder;
  @AutoClose private Federation federation;
  private int cursors;

  /** The desk may also search, so that one client tries every way to a message. */
  @BeforeEach
  void start() throws IOException {
    federation = Federation.mint(ConfigurationHome.find(), folder);
    Path config = federation.plan(DE).config();
    String sampled = Files.readString(config);
    String searching = sampled.replace("- \"consent\"", "- \"consent\"\n  - \"search\"");
    assertNotEquals(sampled, searching);
    Files.writeString(config, searching);
    federation.start(List.of(FR, DE));
  }

  @Test
  void messageErasedAfterTheBackup_isReadFromTheRestoredLedgerByNobody() throws Exception {
    List<String> ids = send();
    String erased = ids.get(0);
    String kept = ids.get(1);
    Child tail = run("desk", "tail", "--count", String.valueOf(ids.size()));
    assertEquals(0, tail.code(), tail.err());
    isReadable(erased);
    Child made = run("operator", "backup", "create", "--officer=DE-3", "--justification=daily");
    assertEquals(0, made.code(), made.err());
    Child gone = run("records", "erase", erased, OFFICER, WHY);
    assertTrue(gone.out().startsWith("erased at"), gone.out() + gone.err());
    isUnreadable(erased);

    restore();
    isUnreadable(erased);
    isReadable(kept);

    federation.kill(DE);
    Path journal = federation.plan(DE).folder().resolve("audit").resolve("erasures");
    assertTrue(Files.exists(journal), journal.toString());
    restored();
    Files.delete(journal);
    federation.start(List.of(DE));
    isUnreadable(erased);
    isReadable(kept);
  }

  private void restore() {
    federation.kill(DE);
    restored();
    federation.start(List.of(DE));
  }

  private void restored() {
    Child restored =
        Child.here(
            "backup",
            "restore",
            "--replace",
            "--number=1",
            "--officer=DE-1",
            "--justification=the disk is lost",
            "--config",
            federation.plan(DE).config().toString());
    assertEquals(0, restored.code(), restored.err());
  }

  private void isReadable(String message) {
    Child opened = run("desk", "open", message, OFFICER, WHY);
    assertEquals(0, opened.code(), opened.err());
  }

  private void isUnreadable(String message) {
    Child opened = run("desk", "open", message, OFFICER, WHY, "--json");
    assertNotEquals(0, opened.code(), opened.out());
    assertEquals("", opened.out().strip());
    Child found = run("desk", "search", "--from=2020-01-01", OFFICER, WHY);
    assertFalse(found.out().contains(message), found.out());
    Child again = run("desk", "tail", "--cursor=" + ++cursors, "--from=1", "--count=1");
    assertEquals(0, again.code(), again.err());
    assertFalse(again.out().contains(message), again.out());
  }

  private Child run(String client, String... command) {
    return Child.of(federation, DE, client, command);
  }

  private List<String> send() throws IOException {
    Path alerts = folder.resolve("two.jsonl");
    List<String> drafts = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(ConfigurationHome.find().samples(), "*.jsonl")) {
      for (Path file : files) {
        drafts.addAll(Files.readAllLines(file));
      }
    }
    drafts.removeIf(line -> !line.contains("\"publisher\": \"" + FR) || !line.contains(DE));
    Files.write(alerts, drafts);
    Child sent = Child.of(federation, FR, "declarations", "send", "--alerts", alerts.toString());
    List<String> ids =
        sent.out().lines().filter(line -> line.contains(DE)).map(l -> l.substring(0, 32)).toList();
    assertTrue(ids.size() >= 2, sent.out() + sent.err());
    return ids;
  }
}
