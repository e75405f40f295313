package org.entente.gateway.testkit;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.batch.BatchPlanner;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.batch.Sealer;
import org.entente.gateway.batch.SealingBatch;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.feature.assignment.AssignmentRecords;
import org.entente.gateway.feature.assignment.ReceivedAssignments;
import org.entente.gateway.feature.consent.CarriedConsentCheck;
import org.entente.gateway.feature.consent.ConsentRecords;
import org.entente.gateway.feature.consent.IncomingConsents;
import org.entente.gateway.feature.consent.ReceivedConsents;
import org.entente.gateway.feature.operation.OperationReception;
import org.entente.gateway.feature.operation.OperationTable;
import org.entente.gateway.feature.operation.OwnRosters;
import org.entente.gateway.feature.operation.RosterRecords;
import org.entente.gateway.feature.request.AdvertisedResponders;
import org.entente.gateway.feature.request.ReceivedRequests;
import org.entente.gateway.feature.request.RequestTable;
import org.entente.gateway.feature.request.ResponderTable;
import org.entente.gateway.feature.request.ResponseDeadlines;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.QuarantineStage;
import org.entente.gateway.ledger.Quarantining;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.record.StorageKeys;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.link.HopIntake;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.policy.terms.ExerciseRetention;
import org.entente.gateway.receive.EvidenceReturn;
import org.entente.gateway.receive.IngressCheck;
import org.entente.gateway.receive.PeerReception;
import org.entente.gateway.receive.ReceiveParts;
import org.entente.gateway.receive.ReceivedHeaders;
import org.entente.gateway.receive.ReceptionHook;
import org.entente.gateway.receive.TransitCheck;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.retention.MessageErasure;
import org.entente.gateway.retention.RecallReception;
import org.entente.gateway.retention.RetentionKeys;
import org.entente.gateway.seal.BindingSigner;
import org.entente.gateway.seal.ContentKey;
import org.entente.gateway.seal.KeySchedule;
import org.entente.gateway.seal.MemoryKeyHolder;
import org.entente.gateway.seal.Opener;
import org.entente.gateway.seal.OutboxSeal;
import org.entente.gateway.seal.PeerKeys;
import org.entente.gateway.seal.RecipientKeys;
import org.entente.gateway.seal.RecipientSessions;
import org.entente.gateway.seal.SenderSessions;
import org.entente.gateway.seal.SessionLimits;
import org.entente.gateway.seal.format.AgencyIdentity;
import org.entente.gateway.seal.format.AgencyPairSource;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.statement.AddressedStanza;
import org.entente.gateway.seal.statement.KeyBundle;
import org.entente.gateway.transmit.Dispatch;
import org.entente.gateway.transmit.OutboundSealer;
import org.entente.gateway.transmit.RoutingTable;
import org.entente.gateway.transmit.WaitingRecipients;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Stanza;
import org.entente.proto.v1.EvidenceItem;

/**
 * Reception at {@code de.customs} with all that stands behind it, over a ledger of a test, and an
 * origin {@code fr.customs} that seals for it. Agencies of {@code x} are transits, no others are.
 */
public final class ReceiveKit implements AutoCloseable {
  /** Who receives. */
  public static final AgencyName SELF = new AgencyName("de.customs");

  /** Who sends. */
  public static final AgencyName ORIGIN = new AgencyName("fr.customs");

  /** Recalls of one origin that are kept although their targets are not here. */
  public static final int RECALLS = 16;

  private static final FederationName FEDERATION = new FederationName("test.example");
  private static final NodeName NODE = new NodeName("gateway-1");
  private static final NodeConfig.PerAgency LIMITS = NodeConfig.PerAgency.DEFAULT;

  private final SecureRandom random = new SecureRandom();

  /** For accounts, time stands still. */
  private final Accounts accounts = Accounts.ofAgencies(NodeConfig.Limits.DEFAULT, () -> 0);

  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private final Ledger ledger;
  private final ErasureJournal journal;
  private final EvidenceRecords evidence;
  private final MessageErasure erasing;
  private final RecallReception recalls;
  private final Quarantining setting;
  private final Origin origin;
  private final ReceiveParts parts;
  private final PeerReception reception;
  private final MemoryKeyHolder holder = new MemoryKeyHolder();
  private final RecordedReports reporter = new RecordedReports();
  private final Runnable renewal;
  private final BiFunction<AgencyName, GatewayKey, KeyBundle> bundles;
  private final Ed25519SigningKey ownKey;
  private final Map<Hop, Long> hops = new HashMap<>();
  private final Map<Lane, Long> throughTransit = new HashMap<>();
  private final Map<Lane, Long> numbers = new HashMap<>();

  private record Hop(AgencyName peer, Lane lane) {}

  /**
   * What the gateway that receives has around it.
   *
   * @param links agencies to which it holds a link
   * @param transitsOf the transits that lead to an agency
   * @param member whether an agency is a member now
   * @param transit what it carries for others
   * @param desks who sits at which desk
   * @param exercises how long it keeps what comes as training
   */
  public record Surroundings(
      Set<AgencyName> links,
      Function<AgencyName, List<AgencyName>> transitsOf,
      Predicate<AgencyName> member,
      TransitCheck transit,
      DeskClients desks,
      ExerciseRetention exercises) {
    /** A link to the origin alone, every agency a member, and nobody at any desk. */
    static Surroundings of(ExerciseRetention exercises) {
      return new Surroundings(
          Set.of(ORIGIN),
          agency -> List.of(),
          agency -> true,
          (facts, recipient, size) -> Optional.empty(),
          new DeskClients(),
          exercises);
    }
  }

  /** Reception over a ledger that has started, with no rule of its own for training traffic. */
  public ReceiveKit(
      Ledger ledger,
      StorageKeys storage,
      RetentionKeys retention,
      ErasureJournal journal,
      IngressCheck ingress,
      InstantSource clock) {
    this(ledger, storage, retention, journal, ingress, clock, ExerciseRetention.NONE);
  }

  /** The same with one. */
  public ReceiveKit(
      Ledger ledger,
      StorageKeys storage,
      RetentionKeys retention,
      ErasureJournal journal,
      IngressCheck ingress,
      InstantSource clock,
      ExerciseRetention exercises) {
    this(ledger, storage, retention, journal, ingress, clock, Surroundings.of(exercises));
  }

  /** The same with other links, members and desks. */
  public ReceiveKit(
      Ledger ledger,
      StorageKeys storage,
      RetentionKeys retention,
      ErasureJournal journal,
      IngressCheck ingress,
      InstantSource clock,
      Surroundings surroundings) {
    this.ledger = ledger;
    this.journal = journal;
    evidence = new EvidenceRecords(new RecordSeal(storage, random), SELF);
    erasing = new MessageErasure(SELF, ledger, retention, journal, evidence, executor);
    recalls = new RecallReception(SELF, ledger, erasing, evidence, RECALLS);
    setting =
        new Quarantining(
            SELF,
            ledger.quarantine(),
            new RecordSeal(storage, random),
            Duration.ofDays(30),
            new Meters());
    SigningPair mine = SigningPair.generate(random);
    SigningPair theirs = SigningPair.generate(random);
    AgencyPairSource pairs =
        agency -> List.of(agency.equals(ORIGIN) ? theirs.verifyingPair() : mine.verifyingPair());
    RecipientKeys keys = new RecipientKeys(holder, KeySchedule.DEFAULT, random, clock);
    Ed25519SigningKey own = Ed25519SigningKey.generate(random);
    ownKey = own;
    origin = new Origin(theirs, pairs, random, clock);
    bundles =
        (agency, key) -> keys.bundle(new AgencyIdentity(FEDERATION, agency, mine), List.of(key));
    renewal =
        () -> {
          keys.renew();
          origin.peers.offer(
              bundles.apply(SELF, new GatewayKey(NODE, own.verifyingKey())).encoded(),
              clock.millis());
        };
    renewal.run();
    RoutingTable routes =
        new RoutingTable(surroundings.links(), surroundings.transitsOf(), (peer, lane) -> true);
    parts =
        new ReceiveParts(
            SELF,
            ledger,
            evidence,
            new ReceiveParts.Transit(
                new Dispatch(
                    ledger.envelopes(),
                    ledger.outbox(),
                    ledger.hops(),
                    routes,
                    new WaitingRecipients(),
                    agency -> true,
                    (peer, lane) -> {}),
                routes,
                surroundings.member(),
                agency -> agency.value().startsWith("x."),
                surroundings.transit()),
            new ReceiveParts.Opening(
                new Opener(count -> {}),
                new RecipientSessions(FEDERATION, SELF, pairs, holder, clock, 4),
                new ReceivedHeaders()),
            new ReceiveParts.Keeping(
                recalls,
                hooks(new RecordSeal(storage, random), pairs, clock),
                setting,
                surroundings.desks().over(storage)),
            new ReceiveParts.Environment(clock, clock, clock, executor, accounts, new Meters()));
    reception =
        new PeerReception(parts, storage, ingress, reporter, random, surroundings.exercises());
  }

  private List<ReceptionHook> hooks(
      RecordSeal atRest, AgencyPairSource pairs, InstantSource clock) {
    PeerKeys peerKeys = new PeerKeys(FEDERATION, pairs);
    return List.of(
        new ReceivedRequests(
            SELF,
            new ResponseDeadlines(RequestTable.of(ledger), new Meters(), LIMITS.openRequests()),
            new AdvertisedResponders(ledger, atRest),
            name -> Optional.ofNullable(ResponderTable.of(ledger).own(name))),
        new ReceivedConsents(
            new IncomingConsents(
                new IncomingConsents.Self(SELF, FEDERATION, LIMITS.undecidedConsents()),
                ledger,
                evidence,
                new ConsentRecords(atRest),
                peerKeys,
                clock),
            new CarriedConsentCheck(SELF, FEDERATION, pairs, peerKeys, DemoMembership::demo)),
        new OperationReception(
            SELF,
            ledger,
            new RosterRecords(OperationTable.of(ledger), atRest, LIMITS.openOperations()),
            new OwnRosters(FEDERATION, SELF, NODE, ownKey.verifyingKey())),
        new ReceivedAssignments(ledger, evidence, new AssignmentRecords(atRest)));
  }

  private static final class Origin {
    private final Ed25519SigningKey key;
    private final Sealer sealer;
    private final PeerKeys peers;
    private final SenderSessions sessions;

    Origin(SigningPair pair, AgencyPairSource pairs, SecureRandom random, InstantSource clock) {
      key = Ed25519SigningKey.generate(random);
      sealer = new Sealer(ORIGIN, NODE, key, random, clock);
      peers = new PeerKeys(FEDERATION, pairs);
      sessions =
          new SenderSessions(
              new AgencyIdentity(FEDERATION, ORIGIN, pair),
              new GatewayKey(NODE, key.verifyingKey()),
              peers,
              SessionLimits.DEFAULT,
              random,
              clock);
    }
  }

  /** Makes the recipient keys that are due and tells the origin. */
  public void renewKeys() {
    renewal.run();
  }

  /** Seals at the origin and hands over, as one envelope for each lane; the receipts. */
  public List<Receipt> deliver(Permitted... messages) {
    List<Receipt> receipts = new ArrayList<>();
    for (Delivery delivery : seal(messages)) {
      receipts.add(handOver(delivery));
    }
    return receipts;
  }

  /** Seals at the origin, with origin numbers in this order; nothing is handed over. */
  public List<Delivery> seal(Permitted... messages) {
    return seal(Stream.of(messages).map(SealingItem::of).toList());
  }

  /** The same of what the origin has put together, true or not. */
  public List<Delivery> seal(List<SealingItem> items) {
    return sealBatches(BatchPlanner.group(items, 64, 1 << 20));
  }

  /** The same in one envelope, whether or not an honest origin puts them into one. */
  public Delivery sealTogether(List<SealingItem> items) {
    return sealBatches(List.of(new SealingBatch(items.get(0).key(), items))).get(0);
  }

  private List<Delivery> sealBatches(List<SealingBatch> batches) {
    List<Delivery> out = new ArrayList<>();
    for (Sealed sealed : batches.stream().map(origin.sealer::seal).toList()) {
      Lane lane = sealed.key().lane();
      long number = numbers.merge(lane, 1L, Long::sum);
      AddressedStanza stanza =
          origin
              .sessions
              .wrap(
                  sealed.envelope().header(),
                  SELF,
                  new OriginNumber(1, lane, number),
                  sealed.contentKey())
              .orElseThrow();
      out.add(delivery(sealed.envelope(), stanza));
    }
    return out;
  }

  private static Delivery delivery(Envelope envelope, AddressedStanza stanza) {
    Stanza.Builder wire =
        Stanza.newBuilder()
            .setRecipient(SELF.value())
            .setStanza(ByteString.copyFrom(stanza.stanza().encoded()));
    stanza.announcement().ifPresent(a -> wire.setAnnouncement(ByteString.copyFrom(a.encoded())));
    return Delivery.newBuilder()
        .setHeader(ByteString.copyFrom(envelope.header().encoded()))
        .setSignature(ByteString.copyFrom(envelope.signature()))
        .setLabels(ByteString.copyFrom(envelope.labels()))
        .setBodies(ByteString.copyFrom(envelope.bodies()))
        .addPath(ORIGIN.value())
        .addStanzas(wire)
        .build();
  }

  /** The name of the origin's gateway. */
  public static NodeName originGateway() {
    return NODE;
  }

  /** With which the origin's gateway signs. */
  public Ed25519SigningKey originKey() {
    return origin.key;
  }

  /** A key bundle of a third agency, valid in this federation, that names the origin's key. */
  public KeyBundle bundleOf(AgencyName third) {
    return bundles.apply(third, new GatewayKey(NODE, origin.key.verifyingKey()));
  }

  /** The key of the gateway that receives. */
  public Ed25519SigningKey ownKey() {
    return ownKey;
  }

  /** A delivery, under the next origin number, of whatever the origin has put together. */
  public Delivery address(Envelope envelope, ContentKey key) {
    Lane lane = envelope.header().facts().lane();
    OriginNumber number = new OriginNumber(1, lane, numbers.merge(lane, 1L, Long::sum));
    return delivery(
        envelope, origin.sessions.wrap(envelope.header(), SELF, number, key).orElseThrow());
  }

  /** The same under a number that the origin may have given before. */
  public Delivery addressAs(OriginNumber number, Envelope envelope, ContentKey key) {
    return delivery(
        envelope, origin.sessions.wrap(envelope.header(), SELF, number, key).orElseThrow());
  }

  /** Seals messages of one lane as one envelope; its key is the origin's secret. */
  public Sealed sealed(Permitted... messages) {
    List<SealingItem> items = new ArrayList<>();
    for (Permitted message : messages) {
      items.add(SealingItem.of(message));
    }
    return origin.sealer.seal(BatchPlanner.group(items, 64, 1 << 20).get(0));
  }

  /** Hands over under the next hop number of the lane, and waits until it is durable. */
  public Receipt handOver(Delivery delivery) {
    Lane lane =
        EnvelopeHeader.parse(delivery.getHeader().toByteArray()).orElseThrow().facts().lane();
    return handOver(lane, delivery);
  }

  /** The delivery as an honest origin sends it through others: with a bound stanza. */
  public Delivery bound(Delivery delivery) {
    Optional<EnvelopeHeader> header = EnvelopeHeader.parse(delivery.getHeader().toByteArray());
    if (header.isEmpty()) {
      return delivery;
    }
    BindingSigner signer = new BindingSigner(FEDERATION, origin.key);
    Delivery.Builder out = delivery.toBuilder();
    for (Stanza.Builder wire : out.getStanzasBuilderList()) {
      org.entente.gateway.seal.format.Stanza.parse(wire.getStanza().toByteArray())
          .filter(stanza -> wire.getRecipient().equals(SELF.value()))
          .map(stanza -> signer.bind(header.get(), SELF, stanza))
          .ifPresent(stanza -> wire.setStanza(ByteString.copyFrom(stanza.encoded())));
    }
    return out.build();
  }

  /** Hands over what came through a transit, under the transit's next hop number. */
  public Receipt handOverThrough(AgencyName transit, Lane lane, Delivery delivery) {
    HopIntake intake = reception.intake(transit, lane);
    long hop = throughTransit.merge(lane, 1L, Long::sum);
    if (hop == 1) {
      intake.adopt(1, 1);
    }
    Delivery numbered =
        bound(delivery).toBuilder()
            .addPath(transit.value())
            .setHopEpoch(1)
            .setHopSequence(hop)
            .build();
    return intake
        .receive(List.of(numbered), new PeerName(transit, NODE))
        .toCompletableFuture()
        .join()
        .get(0);
  }

  /** No session is in memory any more, as after a restart. */
  public void forgetSessions() {
    holder.held().forEach(key -> parts.opening().sessions().forgetKey(key.id()));
  }

  /** Accounts of other agencies. */
  public Accounts accounts() {
    return accounts;
  }

  /** Origin numbers for which the origin was asked again, in their order. */
  public List<OriginNumber> asked() {
    return reporter.asked();
  }

  /** What receiving has told the rest of the gateway. */
  public RecordedReports reports() {
    return reporter;
  }

  /** What receiving works with. */
  public ReceiveParts parts() {
    return parts;
  }

  /** Hands over on a lane, whatever the header says, and waits until it is durable. */
  public Receipt handOver(Lane lane, Delivery delivery) {
    return handOver(lane, List.of(delivery)).get(0);
  }

  /** Hands over in one message, and waits until all of it is durable. */
  public List<Receipt> handOver(Lane lane, List<Delivery> deliveries) {
    return handOver(ORIGIN, lane, deliveries);
  }

  /** The same by any peer; what another than the origin brings was bound by the origin. */
  public List<Receipt> handOver(AgencyName peer, Lane lane, List<Delivery> deliveries) {
    return handOverAsIs(
        peer,
        lane,
        peer.equals(ORIGIN) ? deliveries : deliveries.stream().map(this::bound).toList());
  }

  /** Hands over unchanged; each peer has hop numbers of its own. */
  public List<Receipt> handOverAsIs(AgencyName peer, Lane lane, List<Delivery> deliveries) {
    HopIntake intake = reception.intake(peer, lane);
    List<Delivery> numbered = new ArrayList<>();
    for (Delivery delivery : deliveries) {
      long hop = hops.merge(new Hop(peer, lane), 1L, Long::sum);
      if (hop == 1) {
        intake.adopt(1, 1);
      }
      numbered.add(delivery.toBuilder().setHopEpoch(1).setHopSequence(hop).build());
    }
    return intake.receive(numbered, new PeerName(peer, NODE)).toCompletableFuture().join();
  }

  /** Waits until what receiving has set off is done. */
  public void settle() {
    CompletableFuture.runAsync(() -> {}, executor).join();
  }

  /** Evidence owed to the origin, oldest first. */
  public List<EvidenceItem> owed() {
    return evidence.openOwed(ledger.evidence().owed(ORIGIN, 10_000, Long.MAX_VALUE));
  }

  /** Returns what is owed, to members that a policy knows. */
  public EvidenceReturn evidenceReturn(Policy policy) {
    SecretBytes outboxKey = SecretBytes.random(random, 32);
    OutboundSealer outbound =
        new OutboundSealer(
            new Sealer(
                SELF,
                NODE,
                Ed25519SigningKey.generate(random),
                random,
                parts.environment().clock()),
            new OutboxSeal(random),
            new OneOutboxKey(outboxKey),
            new Meters(),
            64,
            1 << 20);
    return new EvidenceReturn(parts, () -> policy, outbound, random);
  }

  /** Sets aside at the recipient. */
  public Quarantining setting() {
    return setting;
  }

  /** What receiving counts. */
  public Meters meters() {
    return parts.environment().meters();
  }

  /** What the recipient received and set aside. */
  public QuarantineStage setAside() {
    return reception.setAside();
  }

  /** Erasing at the recipient. */
  public MessageErasure erasing() {
    return erasing;
  }

  /** What recalls do at the recipient. */
  public RecallReception recalls() {
    return recalls;
  }

  /** Evidence records of the recipient. */
  public EvidenceRecords evidence() {
    return evidence;
  }

  /** How long a message of {@link org.entente.gateway.policy.decide.PermittedFixture} is kept. */
  public static Instant keptUntil(Instant received) {
    return received.plus(Duration.ofDays(30));
  }

  /** Ends it, and then the ledger and the journal that the test gave it. */
  public void closeWithLedger() throws IOException {
    close();
    ledger.close();
    journal.close();
  }

  @Override
  public void close() {
    executor.shutdown();
  }
}
