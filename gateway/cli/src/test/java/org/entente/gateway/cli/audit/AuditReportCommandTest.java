package org.entente.gateway.cli.audit;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.cli.CommandFixture;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.node.offline.OfflineNode;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportedLeaf;
import org.entente.proto.v1.OnBehalfOf;
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
    List<String> all = new ArrayList<>(List.of(selection));
    all.add("--config=" + federation.config(FR));
    return reportFrom(out, all.toArray(String[]::new));
  }

  private int reportFrom(Path out, String... source) {
    List<String> words =
        List.of(
            "audit",
            "report",
            "--bundle=" + federation.folder().resolve("trust-bundle.note"),
            "--roots=" + federation.folder().resolve("roots.json"),
            "--officer=FR-9",
            "--justification=court order <41/26>",
            "--out=" + out);
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of(source));
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
    assertTrue(said.matches("(?s).*Made at\\s*\\d{4}-\\d\\d-\\d\\dT[0-9:]{8}Z.*"), said);
    String afterPeriod = said.substring(said.indexOf("Made at"));
    assertFalse(Pattern.compile("T[0-9:]{8}[.]\\d+Z").matcher(afterPeriod).find(), said);
    assertEquals(0, page.getElementsByTagName("script").getLength());
    String html = Files.readString(out);
    assertFalse(html.contains("src=") || html.contains("href="), html);
    assertTrue(html.contains("default-src 'none'"), html);
  }

  /** Nothing is not proven: the subject may be misspelt. */
  @Test
  void reportOfNothing_saysThatNothingWasFound() throws Exception {
    federation.stop(FR);
    Path out = federation.folder().resolve("report.html");
    assertEquals(0, report(out, "--subject=case:NONE"), command::err);
    assertTrue(command.out().contains("NO FACT WAS FOUND"), command::out);
    String html = Files.readString(out);
    assertTrue(html.contains("NO FACT WAS FOUND"), html);
    assertFalse(html.contains("All facts are proven"), html);
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
    assertTrue(command.err().contains("found ACEPTED; valid is one of "), command::err);
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

  /** A lawyer has the export, and the gateway is out of reach. */
  @Test
  void reportOfAnExport_saysAndProvesTheSame_andStatesTheHashOfTheFile() throws Exception {
    MessageId id = sent();
    Path export = federation.folder().resolve("records.jsonl");
    String written = String.join("", exported("--message=" + id, "--proofs", "--out=" + export));
    String totals = " written: 1 line, %,d bytes, in ".formatted(Files.size(export));
    assertTrue(written.matches(Pattern.quote(export + totals) + "[0-9]+\\.[0-9] s"), written);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(export)));
    Path out = federation.folder().resolve("report.html");
    assertEquals(0, reportFrom(out, "--export=" + export), command.out() + command.err());
    assertTrue(command.out().contains("All facts are proven by the log."), command::out);
    Path direct = federation.folder().resolve("direct.html");
    // It also has a leaf of the export, which no checkpoint covers: the gateway does not run.
    assertEquals(1, report(direct, "--message=" + id), command::err);

    String said = Files.readString(out);
    String hash = HexFormat.of().formatHex(Sha256.hash(Files.readAllBytes(export)));
    for (String part :
        List.of("records.jsonl", hash, "The export does not say how it was selected")) {
      assertTrue(said.contains(part), () -> part + " in " + said);
    }
    assertEquals(messages(Files.readString(direct)), messages(said));
    assertTrue(messages(said).contains("DELIVERY"), said);
  }

  private static String messages(String html) {
    return html.substring(
        html.indexOf("Messages, their terms and their evidence"),
        html.indexOf("Verification</h2>"));
  }

  @Test
  void exportThatWasChanged_isRefusedWithItsLine() throws Exception {
    String id = sent().toString();
    List<String> lines = new ArrayList<>(exported("--message=" + id, "--proofs"));
    String first = lines.get(0);
    Path export = federation.folder().resolve("records.jsonl");
    Path out = federation.folder().resolve("report.html");
    for (String changed :
        List.of(
            first.replace("\"ACCEPTED\"", "\"RECEIVED\""),
            first.replace("\"client\":\"desk\"", "\"client\":\"des\""),
            first.replace("{\"log\"", "{\"new\":1,\"log\""),
            first.replace("\"leaf\":", "\"leaf\": "),
            first.replace("\"id\":\"" + id, "\"id\":\"" + id.substring(2)),
            first + " ",
            first.substring(0, first.length() - 1),
            "[]",
            "")) {
      assertNotEquals(first, changed);
      lines.set(0, changed);
      Files.write(export, lines, StandardCharsets.UTF_8);
      assertEquals(1, reportFrom(out, "--export=" + export), changed);
      assertTrue(command.err().contains("line 1 of " + export + " is not as"), command::err);
    }
    Files.writeString(export, "");
    assertEquals(1, reportFrom(out, "--export=" + export));
    assertTrue(command.err().contains("has no line"), command::err);
    assertFalse(Files.exists(out));
  }

  /** Another record under the same leaf reads well, but the log does not have it. */
  @Test
  void exportWithoutProofs_orWithTheRecordOfAnotherLeaf_isNotProven() throws Exception {
    MessageId id = sent();
    Path export = federation.folder().resolve("records.jsonl");
    Path out = federation.folder().resolve("report.html");
    Files.write(export, exported("--message=" + id), StandardCharsets.UTF_8);
    assertEquals(1, reportFrom(out, "--export=" + export));
    assertTrue(Files.readString(out).contains("no signed checkpoint covers the leaf yet"));

    List<ExportedLeaf> all = leaves(id);
    ExportedLeaf moved = all.get(0).toBuilder().setIndex(7_000_000_000L).build();
    Files.writeString(export, ExportLine.of(moved) + "\n");
    assertEquals(1, reportFrom(out, "--export=" + export));
    assertTrue(
        Files.readString(out)
            .contains("leaf 7000000000, NOT PROVEN: its proof is malformed, or of another leaf"));

    ExportedLeaf swapped = all.get(0).toBuilder().setRecord(all.get(1).getRecord()).build();
    Files.writeString(export, ExportLine.of(swapped) + "\n");
    assertEquals(1, reportFrom(out, "--export=" + export));
    assertTrue(
        Files.readString(out).contains("its record is not the one that the leaf commits to"));
  }

  /** An export that ends early must not look complete. */
  @Test
  void exportThatFails_writesNoFile() {
    sent();
    Path out = federation.folder().resolve("records.jsonl");
    assertEquals(
        1,
        command.run(
            "audit",
            "export",
            "--config=" + federation.config(FR),
            "--officer=FR-9",
            "--justification=a test",
            "--event=ACEPTED",
            "--out=" + out));
    assertFalse(Files.exists(out));
    assertFalse(Files.exists(federation.folder().resolve("records.jsonl.new")));
  }

  @Test
  void exportTogetherWithASelection_isAnErrorOfUsage() {
    Path out = federation.folder().resolve("report.html");
    for (String option :
        List.of("--subject=case:1", "--from=2026-01-01", "--gateway=127.0.0.1:1")) {
      assertEquals(2, reportFrom(out, "--export=records.jsonl", option));
      String name = option.substring(0, option.indexOf('='));
      assertTrue(command.err().contains(name + ": not together with --export"), command::err);
    }
  }

  private List<ExportedLeaf> leaves(MessageId id) {
    return leaves(ExportRequest.newBuilder().setMessageId(ByteString.copyFrom(id.bytes())));
  }

  private List<ExportedLeaf> leaves(ExportRequest.Builder request) {
    try (OfflineNode node = OfflineNode.open(federation.config(FR), InstantSource.system())) {
      return AuditedNode.value(
              node.export(new AuditPerson("FR-9", "", "a test"), request.setProofs(true).build()))
          .getLeavesList();
    }
  }

  /** Who reads the file would take a second line of a leaf for proven, too. */
  @Test
  void secondLineOfALeaf_isProvenAsTheFirst_orTheLeafIsNot() throws Exception {
    MessageId id = sent();
    ExportedLeaf leaf = accepted(id);
    ExportedLeaf other =
        leaves(ExportRequest.newBuilder()).stream()
            .filter(one -> one.getIndex() != leaf.getIndex() && !one.getProof().isEmpty())
            .findFirst()
            .orElseThrow();
    ExportedLeaf.Builder rest = leaf.toBuilder().clearMessages().setFirstMessage(1);
    assertEquals("proven", fault(leaf, rest.build()));
    for (ExportedLeaf forged :
        List.of(
            rest.clone().setRecord(other.getRecord()).build(),
            rest.clone().setSeed(other.getSeed()).build(),
            rest.clone().setCommitment(other.getCommitment()).build(),
            rest.clone().setFirstMessage(0).build())) {
      assertEquals(
          "its parts differ: they were changed, or its record was erased during the export",
          fault(leaf, forged));
    }
    assertEquals(
        "its proof is malformed, or of another leaf",
        fault(leaf, rest.clone().setProof(other.getProof()).build()));

    Path export = federation.folder().resolve("records.jsonl");
    Path out = federation.folder().resolve("report.html");
    ExportedLeaf forged = rest.clone().setRecord(other.getRecord()).setMessageCount(2).build();
    Files.write(
        export, List.of(ExportLine.of(leaf), ExportLine.of(forged)), StandardCharsets.UTF_8);
    assertEquals(1, reportFrom(out, "--export=" + export), command.out() + command.err());
    assertTrue(Files.readString(out).contains("NOT PROVEN: its parts differ"));
  }

  private String fault(ExportedLeaf... parts) {
    return check(Optional.empty())
        .fault(ExportedRecord.joined(List.of(parts)).get(0))
        .orElse("proven");
  }

  private LeafCheck check(Optional<LogOrigin> gateway) {
    return new LeafCheck(
        TrustedBundle.read(
            federation.folder().resolve("trust-bundle.note"),
            federation.folder().resolve("roots.json")),
        gateway);
  }

  /** A gateway can answer with the leaves of another one, which are proven in their own log. */
  @Test
  void leafOfAnotherGatewayThanTheOneThatAnswered_isNotProven() {
    ExportedLeaf leaf = accepted(sent());
    ExportedRecord exported = ExportedRecord.joined(List.of(leaf)).get(0);
    LogOrigin own = LogOrigin.parse(leaf.getOrigin()).orElseThrow();
    assertEquals(Optional.empty(), check(Optional.of(own.numbered(2))).fault(exported));
    LogOrigin other = new LogOrigin(own.federation(), new AgencyName(DE), own.gateway());
    assertEquals(
        "it is of " + own + ", not of the gateway that gave it",
        check(Optional.of(other)).fault(exported).orElse("proven"));
  }

  private ExportedLeaf accepted(MessageId id) {
    return leaves(id).stream()
        .filter(
            one ->
                ExportedRecord.joined(List.of(one))
                    .get(0)
                    .record()
                    .filter(record -> record.type() == AuditType.ACCEPTED)
                    .isPresent())
        .findFirst()
        .orElseThrow();
  }

  /** The commitment is to all ids, one after the other. */
  @Test
  void idsThatAreNotWhole_areNotProven() {
    ExportedLeaf leaf = accepted(sent());
    ByteString id = leaf.getMessages(0).getMessageId();
    for (List<ByteString> ids :
        List.of(
            List.of(id.substring(0, 8), id.substring(8)),
            List.of(id, ByteString.EMPTY),
            List.of(ByteString.EMPTY, id))) {
      ExportedLeaf.Builder cut = leaf.toBuilder().clearMessages().setMessageCount(ids.size());
      ids.forEach(one -> cut.addMessagesBuilder().setMessageId(one));
      assertTrue(
          fault(cut.build()).startsWith("its messages are not those that the leaf commits to"));
    }
  }

  /** The log does not prove the terms of a message, so the report shows each statement of them. */
  @Test
  void messageOfWhichTwoLeavesSayDifferentThings_isShownWithBoth() throws Exception {
    ExportedLeaf leaf = accepted(sent());
    ExportedLeaf.Builder other = leaf.toBuilder().setOrigin(leaf.getOrigin() + "/2");
    other.getMessagesBuilder(0).addTermsBuilder().setCaseRef("another case");
    Path export = federation.folder().resolve("records.jsonl");
    Path out = federation.folder().resolve("report.html");
    Files.write(
        export, List.of(ExportLine.of(leaf), ExportLine.of(other.build())), StandardCharsets.UTF_8);
    assertEquals(1, reportFrom(out, "--export=" + export), command.out() + command.err());
    assertTrue(messages(Files.readString(out)).contains("another case"));
  }

  /** After a new log, or in a file of several agencies, an index alone names no leaf. */
  @Test
  void factsOfSeveralLogs_nameTheirs() throws Exception {
    ExportedLeaf leaf = accepted(sent());
    ExportedLeaf next = leaf.toBuilder().setOrigin(leaf.getOrigin() + "/2").build();
    Path export = federation.folder().resolve("records.jsonl");
    Path out = federation.folder().resolve("report.html");
    Files.write(export, List.of(ExportLine.of(leaf), ExportLine.of(next)), StandardCharsets.UTF_8);
    assertEquals(1, reportFrom(out, "--export=" + export));
    String html = Files.readString(out);
    String named = "leaf " + leaf.getIndex() + " of " + leaf.getOrigin();
    assertTrue(html.contains(named + ", proven"), html);
    assertTrue(html.contains(named + "/2, NOT PROVEN: "), html);
  }

  private String fault(ExportedLeaf leaf, UnaryOperator<ExportedLeaf.Builder> change) {
    return fault(change.apply(leaf.toBuilder()).build());
  }

  /** The report calls no leaf proven that a gateway changed in its answer. */
  @Test
  void leafThatIsNotAsTheLogHasIt_isNotProven() {
    ExportedLeaf leaf = accepted(sent());
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
    assertTrue(
        fault(leaf, it -> it.clearRecord())
            .startsWith("the gateway shows no record: it is erased, or withheld"));
    assertEquals(
        "its log is not of this federation",
        fault(leaf, it -> it.setOrigin("entente/elsewhere/fr.customs/gw")));
    assertTrue(
        fault(leaf, it -> it.setOrigin(leaf.getOrigin().replace(FR, DE)))
            .startsWith("its checkpoint is refused"));
  }

  /** An accused agency's gateway can leave out a record, or make it unreadable. */
  @Test
  void recordThatIsNotShown_isNotCalledErased() {
    MessageId id = sent();
    ExportedLeaf leaf = leaves(id).get(0);
    String withheld = html(leaf.toBuilder().clearRecord().build());
    assertTrue(withheld.contains("The gateway shows no record: it is erased, or withheld"));
    ByteString garbled = leaf.getRecord().concat(ByteString.copyFrom(new byte[] {(byte) 0xff}));
    String unread = html(leaf.toBuilder().setRecord(garbled).build());
    assertTrue(unread.contains("The record cannot be read"), unread);
    assertFalse(unread.contains("is erased"), unread);
  }

  private String html(ExportedLeaf leaf) {
    ExportedRecord exported = ExportedRecord.joined(List.of(leaf)).get(0);
    return new AuditReportPage(
            List.of(),
            OnBehalfOf.newBuilder().setOfficer("FR-9").setJustification("a test").build(),
            List.of(
                new AuditReportPage.CheckedRecord(exported, fault(leaf, unchanged -> unchanged))),
            List.of())
        .html(federation.clock.instant(), 1);
  }

  @Test
  void everyTypeOfRecord_hasWords() {
    for (AuditType type : AuditType.values()) {
      assertTrue(AuditTypeText.of(type).matches("[A-Z].*[a-z]"), type::name);
    }
  }
}
