package org.entente.gateway.node.console;

import java.util.List;
import org.entente.gateway.node.console.View.Frame;

/**
 * A search of the audit log.
 *
 * @param fields of the search
 * @param problem why nothing was searched; empty for none
 * @param told what was found, in a sentence; empty before the first search
 * @param next where the search goes on; empty at its end
 * @param isLinked whether the visitor may open the page of a message
 */
public record AuditView(
    Frame frame,
    List<FormField> fields,
    String problem,
    String told,
    List<Leaf> leaves,
    String next,
    boolean isLinked)
    implements View {
  public AuditView {
    fields = List.copyOf(fields);
    leaves = List.copyOf(leaves);
  }

  /**
   * A leaf of the log.
   *
   * @param leaf its number
   * @param by client and officer who caused it
   * @param with agencies on the other side
   * @param basis agreement, or code of a refusal
   * @param more how many further messages it has
   */
  public record Leaf(
      String leaf,
      String at,
      String event,
      String by,
      String with,
      String basis,
      String detail,
      List<Named> messages,
      long more) {
    public Leaf {
      messages = List.copyOf(messages);
    }
  }

  /**
   * A message of a leaf.
   *
   * @param state what became of its content
   */
  public record Named(String id, String state) {}

  @Override
  public String template() {
    return "audit.jte";
  }

  @Override
  public boolean isLive() {
    return false;
  }
}
