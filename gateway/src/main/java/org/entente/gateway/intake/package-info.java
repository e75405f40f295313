/**
 * From an own client's draft to the ledger: check, decide, seal with whatever else waits, commit,
 * answer.
 */
@NullMarked
package org.entente.gateway.intake;

import org.jspecify.annotations.NullMarked;
