/**
 * Takes a client's draft into the ledger: check, decide, seal with other waiting drafts, commit,
 * answer; or keep it, sealed at rest, until a second person releases it.
 */
@NullMarked
package org.entente.gateway.intake;

import org.jspecify.annotations.NullMarked;
