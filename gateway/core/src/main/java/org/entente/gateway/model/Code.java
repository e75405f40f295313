package org.entente.gateway.model;

import static org.entente.gateway.model.WhoMustAct.CLIENT;
import static org.entente.gateway.model.WhoMustAct.NOBODY;
import static org.entente.gateway.model.WhoMustAct.OPERATOR;
import static org.entente.gateway.model.WhoMustAct.PEER;
import static org.entente.gateway.model.WhoMustAct.POLICY;

/**
 * Stable codes of all refusals, part of the public interface: a code is never renamed or given
 * another meaning. The table in {@code proto/README.md} is checked against this list by a test.
 */
public enum Code {
  /** A field is missing, malformed or over its limit. */
  INVALID_FIELD(CLIENT, false),
  /** A message or a batch is larger than the configured limit. */
  TOO_LARGE(CLIENT, false),
  /** The idempotency key was used for other content within its lifetime. */
  IDEMPOTENCY_KEY_REUSED(CLIENT, false),
  /** Label and body contradict each other. */
  LABEL_BODY_MISMATCH(CLIENT, false),
  /** The gateway does not know the client named in the caller's certificate. */
  UNKNOWN_CLIENT(OPERATOR, false),
  /** The client's certificate has expired; the operator renews it. */
  CERTIFICATE_EXPIRED(OPERATOR, false),
  /** The client was revoked, or its certificate was revoked or replaced. */
  CERTIFICATE_REVOKED(OPERATOR, false),
  /** The client lacks the scope that the call needs. */
  SCOPE_MISSING(OPERATOR, false),
  /** No such message, cursor or resource, or the caller may not know of it. */
  NOT_FOUND(CLIENT, false),
  /** Another stream took over this cursor. */
  CURSOR_TAKEN_OVER(CLIENT, true),
  /** The addressing names an agency that is not a member. */
  UNKNOWN_RECIPIENT(CLIENT, false),
  /** The addressing yields no recipient. */
  NO_RECIPIENT(CLIENT, false),
  /** No agreement in force covers this pair of agencies. */
  NO_AGREEMENT(POLICY, false),
  /** An agreement covers the pair, but not this kind, category, purpose, … of message. */
  NOT_COVERED(POLICY, false),
  /** The agreement that the client named does not exist or does not permit the message. */
  AGREEMENT_NAMED_REFUSES(CLIENT, false),
  /** The classification is above the agreement's ceiling. */
  ABOVE_CEILING(POLICY, false),
  /** The classification scheme or its marking is not in the code list. */
  CLASSIFICATION_UNKNOWN(CLIENT, false),
  /** The national marking and the level of the label contradict each other. */
  CLASSIFICATION_MISMATCH(CLIENT, false),
  /** The recipient's scheme has no configured equivalent of the national marking. */
  NO_EQUIVALENT(POLICY, false),
  /** The message carries an obligation that the recipient's gateway does not know. */
  OBLIGATION_UNKNOWN(PEER, false),
  /** The message carries an obligation that the recipient's gateway says it does not fulfil. */
  OBLIGATION_NOT_FULFILLED(PEER, false),
  /** The message has personal data that the agreement does not allow. */
  PERSONAL_DATA_REFUSED(POLICY, false),
  /** The agreement's condition evaluated to false. */
  CONDITION_FALSE(POLICY, false),
  /** The agreement's condition could not be evaluated. */
  CONDITION_FAILED(OPERATOR, false),
  /** The message passes on content whose terms forbid that. */
  ONWARD_REFUSED(POLICY, false),
  /** The message passes on content that needs its originator's consent. */
  CONSENT_REQUIRED(PEER, false),
  /** The agreement withholds fields, and this body cannot be given without them. */
  NOT_REDACTABLE(CLIENT, false),
  /**
   * The message has fields that the agreement withholds, or its label does not name the withheld
   * fields.
   */
  NOT_REDACTED(PEER, false),
  /**
   * The gateway does not hold the named roster of the joint operation, or knows no roster of it.
   */
  ROSTER_UNKNOWN(PEER, true),
  /** The gateway holds another roster of the joint operation under the same number. */
  ROSTER_FORKED(PEER, false),
  /**
   * The roster of the joint operation had been replaced before the message was made; or the lead's
   * restored gateway may lack a later roster.
   */
  ROSTER_STALE(CLIENT, true),
  /** An agency is not a member of the joint operation, or its role does not allow this. */
  OPERATION_ROLE(CLIENT, false),
  /** The joint operation is closed, or its time is over. */
  OPERATION_CLOSED(CLIENT, false),
  /** This recipient was not sent the message that is to be changed. */
  REFERENCE_REFUSED(CLIENT, false),
  /**
   * The originator restricts the processing of the message, and only the originator can lift that.
   */
  RESTRICTED(PEER, false),
  /** A rule of this node refuses the message. */
  NODE_RULE(OPERATOR, false),
  /** The agreement requires officer and reason, and the draft or the call lacks them. */
  PERSON_REQUIRED(CLIENT, false),
  /** No open request between these two agencies matches the answer or reminder. */
  NOT_ASKED(CLIENT, false),
  /** The request has its answer; to change it, send an answer of message type UPDATE. */
  ALREADY_ANSWERED(CLIENT, false),
  /**
   * The officer or the client that published a message tries to decide on it, or makes both of two
   * statements. As evidence: the agreement now requires a second person, and nobody released the
   * waiting message.
   */
  SECOND_PERSON_REQUIRED(CLIENT, false),
  /** A second person refused to release the message. */
  RELEASE_DENIED(CLIENT, false),
  /** No second person released the message in time. */
  RELEASE_TIMED_OUT(CLIENT, false),
  /** The agreement expired or was withdrawn while the message waited. */
  AGREEMENT_ENDED(POLICY, false),
  /** The originator recalled the message before it arrived. */
  RECALLED(NOBODY, false),
  /** The message was erased here, and the gateway does not store it again. */
  ERASED(NOBODY, false),
  /** The key was lost before anyone retrieved the message; the sender can send it again. */
  KEY_LOST(CLIENT, false),
  /** A legal hold keeps the message until a client with the scope {@code retention} releases it. */
  ON_LEGAL_HOLD(CLIENT, false),
  /** The message was not delivered before its expiry. */
  EXPIRED(NOBODY, false),
  /** Nobody at the recipient opened the message in time; consider a call. */
  UNOPENED(PEER, false),
  /** The recipient's own policy refused the message. */
  INGRESS_REFUSED(PEER, false),
  /** The peer is not a member of the federation, or not under this name. */
  UNKNOWN_PEER(PEER, false),
  /**
   * Certificate and trust bundle disagree about the identity, or an agency speaks for another
   * without the role TRANSIT.
   */
  IDENTITY_MISMATCH(PEER, false),
  /** The peer speaks another version of the protocol. */
  PROTOCOL_VERSION(PEER, false),
  /** A frame or format could not be parsed. */
  MALFORMED(PEER, false),
  /** A signature does not verify. */
  BAD_SIGNATURE(PEER, false),
  /** The envelope cannot be opened; deliberately without a reason. */
  CANNOT_OPEN(PEER, false),
  /**
   * The stanza names a session or key that the gateway no longer knows, or a number that its origin
   * has not bound.
   */
  NEED_REWRAP(PEER, true),
  /** Header and contents disagree, for example on origin, lane or exercise flag. */
  HEADER_MISMATCH(PEER, false),
  /** A sequence number was used again with other content. */
  SEQUENCE_CONFLICT(PEER, false),
  /** The envelope has crossed too many transits, or this one twice. */
  ROUTING_LOOP(PEER, false),
  /** This gateway has no route to the recipient, or does not carry for it. */
  NO_ROUTE(OPERATOR, true),
  /** The gateway is starting, stopping, behind its checkpoint or cannot write. */
  NOT_READY(OPERATOR, true),
  /** The configuration of this gateway leaves out what the call needs; the message names it. */
  NOT_CONFIGURED(OPERATOR, false),
  /**
   * This machine no longer leads its gateway. Whether the call took effect is unknown: repeat it at
   * the next machine.
   */
  NOT_LEADER(CLIENT, true),
  /** A stream of a later leader of the same gateway is open; this one leads no more. */
  STALE_TERM(PEER, true),
  /** The disk is full or filling; nothing was stored. */
  STORAGE_FULL(OPERATOR, true),
  /** The gateway failed on the message repeatedly and quarantined it; an operator decides. */
  QUARANTINED(OPERATOR, false),
  /** The quarantine is full; the origin keeps the message and sends it again. */
  QUARANTINE_FULL(OPERATOR, true),
  /** The stored message is damaged and cannot be opened. */
  DAMAGED(OPERATOR, false),
  /**
   * The recipient's gateway could not process the message and its operator gave it up; send it
   * again.
   */
  DISCARDED(CLIENT, false),
  /**
   * Too much is waiting; slow down. Of one recipient, or with the field {@code to}: only drafts to
   * such recipients must wait.
   */
  OVERLOADED(NOBODY, true),
  /** The caller has reached a limit; the message names it, and what must end first. */
  LIMIT_REACHED(CLIENT, false),
  /** The client asks for a position that the ledger has not reached: the ledger was set back. */
  CURSOR_AHEAD(CLIENT, false),
  /** The subscription cannot be changed or deleted: a stream of its client holds it. */
  CURSOR_OPEN(CLIENT, false),
  /** The act does not follow from the current state of the recordation or case. */
  OUT_OF_ORDER(CLIENT, false),
  /** The act comes after its deadline. */
  DEADLINE_PASSED(CLIENT, false),
  /** A deadline is still running; try again when it is over. */
  DEADLINE_RUNS(CLIENT, true),
  /** A witness holds a later checkpoint than the audit log has: the log was set back. */
  AUDIT_LOG_BEHIND(OPERATOR, false),
  /** Two signed checkpoints of an audit log do not belong to one history. */
  AUDIT_LOG_FORKED(OPERATOR, false),
  /**
   * A log asked for a cosignature without proving that it continues the last cosigned checkpoint.
   */
  AUDIT_LOG_UNPROVEN(PEER, false),
  /**
   * The trust bundle expired and its grace period is over; peers are refused until the next bundle.
   */
  TRUST_EXPIRED(OPERATOR, true),
  /** The keys that are known of an agency are so old that newer ones must exist. */
  KEYS_OUTDATED(PEER, true),
  /** A defect of this gateway; counted and logged. */
  INTERNAL(OPERATOR, true);

  private final WhoMustAct whoMustAct;
  private final boolean retry;

  Code(WhoMustAct whoMustAct, boolean retry) {
    this.whoMustAct = whoMustAct;
    this.retry = retry;
  }

  /** Who can fix it. */
  public WhoMustAct whoMustAct() {
    return whoMustAct;
  }

  /** Whether the same call can succeed later without a change. */
  public boolean retry() {
    return retry;
  }
}
