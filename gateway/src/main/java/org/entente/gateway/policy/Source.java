package org.entente.gateway.policy;

import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Label;

/**
 * A message that this agency received and that a draft passes on, in whole or in part.
 *
 * @param id the message
 * @param label as it came, complete
 */
public record Source(MessageId id, Label label) {
  /** Names the message, never what its label says. */
  @Override
  public String toString() {
    return "source " + id;
  }
}
