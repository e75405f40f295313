/**
 * The secret keys of a node, kept apart from its ledger and from ordinary backups, so that
 * destroying a key erases what it opens.
 */
@NullMarked
package org.entente.gateway.seal.keys;

import org.jspecify.annotations.NullMarked;
