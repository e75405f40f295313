package org.entente.gateway.model;

import static org.entente.gateway.model.WhoMustAct.CLIENT;
import static org.entente.gateway.model.WhoMustAct.NOBODY;
import static org.entente.gateway.model.WhoMustAct.OPERATOR;
import static org.entente.gateway.model.WhoMustAct.PEER;
import static org.entente.gateway.model.WhoMustAct.POLICY;

/**
 * Stable codes of everything that can be refused; part of the public interface: a code is never
 * renamed or given another meaning. The table in {@code proto/README.md} is checked against this
 * list by a test.
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
  /** The caller's certificate names nobody that this gateway knows. */
  UNKNOWN_CLIENT(OPERATOR, false),
  /** The client has not been granted the scope that the call needs. */
  SCOPE_MISSING(OPERATOR, false),
  /** No such message, cursor or resource, or the caller may not know of it. */
  NOT_FOUND(CLIENT, false),
  /** Another stream took this cursor over. */
  CURSOR_TAKEN_OVER(CLIENT, true),
  /** The addressing names an agency that is not a member. */
  UNKNOWN_RECIPIENT(CLIENT, false),
  /** The addressing leads to nobody. */
  NO_RECIPIENT(CLIENT, false),
  /** No agreement in force covers this pair of agencies. */
  NO_AGREEMENT(POLICY, false),
  /** An agreement covers the pair, but not this kind, category, purpose, … of message. */
  NOT_COVERED(POLICY, false),
  /** The agreement that the client named does not exist or does not permit it. */
  AGREEMENT_NAMED_REFUSES(CLIENT, false),
  /** Classification above the agreement's ceiling. */
  ABOVE_CEILING(POLICY, false),
  /** The classification scheme or its marking is not in the code list. */
  CLASSIFICATION_UNKNOWN(CLIENT, false),
  /** The national marking and the level of the label contradict each other. */
  CLASSIFICATION_MISMATCH(CLIENT, false),
  /** No equivalent of the national marking is configured for the recipient's scheme. */
  NO_EQUIVALENT(POLICY, false),
  /** It comes with an obligation that the recipient's gateway does not know. */
  OBLIGATION_UNKNOWN(PEER, false),
  /** The recipient's gateway says that it does not fulfil an obligation that this comes with. */
  OBLIGATION_NOT_FULFILLED(PEER, false),
  /** Personal data that the agreement does not allow. */
  PERSONAL_DATA_REFUSED(POLICY, false),
  /** The agreement's condition evaluated to false. */
  CONDITION_FALSE(POLICY, false),
  /** The agreement's condition could not be evaluated. */
  CONDITION_FAILED(OPERATOR, false),
  /** It passes on what came in under terms that do not let it. */
  ONWARD_REFUSED(POLICY, false),
  /** It passes on what may go on with its originator's consent only. */
  CONSENT_REQUIRED(PEER, false),
  /** The agreement withholds fields, and this body cannot be given without them. */
  NOT_REDACTABLE(CLIENT, false),
  /** It has what the agreement withholds, or its label does not say what is withheld. */
  NOT_REDACTED(PEER, false),
  /** It names a roster of a joint operation that is not held here, or none of it is. */
  ROSTER_UNKNOWN(PEER, true),
  /** It names another roster than is held here under that number: somebody has two. */
  ROSTER_FORKED(PEER, false),
  /**
   * It goes by a roster of a joint operation that was replaced before it was made, or would, as far
   * as its lead knows since a restore.
   */
  ROSTER_STALE(CLIENT, true),
  /** The agency takes no such part in the joint operation. */
  OPERATION_ROLE(CLIENT, false),
  /** The joint operation is closed, or its time is over. */
  OPERATION_CLOSED(CLIENT, false),
  /** What it changes was not sent to this recipient. */
  REFERENCE_REFUSED(CLIENT, false),
  /** Its originator restricts the processing of the message; only the originator lifts that. */
  RESTRICTED(PEER, false),
  /** A rule of this node refuses it. */
  NODE_RULE(OPERATOR, false),
  /** The agreement asks who acts and why, and the draft or the call does not say. */
  PERSON_REQUIRED(CLIENT, false),
  /** Nobody asked for this answer: not this agency, not of that one, or not any more. */
  NOT_ASKED(CLIENT, false),
  /** The request has its answer; what changes it is an answer of message type UPDATE. */
  ALREADY_ANSWERED(CLIENT, false),
  /** The officer who published a message, or the client, cannot decide on it. */
  SECOND_PERSON_REQUIRED(CLIENT, false),
  /** A second person decided that the message must not go. */
  RELEASE_DENIED(CLIENT, false),
  /** No second person released the message in time. */
  RELEASE_TIMED_OUT(CLIENT, false),
  /** The agreement expired or was withdrawn while the message waited. */
  AGREEMENT_ENDED(POLICY, false),
  /** The originator recalled the message before it arrived. */
  RECALLED(NOBODY, false),
  /** The message was erased here, and nothing of it is kept again. */
  ERASED(NOBODY, false),
  /** Its key was lost before anybody retrieved the message; whoever sent it can send it again. */
  KEY_LOST(CLIENT, false),
  /** A legal hold keeps the message; whoever placed it can release it. */
  ON_LEGAL_HOLD(OPERATOR, false),
  /** The message was not delivered before its expiry. */
  EXPIRED(NOBODY, false),
  /** Nobody at the recipient opened the message in time; somebody may want to call there. */
  UNOPENED(PEER, false),
  /** The recipient's own policy refused it. */
  INGRESS_REFUSED(PEER, false),
  /** The peer is not a member of the federation, or not under this name. */
  UNKNOWN_PEER(PEER, false),
  /** Certificate and trust bundle disagree about who this is. */
  IDENTITY_MISMATCH(PEER, false),
  /** The peer speaks another version of the protocol. */
  PROTOCOL_VERSION(PEER, false),
  /** A frame or format could not be parsed. */
  MALFORMED(PEER, false),
  /** A signature does not verify. */
  BAD_SIGNATURE(PEER, false),
  /** The envelope cannot be opened; deliberately not said why. */
  CANNOT_OPEN(PEER, false),
  /** The stanza names a session or key that is not known here any more. */
  NEED_REWRAP(PEER, true),
  /** Header and contents disagree, such as origin, lane or exercise flag. */
  HEADER_MISMATCH(PEER, false),
  /** A sequence number came again with other content. */
  SEQUENCE_CONFLICT(PEER, false),
  /** The envelope has crossed too many transits, or this one twice. */
  ROUTING_LOOP(PEER, false),
  /** This gateway knows no way to the recipient, or does not carry for it. */
  NO_ROUTE(OPERATOR, true),
  /** The gateway is starting, stopping, behind its checkpoint or cannot write. */
  NOT_READY(OPERATOR, true),
  /** The disk is full or filling; nothing was stored. */
  STORAGE_FULL(OPERATOR, true),
  /** This gateway failed on the message again and again and set it aside; an operator decides. */
  QUARANTINED(OPERATOR, false),
  /** As many messages are set aside as may be; the origin keeps this one and sends it again. */
  QUARANTINE_FULL(OPERATOR, true),
  /** What was stored is damaged and does not open any more. */
  DAMAGED(OPERATOR, false),
  /** The recipient's gateway could not process it and its operator gave it up; send it again. */
  DISCARDED(CLIENT, false),
  /** Too much is waiting; slow down. */
  OVERLOADED(NOBODY, true),
  /** The caller holds as many of something as one caller may; the message names the limit. */
  LIMIT_REACHED(CLIENT, false),
  /** The client asks from a position that the ledger has not reached: it was set back. */
  CURSOR_AHEAD(CLIENT, false),
  /** A stream of its client holds the cursor that is to be forgotten. */
  CURSOR_OPEN(CLIENT, false),
  /** It does not follow from where the recordation or the case stands. */
  OUT_OF_ORDER(CLIENT, false),
  /** It comes after the deadline for it. */
  DEADLINE_PASSED(CLIENT, false),
  /** Somebody still has time; it can be asked again when that deadline is over. */
  DEADLINE_RUNS(CLIENT, true),
  /** A witness holds a later checkpoint of an audit log than the log has: it was set back. */
  AUDIT_LOG_BEHIND(OPERATOR, false),
  /** Two signed checkpoints of an audit log do not belong to one history. */
  AUDIT_LOG_FORKED(OPERATOR, false),
  /** A log asked for a cosignature and did not show that it continues what was cosigned last. */
  AUDIT_LOG_UNPROVEN(PEER, false),
  /** The trust bundle expired and its grace is over; no peer is accepted until the next one. */
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

  /** Who can mend it. */
  public WhoMustAct whoMustAct() {
    return whoMustAct;
  }

  /** Whether the same call can succeed later without a change. */
  public boolean retry() {
    return retry;
  }
}
