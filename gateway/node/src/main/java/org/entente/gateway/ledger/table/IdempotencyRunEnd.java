package org.entente.gateway.ledger.table;

import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;

/**
 * Where a run of idempotency keys ends.
 *
 * @param lastRecord its last record of outcomes
 * @param lastMillis when the latest of its records was written
 */
record IdempotencyRunEnd(long lastRecord, long lastMillis) {
  /** Reads it from a value. */
  static IdempotencyRunEnd of(KeyReader value) {
    return new IdempotencyRunEnd(value.u64(), value.u64());
  }

  /** Adds it to a value. */
  KeyBuilder added(KeyBuilder value) {
    return value.u64(lastRecord).u64(lastMillis);
  }
}
