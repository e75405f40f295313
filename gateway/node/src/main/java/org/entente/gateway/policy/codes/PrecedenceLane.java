package org.entente.gateway.policy.codes;

import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.Precedence;

/**
 * Maps precedences (STANAG 4406) to lanes and lanes to precedences. It is a plain table: severity,
 * classification and other fields do not matter. Pure.
 */
public final class PrecedenceLane {
  private PrecedenceLane() {}

  /** The lane of a precedence; ROUTINE if none is stated. */
  public static Lane of(Precedence precedence) {
    return switch (precedence) {
      case PRECEDENCE_OVERRIDE, PRECEDENCE_FLASH -> Lane.LANE_FLASH;
      case PRECEDENCE_IMMEDIATE -> Lane.LANE_IMMEDIATE;
      case PRECEDENCE_PRIORITY -> Lane.LANE_PRIORITY;
      case PRECEDENCE_ROUTINE, PRECEDENCE_DEFERRED, PRECEDENCE_UNSPECIFIED, UNRECOGNIZED ->
          Lane.LANE_ROUTINE;
    };
  }

  /** Number of a draft's lane: the stated one, or else that of its precedence. */
  public static int number(Label label) {
    return label.getLaneValue() == 0 ? of(label.getPrecedence()).getNumber() : label.getLaneValue();
  }

  /**
   * The precedence of a message for STANAG 4406 systems: the one stated in its label, or else the
   * one of its lane.
   */
  public static Precedence written(Label label) {
    return label.getPrecedence() == Precedence.PRECEDENCE_UNSPECIFIED
        ? of(label.getLane())
        : label.getPrecedence();
  }

  /**
   * The precedence of a lane when none is stated; {@link #of(Precedence)} is its inverse. Never
   * OVERRIDE or DEFERRED, which only an originator may choose.
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
