package org.entente.gateway.store;

/**
 * The tables of a node's store, each an ordered key space of its own.
 *
 * <p>The names are part of the format on disk: a table may be added, never renamed or reused.
 */
public enum Table {
  /** What the store and the ledger know of themselves: format, commit number, epochs. */
  META,
  /** Content keys and recipients of what still has to be sent. */
  OUTBOX,
  /** Sealed envelopes. */
  ENVELOPE,
  /** Hop sequences towards peers. */
  HOP_OUT,
  /** Hop sequences from peers. */
  HOP_IN,
  /** Origin sequences: watermarks and what was received above them. */
  ORIGIN_IN,
  /** What arrived, in the order of arrival. */
  INBOX,
  /** Where messages are, by their id. */
  MESSAGE,
  /** Sealed bodies of messages, in the order of arrival. */
  BODY,
  /** Durable cursors of subscribers. */
  CURSOR,
  /** Inner nodes of the audit log's tree. */
  AUDIT_NODE,
  /** Leaves of the audit log. */
  AUDIT_LEAF,
  /** Which leaves of the audit logs speak of a message. */
  AUDIT_INDEX,
  /** Which messages name whom, by keyed terms. */
  SUBJECT,
  /** Evidence made and received. */
  EVIDENCE,
  /** Idempotency keys of publishers. */
  IDEMPOTENCY,
  /** Session announcements. */
  ANNOUNCEMENT,
  /** Drafts that wait for a second person's release. */
  HELD,
  /** The latest checkpoints of other agencies' audit logs that were cosigned here. */
  WITNESS,
  /** What is erased, recalled or held before or beyond its time. */
  RETENTION,
  /** What this gateway failed on and set aside. */
  QUARANTINE,
  /** Links that an operator paused, and lanes that an alarm stopped. */
  LINK,
  /** Requests that were sent or came, with their clocks, and who answers them. */
  REQUEST,
  /** Joint operations: their rosters, and which messages were said in them. */
  OPERATION,
  /** Recordations of intellectual property rights, and the cases under them. */
  IPR,
  /** Consents of originators to passing on what they sent. */
  CONSENT,
  /** What clients watch for, and what was hit. */
  WATCH,
  /** What recipients of this agency's messages took in charge. */
  CHARGE,
  /** Which messages change which. */
  CHAIN,
  /** How clients of the agency score received messages. */
  SCORE,
  /** Whom own messages went to and what was stated about them, in the order of their ids. */
  STATEMENT
}
