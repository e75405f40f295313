package org.entente.gateway.link;

/** The protocol as it is, and ways to get it wrong that the simulation has to notice. */
enum ProtocolMutant {
  NONE,
  /** Receipts are given when deliveries are handed over. */
  ACK_BEFORE_COMMIT,
  /** What is beyond the expected number is taken. */
  SKIP_GAP,
  /** What was taken is durable before the fact that it was. */
  FORGET_WATERMARK,
  /** A sender that lost state goes on in its epoch. */
  REUSE_EPOCH,
  /** Any receipt for a number releases it. */
  RELEASE_WITHOUT_HASH_CHECK,
  /** A sender does not count what is in flight. */
  IGNORE_WINDOW,
  /** A number that was void on one stream has its content on the next. */
  UNSTABLE_VOID
}
