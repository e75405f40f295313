package org.entente.gateway.node.assembly;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.link.LaneAlarm;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Lane;
import org.entente.proto.store.v1.LinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds on links and lanes: operators' pauses, and alarms. Stored in the ledger, so that a restart
 * resumes nothing that a person has not. Safe for many threads.
 */
final class LinkHolds {
  private static final Logger LOG = LoggerFactory.getLogger(LinkHolds.class);

  private final AgencyName self;
  private final Ledger ledger;

  /** Creates the holds of a ledger. */
  LinkHolds(AgencyName self, Ledger ledger) {
    this.self = self;
    this.ledger = ledger;
  }

  /** When a link was paused; empty if it is not paused. */
  Optional<Instant> paused(AgencyName peer) {
    return Optional.ofNullable(ledger.links().paused(peer))
        .map(record -> Instant.ofEpochMilli(record.getSinceMs()));
  }

  /** The alarm that stopped a lane; empty if none did. */
  Optional<LaneAlarm> alarm(AgencyName peer, Lane lane) {
    return Optional.ofNullable(ledger.links().stopped(peer, lane)).map(LinkHolds::alarm);
  }

  private static LaneAlarm alarm(LinkRecord record) {
    return new LaneAlarm(code(record.getCode()), record.getText(), record.getBySender());
  }

  private static Code code(String name) {
    try {
      return Code.valueOf(name);
    } catch (IllegalArgumentException e) {
      // A code of a later release; the text gives the reason.
      return Code.SEQUENCE_CONFLICT;
    }
  }

  /**
   * Stores an alarm with its leaf. If a restart comes before it is durable, the conflict recurs and
   * raises it again.
   */
  void stopped(AgencyName peer, Lane lane, LaneAlarm alarm) {
    String text = InvalidValue.printable(alarm.text());
    ledger
        .write(
            Lane.FLASH,
            tx -> {
              ledger
                  .links()
                  .stop(
                      tx,
                      peer,
                      lane,
                      LinkRecord.newBuilder()
                          .setSinceMs(tx.nowMillis())
                          .setCode(alarm.code().name())
                          .setText(text)
                          .setBySender(alarm.bySender())
                          .build());
              tx.audit(
                  AuditRecord.of(
                          AuditType.LANE_STOPPED,
                          LawCategory.NONE,
                          Instant.ofEpochMilli(tx.nowMillis()),
                          AuditActor.gateway(self),
                          new AuditSubject(null, List.of(), List.of(peer), null))
                      .refused(alarm.code(), lane + ": " + text));
              return lane;
            })
        .exceptionally(
            failure -> {
              LOG.warn("cannot make the alarm of {} {} durable", peer, lane, failure);
              return lane;
            });
  }
}
