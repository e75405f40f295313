package org.entente.gateway.node.console;

import java.util.List;
import org.entente.gateway.node.console.View.Figure;
import org.entente.gateway.node.console.View.Frame;

/**
 * What policy decides about a draft that nobody sends.
 *
 * @param fields of the draft
 * @param problem why there is no decision; empty for none
 * @param outcome of the whole draft; its text is empty before the first question
 * @param notes what concerns the whole draft
 */
public record PlaygroundView(
    Frame frame,
    List<FormField> fields,
    String problem,
    Figure outcome,
    List<String> notes,
    List<Recipient> recipients,
    int more)
    implements View {
  public PlaygroundView {
    fields = List.copyOf(fields);
    notes = List.copyOf(notes);
    recipients = List.copyOf(recipients);
  }

  /**
   * An agency.
   *
   * @param why the agreement that permits it, or code, rule and reason of the refusal
   * @param binding what binds the recipient and the sender; empty if it is refused
   * @param more how many further agreements were tried
   */
  public record Recipient(
      String agency,
      Figure outcome,
      String why,
      List<String> binding,
      List<Trial> trials,
      int more) {
    public Recipient {
      binding = List.copyOf(binding);
      trials = List.copyOf(trials);
    }
  }

  /**
   * An agreement that was tried.
   *
   * @param failed clauses that the draft fails; none if it permits it
   */
  public record Trial(String id, String title, List<String> failed) {
    public Trial {
      failed = List.copyOf(failed);
    }
  }

  @Override
  public String template() {
    return "playground.jte";
  }

  @Override
  public boolean isLive() {
    return false;
  }
}
