package org.entente.gateway.policy.check;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.checked;
import static org.entente.gateway.policy.decide.PolicyFixture.draft;
import static org.entente.gateway.policy.decide.PolicyFixture.label;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.testkit.BlankText;
import org.entente.proto.v1.AeoStatus;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.ClassificationReview;
import org.entente.proto.v1.Commodity;
import org.entente.proto.v1.DetectionMethod;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Feedback;
import org.entente.proto.v1.FeedbackResult;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Intelligence;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Person;
import org.entente.proto.v1.PersonRole;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.Subject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class LabelCheckTest {
  private static final LabelCheck CHECK = new LabelCheck(MessageLimits.defaults());
  private static final Pattern CLEARED = Pattern.compile("(?:^|(?<= ))-([a-z_]+)(?: |$)");
  private static final MessageId ID = MessageId.parse("0198c0ffee0070008000000000000001");

  @Test
  void draft_minimal_isCompletedWithDefaults() {
    Label label = checked(label(), "de.customs").label();
    assertEquals(Lane.LANE_ROUTINE, label.getLane());
    assertEquals(Status.STATUS_ACTUAL, label.getStatus());
    assertEquals(MessageType.MESSAGE_TYPE_ALERT, label.getMessageType());
    assertEquals(RequestedAction.REQUESTED_ACTION_INFORM, label.getRequestedAction());
    assertFalse(label.getPersonalData());
  }

  @Test
  void draft_thatNamesAPerson_raisesPersonalData() {
    Draft.Builder draft = draft(label(), "de.customs");
    draft.getBodyBuilder().getAlertBuilder().addSubjects(person(PersonRole.PERSON_ROLE_SUSPECT));
    assertTrue(checked(draft).label().getPersonalData());
    assertTrue(checked(label().setPersonalData(true), "de.customs").label().getPersonalData());
  }

  /**
   * A test for each line: a field below the prefix, and protobuf text that makes it wrong. Fields
   * after a minus are cleared before.
   */
  private static Stream<DynamicTest> each(
      String prefix,
      BiFunction<String, Consumer<Message.Builder>, DynamicTest> test,
      String table) {
    return table
        .lines()
        .map(
            line -> {
              int bar = line.indexOf(" | ");
              String change = line.substring(bar + 3);
              return test.apply(prefix + line.substring(0, bar), it -> edit(it, change));
            });
  }

  private static void edit(Message.Builder message, String change) {
    Matcher cleared = CLEARED.matcher(change);
    cleared
        .results()
        .map(it -> message.getDescriptorForType().findFieldByName(it.group(1)))
        .forEach(message::clearField);
    try {
      TextFormat.merge(cleared.replaceAll(""), message);
    } catch (TextFormat.ParseException e) {
      throw new AssertionError(change, e);
    }
  }

  @TestFactory
  Stream<DynamicTest> label_wrong_isRefusedByField() {
    return Stream.concat(
        each(
            "label.",
            LabelCheckTest::wrongLabel,
            """
            origin | origin: "fr.customs"
            retention_days | retention_days: 1
            obligations | obligations: OBLIGATION_DESTROY_AFTER_RETENTION
            traceparent | traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            kind | kind: KIND_EVIDENCE
            kind | -kind
            kind | kind: 44
            category | -category
            category | category: 999
            purpose | -purpose
            classification | -classification
            severity | severity: -3
            lane | lane: 9
            status | status: 9
            handling | handling: HANDLING_H1 handling: HANDLING_H1
            handling[0] | handling: HANDLING_UNSPECIFIED
            handling_text | handling: HANDLING_H3
            handling | handling: HANDLING_H0
            markings[0] | markings: "TLP:PINK"
            classification_marking | classification_scheme: "FR"
            classification_marking | classification_marking: "SECRET"
            classification_scheme | classification_scheme: "fr" classification_marking: "SECRET"
            classification_review | classification_review_on: "2031-01-01"
            classification_review | classification_review: CLASSIFICATION_REVIEW_REVIEW
            classification_review | classification_review_on: "2031-01-01" classification_review: 7
            source_evaluation | source_evaluation: "4x4:Z9"
            source_evaluation | source_evaluation: "A1"
            agreement | agreement: "No Such"
            jurisdictions[0] | jurisdictions: "France"
            jurisdictions | jurisdictions: "FR" jurisdictions: "FR"
            expires_at | expires_at { seconds: 9223372036854775807 }
            """),
        Stream.of(
            wrongLabel("label.message_id", it -> it.setMessageId(ByteString.copyFrom(ID.bytes()))),
            wrongLabel(
                "label.created_at", it -> it.setCreatedAt(TimestampConversion.timestamp(NOW))),
            wrongLabel("label.handling", it -> repeated(it, Handling.HANDLING_H1, 5)),
            wrongLabel("label.handling_text", it -> it.setHandlingText("x".repeat(501))),
            wrongLabel("label.classification_marking", it -> marked(it, "FR", "x".repeat(81))),
            wrongLabel("label.classification_marking", it -> marked(it, "FR", "SECRET\u2028")),
            wrongLabel("label.classification_review_on", it -> reviewed(it, "2031-02-30", 1)),
            wrongLabel("label.classification_review_on", it -> reviewed(it, "+102031-01-01", 1)),
            wrongLabel("label.classification_review_on", it -> reviewed(it, "2026-05-31", 1)),
            wrongLabel("label.legal_basis", it -> it.setLegalBasis("x".repeat(201))),
            wrongLabel("label.legal_basis", it -> it.setLegalBasis("a\nb")),
            wrongLabel("label.case_ref", it -> it.setCaseRef("x".repeat(81))),
            wrongLabel("label.case_ref", it -> it.setCaseRef("a\u2028b")),
            wrongLabel("label.source_ref", it -> it.setSourceRef("\u0007")),
            wrongLabel(
                "label.in_reply_to", it -> it.setInReplyTo(ByteString.copyFrom(new byte[15]))),
            wrongLabel(
                "label.expires_at", it -> it.setExpiresAt(TimestampConversion.timestamp(NOW))),
            wrongLabel(
                "label.expires_at",
                it ->
                    it.setExpiresAt(
                        TimestampConversion.timestamp(NOW.plusSeconds(60)).toBuilder()
                            .setUnknownFields(unknown()))),
            wrongLabel("label", it -> it.setUnknownFields(unknown()))));
  }

  /** H0 keeps content to preventing and combating crime; a purpose beside that contradicts it. */
  @Test
  void handlingH0_goesWithPurposesOfCrimeOnly() {
    Set<Purpose> crime =
        Set.of(Purpose.PURPOSE_CRIME_PREVENTION, Purpose.PURPOSE_CRIMINAL_INVESTIGATION);
    for (Purpose purpose : Purpose.values()) {
      if (purpose == Purpose.UNRECOGNIZED || purpose == Purpose.PURPOSE_UNSPECIFIED) {
        continue;
      }
      Label.Builder label = label().setPurpose(purpose).addHandling(Handling.HANDLING_H0);
      List<String> problems =
          CHECK.draft(PolicyFixture.draft(label, "de.customs").build(), NOW)
                  instanceof DraftCheck.InvalidDraft invalid
              ? invalid.problems().stream().map(it -> it.field() + ": " + it.message()).toList()
              : List.of();
      assertEquals(
          crime.contains(purpose)
              ? List.of()
              : List.of(
                  "label.handling: contains H0, which is only for preventing and combating "
                      + "crime, but the purpose is "
                      + EnumNames.word(purpose)
                      + "; valid with H0 is one of CRIME_PREVENTION, CRIMINAL_INVESTIGATION"),
          problems);
    }
  }

  private static void marked(Label.Builder label, String scheme, String marking) {
    label.setClassificationScheme(scheme).setClassificationMarking(marking);
  }

  private static void reviewed(Label.Builder label, String on, int review) {
    label.setClassificationReviewOn(on).setClassificationReviewValue(review);
  }

  @Test
  void classification_reviewedFromTodayOn_isGood() {
    checked(
        label()
            .setClassificationReviewOn("2026-06-01")
            .setClassificationReview(ClassificationReview.CLASSIFICATION_REVIEW_DECLASSIFY),
        "de.customs");
  }

  private static void repeated(Label.Builder label, Handling code, int times) {
    for (int i = 0; i < times; i++) {
      label.addHandling(code);
    }
  }

  private static DynamicTest wrongLabel(String field, Consumer<? super Label.Builder> change) {
    return wrong(field, draft -> change.accept(draft.getLabelBuilder()));
  }

  @TestFactory
  Stream<DynamicTest> body_wrong_isRefusedByField() {
    return Stream.concat(
        each(
            "body.alert.",
            LabelCheckTest::wrongAlert,
            """
            texts | -texts
            texts[0].language | -texts texts { language: "english language" headline: "Headline" }
            texts[0].headline | -texts texts { language: "en" headline: " " }
            texts[0].web | -texts texts { language: "en" headline: "Headline" web: "https://" }
            subjects[0].container | subjects { container: "TEXU3070070" }
            subjects[0].vessel | subjects { vessel: "9074728" }
            subjects[0].air_waybill | subjects { air_waybill: "02012345676" }
            subjects[0].place | subjects { place: "fr" }
            subjects[0] | subjects { }
            subjects[0].commodity.hs_code | subjects { commodity { hs_code: "1" } }
            subjects[0].commodity.quantity | subjects { commodity { quantity: "many" } }
            subjects[0].company.lei | subjects { company { lei: "5493001KJTIIGC8Y1R13" } }
            subjects[0].person.role | subjects { person { family_name: "Doe" } }
            subjects[0].aircraft | subjects { aircraft { } }
            subjects[0].aircraft.icao_address | subjects { aircraft { icao_address: "FFFFFF" } }
            subjects[0].aircraft.registration | subjects { aircraft { registration: "f gsps" } }
            subjects[0].plate.issuer | subjects { plate { number: "AB-123-CD" } }
            subjects[0].plate.number | subjects { plate { number: "--" issuer: "FR" } }
            subjects[0].route.places | subjects { route { places: "FRLEH" } }
            subjects[0].route.places[1] | subjects { route { places: "FRLEH" places: "FRLEH" } }
            subjects[0].route.places[0] | subjects { route { places: "X" places: "FRLEH" } }
            subjects[0].phone | subjects { phone: "0033123456789" }
            subjects[0].account | subjects { account: "GB29NWBK60161331926818" }
            subjects[0].firearm | subjects { firearm { } }
            subjects[0].seal | subjects { seal: "a b" }
            subjects[0].cargo_reference.number | subjects { cargo_reference { country: "FR" } }
            subjects[0].commodity.value | subjects { commodity { value: "1,5" currency: "EUR" } }
            subjects[0].commodity.currency | subjects { commodity { value: "1500" } }
            subjects[0].commodity.currency | subjects { commodity { currency: "EUR" } }
            subjects[0].company.aeo_status | subjects { company { aeo_status: 99 } }
            subjects[0].company.aeo_number | subjects { company { aeo_number: "FRAEOF00000123" } }
            areas[0].polygons[0] | areas { polygons: "1,2 3,4 5,6" }
            areas[0].polygons[0] | areas { polygons: "1,2 3,4 95,6 1,2" }
            areas[0].circles[0] | areas { circles: "1,2" }
            areas[0].geocodes[0] | areas { geocodes: "FRLEH" }
            onset_at | onset_at { nanos: -1 }
            """),
        Stream.of(
            wrongAlert(
                "body.alert.texts[0].headline",
                it -> it.getTextsBuilder(0).setHeadline("x".repeat(201))),
            wrongAlert(
                "body.alert.texts[0].description",
                it -> it.getTextsBuilder(0).setDescription("x".repeat(20_001))),
            wrongAlert(
                "body.alert.texts[0].description",
                it -> it.getTextsBuilder(0).setDescription("\u0000")),
            wrongAlert(
                "body.alert.texts[0].web",
                it -> it.getTextsBuilder(0).setWeb("javascript:alert(1)")),
            wrongAlert(
                "body.alert.subjects[0].right.type",
                it -> it.addSubjectsBuilder().getRightBuilder().setType("x".repeat(41))),
            wrongAlert("body.alert.subjects", it -> subjects(it, 257)),
            wrongAlert(
                "body.alert.subjects[0].route.places",
                it ->
                    it.addSubjectsBuilder()
                        .getRouteBuilder()
                        .addAllPlaces(Collections.nCopies(65, "FRLEH"))),
            wrongAlert(
                "body.alert.subjects[0].firearm.serial",
                it -> it.addSubjectsBuilder().getFirearmBuilder().setSerial("x".repeat(41))),
            wrongAlert("body.alert.extra", it -> it.putExtra("k", "x".repeat(20_001))),
            wrongAlert("body.alert", it -> it.setUnknownFields(unknown())),
            wrongAlert(
                "body.alert.onset_at",
                it -> it.setOnsetAt(Timestamp.newBuilder().setUnknownFields(unknown()))),
            wrong("body", it -> it.clearBody()),
            wrong(
                "body.document.media_type",
                it -> it.getBodyBuilder().getDocumentBuilder().setMediaType("text/html"))));
  }

  private static Feedback.Builder seizure() {
    return Feedback.newBuilder()
        .setResult(FeedbackResult.FEEDBACK_RESULT_SEIZURE)
        .setPlace("DEHAM")
        .setDate("2026-03-02")
        .setDetection(DetectionMethod.DETECTION_METHOD_SCANNER)
        .setConcealment("behind a false wall")
        .setLanguage("en")
        .addGoods(Commodity.newBuilder().setHsCode("6402").setQuantity("1200").setUnit("PR"));
  }

  private static Draft.Builder feedback(Feedback.Builder feedback) {
    Label.Builder label =
        label().setKind(Kind.KIND_FEEDBACK).setInReplyTo(ByteString.copyFrom(ID.bytes()));
    return draft(label, "de.customs").setBody(Body.newBuilder().setFeedback(feedback));
  }

  @Test
  void feedback_ofEachResult_isTaken() {
    assertEquals(Kind.KIND_FEEDBACK, checked(feedback(seizure())).label().getKind());
    Feedback.Builder nothing =
        Feedback.newBuilder()
            .setResult(FeedbackResult.FEEDBACK_RESULT_NOTHING_FOUND)
            .setDate("2026-03-02");
    assertEquals(Kind.KIND_FEEDBACK, checked(feedback(nothing)).label().getKind());
    Feedback.Builder other =
        Feedback.newBuilder()
            .setResult(FeedbackResult.FEEDBACK_RESULT_OTHER)
            .setDate("2026-03-02")
            .setRemarks("re-exported before it was seen")
            .setLanguage("en");
    assertEquals(Kind.KIND_FEEDBACK, checked(feedback(other)).label().getKind());
  }

  @TestFactory
  Stream<DynamicTest> feedback_wrong_isRefusedByField() {
    return Stream.concat(
        each(
            "body.feedback.",
            LabelCheckTest::wrongFeedback,
            """
            result | -result
            result | result: 99
            place | place: "Hamburg"
            place | -place
            place | -place result: FEEDBACK_RESULT_DETAINED
            date | -date
            date | date: "2026-03"
            date | date: "2026-02-30"
            detection | detection: 99
            language | -language
            goods | -goods
            goods[0] | -goods goods { hs_code: "6402" quantity: "1200" }
            goods[0].hs_code | -goods goods { hs_code: "shoes" quantity: "1200" unit: "PR" }
            goods | result: FEEDBACK_RESULT_NOTHING_FOUND
            concealment | result: FEEDBACK_RESULT_NOTHING_FOUND
            remarks | result: FEEDBACK_RESULT_OTHER
            """),
        Stream.of(
            wrongFeedback("body.feedback.concealment", it -> it.setConcealment("x".repeat(1_001))),
            wrongFeedback("body.feedback.remarks", it -> it.setRemarks("x".repeat(5_001))),
            wrongFeedback(
                "body.feedback.goods",
                it -> it.addAllGoods(Collections.nCopies(64, Commodity.getDefaultInstance()))),
            wrongFeedback("body.feedback", it -> it.setUnknownFields(unknown())),
            dynamic("label.in_reply_to", draft -> draft.getLabelBuilder().clearInReplyTo())));
  }

  private static DynamicTest wrongFeedback(
      String field, Consumer<? super Feedback.Builder> change) {
    return dynamic(field, draft -> change.accept(draft.getBodyBuilder().getFeedbackBuilder()));
  }

  private static DynamicTest dynamic(String field, Consumer<Draft.Builder> change) {
    Draft.Builder draft = feedback(seizure());
    change.accept(draft);
    return DynamicTest.dynamicTest(
        field,
        () ->
            assertTrue(
                problems(draft.build()).stream().anyMatch(it -> it.field().equals(field)),
                () -> problems(draft.build()).toString()));
  }

  @Test
  void feedback_underAnotherKind_isMismatch_andSoIsAnAlertUnderFeedback() {
    Draft.Builder hidden = feedback(seizure());
    hidden.getLabelBuilder().setKind(Kind.KIND_ALERT);
    assertEquals(Code.LABEL_BODY_MISMATCH, problems(hidden.build()).get(0).code());
    Draft.Builder alert = feedback(seizure()).setBody(PolicyFixture.body());
    assertEquals(Code.LABEL_BODY_MISMATCH, problems(alert.build()).get(0).code());
  }

  private static void subjects(Alert.Builder alert, int count) {
    for (int i = 0; i < count; i++) {
      alert.addSubjectsBuilder().setPlace("FRLEH");
    }
  }

  private static DynamicTest wrongAlert(String field, Consumer<? super Alert.Builder> change) {
    return wrong(field, draft -> change.accept(draft.getBodyBuilder().getAlertBuilder()));
  }

  @TestFactory
  Stream<DynamicTest> draft_wrong_isRefusedByField() {
    return Stream.concat(
        each(
            "",
            LabelCheckTest::wrong,
            """
            idempotency_key | -idempotency_key
            idempotency_key | idempotency_key: "a b"
            to | -to
            to.agencies[0] | -to to { agencies: "France" }
            to.jurisdictions[0] | -to to { agencies: "de.customs" jurisdictions: "eu" }
            on_behalf_of.officer | on_behalf_of { justification: "case 12" }
            on_behalf_of.officer | on_behalf_of { unit: "DNRED" }
            on_behalf_of.officer | on_behalf_of { officer: "  " }
            """),
        Stream.of(
            wrong("idempotency_key", it -> it.setIdempotencyKey("x".repeat(65))),
            wrong("to.agencies", it -> agencies(it, 257)),
            wrong(
                "on_behalf_of.officer", it -> it.getOnBehalfOfBuilder().setOfficer("x".repeat(81))),
            wrong(
                "on_behalf_of.justification",
                it -> it.getOnBehalfOfBuilder().setJustification("x".repeat(501))),
            wrong("traceparent", it -> it.setTraceparent("0".repeat(257))),
            wrong("derived_from", it -> sources(it, 17)),
            wrong("derived_from[0]", it -> it.addDerivedFrom(ByteString.copyFrom(new byte[15]))),
            wrong("derived_from[1]", it -> sources(it, 1).addDerivedFrom(it.getDerivedFrom(0))),
            wrong("draft", it -> it.setUnknownFields(unknown()))));
  }

  private static Draft.Builder sources(Draft.Builder draft, int count) {
    for (int i = 0; i < count; i++) {
      draft.addDerivedFrom(
          ByteString.copyFrom(new byte[15]).concat(ByteString.copyFrom(new byte[] {(byte) i})));
    }
    return draft;
  }

  private static void agencies(Draft.Builder draft, int count) {
    for (int i = 0; i < count; i++) {
      draft.getToBuilder().addAgencies("fr.customs");
    }
  }

  private static UnknownFieldSet unknown() {
    return UnknownFieldSet.newBuilder()
        .addField(900, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
        .build();
  }

  private static DynamicTest wrong(String field, Consumer<? super Draft.Builder> change) {
    Draft.Builder draft = draft(label(), "de.customs");
    change.accept(draft);
    return DynamicTest.dynamicTest(
        field,
        () -> {
          List<Problem> problems = problems(draft.build());
          assertTrue(
              problems.stream()
                  .anyMatch(it -> it.field().equals(field) && it.code() == Code.INVALID_FIELD),
              problems.toString());
        });
  }

  private static List<Problem> problems(Draft draft) {
    return assertInstanceOf(DraftCheck.InvalidDraft.class, CHECK.draft(draft, NOW)).problems();
  }

  @Test
  void draft_kindOfLabelAndBodyDiffer_isMismatch() {
    Draft draft = draft(label().setKind(Kind.KIND_INTELLIGENCE), "de.customs").build();
    assertEquals(Code.LABEL_BODY_MISMATCH, problems(draft).get(0).code());
    Draft.Builder document = draft(label(), "de.customs");
    document.getBodyBuilder().getDocumentBuilder().setMediaType("application/pdf");
    assertEquals(Kind.KIND_ALERT, checked(document).label().getKind());
  }

  /** The fifteenth look: the refusal was larger than what clients take. */
  @Test
  void draft_ofManyUnknownFields_isRefusedInFewWords() {
    UnknownFieldSet.Builder many = UnknownFieldSet.newBuilder();
    for (int number = 1_000; number < 3_000; number++) {
      many.addField(number, UnknownFieldSet.Field.newBuilder().addVarint(1).build());
    }
    String said =
        problems(draft(label(), "de.customs").setUnknownFields(many.build()).build())
            .get(0)
            .message();
    assertEquals(
        "contains fields that this gateway does not know: numbers [1000, 1001, 1002, 1003, 1004,"
            + " 1005, 1006, 1007, 1008, 1009] and 1990 more",
        said);
  }

  @Test
  void draft_bodyOverLimit_isTooLarge() {
    LabelCheck small =
        new LabelCheck(
            new MessageLimits(
                10,
                MessageLimits.defaults().markings(),
                MessageLimits.defaults().evaluationSchemes()));
    var invalid =
        assertInstanceOf(
            DraftCheck.InvalidDraft.class, small.draft(draft(label(), "de.customs").build(), NOW));
    assertEquals(Code.TOO_LARGE, invalid.problems().get(0).code());
  }

  @Test
  void draft_withEverythingWrong_reportsABoundedList() {
    Draft.Builder draft = draft(Label.newBuilder());
    for (int i = 0; i < 256; i++) {
      draft.getBodyBuilder().getAlertBuilder().addSubjectsBuilder().setContainer("x");
    }
    assertEquals(ValidationErrors.MAX_PROBLEMS, problems(draft.build()).size());
  }

  private static Draft.Builder texts(String officer, String justification, String headline) {
    Draft.Builder draft = draft(label(), "de.customs");
    draft.getOnBehalfOfBuilder().setOfficer(officer).setJustification(justification);
    draft.getBodyBuilder().getAlertBuilder().getTextsBuilder(0).setHeadline(headline);
    return draft;
  }

  @TestFactory
  Stream<DynamicTest> textThatDoesNotShow_isRefusedWhereverItStands() {
    return Stream.concat(BlankText.all(), Stream.of("A\u202E1", "1\u2066", "two\u0000"))
        .map(
            text ->
                DynamicTest.dynamicTest(
                    "U+%04X".formatted(text.codePointAt(text.length() > 1 ? 1 : 0)),
                    () -> {
                      List<Problem> problems = problems(texts(text, text, text).build());
                      assertEquals(
                          List.of(
                              "body.alert.texts[0].headline",
                              "on_behalf_of.justification",
                              "on_behalf_of.officer"),
                          problems.stream().map(Problem::field).distinct().sorted().toList());
                      assertTrue(
                          problems.get(0).message().matches("found .*U\\+.*; valid is .*"),
                          problems.toString());
                    }));
  }

  @Test
  void textOfRealLanguages_isTaken() {
    for (String text :
        List.of(
            "تحذير: حاوية مشبوهة",
            "می\u200Cخواهم",
            "क्\u200Dष",
            "เรือลำนี้",
            "集装箱",
            "\uD83D\uDC69\u200D\u2764\uFE0F\u200D\uD83D\uDC68 \u26A0\uFE0F")) {
      assertEquals(text, checked(texts("FR-1", text, text)).onBehalfOf().getJustification());
    }
  }

  @Test
  void problem_ofFreeTextOrBirthDate_doesNotQuoteIt() {
    Draft.Builder draft = draft(label().setCaseRef("secret-case\n" + "x".repeat(90)), "de.customs");
    Subject.Builder person = person(PersonRole.PERSON_ROLE_SUSPECT);
    person.getPersonBuilder().setBirthDate("born in May");
    draft.getBodyBuilder().getAlertBuilder().addSubjects(person);
    String all = problems(draft.build()).toString();
    assertFalse(all.contains("secret-case") || all.contains("May"), all);
  }

  @Test
  void draft_aboutEachKindOfSubject_isTaken_andNumbersOfPersonsAreNotQuoted() {
    Draft.Builder draft = draft(label(), "de.customs");
    Alert.Builder alert = draft.getBodyBuilder().getAlertBuilder();
    alert.addSubjectsBuilder().getAircraftBuilder().setRegistration("F-GSPS");
    alert.addSubjectsBuilder().getPlateBuilder().setNumber("В 123 АС").setIssuer("RU");
    alert.addSubjectsBuilder().getRouteBuilder().addPlaces("CNSHA").addPlaces("FRLEH");
    alert.addSubjectsBuilder().setPhone("+442071838750");
    alert.addSubjectsBuilder().setAccount("GB29NWBK60161331926819");
    alert.addSubjectsBuilder().getFirearmBuilder().setCalibre("9x19");
    alert.addSubjectsBuilder().setSeal("MLCA-0012345");
    alert.addSubjectsBuilder().getCargoReferenceBuilder().setNumber("24FRENS1");
    alert.addSubjectsBuilder().getCommodityBuilder().setValue("1500.50").setCurrency("EUR");
    alert
        .addSubjectsBuilder()
        .getCompanyBuilder()
        .setAeoStatus(AeoStatus.AEO_STATUS_SUSPENDED)
        .setAeoNumber("FRAEOF00000123");
    assertEquals(Kind.KIND_ALERT, checked(draft).label().getKind());
    alert.addSubjectsBuilder().setPhone("0207183");
    alert.addSubjectsBuilder().setAccount("GB29NWBK60161331926818");
    String all = problems(draft.build()).toString();
    assertFalse(all.contains("0207183") || all.contains("NWBK"), all);
  }

  private static Subject.Builder person(PersonRole role) {
    return Subject.newBuilder().setPerson(Person.newBuilder().setRole(role).setFamilyName("Doe"));
  }

  @TestFactory
  Stream<DynamicTest> received_wrong_isRefused() {
    return Stream.concat(
        each(
            "label.",
            LabelCheckTest::received,
            """
            message_id | -message_id
            origin | origin: "France"
            created_at | -created_at
            expires_at | -expires_at
            agreement | agreement: "a/b"
            handling | handling: HANDLING_H0
            lane | -lane
            status | -status
            message_type | -message_type
            requested_action | -requested_action
            category | -category
            traceparent | traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
            traceparent | traceparent: "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"
            traceparent | traceparent: "00-00000000000000000000000000000000-00f067aa0ba902b7-01"
            traceparent | traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"
            traceparent | traceparent: "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            traceparent | traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\\n"
            kind | kind: KIND_INTELLIGENCE
            """),
        Stream.of(
            received("label.retention_days", it -> it.setRetentionDays(-1)),
            received("label.case_ref", it -> it.setCaseRef("a\r\nb"))));
  }

  private static DynamicTest received(String field, Consumer<? super Label.Builder> change) {
    return DynamicTest.dynamicTest(
        field,
        () -> {
          Permitted good = permitted(PolicyFixture.body().build());
          assertEquals(List.of(), CHECK.received(good.label(), good.body()));
          assertEquals(List.of(), ReceivedLabels.problems(good.label()));
          Label.Builder label = good.label().toBuilder();
          change.accept(label);
          List<Problem> problems = CHECK.received(label.build(), good.body());
          assertTrue(
              problems.stream().anyMatch(it -> it.field().equals(field)), problems.toString());
        });
  }

  /** In evidence it would be free text of an agency, which nobody reads. */
  @Test
  void received_traceparent_isOfMessagesOfClients() {
    Permitted good = permitted(PolicyFixture.body().build());
    Label traced =
        good.label().toBuilder()
            .setTraceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
            .build();
    assertEquals(List.of(), CHECK.received(traced, good.body()));
    Label evidence = traced.toBuilder().setKind(Kind.KIND_EVIDENCE).build();
    assertEquals(
        List.of("label.traceparent"),
        ReceivedLabels.problems(evidence).stream().map(Problem::field).toList());
  }

  @Test
  void received_personNotDeclared_isMismatch() {
    Body body =
        Body.newBuilder()
            .setIntelligence(
                Intelligence.newBuilder()
                    .setHeadline("H")
                    .setLanguage("en")
                    .addSubjects(person(PersonRole.PERSON_ROLE_VICTIM)))
            .build();
    Label label = permitted(body).label().toBuilder().setKind(Kind.KIND_INTELLIGENCE).build();
    List<Problem> problems = CHECK.received(label, body.toByteString());
    assertEquals(Code.LABEL_BODY_MISMATCH, problems.get(0).code());
    assertEquals("label.personal_data", problems.get(0).field());
  }

  @Test
  void received_notABody_isMalformed() {
    Label label = permitted(PolicyFixture.body().build()).label();
    List<Problem> problems =
        CHECK.received(label, ByteString.copyFrom(new byte[] {(byte) 0x0a, 100, 1}));
    assertEquals(Code.MALFORMED, problems.get(0).code());
  }

  @Test
  void received_fieldsOfALaterVersion_areTolerated() {
    Permitted good = permitted(PolicyFixture.body().build());
    Label later = good.label().toBuilder().setUnknownFields(unknown()).build();
    assertEquals(List.of(), CHECK.received(later, good.body()));
    Body.Builder body = PolicyFixture.body();
    body.getAlertBuilder().addSubjectsBuilder().setUnknownFields(unknown());
    assertEquals(List.of(), CHECK.received(good.label(), body.build().toByteString()));
    body.getAlertBuilder().addSubjectsBuilder();
    assertEquals(
        "body.alert.subjects[1]",
        CHECK.received(good.label(), body.build().toByteString()).get(0).field());
    Draft.Builder draft = draft(label(), "de.customs");
    draft.getBodyBuilder().getAlertBuilder().addSubjectsBuilder().setUnknownFields(unknown());
    assertFalse(problems(draft.build()).isEmpty());
  }

  private static Permitted permitted(Body body) {
    return PermittedFixture.alert(
        ID, FR, org.entente.gateway.model.Lane.FLASH, body, NOW, "sg.police");
  }

  @Test
  void enumWords_everyValueOfEveryEnum_roundTrips() {
    for (Category category : Category.values()) {
      if (category != Category.UNRECOGNIZED && category.getNumber() != 0) {
        String word = EnumNames.word(category);
        assertFalse(word.startsWith("CATEGORY"));
        assertEquals(
            category.getNumber(),
            EnumNames.parse(Category.getDescriptor(), word).orElseThrow().getNumber());
      }
    }
    assertEquals("INFORM", EnumNames.word(RequestedAction.REQUESTED_ACTION_INFORM));
    assertTrue(EnumNames.parse(Category.getDescriptor(), "UNSPECIFIED").isEmpty());
  }
}
