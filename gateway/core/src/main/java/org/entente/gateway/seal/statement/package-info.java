/**
 * Signed statements, exact to the byte: what agencies and gateways state about sessions, keys,
 * numbers, operations and consent.
 */
@NullMarked
package org.entente.gateway.seal.statement;

import org.jspecify.annotations.NullMarked;
