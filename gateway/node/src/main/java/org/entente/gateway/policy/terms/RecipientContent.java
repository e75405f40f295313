package org.entente.gateway.policy.terms;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/** What a recipient gets of a message where an agreement withholds some of it. */
public interface RecipientContent {
  /**
   * What is left of it, as far as policy asks.
   *
   * @param personalData whether there are personal data in it
   * @param bodyBytes size of the serialised body
   * @param failure why it cannot be had in this form; null if it can
   */
  record Remainder(boolean personalData, long bodyBytes, @Nullable AgreementMismatch failure) {}

  /** What is left without these fields; made of facts that decide. */
  Remainder given(Redactions redactions);

  /** A message of which only the label is known, and how large its body is. */
  static RecipientContent unseen(Label label, long bodyBytes) {
    return redactions -> new Remainder(label.getPersonalData(), bodyBytes, null);
  }

  /** The same, whose only personal data are the persons that its body names as such. */
  static RecipientContent naming(Label label, long bodyBytes) {
    return redactions ->
        new Remainder(
            label.getPersonalData() && !redactions.leavesNoPerson(label.getKind()),
            bodyBytes,
            null);
  }

  /** A complete message, which must be what is left. */
  static RecipientContent complete(Label label, long bodyBytes) {
    return redactions ->
        new Remainder(
            label.getPersonalData(), bodyBytes, notRedacted(label, redactions).orElse(null));
  }

  private static Optional<AgreementMismatch> notRedacted(Label label, Redactions redactions) {
    if (!label.getRedactedList().equals(redactions.of(label.getKind()))) {
      return Optional.of(
          failure(
              "the label says that "
                  + words(label.getRedactedList())
                  + " is withheld; by this agreement it is "
                  + words(redactions.of(label.getKind()))));
    }
    return redactions
        .foundIn(label)
        .map(field -> failure("it has " + field + ", which this agreement withholds"));
  }

  /** What came is not what the agreement leaves. */
  static AgreementMismatch failure(String reason) {
    return new AgreementMismatch("redactions", Code.NOT_REDACTED, reason);
  }

  private static String words(List<String> fields) {
    return fields.isEmpty() ? "nothing" : String.join(", ", fields);
  }
}
