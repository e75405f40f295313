package org.entente.gateway.policy.terms;

import org.entente.proto.v1.Label;
import org.entente.proto.v1.Status;

/**
 * Which labels mark training traffic, which is kept apart from actual traffic everywhere: those of
 * CAP's status Exercise, and of Test, which asks nobody to act either. System, which gateways and
 * bridges send to each other about themselves, is actual; Draft is no message at all ({@link
 * LabelFieldCheck}).
 */
public final class Exercise {
  private Exercise() {}

  /** Whether the label marks its message as training. */
  public static boolean of(Label label) {
    return label.getStatus() == Status.STATUS_EXERCISE || label.getStatus() == Status.STATUS_TEST;
  }
}
