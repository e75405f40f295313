package org.entente.gateway.federation;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.feature.request.ResponderTable;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.policy.decide.RulebookHolder;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.receive.PolicyIngressCheck;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.seal.MislabelledEnvelopes;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.store.v1.ResponderRecord;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Feedback;
import org.entente.proto.v1.FeedbackResult;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Intelligence;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Obligation;
import org.entente.proto.v1.Person;
import org.entente.proto.v1.PersonRole;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.Responder;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.Subject;
import org.entente.proto.v1.Wanted;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A member whose gateway checks nothing and lies, sealed by it and taken here: the recipient holds
 * each label against the header, the body, the trust bundle and its own agreements, and keeps
 * nothing that does not agree.
 */
class LyingSenderTest {
  private static final String EU = "eu-customs-cooperation";
  private static final Body ALERT =
      Body.newBuilder()
          .setAlert(
              Alert.newBuilder()
                  .addTexts(AlertText.newBuilder().setLanguage("en").setHeadline("Headline")))
          .build();

  /** An agreement between the two under which no person is named and no case. */
  private static final String WITHHOLDING =
      PolicyFixture.sample(
          "id: sample",
          "id: withholding",
          "sg.police",
          ReceiveKit.SELF.value(),
          "fr.customs",
          ReceiveKit.ORIGIN.value(),
          "personal_data: false",
          "personal_data: true",
          "valid:",
          "redactions: [body.alert.subjects.person, label.case_ref]\nvalid:");

  private final SecureRandom random = new SecureRandom();
  private final MemoryStorageKeys keys = new MemoryStorageKeys();
  private final Ledger ledger =
      QuietLedger.started(new MemoryStore(new MemoryStore.Disk()), () -> NOW);
  private final Map<MessageId, SentFacts> sent = new HashMap<>();

  @AutoClose("closeWithLedger")
  private final ReceiveKit kit;

  LyingSenderTest(@TempDir Path folder) throws IOException {
    ErasureJournal journal = ErasureJournal.open(folder.resolve("erasures"), 0);
    RulebookHolder policy =
        new RulebookHolder(
            PolicyFixture.demoAnd(folder, WITHHOLDING).rulebook(), DemoMembership.demo(), 100);
    LabelCheck labels = new LabelCheck(MessageLimits.defaults());
    kit =
        new ReceiveKit(
            ledger,
            keys,
            keys,
            journal,
            new PolicyIngressCheck(
                ReceiveKit.SELF,
                policy,
                labels,
                () -> NOW,
                () -> NOW,
                id -> Optional.ofNullable(sent.get(id))),
            () -> NOW);
  }

  private Permitted message(UnaryOperator<Label.Builder> lie, Body body) {
    return message(EU, lie, body);
  }

  private Permitted message(String agreement, UnaryOperator<Label.Builder> lie, Body body) {
    MessageId id = MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), random);
    return message(id, agreement, lie, body);
  }

  private Permitted message(
      MessageId id, String agreement, UnaryOperator<Label.Builder> lie, Body body) {
    Label.Builder label =
        Label.newBuilder()
            .setKind(Kind.KIND_ALERT)
            .setCategory(Category.CATEGORY_IPR)
            .setPurpose(Purpose.PURPOSE_IPR_ENFORCEMENT)
            .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED)
            .setStatus(Status.STATUS_ACTUAL)
            .setMessageType(MessageType.MESSAGE_TYPE_ALERT)
            .setRequestedAction(RequestedAction.REQUESTED_ACTION_INFORM);
    return PermittedFixture.permitted(
        id,
        ReceiveKit.ORIGIN,
        Lane.ROUTINE,
        lie.apply(label).build(),
        body,
        NOW,
        agreement,
        30,
        ReceiveKit.SELF.value());
  }

  private EvidenceItem refused(Code code, Permitted message) {
    return refused(code, message, SealingItem.of(message));
  }

  /** Nothing of it is kept, and its origin is owed a failure with a reason. */
  private EvidenceItem refused(Code code, Permitted message, SealingItem sealed) {
    int owed = kit.owed().size();
    for (Delivery delivery : kit.seal(List.of(sealed))) {
      kit.handOver(delivery);
    }
    assertNull(ledger.inbox().find(message.messageId()));
    List<EvidenceItem> told = kit.owed();
    assertEquals(owed + 1, told.size());
    EvidenceItem last = told.get(owed);
    assertEquals(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, last.getKind());
    assertEquals(code.name(), last.getCode(), last.getReason());
    return last;
  }

  @Test
  void honestMessage_isTaken() {
    Permitted honest = message(label -> label, ALERT);
    kit.deliver(honest);
    assertNotNull(ledger.inbox().find(honest.messageId()));
  }

  /** A co-recipient that sends first under the id of another's message would keep that one out. */
  @Test
  void message_underAnIdOfAnotherAgency_isRefused_andTakesNobodysPlace() {
    AgencyName other = new AgencyName("it.customs");
    for (int i = 0; i < 100; i++) {
      MessageId taken = MessageId.fresh(other, NOW.toEpochMilli() + i, random);
      refused(Code.HEADER_MISMATCH, message(taken, EU, label -> label, ALERT));
    }
    Permitted honest = message(label -> label, ALERT);
    kit.deliver(honest);
    assertNotNull(ledger.inbox().find(honest.messageId()));
  }

  @Test
  void label_thatNamesAnotherKindThanItsBody_isRefused() {
    Body intelligence =
        Body.newBuilder()
            .setIntelligence(Intelligence.newBuilder().setHeadline("H").setLanguage("en"))
            .build();
    refused(Code.LABEL_BODY_MISMATCH, message(label -> label, intelligence));
    refused(
        Code.LABEL_BODY_MISMATCH, message(label -> label.setKind(Kind.KIND_INTELLIGENCE), ALERT));
  }

  @Test
  void label_thatHidesThatItsBodyNamesAPerson_isRefused() {
    Body person =
        ALERT.toBuilder()
            .setAlert(
                ALERT.getAlert().toBuilder()
                    .addSubjects(
                        Subject.newBuilder()
                            .setPerson(
                                Person.newBuilder()
                                    .setRole(PersonRole.PERSON_ROLE_SUSPECT)
                                    .setFamilyName("Doe"))))
            .build();
    refused(Code.LABEL_BODY_MISMATCH, message(label -> label, person));
    Permitted honest = message(label -> label.setPersonalData(true), person);
    kit.deliver(honest);
    assertNotNull(ledger.inbox().find(honest.messageId()));
  }

  /** What an agreement withholds is not taken, whatever the label says of it. */
  @Test
  void message_withWhatItsAgreementWithholds_isRefused() {
    Body.Builder person = ALERT.toBuilder();
    person
        .getAlertBuilder()
        .addSubjectsBuilder()
        .getPersonBuilder()
        .setRole(PersonRole.PERSON_ROLE_SUSPECT);
    UnaryOperator<Label.Builder> says =
        label -> label.addRedacted("body.alert.subjects.person").addRedacted("label.case_ref");
    refused(
        Code.INGRESS_REFUSED,
        message("withholding", label -> says.apply(label).setPersonalData(true), person.build()));
    refused(
        Code.INGRESS_REFUSED,
        message("withholding", label -> says.apply(label).setCaseRef("C-1"), ALERT));
    refused(Code.INGRESS_REFUSED, message("withholding", label -> label, ALERT));
    refused(Code.INGRESS_REFUSED, message(EU, says, ALERT));
    refused(Code.INVALID_FIELD, message("withholding", label -> label.addRedacted("Doe"), ALERT));
    Permitted honest = message("withholding", says, ALERT);
    kit.deliver(honest);
    assertNotNull(ledger.inbox().find(honest.messageId()));
  }

  /** What is marked in a national scheme has that marking's level, at both ends. */
  @Test
  void label_whoseLevelIsNotThatOfItsNationalMarking_isRefused() {
    refused(
        Code.INGRESS_REFUSED,
        message(
            label ->
                label
                    .setClassificationScheme("FR")
                    .setClassificationMarking("DIFFUSION RESTREINTE"),
            ALERT));
    refused(
        Code.INGRESS_REFUSED,
        message(
            label ->
                label
                    .setClassification(Classification.CLASSIFICATION_RESTRICTED)
                    .setClassificationScheme("FR")
                    .setClassificationMarking("SECRET"),
            ALERT));
    Permitted honest =
        message(
            label ->
                label
                    .setClassification(Classification.CLASSIFICATION_RESTRICTED)
                    .setClassificationScheme("FR")
                    .setClassificationMarking("DIFFUSION RESTREINTE"),
            ALERT);
    kit.deliver(honest);
    assertNotNull(ledger.inbox().find(honest.messageId()));
  }

  /** What a later release may ask of a recipient is refused by one that could not do it. */
  @Test
  void obligation_thatIsNotKnownHere_isRefused_andSoIsWhatContradictsItself() {
    refused(Code.OBLIGATION_UNKNOWN, message(label -> label.addObligationsValue(99), ALERT));
    refused(Code.OBLIGATION_UNKNOWN, message(label -> label.addObligationsValue(0), ALERT));
    refused(
        Code.OBLIGATION_UNKNOWN,
        message(
            label ->
                label
                    .addObligations(Obligation.OBLIGATION_DESTROY_AFTER_RETENTION)
                    .addObligationsValue(6),
            ALERT));
    refused(
        Code.INVALID_FIELD,
        message(
            label ->
                label
                    .addObligations(Obligation.OBLIGATION_NO_ONWARD_TRANSFER)
                    .addObligations(Obligation.OBLIGATION_ONWARD_WITHIN_PARTIES),
            ALERT));
    Permitted known =
        message(
            label ->
                label
                    .addObligations(Obligation.OBLIGATION_DESTROY_AFTER_RETENTION)
                    .addObligations(Obligation.OBLIGATION_NO_ONWARD_TRANSFER),
            ALERT);
    kit.deliver(known);
    assertNotNull(ledger.inbox().find(known.messageId()));
  }

  /** What a responder takes is held against whoever asks, whatever it was told and says. */
  @Test
  void request_withMoreSubjectsThanItsResponderTakes_isRefused_andSoIsOneToNoneThatIsHere() {
    Responder responder =
        Responder.newBuilder()
            .setName("seizures")
            .addCategories(Category.CATEGORY_IPR)
            .setSubjectsPerRequest(2)
            .build();
    ledger
        .write(
            Lane.ROUTINE,
            tx -> {
              ResponderRecord record = ResponderRecord.newBuilder().setResponder(responder).build();
              ResponderTable.of(ledger).put(tx, "seizures", record);
              return true;
            })
        .join();
    refused(Code.INVALID_FIELD, request("seizures", 3, Category.CATEGORY_IPR));
    refused(Code.NOT_FOUND, request("seizures", 1, Category.CATEGORY_EXCISE));
    refused(Code.NOT_FOUND, request("withdrawn", 1, Category.CATEGORY_IPR));
    refused(Code.INVALID_FIELD, request("SEIZURES", 1, Category.CATEGORY_IPR));
    // Policy comes first: who may not ask learns nothing of who answers.
    refused(Code.INGRESS_REFUSED, request("seizures", 3, Category.CATEGORY_PUBLIC_WARNING));
    refused(Code.INGRESS_REFUSED, request("withdrawn", 1, Category.CATEGORY_PUBLIC_WARNING));
    for (Permitted honest :
        List.of(
            request("seizures", 2, Category.CATEGORY_IPR), request("", 3, Category.CATEGORY_IPR))) {
      kit.deliver(honest);
      assertNotNull(ledger.inbox().find(honest.messageId()));
    }
  }

  private Permitted request(String responder, int subjects, Category category) {
    Body.Builder body =
        RequestSamples.request(Wanted.WANTED_HIT_NO_HIT, NOW.plus(Duration.ofHours(4))).toBuilder();
    body.getRequestBuilder().clearSubjects().setResponder(responder);
    for (int i = 0; i < subjects; i++) {
      body.getRequestBuilder().addSubjects(Subject.newBuilder().setContainer("CSQU3054383"));
    }
    return message(
        label ->
            label
                .setKind(Kind.KIND_REQUEST)
                .setCategory(category)
                .setRequestedAction(RequestedAction.REQUESTED_ACTION_CHECK),
        body.build());
  }

  /** Parties are those of the trust bundle; what a label says of itself counts for nothing. */
  @Test
  void label_thatNamesJurisdictionsOfAnAgreementThatIsNotBetweenTheTwo_isRefused() {
    refused(
        Code.INGRESS_REFUSED,
        message("fr-sg-ipr", label -> label.addJurisdictions("FR").addJurisdictions("SG"), ALERT));
    refused(
        Code.INGRESS_REFUSED,
        message("eu-us-narcotics-hazardous", label -> label.addJurisdictions("US"), ALERT));
  }

  /** Threat 80: a member that names agreements one by one learns nothing of those of others. */
  @Test
  void agreement_ofOthers_isAnsweredLikeOneThatDoesNotExist() {
    EvidenceItem ofOthers =
        refused(Code.INGRESS_REFUSED, message("de-us-order-ivory", label -> label, ALERT));
    EvidenceItem invented =
        refused(Code.INGRESS_REFUSED, message("no-such-agreement", label -> label, ALERT));
    assertEquals(invented.getReason(), ofOthers.getReason());
    Permitted honest = message(label -> label, ALERT);
    kit.deliver(honest);
    assertNotNull(ledger.inbox().find(honest.messageId()));
  }

  @Test
  void agreement_thatDoesNotCoverTheMessage_isAppliedHere_whateverTheSenderDecided() {
    refused(
        Code.INGRESS_REFUSED,
        message(label -> label.setClassification(Classification.CLASSIFICATION_SECRET), ALERT));
    refused(
        Code.INGRESS_REFUSED,
        message(label -> label.setPurpose(Purpose.PURPOSE_CRIMINAL_INVESTIGATION), ALERT));
    refused(Code.INGRESS_REFUSED, message("no-such-agreement", label -> label, ALERT));
    refused(
        Code.INGRESS_REFUSED,
        message("fr-sg-ipr", label -> label.addHandling(Handling.HANDLING_H2), ALERT));
  }

  @Test
  void exercise_underAHeaderThatSaysActual_andBack_isRefused() {
    Permitted exercise = message(label -> label.setStatus(Status.STATUS_EXERCISE), ALERT);
    refused(Code.HEADER_MISMATCH, exercise, MislabelledEnvelopes.exerciseReversed(exercise));
    Permitted actual = message(label -> label, ALERT);
    refused(Code.HEADER_MISMATCH, actual, MislabelledEnvelopes.exerciseReversed(actual));
  }

  private Permitted feedback(MessageId answered, Status status) {
    Body body =
        Body.newBuilder()
            .setFeedback(
                Feedback.newBuilder()
                    .setResult(FeedbackResult.FEEDBACK_RESULT_NOTHING_FOUND)
                    .setDate("2026-11-01"))
            .build();
    return message(
        label ->
            label
                .setKind(Kind.KIND_FEEDBACK)
                .setStatus(status)
                .setInReplyTo(ByteString.copyFrom(answered.bytes())),
        body);
  }

  private MessageId sentTo(String recipient) {
    MessageId id = MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), random);
    sent.put(id, SentFacts.newBuilder().addRecipients(recipient).build());
    return id;
  }

  /** A peer is believed about what came of messages that it was sent, and of no others. */
  @Test
  void feedback_onAMessageThatWasNeverSentToIt_isRefused() {
    MessageId never = MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), random);
    refused(Code.INGRESS_REFUSED, feedback(never, Status.STATUS_ACTUAL));
    refused(Code.INGRESS_REFUSED, feedback(sentTo("us.cbp"), Status.STATUS_ACTUAL));
    MessageId own = sentTo(ReceiveKit.ORIGIN.value());
    refused(Code.INGRESS_REFUSED, feedback(own, Status.STATUS_EXERCISE));
    Permitted honest = feedback(own, Status.STATUS_ACTUAL);
    kit.deliver(honest);
    assertNotNull(ledger.inbox().find(honest.messageId()));
  }
}
