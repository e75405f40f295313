package org.entente.gateway;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.entente.gateway.account.Exporting;
import org.entente.gateway.account.Proving;
import org.entente.gateway.admin.AdminServer;
import org.entente.gateway.admin.Readiness;
import org.entente.gateway.audit.AuditActor;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.audit.AuditRecord;
import org.entente.gateway.audit.AuditSubject;
import org.entente.gateway.audit.AuditType;
import org.entente.gateway.audit.CheckpointSigner;
import org.entente.gateway.audit.LawCategory;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.HmacSha256;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.intake.Intake;
import org.entente.gateway.intake.IntakeParts;
import org.entente.gateway.intake.Recalling;
import org.entente.gateway.intake.Releases;
import org.entente.gateway.ledger.AtRest;
import org.entente.gateway.ledger.CommitObserver;
import org.entente.gateway.ledger.EvidenceBook;
import org.entente.gateway.ledger.EvidenceRecords;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.LedgerUnavailable;
import org.entente.gateway.ledger.StorageKeys;
import org.entente.gateway.link.LinkSettings;
import org.entente.gateway.link.PeerLinks;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.BundleMembership;
import org.entente.gateway.policy.EvidenceMessages;
import org.entente.gateway.policy.LabelCheck;
import org.entente.gateway.policy.Policy;
import org.entente.gateway.policy.RecallMessages;
import org.entente.gateway.policy.Rulebook;
import org.entente.gateway.policy.RulebookHolder;
import org.entente.gateway.receive.EvidenceReturn;
import org.entente.gateway.receive.InboxOpening;
import org.entente.gateway.receive.Notices;
import org.entente.gateway.receive.PeerReception;
import org.entente.gateway.receive.ReceiveParts;
import org.entente.gateway.retain.Erasing;
import org.entente.gateway.retain.ErasureJournal;
import org.entente.gateway.retain.Recalls;
import org.entente.gateway.retain.Retention;
import org.entente.gateway.retain.RetentionKeys;
import org.entente.gateway.retain.Sweep;
import org.entente.gateway.seal.OutboxSeal;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Store;
import org.entente.gateway.transmit.Dispatch;
import org.entente.gateway.transmit.LedgerHopQueue;
import org.entente.gateway.transmit.Outbound;
import org.entente.gateway.transmit.Routes;
import org.entente.gateway.transmit.SessionConfirmations;
import org.entente.gateway.transmit.Settlement;
import org.entente.gateway.transmit.Transmission;
import org.entente.gateway.transmit.Upkeep;
import org.entente.gateway.transmit.WaitingRecipients;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustStore;
import org.entente.gateway.wire.ClientPorts;
import org.entente.gateway.wire.ServerSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running node: the only place where parts are wired. Reads in the order of a message's life.
 * {@link #start} returns when it serves; {@link #close} stops it so that nothing is lost.
 */
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final byte[] DRAFTS = "entente/v1 draft".getBytes(StandardCharsets.US_ASCII);

  private final InstantSource clock = InstantSource.system();
  private final SecureRandom random = new SecureRandom();
  private final Meters meters = new Meters();
  private final NodeConfig config;
  private final PeerName self;
  private final ExecutorService workers;
  private final ScheduledExecutorService timers;
  private final ScheduledExecutorService chores;

  private final NodeTls tls;
  private final TrustStore trust;
  private final RulebookHolder policy;
  private final Keystore keystore;
  private final NodeKeys keys;
  private final Store store;
  private final AuditLog auditLog;
  private final CheckpointSigner checkpoints;
  private final NodeWitness witness;
  private final AtRest atRest;
  private final Ledger ledger;
  private final NodeSealing sealing;
  private final Routes routes;
  private final Settlement settlement;
  private final NodeReporter reporter;
  private final Notices notices;
  private final PeerLinks links;
  private final Upkeep upkeep;
  private final EvidenceReturn evidenceReturn;
  private final Intake intake;
  private final Releases releases;
  private final ErasureJournal erasures;
  private final Erasing erasing;
  private final NodeRenewal renewal;
  private final Sweep sweep;
  private final Subscriptions subscriptions;
  private final NodeNetwork network;
  private final AdminServer admin;
  private volatile String policyStamp;

  private Gateway(NodeFiles files) throws IOException {
    config = files.config();
    self = new PeerName(new AgencyName(config.agency()), new NodeName(config.gateway()));
    workers = Executors.newCachedThreadPool(threads("worker"));
    timers = Executors.newScheduledThreadPool(1, threads("timer"));
    chores = Executors.newScheduledThreadPool(2, threads("chore"));

    // Who this is, and who may do what.
    tls = NodeTls.open(files, clock);
    trust = files.trust();
    policyStamp = files.policyStamp();
    policy =
        new RulebookHolder(
            files.rulebook(trust.current()),
            new BundleMembership(trust.current()),
            Policy.DEFAULT_CACHE_ENTRIES);

    // What is kept.
    keystore = files.keystore(random);
    keys = new NodeKeys(keystore, clock, random);
    StorageKeys storageKeys = keys.storageKeys();
    atRest = new AtRest(storageKeys, random);
    store = RocksStore.open(config.data(), RocksOptions.defaults());
    NodePairs auditPairs = keys.auditPairs();
    SigningPair auditPair = auditPairs.inForce(listed(Member::audit));
    NodeAudit audit =
        NodeAudit.open(config, store, auditPair, auditPairs.verifying(), atRest, clock, random);
    auditLog = audit.log();
    checkpoints = audit.signer();
    ledger =
        new Ledger(
            store,
            audit.journal(),
            clock,
            new LedgerLimits(
                config.limitsInForce().waitingChanges(),
                LedgerLimits.DEFAULT.maxBatch(),
                LedgerLimits.DEFAULT.maxBatchBytes()),
            observer());
    witness =
        new NodeWitness(
            config,
            auditLog,
            auditPair,
            ledger,
            trust::current,
            new NodeWitness.Around(clock, workers, meters));
    EvidenceRecords evidence = new EvidenceRecords(atRest, self.agency());

    // Sealing, and the way out.
    NodePairs agencyPairs = keys.agencyPairs();
    SigningPair agencyPair = agencyPairs.inForce(listed(Member::signing));
    sealing =
        new NodeSealing(
            new FederationName(config.federation()),
            self,
            keys,
            agencyPair,
            agency -> pairs(trust.current(), agency),
            random,
            clock,
            meters);
    long now = clock.millis();
    ledger.peerFacts().keyBundles().forEach(bytes -> sealing.peerKeys.offer(bytes, now));
    routes = new Routes(linked(), this::transitsOf);
    WaitingRecipients waiting = new WaitingRecipients();
    Dispatch dispatch =
        new Dispatch(
            ledger.envelopes(),
            ledger.outbox(),
            ledger.hops(),
            routes,
            waiting,
            this::sendable,
            this::wake);
    settlement =
        new Settlement(
            ledger,
            dispatch,
            evidence,
            self.agency(),
            waiting,
            new SessionConfirmations(sealing.senderSessions));
    Outbound outbound =
        new Outbound(
            sealing.sealer,
            new OutboxSeal(random),
            keys.outboxKeys(),
            meters,
            config.limitsInForce().envelopeMessages(),
            config.limitsInForce().envelopeBytes());
    Transmission transmission =
        new Transmission(
            ledger,
            settlement,
            sealing.senderSessions,
            outbound::contentKey,
            this::stillPermitted,
            new Transmission.Origin(self.agency(), clock));

    // The way in.
    reporter = new NodeReporter(meters);
    erasures = NodeAudit.erasures(config, clock);
    RetentionKeys retentionKeys = keys.retentionKeys();
    erasing = new Erasing(self.agency(), ledger, retentionKeys, erasures, evidence);
    Recalls recalls = new Recalls(self.agency(), ledger, erasing, evidence, workers);
    sweep = new Sweep(self.agency(), ledger, evidence, clock);
    ReceiveParts receive =
        new ReceiveParts(
            self.agency(),
            ledger,
            dispatch,
            routes,
            evidence,
            agency -> trust.current().isMember(agency),
            new NodeTransitCheck(self.agency(), policy, config.limitsInForce()),
            sealing.opener,
            sealing.recipientSessions,
            recalls,
            clock,
            meters);
    LabelCheck labelCheck = new LabelCheck(NodeIngress.limits(config.limitsInForce()));
    PeerReception reception =
        new PeerReception(
            receive,
            storageKeys,
            new NodeIngress(self.agency(), policy, labelCheck, clock),
            reporter,
            random);
    notices =
        new Notices(
            new Notices.Signer(
                new FederationName(config.federation()),
                self.agency(),
                self.node(),
                sealing.gatewayKey,
                () -> trust.current().isTransit(self.agency()),
                sealing::keyBundle),
            receive,
            settlement,
            sealing.peerKeys,
            reporter,
            this::sendNotice,
            witness);
    witness.speakThrough(notices);
    renewal =
        new NodeRenewal(
            self.agency(),
            trust::current,
            ledger,
            labelCheck,
            clock,
            NodeRenewal.Use.agency(agencyPairs, agencyPair, this::signWith),
            NodeRenewal.Use.audit(auditPairs, auditPair, this::signLogWith));
    evidenceReturn = new EvidenceReturn(receive, policy::current, outbound, random);
    upkeep =
        new Upkeep(
            ledger,
            settlement,
            waiting,
            this::otherMembers,
            this::sendable,
            notices::withdraw,
            clock);

    // Clients.
    SecretBytes fingerprintKey = keys.draftFingerprintKey();
    IntakeParts intakeParts =
        new IntakeParts(
            self.agency(),
            ledger,
            dispatch,
            labelCheck,
            policy::current,
            atRest,
            evidence,
            draft -> fingerprintKey.use(key -> HmacSha256.mac(key, DRAFTS, draft)),
            new IntakeParts.Holding(
                config.limitsInForce().heldMessages(),
                Duration.ofHours(config.limitsInForce().heldHours())));
    intake =
        new Intake(
            intakeParts, outbound, clock, random, meters, config.limitsInForce().waitingDrafts());
    releases = new Releases(intakeParts, intake, clock, meters);
    Recalling recalling = new Recalling(intakeParts, intake, clock, random);
    Retention retention =
        new Retention(
            self.agency(), ledger, storageKeys, retentionKeys, erasing, labelCheck, random);
    subscriptions =
        new Subscriptions(
            ledger,
            new InboxOpening(storageKeys, ledger.inbox()),
            message -> evidence.retrieval(message.id(), clock.millis()),
            workers,
            clock,
            meters);
    reporter.listen(subscriptions, notices);

    // The network.
    links =
        new PeerLinks(
            self,
            new NodeLinkPorts(
                routes.links()::contains,
                trust::current,
                (peer, lane) -> new LedgerHopQueue(ledger, settlement, transmission, peer, lane),
                reception::intake,
                notices,
                meters),
            LinkSettings.defaults(),
            timers,
            workers,
            clock,
            random);
    ledger.start();
    vouch();
    int erasedAgain = erasing.replay();
    if (erasedAgain > 0) {
      LOG.warn("{} messages of a restored ledger had been erased, and are again", erasedAgain);
    }
    retention.tidy();
    intake.start();
    upkeep.round();
    audit.recordStart(ledger, self.agency(), policy.current().version());
    network =
        NodeNetwork.open(
            files,
            tls.identity(),
            links,
            trust::current,
            new ClientPorts(
                (caller, draft) -> intake.publish(caller.name(), draft),
                releases,
                recalling,
                retention,
                subscriptions,
                ledger.evidence(),
                evidence,
                renewal,
                auditLog,
                audit.opener(),
                new Proving(
                    new Proving.Parts(
                        self.agency(),
                        NodeAudit.archive(config, store, atRest, clock),
                        ledger,
                        evidence,
                        trust::current,
                        clock)),
                new Exporting(
                    new Exporting.Parts(
                        self.agency(),
                        NodeAudit.archive(config, store, atRest, clock),
                        ledger,
                        evidence,
                        new InboxOpening(storageKeys, ledger.inbox()),
                        atRest))),
            new ServerSettings(
                NodeFiles.address("listen.clients", config.listen().clients()),
                config.limitsInForce(),
                workers,
                clock,
                meters));
    meters.gauge(
        "entente_recipient_waiting",
        "Whether mail for an agency waits outside the queues, for want of a key or a route.",
        List.of("recipient"),
        () -> otherMembers().stream().map(a -> NodeGauges.waiting(a, waiting)).toList());
    meters.gauge(
        "entente_tls_certificate_expiry_timestamp_seconds",
        "When the certificate that this gateway shows ends.",
        List.of(),
        () -> List.of(Meters.Sample.of(tls.notAfterMillis() / 1e3)));
    NodeGauges.register(meters, ledger, routes, links, subscriptions, auditLog, trust);
    admin =
        AdminServer.start(
            NodeFiles.address("listen.admin", config.listen().admin()), meters, readiness());
    startChores(files);
    trust.onChange((old, next) -> workers.execute(() -> trustChanged(next)));
    network.serving(true);
  }

  /**
   * Starts the node that a configuration file describes.
   *
   * @throws StartProblem naming what is missing or wrong, and in which file
   */
  public static Gateway start(Path file) {
    try {
      NodeFiles files = NodeFiles.read(file, InstantSource.system());
      files.requireLinks();
      return new Gateway(files);
    } catch (IOException e) {
      String why = e.getCause() == null ? "" : ": " + e.getCause().getMessage();
      throw new StartProblem("listen: " + e.getMessage() + why, e);
    }
  }

  /** Where clients call. */
  public InetSocketAddress clientAddress() {
    return network.clientAddress();
  }

  /** Where peers call; empty where this node only dials. */
  public Optional<InetSocketAddress> peerAddress() {
    return network.peerAddress();
  }

  /** Where metrics and health are. */
  public InetSocketAddress adminAddress() {
    return admin.address();
  }

  /** The agency served. */
  public AgencyName agency() {
    return self.agency();
  }

  private void startChores(NodeFiles files) {
    new Chores(chores)
        .every(Duration.ofMillis(25), "watermark statements", reporter::tick)
        .every(Duration.ofMillis(100), "evidence", evidenceReturn::round)
        .every(Duration.ofMillis(500), "upkeep of the outbox", upkeep::round)
        .every(Duration.ofSeconds(1), "checkpoint", this::signCheckpoint)
        .every(Duration.ofMillis(500), "witnesses", witness.witnessing()::round)
        .every(Duration.ofSeconds(2), "trust bundle", trust::reload)
        .every(Duration.ofSeconds(2), "TLS certificate", tls::reload)
        .every(Duration.ofSeconds(2), "agreements", () -> reloadPolicy(files))
        .every(Duration.ofMinutes(1), "recipient keys", this::renewKeys)
        .every(Duration.ofMinutes(1), "signing pairs", this::followPairs)
        .every(Duration.ofMinutes(1), "messages held too long", releases::expire)
        .every(Duration.ofMinutes(1), "erasures that have begun", erasing::round)
        .every(Duration.ofMinutes(1), "identities of open streams", network::recheck)
        .every(Duration.ofHours(1), "expiry", this::expire)
        .every(Duration.ofHours(12), "outbox keys", this::destroyOutboxKeys);
  }

  private void signCheckpoint() {
    if (witness.witnessing().maySign()) {
      checkpoints.maybeSign(clock.instant());
    }
  }

  private void reloadPolicy(NodeFiles files) throws IOException {
    String seen = files.policyStamp();
    if (seen.equals(policyStamp)) {
      return;
    }
    // Remembered before it is read: files that are wrong are reported once, until they change.
    policyStamp = seen;
    Rulebook next = files.rulebook(trust.current());
    if (!next.version().equals(policy.current().rulebook().version())) {
      policy.rulebook(next);
      recordChange(AuditType.POLICY_CHANGE, "policy " + next.version() + " is in force");
    }
  }

  private void trustChanged(TrustBundle next) {
    policy.membership(new BundleMembership(next));
    network.recheck();
    for (AgencyName peer : routes.links()) {
      if (!next.isMember(peer)) {
        links.closePeer(peer);
      }
    }
    followPairs();
    recordChange(AuditType.TRUST_CHANGE, "trust bundle version " + next.version());
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a ledger that fails says so by itself
  private void recordChange(AuditType type, String detail) {
    LOG.info("{}", detail);
    ledger.write(
        Lane.ROUTINE,
        tx -> {
          tx.audit(
              AuditRecord.ofNode(
                  type,
                  Instant.ofEpochMilli(tx.nowMillis()),
                  AuditActor.gateway(self.agency()),
                  detail));
          return detail;
        });
  }

  /**
   * Keeps what names this gateway's signing key to others, as proofs about its messages need it.
   */
  private void vouch() {
    EvidenceBook.Voucher bundle = new EvidenceBook.Voucher(false, sealing.keyBundle());
    byte[] key = sealing.gatewayKey.verifyingKey().encoded();
    ledger
        .write(
            Lane.ROUTINE,
            tx -> {
              ledger.evidence().vouch(tx, self.agency(), key, bundle);
              return bundle;
            })
        .join();
  }

  private void renewKeys() {
    if (sealing.renewKeys()) {
      vouch();
      notices.announceKeys();
    }
  }

  /** Takes up what the trust bundle says of pairs, this agency's and others'. */
  private void followPairs() {
    sealing.recheck();
    renewal.follow();
  }

  private void signWith(SigningPair pair) {
    sealing.signWith(pair);
    vouch();
    notices.announceKeys();
  }

  private void signLogWith(SigningPair pair) {
    checkpoints.signWith(pair);
    witness.signWith(pair);
  }

  private List<AgencyKey> listed(Function<Member, List<AgencyKey>> use) {
    return trust.current().agency(self.agency()).map(use).orElse(List.of());
  }

  private void expire() {
    List<String> replaced = renewal.destroyReplaced();
    if (!replaced.isEmpty()) {
      LOG.info("destroyed signing pairs that were replaced: {}", replaced);
    }
    for (LocalDate day : keys.expire()) {
      recordBucketErased(day);
    }
    sweep.round();
    long now = clock.millis();
    int most = 10_000;
    ledger
        .write(
            Lane.ROUTINE,
            tx ->
                ledger.idempotency().prune(tx, now - Intake.REMEMBERED.toMillis(), most)
                    + ledger.peerFacts().prune(tx, now, most)
                    + ledger.subjects().prune(tx, now / 86_400_000, most))
        .join();
  }

  private void recordBucketErased(LocalDate day) {
    String detail = "destroyed the key of all that was kept until " + day;
    LOG.info("{}", detail);
    ledger
        .write(
            Lane.ROUTINE,
            tx -> {
              tx.audit(
                  AuditRecord.of(
                          AuditType.ERASED,
                          LawCategory.ERASURE,
                          Instant.ofEpochMilli(tx.nowMillis()),
                          AuditActor.gateway(self.agency()),
                          AuditSubject.NODE)
                      .saying(detail));
              return detail;
            })
        .join();
  }

  private void destroyOutboxKeys() {
    List<String> gone = keys.destroyOutboxKeys(ledger.envelopes().outboxKeys());
    if (!gone.isEmpty()) {
      LOG.info("destroyed outbox keys that no mail waits under: {}", gone);
    }
  }

  private Readiness readiness() {
    return new Readiness() {
      @Override
      public List<String> obstacles() {
        return Gateway.this.obstacles();
      }

      @Override
      public List<String> warnings() {
        return witness.warnings();
      }
    };
  }

  private List<String> obstacles() {
    List<String> obstacles = new ArrayList<>();
    LedgerUnavailable failure = ledger.failure();
    if (failure != null) {
      obstacles.add("ledger: " + failure.getMessage());
    }
    return obstacles;
  }

  private CommitObserver observer() {
    return new CommitObserver() {
      @Override
      public void committed(int changes, long bytes, long nanos) {
        meters.committed(changes, bytes, nanos);
      }

      @Override
      public void failed(LedgerUnavailable why) {
        LOG.error("not ready: {}", why.getMessage());
      }
    };
  }

  private boolean sendable(AgencyName recipient) {
    return sealing.peerKeys.keyOf(recipient, clock.millis()).isPresent();
  }

  private boolean stillPermitted(String agreement, AgencyName recipient) {
    return agreement.equals(EvidenceMessages.AGREEMENT)
        || agreement.equals(RecallMessages.AGREEMENT)
        || NodeIngress.inForce(policy.current(), agreement, recipient, clock.instant());
  }

  private void wake(AgencyName peer, Lane lane) {
    links.wake(peer, lane);
  }

  private void sendNotice(AgencyName peer, org.entente.proto.link.v1.Notice notice) {
    links.send(peer, notice);
  }

  private Set<AgencyName> linked() {
    Set<AgencyName> out = new HashSet<>();
    config.links().forEach(link -> out.add(new AgencyName(link.peer())));
    return out;
  }

  private List<AgencyName> transitsOf(AgencyName agency) {
    return trust.current().agency(agency).map(Member::via).orElse(List.of());
  }

  private Set<AgencyName> otherMembers() {
    Set<AgencyName> out = new HashSet<>(trust.current().members().keySet());
    out.remove(self.agency());
    return out;
  }

  private List<org.entente.gateway.crypto.VerifyingPair> pairs(
      TrustBundle bundle, AgencyName agency) {
    Instant now = clock.instant();
    return bundle.agency(agency).map(Member::signing).orElse(List.of()).stream()
        .filter(key -> key.validAt(now))
        .map(key -> key.pair())
        .toList();
  }

  private static java.util.concurrent.ThreadFactory threads(String name) {
    java.util.concurrent.atomic.AtomicInteger count =
        new java.util.concurrent.atomic.AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Takes no more from clients, lets what is on its way become durable, signs a last checkpoint.
   */
  @Override
  public void close() {
    network.closeClients();
    intake.close();
    boolean mayBeSigned = awaitWitnesses();
    chores.shutdown();
    links.close();
    network.closePeers();
    admin.close();
    recordChange(AuditType.NODE_STOP, "stopped in order");
    ledger.close();
    if (mayBeSigned) {
      checkpoints.sign(clock.instant());
    }
    timers.shutdown();
    workers.shutdown();
    awaitQuietly(workers);
    try {
      erasures.close();
    } catch (IOException e) {
      LOG.warn("closing the erasure journal: {}", e.getMessage());
    }
    store.close();
    keystore.close();
  }

  /** A node that is stopped just after its start has perhaps not heard its witnesses yet. */
  private boolean awaitWitnesses() {
    try {
      return witness.witnessing().awaitDecision();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return witness.witnessing().maySign();
    }
  }

  private static void awaitQuietly(ExecutorService executor) {
    try {
      if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
