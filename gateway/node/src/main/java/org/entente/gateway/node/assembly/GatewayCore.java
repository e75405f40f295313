package org.entente.gateway.node.assembly;

import io.grpc.ServerInterceptors;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.entente.gateway.account.AccountMeters;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.feature.AuditExports;
import org.entente.gateway.feature.Feature;
import org.entente.gateway.feature.operator.Links;
import org.entente.gateway.intake.Intake;
import org.entente.gateway.intake.MessageRecall;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.link.LinkSettings;
import org.entente.gateway.link.PeerLinks;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.node.console.ConsoleNode.Destination;
import org.entente.gateway.node.console.ConsoleNode.Destination.Standing;
import org.entente.gateway.node.disk.DiskGuard;
import org.entente.gateway.node.files.ClientDirectory;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.node.files.TrustBundleMaintenance;
import org.entente.gateway.node.keys.SigningPairRenewal;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.receive.NoticeAdmission;
import org.entente.gateway.rpc.ClientService;
import org.entente.gateway.rpc.OfferedServices;
import org.entente.gateway.rpc.server.CurrentAnswers;
import org.entente.gateway.store.Store;
import org.entente.gateway.trace.MessageTracer;
import org.entente.gateway.transmit.OutboxMaintenance;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustStore;
import org.entente.gateway.trust.gossip.FreshnessBoard;
import org.entente.proto.link.v1.Notice;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.PairState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node without its sockets, threads and ledger disk: the common core of a running node ({@link
 * Gateway}) and the simulator. Wired in stages, in the order of a message's life: {@link
 * Foundation}, {@link OutgoingStage}, {@link IncomingStage}, {@link ServiceStage}, and the links
 * around them. {@link #start} starts it, {@link #chores} schedules its periodic tasks.
 */
public final class GatewayCore {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayCore.class);

  private final Foundation ground;
  private final OutgoingStage outgoing;
  private final Features features;
  private final IncomingStage incoming;
  private final ServiceStage services;
  private final KeyMaintenance keyCare;
  private final SigningPairRenewal renewal;
  private final TrustBundleMaintenance trustCare;
  private final OutboxMaintenance upkeep;
  private final PeerLinks links;

  /** Takes what has to be done regularly. */
  public interface Schedule {
    /** A task that may fail; it is tried again at its next time. */
    interface Chore {
      /** Does what is due. */
      void run() throws Exception;
    }

    /** Runs a task repeatedly, this long after its previous end. */
    void every(Duration period, String what, Chore chore);
  }

  /**
   * Builds a node over a store, not started yet.
   *
   * @param running a monotonic time to compare the clock with
   */
  GatewayCore(
      ConfiguredFiles files, NodeStorage storage, NodeEnvironment around, LongSupplier running) {
    this(files, storage, around, running, Features.all());
  }

  /** The same with these features alone. */
  GatewayCore(
      ConfiguredFiles files,
      NodeStorage storage,
      NodeEnvironment around,
      LongSupplier running,
      List<Feature> chosen) {
    ground = new Foundation(files, storage, around, running);
    outgoing = new OutgoingStage(ground, running, this::wake, this::carries, this::tracer);
    features = new Features(ServiceStage.featureParts(ground, outgoing), chosen);
    incoming = new IncomingStage(ground, outgoing, features, this::sendNotice);
    services = new ServiceStage(ground, outgoing, incoming, features);
    trustCare = trustCare();
    keyCare = keyCare();
    renewal = renewal();
    upkeep =
        new OutboxMaintenance(
            ground.ledger,
            outgoing.settlement,
            outgoing.waiting,
            ground::otherMembers,
            outgoing::sendable,
            incoming.notices,
            new OutboxMaintenance.Clocks(around.clock(), ground.ending));
    links = peerLinks();
    GatewayGauges.register(ground, outgoing, incoming, services, links);
    features.built(services.path(outgoing, links, renewal, incoming.erasing::retry));
    meterAccounts();
    trustCare.speakThrough(links::send, incoming.notices::neighbourUp);
    ground.trust.onChange((old, next) -> around.workers().execute(() -> trustChanged(next)));
  }

  private void meterAccounts() {
    AccountMeters.register(
        ground.around.meters(),
        List.of(
            new AccountMeters.Port(
                "peer",
                ground.agencies,
                name -> ground.trust.current().isMember(new AgencyName(name))),
            new AccountMeters.Port("client", ground.clients, features.parts()::isClient)));
  }

  private TrustBundleMaintenance trustCare() {
    NodeEnvironment around = ground.around;
    return new TrustBundleMaintenance(
        ground.agency(),
        ground.trust,
        ground.ledger,
        ground.config.audit(),
        around.clock(),
        around.meters(),
        outgoing.sealing::pair,
        new FreshnessBoard(ground.config.witnessesInForce().quorum()));
  }

  private KeyMaintenance keyCare() {
    return new KeyMaintenance(
        ground.agency(),
        ground.ledger,
        ground.keys,
        outgoing.sealing,
        ground.audit.signer(),
        ground.witness,
        incoming.notices,
        ground.ending,
        outgoing::followFulfilments);
  }

  private PeerLinks peerLinks() {
    NodeEnvironment around = ground.around;
    return new PeerLinks(
        ground.self,
        new LinkPortAdapter(
            ground,
            outgoing,
            incoming,
            new NoticeAdmission(
                ground.agency(),
                agency -> ground.trust.current().isTransit(agency),
                agency -> ground.trust.current().isMember(agency),
                ground.config.limitsInForce().perAgencyInForce().notices(),
                agency -> ground.agencies.of(agency.value()),
                around.timers()::nanos),
            trustCare,
            new LinkHolds(ground.agency(), ground.ledger),
            features.attachments()),
        LinkSettings.defaults(),
        around.timers(),
        around.workers(),
        around.clock(),
        around.random());
  }

  private SigningPairRenewal renewal() {
    return new SigningPairRenewal(
        ground.agency(),
        ground.trust::current,
        ground.ledger,
        ground.labelCheck,
        ground.around.clock(),
        SigningPairRenewal.Use.agency(
            ground.agencyPairs.held(), ground.agencyPairs.first(), keyCare::signWith),
        SigningPairRenewal.Use.audit(
            ground.auditPairs.held(), ground.auditPairs.first(), keyCare::signLogWith),
        ground.policy::current);
  }

  /**
   * Builds the node that a configuration file describes, not started yet.
   *
   * @param stores opens the ledger's store, which is closed with the node
   * @throws StartProblem naming the file and what is missing or wrong in it
   */
  public static GatewayCore open(Path file, Supplier<Store> stores, NodeEnvironment around) {
    ConfiguredFiles files = ConfiguredFiles.read(file, around.clock());
    try {
      return new GatewayCore(files, stores::get, around, around.timers()::nanos);
    } catch (RuntimeException e) {
      files.letGo();
      throw e;
    }
  }

  /** Starts work: finishes what a crash interrupted, then seals, commits and looks for mail. */
  public void start() {
    ground.ledger.start();
    ground.correctTimeOfRestore();
    ground.nameMachines();
    ground.witness.recall();
    keyCare.vouch();
    int erasedAgain =
        incoming.erasing.replay(LocalDate.ofInstant(ground.ending.instant(), ZoneOffset.UTC));
    if (erasedAgain > 0) {
      LOG.warn(
          "erased {} messages of a restored ledger again, as they had been erased before",
          erasedAgain);
    }
    int unreadable = incoming.sweep.removeUnreadable(ground.keys::lacksBucket);
    if (unreadable > 0) {
      LOG.error(
          "the keys of {} received messages are lost; the origins of those not yet retrieved are"
              + " informed",
          unreadable);
    }
    services.retention.tidy();
    ground.disk.look(links::withhold);
    outgoing.renumberOldEpochs();
    services.intake.start();
    lookForMail();
    ground.audit.recordStart(ground.ledger, ground.agency(), ground.policy.current().version());
    ground.directory.begin().ifPresent(change -> ground.record(AuditType.CLIENTS_CHANGE, change));
  }

  /** What fails here is tried again by the periodic task, so it keeps no gateway from its start. */
  private void lookForMail() {
    try {
      upkeep.round();
    } catch (RuntimeException e) {
      LOG.error("outbox upkeep failed at the start; it is tried again", e);
    }
  }

  /** Schedules the periodic tasks. */
  public void chores(Schedule schedule) {
    schedule.every(Duration.ofMillis(100), "watermark statements", incoming.reporter::tick);
    schedule.every(Duration.ofMillis(100), "evidence", incoming.evidenceReturn::tick);
    schedule.every(DiskGuard.EVERY, "disk", () -> ground.disk.look(links::withhold));
    schedule.every(DiskGuard.RECLAIM_EVERY, "disk space reclaim", ground.disk::reclaim);
    schedule.every(Duration.ofSeconds(1), "unopened messages", this::lookForEvidence);
    schedule.every(
        Duration.ofSeconds(1),
        "content in memory",
        () -> ground.ledger.inbox().expire(ground.around.clock().millis()));
    schedule.every(
        Duration.ofSeconds(5), "gaps", () -> outgoing.gaps.round(incoming.reporter::reportTo));
    schedule.every(
        Duration.ofSeconds(1), "audit leaves of deliveries", services.subscriptions::round);
    schedule.every(Duration.ofMillis(500), "outbox upkeep", upkeep::round);
    schedule.every(Duration.ofSeconds(1), "checkpoint", ground::signCheckpoint);
    schedule.every(Duration.ofMillis(500), "witnesses", ground.witness.witnessing()::round);
    schedule.every(Duration.ofSeconds(1), "witnesses' checkpoints", ground.witness::gossip);
    schedule.every(Duration.ofSeconds(2), "trust bundle", trustCare::reload);
    schedule.every(Duration.ofSeconds(1), "trust exchange with neighbours", trustCare::round);
    schedule.every(Duration.ofSeconds(2), "agreements", this::reloadPolicy);
    schedule.every(Duration.ofSeconds(2), "clients", this::reloadClients);
    schedule.every(Duration.ofMinutes(1), "keystore", ground.keys::mend);
    schedule.every(Duration.ofMinutes(1), "recipient keys", keyCare::renewRecipientKeys);
    schedule.every(Duration.ofMinutes(1), "signing pairs", () -> keyCare.followPairs(renewal));
    schedule.every(Duration.ofMinutes(1), "erasures that have begun", incoming.erasing::retry);
    schedule.every(Duration.ofSeconds(1), "pages with erased messages", this::rewritePages);
    schedule.every(Duration.ofSeconds(1), "expired outcomes", services.outcomeSweep::round);
    schedule.every(Duration.ofHours(1), "expiry", this::expire);
    schedule.every(Duration.ofSeconds(1), "records that are over", incoming.recordExpiry::round);
    schedule.every(Duration.ofHours(12), "outbox keys", keyCare::destroyOutboxKeys);
    schedule.every(Duration.ofMinutes(10), "keys ahead", keyCare::makeKeysAhead);
    features.tasks().forEach(task -> schedule.every(task.period(), task.what(), task.task()::run));
  }

  private void lookForEvidence() {
    outgoing.awaiting.round();
    outgoing.awaiting.ask(incoming.notices);
  }

  private void rewritePages() {
    incoming.erasing.rewritePages((long) ground.config.diskInForce().rewriteKibPerSecond() << 10);
  }

  private void reloadPolicy() {
    ground
        .policy
        .reload()
        .ifPresent(
            version ->
                ground.record(AuditType.POLICY_CHANGE, "policy " + version + " is in force"));
  }

  private void reloadClients() {
    ground.directory.reload().ifPresent(change -> ground.record(AuditType.CLIENTS_CHANGE, change));
  }

  private void trustChanged(TrustBundle next) {
    followTrust();
    ground.record(AuditType.TRUST_CHANGE, "trust bundle version " + next.version());
  }

  /**
   * Applies the bundle in force, not the one that caused the call, as bundles can change in quick
   * succession.
   */
  private synchronized void followTrust() {
    TrustBundle bundle = ground.trust.current();
    ground.policy.follow(bundle);
    for (AgencyName peer : outgoing.routes.links()) {
      if (!bundle.isMember(peer)) {
        links.closePeer(peer);
      }
    }
    keyCare.followPairs(renewal);
  }

  /** Conditions that need an operator's attention although the node works. */
  List<String> warnings() {
    List<String> warnings = new ArrayList<>(trustCare.warnings());
    warnings.addAll(ground.policy.warnings());
    warnings.addAll(ground.directory.warnings());
    warnings.addAll(ground.witness.warnings());
    warnings.addAll(ground.disk.warnings());
    warnings.addAll(GatewayGauges.unreadable(ground.ledger.unreadable()));
    ground
        .ledger
        .chains()
        .redeliveriesWaitSince()
        .ifPresent(
            since ->
                warnings.add(
                    "ledger: subscribers have waited since %s for messages that are to be"
                            .formatted(since)
                        + " redelivered; the log says what failed"));
    warnings.addAll(incoming.erasing.warnings());
    warnings.addAll(ground.warningsOfMachines());
    warnings.addAll(services.retention.warnings());
    warnings.addAll(features.warnings());
    ground.ending.doubt().ifPresent(warnings::add);
    ground.unprovable().ifPresent(warnings::add);
    return warnings;
  }

  /** In this order, as features prolong what is under a key that ends. */
  private void expire() {
    List<Runnable> steps = new ArrayList<>(features.expiring());
    steps.add(() -> keyCare.expire(renewal));
    steps.add(services.retention::tidy);
    steps.add(incoming.sweep::round);
    steps.add(incoming.erasing::dropCiphertext);
    steps.add(incoming.evidenceSweep::round);
    runEach(steps.iterator());
  }

  /**
   * Runs all steps of a task in their order, also those after one that fails; then fails as the
   * last of these, with the failures of the others as suppressed.
   */
  static void runEach(Iterator<Runnable> steps) {
    RuntimeException failed = null;
    while (steps.hasNext()) {
      try {
        steps.next().run();
      } catch (RuntimeException e) {
        if (failed != null) {
          e.addSuppressed(failed);
        }
        failed = e;
      }
    }
    if (failed != null) {
      throw failed;
    }
  }

  /** The thread that committed a lone message sends it too: a hand-over takes longer. */
  private void wake(AgencyName peer, Lane lane) {
    if (!ground.ledger.doAfterWritingHere(() -> links.sendHere(peer, lane))) {
      links.wake(peer, lane);
    }
  }

  private boolean carries(AgencyName peer, Lane lane) {
    return links.carries(peer, lane);
  }

  private MessageTracer tracer() {
    return features.tracer();
  }

  private boolean sendNotice(AgencyName peer, Notice notice) {
    return links.send(peer, notice);
  }

  /** The operations offered to clients. */
  OfferedServices clientServices() {
    List<ClientService> all = new ArrayList<>(features.services());
    all.addAll(services.own());
    CurrentAnswers current = new CurrentAnswers(ground.ledger::isCurrent);
    return new OfferedServices(
        services.names(),
        all.stream().map(service -> answering(service, current)).toList(),
        ground.ledger.room()::refusal);
  }

  private static ClientService answering(ClientService service, CurrentAnswers current) {
    return context -> () -> ServerInterceptors.intercept(service.with(context), current);
  }

  /** The clients in force and their changes. */
  ClientDirectory directory() {
    return ground.directory;
  }

  /** The trust bundle in force and its changes. */
  TrustStore trust() {
    return ground.trust;
  }

  /** Why the node cannot work; empty while it can. */
  public List<String> obstacles() {
    List<String> obstacles = new ArrayList<>(ground.disk.obstacles());
    ground.keys.failure().ifPresent(failed -> obstacles.add("keystore: " + failed));
    if (!ground.ledger.isCurrent()) {
      obstacles.add("cluster: no majority of the nodes has answered this leader lately");
    }
    return obstacles;
  }

  /** The links, as operators see them. */
  Links operatedLinks() {
    return new Links(
        ground.agency(), ground.ledger, ground.labelCheck, outgoing.routes.links(), links);
  }

  /** The members of the federation and linked agencies that are none, and how mail gets there. */
  List<Destination> destinations() {
    Set<AgencyName> all = new TreeSet<>(outgoing.routes.links());
    all.addAll(ground.otherMembers());
    TrustBundle bundle = ground.trust.current();
    return all.stream().map(agency -> destination(agency, standing(agency, bundle))).toList();
  }

  private static Standing standing(AgencyName agency, TrustBundle bundle) {
    if (bundle.isTransit(agency)) {
      return Standing.TRANSIT;
    }
    return bundle.agency(agency).isPresent() ? Standing.KNOWN : Standing.UNKNOWN;
  }

  private Destination destination(AgencyName agency, Standing standing) {
    List<AgencyName> hops = outgoing.routes.hops(agency);
    return new Destination(
        agency,
        standing,
        hops,
        Lane.all().stream()
            .filter(lane -> hops.stream().anyMatch(hop -> links.carries(hop, lane)))
            .toList());
  }

  /** The exports of the audit log for clients. */
  AuditExports exports() {
    return features.exports();
  }

  /** The agreements in force. */
  List<Agreement> agreements() {
    return ground.policy.current().rulebook().agreements();
  }

  /** The signing pairs, held or listed. */
  List<PairState> pairs() {
    return renewal.show().getPairsList();
  }

  /** What other agencies use of this gateway. */
  Accounts agencies() {
    return ground.agencies;
  }

  /** What the agency's clients use of this gateway. */
  Accounts clients() {
    return ground.clients;
  }

  /** This gateway. */
  public PeerName self() {
    return ground.self;
  }

  /** Accepts drafts from clients. */
  public Intake intake() {
    return services.intake;
  }

  /** Recalls what clients published. */
  public MessageRecall recalls() {
    return services.recalling;
  }

  /** Opens cursors of subscribers. */
  public Subscriptions subscriptions() {
    return services.subscriptions;
  }

  /** The streams to peers. */
  public PeerLinks links() {
    return links;
  }

  /** The evidence known about a message that the agency sent or received. */
  public List<EvidenceItem> evidence(MessageId message) {
    return ground.evidence.known(ground.ledger.evidence(), message);
  }

  /** The node's ledger. */
  public Ledger ledger() {
    return ground.ledger;
  }

  /** Refuses further drafts, passes on those accepted, and waits for the witnesses. */
  public void drain() {
    ground.disk.drain();
    services.intake.close();
    ground.awaitWitnesses();
  }

  /** Ends all streams, makes everything accepted durable, and signs a last checkpoint. */
  public void close() {
    links.close();
    ground.record(AuditType.NODE_STOP, "stopped in order");
    ground.ledger.close();
    ground.signCheckpointNow();
  }

  /** {@link Foundation#mendingFailure}. */
  public Optional<RuntimeException> mendingFailure() {
    return ground.mendingFailure();
  }

  /** Ends all work after a ledger failure; nothing more is made durable. */
  void closeAfterFailure() {
    ground.disk.drain();
    services.intake.close();
    links.close();
    ground.ledger.close();
    features.end();
  }

  /** Releases files and keys, as the end of a process does; nothing more is made durable. */
  public void abandon() {
    features.end();
    ground.close();
  }
}
