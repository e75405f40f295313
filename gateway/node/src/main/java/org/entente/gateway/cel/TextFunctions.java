package org.entente.gateway.cel;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import java.util.ArrayList;
import java.util.List;

/**
 * Bounded versions of the string functions whose result can be much longer than their arguments:
 * {@code join} and {@code replace}. They have the names and meaning of CEL's strings extension,
 * which has no bound.
 */
final class TextFunctions {
  /** Longest text, in UTF-16 units, that these functions make. */
  static final int MAX_TEXT = 1 << 20;

  private static final ListType TEXTS = ListType.create(SimpleType.STRING);

  private TextFunctions() {}

  static List<CelFunctionDecl> declarations() {
    return List.of(
        CelFunctionDecl.newFunctionDeclaration(
            "join",
            CelOverloadDecl.newMemberOverload("bounded_list_join", SimpleType.STRING, TEXTS),
            CelOverloadDecl.newMemberOverload(
                "bounded_list_join_string", SimpleType.STRING, TEXTS, SimpleType.STRING)),
        CelFunctionDecl.newFunctionDeclaration(
            "replace",
            CelOverloadDecl.newMemberOverload(
                "bounded_string_replace",
                SimpleType.STRING,
                SimpleType.STRING,
                SimpleType.STRING,
                SimpleType.STRING)));
  }

  static List<CelFunctionBinding> bindings() {
    List<CelFunctionBinding> bindings = new ArrayList<>();
    bindings.addAll(
        CelFunctionBinding.fromOverloads(
            "join",
            CelFunctionBinding.from("bounded_list_join", List.class, list -> join(list, "")),
            CelFunctionBinding.from(
                "bounded_list_join_string", List.class, String.class, TextFunctions::join)));
    bindings.addAll(
        CelFunctionBinding.fromOverloads(
            "replace",
            CelFunctionBinding.from(
                "bounded_string_replace",
                List.of(String.class, String.class, String.class),
                args -> replace((String) args[0], (String) args[1], (String) args[2]))));
    return bindings;
  }

  private static String join(List<?> parts, String separator) throws CelEvaluationException {
    StringBuilder out = new StringBuilder();
    boolean first = true;
    for (Object part : parts) {
      if (!(part instanceof String text)) {
        throw new CelEvaluationException("join: an element is not a string");
      }
      if (!first) {
        out.append(separator);
      }
      out.append(text);
      first = false;
      check(out.length());
    }
    return out.toString();
  }

  private static String replace(String text, String search, String replacement)
      throws CelEvaluationException {
    if (search.isEmpty()) {
      throw new CelEvaluationException("replace: the text to search for is empty");
    }
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (int at = text.indexOf(search); at >= 0; at = text.indexOf(search, from)) {
      out.append(text, from, at).append(replacement);
      from = at + search.length();
      check(out.length());
    }
    return out.append(text, from, text.length()).toString();
  }

  private static void check(int length) throws CelEvaluationException {
    if (length > MAX_TEXT) {
      throw new CelEvaluationException("a text exceeds " + MAX_TEXT + " characters");
    }
  }
}
