package org.entente.gateway.audit;

import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.jspecify.annotations.Nullable;

/**
 * What a record concerns.
 *
 * @param envelope the envelope; null where none is concerned
 * @param messages the messages concerned, in the envelope's order
 * @param agencies the other side: recipients, the peer it came from, whom it went to
 * @param range a range of positions; null where the record speaks of none
 */
public record AuditSubject(
    @Nullable EnvelopeId envelope,
    List<MessageId> messages,
    List<AgencyName> agencies,
    @Nullable Range range) {

  /** The subject of records that concern the node as a whole. */
  public static final AuditSubject NODE = new AuditSubject(null, List.of(), List.of(), null);

  /** Copies the lists. */
  public AuditSubject {
    messages = List.copyOf(messages);
    agencies = List.copyOf(agencies);
  }

  /** An envelope with its messages and the agencies on the other side. */
  public static AuditSubject of(
      EnvelopeId envelope, List<MessageId> messages, List<AgencyName> agencies) {
    return new AuditSubject(envelope, messages, agencies, null);
  }

  /** A range of positions of one lane. */
  public static AuditSubject of(Lane lane, long first, long last) {
    return new AuditSubject(null, List.of(), List.of(), new Range(lane, first, last));
  }

  /**
   * Positions of one lane.
   *
   * @param lane the lane
   * @param first first position, 0 or more
   * @param last last position, itself included
   */
  public record Range(Lane lane, long first, long last) {
    /** Checks the order. */
    public Range {
      if (first < 0 || last < first) {
        throw new InvalidValue("a range ends where it begins, or after", first + " to " + last);
      }
    }
  }
}
