package org.entente.gateway.policy.decide;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.proto.v1.Label;

/**
 * A policy's verdict on one transfer, in a form that can be compared and shown.
 *
 * @param outcome the outcome
 * @param agreement the agreement that permits it; empty if it is refused
 * @param refusal why it is refused; empty if it is not
 * @param withheld the fields withheld from the recipient, as its label names them
 */
public record TransferVerdict(
    Outcome outcome,
    Optional<Agreement> agreement,
    Optional<Refusal> refusal,
    List<String> withheld) {
  public TransferVerdict {
    withheld = List.copyOf(withheld);
  }

  /** The outcome of a transfer, from the strictest to the most permissive. */
  public enum Outcome {
    /** The transfer is refused. */
    REFUSED,
    /** The transfer waits for a second person. */
    HELD,
    /** The transfer is permitted. */
    PERMITTED
  }

  public static TransferVerdict of(Ruling ruling, boolean egress, Label label) {
    if (ruling instanceof Ruling.Denied denied) {
      return new TransferVerdict(
          Outcome.REFUSED, Optional.empty(), Optional.of(denied.refusal()), List.of());
    }
    Agreement agreement = ((Ruling.Allowed) ruling).agreement();
    // At the recipient, a second person at the sender has already released it.
    boolean held = egress && agreement.obligations().fourEyes();
    return new TransferVerdict(
        held ? Outcome.HELD : Outcome.PERMITTED,
        Optional.of(agreement),
        Optional.empty(),
        agreement.redactions().of(label.getKind()));
  }

  /** The verdict in words. */
  public String words() {
    return inShort() + refusal.map(it -> ": " + it.reason()).orElse("");
  }

  /** The verdict in words, without the reason of a refusal. */
  public String inShort() {
    return refusal
        .map(it -> outcome + " " + it.code() + by(it))
        .orElseGet(() -> outcome + " under " + agreement.map(Agreement::id).orElse("") + without());
  }

  private String without() {
    return withheld.isEmpty() ? "" : " without " + String.join(", ", withheld);
  }

  private static String by(Refusal refusal) {
    return refusal.rule().isEmpty() ? "" : " by " + refusal.rule();
  }
}
