package org.entente.gateway.account;

/** What a caller makes this gateway do, limited by a rate. */
public enum Work {
  /** HTTP/2 frames that carry nothing. */
  CONTROL_FRAMES,
  /** Frames of a stream between gateways, and deliveries and receipts in them. */
  DELIVERIES,
  /** Notices on the control stream. */
  NOTICES,
  /** Asymmetric operations: signatures verified and keys decapsulated. */
  VERIFICATIONS,
  /** Changes to the ledger that are committed and synced. */
  COMMITS,
  /** Messages to this agency, by the headers of their envelopes. */
  MESSAGES,
  /** Calls of a client, by what they cost. */
  CALL_COST,
  /** Drafts and other requests that a client sends on streams. */
  REQUESTS
}
