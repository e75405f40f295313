package org.entente.gateway.policy.decide;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Permit;
import org.entente.gateway.policy.terms.Membership;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Recall;

/**
 * Recalls as sealed messages: an origin sends a recall to take back an earlier message.
 *
 * <p>A recall needs no agreement: it goes only to agencies that were sent its target under one,
 * says nothing of the content, and only reduces what they hold. It travels in the lane FLASH, so
 * that it can overtake its target.
 */
public final class RecallMessages {
  /** Fixed text in the label field that names the agreement in other messages. */
  public static final String AGREEMENT = "recall";

  /** Retention of a recall in days. */
  public static final int RETENTION_DAYS = 365;

  static final FixedLabel LABEL = new FixedLabel(Kind.KIND_RECALL, AGREEMENT, RETENTION_DAYS);
  private static final Duration DELIVER_WITHIN = Duration.ofDays(30);

  private final Membership membership;
  private final PolicyStamp stamp;

  RecallMessages(Membership membership, PolicyStamp stamp) {
    this.membership = membership;
    this.stamp = stamp;
  }

  /**
   * A recall as a message.
   *
   * @param recipients the agencies that were sent the target
   * @param exercise whether the target was training traffic
   * @param targetExpires until when the target may still be delivered: the recall is delivered
   *     until then, and for at least 30 days
   * @return the message; empty if none of the recipients is still a member
   */
  public Optional<Permitted> message(
      MessageId id,
      Recall recall,
      AgencyName self,
      List<AgencyName> recipients,
      boolean exercise,
      Instant targetExpires,
      Instant now) {
    List<Permit> permits =
        recipients.stream()
            .filter(agency -> !agency.equals(self) && membership.agencies().contains(agency))
            .sorted()
            .map(
                agency ->
                    new Permit(
                        agency, AGREEMENT, RETENTION_DAYS, stamp.version(), stamp.generation()))
            .toList();
    if (permits.isEmpty()) {
      return Optional.empty();
    }
    Instant created = now.truncatedTo(ChronoUnit.MILLIS);
    Instant least = created.plus(DELIVER_WITHIN);
    Instant expires = targetExpires.isAfter(least) ? targetExpires : least;
    return Optional.of(
        new Permitted(
            id,
            self,
            LABEL.of(id, self, Lane.FLASH, exercise, created, expires),
            Body.newBuilder().setRecall(recall).build(),
            permits,
            expires));
  }
}
