package org.entente.gateway.seal.keys;

import java.util.Optional;
import java.util.stream.Stream;

/** Purpose of a secret in the keystore; the codes are part of the format on disk. */
public enum KeyKind {
  /** The seed of an X-Wing key with which an agency receives. */
  RECIPIENT_SEED(1),
  /** The key of a bucket of stored messages: destroying it erases them. */
  STORAGE(2),
  /** A key that wraps content keys in the outbox; one per day. */
  OUTBOX(3),
  /** The key with which a gateway signs envelopes. */
  GATEWAY_SIGNING(4),
  /** The pair with which an agency signs its announcements and recipient keys. */
  AGENCY_PAIR(5),
  /** The pair with which a node signs the checkpoints of its audit log. */
  AUDIT_SIGNING(6),
  /** The key for fingerprints of drafts, which detect a retry without storing the draft. */
  DRAFT_FINGERPRINT(7),
  /** The pair of a root of the federation; only in a root holder's keystore, never in a node's. */
  ROOT_PAIR(8),
  /** The key of a message under legal hold, which outlives its bucket. */
  HOLD(9),
  /** The key under which names of clients, cursors and idempotency keys lie in the ledger. */
  NAMES(10),
  /**
   * What is left of one part of a bucket's key of which messages were erased. Its id is that of the
   * bucket, a slash and the part; it is destroyed with the bucket's.
   */
  STORAGE_PART(11);

  private final int code;

  KeyKind(int code) {
    this.code = code;
  }

  /** Whether secrets of this kind become longer as messages are erased. */
  boolean grows() {
    return this == STORAGE || this == STORAGE_PART;
  }

  int code() {
    return code;
  }

  static Optional<KeyKind> of(int code) {
    return Stream.of(values()).filter(kind -> kind.code == code).findFirst();
  }
}
