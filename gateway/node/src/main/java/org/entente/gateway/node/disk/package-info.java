/**
 * Watches the disk of the ledger: slows publishers when it fills, and opens the ledger again after
 * it failed.
 */
@NullMarked
package org.entente.gateway.node.disk;

import org.jspecify.annotations.NullMarked;
