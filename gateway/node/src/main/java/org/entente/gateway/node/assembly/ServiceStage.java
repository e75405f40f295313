package org.entente.gateway.node.assembly;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.entente.gateway.assignment.Assignments;
import org.entente.gateway.cap.CapConverter;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.HmacSha256;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.deliver.CursorLimits;
import org.entente.gateway.deliver.DeliveryLeaves;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.deliver.UndeliverableMessages;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.intake.DraftHooks;
import org.entente.gateway.intake.GatewayMessageSender;
import org.entente.gateway.intake.Intake;
import org.entente.gateway.intake.IntakeLimits;
import org.entente.gateway.intake.IntakeParts;
import org.entente.gateway.intake.MessageRecall;
import org.entente.gateway.intake.OpeningDeadlines;
import org.entente.gateway.intake.OutcomeSweep;
import org.entente.gateway.intake.ReleaseDecisions;
import org.entente.gateway.ipr.HolderDesk;
import org.entente.gateway.ipr.IprMonitor;
import org.entente.gateway.ipr.IprOffice;
import org.entente.gateway.ipr.IprParts;
import org.entente.gateway.ipr.IprRetention;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.node.files.PolicyQueryHandler;
import org.entente.gateway.node.keys.SigningPairRenewal;
import org.entente.gateway.operation.OperationDrafts;
import org.entente.gateway.operation.OperationLead;
import org.entente.gateway.operation.RosterConfirmation;
import org.entente.gateway.operation.RosterRecovery;
import org.entente.gateway.operator.Cursors;
import org.entente.gateway.operator.Links;
import org.entente.gateway.operator.Quarantine;
import org.entente.gateway.policy.decide.ConsentGrant;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.report.AuditExporter;
import org.entente.gateway.report.ChainView;
import org.entente.gateway.report.MessageProver;
import org.entente.gateway.report.MessageTracker;
import org.entente.gateway.report.OperationView;
import org.entente.gateway.report.OwnAssignments;
import org.entente.gateway.request.Discovery;
import org.entente.gateway.request.RequestDesk;
import org.entente.gateway.request.RequestList;
import org.entente.gateway.request.RequestReminders;
import org.entente.gateway.request.ResponderRegistry;
import org.entente.gateway.request.ResponseCorrelation;
import org.entente.gateway.request.ResponseDeadlines;
import org.entente.gateway.retention.Retention;
import org.entente.gateway.risk.ScoreBands;
import org.entente.gateway.risk.ScoreDesk;
import org.entente.gateway.risk.ScoreParts;
import org.entente.gateway.rpc.ClientPorts;
import org.entente.gateway.rpc.RequestPorts;
import org.entente.gateway.rpc.TaskingPorts;
import org.entente.gateway.rpc.server.KnownNames;
import org.entente.gateway.search.MessageSearch;
import org.entente.gateway.search.SearchIndex;
import org.entente.gateway.search.SearchParts;
import org.entente.gateway.watch.WatchParts;
import org.entente.gateway.watch.Watches;
import org.entente.proto.v1.CarriedConsent;

/** The stage that serves clients: publishing, delivery and queries. */
final class ServiceStage {
  private static final byte[] DRAFTS = "entente/v1 draft".getBytes(StandardCharsets.US_ASCII);

  final Intake intake;
  final OutcomeSweep outcomeSweep;
  final ReleaseDecisions releases;
  final Retention retention;
  final Subscriptions subscriptions;
  final Quarantine quarantine;
  final SearchIndex indexing;
  final IprRetention iprUpkeep;
  final Watches watches;
  private final ScoreDesk scores;

  private final MessageTracker tracking;
  private final Foundation ground;
  final MessageRecall recalling;
  private final OperationLead convening;
  final RosterRecovery rosterCare;
  private final ConsentWiring consent;
  private final Assignments charging;
  private final MessageSearch searching;
  private final RequestPorts requests;
  private final IprMonitor ipr;

  ServiceStage(Foundation ground, OutgoingStage out, IncomingStage in) {
    this.ground = ground;
    NodeEnvironment around = ground.around;
    IntakeParts parts = intakeParts(ground, out, in.consent);
    intake = intake(parts, out);
    outcomeSweep = new OutcomeSweep(ground.ledger, ground.ending, around.timers()::nanos);
    releases = new ReleaseDecisions(parts, intake, around.clock(), ground.ending, around.meters());
    recalling = new MessageRecall(parts, intake, around.clock(), around.random());
    GatewayMessageSender rosterSender = new GatewayMessageSender(parts, intake, "roster/");
    RosterConfirmation confirmation =
        new RosterConfirmation(ground.agency(), ground.ledger.evidence(), ground.evidence);
    convening = operationLead(parts, confirmation, rosterSender, out);
    rosterCare =
        new RosterRecovery(
            parts, ground.rosters, confirmation, rosterSender, around.clock(), around.random());
    consent = in.consent;
    charging = new Assignments(parts, intake, around.clock(), around.random());
    retention = retention(in);
    UndeliverableMessages undeliverable = undeliverable(in);
    subscriptions = subscriptions(undeliverable, in);
    tracking =
        new MessageTracker(
            ground.agency(), ground.ledger, ground.evidence, releases::find, around.workers());
    requests = requests(parts, in);
    in.reporter.listen(subscriptions, in.notices);
    indexing =
        new SearchIndex(
            ground.ledger,
            inboxOpening(),
            around.clock(),
            ground.config.limitsInForce().searchMessages());
    searching = messageSearch();
    ipr = new IprMonitor(ground.config);
    iprUpkeep = new IprRetention(iprParts(), ipr.settings(), ground.ending);
    watches = watches();
    scores = scoreDesk();
    quarantine =
        new Quarantine(
            ground.agency(),
            ground.ledger,
            ground.setting,
            ground.labelCheck,
            ground.ending,
            new Quarantine.Stages(in.reception.setAside(), undeliverable, out.unsendable));
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
        ground.disk.resting(around.sealer(), around.timers()),
        around.timers());
  }

  private OperationLead operationLead(
      IntakeParts parts,
      RosterConfirmation confirmation,
      GatewayMessageSender sender,
      OutgoingStage out) {
    NodeEnvironment around = ground.around;
    return new OperationLead(
        parts,
        ground.rosters,
        confirmation,
        sender,
        new OperationLead.Signer(
            new FederationName(ground.config.federation()),
            ground.self.node(),
            out.sealing.gatewayKey),
        around.clock(),
        around.random());
  }

  private Retention retention(IncomingStage in) {
    return new Retention(
        ground.agency(),
        ground.ledger,
        ground.storageKeys,
        in.retentionKeys,
        in.erasing,
        ground.labelCheck,
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

  private Subscriptions subscriptions(UndeliverableMessages undeliverable, IncomingStage in) {
    NodeEnvironment around = ground.around;
    return new Subscriptions(
        ground.ledger,
        inboxOpening(),
        undeliverable,
        ground.evidence,
        deliveryLeaves(),
        new Subscriptions.Environment(
            around.workers(),
            around.clock(),
            around.meters(),
            ground.desks::sight,
            label -> ground.policy.current().equivalent(label, ground.agency()),
            in.recalls::answer),
        new CursorLimits(
            ground.config.limitsInForce().perClientInForce().cursors(),
            ground.config.limitsInForce().perClientInForce().unacknowledged()));
  }

  private RequestPorts requests(IntakeParts parts, IncomingStage in) {
    NodeEnvironment around = ground.around;
    return new RequestPorts(
        new RequestDesk(
            new RequestList(
                ground.ledger, ground.evidence, in.consent.received::label, ground.desks),
            new ResponderRegistry(ground.agency(), ground.ledger, ground.labelCheck),
            new Discovery(
                ground.agency(),
                ground.advertised,
                ground.policy.holder()::current,
                around.clock())),
        new RequestReminders(parts, intake, around.clock(), around.random()),
        around.workers());
  }

  private MessageSearch messageSearch() {
    return new MessageSearch(
        new SearchParts(
            ground.agency(),
            ground.ledger,
            inboxOpening(),
            ground.evidence,
            ground.desks,
            ground.labelCheck,
            ground.around.meters()),
        indexing);
  }

  private Watches watches() {
    NodeEnvironment around = ground.around;
    return new Watches(
        new WatchParts(
            ground.agency(),
            ground.ledger,
            inboxOpening(),
            ground.atRest,
            ground.desks,
            ground.labelCheck,
            around.clock(),
            around.meters()),
        client -> isGranted(client, Scope.WATCH));
  }

  private ScoreDesk scoreDesk() {
    NodeEnvironment around = ground.around;
    return new ScoreDesk(
        new ScoreParts(
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
  }

  private DeliveryLeaves deliveryLeaves() {
    NodeConfig.Limits limits = ground.config.limitsInForce();
    return new DeliveryLeaves(
        ground.agency(),
        Duration.ofSeconds(limits.deliveryLeafSeconds()),
        limits.deliveryLeafMessages());
  }

  private static ScoreBands bands(NodeConfig.Risk risk) {
    return new ScoreBands(
        risk.bandsInForce().stream()
            .collect(Collectors.toMap(NodeConfig.Band::fromPerMille, NodeConfig.Band::name)));
  }

  private static IntakeParts intakeParts(
      Foundation ground, OutgoingStage out, ConsentWiring consent) {
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
        new IntakeParts.HoldLimits(
            ground.config.limitsInForce().heldMessages(),
            Duration.ofHours(ground.config.limitsInForce().heldHours()),
            ground.config.releaseInForce().allowsSameClient()),
        openWithin(ground.config.openWithinInForce()),
        consent.received,
        granted(consent),
        draftHooks(ground, consent));
  }

  /** What features do with drafts, in the order in which they may refuse. */
  private static DraftHooks draftHooks(Foundation ground, ConsentWiring consent) {
    NodeEnvironment around = ground.around;
    return new DraftHooks(
        List.of(
            new ResponseCorrelation(
                ground.ledger,
                ground.evidence,
                new ResponseDeadlines(ground.ledger.requests(), around.meters()),
                consent.received,
                (agency, name) -> ground.advertised.find(agency, name, around.clock().instant()),
                around.clock()),
            new OperationDrafts(
                ground.agency(), ground.rosters, ground.ledger.operations(), ground.atRest)));
  }

  private static IntakeParts.ConsentLookup granted(ConsentWiring consent) {
    return new IntakeParts.ConsentLookup() {
      @Override
      public List<ConsentGrant> about(MessageId id) {
        return consent.grants.of(id);
      }

      @Override
      public Optional<CarriedConsent> carried(MessageId id) {
        return consent.carrying.of(id);
      }
    };
  }

  private static OpeningDeadlines openWithin(NodeConfig.OpenWithin within) {
    return new OpeningDeadlines(
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

  /** The state of the intellectual property procedure, for gauges and readiness. */
  IprMonitor ipr() {
    return ipr;
  }

  /** Whether any client may search; otherwise no index is built. */
  boolean isSearched() {
    return ground.config.clients().stream()
        .anyMatch(client -> client.scopes().contains(Scope.SEARCH.toString()));
  }

  /** Whether any client may watch; only then are received messages matched against watches. */
  boolean isWatched() {
    return ground.config.clients().stream()
        .anyMatch(client -> client.scopes().contains(Scope.WATCH.toString()));
  }

  private boolean isGranted(String name, Scope scope) {
    return ground.config.clients().stream()
        .anyMatch(
            client -> client.name().equals(name) && client.scopes().contains(scope.toString()));
  }

  private InboxOpener inboxOpening() {
    return new InboxOpener(ground.storageKeys, ground.ledger.inbox());
  }

  private KnownNames names() {
    return new KnownNames(
        () -> ground.policy.current().membership(),
        ground.ledger.windows()::origins,
        ground.desks.names());
  }

  /** The operations offered to clients. */
  ClientPorts ports(SigningPairRenewal renewal, Links links, LedgerBackups.Copies copies) {
    return new ClientPorts(
        (caller, draft) -> intake.publish(caller.name(), draft),
        (caller, request) -> intake.explaining().explain(caller.name(), request),
        releases,
        recalling,
        consent.ports(),
        tasking(),
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
        cursors(),
        new LedgerBackups(ground, copies),
        ground.audit.log(),
        ground.audit.opener(),
        prover(),
        exporter(),
        convening,
        operationView(),
        new IprOffice(iprParts(), ipr.settings()),
        new HolderDesk(iprParts(), ipr.settings()),
        new CapConverter(searching),
        new PolicyQueryHandler(ground.policy, ground.around.clock()),
        names());
  }

  private MessageProver prover() {
    return new MessageProver(
        new MessageProver.Parts(
            ground.agency(),
            ground.archive(),
            ground.ledger,
            ground.evidence,
            ground.trust::current,
            ground.around.clock()));
  }

  private AuditExporter exporter() {
    return new AuditExporter(
        new AuditExporter.Parts(
            ground.agency(),
            ground.archive(),
            ground.ledger,
            ground.evidence,
            inboxOpening(),
            ground.atRest));
  }

  private OperationView operationView() {
    return new OperationView(
        new OperationView.Parts(
            ground.agency(),
            ground.ledger,
            ground.rosters,
            ground.atRest,
            inboxOpening(),
            ground.evidence,
            ground.desks,
            ground.labelCheck));
  }

  private Cursors cursors() {
    return new Cursors(
        ground.agency(),
        ground.ledger,
        ground.labelCheck,
        subscriptions,
        ground.config.clients().stream().map(NodeConfig.Client::name).collect(Collectors.toSet()));
  }

  private TaskingPorts tasking() {
    return new TaskingPorts(
        charging,
        ground.charges,
        ground.ledger.charges(),
        new OwnAssignments(ground.ledger, ground.charges, ground.desks),
        new ChainView(ground.agency(), ground.ledger, ground.evidence, ground.desks));
  }
}
