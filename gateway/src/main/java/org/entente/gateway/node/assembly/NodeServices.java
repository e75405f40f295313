package org.entente.gateway.node.assembly;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.entente.gateway.cap.NodeCap;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.HmacSha256;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.deliver.CursorLimits;
import org.entente.gateway.deliver.DeliveryLeaves;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.deliver.Undeliverable;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.intake.Charging;
import org.entente.gateway.intake.Convening;
import org.entente.gateway.intake.Intake;
import org.entente.gateway.intake.IntakeLimits;
import org.entente.gateway.intake.IntakeParts;
import org.entente.gateway.intake.OpenWithin;
import org.entente.gateway.intake.OutcomeSweep;
import org.entente.gateway.intake.Recalling;
import org.entente.gateway.intake.Releases;
import org.entente.gateway.intake.Reminding;
import org.entente.gateway.intake.RosterCare;
import org.entente.gateway.ipr.HolderDesk;
import org.entente.gateway.ipr.IprOffice;
import org.entente.gateway.ipr.IprParts;
import org.entente.gateway.ipr.IprUpkeep;
import org.entente.gateway.ipr.NodeIpr;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.node.files.NodePolicyQuestions;
import org.entente.gateway.operator.Cursors;
import org.entente.gateway.operator.Links;
import org.entente.gateway.operator.Quarantine;
import org.entente.gateway.policy.decide.Grant;
import org.entente.gateway.receive.InboxOpening;
import org.entente.gateway.report.ChainShowing;
import org.entente.gateway.report.Exporting;
import org.entente.gateway.report.OperationView;
import org.entente.gateway.report.OwnCharges;
import org.entente.gateway.report.Proving;
import org.entente.gateway.report.Tracking;
import org.entente.gateway.request.Discovery;
import org.entente.gateway.request.RequestDesk;
import org.entente.gateway.request.RequestList;
import org.entente.gateway.request.Responders;
import org.entente.gateway.retention.Retention;
import org.entente.gateway.risk.Bands;
import org.entente.gateway.risk.Scores;
import org.entente.gateway.rpc.ClientPorts;
import org.entente.gateway.rpc.RequestPorts;
import org.entente.gateway.rpc.TaskingPorts;
import org.entente.gateway.rpc.server.KnownNames;
import org.entente.gateway.search.Indexing;
import org.entente.gateway.search.Searching;
import org.entente.gateway.watch.Watches;
import org.entente.proto.v1.CarriedConsent;

/** The stage that serves clients: what they hand in, what they are given, what they may ask. */
final class NodeServices {
  private static final byte[] DRAFTS = "entente/v1 draft".getBytes(StandardCharsets.US_ASCII);

  final Intake intake;
  final OutcomeSweep outcomeSweep;
  final Releases releases;
  final Retention retention;
  final Subscriptions subscriptions;
  final Quarantine quarantine;
  final Indexing indexing;
  final IprUpkeep iprUpkeep;
  final Watches watches;
  private final Scores scores;

  private final Tracking tracking;
  private final NodeGround ground;
  private final Recalling recalling;
  private final Convening convening;
  final RosterCare rosterCare;
  private final NodeConsent consent;
  private final Charging charging;
  private final Searching searching;
  private final RequestPorts requests;
  private final NodeIpr ipr;

  NodeServices(NodeGround ground, NodeOutgoing out, NodeIncoming in) {
    this.ground = ground;
    NodeCore.Surroundings around = ground.around;
    IntakeParts parts = intakeParts(ground, out, in.consent);
    intake =
        new Intake(
            parts,
            out.outbound,
            around.clock(),
            around.random(),
            around.meters(),
            intakeLimits(ground.config.limitsInForce()),
            ground.disk.resting(around.sealer(), around.timers()),
            around.timers());
    outcomeSweep = new OutcomeSweep(ground.ledger, ground.ending, around.timers()::nanos);
    releases = new Releases(parts, intake, around.clock(), ground.ending, around.meters());
    recalling = new Recalling(parts, intake, around.clock(), around.random());
    convening =
        new Convening(
            parts,
            intake,
            new Convening.Signer(
                new FederationName(ground.config.federation()),
                ground.self.node(),
                out.sealing.gatewayKey),
            around.clock(),
            around.random());
    rosterCare = new RosterCare(parts, intake, around.clock(), around.random());
    consent = in.consent;
    charging = new Charging(parts, intake, around.clock(), around.random());
    retention =
        new Retention(
            ground.agency(),
            ground.ledger,
            ground.storageKeys,
            in.retentionKeys,
            in.erasing,
            ground.labelCheck,
            around.random());
    Undeliverable undeliverable =
        new Undeliverable(
            ground.agency(),
            ground.ledger,
            inboxOpening(),
            ground.evidence,
            ground.setting,
            around.meters(),
            in.reporter::arrived);
    subscriptions =
        new Subscriptions(
            ground.ledger,
            inboxOpening(),
            undeliverable,
            ground.evidence,
            deliveryLeaves(),
            new Subscriptions.Around(
                around.workers(),
                around.clock(),
                around.meters(),
                ground.desks::sight,
                label -> ground.policy.current().equivalent(label, ground.agency()),
                in.recalls::answer),
            new CursorLimits(
                ground.config.limitsInForce().perClientInForce().cursors(),
                ground.config.limitsInForce().perClientInForce().unacknowledged()));
    tracking =
        new Tracking(
            ground.agency(), ground.ledger, ground.evidence, releases::find, around.workers());
    requests =
        new RequestPorts(
            new RequestDesk(
                new RequestList(
                    ground.ledger, ground.evidence, in.consent.received::label, ground.desks),
                new Responders(ground.agency(), ground.ledger, ground.labelCheck),
                new Discovery(
                    ground.agency(),
                    ground.advertised,
                    ground.policy.holder()::current,
                    around.clock())),
            new Reminding(parts, intake, around.clock(), around.random()),
            around.workers());
    in.reporter.listen(subscriptions, in.notices);
    indexing =
        new Indexing(
            ground.ledger,
            inboxOpening(),
            around.clock(),
            ground.config.limitsInForce().searchMessages());
    searching =
        new Searching(
            new Searching.Parts(
                ground.agency(),
                ground.ledger,
                inboxOpening(),
                ground.evidence,
                ground.desks,
                ground.labelCheck,
                around.meters()),
            indexing);
    ipr = new NodeIpr(ground.config);
    iprUpkeep = new IprUpkeep(iprParts(), ipr.settings(), ground.ending);
    watches =
        new Watches(
            new Watches.Parts(
                ground.agency(),
                ground.ledger,
                inboxOpening(),
                ground.atRest,
                ground.desks,
                ground.labelCheck,
                around.clock(),
                around.meters()),
            client -> isGranted(client, Scope.WATCH));
    scores =
        new Scores(
            new Scores.Parts(
                ground.agency(),
                ground.ledger,
                inboxOpening(),
                ground.desks,
                ground.labelCheck,
                () -> ground.policy.current().rulebook().codes().indicators(),
                bands(ground.config.riskInForce()),
                around.random(),
                around.meters(),
                around.workers()));
    quarantine =
        new Quarantine(
            ground.agency(),
            ground.ledger,
            ground.setting,
            ground.labelCheck,
            ground.ending,
            new Quarantine.Stages(in.reception.setAside(), undeliverable, out.unsendable));
  }

  private DeliveryLeaves deliveryLeaves() {
    NodeConfig.Limits limits = ground.config.limitsInForce();
    return new DeliveryLeaves(
        ground.agency(),
        Duration.ofSeconds(limits.deliveryLeafSeconds()),
        limits.deliveryLeafMessages());
  }

  private static Bands bands(NodeConfig.Risk risk) {
    return new Bands(
        risk.bandsInForce().stream()
            .collect(Collectors.toMap(NodeConfig.Band::fromPerMille, NodeConfig.Band::name)));
  }

  private static IntakeLimits intakeLimits(NodeConfig.Limits limits) {
    NodeConfig.PerClient each = limits.perClientInForce();
    return new IntakeLimits(
        limits.waitingDrafts(),
        limits.waitingDraftBytes(),
        each.waitingDrafts(),
        each.waitingDraftBytes());
  }

  private static IntakeParts intakeParts(NodeGround ground, NodeOutgoing out, NodeConsent consent) {
    SecretBytes fingerprintKey = ground.keys.draftFingerprintKey();
    return new IntakeParts(
        ground.agency(),
        ground.ledger,
        out.dispatch,
        ground.labelCheck,
        ground.policy.holder()::current,
        ground.atRest,
        ground.evidence,
        draft -> fingerprintKey.use(key -> HmacSha256.mac(key, DRAFTS, draft)),
        new IntakeParts.Holding(
            ground.config.limitsInForce().heldMessages(),
            Duration.ofHours(ground.config.limitsInForce().heldHours()),
            ground.config.releaseInForce().allowsSameClient()),
        openWithin(ground.config.openWithinInForce()),
        consent.received,
        granted(consent),
        ground.rosters,
        (agency, name) -> ground.advertised.find(agency, name, ground.around.clock().instant()));
  }

  private static IntakeParts.Granted granted(NodeConsent consent) {
    return new IntakeParts.Granted() {
      @Override
      public List<Grant> about(MessageId id) {
        return consent.grants.of(id);
      }

      @Override
      public Optional<CarriedConsent> carried(MessageId id) {
        return consent.carrying.of(id);
      }
    };
  }

  private static OpenWithin openWithin(NodeConfig.OpenWithin within) {
    return new OpenWithin(
        Duration.ofMinutes(within.flashMinutes()),
        Duration.ofMinutes(within.immediateMinutes()),
        Duration.ofMinutes(within.priorityMinutes()),
        Duration.ofMinutes(within.routineMinutes()));
  }

  private IprParts iprParts() {
    return new IprParts(
        ground.agency(),
        ground.ledger,
        ground.atRest,
        ground.labelCheck,
        ground.around.clock(),
        ground.around.random());
  }

  /** The procedure for intellectual property rights, as gauges and readiness tell of it. */
  NodeIpr ipr() {
    return ipr;
  }

  /** Whether a client may search; an index that nobody uses is not made. */
  boolean isSearched() {
    return ground.config.clients().stream()
        .anyMatch(client -> client.scopes().contains(Scope.SEARCH.toString()));
  }

  /** Whether a client may watch; then what is received is held against the watches. */
  boolean isWatched() {
    return ground.config.clients().stream()
        .anyMatch(client -> client.scopes().contains(Scope.WATCH.toString()));
  }

  private boolean isGranted(String name, Scope scope) {
    return ground.config.clients().stream()
        .anyMatch(
            client -> client.name().equals(name) && client.scopes().contains(scope.toString()));
  }

  private InboxOpening inboxOpening() {
    return new InboxOpening(ground.storageKeys, ground.ledger.inbox());
  }

  private KnownNames names() {
    return new KnownNames(
        () -> ground.policy.current().membership(),
        ground.ledger.windows()::origins,
        ground.desks.names());
  }

  /** What clients may ask for. */
  ClientPorts ports(NodeRenewal renewal, Links links, NodeBackups.Copies copies) {
    return new ClientPorts(
        (caller, draft) -> intake.publish(caller.name(), draft),
        (caller, request) -> intake.explaining().explain(caller.name(), request),
        releases,
        recalling,
        consent.ports(),
        new TaskingPorts(
            charging,
            ground.charges,
            ground.ledger.charges(),
            new OwnCharges(ground.ledger, ground.charges, ground.desks),
            new ChainShowing(ground.agency(), ground.ledger, ground.evidence, ground.desks)),
        retention,
        subscriptions,
        searching,
        watches,
        scores,
        tracking,
        requests,
        renewal,
        quarantine,
        links,
        new Cursors(
            ground.agency(),
            ground.ledger,
            ground.labelCheck,
            subscriptions,
            ground.config.clients().stream()
                .map(NodeConfig.Client::name)
                .collect(Collectors.toSet())),
        new NodeBackups(ground, copies),
        ground.audit.log(),
        ground.audit.opener(),
        new Proving(
            new Proving.Parts(
                ground.agency(),
                ground.archive(),
                ground.ledger,
                ground.evidence,
                ground.trust::current,
                ground.around.clock())),
        new Exporting(
            new Exporting.Parts(
                ground.agency(),
                ground.archive(),
                ground.ledger,
                ground.evidence,
                inboxOpening(),
                ground.atRest)),
        convening,
        new OperationView(
            new OperationView.Parts(
                ground.agency(),
                ground.ledger,
                ground.rosters,
                ground.atRest,
                inboxOpening(),
                ground.evidence,
                ground.desks,
                ground.labelCheck)),
        new IprOffice(iprParts(), ipr.settings()),
        new HolderDesk(iprParts(), ipr.settings()),
        new NodeCap(searching),
        new NodePolicyQuestions(ground.policy, ground.around.clock()),
        names());
  }
}
