package org.entente.gateway.policy.check;

import java.util.List;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.proto.v1.Label;

/** The part of {@link LabelCheck#received(Label, com.google.protobuf.ByteString)} about labels. */
public final class ReceivedLabels {
  private ReceivedLabels() {}

  /** Problems of a label from a peer's gateway, whatever its body. */
  public static List<Problem> problems(Label label) {
    ValidationErrors errors = new ValidationErrors(false);
    new LabelFieldCheck(MessageLimits.defaults(), errors).received(label);
    return errors.list();
  }
}
