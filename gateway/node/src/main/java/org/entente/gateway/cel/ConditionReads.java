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
 * What a condition reads. A name bound by a comprehension counts like the variable it hides, so
 * this may say too much and never too little.
 *
 * @param labelFields fields of the label, by their names in the proto
 * @param wholeLabel whether it also takes the label as a whole
 * @param now whether it depends on the time
 * @param agencies whether it depends on who sends or receives
 * @param texts the texts that stand in it
 * @param compared the texts that are compared with a field of the label or an agency
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
