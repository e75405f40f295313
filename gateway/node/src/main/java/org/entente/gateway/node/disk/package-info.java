/**
 * The disk of the ledger: its folder, what slows publishers when it fills, and what opens the
 * ledger again after it failed.
 */
@NullMarked
package org.entente.gateway.node.disk;

import org.jspecify.annotations.NullMarked;
