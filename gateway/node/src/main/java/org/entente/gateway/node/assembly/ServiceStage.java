package org.entente.gateway.node.assembly;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.config.OpenWithinConfig;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.deliver.CursorLimits;
import org.entente.gateway.deliver.DeliveryLeaves;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.deliver.UndeliverableMessages;
import org.entente.gateway.feature.Administration;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.MessagePath;
import org.entente.gateway.feature.OwnPairs;
import org.entente.gateway.intake.Intake;
import org.entente.gateway.intake.IntakeLimits;
import org.entente.gateway.intake.IntakeParts;
import org.entente.gateway.intake.MessageRecall;
import org.entente.gateway.intake.OpeningDeadlines;
import org.entente.gateway.intake.OutcomeKey;
import org.entente.gateway.intake.OutcomeSweep;
import org.entente.gateway.link.PeerLinks;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.node.files.PolicyQueryHandler;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.receive.KeptLabels;
import org.entente.gateway.retention.Retention;
import org.entente.gateway.rpc.ClientService;
import org.entente.gateway.rpc.PathServices;
import org.entente.gateway.rpc.server.KnownNames;
import org.entente.gateway.trace.MessageTracer;

/** The stage that serves clients: publishing, delivery and queries. */
final class ServiceStage {
  private static final byte[] DRAFTS = "entente/v1 draft".getBytes(StandardCharsets.US_ASCII);

  final Intake intake;
  final OutcomeSweep outcomeSweep;
  final Retention retention;
  final Subscriptions subscriptions;
  private final Foundation ground;
  final MessageRecall recalling;
  private final IntakeParts parts;
  private final Administration.QuarantineStages stages;

  ServiceStage(Foundation ground, OutgoingStage out, IncomingStage in, Features features) {
    this.ground = ground;
    NodeEnvironment around = ground.around;
    parts = intakeParts(ground, out, features);
    intake = intake(parts, out);
    outcomeSweep = new OutcomeSweep(ground.ledger, ground.ending, around.timers()::nanos);
    recalling = new MessageRecall(parts, intake, around.clock(), around.random());
    retention = retention(in);
    UndeliverableMessages undeliverable = undeliverable(in);
    subscriptions = subscriptions(undeliverable, in, features.tracer());
    in.reporter.listen(subscriptions, in.notices);
    stages =
        new Administration.QuarantineStages(in.reception.setAside(), undeliverable, out.unsendable);
  }

  private Intake intake(IntakeParts parts, OutgoingStage out) {
    NodeEnvironment around = ground.around;
    return new Intake(
        parts,
        out.outbound,
        around.clock(),
        around.random(),
        around.meters(),
        new IntakeLimits(ground.config.limitsInForce().waitingDrafts(), ground.clients),
        ground.disk.resting(around.executors().sealer(), around.timers()),
        around.timers());
  }

  private Retention retention(IncomingStage in) {
    return new Retention(
        ground.agency(),
        ground.ledger,
        new Retention.Keys(ground.storageKeys, in.retentionKeys),
        in.erasing,
        ground.labelCheck,
        ground.ending,
        ground.around.random());
  }

  private UndeliverableMessages undeliverable(IncomingStage in) {
    return new UndeliverableMessages(
        ground.agency(),
        ground.ledger,
        inboxOpening(),
        ground.evidence,
        ground.setting,
        ground.around.meters(),
        in.reporter::arrived);
  }

  private Subscriptions subscriptions(
      UndeliverableMessages undeliverable, IncomingStage in, MessageTracer tracer) {
    NodeEnvironment around = ground.around;
    return new Subscriptions(
        ground.ledger,
        inboxOpening(),
        undeliverable,
        ground.evidence,
        deliveryLeaves(),
        new Subscriptions.Environment(
            ground.ending,
            around.meters(),
            ground.desks::sight,
            label -> ground.policy.current().equivalent(label, ground.agency()),
            in.recalls::answer,
            tracer),
        new CursorLimits(
            ground.config.limitsInForce().perClientInForce().cursors(),
            ground.config.limitsInForce().perClientInForce().unacknowledged(),
            ground.config.limitsInForce().perClientInForce().deadLetters()));
  }

  private DeliveryLeaves deliveryLeaves() {
    NodeConfig.Limits limits = ground.config.limitsInForce();
    return new DeliveryLeaves(
        ground.agency(),
        Duration.ofSeconds(limits.deliveryLeafSeconds()),
        limits.deliveryLeafMessages());
  }

  private static IntakeParts intakeParts(Foundation ground, OutgoingStage out, Features features) {
    SecretBytes fingerprintKey = ground.keys.draftFingerprintKey();
    return new IntakeParts(
        ground.agency(),
        ground.ledger,
        out.dispatch,
        new IntakeParts.Rules(
            ground.labelCheck, ground.policy.holder()::current, features.draftHooks()),
        new IntakeParts.Records(
            ground.atRest,
            ground.evidence,
            OutcomeKey.Fingerprint.hmac(fingerprintKey, DRAFTS),
            ground.ending),
        openWithin(ground.config.openWithinInForce()),
        new IntakeParts.Sources(features.parts().records().received(), features.consents()));
  }

  private static OpeningDeadlines openWithin(OpenWithinConfig within) {
    return new OpeningDeadlines(
        Duration.ofMinutes(within.flashMinutes()),
        Duration.ofMinutes(within.immediateMinutes()),
        Duration.ofMinutes(within.priorityMinutes()),
        Duration.ofMinutes(within.routineMinutes()));
  }

  private InboxOpener inboxOpening() {
    return new InboxOpener(ground.storageKeys, ground.ledger.inbox());
  }

  /** The names that calls may use. */
  KnownNames names() {
    return new KnownNames(
        () -> ground.policy.current().membership(),
        ground.ledger.windows()::origins,
        ground.desks::names);
  }

  /**
   * The ends of a message's path, for features.
   *
   * @param attested what to do once erasures no longer wait for a former machine
   */
  MessagePath path(OutgoingStage out, PeerLinks links, OwnPairs pairs, Runnable attested) {
    return new MessagePath(
        intake,
        parts,
        subscriptions,
        new Administration(
            ground.setting,
            stages,
            out.routes.links(),
            links,
            pairs,
            new LedgerBackups(ground),
            new ClusterActions(ground, attested)));
  }

  /** The services that no feature offers. */
  List<ClientService> own() {
    return PathServices.of(
        (caller, drafts) -> intake.publish(caller.name(), drafts),
        (caller, request) -> intake.explaining().explain(caller.name(), request),
        recalling,
        retention,
        subscriptions,
        new PolicyQueryHandler(ground.policy, ground.around.clock()));
  }

  /** What features work with. */
  static GatewayParts featureParts(Foundation ground, OutgoingStage out) {
    NodeEnvironment around = ground.around;
    InboxOpener inbox = new InboxOpener(ground.storageKeys, ground.ledger.inbox());
    return new GatewayParts(
        new GatewayParts.Settings(ground.config, ground.directory::clients),
        new GatewayParts.Identity(
            new FederationName(ground.config.federation()),
            ground.agency(),
            ground.self.node(),
            out.sealing.gatewayKey),
        ground.ledger,
        new GatewayParts.Records(
            ground.atRest,
            ground.evidence,
            inbox,
            new KeptLabels(ground.ledger, inbox, ground.desks),
            ground.desks,
            new GatewayParts.AuditTrail(
                ground.audit.log(), ground.audit.opener(), ground.archive())),
        new GatewayParts.Rules(
            ground.labelCheck,
            ground.policy.holder()::current,
            out.sealing.peerKeys,
            out::pairsInForce,
            ground.trust::current),
        new GatewayParts.Outgoing(out.dispatch, out.outbound, out.routes),
        new GatewayParts.Environment(
            around.clock(),
            ground.ending,
            around.random(),
            around.workers(),
            around.machines().files(ground.ledger.term()),
            around.meters()));
  }
}
