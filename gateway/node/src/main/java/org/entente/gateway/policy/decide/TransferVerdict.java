package org.entente.gateway.policy.decide;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.proto.v1.Label;

/**
 * What a policy says of one transfer, as something that can be compared and shown.
 *
 * @param outcome what becomes of it
 * @param agreement the agreement that permits it; empty if it is refused
 * @param refusal why it is refused; empty if it is not
 * @param withheld the fields that the recipient is not given, as its label names them
 */
public record TransferVerdict(
    Outcome outcome,
    Optional<Agreement> agreement,
    Optional<Refusal> refusal,
    List<String> withheld) {
  public TransferVerdict {
    withheld = List.copyOf(withheld);
  }

  /** What becomes of a transfer; the later, the more is let go. */
  public enum Outcome {
    /** It is refused. */
    REFUSED,
    /** It waits for a second person. */
    HELD,
    /** It goes. */
    PERMITTED
  }

  public static TransferVerdict of(Ruling ruling, boolean egress, Label label) {
    if (ruling instanceof Ruling.Denied denied) {
      return new TransferVerdict(
          Outcome.REFUSED, Optional.empty(), Optional.of(denied.refusal()), List.of());
    }
    Agreement agreement = ((Ruling.Allowed) ruling).agreement();
    // A recipient takes what a second person at the sender has released.
    boolean held = egress && agreement.obligations().fourEyes();
    return new TransferVerdict(
        held ? Outcome.HELD : Outcome.PERMITTED,
        Optional.of(agreement),
        Optional.empty(),
        agreement.redactions().of(label.getKind()));
  }

  /** As a reader would say it. */
  public String words() {
    return inShort() + refusal.map(it -> ": " + it.reason()).orElse("");
  }

  /** The same without the reason of a refusal. */
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
