package org.entente.gateway.feature.consent;

import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.seal.KeySchedule;
import org.entente.gateway.seal.MemoryKeyHolder;
import org.entente.gateway.seal.PeerKeys;
import org.entente.gateway.seal.RecipientKeys;
import org.entente.gateway.seal.format.AgencyIdentity;
import org.entente.gateway.seal.format.AgencyPairSource;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.gateway.seal.statement.StatementFrame;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.testkit.SettableClock;
import org.entente.gateway.transmit.EvidenceTimeouts;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.ConsentAsked;
import org.entente.proto.v1.ConsentGranted;
import org.entente.proto.v1.ConsentNotice;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Status;

/**
 * {@code fr.customs} with all that stands behind its consents, over a ledger in memory; and the
 * keys of {@code sg.police}, whose gateway it knows.
 */
final class ConsentNode implements AutoCloseable {
  static final AgencyName SELF = IntakeKit.SELF;
  static final FederationName FEDERATION = new FederationName("test.example");
  static final NodeName GATEWAY = new NodeName("gateway-1");
  static final NodeName DESK = new NodeName("desk");
  static final Instant START = PolicyFixture.NOW;

  /** Undecided requests that an agency takes of one other. */
  static final int MOST_UNDECIDED = 140;

  static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("FR-7").setJustification("case 12/26").build();

  final SecureRandom random = new SecureRandom();
  final SettableClock clock = new SettableClock(START);
  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  final RecordedLeaves journal = new RecordedLeaves();
  final MemoryStore store = new MemoryStore(disk);
  final Ledger ledger;
  final ConsentRequests asking;
  final ConsentDecisions deciding;
  final ConsentList consents;
  final IncomingConsents incoming;
  final ReceivedConsents hook;
  final ConsentGrantLookup grants;
  final ConsentParts parts;

  /** With which the gateway of {@code sg.police} signs. */
  final Ed25519SigningKey theirs = Ed25519SigningKey.generate(random);

  private final IntakeKit kit;
  private final Map<MessageId, Label> received = new HashMap<>();

  ConsentNode() {
    ledger = QuietLedger.started(store, clock, journal);
    RecordSeal atRest = new RecordSeal(new MemoryStorageKeys(), random);
    Policy policy = PolicyFixture.demo();
    kit = new IntakeKit(ledger, atRest, () -> policy, clock, SecretBytes.random(random, 32), 2);
    parts = kit.consent();
    asking =
        new ConsentRequests(parts, MOST_UNDECIDED, id -> Optional.ofNullable(received.get(id)));
    deciding = new ConsentDecisions(parts);
    consents = new ConsentList(ledger, parts.records(), clock);
    grants = new ConsentGrantLookup(ledger, parts.records());
    incoming =
        new IncomingConsents(
            new IncomingConsents.Self(SELF, FEDERATION, MOST_UNDECIDED),
            ledger,
            parts.sending().evidence(),
            parts.records(),
            peerKeys(),
            clock);
    AgencyPairSource nobody = agency -> List.of();
    hook =
        new ReceivedConsents(
            incoming,
            new CarriedConsentCheck(
                SELF, FEDERATION, nobody, new PeerKeys(FEDERATION, nobody), DemoMembership::demo));
  }

  private PeerKeys peerKeys() {
    SigningPair pair = SigningPair.generate(random);
    PeerKeys keys = new PeerKeys(FEDERATION, agency -> List.of(pair.verifyingPair()));
    RecipientKeys made =
        new RecipientKeys(new MemoryKeyHolder(), KeySchedule.DEFAULT, random, clock);
    made.renew();
    assertTrue(
        Results.value(
                keys.offer(
                    made.bundle(
                            new AgencyIdentity(FEDERATION, SG, pair),
                            List.of(new GatewayKey(GATEWAY, theirs.verifyingKey())))
                        .encoded(),
                    clock.millis()))
            .isPresent());
    return keys;
  }

  /** Leaves so many bytes on the disk. */
  void leave(long free) {
    disk.free(free);
    ledger.room().look();
  }

  /** A message that an agency sent to this one. */
  MessageId received(AgencyName origin) {
    return received(origin, Status.STATUS_ACTUAL);
  }

  MessageId received(AgencyName origin, Status status) {
    MessageId id = MessageId.fresh(clock.millis(), random);
    received.put(
        id,
        PolicyFixture.label()
            .setOrigin(origin.value())
            .setAgreement("fr-sg-ipr")
            .setStatus(status)
            .build());
    return id;
  }

  /** A message that this agency sent. */
  MessageId sent(AgencyName... recipients) {
    return sent(SentFacts.getDefaultInstance(), recipients);
  }

  MessageId sent(SentFacts like, AgencyName... recipients) {
    MessageId id = MessageId.fresh(clock.millis(), random);
    SentFacts.Builder facts =
        like.toBuilder()
            .setLane(Lane.ROUTINE.number())
            .setExpiresAtMs(clock.instant().plus(Duration.ofDays(30)).toEpochMilli());
    for (AgencyName recipient : recipients) {
      facts.addRecipients(recipient.value());
    }
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          EvidenceTimeouts.begin(tx, ledger, parts.sending().evidence(), id, facts.build());
          return id;
        });
    return id;
  }

  /** What is asked for about messages: for {@code us.cbp} and whoever is in Germany, ten days. */
  ConsentAsked wanted(MessageId... messages) {
    ConsentAsked.Builder asked =
        ConsentAsked.newBuilder()
            .addAgencies("us.cbp")
            .addJurisdictions("DE")
            .addPurposes(Purpose.PURPOSE_IPR_ENFORCEMENT)
            .addPurposes(Purpose.PURPOSE_CUSTOMS_CONTROL)
            .setUntil(Timestamps.fromMillis(in(Duration.ofDays(10))))
            .setReason("seizure in Newark");
    for (MessageId message : messages) {
      asked.addMessageIds(bytes(message));
    }
    return asked.build();
  }

  long in(Duration time) {
    return clock.instant().plus(time).toEpochMilli();
  }

  /** Asks, which must be taken. */
  MessageId ask(MessageId... messages) {
    return Results.value(asking.ask(DESK, wanted(messages), PERSON).join()).consent();
  }

  /** Another agency asks this one; the request's id. */
  MessageId isAsked(AgencyName by, MessageId... messages) {
    ConsentNotice notice = ConsentNotice.newBuilder().setAsked(wanted(messages)).build();
    MessageId id = MessageId.fresh(clock.millis(), random);
    hears(by, id, notice);
    return id;
  }

  /** A notice as it passes: checked, then committed if nothing is wrong with it. */
  Optional<Problem> hears(AgencyName origin, MessageId id, ConsentNotice notice) {
    Optional<Problem> problem =
        incoming.refusal(
            origin, Label.newBuilder().setStatus(Status.STATUS_ACTUAL).build(), notice);
    if (problem.isEmpty()) {
      ledger.commit(
          Lane.PRIORITY,
          tx -> {
            incoming.received(tx, origin, id, false, notice);
            return id;
          });
    }
    return problem;
  }

  Optional<Problem> hears(AgencyName origin, ConsentNotice notice) {
    return hears(origin, MessageId.fresh(clock.millis(), random), notice);
  }

  /** What {@code sg.police} would state about a consent. */
  ConsentStatement.Content statement(MessageId consent, MessageId... messages) {
    return new ConsentStatement.Content(
        StatementFrame.to(FEDERATION, SG, GATEWAY, SELF, clock.millis()),
        consent,
        new ConsentStatement.Terms(
            List.of(messages),
            List.of(new AgencyName("us.cbp")),
            List.of(),
            List.of(Purpose.PURPOSE_IPR_ENFORCEMENT_VALUE),
            in(Duration.ofDays(5))));
  }

  static ConsentNotice granted(ConsentStatement statement) {
    return ConsentNotice.newBuilder()
        .setGranted(
            ConsentGranted.newBuilder().setStatement(ByteString.copyFrom(statement.encoded())))
        .build();
  }

  static ByteString bytes(MessageId id) {
    return ByteString.copyFrom(id.bytes());
  }

  @Override
  public void close() {
    kit.close();
    ledger.close();
  }
}
