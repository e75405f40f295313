package org.entente.gateway.policy;

import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Label;

/**
 * A message that this agency received and that a draft passes on, in whole or in part.
 *
 * @param id the message
 * @param label as it came, complete
 * @param grants what was consented to about it, also what has ended, the latest first
 */
public record Source(MessageId id, Label label, List<Grant> grants) {
  /** Copies the list. */
  public Source {
    grants = List.copyOf(grants);
  }

  /** One about which nobody consented to anything. */
  public Source(MessageId id, Label label) {
    this(id, label, List.of());
  }

  /** Names the message, never what its label says. */
  @Override
  public String toString() {
    return "source " + id;
  }
}
