package org.entente.gateway.policy.decide;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Permit;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;

/**
 * A message with the recipients that one agreement permits it to, completed and ready to be sealed.
 *
 * <p>Only this package makes it: holding one proves that the label was checked, agrees with the
 * body, and that policy permits every recipient listed. A draft gives several of these, with the
 * same message id, if its recipients fall under several agreements, sit at different desks, or some
 * receive it for information only. Immutable.
 */
public final class Permitted {
  private final MessageId messageId;
  private final LabelledBody content;
  private final AuthoredMessage written;
  private final RecheckInputs grounds;
  private final List<Permit> permits;
  private final Instant expires;

  /**
   * A label with its body.
   *
   * @param label complete
   * @param body the serialised {@code entente.v1.Body}
   */
  record LabelledBody(Label label, ByteString body) {}

  /** A label, complete, with its body as its author wrote it. */
  record AuthoredMessage(Label label, Body body) {}

  /** A message of which nothing is withheld. */
  Permitted(MessageId messageId, Label label, Body body, List<Permit> permits, Instant expires) {
    this(
        messageId,
        new LabelledBody(label, body.toByteString()),
        new AuthoredMessage(label, body),
        RecheckInputs.NONE,
        permits,
        expires);
  }

  Permitted(
      MessageId messageId,
      LabelledBody content,
      AuthoredMessage written,
      RecheckInputs grounds,
      List<Permit> permits,
      Instant expires) {
    if (permits.isEmpty()) {
      throw new IllegalArgumentException("a permitted message has a recipient");
    }
    this.messageId = messageId;
    this.content = content;
    this.written = written;
    this.grounds = grounds;
    this.permits = List.copyOf(permits);
    this.expires = expires;
  }

  /** The message's id; the same in {@code label().getMessageId()}. */
  public MessageId messageId() {
    return messageId;
  }

  /** The label for recipients, with every field that the gateway sets. */
  public Label label() {
    return content.label();
  }

  /** The serialised {@code entente.v1.Body} for recipients. */
  public ByteString body() {
    return content.body();
  }

  /** The label before redaction, for the sender's own records. */
  public Label writtenLabel() {
    return written.label();
  }

  /** The body as its author wrote it, for the sender's own records. */
  public Body writtenBody() {
    return written.body();
  }

  /** The recipients, at least one, in the order of their names, all under one agreement. */
  public List<Permit> permits() {
    return permits;
  }

  /** Id of the agreement. */
  public String agreement() {
    return permits.get(0).agreement();
  }

  /** Days the recipients may keep the content. */
  public int retentionDays() {
    return permits.get(0).retentionDays();
  }

  /** Version of the policy that decided. */
  public String policyVersion() {
    return permits.get(0).policyVersion();
  }

  /** The generation of this node's policy that decided; 0 if generations were not counted. */
  public long generation() {
    return permits.get(0).generation();
  }

  /** What the permission rested on beyond the label. */
  public RecheckInputs grounds() {
    return grounds;
  }

  /** Priority class. */
  public Lane lane() {
    return Lane.of(label().getLaneValue());
  }

  /** Whether this is training traffic. */
  public boolean exercise() {
    return Exercise.of(label());
  }

  /** The message is not delivered after this; whole milliseconds. */
  public Instant expires() {
    return expires;
  }

  /** Names the message and its recipients, never its content. */
  @Override
  public String toString() {
    return "permitted " + messageId + " under " + agreement() + " to " + permits.size();
  }
}
