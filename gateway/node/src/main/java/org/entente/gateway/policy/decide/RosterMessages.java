package org.entente.gateway.policy.decide;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.terms.Membership;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Roster;

/**
 * Rosters of joint operations as sealed messages.
 *
 * <p>A roster says who takes part, under which cover name and until when. It says nothing of the
 * operation's subject, which goes under agreements like all content. It may go only from a lead to
 * an agency that some agreement in force lets the lead send messages of kind OPERATION. It travels
 * in the lane FLASH, so that it can overtake messages that rely on the previous roster.
 */
public final class RosterMessages {
  private static final Duration DELIVER_WITHIN = Duration.ofDays(90);

  private final RuleEvaluator rules;
  private final Membership membership;
  private final GatewayMessages messages;

  RosterMessages(RuleEvaluator rules, Membership membership, GatewayMessages messages) {
    this.rules = rules;
    this.membership = membership;
    this.messages = messages;
  }

  /** Why a lead may not send an agency the roster; empty if it may. */
  public Optional<Refusal> refusal(AgencyName lead, AgencyName member, Instant now) {
    if (!membership.agencies().contains(member)) {
      return Optional.of(
          new Refusal(
              member.value(),
              Code.UNKNOWN_RECIPIENT,
              FixedLabels.ROSTER.agreement(),
              "no member of the federation; "
                  + NameSuggestion.of(
                      member.value(),
                      membership.agencies().stream().map(AgencyName::value).toList())));
    }
    return rules.categories(Kind.KIND_OPERATION, lead, member, now).isEmpty()
        ? Optional.of(
            new Refusal(
                member.value(),
                Code.NO_AGREEMENT,
                FixedLabels.ROSTER.agreement(),
                "no agreement in force covers the kind OPERATION from " + lead + " to " + member))
        : Optional.empty();
  }

  /** Why a roster with this label may not pass between two agencies; empty if it may. */
  Optional<Refusal> refusal(Label label, AgencyName origin, AgencyName recipient, Instant now) {
    if (isGivenBack(label)) {
      // A returned roster tells its signer nothing new, so it needs no agreement for the way back.
      return FixedLabels.ROSTER_BACK
          .refusal(label, origin, recipient, membership)
          .or(() -> refusal(recipient, origin, now).map(it -> to(recipient, it)));
    }
    Optional<Refusal> form = FixedLabels.ROSTER.refusal(label, origin, recipient, membership);
    return form.isPresent() ? form : refusal(origin, recipient, now);
  }

  /** Whether a label is that of a roster returned to the agency that signed it. */
  public static boolean isGivenBack(Label label) {
    return label.getKind() == Kind.KIND_ROSTER
        && label.getAgreement().equals(FixedLabels.ROSTER_BACK.agreement());
  }

  private static Refusal to(AgencyName recipient, Refusal refusal) {
    return new Refusal(
        recipient.value(), refusal.code(), FixedLabels.ROSTER_BACK.agreement(), refusal.reason());
  }

  /**
   * A roster as a message.
   *
   * @param statement the signed roster
   * @param recipients permitted recipients; at least one
   */
  public Permitted message(
      MessageId id,
      byte[] statement,
      AgencyName self,
      List<AgencyName> recipients,
      boolean exercise,
      Instant now) {
    return message(FixedLabels.ROSTER, id, statement, self, recipients, exercise, now);
  }

  /**
   * A roster returned to the agency that signed it.
   *
   * @param signer an agency that an agreement permits to send the roster here; the way back needs
   *     no other
   */
  public Permitted givenBack(
      MessageId id,
      byte[] statement,
      AgencyName self,
      AgencyName signer,
      boolean exercise,
      Instant now) {
    return message(FixedLabels.ROSTER_BACK, id, statement, self, List.of(signer), exercise, now);
  }

  private Permitted message(
      FixedLabel label,
      MessageId id,
      byte[] statement,
      AgencyName self,
      List<AgencyName> recipients,
      boolean exercise,
      Instant now) {
    Roster roster = Roster.newBuilder().setStatement(ByteString.copyFrom(statement)).build();
    return messages.to(
        new GatewayMessages.Header(label, id, self, Lane.FLASH, exercise, now),
        Body.newBuilder().setRoster(roster),
        recipients,
        now.plus(DELIVER_WITHIN));
  }
}
