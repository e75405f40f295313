package org.entente.gateway.audit.record;

import java.util.Arrays;
import java.util.Optional;

/** What a record of the audit log speaks of. */
public enum AuditType {
  /** A client's messages were accepted and committed as one envelope. */
  ACCEPTED(1),
  /** A message or an envelope was refused, by policy or because it could not be verified. */
  REFUSED(2),
  /** Custody of another agency's envelope was taken in order to forward it. */
  RELAYED(3),
  /** A peer's envelope was received, checked and committed. */
  RECEIVED(4),
  /** A subscriber put a range of positions behind it, or was given it and did not acknowledge. */
  DELIVERED_RANGE(5),
  /** A person opened a message. */
  OPENED(6),
  /** A held message was released by a second person. */
  RELEASED(7),
  /** A message was recalled by its originator. */
  RECALLED(8),
  /** A key was destroyed and with it the content that it opened. */
  ERASED(9),
  /** An assigned number was withdrawn. */
  VOIDED(10),
  /** Another version of the agreements or node rules came into force. */
  POLICY_CHANGE(11),
  /** Another trust bundle came into force. */
  TRUST_CHANGE(12),
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
  /** A further log was begun, by a member or by this gateway, instead of one that ended. */
  LOG_OPENED(18),
  /** Another trust bundle of the version in force was met: somebody made two. */
  TRUST_CONFLICT(19),
  /** This gateway failed on a message again and again and set it aside. */
  QUARANTINED(20),
  /** Numbers that never came were settled, since their origin owes nothing for them any more. */
  SETTLED(21),
  /** An alarm stopped a lane of a link: its numbers and contents contradict each other. */
  LANE_STOPPED(22),
  /**
   * Content that was received was passed on: the message that came, then the one that carries it.
   */
  PASSED_ON(23),
  /** A person searched the received messages and was shown the labels of those named. */
  SEARCHED(24),
  /** The originator of messages was asked whether they may be passed on. */
  CONSENT_ASKED(25),
  /** The originator consented. */
  CONSENT_GRANTED(26),
  /** The originator did not consent. */
  CONSENT_DENIED(27),
  /** The originator took its consent back. */
  CONSENT_REVOKED(28),
  /** A recipient stated that it passed a message on under a consent. */
  CONSENT_USED(29),
  /** A message came that its sender passes on under its originator's consent. */
  CAME_UNDER_CONSENT(55),
  /** A client registered, changed or withdrew a system that answers requests. */
  RESPONDER(30),
  /** This gateway signed a roster of a joint operation. */
  ROSTER_SIGNED(45),
  /** A roster of a joint operation, signed by its lead, was taken. */
  ROSTER_TAKEN(46),
  /** Two rosters of one number were met, or a member goes by another than is held here. */
  ROSTER_CONFLICT(47),
  /** A recordation of an intellectual property right was made, granted, refused or revoked. */
  IPR_RECORDED(50),
  /** A case about goods that may infringe a right was opened, or the authority acted in it. */
  IPR_ACTED(51),
  /** A rights holder answered a notice. */
  IPR_ANSWERED(52),
  /** Particulars of a case were disclosed to the rights holder. */
  IPR_DISCLOSED(53),
  /** A recordation, a case or a notice was read. */
  IPR_READ(54),
  /** A client began to watch for identifiers, for an officer and a reason. */
  WATCH_ADDED(40),
  /** A watch ended: a person said so, or its time was over. */
  WATCH_ENDED(41),
  /** Received messages named what a watch is for. */
  WATCH_HIT(42),
  /** A person was shown hits of watches, with the labels of those named. */
  HITS_SHOWN(43),
  /** A message was taken in charge by a recipient, or given back: at it, and at the origin. */
  CHARGED(35),
  /** A message was updated, cancelled, rectified or restricted: it, then what changes it. */
  CHANGED(36),
  /** A client scored a received message: by which model, not how high. */
  SCORED(60),
  /** A person was shown scores, with the labels of the messages named. */
  SCORES_SHOWN(61);

  private final int number;

  AuditType(int number) {
    this.number = number;
  }

  /** The number that stands for it on disk. */
  public int number() {
    return number;
  }

  /** What a number stands for; empty for one that this release does not know. */
  static Optional<AuditType> of(int number) {
    return Arrays.stream(values()).filter(value -> value.number == number).findFirst();
  }
}
