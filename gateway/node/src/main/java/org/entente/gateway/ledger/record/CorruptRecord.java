package org.entente.gateway.ledger.record;

import org.jspecify.annotations.Nullable;

/** A record of the ledger cannot be read, because of damage or a defect. */
public final class CorruptRecord extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Names the table of the record. */
  public CorruptRecord(String table, @Nullable Throwable cause) {
    super("a record of table " + table + " cannot be read", cause);
  }
}
