package org.entente.gateway.policy.check;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.OperationId;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Attachment;
import org.entente.proto.v1.AttachmentKey;
import org.entente.proto.v1.DeskAddress;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.OnBehalfOf;

/**
 * A draft with a checked label and body that agree; only {@link LabelCheck} makes it. Immutable.
 */
public final class CheckedDraft implements DraftCheck {
  private final String idempotencyKey;
  private final Label label;
  private final DraftContent content;
  private final Addressing to;
  private final OnBehalfOf onBehalfOf;
  private final int openWithinMinutes;
  private final List<MessageId> derivedFrom;
  private final boolean disclosed;

  CheckedDraft(
      String idempotencyKey,
      Label label,
      DraftContent content,
      Addressing to,
      OnBehalfOf onBehalfOf,
      int openWithinMinutes,
      List<MessageId> derivedFrom,
      boolean disclosed) {
    this.idempotencyKey = idempotencyKey;
    this.label = label;
    this.content = content;
    this.to = to;
    this.onBehalfOf = onBehalfOf;
    this.openWithinMinutes = openWithinMinutes;
    this.derivedFrom = List.copyOf(derivedFrom);
    this.disclosed = disclosed;
  }

  /** The client's key. */
  public String idempotencyKey() {
    return idempotencyKey;
  }

  /**
   * The label with defaults applied (lane, status, message type, requested action). Personal data
   * is set if the body names a person. The gateway's own fields are still empty.
   */
  public Label label() {
    return label;
  }

  /** The serialised body. */
  public ByteString body() {
    return content.body();
  }

  /** The content for recipients. */
  public DraftContent content() {
    return content;
  }

  /** The addressing. */
  public Addressing to() {
    return to;
  }

  /** A recipient's addressed desks, ascending; none for the whole agency. */
  public List<String> desks(AgencyName recipient) {
    if (to.getDesksCount() == 0 && to.getInformation().getDesksCount() == 0) {
      return List.of();
    }
    return Stream.of(to.getDesksList(), to.getInformation().getDesksList())
        .flatMap(List::stream)
        .filter(desk -> desk.getAgency().equals(recipient.value()))
        .map(DeskAddress::getDesk)
        .distinct()
        .sorted()
        .toList();
  }

  /** The person on whose behalf the client calls; empty if none is named. */
  public OnBehalfOf onBehalfOf() {
    return onBehalfOf;
  }

  /** Whether it names both an officer and a justification. */
  public boolean namesPersonAndReason() {
    return !onBehalfOf.getOfficer().isBlank() && !onBehalfOf.getJustification().isBlank();
  }

  /** The time within which a recipient must open it; empty if the client sets none. */
  public Optional<Duration> openWithin() {
    return openWithinMinutes == 0
        ? Optional.empty()
        : Optional.of(Duration.ofMinutes(openWithinMinutes));
  }

  /** The received messages that the draft passes on. */
  public List<MessageId> derivedFrom() {
    return derivedFrom;
  }

  /** The agencies addressed directly or through one of their desks, each once. */
  public List<AgencyName> named() {
    return Stream.concat(
            to.getAgenciesList().stream(), to.getDesksList().stream().map(DeskAddress::getAgency))
        .distinct()
        .map(AgencyName::new)
        .toList();
  }

  /**
   * This draft addressed to members of a joint operation, at the desks that it names.
   *
   * @param number number, from 1, of the roster that lists the members
   * @param hash hash of that roster, 32 bytes
   */
  public CheckedDraft within(
      OperationId operation, long number, byte[] hash, List<AgencyName> members) {
    return new CheckedDraft(
        idempotencyKey,
        label.toBuilder()
            .setOperationId(ByteString.copyFrom(operation.bytes()))
            .setOperationEpoch(number)
            .setOperationRosterHash(ByteString.copyFrom(hash))
            .build(),
        content,
        Addressing.newBuilder()
            .addAllAgencies(members.stream().map(AgencyName::value).toList())
            .addAllDesks(to.getDesksList())
            .build(),
        onBehalfOf,
        openWithinMinutes,
        derivedFrom,
        disclosed);
  }

  /**
   * This draft with its attachments as recipients learn of them.
   *
   * @param keys the key of each, in the same order; none for a draft that is not sent
   */
  public CheckedDraft carrying(List<Attachment> attachments, List<AttachmentKey> keys) {
    return new CheckedDraft(
        idempotencyKey,
        label.toBuilder().clearAttachments().addAllAttachments(attachments).build(),
        content.with(keys),
        to,
        onBehalfOf,
        openWithinMinutes,
        derivedFrom,
        disclosed);
  }

  /** This draft with the gateway's span in its label. */
  public CheckedDraft traced(String traceparent) {
    return new CheckedDraft(
        idempotencyKey,
        label.toBuilder().setTraceparent(traceparent).build(),
        content,
        to,
        onBehalfOf,
        openWithinMinutes,
        derivedFrom,
        disclosed);
  }

  /** Whether each recipient learns of the others. */
  public boolean isDisclosed() {
    return disclosed;
  }

  /** The label for information recipients; its lane may be lower. */
  public Label informationLabel() {
    Lane lane = to.getInformation().getLane();
    return lane == Lane.LANE_UNSPECIFIED ? label : label.toBuilder().setLane(lane).build();
  }

  /** Names the key, never the content. */
  @Override
  public String toString() {
    return "checked draft " + idempotencyKey;
  }
}
