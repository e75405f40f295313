/**
 * From the ledger to subscribers: durable cursors, filters, opening at the moment of delivery. A
 * slow subscriber holds back nobody: its backlog is the ledger.
 */
@NullMarked
package org.entente.gateway.deliver;

import org.jspecify.annotations.NullMarked;
