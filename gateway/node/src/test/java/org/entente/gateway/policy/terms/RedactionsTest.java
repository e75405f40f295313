package org.entente.gateway.policy.terms;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.draft;
import static org.entente.gateway.policy.decide.PolicyFixture.label;
import static org.entente.gateway.policy.decide.PolicyFixture.sample;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.analysis.ExpectationReport;
import org.entente.gateway.policy.analysis.ExpectationSuite;
import org.entente.gateway.policy.analysis.PolicyReplay;
import org.entente.gateway.policy.analysis.RulebookComparison;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.DraftCheck;
import org.entente.gateway.policy.check.LabelBodyCheck;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.check.ReceivedLabels;
import org.entente.gateway.policy.check.SubjectCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Explanation;
import org.entente.gateway.policy.decide.IngressPolicy;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyDecision;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.policy.decide.TransferVerdict;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Answer;
import org.entente.proto.v1.Attachment;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Company;
import org.entente.proto.v1.Document;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Subject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What agreements withhold: the paths, what is left, and who refuses what. */
class RedactionsTest {
  private static final MessageId ID = MessageId.parse("0198c0ffee0070008000000000000001");
  private static final String PERSON = "body.alert.subjects.person";

  private static final String SUBJECTS =
      """
      subjects { container: "ENTU7744014" }
      subjects { vessel: "9588330" }
      subjects { place: "DEHAM" }
      subjects { bill_of_lading: "MAEU123456789" }
      subjects { commodity { description: "Toys" hs_code: "9503" brand: "B" origin_country: "CN"
          batch: "1" quantity: "10" unit: "KGM" value: "5" currency: "EUR" } }
      subjects { company { name: "Firm" country: "FR" aeo_status: AEO_STATUS_AUTHORISED
          aeo_number: "FRAEOF00000123" } }
      subjects { company { name: "Known by its name alone" } }
      subjects { person { role: PERSON_ROLE_SUSPECT family_name: "Doe" given_names: "Jane"
          birth_date: "1990" document: "X1" nationality: "FR" } }
      subjects { right { type: "trademark" holder: "H" recordation: "R1" } }
      subjects { aircraft { registration: "F-GSPS" icao_address: "3950D0" } }
      subjects { aircraft { registration: "F-GSPS" } }
      subjects { plate { number: "AB-123-CD" issuer: "FR" } }
      subjects { route { places: "DEHAM" places: "FRLEH" } }
      subjects { phone: "+33123456789" }
      subjects { account: "GB29NWBK60161331926819" }
      subjects { firearm { make: "M" model: "N" calibre: "9 mm" serial: "1" } }
      subjects { firearm { serial: "1" } }
      subjects { seal: "S1" }
      subjects { cargo_reference { number: "C1" country: "FR" } }
      """;

  private static final Map<Kind, Body> BODIES =
      Map.of(
          Kind.KIND_ALERT,
          body(
              """
              alert { texts { language: "en" headline: "H" description: "D" instruction: "I"
                  event: "E" sender_name: "S" web: "https://example.org/" }
                areas { description: "A" polygons: "1,1 1,2 2,2 1,1" circles: "1,1 5"
                  geocodes: "UN/LOCODE=DEHAM" }
                onset_at { seconds: 1780000000 }
                extra { key: "a" value: "b" }
              %s }
              """),
          Kind.KIND_INTELLIGENCE,
          body("intelligence { headline: \"H\" text: \"T\" language: \"en\" %s }"),
          Kind.KIND_REQUEST,
          body(
              """
              request { question: "Q" language: "en" answer_by { seconds: 1790000000 }
                wanted: WANTED_DETAILS responder: "r" %s }
              """),
          Kind.KIND_ANSWER,
          body(
              """
              answer { result: ANSWER_RESULT_HIT hits: 2 text: "T" language: "en" %s }
              """),
          Kind.KIND_FEEDBACK,
          body(
              """
              feedback { result: FEEDBACK_RESULT_DETAINED place: "DEHAM" date: "2026-03-02"
                concealment: "C" detection: DETECTION_METHOD_DOG remarks: "R" language: "en"
                goods { description: "Toys" hs_code: "9503" brand: "B" origin_country: "CN"
                  batch: "1" quantity: "10" unit: "KGM" value: "5" currency: "EUR" } }
              """),
          Kind.KIND_OPERATION,
          body(
              """
              operation_update { objectives: "O"
                resources { description: "Boat" count: 2 place: "DEHAM" }
                tasks { id: "t" title: "T" agency: "fr.customs" state: TASK_STATE_DONE
                  place: "DEHAM" due_at { seconds: 1790000000 } }
                reports { at { seconds: 1780000000 } text: "R" place: "DEHAM" %1$s }
                outcomes { id: "o" text: "O" place: "DEHAM" %1$s } }
              """));

  /** Fields of which the bodies have none; they are of a form that others have, too. */
  private static final Set<FieldDescriptor> NOT_IN_BODIES =
      Set.of(
          subject(Subject.DECLARATION_FIELD_NUMBER),
          subject(Subject.AIR_WAYBILL_FIELD_NUMBER),
          subject(Subject.CONSIGNMENT_FIELD_NUMBER),
          subject(Subject.VEHICLE_FIELD_NUMBER),
          Company.getDescriptor().findFieldByNumber(Company.LEI_FIELD_NUMBER),
          Answer.getDescriptor().findFieldByNumber(Answer.EXPECTED_AT_FIELD_NUMBER));

  @TempDir Path folder;

  private static FieldDescriptor subject(int number) {
    return Subject.getDescriptor().findFieldByNumber(number);
  }

  private static Body body(String text) {
    try {
      return TextFormat.parse(text.formatted(SUBJECTS), Body.class);
    } catch (TextFormat.ParseException e) {
      throw new AssertionError(e);
    }
  }

  private static Body bodyOf(Kind kind) {
    return Objects.requireNonNull(BODIES.get(kind));
  }

  private static Label full(Kind kind) {
    Label.Builder label =
        LabelCheck.withDefaults(label().setKind(kind).build()).toBuilder()
            .addAttachments(Attachment.newBuilder().setName("quay.jpg"))
            .setCaseRef("C-1")
            .setSourceRef("S-1")
            .setLegalBasis("L")
            .setSourceEvaluation("4x4:A1")
            .addJurisdictions("FR");
    return label.build();
  }

  private static Redactions of(String... paths) {
    return new Redactions(List.of(paths).stream().map(RedactionsTest::path).toList());
  }

  private static FieldPath path(String text) {
    return ((RedactableFields.PathLookup.Redactable) RedactableFields.find(text)).path();
  }

  private static Set<Kind> kinds(FieldPath path) {
    return BODIES.keySet().stream()
        .filter(kind -> RedactableFields.isOf(path, kind))
        .collect(Collectors.toSet());
  }

  /** A field with the one that must go with it. */
  private static Redactions alone(FieldPath path) {
    List<FieldPath> paths = new ArrayList<>(List.of(path));
    RedactableFields.companion(path)
        .ifPresent(
            with ->
                RedactableFields.all().stream()
                    .filter(it -> it.isBeside(path) && it.field().equals(with))
                    .forEach(paths::add));
    return new Redactions(paths);
  }

  @Test
  void everyFieldThatCanBeWithheld_isFoundByItsPath_andLeavesAMessage() {
    List<FieldPath> all = RedactableFields.all();
    assertTrue(all.size() > 200, all.size() + " fields");
    for (FieldPath path : all) {
      assertEquals(path, path(path.text()));
      Redactions redactions = alone(path);
      for (Kind kind : kinds(path)) {
        Body body = bodyOf(kind);
        Label label = full(kind);
        assertTrue(
            path.isIn(path.isOfLabel() ? label : body) || NOT_IN_BODIES.contains(path.field()),
            path.text() + " is not in the sample");
        Body left = redactions.body(body);
        assertEquals(List.of(), LabelBodyCheck.left(redactions.label(label), left), path.text());
        assertEquals(Optional.empty(), redactions.foundIn(left), path.text());
        assertEquals(Optional.empty(), redactions.foundIn(redactions.label(label)), path.text());
        assertEquals(left, redactions.body(left), path.text());
      }
    }
  }

  @Test
  void whatIsNotNamed_staysAsItIs() {
    for (Body body : BODIES.values()) {
      assertEquals(body, of("label.case_ref").body(body));
    }
    Body body = bodyOf(Kind.KIND_ALERT);
    Body left = of(PERSON, "body.alert.subjects.phone").body(body);
    assertEquals(
        body.getAlert().getSubjectsList().stream()
            .filter(it -> !it.hasPerson() && !it.hasPhone())
            .toList(),
        left.getAlert().getSubjectsList());
    assertEquals(body.getAlert().getTextsList(), left.getAlert().getTextsList());
    assertEquals(body.getAlert().getExtraMap(), left.getAlert().getExtraMap());
  }

  @Test
  void entryOfWhichNothingIsLeft_goes_andOneWithMoreStays() {
    Body left = of("body.alert.subjects.aircraft.registration").body(bodyOf(Kind.KIND_ALERT));
    assertEquals(
        List.of("3950D0"),
        left.getAlert().getSubjectsList().stream()
            .filter(it -> it.hasAircraft())
            .map(it -> it.getAircraft().getIcaoAddress())
            .toList());
  }

  /** Nobody could say what is in them. */
  @Test
  void fieldsOfALaterVersion_areDropped_whereverTheyAre() throws InvalidProtocolBufferException {
    UnknownFieldSet later =
        UnknownFieldSet.newBuilder()
            .addField(
                900,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFromUtf8("Jane Doe"))
                    .build())
            .build();
    Body.Builder body = bodyOf(Kind.KIND_ALERT).toBuilder().setUnknownFields(later);
    body.getAlertBuilder().setUnknownFields(later);
    body.getAlertBuilder().getTextsBuilder(0).setUnknownFields(later);
    body.getAlertBuilder().getSubjectsBuilder(0).setUnknownFields(later);
    Body parsed = Body.parseFrom(body.build().toByteString());
    assertTrue(parsed.toString().contains("Jane Doe"));
    assertEquals(of(PERSON).body(bodyOf(Kind.KIND_ALERT)), of(PERSON).body(parsed));
    assertFalse(of(PERSON).body(parsed).toString().contains("Jane Doe"));
  }

  private String problem(String redactions, String... more) {
    String text = sample("valid:", "redactions: " + redactions + "\nvalid:");
    for (int i = 0; i < more.length; i += 2) {
      text = text.replace(more[i], more[i + 1]);
    }
    return PolicyFixture.onlyProblem(
        PolicyFixture.load(folder, Map.of("a.yaml", text), DemoMembership.demo()));
  }

  private void refused(String path, String... told) {
    String problem = problem("[label.source_ref, " + path + "]");
    assertTrue(problem.startsWith("a.yaml:26:"), problem);
    assertTrue(problem.contains("redactions"), problem);
    for (String one : told) {
      assertTrue(problem.contains(one), problem);
    }
  }

  @Test
  void path_thatCannotBeWithheld_isRefusedAtItsLine_withWhatWouldBeValid() {
    refused("body.alert.contact", "has no field contact", "subjects", "texts.…");
    refused("label.purpose", "policy or the recipient needs", "label.case_ref");
    refused("label.handling", "policy or the recipient needs");
    refused("label.nothing", "the label has no field nothing", "label.case_ref");
    refused("body.alert", "is the whole body", "areas");
    refused("body.alert.texts", "is required", "subjects");
    refused("body.alert.texts.headline", "is required", "description");
    refused("body.intelligence.headline", "is required", "subjects");
    refused("body.alert.subjects.person.role", "is required", "family_name");
    refused("body.alert.subjects.plate.number", "is required", "the whole Plate");
    refused("body.alert.onset_at.seconds", "has no fields of its own", "body.alert.onset_at");
    refused("body.alert.extra.key", "has no fields of its own");
    refused("body.document.name", "no field can be withheld from body.document", "body.alert");
    refused("body.recall.reason", "no field can be withheld from body.recall");
    refused("body.letter", "there is no body named letter");
    refused("subjects.person", "a path such as");
    refused("\"body.alert.subjects[0]\"", "a path such as");
    refused("label.source_ref", "a second time");
    refused("body.alert.subjects, " + PERSON, "lies within the other");
    refused("body.alert.subjects.commodity.value", "without currency beside it", "both");
    refused("body.alert.subjects.company.aeo_status", "without aeo_number beside it");
  }

  @Test
  void listOfNone_ofTooMany_andWhatAConditionReads_areRefused() {
    assertTrue(problem("[]").contains("1 to 64 fields"), problem("[]"));
    String many =
        RedactableFields.all().stream()
            .map(FieldPath::text)
            .filter(it -> it.matches("body\\.[a-z]+\\.subjects\\.[a-z_]+\\.[a-z_]+"))
            .limit(Redactions.MOST + 1)
            .collect(Collectors.joining(", ", "[", "]"));
    assertTrue(problem(many).contains("65 fields; valid: 1 to 64 fields"), problem(many));
    String reads =
        problem(
            "[label.case_ref]",
            "personal_data: false",
            "personal_data: false\n  condition: label.case_ref != ''");
    assertTrue(reads.contains("covers.condition reads label.case_ref"), reads);
  }

  @Test
  void fieldOfAKindThatIsNotCovered_isAWarning() {
    Rulebook.LoadResult loading =
        PolicyFixture.load(
            folder,
            Map.of(
                "a.yaml",
                sample("valid:", "redactions: [body.intelligence.text, " + PERSON + "]\nvalid:")),
            DemoMembership.demo());
    List<ConfigProblem> warnings = ((Rulebook.LoadResult.Loaded) loading).warnings();
    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(
        warnings
            .get(0)
            .toString()
            .contains("is a field of INTELLIGENCE, which this agreement does not"),
        warnings::toString);
  }

  private Policy withholding(String paths, String... replacements) {
    String text = sample(replacements).replace("valid:", "redactions: " + paths + "\nvalid:");
    return PolicyFixture.policy(folder, Map.of("a.yaml", text));
  }

  private static Draft.Builder alert(UnaryOperator<Label.Builder> change) {
    Label.Builder label = label().setCaseRef("C-1").setSourceRef("S-1");
    return draft(change.apply(label), "sg.police").setBody(bodyOf(Kind.KIND_ALERT));
  }

  private static PolicyDecision decide(Policy policy, Draft.Builder draft) {
    return policy.egress().decide(PolicyFixture.checked(draft), FR, NOW);
  }

  private static Refusal refusal(Policy policy, Draft.Builder draft) {
    PolicyDecision decision = decide(policy, draft);
    assertEquals(PolicyDecision.Outcome.REFUSED, decision.outcome());
    return decision.refusals().get(0);
  }

  /** The agreement covers no personal data; what is left of the message has none. */
  @Test
  void personalData_areThoseOfWhatIsLeft_unlessTheOriginatorSaysThatThereAreSome()
      throws InvalidProtocolBufferException {
    Policy policy = withholding("[label.case_ref, " + PERSON + "]");
    PolicyDecision decision = decide(policy, alert(it -> it));
    Permitted given = decision.permitted(ID).get(0);
    assertEquals(List.of(PERSON, "label.case_ref"), given.label().getRedactedList());
    assertEquals(List.of(PERSON, "label.case_ref"), decision.withheld(SG));
    assertFalse(given.label().getPersonalData());
    assertEquals("", given.label().getCaseRef());
    assertEquals("S-1", given.label().getSourceRef());
    assertFalse(SubjectCheck.namesPerson(Body.parseFrom(given.body())));
    assertEquals("C-1", given.writtenLabel().getCaseRef());
    assertTrue(given.writtenLabel().getPersonalData());
    assertEquals(bodyOf(Kind.KIND_ALERT), given.writtenBody());
    assertEquals(
        new IngressPolicy.Verdict.Accepted("sample", 90, policy.version()),
        policy.ingress().decide(FR, given.label(), Body.parseFrom(given.body()), SG, NOW));

    Refusal said = refusal(policy, alert(it -> it.setPersonalData(true)));
    assertEquals(Code.PERSONAL_DATA_REFUSED, said.code());
    Refusal whole = refusal(withholding("[label.case_ref]"), alert(it -> it));
    assertEquals(Code.PERSONAL_DATA_REFUSED, whole.code());
    // Some of what names a person is still there.
    Refusal some = refusal(withholding("[" + PERSON + ".family_name]"), alert(it -> it));
    assertEquals(Code.PERSONAL_DATA_REFUSED, some.code());
  }

  /** Equal labels of bodies that differ are not taken for each other. */
  @Test
  void rulings_areKeptApartByWhatIsLeft() {
    Policy policy = withholding("[" + PERSON + "]");
    for (int i = 0; i < 2; i++) {
      assertEquals(PolicyDecision.Outcome.ACCEPTED, decide(policy, alert(it -> it)).outcome());
      assertEquals(
          Code.PERSONAL_DATA_REFUSED,
          refusal(policy, alert(it -> it.setPersonalData(true))).code());
      assertEquals(Code.NOT_REDACTABLE, refusal(policy, document()).code());
    }
  }

  private static Draft.Builder document() {
    return draft(label(), "sg.police")
        .setBody(
            Body.newBuilder().setDocument(Document.newBuilder().setMediaType("application/pdf")));
  }

  @Test
  void document_isRefused_unlessOnlyFieldsOfTheLabelAreWithheld() {
    Refusal refusal = refusal(withholding("[" + PERSON + "]"), document());
    assertEquals(Code.NOT_REDACTABLE, refusal.code());
    assertEquals("sample/redactions", refusal.rule());
    assertTrue(refusal.reason().contains("the body is a document"), refusal.reason());
    Policy labels = withholding("[label.source_ref]");
    Permitted given = decide(labels, document()).permitted(ID).get(0);
    assertEquals(List.of("label.source_ref"), given.label().getRedactedList());
  }

  /** What a recipient would have to refuse is not sent to it. */
  @Test
  void messageOfWhichTooLittleIsLeft_isRefused() {
    Body seizure =
        body(
            """
            feedback { result: FEEDBACK_RESULT_SEIZURE place: "DEHAM" date: "2026-03-02"
              goods { hs_code: "9503" quantity: "10" unit: "KGM" } }
            """);
    Draft.Builder draft =
        draft(
                label().setKind(Kind.KIND_FEEDBACK).setInReplyTo(ByteString.copyFrom(ID.bytes())),
                "sg.police")
            .setBody(seizure);
    Policy policy =
        withholding("[body.feedback.goods.quantity]", "kinds: [ALERT]", "kinds: [FEEDBACK]");
    Refusal refusal = refusal(policy, draft);
    assertEquals(Code.NOT_REDACTABLE, refusal.code());
    assertTrue(refusal.reason().contains("body.feedback.goods[0]"), refusal.reason());
  }

  /** A size limit is one of what is sent. */
  @Test
  void size_isThatOfWhatIsLeft() {
    Draft.Builder large = alert(it -> it);
    int without = of("body.alert.subjects").body(large.getBody()).getSerializedSize();
    large
        .getBodyBuilder()
        .getAlertBuilder()
        .getTextsBuilder(0)
        .setDescription("x".repeat(9_990 - without));
    Policy whole = withholding("[label.case_ref]", "personal_data: false", "personal_data: true");
    assertEquals(Code.TOO_LARGE, refusal(whole, large).code());
    assertEquals(
        PolicyDecision.Outcome.ACCEPTED,
        decide(withholding("[body.alert.subjects]"), large).outcome());
  }

  private static IngressPolicy.Verdict take(Policy policy, Label label, Body body) {
    return policy.ingress().decide(FR, label, body, SG, NOW);
  }

  private static void notRedacted(Policy policy, Label label, Body body, String told) {
    Refusal refusal = ((IngressPolicy.Verdict.Refused) take(policy, label, body)).refusal();
    assertEquals(Code.NOT_REDACTED, refusal.code(), refusal::toString);
    assertEquals("sample/redactions", refusal.rule());
    assertTrue(refusal.reason().contains(told), refusal.reason());
  }

  /** A sender that lies, at the recipient. */
  @Test
  void fieldThatShouldBeWithheld_andLabelThatSaysAnythingElse_areRefusedByTheRecipient()
      throws InvalidProtocolBufferException {
    Policy policy =
        withholding(
            "[label.case_ref, " + PERSON + "]", "personal_data: false", "personal_data: true");
    Permitted given = decide(policy, alert(it -> it)).permitted(ID).get(0);
    Label label = given.label();
    Body left = Body.parseFrom(given.body());
    assertTrue(take(policy, label, left) instanceof IngressPolicy.Verdict.Accepted);
    Body whole = bodyOf(Kind.KIND_ALERT);
    notRedacted(
        policy, label.toBuilder().setPersonalData(true).build(), whole, "it contains " + PERSON);
    notRedacted(
        policy,
        label.toBuilder().setCaseRef("C-1").build(),
        left,
        "it contains " + "label.case_ref");
    notRedacted(policy, label.toBuilder().clearRedacted().build(), left, "nothing is withheld");
    notRedacted(
        policy,
        label.toBuilder().clearRedacted().addRedacted(PERSON).build(),
        left,
        "under this agreement it must be");
    notRedacted(
        policy,
        label.toBuilder().addRedacted("label.source_ref").build(),
        left,
        "under this agreement it must be");
    notRedacted(
        policy,
        label.toBuilder().clearRedacted().addRedacted("label.case_ref").addRedacted(PERSON).build(),
        left,
        "under this agreement it must be");
    Body document = document().getBody();
    notRedacted(policy, label, document, "a document");
    // And one that withholds what the agreement gives.
    Policy open = withholding("[label.source_ref]", "personal_data: false", "personal_data: true");
    notRedacted(open, label, left, "under this agreement it must be label.source_ref");
    Policy none =
        PolicyFixture.policy(
            folder, Map.of("a.yaml", sample("personal_data: false", "personal_data: true")));
    notRedacted(none, label, left, "under this agreement it must be nothing");
  }

  @Test
  void label_thatAClientRedacts_orThatHoldsNoPaths_isRefusedByItsForm() {
    DraftCheck check =
        new LabelCheck(MessageLimits.defaults())
            .draft(alert(it -> it.addRedacted(PERSON)).build(), NOW);
    assertEquals(
        List.of("label.redacted"),
        ((DraftCheck.InvalidDraft) check).problems().stream().map(it -> it.field()).toList());
    Label good =
        decide(withholding("[label.case_ref, " + PERSON + "]"), alert(it -> it))
            .permitted(ID)
            .get(0)
            .label();
    assertEquals(List.of(), received(good.toBuilder()));
    assertEquals(List.of("label.redacted[2]"), received(good.toBuilder().addRedacted("Jane Doe")));
    assertEquals(List.of("label.redacted"), received(good.toBuilder().addRedacted(PERSON)));
    assertEquals(
        List.of("label.redacted[2]"),
        received(good.toBuilder().addRedacted("body." + "x".repeat(120))));
    Label.Builder many = good.toBuilder();
    for (int i = 0; i < Redactions.MOST; i++) {
      many.addRedacted("body.alert.a" + i);
    }
    assertEquals(List.of("label.redacted"), received(many));
  }

  private static List<String> received(Label.Builder label) {
    return ReceivedLabels.problems(label.build()).stream().map(it -> it.field()).toList();
  }

  /** The node's own rules read what the author wrote. */
  @Test
  void nodeRules_readTheWholeLabel_andThePersonalDataOfWhatIsLeft() {
    String rules =
        """
        rules:
          - id: secret-case
            when: EGRESS
            deny_if: label.case_ref == 'C-1'
            reason: that case stays here
          - id: nobody
            when: EGRESS
            deny_if: label.personal_data
            reason: names of persons stay here
        """;
    Policy policy =
        PolicyFixture.policy(
            folder,
            Map.of(
                "a.yaml",
                sample("valid:", "redactions: [label.case_ref, " + PERSON + "]\nvalid:"),
                "node-rules.yaml",
                rules));
    assertEquals("node/secret-case", refusal(policy, alert(it -> it)).rule());
    assertEquals(
        PolicyDecision.Outcome.ACCEPTED,
        decide(policy, alert(it -> it.setCaseRef("C-2"))).outcome());
  }

  /** Mail that waits is not refused for the lack of what was taken out of it. */
  @Test
  void nodeRules_thatReadWhatIsWithheld_areNotAskedAgainOfMailThatWaits() {
    String cases =
        """
        rules:
          - id: cases-only
            when: EGRESS
            allow_only_if: label.case_ref != ''
            reason: without a case nothing leaves
        """;
    String none =
        """
          - id: no-alerts
            when: EGRESS
            deny_if: label.kind == Kind.KIND_ALERT
            reason: alerts stay here
        """;
    String agreement = sample("valid:", "redactions: [label.case_ref, " + PERSON + "]\nvalid:");
    Policy policy =
        PolicyFixture.policy(folder, Map.of("a.yaml", agreement, "node-rules.yaml", cases));
    Label waiting = decide(policy, alert(it -> it)).permitted(ID).get(0).label();
    assertTrue(waiting.getRedactedList().contains("label.case_ref"), waiting.toString());
    assertEquals(
        Optional.empty(),
        policy.egress().recheck(PolicyFixture.waiting(waiting, 100), FR, SG, NOW));

    Policy stricter =
        PolicyFixture.policy(folder, Map.of("a.yaml", agreement, "node-rules.yaml", cases + none));
    Refusal refusal =
        stricter.egress().recheck(PolicyFixture.waiting(waiting, 100), FR, SG, NOW).orElseThrow();
    assertEquals("node/no-alerts", refusal.rule());
  }

  /** Withholding more lets less go; the search says what it has not tried. */
  @Test
  void comparison_tellsWhatIsWithheldAndWhatNotAnyMore() {
    Rulebook less = withholding("[label.case_ref]").rulebook();
    Rulebook more = withholding("[label.case_ref, label.source_ref]").rulebook();
    RulebookComparison.Outcome outcome =
        new RulebookComparison(less, more, DemoMembership.demo(), FR, NOW).search(50_000);
    assertEquals(
        List.of("withheld: label.source_ref"),
        outcome.narrower().filter(it -> it.egress()).orElseThrow().how());
    assertEquals(
        RulebookComparison.Relation.EQUIVALENT,
        new RulebookComparison(more, more, DemoMembership.demo(), FR, NOW)
            .search(50_000)
            .relation());
    // What names persons goes where nothing went before, and without them.
    String parties = "BOTH\n  parties:\n    - agency: fr.customs\n    - agency: sg.police";
    String oneWay = "ONE_WAY\n  from:\n    - agency: fr.customs\n  to:\n    - agency: sg.police";
    Rulebook none =
        PolicyFixture.policy(folder, Map.of("a.yaml", sample(parties, oneWay))).rulebook();
    Rulebook persons = withholding("[" + PERSON + "]", parties, oneWay).rulebook();
    RulebookComparison.Outcome wider =
        new RulebookComparison(none, persons, DemoMembership.demo(), FR, NOW).search(50_000);
    assertTrue(wider.wider().orElseThrow().namesPersons(), wider::toString);
    assertEquals(
        List.of("withheld: " + PERSON), wider.narrower().orElseThrow().how(), wider::toString);
  }

  @Test
  void explanation_saysWhatWouldBeWithheld_andThatPersonsAlonePass() {
    Policy policy = withholding("[label.case_ref, " + PERSON + "]");
    Label named = label().setPersonalData(true).build();
    Explanation.Recipient recipient = explained(policy, named, true);
    assertEquals(Optional.of("sample"), recipient.permittedBy());
    assertEquals(List.of(PERSON, "label.case_ref"), recipient.withheld());
    assertEquals(
        Code.PERSONAL_DATA_REFUSED, explained(policy, named, false).refusal().orElseThrow().code());
  }

  private static Explanation.Recipient explained(Policy policy, Label label, boolean namesPersons) {
    Draft draft =
        Draft.newBuilder()
            .setLabel(label)
            .setTo(Addressing.newBuilder().addAgencies(SG.value()))
            .build();
    DraftCheck check = new LabelCheck(MessageLimits.defaults()).question(draft, namesPersons, NOW);
    return policy
        .egress()
        .explain(assertInstanceOf(CheckedDraft.class, check), List.of(), it -> true, FR, NOW)
        .recipients()
        .get(0);
  }

  @Test
  void expectation_isOfExactlyWhatIsWithheld() throws IOException {
    Policy policy = withholding("[label.case_ref, " + PERSON + "]");
    String expectations =
        """
        at: 2026-06-01T12:00:00Z
        expectations:
          - name: as it is
            from: fr.customs
            to: [sg.police]
            label: { kind: ALERT, category: IPR, purpose: IPR_ENFORCEMENT, classification: UNCLASSIFIED }
            names_persons: true
            expect: { outcome: PERMITTED, withheld: [label.case_ref, body.alert.subjects.person] }
          - name: as somebody thought
            from: fr.customs
            to: [sg.police]
            label: { kind: ALERT, category: IPR, purpose: IPR_ENFORCEMENT, classification: UNCLASSIFIED }
            expect: { outcome: PERMITTED, withheld: [label.case_ref] }
        """;
    Path file = Files.writeString(folder.resolve("expectations.yaml"), expectations);
    ExpectationSuite read =
        ((ExpectationSuite.LoadResult.Loaded) ExpectationSuite.read(List.of(file), NOW))
            .expectations();
    ExpectationReport report = read.test(policy);
    assertEquals(
        List.of("as somebody thought"),
        report.failed().stream().map(ExpectationReport.Result::name).toList());
    assertEquals(
        "PERMITTED under sample without " + PERSON + ", label.case_ref",
        report.failed().get(0).found());
  }

  /** A draft that waits is put to both rulebooks with its body. */
  @Test
  void replay_tellsWhatADraftWouldBeWithout() {
    PolicyReplay replay =
        new PolicyReplay(
            PolicyFixture.policy(folder, Map.of("a.yaml", PolicyFixture.SAMPLE)),
            withholding("[" + PERSON + "]").rulebook());
    replay.published(ID, alert(it -> it).build(), FR, NOW);
    PolicyReplay.ChangedOutcome changed = replay.changed().get(0);
    assertEquals(TransferVerdict.Outcome.REFUSED, changed.current().outcome());
    assertEquals(List.of(PERSON), changed.candidate().withheld());
  }
}
