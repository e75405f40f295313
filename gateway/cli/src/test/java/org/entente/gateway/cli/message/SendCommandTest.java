package org.entente.gateway.cli.message;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.cli.CommandFixture;
import org.entente.gateway.federation.RunningFederation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code send} says of records that a gateway refuses. */
class SendCommandTest {
  @RegisterExtension final RunningFederation federation = new RunningFederation(FR, DE);
  private final CommandFixture command = new CommandFixture();

  private int send(List<String> words) {
    List<String> all = new ArrayList<>(List.of("send"));
    all.addAll(CommandFixture.client(federation, FR));
    all.addAll(words);
    return command.run(all);
  }

  /** Its author corrects all faults at once. */
  @Test
  void invalidDraft_isRefusedWithEachOfItsFaults() throws Exception {
    Path file = federation.folder().resolve("drafts.jsonl");
    Files.writeString(
        file,
        """
        {"publisher": "fr.customs", "draft": {"idempotencyKey": "a-key", "label": {"kind": \
        "KIND_ALERT", "category": "CATEGORY_IPR", "purpose": "PURPOSE_CUSTOMS_CONTROL", \
        "classification": "CLASSIFICATION_RESTRICTED"}, "body": {"alert": {"texts": [{"language": \
        "en", "headline": "h"}], "subjects": [{"container": "CSQU3054384"}, {"container": \
        "MSKU0000001"}]}}, "to": {"agencies": ["de.customs"]}}}
        """);
    assertEquals(1, send(List.of("--alerts=" + file)), command::err);
    for (String fault :
        List.of(
            "INVALID_FIELD: body.alert.subjects[0].container: found \"CSQU3054384\"; valid is ",
            "body.alert.subjects[1].container: found \"MSKU0000001\"; valid is ")) {
      assertTrue(
          command.err().lines().anyMatch(line -> line.startsWith(file + ":1: " + fault)),
          () -> fault + " in " + command.err());
    }
    assertTrue(command.err().contains("0 published, 0 held, 0 refused, 1 bad record"));
  }

  @Test
  void categoryOfADocument_thatDoesNotExist_isRefusedWithTheNearest() throws Exception {
    Path file = Files.writeString(federation.folder().resolve("report.txt"), "a report");
    assertEquals(
        2,
        send(
            List.of(
                "--document=" + file,
                "--to=de.customs",
                "--category=HAZARDUS",
                "--purpose=CUSTOMS_CONTROL",
                "--classification=RESTRICTED")),
        command::err);
    assertTrue(command.err().contains("--category must be one of IPR, "), command::err);
    assertTrue(
        command.err().contains("; found \"HAZARDUS\"; did you mean \"HAZARDOUS\"?"), command::err);
  }

  @Test
  void fileWithoutAlerts_isNamed() throws Exception {
    Path file = Files.createFile(federation.folder().resolve("drafts.jsonl"));
    assertEquals(0, send(List.of("--alerts=" + file)), command::err);
    assertEquals(
        List.of(file + ": contains no alert", "0 published, 0 held, 0 refused, 0 bad records"),
        command.err().lines().toList());
  }

  @Test
  void folderOfCredentials_thatDoesNotExist_isRefusedWithTheNearest() throws Exception {
    Path folder = federation.credentials(FR);
    Path drafts = Files.createFile(federation.folder().resolve("drafts.jsonl"));
    assertEquals(
        1,
        command.run(
            "send",
            "--gateway=127.0.0.1:1",
            "--credentials=" + folder + "s",
            "--alerts=" + drafts));
    assertTrue(
        command
            .err()
            .contains(
                "--credentials: "
                    + folder
                    + "s is not a folder; did you mean \""
                    + folder.getFileName()
                    + "\"?"),
        command::err);
  }
}
