package org.entente.gateway.ledger.record;

import org.jspecify.annotations.Nullable;

/** A record of the ledger is not what this program writes: damage, or a defect. */
public final class CorruptRecord extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A record of a table. */
  public CorruptRecord(String table, @Nullable Throwable cause) {
    super("a record of table " + table + " cannot be read", cause);
  }
}
