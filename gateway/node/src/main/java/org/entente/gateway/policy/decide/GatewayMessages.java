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
import org.entente.proto.v1.Charge;
import org.entente.proto.v1.ConsentNotice;
import org.entente.proto.v1.EvidenceBatch;
import org.entente.proto.v1.Recall;
import org.entente.proto.v1.ResponderList;

/**
 * Messages that gateways make, and that pass between members without an agreement, under a {@link
 * FixedLabel}. Immutable; safe for use by several threads.
 */
public final class GatewayMessages {
  private static final Duration DELIVER_WITHIN = Duration.ofDays(30);

  private final Membership membership;
  private final PolicyStamp stamp;

  GatewayMessages(Membership membership, PolicyStamp stamp) {
    this.membership = membership;
    this.stamp = stamp;
  }

  /** What a message has besides its content and its recipients. */
  record Header(
      FixedLabel label, MessageId id, AgencyName self, Lane lane, boolean exercise, Instant now) {}

  /**
   * Evidence for one origin.
   *
   * @param exercise whether the messages that it covers were training traffic
   * @return the message; empty if the recipient is not a member, or no longer one
   * @throws IllegalArgumentException if the batch is empty or has more than 4,096 items
   */
  public Optional<Permitted> evidence(
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
    return toMembers(
        new Header(FixedLabels.EVIDENCE, id, self, lane, exercise, now),
        Body.newBuilder().setEvidence(batch),
        List.of(recipient),
        now.plus(DELIVER_WITHIN));
  }

  /**
   * A recall.
   *
   * @param recipients the agencies that were sent the target
   * @param exercise whether the target was training traffic
   * @param targetExpires until when the target may still be delivered: the recall is delivered
   *     until then, and for at least 30 days
   * @return the message; empty if none of the recipients is still a member
   */
  public Optional<Permitted> recall(
      MessageId id,
      Recall recall,
      AgencyName self,
      List<AgencyName> recipients,
      boolean exercise,
      Instant targetExpires,
      Instant now) {
    return toMembers(
        new Header(FixedLabels.RECALL, id, self, Lane.FLASH, exercise, now),
        Body.newBuilder().setRecall(recall),
        recipients,
        later(targetExpires, now.plus(DELIVER_WITHIN)));
  }

  /**
   * A notice of consent.
   *
   * @param exercise whether the messages in question were training traffic
   * @param needed until when the notice matters: it is delivered until then, and for at least 30
   *     days
   * @return the message; empty if the recipient is not a member, or no longer one
   */
  public Optional<Permitted> consent(
      MessageId id,
      ConsentNotice notice,
      AgencyName self,
      AgencyName recipient,
      boolean exercise,
      Instant needed,
      Instant now) {
    Lane lane = notice.hasRevoked() ? Lane.FLASH : Lane.PRIORITY;
    return toMembers(
        new Header(FixedLabels.CONSENT, id, self, lane, exercise, now),
        Body.newBuilder().setConsent(notice),
        List.of(recipient),
        later(needed, now.plus(DELIVER_WITHIN)));
  }

  /**
   * A list of what an agency answers.
   *
   * @return the message; empty if the recipient is not a member, or no longer one
   */
  public Optional<Permitted> responders(
      MessageId id, ResponderList list, AgencyName self, AgencyName recipient, Instant now) {
    return toMembers(
        new Header(FixedLabels.RESPONDERS, id, self, Lane.ROUTINE, false, now),
        Body.newBuilder().setResponders(list),
        List.of(recipient),
        now.plus(Duration.ofDays(FixedLabels.RESPONDERS.retentionDays())));
  }

  /**
   * An assignment.
   *
   * @param originator the sender of the assigned message
   * @param lane the lane of the assigned message
   * @param exercise whether the assigned message was training traffic
   * @return the message; empty if the originator is no longer a member
   */
  public Optional<Permitted> charge(
      MessageId id,
      Charge charge,
      AgencyName self,
      AgencyName originator,
      Lane lane,
      boolean exercise,
      Instant now) {
    return toMembers(
        new Header(FixedLabels.CHARGE, id, self, lane, exercise, now),
        Body.newBuilder().setCharge(charge),
        List.of(originator),
        now.plus(DELIVER_WITHIN));
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private Optional<Permitted> toMembers(
      Header header, Body.Builder body, List<AgencyName> recipients, Instant expires) {
    List<AgencyName> others =
        recipients.stream()
            .filter(it -> !it.equals(header.self()) && membership.agencies().contains(it))
            .toList();
    return others.isEmpty() ? Optional.empty() : Optional.of(to(header, body, others, expires));
  }

  /** A message to recipients that the caller has checked; at least one. */
  Permitted to(Header header, Body.Builder body, List<AgencyName> recipients, Instant expires) {
    FixedLabel label = header.label();
    Instant until = expires.truncatedTo(ChronoUnit.MILLIS);
    return new Permitted(
        header.id(),
        label.of(
            header.id(),
            header.self(),
            header.lane(),
            header.exercise(),
            header.now().truncatedTo(ChronoUnit.MILLIS),
            until),
        body.build(),
        recipients.stream().sorted().map(recipient -> permit(label, recipient)).toList(),
        until);
  }

  private Permit permit(FixedLabel label, AgencyName recipient) {
    return new Permit(
        recipient, label.agreement(), label.retentionDays(), stamp.version(), stamp.generation());
  }
}
