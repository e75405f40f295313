package org.entente.gateway.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.entente.gateway.cli.message.TailCommand;
import org.entente.gateway.cli.message.TrackCommand;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.Precedence;
import org.entente.proto.v1.TrackResponse;
import org.junit.jupiter.api.Test;

/** What {@code open} says to whoever writes STANAG 4406 messages from what arrives. */
class MessageTextTest {
  @Test
  void precedence_isTheOneStated_orThatOfTheLane_andSaysWhich() {
    Label.Builder label = Label.newBuilder().setLane(Lane.LANE_FLASH);
    assertEquals(
        "precedence FLASH (STANAG 4406: 4, from its lane)", MessageText.precedence(label.build()));
    assertEquals(
        "precedence OVERRIDE (STANAG 4406: 5)",
        MessageText.precedence(label.setPrecedence(Precedence.PRECEDENCE_OVERRIDE).build()));
    assertEquals(
        "precedence UNRECOGNIZED", MessageText.precedence(label.setPrecedenceValue(77).build()));
  }

  @Test
  void tail_saysThePrecedence_whereTheLabelStatesOne() {
    Delivery.Builder delivery = Delivery.newBuilder();
    delivery.getLabelBuilder().setLane(Lane.LANE_FLASH);
    assertFalse(TailCommand.asLine(delivery.build()).contains("precedence"));
    delivery.getLabelBuilder().setPrecedence(Precedence.PRECEDENCE_OVERRIDE);
    String line = TailCommand.asLine(delivery.build());
    assertTrue(line.contains("FLASH"), line);
    assertTrue(line.endsWith("  [precedence OVERRIDE (STANAG 4406: 5)]"), line);
    delivery.getLabelBuilder().setPrecedenceValue(77);
    assertTrue(
        TailCommand.asLine(delivery.build()).endsWith("[precedence UNRECOGNIZED]"),
        "one of a later release");
  }

  @Test
  void track_saysWithWhichSpeedItWasSent_whereThatIsKnown() {
    TrackResponse.Builder known = TrackResponse.newBuilder();
    assertEquals(Optional.empty(), TrackCommand.speed(known.build()));
    assertEquals(
        Optional.of(
            "sent in lane PRIORITY, precedence PRIORITY (STANAG 4406: 2, from its" + " lane)"),
        TrackCommand.speed(known.setLane(Lane.LANE_PRIORITY).build()));
    assertEquals(
        Optional.of("sent in lane ROUTINE, precedence DEFERRED (STANAG 4406: 0)"),
        TrackCommand.speed(
            known
                .setLane(Lane.LANE_ROUTINE)
                .setPrecedence(Precedence.PRECEDENCE_DEFERRED)
                .build()));
  }

  @Test
  void asLine_ofARecall_statesNoCategory() {
    Delivery.Builder delivery = Delivery.newBuilder();
    assertTrue(TailCommand.asLine(delivery.build()).contains(" -  "));
    delivery.getLabelBuilder().setCategory(Category.CATEGORY_IPR);
    assertTrue(TailCommand.asLine(delivery.build()).contains(" IPR  "));
  }
}
