package org.entente.gateway.policy.decide;

import java.time.LocalDate;
import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * A message that this agency received and that a draft passes on, in whole or in part.
 *
 * @param id the message
 * @param label as it came, complete
 * @param grants what was consented to about it, also what has ended, the latest first
 * @param lastDay the last day, UTC, on which it may be kept here; null where that is not known
 */
public record OnwardSource(
    MessageId id, Label label, List<ConsentGrant> grants, @Nullable LocalDate lastDay) {
  /** Copies the list. */
  public OnwardSource {
    grants = List.copyOf(grants);
  }

  /** One of which it is not known how long it may be kept. */
  public OnwardSource(MessageId id, Label label, List<ConsentGrant> grants) {
    this(id, label, grants, null);
  }

  /** One about which nobody consented to anything. */
  public OnwardSource(MessageId id, Label label) {
    this(id, label, List.of());
  }

  /** Names the message, never what its label says. */
  @Override
  public String toString() {
    return "source " + id;
  }
}
