package org.entente.gateway.transmit;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.HUB;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.entente.gateway.batch.Sealer;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.Quarantining;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.HopQueueTable;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.link.QueuedEnvelope;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.seal.BindingSigner;
import org.entente.gateway.seal.ContentKey;
import org.entente.gateway.seal.KeySchedule;
import org.entente.gateway.seal.MemoryKeyHolder;
import org.entente.gateway.seal.OutboxSeal;
import org.entente.gateway.seal.PeerKeys;
import org.entente.gateway.seal.RecipientKeys;
import org.entente.gateway.seal.SenderSessions;
import org.entente.gateway.seal.SessionLimits;
import org.entente.gateway.seal.format.AgencyIdentity;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.testkit.SettableClock;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.OutboxState;
import org.entente.proto.store.v1.StoredEnvelope;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.EvidenceItem;

/**
 * A gateway of {@code fr.customs} that sends, over a store in memory: {@code de.customs} is linked
 * directly, {@code sg.police} behind the transit {@code x.hub}, and both have published keys. One
 * thread.
 */
final class SenderNode implements AutoCloseable {
  /** A member to which there is no way. */
  static final AgencyName JP = new AgencyName("jp.customs");

  static final Lane LANE = Lane.PRIORITY;
  static final Instant START = Instant.parse("2026-11-25T10:00:00Z");
  static final String KEY_ID = "of today";

  private static final FederationName FEDERATION = new FederationName("test.example");
  private static final NodeName GATEWAY = new NodeName("gateway-1");

  final SecureRandom random = new SecureRandom();
  final SettableClock clock = new SettableClock(START);
  final RecordedLeaves leaves = new RecordedLeaves();
  final MemoryStore.Disk disk;
  final Ledger ledger;
  final Meters meters = new Meters();
  final WaitingRecipients waiting = new WaitingRecipients();
  final GapWatch gaps = new GapWatch(clock::nanos);
  final Set<AgencyName> keyless = new HashSet<>();
  final Set<AgencyName> unreachable = new HashSet<>();
  final Set<AgencyName> down = new HashSet<>();

  /** Transits that lead to {@code sg.police}, and to all others of {@code sg}. */
  final List<AgencyName> transits = new ArrayList<>(List.of(HUB));

  final List<String> woken = new ArrayList<>();
  final List<String> notices = new ArrayList<>();
  final SecretBytes outboxKey = SecretBytes.random(random, 32);
  final EvidenceRecords evidence =
      new EvidenceRecords(new RecordSeal(new MemoryStorageKeys(), random), FR);
  final Dispatch dispatch;
  final OutboundSealer outbound;
  final PeerKeys peers;
  final SenderSessions sessions;
  final DeliverySettlement settlement;
  final UnsendableEntries unsendable;
  final Ed25519SigningKey key;
  Transmission transmission;
  final OutboxMaintenance upkeep;

  /** What policy says now. */
  volatile QueuedPermitCheck permitted = (agreement, recipient) -> true;

  SenderNode() {
    this(new MemoryStore.Disk());
  }

  SenderNode(MemoryStore.Disk disk) {
    this(disk, new MemoryStore(disk));
  }

  /** The same with a store on that disk that a test looks at. */
  SenderNode(MemoryStore.Disk disk, MemoryStore store) {
    this.disk = disk;
    ledger = QuietLedger.started(store, clock, leaves);
    RoutingTable routes =
        new RoutingTable(
            Set.of(DE, HUB),
            agency -> agency.value().startsWith("sg.") ? transits : List.of(),
            (peer, lane) -> !down.contains(peer));
    dispatch =
        new Dispatch(
            ledger.envelopes(),
            ledger.outbox(),
            ledger.hops(),
            routes,
            waiting,
            agency -> !keyless.contains(agency),
            (peer, lane) -> woken.add(peer + " " + lane));
    key = Ed25519SigningKey.generate(random);
    outbound =
        new OutboundSealer(
            new Sealer(FR, GATEWAY, key, random, clock),
            new OutboxSeal(random),
            new OneKey(),
            meters,
            2,
            1 << 20);
    SigningPair pair = SigningPair.generate(random);
    peers = new PeerKeys(FEDERATION, agency -> List.of(pair.verifyingPair()));
    for (AgencyName agency : List.of(DE, SG)) {
      publish(agency, pair, key);
    }
    sessions =
        new SenderSessions(
            new AgencyIdentity(FEDERATION, FR, pair),
            new GatewayKey(GATEWAY, key.verifyingKey()),
            (recipient, now) ->
                keyless.contains(recipient) ? Optional.empty() : peers.keyOf(recipient, now),
            SessionLimits.DEFAULT,
            random,
            clock);
    settlement =
        new DeliverySettlement(
            ledger,
            dispatch,
            evidence,
            FR,
            waiting,
            new SessionConfirmations(sessions, clock::nanos),
            gaps);
    unsendable =
        new UnsendableEntries(
            ledger,
            settlement,
            new Quarantining(
                FR,
                ledger.quarantine(),
                new RecordSeal(new MemoryStorageKeys(), random),
                Duration.ofDays(30),
                meters),
            meters);
    transmission = newTransmission();
    upkeep =
        new OutboxMaintenance(
            ledger,
            settlement,
            waiting,
            () -> new TreeSet<>(Set.of(DE, SG)),
            agency -> !unreachable.contains(agency),
            new Told(),
            new OutboxMaintenance.Clocks(clock, clock));
    for (AgencyName agency : List.of(DE, SG, HUB, JP)) {
      waiting.clear(agency, waiting.marks(agency));
    }
  }

  /** One that has prepared nothing, as after a restart. */
  final Transmission newTransmission() {
    return new Transmission(
        ledger,
        settlement,
        sessions,
        outbound::contentKey,
        new Policy(),
        new Transmission.Origin(FR, clock, new BindingSigner(FEDERATION, key)),
        unsendable);
  }

  private void publish(AgencyName agency, SigningPair pair, Ed25519SigningKey gateway) {
    RecipientKeys keys =
        new RecipientKeys(new MemoryKeyHolder(), KeySchedule.DEFAULT, random, clock);
    keys.renew();
    peers.offer(
        keys.bundle(
                new AgencyIdentity(FEDERATION, agency, pair),
                List.of(new GatewayKey(GATEWAY, gateway.verifyingKey())))
            .encoded(),
        clock.millis());
  }

  private final class OneKey implements OutboxKeys {
    @Override
    public NamedKey current() {
      return new NamedKey(KEY_ID, outboxKey);
    }

    @Override
    public Optional<SecretBytes> find(String id) {
      return id.equals(KEY_ID) ? Optional.of(outboxKey) : Optional.empty();
    }
  }

  private final class Policy implements QueuedPermitCheck {
    @Override
    public boolean test(String agreement, AgencyName recipient) {
      return permitted.test(agreement, recipient);
    }

    @Override
    public Optional<Refusal> refusal(String agreement, AgencyName recipient) {
      return permitted.refusal(agreement, recipient);
    }

    @Override
    public Optional<Refusal> refusal(
        StoredEnvelope envelope, ContentKey key, AgencyName recipient) {
      return permitted.refusal(envelope, key, recipient);
    }
  }

  private final class Told implements RecipientNotices {
    @Override
    public void withdraw(AgencyName recipient, List<OutboxTable.NumberedEntry> numbers) {
      numbers.forEach(one -> notices.add("withdraw " + recipient + " " + one.number().sequence()));
    }

    @Override
    public void unconfirmed(AgencyName recipient, List<OriginNumber> numbers) {
      numbers.forEach(one -> notices.add("unconfirmed " + recipient + " " + one.sequence()));
    }

    @Override
    public void askKeys(AgencyName recipient) {
      notices.add("ask " + recipient);
    }

    @Override
    public void askEvidence(
        AgencyName recipient, List<MessageId> undelivered, List<MessageId> unopened) {
      throw new AssertionError("asked by EvidenceTimeouts alone");
    }
  }

  MessageId id() {
    return MessageId.fresh(clock.millis(), random);
  }

  /** An alert that expires in a day. */
  SealingItem alert(MessageId id, Lane lane, AgencyName... recipients) {
    return SealingItem.of(
        PermittedFixture.alert(
            id,
            FR,
            lane,
            Body.getDefaultInstance(),
            clock.instant(),
            Stream.of(recipients).map(AgencyName::value).toArray(String[]::new)));
  }

  /** Seals an alert and queues it; its id. */
  /** The recipient states that it holds these of the first epoch, as they were sent. */
  void holds(AgencyName recipient, long... sequences) {
    List<NumberedHeader> held =
        LongStream.of(sequences)
            .mapToObj(
                sequence ->
                    new NumberedHeader(
                        number(sequence), entry(recipient, sequence).getHeaderHash().toByteArray()))
            .toList();
    assertEquals(List.of(), settlement.holds(recipient, held).join());
  }

  MessageId send(AgencyName... recipients) {
    MessageId id = id();
    submit(outbound.seal(List.of(alert(id, LANE, recipients))).get(0));
    return id;
  }

  void submit(OutboundSealer.ReadyEnvelope ready) {
    ledger.commit(
        ready.outgoing().lane(),
        tx -> {
          dispatch.submit(tx, ready.outgoing());
          return tx;
        });
  }

  static OriginNumber number(long sequence) {
    return new OriginNumber(1, LANE, sequence);
  }

  OutboxEntry entry(AgencyName recipient, long sequence) {
    return Objects.requireNonNull(ledger.outbox().read(recipient, number(sequence)), "owed");
  }

  OutboxState state(AgencyName recipient, long sequence) {
    return entry(recipient, sequence).getState();
  }

  boolean isOwed(AgencyName recipient, long sequence) {
    return ledger.outbox().read(recipient, number(sequence)) != null;
  }

  /** Changes what is owed. */
  void change(AgencyName recipient, long sequence, OutboxState state) {
    OutboxEntry changed = entry(recipient, sequence).toBuilder().setState(state).build();
    ledger.commit(
        LANE,
        tx -> {
          ledger.outbox().update(tx, recipient, number(sequence), changed);
          return tx;
        });
  }

  StoredEnvelope envelope(AgencyName recipient, long sequence) {
    return Objects.requireNonNull(
        ledger.envelopes().read(entry(recipient, sequence).getHeaderHash().toByteArray()),
        "its envelope");
  }

  /** The first of a peer's queue, as it would be sent now. */
  QueuedEnvelope prepare(AgencyName peer) {
    long first = ledger.hops().first(peer, LANE);
    HopQueueTable.NumberedEntry next = ledger.hops().read(peer, LANE, first, 1, 1).get(0);
    return transmission.prepare(peer, LANE, 7, next);
  }

  /** A peer's answer to the first of its queue. */
  void answer(AgencyName peer, Result result, String code) {
    long first = ledger.hops().first(peer, LANE);
    settlement
        .released(
            peer,
            LANE,
            List.of(
                Receipt.newBuilder()
                    .setHopEpoch(1)
                    .setHopSequence(first)
                    .setResult(result)
                    .setCode(code)
                    .build()))
        .join();
  }

  /** What is known of a message, in short. */
  List<String> known(MessageId id) {
    return evidence.known(ledger.evidence(), id).stream().map(SenderNode::words).toList();
  }

  private static String words(EvidenceItem item) {
    return item.getKind().name().replace("EVIDENCE_KIND_", "")
        + (" by " + item.getAgency() + " for " + item.getRecipient())
        + (item.getCode().isEmpty() ? "" : " " + item.getCode() + ": " + item.getReason())
        + (item.getTimeOut() ? " by time-out" : "");
  }

  static ByteString bytes(MessageId id) {
    return ByteString.copyFrom(id.bytes());
  }

  @Override
  public void close() {
    ledger.close();
  }
}
