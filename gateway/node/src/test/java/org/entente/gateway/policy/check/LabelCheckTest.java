package org.entente.gateway.policy.check;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.checked;
import static org.entente.gateway.policy.decide.PolicyFixture.draft;
import static org.entente.gateway.policy.decide.PolicyFixture.label;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
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
import org.entente.proto.v1.Area;
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

  @TestFactory
  Stream<DynamicTest> label_wrong_isRefusedByField() {
    return Stream.of(
        wrongLabel("label.message_id", it -> it.setMessageId(ByteString.copyFrom(ID.bytes()))),
        wrongLabel("label.origin", it -> it.setOrigin("fr.customs")),
        wrongLabel("label.created_at", it -> it.setCreatedAt(TimestampConversion.timestamp(NOW))),
        wrongLabel("label.retention_days", it -> it.setRetentionDays(1)),
        wrongLabel("label.obligations", it -> it.addObligationsValue(1)),
        wrongLabel("label.kind", it -> it.setKind(Kind.KIND_EVIDENCE)),
        wrongLabel("label.kind", it -> it.clearKind()),
        wrongLabel("label.kind", it -> it.setKindValue(44)),
        wrongLabel("label.category", it -> it.clearCategory()),
        wrongLabel("label.category", it -> it.setCategoryValue(999)),
        wrongLabel("label.purpose", it -> it.clearPurpose()),
        wrongLabel("label.classification", it -> it.clearClassification()),
        wrongLabel("label.severity", it -> it.setSeverityValue(-3)),
        wrongLabel("label.lane", it -> it.setLaneValue(9)),
        wrongLabel("label.status", it -> it.setStatusValue(9)),
        wrongLabel("label.handling", it -> repeated(it, Handling.HANDLING_H1, 2)),
        wrongLabel("label.handling", it -> repeated(it, Handling.HANDLING_H1, 5)),
        wrongLabel("label.handling[0]", it -> it.addHandlingValue(0)),
        wrongLabel("label.handling_text", it -> it.addHandling(Handling.HANDLING_H3)),
        wrongLabel("label.handling_text", it -> it.setHandlingText("x".repeat(501))),
        wrongLabel("label.handling", it -> it.addHandling(Handling.HANDLING_H0)),
        wrongLabel("label.markings[0]", it -> it.addMarkings("TLP:PINK")),
        wrongLabel("label.classification_marking", it -> it.setClassificationScheme("FR")),
        wrongLabel("label.classification_marking", it -> it.setClassificationMarking("SECRET")),
        wrongLabel("label.classification_marking", it -> marked(it, "FR", "x".repeat(81))),
        wrongLabel("label.classification_marking", it -> marked(it, "FR", "SECRET\u2028")),
        wrongLabel("label.classification_scheme", it -> marked(it, "fr", "SECRET")),
        wrongLabel("label.classification_review", it -> it.setClassificationReviewOn("2031-01-01")),
        wrongLabel("label.classification_review", it -> it.setClassificationReviewValue(1)),
        wrongLabel("label.classification_review", it -> reviewed(it, "2031-01-01", 7)),
        wrongLabel("label.classification_review_on", it -> reviewed(it, "2031-02-30", 1)),
        wrongLabel("label.classification_review_on", it -> reviewed(it, "+102031-01-01", 1)),
        wrongLabel("label.classification_review_on", it -> reviewed(it, "2026-05-31", 1)),
        wrongLabel("label.legal_basis", it -> it.setLegalBasis("x".repeat(201))),
        wrongLabel("label.legal_basis", it -> it.setLegalBasis("a\nb")),
        wrongLabel("label.case_ref", it -> it.setCaseRef("x".repeat(81))),
        wrongLabel("label.case_ref", it -> it.setCaseRef("a\u2028b")),
        wrongLabel("label.source_ref", it -> it.setSourceRef("\u0007")),
        wrongLabel("label.in_reply_to", it -> it.setInReplyTo(ByteString.copyFrom(new byte[15]))),
        wrongLabel("label.source_evaluation", it -> it.setSourceEvaluation("4x4:Z9")),
        wrongLabel("label.source_evaluation", it -> it.setSourceEvaluation("A1")),
        wrongLabel("label.agreement", it -> it.setAgreement("No Such")),
        wrongLabel("label.jurisdictions[0]", it -> it.addJurisdictions("France")),
        wrongLabel("label.jurisdictions", it -> it.addJurisdictions("FR").addJurisdictions("FR")),
        wrongLabel("label.expires_at", it -> it.setExpiresAt(TimestampConversion.timestamp(NOW))),
        wrongLabel(
            "label.expires_at",
            it -> it.setExpiresAt(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE))),
        wrongLabel(
            "label.expires_at",
            it ->
                it.setExpiresAt(
                    TimestampConversion.timestamp(NOW.plusSeconds(60)).toBuilder()
                        .setUnknownFields(unknown()))),
        wrongLabel("label", it -> it.setUnknownFields(unknown())));
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

  private static DynamicTest wrongLabel(String field, Consumer<Label.Builder> change) {
    return wrong(field, draft -> change.accept(draft.getLabelBuilder()));
  }

  @TestFactory
  Stream<DynamicTest> body_wrong_isRefusedByField() {
    return Stream.of(
        wrongAlert("body.alert.texts", it -> it.clearTexts()),
        wrongAlert(
            "body.alert.texts[0].language",
            it -> it.getTextsBuilder(0).setLanguage("english language")),
        wrongAlert("body.alert.texts[0].headline", it -> it.getTextsBuilder(0).setHeadline(" ")),
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
            "body.alert.texts[0].web", it -> it.getTextsBuilder(0).setWeb("javascript:alert(1)")),
        wrongAlert("body.alert.texts[0].web", it -> it.getTextsBuilder(0).setWeb("https://")),
        wrongAlert(
            "body.alert.subjects[0].container",
            it -> it.addSubjectsBuilder().setContainer("TEXU3070070")),
        wrongAlert(
            "body.alert.subjects[0].vessel", it -> it.addSubjectsBuilder().setVessel("9074728")),
        wrongAlert(
            "body.alert.subjects[0].air_waybill",
            it -> it.addSubjectsBuilder().setAirWaybill("02012345676")),
        wrongAlert("body.alert.subjects[0].place", it -> it.addSubjectsBuilder().setPlace("fr")),
        wrongAlert("body.alert.subjects[0]", it -> it.addSubjectsBuilder()),
        wrongAlert(
            "body.alert.subjects[0].commodity.hs_code",
            it -> it.addSubjectsBuilder().getCommodityBuilder().setHsCode("1")),
        wrongAlert(
            "body.alert.subjects[0].commodity.quantity",
            it -> it.addSubjectsBuilder().getCommodityBuilder().setQuantity("many")),
        wrongAlert(
            "body.alert.subjects[0].company.lei",
            it -> it.addSubjectsBuilder().getCompanyBuilder().setLei("5493001KJTIIGC8Y1R13")),
        wrongAlert(
            "body.alert.subjects[0].person.role",
            it -> it.addSubjects(person(PersonRole.PERSON_ROLE_UNSPECIFIED))),
        wrongAlert(
            "body.alert.subjects[0].right.type",
            it -> it.addSubjectsBuilder().getRightBuilder().setType("x".repeat(41))),
        wrongAlert("body.alert.subjects", it -> subjects(it, 257)),
        wrongAlert(
            "body.alert.subjects[0].aircraft", it -> it.addSubjectsBuilder().getAircraftBuilder()),
        wrongAlert(
            "body.alert.subjects[0].aircraft.icao_address",
            it -> it.addSubjectsBuilder().getAircraftBuilder().setIcaoAddress("FFFFFF")),
        wrongAlert(
            "body.alert.subjects[0].aircraft.registration",
            it -> it.addSubjectsBuilder().getAircraftBuilder().setRegistration("f gsps")),
        wrongAlert(
            "body.alert.subjects[0].plate.issuer",
            it -> it.addSubjectsBuilder().getPlateBuilder().setNumber("AB-123-CD")),
        wrongAlert(
            "body.alert.subjects[0].plate.number",
            it -> it.addSubjectsBuilder().getPlateBuilder().setNumber("--").setIssuer("FR")),
        wrongAlert(
            "body.alert.subjects[0].route.places",
            it -> it.addSubjectsBuilder().getRouteBuilder().addPlaces("FRLEH")),
        wrongAlert(
            "body.alert.subjects[0].route.places",
            it ->
                it.addSubjectsBuilder()
                    .getRouteBuilder()
                    .addAllPlaces(Collections.nCopies(65, "FRLEH"))),
        wrongAlert(
            "body.alert.subjects[0].route.places[1]",
            it -> it.addSubjectsBuilder().getRouteBuilder().addPlaces("FRLEH").addPlaces("FRLEH")),
        wrongAlert(
            "body.alert.subjects[0].route.places[0]",
            it -> it.addSubjectsBuilder().getRouteBuilder().addPlaces("X").addPlaces("FRLEH")),
        wrongAlert(
            "body.alert.subjects[0].phone",
            it -> it.addSubjectsBuilder().setPhone("0033123456789")),
        wrongAlert(
            "body.alert.subjects[0].account",
            it -> it.addSubjectsBuilder().setAccount("GB29NWBK60161331926818")),
        wrongAlert(
            "body.alert.subjects[0].firearm", it -> it.addSubjectsBuilder().getFirearmBuilder()),
        wrongAlert(
            "body.alert.subjects[0].firearm.serial",
            it -> it.addSubjectsBuilder().getFirearmBuilder().setSerial("x".repeat(41))),
        wrongAlert("body.alert.subjects[0].seal", it -> it.addSubjectsBuilder().setSeal("a b")),
        wrongAlert(
            "body.alert.subjects[0].cargo_reference.number",
            it -> it.addSubjectsBuilder().getCargoReferenceBuilder().setCountry("FR")),
        wrongAlert(
            "body.alert.subjects[0].commodity.value",
            it -> it.addSubjectsBuilder().getCommodityBuilder().setValue("1,5").setCurrency("EUR")),
        wrongAlert(
            "body.alert.subjects[0].commodity.currency",
            it -> it.addSubjectsBuilder().getCommodityBuilder().setValue("1500")),
        wrongAlert(
            "body.alert.subjects[0].commodity.currency",
            it -> it.addSubjectsBuilder().getCommodityBuilder().setCurrency("EUR")),
        wrongAlert(
            "body.alert.subjects[0].company.aeo_status",
            it -> it.addSubjectsBuilder().getCompanyBuilder().setAeoStatusValue(99)),
        wrongAlert(
            "body.alert.subjects[0].company.aeo_number",
            it -> it.addSubjectsBuilder().getCompanyBuilder().setAeoNumber("FRAEOF00000123")),
        wrongAlert(
            "body.alert.areas[0].polygons[0]",
            it -> it.addAreas(Area.newBuilder().addPolygons("1,2 3,4 5,6"))),
        wrongAlert(
            "body.alert.areas[0].polygons[0]",
            it -> it.addAreas(Area.newBuilder().addPolygons("1,2 3,4 95,6 1,2"))),
        wrongAlert(
            "body.alert.areas[0].circles[0]",
            it -> it.addAreas(Area.newBuilder().addCircles("1,2"))),
        wrongAlert(
            "body.alert.areas[0].geocodes[0]",
            it -> it.addAreas(Area.newBuilder().addGeocodes("FRLEH"))),
        wrongAlert("body.alert.extra", it -> it.putExtra("k", "x".repeat(20_001))),
        wrongAlert("body.alert", it -> it.setUnknownFields(unknown())),
        wrongAlert("body.alert.onset_at", it -> it.setOnsetAt(Timestamp.newBuilder().setNanos(-1))),
        wrongAlert(
            "body.alert.onset_at",
            it -> it.setOnsetAt(Timestamp.newBuilder().setUnknownFields(unknown()))),
        wrong("body", it -> it.clearBody()),
        wrong(
            "body.document.media_type",
            it -> it.getBodyBuilder().getDocumentBuilder().setMediaType("text/html")));
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
    FeedbackResult nothing = FeedbackResult.FEEDBACK_RESULT_NOTHING_FOUND;
    return Stream.of(
        wrongFeedback("body.feedback.result", it -> it.clearResult()),
        wrongFeedback("body.feedback.result", it -> it.setResultValue(99)),
        wrongFeedback("body.feedback.place", it -> it.setPlace("Hamburg")),
        wrongFeedback("body.feedback.place", it -> it.clearPlace()),
        wrongFeedback(
            "body.feedback.place",
            it -> it.clearPlace().setResult(FeedbackResult.FEEDBACK_RESULT_DETAINED)),
        wrongFeedback("body.feedback.date", it -> it.clearDate()),
        wrongFeedback("body.feedback.date", it -> it.setDate("2026-03")),
        wrongFeedback("body.feedback.date", it -> it.setDate("2026-02-30")),
        wrongFeedback("body.feedback.concealment", it -> it.setConcealment("x".repeat(1_001))),
        wrongFeedback("body.feedback.detection", it -> it.setDetectionValue(99)),
        wrongFeedback("body.feedback.remarks", it -> it.setRemarks("x".repeat(5_001))),
        wrongFeedback("body.feedback.language", it -> it.clearLanguage()),
        wrongFeedback("body.feedback.goods", it -> it.clearGoods()),
        wrongFeedback("body.feedback.goods[0]", it -> it.getGoodsBuilder(0).clearUnit()),
        wrongFeedback(
            "body.feedback.goods[0].hs_code", it -> it.getGoodsBuilder(0).setHsCode("shoes")),
        wrongFeedback(
            "body.feedback.goods",
            it -> it.addAllGoods(Collections.nCopies(64, Commodity.getDefaultInstance()))),
        wrongFeedback("body.feedback.goods", it -> it.setResult(nothing)),
        wrongFeedback("body.feedback.concealment", it -> it.setResult(nothing)),
        wrongFeedback(
            "body.feedback.remarks", it -> it.setResult(FeedbackResult.FEEDBACK_RESULT_OTHER)),
        wrongFeedback("body.feedback", it -> it.setUnknownFields(unknown())),
        dynamic("label.in_reply_to", draft -> draft.getLabelBuilder().clearInReplyTo()));
  }

  private static DynamicTest wrongFeedback(String field, Consumer<Feedback.Builder> change) {
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

  private static DynamicTest wrongAlert(String field, Consumer<Alert.Builder> change) {
    return wrong(field, draft -> change.accept(draft.getBodyBuilder().getAlertBuilder()));
  }

  @TestFactory
  Stream<DynamicTest> draft_wrong_isRefusedByField() {
    return Stream.of(
        wrong("idempotency_key", it -> it.setIdempotencyKey("")),
        wrong("idempotency_key", it -> it.setIdempotencyKey("a b")),
        wrong("idempotency_key", it -> it.setIdempotencyKey("x".repeat(65))),
        wrong("to", it -> it.clearTo()),
        wrong("to.agencies[0]", it -> it.getToBuilder().setAgencies(0, "France")),
        wrong("to.agencies", it -> agencies(it, 257)),
        wrong("to.jurisdictions[0]", it -> it.getToBuilder().addJurisdictions("eu")),
        wrong("on_behalf_of.officer", it -> it.getOnBehalfOfBuilder().setOfficer("x".repeat(81))),
        wrong("on_behalf_of.officer", it -> it.getOnBehalfOfBuilder().setJustification("case 12")),
        wrong("on_behalf_of.officer", it -> it.getOnBehalfOfBuilder().setUnit("DNRED")),
        wrong("on_behalf_of.officer", it -> it.getOnBehalfOfBuilder().setOfficer("  ")),
        wrong(
            "on_behalf_of.justification",
            it -> it.getOnBehalfOfBuilder().setJustification("x".repeat(501))),
        wrong("derived_from", it -> sources(it, 17)),
        wrong("derived_from[0]", it -> it.addDerivedFrom(ByteString.copyFrom(new byte[15]))),
        wrong("derived_from[1]", it -> sources(it, 1).addDerivedFrom(it.getDerivedFrom(0))),
        wrong("draft", it -> it.setUnknownFields(unknown())));
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

  private static DynamicTest wrong(String field, Consumer<Draft.Builder> change) {
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
    return Stream.of(
        received("label.message_id", it -> it.setMessageId(ByteString.EMPTY)),
        received("label.origin", it -> it.setOrigin("France")),
        received("label.created_at", it -> it.clearCreatedAt()),
        received("label.expires_at", it -> it.clearExpiresAt()),
        received("label.agreement", it -> it.setAgreement("a/b")),
        received("label.retention_days", it -> it.setRetentionDays(-1)),
        received("label.handling", it -> it.addHandling(Handling.HANDLING_H0)),
        received("label.lane", it -> it.clearLane()),
        received("label.status", it -> it.clearStatus()),
        received("label.message_type", it -> it.clearMessageType()),
        received("label.requested_action", it -> it.clearRequestedAction()),
        received("label.category", it -> it.clearCategory()),
        received("label.case_ref", it -> it.setCaseRef("a\r\nb")),
        received("label.kind", it -> it.setKind(Kind.KIND_INTELLIGENCE)));
  }

  private static DynamicTest received(String field, Consumer<Label.Builder> change) {
    return DynamicTest.dynamicTest(
        field,
        () -> {
          Permitted good = permitted(PolicyFixture.body().build());
          assertEquals(List.of(), CHECK.received(good.label(), good.body()));
          assertEquals(List.of(), CHECK.receivedLabel(good.label()));
          Label.Builder label = good.label().toBuilder();
          change.accept(label);
          List<Problem> problems = CHECK.received(label.build(), good.body());
          assertTrue(
              problems.stream().anyMatch(it -> it.field().equals(field)), problems.toString());
        });
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
        ID, PolicyFixture.FR, org.entente.gateway.model.Lane.FLASH, body, NOW, "sg.police");
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
