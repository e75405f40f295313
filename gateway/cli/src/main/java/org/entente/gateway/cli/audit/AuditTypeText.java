package org.entente.gateway.cli.audit;

import java.util.EnumMap;
import java.util.Map;
import org.entente.gateway.audit.record.AuditType;

/** What a record says was done, in words for people who do not operate gateways. */
final class AuditTypeText {
  private static final Map<AuditType, String> WORDS = new EnumMap<>(AuditType.class);

  static {
    WORDS.put(AuditType.ACCEPTED, "Messages were accepted from a client and sent");
    WORDS.put(AuditType.REFUSED, "A message was refused");
    WORDS.put(AuditType.RELAYED, "Another agency's messages were taken to be forwarded");
    WORDS.put(AuditType.RECEIVED, "Messages were received");
    WORDS.put(AuditType.DELIVERED_RANGE, "Messages were handed to a subscriber");
    WORDS.put(AuditType.OPENED, "A person opened a message");
    WORDS.put(AuditType.RELEASED, "A second person released a held message");
    WORDS.put(AuditType.RECALLED, "A message was recalled");
    WORDS.put(AuditType.ERASED, "A message was erased");
    WORDS.put(AuditType.VOIDED, "A number was withdrawn");
    WORDS.put(AuditType.POLICY_CHANGE, "Other agreements or rules came into force");
    WORDS.put(AuditType.TRUST_CHANGE, "Another list of members came into force");
    WORDS.put(AuditType.OPERATOR_ACTION, "An operator acted on the gateway");
    WORDS.put(AuditType.NODE_START, "The gateway began to serve");
    WORDS.put(AuditType.NODE_STOP, "The gateway stopped");
    WORDS.put(AuditType.HELD, "A message was held for a second person");
    WORDS.put(AuditType.LOG_CONFLICT, "A log contradicted what a witness had signed");
    WORDS.put(AuditType.LOG_OPENED, "A new log began");
    WORDS.put(AuditType.TRUST_CONFLICT, "Two lists of members of one version were found");
    WORDS.put(AuditType.QUARANTINED, "A message could not be processed and was set apart");
    WORDS.put(AuditType.SETTLED, "Missing numbers were settled");
    WORDS.put(AuditType.LANE_STOPPED, "An alarm stopped a link");
    WORDS.put(AuditType.PASSED_ON, "Received content was passed on");
    WORDS.put(AuditType.SEARCHED, "A person searched messages");
    WORDS.put(AuditType.CONSENT_ASKED, "Consent to pass on was requested");
    WORDS.put(AuditType.CONSENT_GRANTED, "Consent to pass on was granted");
    WORDS.put(AuditType.CONSENT_DENIED, "Consent to pass on was denied");
    WORDS.put(AuditType.CONSENT_REVOKED, "Consent to pass on was revoked");
    WORDS.put(AuditType.CONSENT_USED, "A recipient passed a message on under consent");
    WORDS.put(AuditType.CAME_UNDER_CONSENT, "A message came that passes content on under consent");
    WORDS.put(AuditType.RESPONDER, "A system that answers requests was registered or withdrawn");
    WORDS.put(AuditType.ROSTER_SIGNED, "The members of a joint operation were signed");
    WORDS.put(AuditType.ROSTER_TAKEN, "The members of a joint operation were accepted");
    WORDS.put(AuditType.ROSTER_CONFLICT, "Two lists of members of a joint operation conflict");
    WORDS.put(AuditType.IPR_RECORDED, "A right was recorded, granted, refused or revoked");
    WORDS.put(AuditType.IPR_ACTED, "The authority acted in a case about goods");
    WORDS.put(AuditType.IPR_ANSWERED, "A rights holder answered a notice");
    WORDS.put(AuditType.IPR_DISCLOSED, "Particulars of a case were disclosed to a rights holder");
    WORDS.put(AuditType.IPR_READ, "A right, a case or a notice was read");
    WORDS.put(AuditType.WATCH_ADDED, "A watch for identifiers began");
    WORDS.put(AuditType.WATCH_ENDED, "A watch for identifiers ended");
    WORDS.put(AuditType.WATCH_HIT, "Received messages matched a watch");
    WORDS.put(AuditType.HITS_SHOWN, "A person saw hits of watches");
    WORDS.put(AuditType.CHARGED, "An officer took a message in charge or gave it back");
    WORDS.put(AuditType.CHANGED, "A message was updated, cancelled, rectified or restricted");
    WORDS.put(AuditType.SCORED, "A received message was scored");
    WORDS.put(AuditType.CLIENTS_CHANGE, "The clients of the gateway, or what they may do, changed");
    WORDS.put(AuditType.SCORES_SHOWN, "A person saw scores");
    WORDS.put(AuditType.ATTACHMENT_FETCHED, "A file of a received message was fetched whole");
  }

  private AuditTypeText() {}

  /** One sentence without its full stop. */
  static String of(AuditType type) {
    String words = WORDS.get(type);
    if (words == null) {
      throw new IllegalStateException("no words for " + type);
    }
    return words;
  }
}
