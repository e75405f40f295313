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
import org.entente.proto.v1.ResponderList;

/**
 * Lists of what an agency answers, as sealed messages to agencies that may send it requests.
 *
 * <p>It needs no agreement of its own: it tells an agency that may send requests under agreements
 * which requests are answered and how, and nothing of the information held. Its label is fixed, so
 * nothing else can travel under this permission.
 */
public final class ResponderMessages {
  /** Fixed text in the label field that names the agreement in other messages. */
  public static final String AGREEMENT = "responders";

  /** Days for which a list counts unless it is sent again. */
  public static final int RETENTION_DAYS = 7;

  static final FixedLabel LABEL = new FixedLabel(Kind.KIND_RESPONDERS, AGREEMENT, RETENTION_DAYS);

  private final Membership membership;
  private final PolicyStamp stamp;

  ResponderMessages(Membership membership, PolicyStamp stamp) {
    this.membership = membership;
    this.stamp = stamp;
  }

  /**
   * A list as a message to one agency.
   *
   * @return the message; empty if the recipient is not a member, or no longer one
   */
  public Optional<Permitted> message(
      MessageId id, ResponderList list, AgencyName self, AgencyName recipient, Instant now) {
    if (self.equals(recipient) || !membership.agencies().contains(recipient)) {
      return Optional.empty();
    }
    Instant created = now.truncatedTo(ChronoUnit.MILLIS);
    Instant expires = created.plus(Duration.ofDays(RETENTION_DAYS));
    return Optional.of(
        new Permitted(
            id,
            self,
            LABEL.of(id, self, Lane.ROUTINE, false, created, expires),
            Body.newBuilder().setResponders(list).build(),
            List.of(
                new Permit(
                    recipient, AGREEMENT, RETENTION_DAYS, stamp.version(), stamp.generation())),
            expires));
  }
}
