package org.entente.gateway.store;

/**
 * The tables of a node's store, each an ordered key space of its own.
 *
 * <p>The names are part of the format on disk: a table may be added, never renamed or reused.
 */
public enum Table {
  /** Facts about the store and the ledger: format, commit number, epochs. */
  META,
  /** Content keys and recipients of envelopes still to be sent. */
  OUTBOX,
  /** Sealed envelopes. */
  ENVELOPE,
  /** Hop sequences towards peers. */
  HOP_OUT,
  /** Hop sequences from peers. */
  HOP_IN,
  /** Origin sequences: watermarks, and numbers received above them. */
  ORIGIN_IN,
  /** Pages of received messages, in the order of arrival. */
  INBOX,
  /** Where messages are, by their id or span of ids. */
  MESSAGE,
  /** Sealed bodies of the pages, in the order of arrival. */
  BODY,
  /** Durable cursors of subscribers. */
  CURSOR,
  /** Inner nodes of the audit log's tree. */
  AUDIT_NODE,
  /** Leaves of the audit log. */
  AUDIT_LEAF,
  /** Audit leaves that concern a message, by message id or span of ids. */
  AUDIT_INDEX,
  /** Search index: messages by keyed terms of the persons and objects they name. */
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
  /** Erasures, recalls and legal holds: departures from the agreed retention. */
  RETENTION,
  /** Quarantined messages, which this gateway failed to process. */
  QUARANTINE,
  /** Links that an operator paused, and lanes that an alarm stopped. */
  LINK,
  /** Requests sent and received, with their deadlines and assignees. */
  REQUEST,
  /** Joint operations: their rosters and their messages. */
  OPERATION,
  /** Recordations of intellectual property rights, and the cases under them. */
  IPR,
  /** Originators' consents to onward transfer. */
  CONSENT,
  /** Clients' watches and their hits. */
  WATCH,
  /** Charges: what recipients of this agency's messages have taken charge of. */
  CHARGE,
  /** Chains: which message updates, cancels or recalls which. */
  CHAIN,
  /** Scores that the agency's clients give to received messages. */
  SCORE,
  /** Statements about this agency's messages, in the order of message ids. */
  STATEMENT,
  /** Recipients of this agency's messages, by the first id of those committed together. */
  SENT,
  /** Where the outcomes under older idempotency keys are, by day. */
  IDEMPOTENCY_PLACE,
  /** Attachments in their folder, and who uses how much of it. */
  ATTACHMENT
}
