package org.entente.gateway.cli;

import java.io.PrintWriter;
import java.util.stream.Collectors;
import org.entente.proto.v1.ExplainResponse;
import org.entente.proto.v1.ExplainedAgreement;
import org.entente.proto.v1.ExplainedOutcome;
import org.entente.proto.v1.ExplainedRecipient;
import org.entente.proto.v1.FulfilmentState;
import org.entente.proto.v1.Obligation;
import org.entente.proto.v1.Refusal;

/** What policy says of a draft, as lines. */
final class ExplainedText {
  private final PrintWriter out;
  private final boolean fulfilments;

  /**
   * Lines to a screen.
   *
   * @param fulfilments whether whoever answered hears what recipients say that they fulfil
   */
  ExplainedText(PrintWriter out, boolean fulfilments) {
    this.out = out;
    this.fulfilments = fulfilments;
  }

  void print(ExplainResponse answer) {
    line("policy " + answer.getPolicyVersion());
    answer.getRefusalsList().forEach(it -> line(it.getAgency() + ": " + refused(it)));
    answer.getRecipientsList().forEach(this::recipient);
    if (answer.getOutcome() == ExplainedOutcome.EXPLAINED_OUTCOME_HELD) {
      line("held: " + answer.getHeldReason());
    }
  }

  private void recipient(ExplainedRecipient one) {
    line(
        one.getAgency()
            + ": "
            + (one.hasRefusal()
                ? refused(one.getRefusal())
                : "permitted by " + one.getPermittedBy()));
    if (one.getWithheldCount() > 0) {
      line("  withheld: " + String.join(", ", one.getWithheldList()));
    }
    line("  fulfils " + (fulfilments ? words(one.getFulfilment()) : "what is not known here"));
    for (ExplainedAgreement agreement : one.getAgreementsList()) {
      line("  " + agreement.getId() + " (" + agreement.getTitle() + ")");
      if (agreement.getFailedCount() == 0) {
        line("    permits");
      }
      agreement.getFailedList().forEach(failed -> line("    " + failed));
    }
  }

  private static String refused(Refusal refusal) {
    String rule = refusal.getRule().isEmpty() ? "" : " by " + refusal.getRule();
    return "refused (" + refusal.getCode() + rule + "): " + refusal.getReason();
  }

  /** Which obligations an agency fulfils; one that this command does not know as its number. */
  static String words(FulfilmentState state) {
    String known =
        state.getFulfilsValueList().stream()
            .map(
                number -> {
                  Obligation one = Obligation.forNumber(number);
                  return one == null ? "number " + number : one.name().replace("OBLIGATION_", "");
                })
            .collect(Collectors.joining(", "));
    return (known.isEmpty() ? "none" : known)
        + (state.getStated() ? "" : " (as releases that do not say so)");
  }

  private void line(String text) {
    out.println(Screen.printable(text));
  }
}
