package org.entente.loadtests.inside;

import com.google.protobuf.ByteString;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.batch.Sealer;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.Quarantining;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.link.QueuedEnvelope;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.load.RulebookReader;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.gateway.seal.BindingSigner;
import org.entente.gateway.seal.OutboxSeal;
import org.entente.gateway.seal.PeerKeys;
import org.entente.gateway.seal.SenderSessions;
import org.entente.gateway.seal.SessionLimits;
import org.entente.gateway.seal.format.AgencyIdentity;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.statement.SessionAnnouncement;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.trace.MessageTracer;
import org.entente.gateway.transmit.DeliverySettlement;
import org.entente.gateway.transmit.Dispatch;
import org.entente.gateway.transmit.GapWatch;
import org.entente.gateway.transmit.LedgerHopQueue;
import org.entente.gateway.transmit.OutboundSealer;
import org.entente.gateway.transmit.OutboxMaintenance;
import org.entente.gateway.transmit.RecipientNotices;
import org.entente.gateway.transmit.RoutingTable;
import org.entente.gateway.transmit.SessionConfirmations;
import org.entente.gateway.transmit.Transmission;
import org.entente.gateway.transmit.UnsendableEntries;
import org.entente.gateway.transmit.WaitingRecipients;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.entente.proto.link.v1.Stanza;
import org.entente.proto.v1.Draft;

/**
 * Measurement of an origin's work on an envelope between its commit and the release of its hop
 * number, for recipients behind one transit that hold their sessions: reads it from the queue,
 * makes a stanza for each, and processes the transit's receipt. Runs in this process with a
 * gateway's classes, a ledger on the disk and no audit log. Used by one thread.
 */
public final class TransmissionProbe implements AutoCloseable {
  private static final AgencyName SELF = new AgencyName("fr.customs");
  private static final AgencyName HUB = new AgencyName("x.hub");
  private static final FederationName FEDERATION = new FederationName("bench.example");
  private static final NodeName GATEWAY = new NodeName("gateway-1");
  private static final Lane LANE = Lane.ROUTINE;
  private static final int MESSAGES = 64;
  private static final int BYTES = 1 << 20;
  private static final double MICRO = TimeUnit.MICROSECONDS.toNanos(1);

  private final SecureRandom random = new SecureRandom();
  private final InstantSource clock = InstantSource.system();
  private final Map<AgencyName, SigningPair> pairs = new TreeMap<>();
  private final PeerKeys peerKeys =
      new PeerKeys(FEDERATION, agency -> List.of(pair(agency).verifyingPair()));
  private final DayKeys keys = new DayKeys(random);
  private final Meters meters = new Meters();
  private final Policy policy;
  private final RocksStore store;
  private final Ledger ledger;
  private final SenderSessions sessions;
  private final OutboundSealer outbound;
  private final Dispatch dispatch;
  private final DeliverySettlement settlement;
  private final LedgerHopQueue queue;

  /**
   * An origin that knows the keys of its recipients and has sent nothing.
   *
   * @param config folder of the samples
   * @param agreements a folder with an agreement that covers the drafts
   * @param data folder of the ledger; must not exist
   * @param recipients receiving agencies
   */
  public TransmissionProbe(Path config, Path agreements, Path data, List<String> recipients) {
    LargeMembership members =
        LargeMembership.in(config.resolve("federation-demo.yaml")).with(recipients);
    policy = new Policy(rulebook(agreements, members), members, Policy.DEFAULT_CACHE_ENTRIES);
    learnKeys(recipients);
    Ed25519SigningKey key = Ed25519SigningKey.generate(random);
    sessions = sessions(key);
    outbound = outbound(key);
    store = RocksStore.open(data, RocksOptions.defaults());
    ledger =
        new Ledger(
            store,
            StoredNames.of(SecretBytes.random(random, 32), random),
            new NoAuditLog(),
            clock,
            LedgerLimits.DEFAULT,
            new NoCommitObserver());
    WaitingRecipients waiting = new WaitingRecipients();
    dispatch = dispatch(waiting);
    RecordSeal atRest = new RecordSeal(keys, random);
    settlement =
        new DeliverySettlement(
            ledger,
            dispatch,
            new EvidenceRecords(atRest, SELF),
            SELF,
            waiting,
            new SessionConfirmations(sessions, System::nanoTime),
            new GapWatch(System::nanoTime));
    queue = queue(atRest, key);
    ledger.start();
    // Mail waits for recipients with possible earlier debts until the queue was checked once.
    new OutboxMaintenance(
            ledger,
            settlement,
            waiting,
            pairs::keySet,
            agency -> true,
            new SilentNotices(),
            new OutboxMaintenance.Clocks(clock, clock))
        .round();
  }

  private SenderSessions sessions(Ed25519SigningKey key) {
    return new SenderSessions(
        new AgencyIdentity(FEDERATION, SELF, SigningPair.generate(random)),
        new GatewayKey(GATEWAY, key.verifyingKey()),
        peerKeys,
        SessionLimits.DEFAULT,
        random,
        clock);
  }

  private OutboundSealer outbound(Ed25519SigningKey key) {
    return new OutboundSealer(
        new Sealer(SELF, GATEWAY, key, random, clock),
        new OutboxSeal(random),
        keys,
        meters,
        MESSAGES,
        BYTES);
  }

  private Rulebook rulebook(Path agreements, LargeMembership members) {
    if (RulebookReader.load(agreements, null, members, clock.instant())
        instanceof Rulebook.LoadResult.Loaded it) {
      return it.rulebook();
    }
    throw new CommandFailure("the agreements in " + agreements + " cannot be loaded");
  }

  private void learnKeys(List<String> recipients) {
    AnnouncedKeys announced = new AnnouncedKeys(FEDERATION.value());
    for (String recipient : recipients) {
      AgencyName name = new AgencyName(recipient);
      pairs.put(name, SigningPair.generate(random));
      boolean taken =
          peerKeys
              .offer(announced.bundle(name, pair(name)), clock.millis())
              .fold(Optional::isPresent, refused -> false);
      if (!taken) {
        throw new CommandFailure("the keys of " + name + " are not accepted");
      }
    }
  }

  private SigningPair pair(AgencyName agency) {
    SigningPair pair = pairs.get(agency);
    if (pair == null) {
      throw new IllegalArgumentException(agency + " has no pair");
    }
    return pair;
  }

  private Dispatch dispatch(WaitingRecipients waiting) {
    return new Dispatch(
        ledger.envelopes(),
        ledger.outbox(),
        ledger.hops(),
        new RoutingTable(Set.of(HUB), agency -> List.of(HUB), (peer, lane) -> true),
        waiting,
        agency -> true,
        (peer, lane) -> {});
  }

  private LedgerHopQueue queue(RecordSeal atRest, Ed25519SigningKey key) {
    Quarantining setting =
        new Quarantining(SELF, ledger.quarantine(), atRest, Duration.ofDays(1), meters);
    Transmission transmission =
        new Transmission(
            ledger,
            settlement,
            sessions,
            outbound::contentKey,
            (agreement, recipient) -> true,
            new Transmission.Origin(SELF, clock, new BindingSigner(FEDERATION, key)),
            new UnsendableEntries(ledger, settlement, setting, meters));
    return new LedgerHopQueue(ledger, settlement, transmission, HUB, LANE, MessageTracer.OFF);
  }

  /**
   * Sends a message to recipients, who hold their sessions afterwards.
   *
   * @param draft to all of them
   */
  public void confirm(Draft draft) {
    commit(draft);
    for (QueuedEnvelope outgoing : queue.read(queue.first(), 1, Long.MAX_VALUE)) {
      for (Stanza stanza : outgoing.delivery().getStanzasList()) {
        SessionAnnouncement.parse(stanza.getAnnouncement().toByteArray())
            .ifPresent(
                announcement ->
                    sessions.confirm(new AgencyName(stanza.getRecipient()), announcement.id()));
      }
      release(List.of(outgoing));
    }
  }

  /**
   * Microseconds of this process per envelope with one message, from the queue to its release,
   * after its commit.
   *
   * @param draft to all recipients; its key is ignored
   * @param envelopes number of envelopes
   * @throws CommandFailure if an envelope does not go to every recipient
   */
  public double micros(Draft draft, int recipients, int envelopes) {
    for (int i = 0; i < envelopes; i++) {
      commit(draft);
    }
    long start = processorNanos();
    int left = envelopes;
    while (left > 0) {
      List<QueuedEnvelope> read = queue.read(queue.first(), MESSAGES, BYTES);
      for (QueuedEnvelope outgoing : read) {
        if (outgoing.delivery().getStanzasCount() != recipients) {
          throw new CommandFailure(
              "an envelope for " + outgoing.delivery().getStanzasCount() + " of " + recipients);
        }
      }
      release(read);
      left -= read.size();
    }
    return (processorNanos() - start) / MICRO / envelopes;
  }

  private void commit(Draft draft) {
    CheckedDraft checked = checked(draft);
    List<SealingItem> items = new ArrayList<>();
    for (Permitted permitted :
        policy
            .egress()
            .decide(checked, SELF, clock.instant())
            .permitted(MessageId.fresh(SELF, clock.millis(), random))) {
      items.add(SealingItem.of(permitted));
    }
    for (OutboundSealer.ReadyEnvelope ready : outbound.seal(items)) {
      boolean unused =
          ledger.commit(
              LANE,
              tx -> {
                dispatch.submit(tx, ready.outgoing());
                return true;
              });
    }
  }

  private CheckedDraft checked(Draft draft) {
    if (new LabelCheck(MessageLimits.defaults()).draft(draft, clock.instant())
        instanceof CheckedDraft checked) {
      return checked;
    }
    throw new CommandFailure("the draft is not valid");
  }

  /** The transit has them. */
  private void release(List<QueuedEnvelope> sent) {
    long epoch = queue.epoch();
    List<Receipt> receipts = new ArrayList<>();
    for (QueuedEnvelope outgoing : sent) {
      receipts.add(
          Receipt.newBuilder()
              .setHopEpoch(epoch)
              .setHopSequence(outgoing.sequence())
              .setHeaderHash(ByteString.copyFrom(outgoing.headerHash().toByteArray()))
              .setResult(Result.RESULT_COMMITTED)
              .build());
    }
    queue.released(receipts);
    // The writer commits changes in order, so the receipts are durable when this change is.
    boolean unused = ledger.commit(LANE, tx -> true);
  }

  private static long processorNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Expects no notices: nothing is withdrawn, and all keys are known. */
  private static final class SilentNotices implements RecipientNotices {
    @Override
    public void withdraw(AgencyName recipient, List<OutboxTable.NumberedEntry> numbers) {
      throw new IllegalStateException("withdrawn of " + recipient);
    }

    @Override
    public void askKeys(AgencyName recipient) {
      throw new IllegalStateException("no key of " + recipient);
    }

    @Override
    public void unconfirmed(AgencyName recipient, List<OriginNumber> numbers) {
      throw new IllegalStateException("not signed for by " + recipient);
    }

    @Override
    public void askEvidence(
        AgencyName recipient, List<MessageId> undelivered, List<MessageId> unopened) {
      throw new IllegalStateException("no evidence of " + recipient);
    }
  }

  @Override
  public void close() {
    ledger.close();
    store.close();
  }
}
