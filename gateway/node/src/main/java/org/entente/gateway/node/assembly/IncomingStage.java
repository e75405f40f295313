package org.entente.gateway.node.assembly;

import java.util.List;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.receive.EvidenceReturn;
import org.entente.gateway.receive.NoticeExchange;
import org.entente.gateway.receive.NoticeSigner;
import org.entente.gateway.receive.PeerReception;
import org.entente.gateway.receive.PolicyIngressCheck;
import org.entente.gateway.receive.PolicyTransitCheck;
import org.entente.gateway.receive.ReceiveParts;
import org.entente.gateway.receive.ReceivedHeaders;
import org.entente.gateway.receive.ReceptionHook;
import org.entente.gateway.retention.BucketSweep;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.retention.EvidenceSweep;
import org.entente.gateway.retention.MessageErasure;
import org.entente.gateway.retention.RecallReception;
import org.entente.gateway.retention.RecordExpiry;
import org.entente.gateway.retention.RetentionKeys;

/** The stage for incoming messages: reception, notices, and erasure. */
final class IncomingStage {
  final ReceptionReporter reporter;
  final RetentionKeys retentionKeys;
  final MessageErasure erasing;
  final RecallReception recalls;
  final BucketSweep sweep;
  final EvidenceSweep evidenceSweep;
  final RecordExpiry recordExpiry;
  final PeerReception reception;
  final NoticeExchange notices;
  final EvidenceReturn evidenceReturn;

  /**
   * Wires the stage.
   *
   * @param features what they do with messages of others, and which of their records expire
   * @param send sends a notice to a neighbour
   */
  IncomingStage(
      Foundation ground, OutgoingStage out, Features features, NoticeExchange.Sender send) {
    NodeEnvironment around = ground.around;
    reporter =
        new ReceptionReporter(around.meters(), around.clock(), ground.ledger::doAfterWritingHere);
    ErasureJournal erasures = ground.erasures();
    retentionKeys = ground.keys.retentionKeys();
    erasing =
        new MessageErasure(
            ground.agency(),
            ground.ledger,
            retentionKeys,
            erasures,
            ground.evidence,
            around.workers());
    recalls =
        new RecallReception(
            ground.agency(),
            ground.ledger,
            erasing,
            ground.evidence,
            ground.config.limitsInForce().waitingRecalls());
    recordExpiry =
        new RecordExpiry(
            ground.ledger, ground.ending, around.timers()::nanos, features.expiringTables());
    evidenceSweep = new EvidenceSweep(ground.ledger, ground.ending);
    sweep = new BucketSweep(ground.agency(), ground.ledger, ground.evidence, ground.ending);
    ReceiveParts parts = parts(ground, out, features.receptionHooks());
    reception = reception(ground, parts);
    notices = notices(ground, out, parts, send);
    ground.witness.speakThrough(notices);
    evidenceReturn =
        new EvidenceReturn(parts, ground.policy.holder()::current, out.outbound, around.random());
  }

  private PeerReception reception(Foundation ground, ReceiveParts parts) {
    NodeEnvironment around = ground.around;
    return new PeerReception(
        parts,
        ground.storageKeys,
        new PolicyIngressCheck(
            ground.agency(),
            ground.policy.holder(),
            ground.labelCheck,
            around.clock(),
            ground.ending,
            id -> ground.evidence.sent(ground.ledger.evidence(), id)),
        reporter,
        around.random(),
        ground.policy.exercises());
  }

  private NoticeExchange notices(
      Foundation ground, OutgoingStage out, ReceiveParts parts, NoticeExchange.Sender send) {
    return new NoticeExchange(
        new NoticeSigner(
            new FederationName(ground.config.federation()),
            ground.agency(),
            ground.self.node(),
            out.sealing.gatewayKey,
            () -> ground.trust.current().isTransit(ground.agency()),
            out.sealing::keyBundle,
            out.sealing::fulfilment),
        parts,
        out.settlement,
        new NoticeExchange.KnownStatements(
            out.sealing.peerKeys, out.sealing.peerFulfilments, out::followFulfilments),
        reporter,
        send,
        ground.witness);
  }

  private ReceiveParts parts(Foundation ground, OutgoingStage out, List<ReceptionHook> hooks) {
    NodeEnvironment around = ground.around;
    return new ReceiveParts(
        ground.agency(),
        ground.ledger,
        ground.evidence,
        new ReceiveParts.Transit(
            out.dispatch,
            out.routes,
            agency -> ground.trust.current().isMember(agency),
            agency -> ground.trust.current().isTransit(agency),
            new PolicyTransitCheck(
                ground.agency(), ground.policy.holder(), ground.config.limitsInForce())),
        new ReceiveParts.Opening(
            out.sealing.opener, out.sealing.recipientSessions, new ReceivedHeaders()),
        new ReceiveParts.Keeping(recalls, hooks, ground.setting, ground.desks),
        new ReceiveParts.Environment(
            around.clock(),
            ground.ending,
            ground.ending.keeping(),
            around.workers(),
            ground.agencies,
            around.meters()));
  }
}
