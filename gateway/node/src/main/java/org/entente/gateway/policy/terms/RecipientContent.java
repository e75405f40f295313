package org.entente.gateway.policy.terms;

import java.util.Optional;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/** The content that a recipient receives when an agreement withholds part of a message. */
public interface RecipientContent {
  /**
   * The facts that policy needs about the remaining content.
   *
   * @param personalData whether it contains personal data
   * @param bodyBytes size of the serialised body
   * @param failure why the message cannot be redacted this way; null if it can
   */
  record Remainder(boolean personalData, long bodyBytes, @Nullable AgreementMismatch failure) {}

  /** The remainder without these fields; contains only facts that decide. */
  Remainder given(Redactions redactions);

  /** A message of which only the label and the size of the body are known. */
  static RecipientContent unseen(Label label, long bodyBytes) {
    return redactions -> new Remainder(label.getPersonalData(), bodyBytes, null);
  }

  /** A message with an unknown body whose only personal data are the persons that it names. */
  static RecipientContent naming(Label label, long bodyBytes) {
    return redactions ->
        new Remainder(
            label.getPersonalData() && !redactions.leavesNoPerson(label.getKind()),
            bodyBytes,
            null);
  }

  /** A complete message, which must already be redacted. */
  static RecipientContent complete(Label label, long bodyBytes) {
    return redactions ->
        new Remainder(
            label.getPersonalData(), bodyBytes, notRedacted(label, redactions).orElse(null));
  }

  private static Optional<AgreementMismatch> notRedacted(Label label, Redactions redactions) {
    if (!label.getRedactedList().equals(redactions.of(label.getKind()))) {
      return Optional.of(
          label.getRedactedCount() == 0
              ? redactions.unnamed(label.getKind())
              : redactions.misnamed(label.getKind(), label.getRedactedList()));
    }
    return redactions.foundIn(label).map(redactions::contained);
  }
}
