package org.entente.gateway.policy.decide;

import com.google.protobuf.UnsafeByteOperations;
import java.time.Instant;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.check.TimestampConversion;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.gateway.policy.terms.Membership;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.Status;

/**
 * The label of a kind that gateways make and that needs no agreement: no category, purpose or free
 * text, so that nothing else can travel under its permission.
 *
 * @param kind the kind
 * @param agreement fixed text in the label field that names the agreement in other messages
 * @param retentionDays days that the recipient may keep it
 */
public record FixedLabel(Kind kind, String agreement, int retentionDays) {

  Label of(
      MessageId id,
      AgencyName origin,
      Lane lane,
      boolean exercise,
      Instant created,
      Instant expires) {
    return fixed(exercise)
        .setMessageId(UnsafeByteOperations.unsafeWrap(id.bytes()))
        .setOrigin(origin.value())
        .setCreatedAt(TimestampConversion.timestamp(created))
        .setExpiresAt(TimestampConversion.timestamp(expires))
        .setLaneValue(lane.number())
        .build();
  }

  private Label.Builder fixed(boolean exercise) {
    return Label.newBuilder()
        .setKind(kind)
        .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED)
        .setStatus(exercise ? Status.STATUS_EXERCISE : Status.STATUS_ACTUAL)
        .setMessageType(MessageType.MESSAGE_TYPE_ALERT)
        .setRequestedAction(RequestedAction.REQUESTED_ACTION_INFORM)
        .setAgreement(agreement)
        .setRetentionDays(retentionDays);
  }

  public boolean isOf(Label label) {
    return label.getKind() == kind;
  }

  /** Why a label of this kind may not pass between two agencies; empty if it may. */
  Optional<Refusal> refusal(
      Label label, AgencyName origin, AgencyName recipient, Membership membership) {
    boolean members =
        membership.agencies().contains(origin) && membership.agencies().contains(recipient);
    if (!members) {
      return refused(recipient, Code.UNKNOWN_PEER, agreement + " passes between members only");
    }
    Label expected =
        fixed(Exercise.of(label))
            .setMessageId(label.getMessageId())
            .setOrigin(label.getOrigin())
            .setCreatedAt(label.getCreatedAt())
            .setExpiresAt(label.getExpiresAt())
            .setLaneValue(label.getLaneValue())
            .build();
    return expected.equals(label)
        ? Optional.empty()
        : refused(
            recipient,
            Code.NOT_COVERED,
            "the label of " + agreement + " differs from the fixed label of this kind");
  }

  private Optional<Refusal> refused(AgencyName recipient, Code code, String reason) {
    return Optional.of(new Refusal(recipient.value(), code, agreement, reason));
  }
}
