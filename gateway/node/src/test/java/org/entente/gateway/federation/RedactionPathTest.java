package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.DecideRequest;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Document;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.HeldMessage;
import org.entente.proto.v1.ListHeldRequest;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.Person;
import org.entente.proto.v1.PersonRole;
import org.entente.proto.v1.ReadHeldRequest;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RecallResponse;
import org.entente.proto.v1.Refusal;
import org.entente.proto.v1.ReleaseGrpc;
import org.entente.proto.v1.RetentionGrpc;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.Subject;
import org.entente.proto.v1.Verdict;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Over real gateways: one message to two agencies, of which one has all of it and the other what
 * its agreement leaves.
 */
class RedactionPathTest {
  private static final String PERSON = "body.alert.subjects.person";
  private static final List<String> WITHHELD = List.of(PERSON, "label.case_ref");
  private static final OnBehalfOf OFFICER =
      OnBehalfOf.newBuilder().setOfficer("SG-1").setJustification("case 7").build();

  private static final String AGREEMENT =
      """
      id: with-%1$s
      title: Between two by name
      law:
        instrument: TREATY
        reference: Treaty of the test
        regime: ADMINISTRATIVE
        transfer_basis: SAFEGUARDS
        purpose_change: true
      between:
        direction: BOTH
        parties:
          - agency: fr.customs
          - agency: %2$s
      covers:
        kinds: [ALERT]
        categories: [PUBLIC_WARNING]
        purposes: [PUBLIC_SAFETY]
        classification_ceiling: UNCLASSIFIED
        personal_data: %3$s
      obligations:
        retention_days: 5
        onward_transfer: NONE
        four_eyes: %4$s
      %5$svalid:
        from: 2025-01-01
      """;

  private static final String REDACTIONS = "redactions: [label.case_ref, " + PERSON + "]\n";

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  @BeforeEach
  void mint() throws IOException {
    agreement("agreements", "germany", DE, true, false, "");
  }

  private void agreement(
      String place,
      String name,
      String agency,
      boolean personalData,
      boolean fourEyes,
      String redactions)
      throws IOException {
    Path into = Files.createDirectories(federation.folder().resolve(place));
    Files.writeString(
        into.resolve(name + ".yaml"),
        AGREEMENT.formatted(name, agency, personalData, fourEyes, redactions));
  }

  private static void warning(Draft.Builder draft) {
    draft.getLabelBuilder().setCaseRef("FR-2026-7");
    draft
        .getBodyBuilder()
        .getAlertBuilder()
        .addSubjects(Subject.newBuilder().setPlace("FRLEH"))
        .addSubjects(
            Subject.newBuilder()
                .setPerson(
                    Person.newBuilder()
                        .setRole(PersonRole.PERSON_ROLE_WITNESS)
                        .setFamilyName("Doe")
                        .setGivenNames("Jane")));
  }

  private Outcome publish(String key, Consumer<Draft.Builder> change, String... to) {
    Draft.Builder draft = RunningFederation.alert("fire on the quay", key);
    warning(draft);
    draft.getToBuilder().addAllAgencies(List.of(to));
    change.accept(draft);
    return federation.publish(FR, draft.build());
  }

  private static List<Permit> permits(Outcome outcome) {
    assertTrue(outcome.hasAccepted(), outcome::toString);
    return outcome.getAccepted().getPermitsList();
  }

  private static MessageId id(Outcome outcome) {
    return MessageId.of(outcome.getMessageId().toByteArray());
  }

  private static boolean namesPerson(Delivery delivery) {
    return subjects(delivery.getBody().getAlert()).anyMatch(Subject::hasPerson);
  }

  private static Stream<Subject> subjects(Alert alert) {
    return alert.getSubjectsList().stream();
  }

  private int found(String agency, String subject) {
    return SearchGrpc.newBlockingStub(federation.channel(agency))
        .search(SearchRequest.newBuilder().setSubject(subject).setOnBehalfOf(OFFICER).build())
        .getMessagesCount();
  }

  @Test
  void oneHasAllOfIt_theOtherWhatItsAgreementLeaves_andItsLabelSaysSo() throws IOException {
    agreement("agreements", "singapore", SG, false, false, REDACTIONS);
    federation.start(FR, DE, HUB, SG);
    Outcome outcome = publish("k", draft -> {}, DE, SG);
    assertEquals(
        List.of(List.of(), WITHHELD),
        permits(outcome).stream().map(it -> List.copyOf(it.getWithheldList())).toList());
    // The same key, the same draft: the same message, and nothing new to anybody.
    assertEquals(outcome, publish("k", draft -> {}, DE, SG));

    Delivery whole = federation.receive(DE, 1).get(0);
    assertTrue(namesPerson(whole));
    assertTrue(whole.getLabel().getPersonalData());
    assertEquals("FR-2026-7", whole.getLabel().getCaseRef());
    assertEquals(List.of(), whole.getLabel().getRedactedList());

    Delivery left = federation.receive(SG, 1).get(0);
    assertEquals(whole.getLabel().getMessageId(), left.getLabel().getMessageId());
    assertEquals(WITHHELD, left.getLabel().getRedactedList());
    assertFalse(namesPerson(left));
    assertFalse(left.getLabel().getPersonalData());
    assertEquals("", left.getLabel().getCaseRef());
    assertEquals(
        List.of("FRLEH"), subjects(left.getBody().getAlert()).map(Subject::getPlace).toList());
    federation.await("the index of de.customs", () -> found(DE, "person:Doe/Jane") == 1);
    federation.await("the index of sg.police", () -> found(SG, "place:FRLEH") == 1);
    assertEquals(0, found(SG, "person:Doe/Jane"));

    // What changes it later is withheld alike, and reaches both.
    publish(
        "k2",
        draft ->
            draft
                .getLabelBuilder()
                .setMessageType(MessageType.MESSAGE_TYPE_UPDATE)
                .setReferences(outcome.getMessageId()),
        DE,
        SG);
    assertTrue(namesPerson(federation.receive(DE, 1).get(0)));
    Delivery update = federation.receive(SG, 1).get(0);
    assertEquals(outcome.getMessageId(), update.getLabel().getReferences());
    assertEquals(WITHHELD, update.getLabel().getRedactedList());
    federation.awaitEvidence(FR, id(outcome), EvidenceKind.EVIDENCE_KIND_RETRIEVAL, SG);
  }

  @Test
  void document_goesToWhomNothingIsWithheld_andToNobodyElse() throws IOException {
    agreement("agreements", "singapore", SG, false, false, REDACTIONS);
    // Which would let it go whole: another agreement is asked then.
    Files.delete(federation.folder().resolve("agreements/warnings.yaml"));
    federation.start(FR, DE);
    Outcome outcome =
        publish(
            "k",
            draft ->
                draft.setBody(
                    Body.newBuilder()
                        .setDocument(
                            Document.newBuilder()
                                .setMediaType("application/pdf")
                                .setContent(ByteString.copyFromUtf8("%PDF")))),
            DE,
            SG);
    assertEquals(List.of(DE), permits(outcome).stream().map(Permit::getAgency).toList());
    Refusal refusal = outcome.getAccepted().getRefusals(0);
    assertEquals("NOT_REDACTABLE", refusal.getCode());
    assertEquals("with-singapore/redactions", refusal.getRule());
  }

  private static ByteString bytes(MessageId id) {
    return ByteString.copyFrom(id.bytes());
  }

  @Test
  void recall_ofARedactedMessage_reachesTheRecipientsOfBothVersions() throws IOException {
    agreement("agreements", "singapore", SG, false, false, REDACTIONS);
    federation.start(FR, DE, HUB, SG);
    MessageId message = id(publish("k", draft -> {}, DE, SG));
    assertTrue(namesPerson(federation.receive(DE, 1).get(0)));
    assertFalse(namesPerson(federation.receive(SG, 1).get(0)));
    federation.await("the index of de.customs", () -> found(DE, "place:FRLEH") == 1);
    federation.await("the index of sg.police", () -> found(SG, "place:FRLEH") == 1);
    RecallResponse recall =
        RetentionGrpc.newBlockingStub(federation.channel(FR))
            .recall(
                RecallRequest.newBuilder()
                    .setMessageId(bytes(message))
                    .setReason("no fire")
                    .setOnBehalfOf(OFFICER)
                    .build());
    assertEquals(List.of(DE, SG), recall.getRecipientsList());
    for (String recipient : List.of(DE, SG)) {
      EvidenceItem erased =
          federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_ERASURE, recipient);
      assertEquals("", erased.getCode(), erased::toString);
      assertEquals("desk", erased.getRetrievedBy());
      Delivery told = federation.receive(recipient, 1).get(0);
      assertEquals(bytes(message), told.getBody().getRecall().getMessageId());
      assertEquals(List.of(), told.getLabel().getRedactedList());
      assertEquals(0, found(recipient, "place:FRLEH"));
    }
    assertEquals(0, found(DE, "person:Doe/Jane"));
  }

  @Test
  void passingOn_whatCameWithoutFields_putsNothingBack_andTheNextReaderIsTold() throws IOException {
    agreement("agreements", "singapore", SG, false, false, REDACTIONS);
    Path among = federation.folder().resolve("agreements").resolve("singapore.yaml");
    Files.writeString(
        among,
        Files.readString(among)
            .replace(
                "    - agency: sg.police\n", "    - agency: sg.police\n    - agency: de.customs\n")
            .replace("onward_transfer: NONE", "onward_transfer: WITHIN_PARTIES"));
    federation.start(FR, DE, HUB, SG);
    Draft.Builder first = RunningFederation.alert("fire on the quay", "k");
    warning(first);
    first.getToBuilder().addAgencies(FR);
    first.getLabelBuilder().setAgreement("with-singapore");
    assertEquals(WITHHELD, permits(federation.publish(SG, first.build())).get(0).getWithheldList());
    Delivery left = federation.receive(FR, 1).get(0);
    assertFalse(namesPerson(left));

    // Who passes it on thinks to know who is meant, and which case.
    Draft.Builder onward = RunningFederation.alert("fire on the quay", "onward");
    onward.setBody(left.getBody());
    warning(onward);
    onward.addDerivedFrom(left.getLabel().getMessageId()).getToBuilder().addAgencies(DE);
    onward.getLabelBuilder().setAgreement("warnings");
    Outcome refused = federation.publish(FR, onward.build());
    assertEquals("AGREEMENT_NAMED_REFUSES", refusal(refused).getCode(), refused::toString);
    Draft.Builder nameless = onward.clone();
    nameless.setIdempotencyKey("nameless").setBody(left.getBody());
    refused = federation.publish(FR, nameless.build());
    assertEquals("onward/redacted", refusal(refused).getRule(), refused::toString);
    assertEquals("ONWARD_REFUSED", refusal(refused).getCode());

    onward.setIdempotencyKey("again").getLabelBuilder().setAgreement("with-singapore");
    Outcome gone = federation.publish(FR, onward.build());
    assertEquals(WITHHELD, permits(gone).get(0).getWithheldList());
    Delivery got = federation.receive(DE, 1).get(0);
    assertEquals(gone.getMessageId(), got.getLabel().getMessageId());
    assertEquals(WITHHELD, got.getLabel().getRedactedList());
    assertFalse(namesPerson(got));
    assertEquals("", got.getLabel().getCaseRef());
    assertFalse(got.getLabel().getPersonalData());
    assertFalse(got.toString().contains("Doe"), got::toString);
  }

  private static Refusal refusal(Outcome outcome) {
    return outcome.getRefused().getRefusals(0);
  }

  /** Whoever releases it sees without what it would go to whom. */
  @Test
  void whoeverReleases_seesWhatIsWithheldFromWhom() throws IOException {
    agreement("agreements", "singapore", SG, false, true, REDACTIONS);
    Path config = federation.config(FR);
    Files.writeString(
        config,
        Files.readString(config).replace("scopes: [publish,", "scopes: [release, publish,")
            // Each agency has one client here, which stands for the author's and the releaser's.
            + "release:\n  same_client: allowed\n");
    federation.start(FR, HUB, SG);
    Outcome held =
        publish(
            "k", draft -> draft.setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer("FR-1")), DE, SG);
    assertTrue(held.hasHeld(), held::toString);
    ReleaseGrpc.ReleaseBlockingStub release = ReleaseGrpc.newBlockingStub(federation.channel(FR));
    HeldMessage listed = release.listHeld(ListHeldRequest.getDefaultInstance()).getMessages(0);
    OnBehalfOf second = OnBehalfOf.newBuilder().setOfficer("FR-2").setJustification("read").build();
    HeldMessage read =
        release
            .readHeld(
                ReadHeldRequest.newBuilder()
                    .setMessageId(listed.getMessageId())
                    .setOnBehalfOf(second)
                    .build())
            .getMessage();
    assertEquals(
        List.of(List.of(), WITHHELD),
        read.getPermitsList().stream().map(it -> List.copyOf(it.getWithheldList())).toList());
    Outcome released =
        release
            .decide(
                DecideRequest.newBuilder()
                    .setMessageId(listed.getMessageId())
                    .setVerdict(Verdict.VERDICT_RELEASE)
                    .setOnBehalfOf(second)
                    .build())
            .getOutcome();
    assertEquals(WITHHELD, permits(released).get(1).getWithheldList());
    Delivery left = federation.receive(SG, 1).get(0);
    assertEquals(held.getMessageId(), left.getLabel().getMessageId());
    assertFalse(namesPerson(left));
  }

  /** A sender whose agreement is another, or that lies: its recipient's own files count. */
  @Test
  void senderThatWithholdsNothing_orSomethingElse_isRefusedByTheRecipient_withEvidence()
      throws IOException {
    agreement("agreements", "singapore", SG, true, false, "");
    Path theirs = Files.createDirectories(federation.folder().resolve("theirs"));
    Files.copy(
        federation.folder().resolve("agreements/warnings.yaml"), theirs.resolve("warnings.yaml"));
    agreement("theirs", "singapore", SG, true, false, REDACTIONS);
    Path config = federation.config(SG);
    Files.writeString(
        config, Files.readString(config).replace("agreements: agreements", "agreements: theirs"));
    federation.start(FR, HUB, SG);
    refused(publish("k", draft -> {}, SG));
    federation.stop(FR);
    agreement("agreements", "singapore", SG, true, false, "redactions: [body.alert.texts.event]\n");
    federation.start(FR);
    refused(publish("k2", draft -> {}, SG));
  }

  private void refused(Outcome outcome) {
    EvidenceItem told =
        federation.awaitEvidence(FR, id(outcome), EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, SG);
    assertEquals("INGRESS_REFUSED", told.getCode());
    assertTrue(
        told.getReason().contains("with-singapore/redactions: NOT_REDACTED"), told::toString);
  }
}
