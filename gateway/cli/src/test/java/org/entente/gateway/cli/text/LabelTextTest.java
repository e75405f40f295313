package org.entente.gateway.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.util.List;
import org.entente.proto.v1.Addressed;
import org.entente.proto.v1.Certainty;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.Statement;
import org.entente.proto.v1.Status;
import org.junit.jupiter.api.Test;

/** What {@code open}, {@code tail} and {@code search} say of a label to an officer. */
class LabelTextTest {
  private static Label.Builder alert() {
    return Label.newBuilder()
        .setKind(Kind.KIND_ALERT)
        .setClassification(Classification.CLASSIFICATION_RESTRICTED)
        .setPurpose(Purpose.PURPOSE_CRIME_PREVENTION)
        .setAgreement("no-se-customs")
        .setRetentionDays(365)
        .setLane(Lane.LANE_FLASH)
        .setRequestedAction(RequestedAction.REQUESTED_ACTION_INFORM);
  }

  private static String first(Label.Builder label) {
    return LabelText.lines(label.build()).get(0);
  }

  /** The field that protects a covert operation is the first that is read, by everybody. */
  @Test
  void whatIsAsked_comesFirst_andSaysOfWhom() {
    Label.Builder label = alert();
    assertEquals("asked: INFORM", first(label));
    assertEquals("", LabelText.ahead(label.build()));
    label.setRequestedAction(RequestedAction.REQUESTED_ACTION_DETAIN);
    assertEquals("asked: DETAIN", first(label));
    assertEquals("[DETAIN] ", LabelText.ahead(label.build()));
    label.setAddressed(Addressed.ADDRESSED_INFORMATION);
    assertEquals("asked: DETAIN, of others; for information only", first(label));
    assertEquals("[DETAIN, for information] ", LabelText.ahead(label.build()));
    label.setRequestedAction(RequestedAction.REQUESTED_ACTION_DO_NOT_INTERVENE);
    assertEquals("asked: DO_NOT_INTERVENE", first(label));
    assertEquals("DO_NOT_INTERVENE, for information", LabelText.words(label.build()));
  }

  @Test
  void answer_namesTheMessageThatItAnswers() {
    Label answer =
        alert().setInReplyTo(ByteString.fromHex("01a23b4785727f239815bc75666f0999")).build();
    assertEquals("in reply to 01a23b4785727f239815bc75666f0999", LabelText.lines(answer).get(1));
  }

  @Test
  void training_isSaidOnEveryLine() {
    for (Status status : new Status[] {Status.STATUS_EXERCISE, Status.STATUS_TEST}) {
      Label label = alert().setStatus(status).build();
      assertEquals("[EXERCISE] ", LabelText.ahead(label));
      assertEquals("EXERCISE: nothing of this is real", LabelText.lines(label).get(1));
    }
  }

  @Test
  void whatBinds_isAllThere() {
    Label label =
        alert()
            .setClassificationScheme("FR")
            .setClassificationMarking("DIFFUSION RESTREINTE")
            .addHandling(Handling.HANDLING_H1)
            .addHandling(Handling.HANDLING_H3)
            .setHandlingText("not to the press")
            .addMarkings("TLP:AMBER")
            .setPersonalData(true)
            .setLegalBasis("Arrangement FR-SG")
            .setCertainty(Certainty.CERTAINTY_LIKELY)
            .setStatement(Statement.STATEMENT_ASSESSMENT)
            .setSourceEvaluation("4x4:A2")
            .addRedacted("body.alert.subjects.person")
            .build();
    assertEquals(
        List.of(
            "asked: INFORM",
            "RESTRICTED, FR DIFFUSION RESTREINTE, for CRIME_PREVENTION, handling H1 H3, TLP:AMBER,"
                + " personal data",
            "restriction: not to the press",
            "under no-se-customs, Arrangement FR-SG, kept for 365 days",
            "certainty LIKELY, ASSESSMENT, source 4x4:A2",
            "precedence FLASH (STANAG 4406: 4, from its lane)",
            "withheld, if present: body.alert.subjects.person"),
        LabelText.lines(label));
  }
}
