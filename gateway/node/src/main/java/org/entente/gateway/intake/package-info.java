/**
 * From an own client's draft to the ledger: check, decide, seal with whatever else waits, commit,
 * answer; or keep it, sealed at rest, until a second person lets it go.
 */
@NullMarked
package org.entente.gateway.intake;

import org.jspecify.annotations.NullMarked;
