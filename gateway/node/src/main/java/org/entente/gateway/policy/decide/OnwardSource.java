package org.entente.gateway.policy.decide;

import java.time.LocalDate;
import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * A received message that a draft passes on, in whole or in part.
 *
 * @param id the message
 * @param label its complete label as received
 * @param grants the consents about it, including ended ones, latest first
 * @param lastDay the last day, UTC, on which it may be kept here; null if unknown
 */
public record OnwardSource(
    MessageId id, Label label, List<ConsentGrant> grants, @Nullable LocalDate lastDay) {
  /** Copies the list. */
  public OnwardSource {
    grants = List.copyOf(grants);
  }

  /** A source without a known retention limit. */
  public OnwardSource(MessageId id, Label label, List<ConsentGrant> grants) {
    this(id, label, grants, null);
  }

  /** A source without consents. */
  public OnwardSource(MessageId id, Label label) {
    this(id, label, List.of());
  }

  /** Names the message, never its label's content. */
  @Override
  public String toString() {
    return "source " + id;
  }
}
