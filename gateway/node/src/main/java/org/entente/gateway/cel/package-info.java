/**
 * The one home of CEL: compiles and evaluates the conditions of agreements and node rules, and the
 * expressions of mappings.
 *
 * <p>Expressions are written by the operators of this node; what they are evaluated on comes from
 * clients and peers. Limits therefore bound what data can cause: size and depth of an expression,
 * iterations, regular expressions (RE2, linear time), lengths of joined texts, size of a result. Of
 * conditions two things more are known before the first message: that what they take is there, and
 * how many steps they take at most.
 */
@NullMarked
package org.entente.gateway.cel;

import org.jspecify.annotations.NullMarked;
