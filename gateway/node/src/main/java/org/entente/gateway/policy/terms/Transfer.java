package org.entente.gateway.policy.terms;

import java.time.Instant;
import org.entente.gateway.model.AgencyName;
import org.entente.proto.v1.Label;

/**
 * The subject of a policy decision: a label on its way from one agency to another.
 *
 * @param label the label
 * @param bodyBytes size of the serialised body
 * @param origin the sender
 * @param recipient the possible recipient
 * @param now time of the decision
 * @param content the recipient's content when an agreement withholds part of it
 */
public record Transfer(
    Label label,
    long bodyBytes,
    AgencyName origin,
    AgencyName recipient,
    Instant now,
    RecipientContent content) {

  /** A transfer of a draft whose body is unknown. */
  public Transfer(
      Label label, long bodyBytes, AgencyName origin, AgencyName recipient, Instant now) {
    this(label, bodyBytes, origin, recipient, now, RecipientContent.unseen(label, bodyBytes));
  }

  /** This transfer as a complete message, received or waiting. */
  public Transfer complete() {
    return with(label, bodyBytes, RecipientContent.complete(label, bodyBytes));
  }

  /** This transfer with the recipient's label and content after these redactions. */
  Transfer without(Redactions redactions) {
    if (redactions.isNone()) {
      return this;
    }
    RecipientContent.Remainder given = content.given(redactions);
    Label left = redactions.label(label).toBuilder().setPersonalData(given.personalData()).build();
    return with(left, given.bodyBytes(), content);
  }

  /**
   * This transfer after these redactions, but with the whole label; its personal-data flag
   * describes the recipient's content.
   */
  public Transfer judgedWithout(Redactions redactions) {
    if (redactions.isNone()) {
      return this;
    }
    boolean personal = content.given(redactions).personalData();
    return with(label.toBuilder().setPersonalData(personal).build(), bodyBytes, content);
  }

  private Transfer with(Label changed, long bytes, RecipientContent of) {
    return new Transfer(changed, bytes, origin, recipient, now, of);
  }
}
