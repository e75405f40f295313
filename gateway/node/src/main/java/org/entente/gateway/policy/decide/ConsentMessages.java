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
import org.entente.proto.v1.ConsentNotice;
import org.entente.proto.v1.Kind;

/**
 * Notices of consent as sealed messages: a recipient's requests to an originator, and the
 * originator's answers.
 *
 * <p>A notice needs no agreement. It passes only between two agencies of which one sent the other,
 * under an agreement, the messages in question, and it says nothing of their content. A revocation
 * travels in the lane FLASH, so that it can overtake other traffic.
 */
public final class ConsentMessages {
  /** Fixed text in the label field that names the agreement in other messages. */
  public static final String AGREEMENT = "consent";

  /** Retention of a notice in days. */
  public static final int RETENTION_DAYS = 365;

  static final FixedLabel LABEL = new FixedLabel(Kind.KIND_CONSENT, AGREEMENT, RETENTION_DAYS);
  private static final Duration DELIVER_WITHIN = Duration.ofDays(30);

  private final Membership membership;
  private final PolicyStamp stamp;

  ConsentMessages(Membership membership, PolicyStamp stamp) {
    this.membership = membership;
    this.stamp = stamp;
  }

  /**
   * A notice as a message.
   *
   * @param exercise whether the messages in question were training traffic
   * @param needed until when the notice matters: it is delivered until then, and for at least 30
   *     days
   * @return the message; empty if the recipient is not a member, or no longer one
   */
  public Optional<Permitted> message(
      MessageId id,
      ConsentNotice notice,
      AgencyName self,
      AgencyName recipient,
      boolean exercise,
      Instant needed,
      Instant now) {
    if (self.equals(recipient) || !membership.agencies().contains(recipient)) {
      return Optional.empty();
    }
    Instant created = now.truncatedTo(ChronoUnit.MILLIS);
    Instant least = created.plus(DELIVER_WITHIN);
    Instant expires = needed.isAfter(least) ? needed.truncatedTo(ChronoUnit.MILLIS) : least;
    return Optional.of(
        new Permitted(
            id,
            self,
            LABEL.of(id, self, lane(notice), exercise, created, expires),
            Body.newBuilder().setConsent(notice).build(),
            List.of(
                new Permit(
                    recipient, AGREEMENT, RETENTION_DAYS, stamp.version(), stamp.generation())),
            expires));
  }

  private static Lane lane(ConsentNotice notice) {
    return notice.hasRevoked() ? Lane.FLASH : Lane.PRIORITY;
  }
}
