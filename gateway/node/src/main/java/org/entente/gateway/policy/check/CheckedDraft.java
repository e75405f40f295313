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
import org.entente.proto.v1.DeskAddress;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.OnBehalfOf;

/**
 * A draft whose label and body were checked and agree; made by {@link LabelCheck} only. Immutable.
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
   * The label with defaults applied (lane, status, message type, requested action) and personal
   * data raised where the body names a person; the gateway's own fields are still empty.
   */
  public Label label() {
    return label;
  }

  /** The serialised body. */
  public ByteString body() {
    return content.body();
  }

  /** What recipients get of it. */
  public DraftContent content() {
    return content;
  }

  /** Who is to receive it. */
  public Addressing to() {
    return to;
  }

  /** The desks of a recipient that it is for, ascending; none for the whole agency. */
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

  /** The person on whose behalf the client calls; empty where none was given. */
  public OnBehalfOf onBehalfOf() {
    return onBehalfOf;
  }

  /** Whether both an officer and why the message is sent are named. */
  public boolean namesPersonAndReason() {
    return !onBehalfOf.getOfficer().isBlank() && !onBehalfOf.getJustification().isBlank();
  }

  /** How long recipients have until somebody must have opened it; empty if the client says none. */
  public Optional<Duration> openWithin() {
    return openWithinMinutes == 0
        ? Optional.empty()
        : Optional.of(Duration.ofMinutes(openWithinMinutes));
  }

  /** The received messages that it passes on. */
  public List<MessageId> derivedFrom() {
    return derivedFrom;
  }

  /** The agencies that it names, by themselves or by desks of theirs, each once. */
  public List<AgencyName> named() {
    return Stream.concat(
            to.getAgenciesList().stream(), to.getDesksList().stream().map(DeskAddress::getAgency))
        .distinct()
        .map(AgencyName::new)
        .toList();
  }

  /**
   * The same within a joint operation, to these of its members, at the desks that it names.
   *
   * @param number of the roster by which they are members, from 1
   * @param hash of that roster, 32 bytes
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

  /** Whether each recipient is told of the others. */
  public boolean isDisclosed() {
    return disclosed;
  }

  /** The label for those who have it for information: the same, perhaps in a lower lane. */
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
