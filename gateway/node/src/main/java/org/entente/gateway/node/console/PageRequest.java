package org.entente.gateway.node.console;

import java.util.Map;
import java.util.function.BooleanSupplier;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.model.Problem;

/**
 * A visitor's request for a page.
 *
 * @param isForm whether a form was sent: the page is asked to do something, not only to show it
 * @param fields of the form, or of the address
 * @param isGone whether nobody waits for the page any more
 */
record PageRequest(
    View.Frame frame,
    Identified client,
    boolean isForm,
    Map<String, String> fields,
    BooleanSupplier isGone) {
  /** What a page says that needs the node while that is being reopened. */
  static final String REOPENED = "The node is being reopened. Try again.";

  PageRequest {
    fields = Map.copyOf(fields);
  }

  /** A problem with the field at fault, as a page says it. */
  static String words(Problem problem) {
    return problem.field().isEmpty()
        ? problem.message()
        : problem.field() + ": " + problem.message();
  }

  /** A field without spaces around it; empty if it is absent. */
  String field(String name) {
    return fields.getOrDefault(name, "").strip();
  }
}
