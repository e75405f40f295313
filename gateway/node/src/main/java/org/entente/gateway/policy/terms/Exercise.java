package org.entente.gateway.policy.terms;

import org.entente.proto.v1.Label;
import org.entente.proto.v1.Status;

/**
 * Tells which labels mark training traffic, which is kept apart from actual traffic everywhere:
 * CAP's status Exercise, and Test, which requires no action either. Status System, used by gateways
 * and bridges about themselves, is actual traffic. Draft is not a message ({@link
 * LabelFieldCheck}).
 */
public final class Exercise {
  private Exercise() {}

  /** Whether the label marks its message as training. */
  public static boolean of(Label label) {
    return label.getStatus() == Status.STATUS_EXERCISE || label.getStatus() == Status.STATUS_TEST;
  }
}
