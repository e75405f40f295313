package org.entente.gateway.policy.terms;

import java.time.Instant;
import org.entente.gateway.model.AgencyName;
import org.entente.proto.v1.Label;

/**
 * What policy decides on: a label on its way from one agency to another.
 *
 * @param label the label
 * @param bodyBytes size of the serialised body
 * @param origin who sends
 * @param recipient who would receive
 * @param now time of the decision
 * @param content what the recipient gets where an agreement withholds some of it
 */
public record Transfer(
    Label label,
    long bodyBytes,
    AgencyName origin,
    AgencyName recipient,
    Instant now,
    RecipientContent content) {

  /** Of a draft whose body nobody has seen. */
  public Transfer(
      Label label, long bodyBytes, AgencyName origin, AgencyName recipient, Instant now) {
    this(label, bodyBytes, origin, recipient, now, RecipientContent.unseen(label, bodyBytes));
  }

  /** The same, complete: as it came, or waits to go. */
  public Transfer complete() {
    return with(label, bodyBytes, RecipientContent.complete(label, bodyBytes));
  }

  /** The same as the recipient gets it where these fields are withheld. */
  Transfer without(Redactions redactions) {
    if (redactions.isNone()) {
      return this;
    }
    RecipientContent.Remainder given = content.given(redactions);
    Label left = redactions.label(label).toBuilder().setPersonalData(given.personalData()).build();
    return with(left, given.bodyBytes(), content);
  }

  /** The same with the whole label, which says of personal data what the recipient gets. */
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
