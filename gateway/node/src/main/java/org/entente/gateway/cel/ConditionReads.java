package org.entente.gateway.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The inputs that a condition reads. A name bound by a comprehension counts like the variable that
 * it hides, so the result may contain too much but never too little.
 *
 * @param labelFields label fields, by their names in the proto
 * @param wholeLabel whether it also uses the label as a whole
 * @param now whether it reads the time
 * @param agencies whether it reads the origin or the recipient
 * @param texts the texts in it
 * @param compared the texts that it compares with a label field or an agency
 */
record ConditionReads(
    Set<String> labelFields,
    boolean wholeLabel,
    boolean now,
    boolean agencies,
    Set<String> texts,
    List<ComparedText> compared) {

  static ConditionReads of(CelAbstractSyntaxTree tree) {
    Set<String> fields = new TreeSet<>();
    boolean whole = false;
    boolean now = false;
    boolean agencies = false;
    Set<String> texts = new TreeSet<>();
    for (CelNavigableExpr node :
        (Iterable<CelNavigableExpr>) CelNavigableAst.fromAst(tree).getRoot().allNodes()::iterator) {
      if (node.getKind() == Kind.CONSTANT
          && node.expr().constant().getKind() == CelConstant.Kind.STRING_VALUE) {
        texts.add(node.expr().constant().stringValue());
      }
      if (node.getKind() != Kind.IDENT) {
        continue;
      }
      String name = node.expr().ident().name();
      now |= name.equals("now");
      agencies |= name.equals("origin") || name.equals("recipient");
      if (name.equals("label")) {
        CelExpr parent = node.parent().map(CelNavigableExpr::expr).orElse(null);
        if (parent != null && parent.getKind() == Kind.SELECT) {
          fields.add(parent.select().field());
        } else {
          whole = true;
        }
      }
    }
    return new ConditionReads(
        Collections.unmodifiableSet(fields),
        whole,
        now,
        agencies,
        Collections.unmodifiableSet(texts),
        ComparedTexts.of(tree));
  }
}
