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
import org.entente.proto.v1.Charge;
import org.entente.proto.v1.Kind;

/**
 * Assignment messages: a recipient tells the originator, in a sealed message, who acts on a
 * message.
 *
 * <p>Like evidence, it needs no agreement: it answers the agency that sent the message under one,
 * says who acts on it, and goes to that agency alone. An originator that wants a consignment
 * followed must learn that it is, even if the agreement has ended meanwhile. Its label is fixed,
 * unclassified and without category. The only free text is one line of 500 characters. The
 * originator's gateway refuses it unless it sent that message to this recipient.
 */
public final class AssignmentMessages {
  /** Fixed text in the label field that names the agreement in other messages. */
  public static final String AGREEMENT = "charge";

  /** Retention in days. */
  public static final int RETENTION_DAYS = 365;

  static final FixedLabel LABEL = new FixedLabel(Kind.KIND_CHARGE, AGREEMENT, RETENTION_DAYS);
  private static final Duration DELIVER_WITHIN = Duration.ofDays(30);

  private final Membership membership;
  private final PolicyStamp stamp;

  AssignmentMessages(Membership membership, PolicyStamp stamp) {
    this.membership = membership;
    this.stamp = stamp;
  }

  /**
   * An assignment as a message.
   *
   * @param originator the sender of the assigned message
   * @param lane the lane of the assigned message
   * @param exercise whether the assigned message was training traffic
   * @return the message; empty if the originator is no longer a member
   */
  public Optional<Permitted> message(
      MessageId id,
      Charge charge,
      AgencyName self,
      AgencyName originator,
      Lane lane,
      boolean exercise,
      Instant now) {
    if (self.equals(originator) || !membership.agencies().contains(originator)) {
      return Optional.empty();
    }
    Instant created = now.truncatedTo(ChronoUnit.MILLIS);
    Instant expires = created.plus(DELIVER_WITHIN);
    return Optional.of(
        new Permitted(
            id,
            self,
            LABEL.of(id, self, lane, exercise, created, expires),
            Body.newBuilder().setCharge(charge).build(),
            List.of(
                new Permit(
                    originator, AGREEMENT, RETENTION_DAYS, stamp.version(), stamp.generation())),
            expires));
  }
}
