package org.entente.gateway.account;

/** What a caller holds until it releases it. */
public enum Holding {
  /** Connections that it opened. */
  CONNECTIONS,
  /** Calls that are open; between gateways, the streams that it opened. */
  CALLS,
  /** Bytes of its messages that are incomplete or not processed, and of answers not taken. */
  BUFFERED_BYTES,
  /** Bytes of incomplete messages on streams of a client. */
  INCOMPLETE_BYTES,
  /** Drafts in process. */
  DRAFTS,
  /** Bytes of drafts in process. */
  DRAFT_BYTES
}
