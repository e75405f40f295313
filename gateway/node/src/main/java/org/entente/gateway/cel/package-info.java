/**
 * Compiles and evaluates CEL: the conditions of agreements and node rules, and the expressions of
 * mappings. No other package uses the CEL library.
 *
 * <p>Operators of this node write the expressions; clients and peers supply the data. Limits bound
 * the effects of data: size and depth of an expression, iterations, regular expressions (RE2,
 * linear time), lengths of joined texts, size of a result. For conditions, loading also proves that
 * the values they access are present, and bounds their steps.
 */
@NullMarked
package org.entente.gateway.cel;

import org.jspecify.annotations.NullMarked;
