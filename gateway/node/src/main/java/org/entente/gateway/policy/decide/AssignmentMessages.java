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
 * What a recipient says of who there acts on a message, as a sealed message to the originator.
 *
 * <p>It needs no agreement, as evidence needs none: it answers to the agency that sent the message
 * under one, says who acts on it, and goes to nobody else. Whoever asks for a consignment to be
 * followed must hear that somebody does, also when the agreement has ended meanwhile. Its label is
 * fixed, unclassified and without category; the only free text is one line of 500 characters, and
 * the originator's gateway refuses it unless it sent that message to whoever says it.
 */
public final class AssignmentMessages {
  /** What stands in the label where other messages name their agreement. */
  public static final String AGREEMENT = "charge";

  /** Days that it is kept. */
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
   * A charge as a message.
   *
   * @param originator who sent what is taken in charge
   * @param lane that of what is taken in charge
   * @param exercise whether that was training traffic
   * @return the message; empty if the originator is no member any more
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
