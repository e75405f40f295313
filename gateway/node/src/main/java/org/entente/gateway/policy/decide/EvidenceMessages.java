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
import org.entente.gateway.policy.check.BodyCheck;
import org.entente.gateway.policy.terms.Membership;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.EvidenceBatch;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;

/**
 * Evidence as a sealed message: what a gateway returns to an origin.
 *
 * <p>It needs no agreement: it tells the agency that sent messages under an agreement what became
 * of them. Its label is fixed: kind EVIDENCE, agreement {@code evidence}, no category, purpose or
 * free text; so nothing else can travel under this permission.
 */
public final class EvidenceMessages {
  /** Fixed text in the label field that names the agreement in other messages. */
  public static final String AGREEMENT = "evidence";

  /** Retention of evidence in days. */
  public static final int RETENTION_DAYS = 365;

  static final FixedLabel LABEL = new FixedLabel(Kind.KIND_EVIDENCE, AGREEMENT, RETENTION_DAYS);

  private static final Duration DELIVER_WITHIN = Duration.ofDays(30);

  private final Membership membership;
  private final PolicyStamp stamp;

  EvidenceMessages(Membership membership, PolicyStamp stamp) {
    this.membership = membership;
    this.stamp = stamp;
  }

  /**
   * A batch as a message to one origin.
   *
   * @param exercise whether the messages that it covers were training traffic
   * @return the message; empty if the recipient is not a member, or no longer one
   * @throws IllegalArgumentException if the batch is empty or has more than 4,096 items
   */
  public Optional<Permitted> message(
      MessageId id,
      EvidenceBatch batch,
      AgencyName self,
      AgencyName recipient,
      Lane lane,
      boolean exercise,
      Instant now) {
    if (batch.getItemsCount() == 0 || batch.getItemsCount() > BodyCheck.MAX_EVIDENCE_ITEMS) {
      throw new IllegalArgumentException("a batch has 1 to 4096 items: " + batch.getItemsCount());
    }
    if (self.equals(recipient) || !membership.agencies().contains(recipient)) {
      return Optional.empty();
    }
    Instant created = now.truncatedTo(ChronoUnit.MILLIS);
    Instant expires = created.plus(DELIVER_WITHIN);
    Label label = LABEL.of(id, self, lane, exercise, created, expires);
    Permit permit =
        new Permit(recipient, AGREEMENT, RETENTION_DAYS, stamp.version(), stamp.generation());
    Body body = Body.newBuilder().setEvidence(batch).build();
    return Optional.of(new Permitted(id, self, label, body, List.of(permit), expires));
  }
}
