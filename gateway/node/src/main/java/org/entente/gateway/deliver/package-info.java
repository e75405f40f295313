/**
 * Delivery from the ledger to subscribers: durable cursors, filters, and decryption at the moment
 * of delivery. A slow subscriber delays no other: its backlog is the ledger.
 */
@NullMarked
package org.entente.gateway.deliver;

import org.jspecify.annotations.NullMarked;
