package org.entente.gateway.policy.decide;

import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Permit;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Recall;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.Status;

/** Permitted messages for tests of the stages behind policy, which cannot make them. */
public final class PermittedFixture {
  private PermittedFixture() {}

  /** A complete IPR alert under agreement {@code test}, kept 30 days, expiring after one. */
  public static Permitted alert(
      MessageId id, AgencyName origin, Lane lane, Body body, Instant now, String... recipients) {
    Label label =
        Label.newBuilder()
            .setKind(Kind.KIND_ALERT)
            .setCategory(Category.CATEGORY_IPR)
            .setPurpose(Purpose.PURPOSE_IPR_ENFORCEMENT)
            .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED)
            .setStatus(Status.STATUS_ACTUAL)
            .setMessageType(MessageType.MESSAGE_TYPE_ALERT)
            .setRequestedAction(RequestedAction.REQUESTED_ACTION_INFORM)
            .build();
    return permitted(id, origin, lane, label, body, now, "test", 30, recipients);
  }

  /** A recall of a message, from its origin to one recipient. */
  public static Permitted recall(
      MessageId id, MessageId target, AgencyName origin, Instant now, String recipient) {
    Recall.Builder recall =
        Recall.newBuilder()
            .setMessageId(UnsafeByteOperations.unsafeWrap(target.bytes()))
            .setReason("the goods were genuine");
    return permitted(
        id,
        origin,
        Lane.FLASH,
        Label.newBuilder().setKind(Kind.KIND_RECALL).build(),
        Body.newBuilder().setRecall(recall).build(),
        now,
        "recall",
        365,
        recipient);
  }

  /** Any label, completed with what the gateway sets. */
  public static Permitted permitted(
      MessageId id,
      AgencyName origin,
      Lane lane,
      Label label,
      Body body,
      Instant now,
      String agreement,
      int retentionDays,
      String... recipients) {
    return permitted(
        id,
        origin,
        lane,
        label,
        body,
        now,
        Duration.ofDays(1),
        agreement,
        retentionDays,
        recipients);
  }

  /** The same with another time for its delivery. */
  public static Permitted permitted(
      MessageId id,
      AgencyName origin,
      Lane lane,
      Label label,
      Body body,
      Instant now,
      Duration delivery,
      String agreement,
      int retentionDays,
      String... recipients) {
    Instant expires = Instant.ofEpochMilli(now.plus(delivery).toEpochMilli());
    Label completed =
        label.toBuilder()
            .setMessageId(UnsafeByteOperations.unsafeWrap(id.bytes()))
            .setOrigin(origin.value())
            .setCreatedAt(timestamp(now))
            .setExpiresAt(timestamp(expires))
            .setLaneValue(lane.number())
            .setAgreement(agreement)
            .setRetentionDays(retentionDays)
            .build();
    List<Permit> permits =
        Stream.of(recipients)
            .map(name -> new Permit(new AgencyName(name), agreement, retentionDays, "sha256:test"))
            .toList();
    return new Permitted(id, completed, body, permits, expires);
  }

  /**
   * An alert that the policy of this generation permits to one recipient, on the grounds that a
   * person wrote it and a second one released it.
   */
  public static Permitted alertUnder(
      long generation, MessageId id, AgencyName origin, Lane lane, Instant now, String recipient) {
    Permitted alert = alert(id, origin, lane, Body.getDefaultInstance(), now, recipient);
    Permit permit = alert.permits().get(0);
    return new Permitted(
        id,
        new Permitted.LabelledBody(alert.label(), alert.body()),
        new Permitted.AuthoredMessage(alert.label(), Body.getDefaultInstance()),
        new RecheckInputs(/* secondPerson= */ true, /* person= */ true),
        List.of(
            new Permit(
                permit.recipient(),
                permit.agreement(),
                permit.retentionDays(),
                permit.policyVersion(),
                generation)),
        alert.expires());
  }

  private static Timestamp timestamp(Instant at) {
    return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
  }
}
