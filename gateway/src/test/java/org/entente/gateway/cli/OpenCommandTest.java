package org.entente.gateway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.Precedence;
import org.junit.jupiter.api.Test;

/** What {@code open} says to whoever writes STANAG 4406 messages from what arrives. */
class OpenCommandTest {
  @Test
  void precedence_isTheOneStated_orThatOfTheLane_andSaysWhich() {
    Label.Builder label = Label.newBuilder().setLane(Lane.LANE_FLASH);
    assertEquals(
        "precedence FLASH (STANAG 4406: 4, which its lane stands for)",
        OpenCommand.precedence(label.build()));
    assertEquals(
        "precedence OVERRIDE (STANAG 4406: 5)",
        OpenCommand.precedence(label.setPrecedence(Precedence.PRECEDENCE_OVERRIDE).build()));
    assertEquals(
        "precedence UNRECOGNIZED", OpenCommand.precedence(label.setPrecedenceValue(77).build()));
  }
}
