package org.entente.gateway.policy;

import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.Precedence;

/**
 * Which lane a precedence (STANAG 4406) asks for. A table and nothing more: neither severity nor
 * classification nor anything else takes part.
 */
final class PrecedenceLane {
  private PrecedenceLane() {}

  /** The lane; ROUTINE where no precedence is stated. */
  static Lane of(Precedence precedence) {
    return switch (precedence) {
      case PRECEDENCE_OVERRIDE, PRECEDENCE_FLASH -> Lane.LANE_FLASH;
      case PRECEDENCE_IMMEDIATE -> Lane.LANE_IMMEDIATE;
      case PRECEDENCE_PRIORITY -> Lane.LANE_PRIORITY;
      case PRECEDENCE_ROUTINE, PRECEDENCE_DEFERRED, PRECEDENCE_UNSPECIFIED, UNRECOGNIZED ->
          Lane.LANE_ROUTINE;
    };
  }

  /** Number of the lane of a draft: the one that it states, or else its precedence's. */
  static int number(Label label) {
    return label.getLaneValue() == 0 ? of(label.getPrecedence()).getNumber() : label.getLaneValue();
  }
}
