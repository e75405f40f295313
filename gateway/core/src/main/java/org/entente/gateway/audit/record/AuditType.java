package org.entente.gateway.audit.record;

import java.util.Arrays;
import java.util.Optional;

/** Event that a record of the audit log describes. */
public enum AuditType {
  /** A client's messages were accepted and committed as one envelope. */
  ACCEPTED(1),
  /** A message or an envelope was refused, by policy or because it could not be verified. */
  REFUSED(2),
  /** The gateway took custody of another agency's envelope to forward it. */
  RELAYED(3),
  /** A peer's envelope was received, checked and committed. */
  RECEIVED(4),
  /** A subscriber acknowledged a range of positions, or received it without acknowledging. */
  DELIVERED_RANGE(5),
  /** A person opened a message. */
  OPENED(6),
  /** A held message was released by a second person. */
  RELEASED(7),
  /** A message was recalled by its originator. */
  RECALLED(8),
  /** A key was destroyed and with it access to the content. */
  ERASED(9),
  /** An assigned number was withdrawn. */
  VOIDED(10),
  /** Another version of the agreements or node rules came into force. */
  POLICY_CHANGE(11),
  /** Another trust bundle came into force. */
  TRUST_CHANGE(12),
  /** Another list of clients came into force: clients, their scopes or their certificates. */
  CLIENTS_CHANGE(62),
  /** An operator did something that changes the node, a peer or a queue. */
  OPERATOR_ACTION(13),
  /** The node began to serve. */
  NODE_START(14),
  /** The node stopped in order. */
  NODE_STOP(15),
  /** A client's message was committed to wait for a second person's release. */
  HELD(16),
  /** An audit log, a member's or this gateway's own, contradicted what a witness had cosigned. */
  LOG_CONFLICT(17),
  /** A member or this gateway began a new log to replace one that ended. */
  LOG_OPENED(18),
  /** A second, different trust bundle of the version in force was found. */
  TRUST_CONFLICT(19),
  /** This gateway failed on a message repeatedly and quarantined it. */
  QUARANTINED(20),
  /** Missing numbers were settled: their origin no longer owes envelopes for them. */
  SETTLED(21),
  /** An alarm stopped a lane of a link: its numbers and contents contradict each other. */
  LANE_STOPPED(22),
  /** Received content was passed on: the received message, then the one that carries it. */
  PASSED_ON(23),
  /** A person searched the received messages and saw the labels of the named ones. */
  SEARCHED(24),
  /** The gateway requested the originator's consent to pass messages on. */
  CONSENT_ASKED(25),
  /** The originator consented. */
  CONSENT_GRANTED(26),
  /** The originator did not consent. */
  CONSENT_DENIED(27),
  /** The originator revoked its consent. */
  CONSENT_REVOKED(28),
  /** A recipient stated that it passed a message on under a consent. */
  CONSENT_USED(29),
  /** A received message passes on content under its originator's consent. */
  CAME_UNDER_CONSENT(55),
  /** A client registered, changed or withdrew a system that answers requests. */
  RESPONDER(30),
  /** This gateway signed a roster of a joint operation. */
  ROSTER_SIGNED(45),
  /** This gateway accepted a roster of a joint operation, signed by its lead. */
  ROSTER_TAKEN(46),
  /** Two rosters have one number, or a member uses another roster than this gateway holds. */
  ROSTER_CONFLICT(47),
  /** A recordation of an intellectual property right was made, granted, refused or revoked. */
  IPR_RECORDED(50),
  /**
   * A case about goods suspected of infringing a right was opened, or the authority acted in it.
   */
  IPR_ACTED(51),
  /** A rights holder answered a notice. */
  IPR_ANSWERED(52),
  /** Particulars of a case were disclosed to the rights holder. */
  IPR_DISCLOSED(53),
  /** A recordation, a case or a notice was read. */
  IPR_READ(54),
  /** A client began to watch for identifiers, for an officer and a reason. */
  WATCH_ADDED(40),
  /** A watch ended: a person ended it, or it expired. */
  WATCH_ENDED(41),
  /** Received messages matched a watch. */
  WATCH_HIT(42),
  /** A person saw hits of watches, with the labels of the named messages. */
  HITS_SHOWN(43),
  /** A recipient took or returned an assignment of a message; recorded there and at the origin. */
  CHARGED(35),
  /**
   * A message was updated, cancelled, rectified or restricted: that message, then the one that
   * changes it.
   */
  CHANGED(36),
  /** A client scored a received message; names the model, not the score. */
  SCORED(60),
  /** A person saw scores, with the labels of the named messages. */
  SCORES_SHOWN(61),
  /** An attachment of the named message of another agency was fetched whole. */
  ATTACHMENT_FETCHED(63);

  private final int number;

  AuditType(int number) {
    this.number = number;
  }

  /** Its number on disk. */
  public int number() {
    return number;
  }

  /** The type with a number; empty for a number that this release does not know. */
  static Optional<AuditType> of(int number) {
    return Arrays.stream(values()).filter(value -> value.number == number).findFirst();
  }
}
