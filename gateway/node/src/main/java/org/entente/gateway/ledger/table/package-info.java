/**
 * The tables of the ledger. Each class owns one or a few tables of the store and is the only one
 * that writes them.
 */
@NullMarked
package org.entente.gateway.ledger.table;

import org.jspecify.annotations.NullMarked;
