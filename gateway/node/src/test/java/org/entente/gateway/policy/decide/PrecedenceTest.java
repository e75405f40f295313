package org.entente.gateway.policy.decide;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.checked;
import static org.entente.gateway.policy.decide.PolicyFixture.draft;
import static org.entente.gateway.policy.decide.PolicyFixture.label;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.List;
import java.util.Map;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.DraftCheck;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.check.ReceivedLabels;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.codes.PrecedenceLane;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.proto.v1.Addressed;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.Precedence;
import org.entente.proto.v1.Severity;
import org.entente.proto.v1.Urgency;
import org.junit.jupiter.api.Test;

/** STANAG 4406 precedence and lanes: a table, and nothing is derived from anything else. */
class PrecedenceTest {
  private static final LabelCheck CHECK = new LabelCheck(MessageLimits.defaults());
  private static final MessageId ID = MessageId.parse("0198c0ffee0070008000000000000001");

  private static List<String> fields(Label.Builder label) {
    DraftCheck check = CHECK.draft(draft(label, "de.customs").build(), NOW);
    return assertInstanceOf(DraftCheck.InvalidDraft.class, check).problems().stream()
        .map(Problem::field)
        .toList();
  }

  /** A label as the gateway completed it, but for what a test changes. */
  private static Label.Builder received() {
    return CHECK.draft(draft(label(), "de.customs").build(), NOW) instanceof CheckedDraft draft
        ? new PolicyDecision(
                draft,
                FR,
                NOW,
                new PolicyStamp("v", 0),
                Map.of(DE, agreement()),
                java.util.Set.of(),
                List.of(),
                List.of())
            .permitted(ID).get(0).label().toBuilder()
        : Label.newBuilder();
  }

  private static Agreement agreement() {
    return PolicyFixture.demo().rulebook().agreement("eu-customs-cooperation").orElseThrow();
  }

  @Test
  void precedence_saysTheLane_whereNoneIsStated_andIsKeptAsGiven() {
    Map<Precedence, Lane> table =
        Map.of(
            Precedence.PRECEDENCE_DEFERRED, Lane.LANE_ROUTINE,
            Precedence.PRECEDENCE_ROUTINE, Lane.LANE_ROUTINE,
            Precedence.PRECEDENCE_PRIORITY, Lane.LANE_PRIORITY,
            Precedence.PRECEDENCE_IMMEDIATE, Lane.LANE_IMMEDIATE,
            Precedence.PRECEDENCE_FLASH, Lane.LANE_FLASH,
            Precedence.PRECEDENCE_OVERRIDE, Lane.LANE_FLASH);
    table.forEach(
        (precedence, lane) -> {
          Label label = checked(label().setPrecedence(precedence), "de.customs").label();
          assertEquals(lane, label.getLane(), precedence.name());
          assertEquals(precedence, label.getPrecedence());
        });
  }

  /** Both ways, and what was stated is written as it was given, whatever the lane. */
  @Test
  void lane_saysThePrecedenceToBeWritten_whereNoneIsStated_andLeadsBackToTheLane() {
    Map<Lane, Precedence> table =
        Map.of(
            Lane.LANE_ROUTINE, Precedence.PRECEDENCE_ROUTINE,
            Lane.LANE_PRIORITY, Precedence.PRECEDENCE_PRIORITY,
            Lane.LANE_IMMEDIATE, Precedence.PRECEDENCE_IMMEDIATE,
            Lane.LANE_FLASH, Precedence.PRECEDENCE_FLASH);
    table.forEach(
        (lane, precedence) -> {
          Label label = checked(label().setLane(lane), "de.customs").label();
          assertEquals(Precedence.PRECEDENCE_UNSPECIFIED, label.getPrecedence());
          assertEquals(precedence, PrecedenceLane.written(label), lane.name());
          assertEquals(lane, PrecedenceLane.of(precedence));
        });
    assertEquals(
        Precedence.PRECEDENCE_ROUTINE,
        PrecedenceLane.written(checked(label(), "de.customs").label()));
    for (Precedence stated : Precedence.values()) {
      if (stated != Precedence.UNRECOGNIZED && stated != Precedence.PRECEDENCE_UNSPECIFIED) {
        assertEquals(
            stated,
            PrecedenceLane.written(
                received()
                    .setPrecedence(stated)
                    .setLane(Lane.LANE_ROUTINE)
                    .setAddressed(Addressed.ADDRESSED_INFORMATION)
                    .build()));
      }
    }
  }

  @Test
  void number_isThatOfStanag4406_plusOne() {
    assertEquals(0, Precedence.PRECEDENCE_DEFERRED.getNumber() - 1);
    assertEquals(5, Precedence.PRECEDENCE_OVERRIDE.getNumber() - 1);
  }

  @Test
  void lane_thatAgrees_isTaken_andOneThatContradicts_isRefused() {
    Label.Builder flash = label().setPrecedence(Precedence.PRECEDENCE_FLASH);
    Label agreed = checked(flash.clone().setLane(Lane.LANE_FLASH), "de.customs").label();
    assertEquals(Lane.LANE_FLASH, agreed.getLane());
    assertEquals(List.of("label.precedence"), fields(flash.clone().setLane(Lane.LANE_ROUTINE)));
    assertEquals(
        List.of("label.precedence"),
        fields(label().setPrecedence(Precedence.PRECEDENCE_DEFERRED).setLane(Lane.LANE_IMMEDIATE)));
    assertEquals(List.of("label.precedence"), fields(label().setPrecedenceValue(77)));
  }

  @Test
  void severityUrgencyAndClassification_sayNothingOfLaneAndPrecedence() {
    Label label =
        checked(
                label()
                    .setSeverity(Severity.SEVERITY_EXTREME)
                    .setUrgency(Urgency.URGENCY_IMMEDIATE)
                    .setClassification(Classification.CLASSIFICATION_SECRET),
                "de.customs")
            .label();
    assertEquals(Lane.LANE_ROUTINE, label.getLane());
    assertEquals(Precedence.PRECEDENCE_UNSPECIFIED, label.getPrecedence());
  }

  @Test
  void receivedLane_maybeLowerForInformation_neverHigher_andExactForAction() {
    Label.Builder immediate =
        received().setPrecedence(Precedence.PRECEDENCE_IMMEDIATE).setLane(Lane.LANE_PRIORITY);
    assertEquals(
        List.of(),
        ReceivedLabels.problems(
            immediate.clone().setAddressed(Addressed.ADDRESSED_INFORMATION).build()));
    for (Label wrong :
        List.of(
            immediate.clone().setAddressed(Addressed.ADDRESSED_ACTION).build(),
            immediate.clone().clearAddressed().build(),
            immediate
                .clone()
                .setAddressed(Addressed.ADDRESSED_INFORMATION)
                .setLane(Lane.LANE_FLASH)
                .build())) {
      assertEquals(
          "label.precedence", ReceivedLabels.problems(wrong).get(0).field(), wrong.toString());
    }
  }
}
