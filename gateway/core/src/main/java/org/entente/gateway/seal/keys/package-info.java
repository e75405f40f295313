/**
 * Secret keys of a node, stored apart from its ledger and from ordinary backups, so that destroying
 * a key erases the data that it opens.
 */
@NullMarked
package org.entente.gateway.seal.keys;

import org.jspecify.annotations.NullMarked;
