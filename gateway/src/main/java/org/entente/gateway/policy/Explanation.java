package org.entente.gateway.policy;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Refusal;

/**
 * Why a decision comes out as it does, for people.
 *
 * @param policyVersion version of the policy
 * @param recipients each agency considered, in the order of addressing
 * @param refusals parts of the addressing that lead to nobody
 */
public record Explanation(
    String policyVersion, List<Recipient> recipients, List<Refusal> refusals) {
  public Explanation {
    recipients = List.copyOf(recipients);
    refusals = List.copyOf(refusals);
  }

  /**
   * One agency.
   *
   * @param agency the agency
   * @param refusal why it is refused; empty if it is permitted
   * @param permittedBy id of the agreement that permits it; empty if it is refused
   * @param withheld the fields that it is not given, as its label would name them
   * @param tried every agreement: first those that cover the pair, in the order in which they are
   *     tried, then the others
   */
  public record Recipient(
      AgencyName agency,
      Optional<Refusal> refusal,
      Optional<String> permittedBy,
      List<String> withheld,
      List<Tried> tried) {
    public Recipient {
      withheld = List.copyOf(withheld);
      tried = List.copyOf(tried);
    }
  }

  /**
   * One agreement.
   *
   * @param agreement its id
   * @param title its title
   * @param failed the tests that the message fails, each as {@code field: reason}; none if this
   *     agreement permits it
   */
  public record Tried(String agreement, String title, List<String> failed) {
    public Tried {
      failed = List.copyOf(failed);
    }
  }

  /** Lines of text. */
  public String text() {
    StringBuilder out = new StringBuilder("policy " + policyVersion + "\n");
    for (Refusal refusal : refusals) {
      out.append(refusal.recipient()).append(": ").append(line(refusal)).append('\n');
    }
    for (Recipient recipient : recipients) {
      String outcome =
          recipient
              .refusal()
              .map(Explanation::line)
              .orElse("permitted by " + recipient.permittedBy().orElse(""));
      out.append(recipient.agency()).append(": ").append(outcome).append('\n');
      if (!recipient.withheld().isEmpty()) {
        out.append("  withheld: ").append(String.join(", ", recipient.withheld())).append('\n');
      }
      for (Tried tried : recipient.tried()) {
        out.append("  ").append(tried.agreement()).append(" (").append(tried.title()).append(")\n");
        if (tried.failed().isEmpty()) {
          out.append("    permits\n");
        }
        tried.failed().forEach(failed -> out.append("    ").append(failed).append('\n'));
      }
    }
    return out.toString();
  }

  private static String line(Refusal refusal) {
    String rule = refusal.rule().isEmpty() ? "" : " by " + refusal.rule();
    return "refused (" + refusal.code() + rule + "): " + refusal.reason();
  }
}
