package org.entente.gateway.node.keys;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.batch.Sealer;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.Quarantining;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.link.HopIntake;
import org.entente.gateway.link.HopQueue;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.terms.ExerciseRetention;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.receive.NoticeExchange;
import org.entente.gateway.receive.NoticeSigner;
import org.entente.gateway.receive.PeerReception;
import org.entente.gateway.receive.ReceiveParts;
import org.entente.gateway.receive.ReceivedHeaders;
import org.entente.gateway.receive.Reporter;
import org.entente.gateway.receive.WitnessNotices;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.retention.MessageErasure;
import org.entente.gateway.retention.RecallReception;
import org.entente.gateway.seal.BindingSigner;
import org.entente.gateway.seal.KeySchedule;
import org.entente.gateway.seal.MemoryKeyHolder;
import org.entente.gateway.seal.Opener;
import org.entente.gateway.seal.OutboxSeal;
import org.entente.gateway.seal.PeerFulfilments;
import org.entente.gateway.seal.PeerKeys;
import org.entente.gateway.seal.RecipientKeys;
import org.entente.gateway.seal.RecipientSessions;
import org.entente.gateway.seal.SenderSessions;
import org.entente.gateway.seal.SessionLimits;
import org.entente.gateway.seal.format.AgencyIdentity;
import org.entente.gateway.seal.format.AgencyPairSource;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.KeyValidity;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.testkit.DeskClients;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.SettableClock;
import org.entente.gateway.testkit.TestNames;
import org.entente.gateway.trace.MessageTracer;
import org.entente.gateway.transmit.DeliverySettlement;
import org.entente.gateway.transmit.Dispatch;
import org.entente.gateway.transmit.GapWatch;
import org.entente.gateway.transmit.LedgerHopQueue;
import org.entente.gateway.transmit.OutboundSealer;
import org.entente.gateway.transmit.OutboxKeys;
import org.entente.gateway.transmit.OutboxMaintenance;
import org.entente.gateway.transmit.RoutingTable;
import org.entente.gateway.transmit.SessionConfirmations;
import org.entente.gateway.transmit.Transmission;
import org.entente.gateway.transmit.UnsendableEntries;
import org.entente.gateway.transmit.WaitingRecipients;
import org.entente.proto.link.v1.Notice;
import org.entente.proto.link.v1.WitnessAnswer;
import org.entente.proto.link.v1.WitnessRequest;
import org.entente.proto.link.v1.WitnessedCheckpoints;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.EvidenceItem;
import org.jspecify.annotations.Nullable;

/**
 * What keys and mail pass through in a gateway, wired as {@code Gateway} does it, over stores in
 * memory and without sockets. {@link #stop} leaves what a disk would keep, and nothing else.
 */
final class KeyLifeNode implements AutoCloseable {
  private static final FederationName FEDERATION = new FederationName("test.example");
  private static final NodeName NODE = new NodeName("gateway-1");

  final AgencyName name;
  private final Set<AgencyName> links;
  private final Map<AgencyName, List<AgencyName>> via;
  private final AgencyPairSource trust;
  private final SettableClock clock;
  private final SecureRandom random;
  private final NoticeExchange.Sender send;

  // What a disk keeps.
  private final MemoryStore store = new MemoryStore();
  private final MemoryKeyHolder seeds = new MemoryKeyHolder();
  private final DailyKeys outboxKeys = new DailyKeys();
  private final MemoryStorageKeys storage = new MemoryStorageKeys();
  private final Ed25519SigningKey gatewayKey;
  private final ErasureJournal journal;
  private SigningPair pair;
  private @Nullable Running running;

  KeyLifeNode(
      AgencyName name,
      Set<AgencyName> links,
      Map<AgencyName, List<AgencyName>> via,
      KeyLifeWorld world,
      ErasureJournal journal) {
    this.name = name;
    this.links = links;
    this.via = via;
    this.trust = world.trust();
    this.clock = world.clock();
    this.random = world.random();
    this.send =
        (to, notice) -> {
          world.send(name, to, notice);
          return true;
        };
    this.journal = journal;
    this.gatewayKey = Ed25519SigningKey.generate(random);
    this.pair = SigningPair.generate(random);
  }

  /** One outbox key for each day, destroyed as a node does it. */
  private final class DailyKeys implements OutboxKeys {
    private final Map<String, SecretBytes> keys = new TreeMap<>();

    private String today(Duration earlier) {
      return LocalDate.ofInstant(clock.instant().minus(earlier), ZoneOffset.UTC).toString();
    }

    @Override
    public synchronized NamedKey current() {
      String id = today(Duration.ZERO);
      return new NamedKey(id, keys.computeIfAbsent(id, i -> SecretBytes.random(random, 32)));
    }

    @Override
    public synchronized Optional<SecretBytes> find(String id) {
      return Optional.ofNullable(keys.get(id));
    }

    synchronized void destroy(Set<String> inUse) {
      String old = today(Duration.ofDays(2));
      keys.keySet().removeIf(id -> id.compareTo(old) < 0 && !inUse.contains(id));
    }
  }

  /** What a restart loses. */
  private final class Running {
    final Ledger ledger =
        new Ledger(
            store,
            TestNames.names(),
            new QuietLedger.NoJournal(),
            clock,
            LedgerLimits.DEFAULT,
            new QuietLedger.FailingObserver());
    final EvidenceRecords evidence = new EvidenceRecords(new RecordSeal(storage, random), name);
    final AgencyIdentity identity = new AgencyIdentity(FEDERATION, name, pair);
    final PeerKeys peerKeys = new PeerKeys(FEDERATION, trust);
    final GatewayKey published = new GatewayKey(NODE, gatewayKey.verifyingKey());
    final SenderSessions senders =
        new SenderSessions(identity, published, peerKeys, SessionLimits.DEFAULT, random, clock);
    final RecipientSessions recipients =
        new RecipientSessions(FEDERATION, name, trust, seeds, clock, 8);
    final RecipientKeys recipientKeys =
        new RecipientKeys(seeds, KeySchedule.DEFAULT, random, clock);
    final OutboundSealer outbound =
        new OutboundSealer(
            new Sealer(name, NODE, gatewayKey, random, clock),
            new OutboxSeal(random),
            outboxKeys,
            new Meters(),
            4,
            1 << 20);
    final Set<AgencyName> owedReports = new LinkedHashSet<>();
    final Map<Lane, Map<AgencyName, HopQueue>> queues = new TreeMap<>();
    final Map<Lane, Map<AgencyName, HopIntake>> intakes = new TreeMap<>();
    final Dispatch dispatch;
    final DeliverySettlement settlement;
    final Transmission transmission;
    final PeerReception reception;
    final NoticeExchange notices;
    final OutboxMaintenance upkeep;
    byte[] bundle;

    Running() {
      long now = clock.millis();
      ledger.peerFacts().keyBundles().forEach(bytes -> peerKeys.offer(bytes, now));
      recipientKeys.renew();
      bundle = recipientKeys.bundle(identity, List.of(published)).encoded();
      RoutingTable routes =
          new RoutingTable(
              links, agency -> via.getOrDefault(agency, List.of()), (peer, lane) -> true);
      WaitingRecipients waiting = new WaitingRecipients();
      dispatch =
          new Dispatch(
              ledger.envelopes(),
              ledger.outbox(),
              ledger.hops(),
              routes,
              waiting,
              this::sendable,
              (peer, lane) -> {});
      settlement =
          new DeliverySettlement(
              ledger,
              dispatch,
              evidence,
              name,
              waiting,
              new SessionConfirmations(senders, clock::nanos),
              new GapWatch(() -> 0));
      transmission =
          new Transmission(
              ledger,
              settlement,
              senders,
              outbound::contentKey,
              (agreement, recipient) -> true,
              new Transmission.Origin(name, clock, new BindingSigner(FEDERATION, gatewayKey)),
              new UnsendableEntries(ledger, settlement, setting(), new Meters()));
      ReceiveParts parts = parts(routes);
      reception =
          new PeerReception(
              parts,
              storage,
              (origin, label, body) -> Optional.empty(),
              reporter(),
              random,
              ExerciseRetention.NONE);
      notices = notices(parts);
      upkeep =
          new OutboxMaintenance(
              ledger,
              settlement,
              waiting,
              via::keySet,
              this::sendable,
              notices,
              new OutboxMaintenance.Clocks(clock, clock));
      ledger.start();
    }

    private boolean sendable(AgencyName recipient) {
      return peerKeys.keyOf(recipient, clock.millis()).isPresent();
    }

    private ReceiveParts parts(RoutingTable routes) {
      MessageErasure erasing =
          new MessageErasure(name, ledger, storage, journal, evidence, Runnable::run);
      return new ReceiveParts(
          name,
          ledger,
          evidence,
          new ReceiveParts.Transit(
              dispatch,
              routes,
              agency -> true,
              agency -> true,
              (facts, recipient, size) -> Optional.empty()),
          new ReceiveParts.Opening(new Opener(count -> {}), recipients, new ReceivedHeaders()),
          new ReceiveParts.Keeping(
              new RecallReception(name, ledger, erasing, evidence, 1_000),
              List.of(),
              setting(),
              DeskClients.none(storage)),
          new ReceiveParts.Environment(
              clock,
              clock,
              clock,
              Runnable::run,
              Accounts.ofAgencies(NodeConfig.Limits.DEFAULT, System::nanoTime),
              new Meters()));
    }

    private Quarantining setting() {
      return new Quarantining(
          name,
          ledger.quarantine(),
          new RecordSeal(storage, random),
          Duration.ofDays(30),
          new Meters());
    }

    private Reporter reporter() {
      return new Reporter() {
        @Override
        public void arrived() {}

        @Override
        public void reportTo(AgencyName origin) {
          synchronized (owedReports) {
            owedReports.add(origin);
          }
        }

        @Override
        public void askAgain(AgencyName origin, List<OriginNumber> numbers) {
          notices.askAgain(origin, numbers);
        }

        @Override
        public void lost(AgencyName origin, Lane lane, long numbers) {}

        @Override
        public void refused(AgencyName peer, Code code) {
          // What matters shows in what arrives.
        }
      };
    }

    private NoticeExchange notices(ReceiveParts parts) {
      return new NoticeExchange(
          new NoticeSigner(
              FEDERATION,
              name,
              NODE,
              gatewayKey,
              () -> links.size() > 1,
              () -> bundle,
              () -> new byte[0]),
          parts,
          settlement,
          new NoticeExchange.KnownStatements(
              peerKeys, new PeerFulfilments(FEDERATION, agency -> List.of()), () -> {}),
          reporter(),
          send,
          new NoWitnesses());
    }

    private void renewKeys() {
      RecipientKeys.Renewal renewal = recipientKeys.renew();
      renewal.destroyed().forEach(recipients::forgetKey);
      recipients.closeEnded();
      senders.closeEnded();
      if (renewal.made().isPresent()) {
        announce();
      }
    }

    private void announce() {
      recipientKeys.renew(0);
      bundle = recipientKeys.bundle(identity, List.of(published)).encoded();
      notices.announceKeys();
    }

    private void report() {
      List<AgencyName> origins;
      synchronized (owedReports) {
        origins = List.copyOf(owedReports);
        owedReports.clear();
      }
      origins.forEach(notices::reportTo);
    }
  }

  private static final class NoWitnesses implements WitnessNotices {
    @Override
    public void asked(AgencyName from, WitnessRequest request) {}

    @Override
    public void answered(AgencyName from, WitnessAnswer answer) {}

    @Override
    public void reported(AgencyName from, WitnessedCheckpoints said) {}
  }

  void start() {
    running = new Running();
  }

  /** Ends as a process would. */
  void stop() {
    if (running != null) {
      running.ledger.close();
      running = null;
    }
  }

  boolean isRunning() {
    return running != null;
  }

  private Running running() {
    if (running == null) {
      throw new IllegalStateException(name + " does not run");
    }
    return running;
  }

  /** Takes a message of its own, which is durable on return. */
  void publish(Permitted message) {
    Running now = running();
    for (OutboundSealer.ReadyEnvelope ready : now.outbound.seal(List.of(SealingItem.of(message)))) {
      now.ledger
          .write(
              ready.key().lane(),
              tx -> {
                now.dispatch.submit(tx, ready.outgoing());
                return ready;
              })
          .join();
    }
  }

  /** What it would do regularly, but for keys. */
  void upkeep() {
    running().upkeep.round();
    running().report();
  }

  /** Makes and destroys the keys that are due. */
  void renewKeys() {
    running().renewKeys();
    outboxKeys.destroy(running().ledger.envelopes().outboxKeys());
  }

  /** Loses every recipient key at once, as with a keystore, and makes another. */
  void loseKeys() {
    for (KeyValidity key : seeds.held()) {
      seeds.destroy(key.id());
      running().recipients.forgetKey(key.id());
    }
    running().renewKeys();
  }

  /** Ends the sessions to a recipient. */
  void renewSessions(AgencyName recipient) {
    running().senders.renew(recipient);
  }

  /** The pair that it signs with. */
  SigningPair pair() {
    return pair;
  }

  /** Signs with another pair from now on, as the trust bundle says. */
  void signWith(SigningPair next) {
    pair = next;
    if (running != null) {
      running.identity.signWith(next);
      running.senders.renewAll();
      running.announce();
    }
  }

  /** The trust bundle says something else of pairs. */
  void recheck() {
    running().recipients.closeUnfounded();
    running().peerKeys.forgetUnfounded().forEach(running().senders::renew);
  }

  void neighbourUp(AgencyName neighbour) {
    running().notices.neighbourUp(neighbour);
  }

  void received(AgencyName neighbour, Notice notice) {
    running().notices.received(neighbour, notice);
  }

  HopQueue queue(AgencyName peer, Lane lane) {
    Running now = running();
    return now.queues
        .computeIfAbsent(lane, l -> new HashMap<>())
        .computeIfAbsent(
            peer,
            p ->
                new LedgerHopQueue(
                    now.ledger, now.settlement, now.transmission, peer, lane, MessageTracer.OFF));
  }

  HopIntake intake(AgencyName peer, Lane lane) {
    Running now = running();
    return now.intakes
        .computeIfAbsent(lane, l -> new HashMap<>())
        .computeIfAbsent(peer, p -> now.reception.intake(peer, lane));
  }

  /** Waits until everything handed to the ledger is durable, and what follows from it done. */
  void flush() {
    running().ledger.write(Lane.ROUTINE, tx -> tx).join();
  }

  boolean owesNothing() {
    boolean outbox = via.keySet().stream().allMatch(running().ledger.outbox()::isEmpty);
    return outbox
        && links.stream()
            .allMatch(
                peer ->
                    Lane.all().stream()
                        .allMatch(lane -> running().ledger.hops().depth(peer, lane) == 0));
  }

  /** Every message received, as often as it is there, with its text if it opens. */
  Map<MessageId, List<String>> inbox() {
    InboxOpener opening = new InboxOpener(storage, running().ledger.inbox());
    Map<MessageId, List<String>> found = new TreeMap<>();
    for (Lane lane : Lane.all()) {
      for (InboxTable.PlacedRecord placed : running().ledger.inbox().read(lane, 0, 10_000)) {
        found
            .computeIfAbsent(
                MessageId.of(placed.record().getMessageId().toByteArray()), m -> new ArrayList<>())
            .add(opening.body(placed).map(KeyLifeNode::text).orElse("(does not open)"));
      }
    }
    return found;
  }

  private static String text(Body body) {
    return body.getAlert().getTexts(0).getHeadline();
  }

  /** What is known here of a message, and what is owed to others of it. */
  List<EvidenceItem> evidence(MessageId message) {
    Running now = running();
    List<EvidenceItem> all = new ArrayList<>(now.evidence.known(now.ledger.evidence(), message));
    for (AgencyName origin : now.ledger.evidence().owing()) {
      all.addAll(
          now.evidence.openOwed(now.ledger.evidence().owed(origin, 100_000, Long.MAX_VALUE)));
    }
    return all.stream()
        .filter(item -> MessageId.of(item.getMessageId().toByteArray()).equals(message))
        .toList();
  }

  Instant now() {
    return clock.instant();
  }

  @Override
  public void close() {
    stop();
  }
}
