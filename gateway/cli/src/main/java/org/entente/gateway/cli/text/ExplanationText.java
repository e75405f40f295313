package org.entente.gateway.cli.text;

import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.ExplainResponse;
import org.entente.proto.v1.ExplainedAgreement;
import org.entente.proto.v1.ExplainedOutcome;
import org.entente.proto.v1.ExplainedRecipient;
import org.entente.proto.v1.FulfilmentState;
import org.entente.proto.v1.Obligation;
import org.entente.proto.v1.Refusal;

/** Text lines that explain policy's decision on a draft. */
public final class ExplanationText {
  private final PrintWriter out;
  private final boolean fulfilments;

  /**
   * Lines printed to a writer.
   *
   * @param fulfilments whether the source of the answer knows which obligations recipients fulfil
   */
  public ExplanationText(PrintWriter out, boolean fulfilments) {
    this.out = out;
    this.fulfilments = fulfilments;
  }

  public void print(ExplainResponse answer) {
    line("policy " + answer.getPolicyVersion());
    answer.getRefusalsList().forEach(it -> line(it.getAgency() + ": " + refused(it)));
    answer.getRecipientsList().forEach(this::recipient);
    if (answer.getOutcome() == ExplainedOutcome.EXPLAINED_OUTCOME_HELD) {
      line("held: " + answer.getHeldReason());
    }
  }

  private void recipient(ExplainedRecipient one) {
    line(one.getAgency() + ": " + decided(one));
    // A gateway of an earlier release does not state it.
    if (one.getRetentionDays() > 0) {
      line("  binds to " + bound(one));
    }
    if (one.getWithheldCount() > 0) {
      line("  withheld: " + String.join(", ", one.getWithheldList()));
    }
    line(
        fulfilments
            ? "  fulfils " + words(one.getFulfilment())
            : "  obligations that it fulfils: only a running gateway knows them");
    for (ExplainedAgreement agreement : one.getAgreementsList()) {
      line("  " + agreement.getId() + " (" + agreement.getTitle() + ")");
      if (agreement.getFailedCount() == 0) {
        line("    permits");
      }
      agreement.getFailedList().forEach(failed -> line("    " + failed));
    }
  }

  private static String decided(ExplainedRecipient one) {
    if (one.hasRefusal()) {
      return refused(one.getRefusal());
    }
    boolean held = one.getOutcome() == ExplainedOutcome.EXPLAINED_OUTCOME_HELD;
    return (held ? "held, " : "") + "permitted by " + one.getPermittedBy();
  }

  /** The obligations of the recipient, then the agreement's demands on the sender. */
  private static String bound(ExplainedRecipient one) {
    return words(one.getObligationsValueList())
        + "; kept for "
        + one.getRetentionDays()
        + " days"
        + (one.getFourEyes() ? "; requires a second person" : "")
        + (one.getPersonRequired() ? "; requires officer and reason" : "");
  }

  private static String refused(Refusal refusal) {
    String rule = refusal.getRule().isEmpty() ? "" : " by " + refusal.getRule();
    return "refused (" + refusal.getCode() + rule + "): " + refusal.getReason();
  }

  /**
   * The obligations that an agency fulfils; an obligation unknown to this release appears as its
   * number.
   */
  public static String words(FulfilmentState state) {
    String known = words(state.getFulfilsValueList());
    return (known.isEmpty() ? "none" : known)
        + (state.getStated() ? "" : " (assumed; its release does not state them)");
  }

  private static String words(List<Integer> obligations) {
    return obligations.stream()
        .map(
            number -> {
              Obligation one = Obligation.forNumber(number);
              return one == null ? "number " + number : EnumNames.word(one);
            })
        .collect(Collectors.joining(", "));
  }

  private void line(String text) {
    out.println(TerminalText.printable(text));
  }
}
