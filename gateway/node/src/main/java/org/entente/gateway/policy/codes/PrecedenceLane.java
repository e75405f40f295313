package org.entente.gateway.policy.codes;

import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.Precedence;

/**
 * Which lane a precedence (STANAG 4406) asks for, and which precedence a lane stands for. A table
 * and nothing more: neither severity nor classification nor anything else takes part. Pure.
 */
public final class PrecedenceLane {
  private PrecedenceLane() {}

  /** The lane; ROUTINE where no precedence is stated. */
  public static Lane of(Precedence precedence) {
    return switch (precedence) {
      case PRECEDENCE_OVERRIDE, PRECEDENCE_FLASH -> Lane.LANE_FLASH;
      case PRECEDENCE_IMMEDIATE -> Lane.LANE_IMMEDIATE;
      case PRECEDENCE_PRIORITY -> Lane.LANE_PRIORITY;
      case PRECEDENCE_ROUTINE, PRECEDENCE_DEFERRED, PRECEDENCE_UNSPECIFIED, UNRECOGNIZED ->
          Lane.LANE_ROUTINE;
    };
  }

  /** Number of the lane of a draft: the one that it states, or else its precedence's. */
  public static int number(Label label) {
    return label.getLaneValue() == 0 ? of(label.getPrecedence()).getNumber() : label.getLaneValue();
  }

  /**
   * The precedence with which a message is written where STANAG 4406 is spoken: the one that its
   * label states, as it was given, or else the one that its lane stands for.
   */
  public static Precedence written(Label label) {
    return label.getPrecedence() == Precedence.PRECEDENCE_UNSPECIFIED
        ? of(label.getLane())
        : label.getPrecedence();
  }

  /**
   * What a lane stands for where no precedence is stated; {@link #of(Precedence)} leads back to it.
   * Never OVERRIDE or DEFERRED, which are for an originator to say.
   */
  private static Precedence of(Lane lane) {
    return switch (lane) {
      case LANE_FLASH -> Precedence.PRECEDENCE_FLASH;
      case LANE_IMMEDIATE -> Precedence.PRECEDENCE_IMMEDIATE;
      case LANE_PRIORITY -> Precedence.PRECEDENCE_PRIORITY;
      case LANE_ROUTINE, LANE_UNSPECIFIED, UNRECOGNIZED -> Precedence.PRECEDENCE_ROUTINE;
    };
  }
}
