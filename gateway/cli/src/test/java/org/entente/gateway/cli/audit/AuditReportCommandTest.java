package org.entente.gateway.cli.audit;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.xml.parsers.DocumentBuilderFactory;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.cli.CommandFixture;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.node.offline.OfflineNode;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportedLeaf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.w3c.dom.Document;

/** Reports for lawyers: each fact with its leaf, proven or not. */
class AuditReportCommandTest {
  private static final Duration STEP = Duration.ofSeconds(1);

  @RegisterExtension final RunningFederation federation = new RunningFederation(FR, DE);
  private final CommandFixture command = new CommandFixture();

  private MessageId sent() {
    MessageId id = federation.send(FR, "a warning", Duration.ofHours(1), DE);
    federation.awaitEvidence(FR, id, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    // The log signs its checkpoints meanwhile.
    federation.pass(Duration.ofSeconds(10), STEP);
    federation.stop(FR);
    return id;
  }

  private int report(Path out, String... selection) {
    List<String> words =
        List.of(
            "audit",
            "report",
            "--config=" + federation.config(FR),
            "--bundle=" + federation.folder().resolve("trust-bundle.note"),
            "--roots=" + federation.folder().resolve("roots.json"),
            "--officer=FR-9",
            "--justification=court order <41/26>",
            "--out=" + out);
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of(selection));
    return command.run(all);
  }

  @Test
  void reportOfAMessage_saysWhatWasShared_andProvesEachFact() throws Exception {
    MessageId id = sent();
    Path out = federation.folder().resolve("report.html");
    assertEquals(0, report(out, "--message=" + id), () -> command.out() + command.err());
    assertTrue(command.out().contains("All facts are proven by the log."), command::out);

    Document page = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(out.toFile());
    String said = page.getDocumentElement().getTextContent();
    for (String part :
        List.of(
            id.toString(),
            "Data that were shared",
            "Messages were accepted from a client and sent",
            "agreement warnings",
            DE,
            ", proven",
            "court order <41/26>",
            "DELIVERY",
            "Root of the tree")) {
      assertTrue(said.contains(part), () -> part + " in " + said);
    }
    assertFalse(said.contains("NOT PROVEN"), said);
    assertEquals(0, page.getElementsByTagName("script").getLength());
    String html = Files.readString(out);
    assertFalse(html.contains("src=") || html.contains("href="), html);
    assertTrue(html.contains("default-src 'none'"), html);
  }

  private List<String> exported(String... selection) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "audit",
                "export",
                "--config=" + federation.config(FR),
                "--officer=FR-9",
                "--justification=a test"));
    words.addAll(List.of(selection));
    assertEquals(0, command.run(words), command::err);
    return command.out().lines().toList();
  }

  /** As the search in the console. */
  @Test
  void export_selectsByEventClientAndOfficer() {
    String id = sent().toString();
    List<String> accepted = exported("--event=ACCEPTED", "--caused-by=desk");
    assertEquals(1, accepted.size(), accepted::toString);
    assertTrue(accepted.get(0).contains(id), accepted::toString);
    assertTrue(exported().size() > 1);
    assertEquals(List.of(), exported("--event=ACCEPTED", "--caused-by=another"));
    assertTrue(exported("--caused-for=FR-9").stream().allMatch(line -> line.contains("FR-9")));
    assertEquals(List.of(), exported("--caused-for=FR-8"));
    assertEquals(
        1,
        command.run(
            "audit",
            "export",
            "--config=" + federation.config(FR),
            "--officer=FR-9",
            "--justification=a test",
            "--event=ACEPTED"));
    assertTrue(command.err().contains("found ACEPTED; valid are "), command::err);
  }

  @Test
  void bundleThatTheRootsDidNotSign_isRefusedBeforeAnythingIsRead() throws Exception {
    federation.stop(FR);
    Path bundle = federation.folder().resolve("trust-bundle.note");
    String note = Files.readString(bundle);
    Files.writeString(bundle, note.replace(DE, "de.coasts"));
    Path out = federation.folder().resolve("report.html");
    assertEquals(1, report(out));
    assertTrue(command.err().contains("trust-bundle.note: "), command::err);
    assertFalse(Files.exists(out));
  }

  private List<ExportedLeaf> leaves(MessageId id) {
    try (OfflineNode node = OfflineNode.open(federation.config(FR), InstantSource.system())) {
      return AuditedNode.value(
              node.export(
                  new AuditPerson("FR-9", "", "a test"),
                  ExportRequest.newBuilder()
                      .setMessageId(ByteString.copyFrom(id.bytes()))
                      .setProofs(true)
                      .build()))
          .getLeavesList();
    }
  }

  private String fault(ExportedLeaf leaf, UnaryOperator<ExportedLeaf.Builder> change) {
    LeafCheck check =
        new LeafCheck(
            TrustedBundle.read(
                federation.folder().resolve("trust-bundle.note"),
                federation.folder().resolve("roots.json")));
    return check
        .fault(ExportedRecord.joined(List.of(change.apply(leaf.toBuilder()).build())).get(0))
        .orElse("proven");
  }

  /** Whatever a gateway changes of its answer, the report does not call proven. */
  @Test
  void leafThatIsNotAsTheLogHasIt_isNotProven() {
    MessageId id = sent();
    ExportedLeaf leaf =
        leaves(id).stream()
            .filter(
                one ->
                    ExportedRecord.joined(List.of(one))
                        .get(0)
                        .record()
                        .filter(record -> record.type() == AuditType.ACCEPTED)
                        .isPresent())
            .findFirst()
            .orElseThrow();
    assertEquals("proven", fault(leaf, it -> it));
    assertEquals("no signed checkpoint covers the leaf yet", fault(leaf, it -> it.clearProof()));
    assertEquals(
        "its proof is malformed, or of another leaf",
        fault(leaf, it -> it.setIndex(leaf.getIndex() + 1)));
    assertEquals(
        "its record is not the one that the leaf commits to",
        fault(leaf, it -> it.setRecord(leaf.getRecord().concat(leaf.getRecord()))));
    assertTrue(
        fault(leaf, it -> it.setCommitment(ByteString.copyFrom(new byte[32])))
            .startsWith("the signed tree does not contain the leaf"));
    assertTrue(
        fault(
                leaf,
                it ->
                    it.setMessages(
                        0,
                        it.getMessages(0).toBuilder()
                            .setMessageId(ByteString.copyFrom(new byte[16]))))
            .startsWith("its messages are not those that the leaf commits to"));
    assertTrue(
        fault(leaf, it -> it.setMessageCount(9)).startsWith("the export has not all its messages"));
    assertTrue(fault(leaf, it -> it.clearRecord()).startsWith("its record is erased"));
    assertEquals(
        "its log is not of this federation",
        fault(leaf, it -> it.setOrigin("entente/elsewhere/fr.customs/gw")));
    assertTrue(
        fault(leaf, it -> it.setOrigin(leaf.getOrigin().replace(FR, DE)))
            .startsWith("its checkpoint is refused"));
  }

  @Test
  void everyTypeOfRecord_hasWords() {
    for (AuditType type : AuditType.values()) {
      assertTrue(AuditTypeText.of(type).matches("[A-Z].*[a-z]"), type::name);
    }
  }
}
