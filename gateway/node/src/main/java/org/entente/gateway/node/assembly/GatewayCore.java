package org.entente.gateway.node.assembly;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.intake.Intake;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.WriterExecutor;
import org.entente.gateway.link.LinkSettings;
import org.entente.gateway.link.PeerLinks;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.link.Timers;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.node.disk.DiskGuard;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.node.files.TrustBundleMaintenance;
import org.entente.gateway.node.keys.SigningPairRenewal;
import org.entente.gateway.operator.LinkGauges;
import org.entente.gateway.operator.LinkHolds;
import org.entente.gateway.operator.Links;
import org.entente.gateway.operator.QuarantineMonitor;
import org.entente.gateway.receive.NoticeAdmission;
import org.entente.gateway.rpc.ClientPorts;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.transmit.OutboxMaintenance;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustStore;
import org.entente.proto.link.v1.Notice;
import org.entente.proto.v1.EvidenceItem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All of a node but its sockets, its threads and the disk of its ledger: a running node ({@link
 * Gateway}) and the simulator are built of the same. Wired by stages, in the order of a message's
 * life: {@link Foundation}, {@link OutgoingStage}, {@link IncomingStage}, {@link ServiceStage}, and
 * the links around them. {@link #start} lets it work, {@link #chores} says what has to be done
 * regularly.
 */
public final class GatewayCore {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayCore.class);

  private final Foundation ground;
  private final OutgoingStage outgoing;
  private final IncomingStage incoming;
  private final ServiceStage services;
  private final KeyMaintenance keyCare;
  private final SigningPairRenewal renewal;
  private final TrustBundleMaintenance trustCare;
  private final OutboxMaintenance upkeep;
  private final PeerLinks links;
  private final Links operatedLinks;

  /**
   * What a node stands on.
   *
   * @param clock the only source of the time of day
   * @param workers for everything that may wait for the disk; more than one thread
   * @param sealer where sealing runs, which is given one task at a time
   * @param writer where the ledger's writer runs
   * @param timers for pauses and time-outs of links
   */
  public record Environment(
      InstantSource clock,
      SecureRandom random,
      Executor workers,
      Executor sealer,
      WriterExecutor writer,
      Timers timers,
      Meters meters) {}

  /** Takes what has to be done regularly. */
  public interface Schedule {
    /** Something that may fail; then it is tried again at its next time. */
    interface Chore {
      /** Does what is due. */
      void run() throws Exception;
    }

    /** Has a chore done again and again, this long after its last end. */
    void every(Duration period, String what, Chore chore);
  }

  /**
   * A node over a store; nothing of it works yet.
   *
   * @param running a time that only runs, to hold the clock against
   */
  GatewayCore(
      ConfiguredFiles files, Supplier<Store> stores, Environment around, LongSupplier running) {
    ground = new Foundation(files, stores, around, running);
    outgoing = new OutgoingStage(ground, running, this::wake);
    incoming = new IncomingStage(ground, outgoing, this::sendNotice);
    services = new ServiceStage(ground, outgoing, incoming);
    trustCare =
        new TrustBundleMaintenance(
            ground.agency(),
            ground.trust,
            ground.ledger,
            ground.config.audit(),
            around.clock(),
            around.meters(),
            outgoing.sealing::pair);
    keyCare =
        new KeyMaintenance(
            ground.agency(),
            ground.ledger,
            ground.keys,
            outgoing.sealing,
            ground.audit.signer(),
            ground.witness,
            incoming.notices,
            ground.ending,
            outgoing::followFulfilments);
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
    links =
        new PeerLinks(
            ground.self,
            new LinkPortAdapter(
                outgoing.routes.links()::contains,
                ground.trust::current,
                outgoing::queue,
                incoming.reception::intake,
                new NoticeAdmission(
                    agency -> ground.trust.current().isTransit(agency),
                    agency -> ground.trust.current().isMember(agency),
                    ground.config.limitsInForce().perAgencyInForce().notices(),
                    around.timers()::nanos),
                incoming.notices,
                trustCare,
                new LinkHolds(ground.agency(), ground.ledger),
                around.meters()),
            LinkSettings.defaults()
                .withRate(ground.config.limitsInForce().perAgencyInForce().deliveries()),
            around.timers(),
            around.workers(),
            around.clock(),
            around.random());
    GatewayGauges.register(ground, outgoing, services, links);
    operatedLinks =
        new Links(
            ground.agency(), ground.ledger, ground.labelCheck, outgoing.routes.links(), links);
    QuarantineMonitor.register(around.meters(), ground.ledger.quarantine());
    LinkGauges.register(around.meters(), operatedLinks);
    services.ipr().register(around.meters(), ground.ledger.ipr(), around.clock());
    trustCare.speakThrough(links::send, incoming.notices::neighbourUp);
    ground.trust.onChange((old, next) -> around.workers().execute(() -> trustChanged(next)));
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
   * A node over a store, as a configuration file describes it; nothing of it works yet.
   *
   * @param stores opens the ledger's store, which is closed with the node
   * @throws StartProblem naming what is missing or wrong, and in which file
   */
  public static GatewayCore open(Path file, Supplier<Store> stores, Environment around) {
    ConfiguredFiles files = ConfiguredFiles.read(file, around.clock());
    try {
      return new GatewayCore(files, stores, around, around.timers()::nanos);
    } catch (RuntimeException e) {
      files.letGo();
      throw e;
    }
  }

  /** Begins to work: takes up what a crash interrupted, then seals, commits and looks for mail. */
  public void start() {
    ground.ledger.start();
    keyCare.vouch();
    int erasedAgain = incoming.erasing.replay();
    if (erasedAgain > 0) {
      LOG.warn("{} messages of a restored ledger had been erased, and are again", erasedAgain);
    }
    int unreadable = incoming.sweep.removeUnreadable(ground.keys::lacksBucket);
    if (unreadable > 0) {
      LOG.error(
          "the keys of {} received messages are lost; their origins are told of those that nobody"
              + " had retrieved",
          unreadable);
    }
    services.retention.tidy();
    ground.disk.look(links::withhold);
    outgoing.renumberOldEpochs();
    services.intake.start();
    upkeep.round();
    ground.audit.recordStart(ground.ledger, ground.agency(), ground.policy.current().version());
  }

  /** Says what is to be done regularly from now on. */
  public void chores(Schedule schedule) {
    schedule.every(Duration.ofMillis(25), "watermark statements", incoming.reporter::tick);
    schedule.every(Duration.ofMillis(100), "evidence", incoming.evidenceReturn::round);
    schedule.every(DiskGuard.EVERY, "disk", () -> ground.disk.look(links::withhold));
    schedule.every(DiskGuard.RECLAIM_EVERY, "space of what was deleted", ground.disk::reclaim);
    schedule.every(Duration.ofSeconds(1), "what was not opened", outgoing.awaiting::round);
    schedule.every(Duration.ofSeconds(1), "what was not answered", outgoing.overdue::round);
    schedule.every(Duration.ofSeconds(1), "responders", outgoing.advertising::round);
    schedule.every(
        Duration.ofSeconds(1),
        "content in memory",
        () -> ground.ledger.inbox().fresh().expire(ground.around.clock().millis()));
    schedule.every(
        Duration.ofSeconds(5), "gaps", () -> outgoing.gaps.round(incoming.reporter::reportTo));
    schedule.every(Duration.ofSeconds(1), "leaves of deliveries", services.subscriptions::round);
    schedule.every(Duration.ofMillis(500), "upkeep of the outbox", upkeep::round);
    schedule.every(Duration.ofSeconds(1), "checkpoint", ground::signCheckpoint);
    schedule.every(Duration.ofMillis(500), "witnesses", ground.witness.witnessing()::round);
    schedule.every(Duration.ofSeconds(2), "trust bundle", trustCare::reload);
    schedule.every(Duration.ofSeconds(1), "trust of neighbours", trustCare::round);
    schedule.every(Duration.ofSeconds(2), "agreements", this::reloadPolicy);
    schedule.every(Duration.ofMinutes(1), "recipient keys", keyCare::renewRecipientKeys);
    schedule.every(Duration.ofMinutes(1), "signing pairs", () -> keyCare.followPairs(renewal));
    schedule.every(Duration.ofSeconds(5), "messages held too long", services.releases::expire);
    schedule.every(
        Duration.ofSeconds(1), "rosters of a restored ledger", services.rosterCare::round);
    schedule.every(Duration.ofMinutes(1), "erasures that have begun", incoming.erasing::wake);
    schedule.every(Duration.ofMinutes(1), "quarantine", services.quarantine::expire);
    if (services.isSearched()) {
      schedule.every(Duration.ofMillis(250), "search index", services.indexing::round);
    }
    if (services.isWatched()) {
      schedule.every(Duration.ofMillis(250), "watches", services.watches::round);
    }
    schedule.every(Duration.ofMinutes(1), "watches that are over", services.watches::upkeep);
    schedule.every(
        Duration.ofSeconds(1), "outcomes no longer remembered", services.outcomeSweep::round);
    schedule.every(Duration.ofHours(1), "expiry", this::expire);
    schedule.every(Duration.ofHours(12), "outbox keys", keyCare::destroyOutboxKeys);
  }

  private void reloadPolicy() {
    ground
        .policy
        .reload()
        .ifPresent(
            version ->
                ground.record(AuditType.POLICY_CHANGE, "policy " + version + " is in force"));
  }

  private void trustChanged(TrustBundle next) {
    followTrust();
    ground.record(AuditType.TRUST_CHANGE, "trust bundle version " + next.version());
  }

  /** By the bundle in force and not the one of a change: bundles can follow each other at once. */
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

  /** What an operator should look at although the node does its job. */
  List<String> warnings() {
    List<String> warnings = new ArrayList<>(trustCare.warnings());
    warnings.addAll(ground.policy.warnings());
    warnings.addAll(ground.witness.warnings());
    warnings.addAll(QuarantineMonitor.warnings(ground.ledger.quarantine()));
    warnings.addAll(ground.disk.warnings());
    warnings.addAll(GatewayGauges.unreadable(ground.ledger.unreadable()));
    warnings.addAll(LinkGauges.warnings(operatedLinks));
    for (OperationId forked : ground.rosters.forked(ground.around.clock().millis())) {
      warnings.add("operation " + forked + ": its lead signed rosters that contradict each other");
    }
    warnings.addAll(services.rosterCare.warnings());
    warnings.addAll(services.ipr().warnings(ground.ledger.ipr(), ground.around.clock()));
    if (ground.ending.doubts()) {
      warnings.add(
          "clock: it leapt, or says that the trust bundle is over; nothing is destroyed or"
              + " withdrawn by it");
    }
    return warnings;
  }

  private void expire() {
    // Before keys go: what is still open is sealed anew.
    int erased = services.iprUpkeep.round();
    if (erased > 0) {
      LOG.info("{} recordations and cases about rights were kept long enough", erased);
    }
    keyCare.expire(renewal);
    incoming.sweep.round();
    incoming.evidenceSweep.round();
    long now = ground.ending.millis();
    int most = 10_000;
    Ledger ledger = ground.ledger;
    ledger.commit(
        Lane.ROUTINE,
        tx ->
            ledger.peerFacts().prune(tx, now, most)
                + ledger.consents().prune(tx, now, most)
                + ledger.subjects().prune(tx, now / 86_400_000, most)
                + ledger.operations().prune(tx, now / 86_400_000, most)
                + ledger.charges().prune(tx, now / 86_400_000, most)
                + ledger.chains().prune(tx, now, most));
  }

  private void wake(AgencyName peer, Lane lane) {
    links.wake(peer, lane);
  }

  private void sendNotice(AgencyName peer, Notice notice) {
    links.send(peer, notice);
  }

  /** A node that is stopped just after its start has perhaps not heard its witnesses yet. */
  @SuppressWarnings("CheckReturnValue") // asked again when it is signed
  private void awaitWitnesses() {
    try {
      ground.witness.witnessing().awaitDecision();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What clients may ask for; copies of the ledger are made by whoever has the disk. */
  ClientPorts clientPorts(LedgerBackups.Copies copies) {
    return services.ports(renewal, operatedLinks, copies);
  }

  /** The trust bundle in force, and changes of it. */
  TrustStore trust() {
    return ground.trust;
  }

  /** Why the node cannot do its work; empty while it can. */
  public List<String> obstacles() {
    return ground.disk.obstacles();
  }

  /** This gateway. */
  public PeerName self() {
    return ground.self;
  }

  /** Takes drafts of clients. */
  public Intake intake() {
    return services.intake;
  }

  /** Opens cursors of subscribers. */
  public Subscriptions subscriptions() {
    return services.subscriptions;
  }

  /** The streams to peers. */
  public PeerLinks links() {
    return links;
  }

  /** The same as an operator sees and changes them. */
  public Links operatedLinks() {
    return operatedLinks;
  }

  /** The evidence known about a message that the agency sent or received. */
  public List<EvidenceItem> evidence(MessageId message) {
    return ground.evidence.known(ground.ledger.evidence(), message);
  }

  /** What the node keeps. */
  public Ledger ledger() {
    return ground.ledger;
  }

  /** Takes no more drafts, hands on what was taken, and waits for the witnesses' word. */
  public void drain() {
    ground.disk.drain();
    services.intake.close();
    awaitWitnesses();
  }

  /** Ends all streams, makes durable what was taken, and signs a last checkpoint. */
  public void close() {
    links.close();
    ground.record(AuditType.NODE_STOP, "stopped in order");
    ground.ledger.close();
    ground.signCheckpointNow();
  }

  /** {@link Foundation#mendingFailure}. */
  public Optional<StoreFailure> mendingFailure() {
    return ground.mendingFailure();
  }

  /** Ends all work of a node whose ledger has failed; nothing more is made durable. */
  void closeAfterFailure() {
    ground.disk.drain();
    services.intake.close();
    links.close();
    ground.ledger.close();
    services.indexing.close();
  }

  /** Lets go of files and keys, as the end of a process does; nothing more is made durable. */
  public void abandon() {
    services.indexing.close();
    ground.close();
  }
}
