/**
 * From a peer to the ledger: what a delivery is, whether it may be kept or passed on, and what the
 * peer and the origin are told.
 */
@NullMarked
package org.entente.gateway.receive;

import org.jspecify.annotations.NullMarked;
