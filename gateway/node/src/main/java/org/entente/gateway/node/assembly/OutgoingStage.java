package org.entente.gateway.node.assembly;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.link.HopQueue;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.node.keys.SealingParts;
import org.entente.gateway.policy.decide.PendingMessage;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.seal.BindingSigner;
import org.entente.gateway.seal.ContentKey;
import org.entente.gateway.seal.OutboxSeal;
import org.entente.gateway.trace.MessageTracer;
import org.entente.gateway.transmit.DeliverySettlement;
import org.entente.gateway.transmit.Dispatch;
import org.entente.gateway.transmit.EpochRenumbering;
import org.entente.gateway.transmit.EvidenceTimeouts;
import org.entente.gateway.transmit.GapReporter;
import org.entente.gateway.transmit.LedgerHopQueue;
import org.entente.gateway.transmit.OutboundSealer;
import org.entente.gateway.transmit.PolicyChangeRecheck;
import org.entente.gateway.transmit.QueuedPermitCheck;
import org.entente.gateway.transmit.RoutingTable;
import org.entente.gateway.transmit.SessionConfirmations;
import org.entente.gateway.transmit.Transmission;
import org.entente.gateway.transmit.UnsendableEntries;
import org.entente.gateway.transmit.WaitingRecipients;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.Member;
import org.entente.proto.store.v1.StoredEnvelope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stage for outgoing messages: sealing, queues, and the outcome of what was sent. */
final class OutgoingStage {
  private static final Logger LOG = LoggerFactory.getLogger(OutgoingStage.class);

  final SealingParts sealing;
  final RoutingTable routes;
  final WaitingRecipients waiting = new WaitingRecipients();
  final Dispatch dispatch;
  final DeliverySettlement settlement;
  final EvidenceTimeouts awaiting;
  final GapReporter gaps;
  final OutboundSealer outbound;
  final UnsendableEntries unsendable;
  final Transmission transmission;

  private final Foundation ground;
  private final Supplier<MessageTracer> tracer;

  /**
   * Wires the stage.
   *
   * @param running a monotonic time
   * @param wake signals that something is queued for a peer in a lane
   * @param carries whether a peer's link takes mail of a lane now
   * @param tracer gives what follows messages, once there are links
   */
  OutgoingStage(
      Foundation ground,
      LongSupplier running,
      BiConsumer<AgencyName, Lane> wake,
      BiPredicate<AgencyName, Lane> carries,
      Supplier<MessageTracer> tracer) {
    this.ground = ground;
    this.tracer = tracer;
    NodeEnvironment around = ground.around;
    sealing = sealing();
    recallPeerFacts();
    routes = new RoutingTable(linked(), this::transitsOf, carries);
    dispatch = dispatch(wake);
    gaps = new GapReporter(running, ground.ledger.windows(), ground.ledger.outbox());
    settlement = settlement();
    awaiting = new EvidenceTimeouts(ground.agency(), ground.ledger, ground.evidence, ground.ending);
    outbound =
        new OutboundSealer(
            sealing.sealer,
            new OutboxSeal(around.random()),
            ground.keys.outboxKeys(),
            around.meters(),
            ground.config.limitsInForce().envelopeMessages(),
            ground.config.limitsInForce().envelopeBytes());
    unsendable = new UnsendableEntries(ground.ledger, settlement, ground.setting, around.meters());
    transmission = transmission();
  }

  private SealingParts sealing() {
    NodeEnvironment around = ground.around;
    return new SealingParts(
        new FederationName(ground.config.federation()),
        ground.self,
        ground.keys,
        ground.agencyPairs.first(),
        this::pairsInForce,
        ground.policy.own(),
        around.random(),
        around.clock(),
        around.meters());
  }

  private DeliverySettlement settlement() {
    return new DeliverySettlement(
        ground.ledger,
        dispatch,
        ground.evidence,
        ground.agency(),
        waiting,
        new SessionConfirmations(sealing.senderSessions, ground.around.timers()::nanos),
        gaps.watch());
  }

  private Dispatch dispatch(BiConsumer<AgencyName, Lane> wake) {
    return new Dispatch(
        ground.ledger.envelopes(),
        ground.ledger.outbox(),
        ground.ledger.hops(),
        routes,
        waiting,
        this::sendable,
        wake);
  }

  private void recallPeerFacts() {
    long now = ground.around.clock().millis();
    ground.ledger.peerFacts().keyBundles().forEach(bytes -> sealing.peerKeys.offer(bytes, now));
    ground
        .ledger
        .peerFacts()
        .fulfilments()
        .forEach(bytes -> sealing.peerFulfilments.offer(bytes, now));
    followFulfilments();
  }

  private Transmission transmission() {
    return new Transmission(
        ground.ledger,
        settlement,
        sealing.senderSessions,
        outbound::contentKey,
        stillPermitted(),
        new Transmission.Origin(
            ground.agency(),
            ground.ending,
            new BindingSigner(new FederationName(ground.config.federation()), sealing.gatewayKey)),
        unsendable);
  }

  /**
   * Applies the obligations that agencies now say they fulfil. Synchronized, so that the latest
   * statement wins.
   */
  synchronized void followFulfilments() {
    ground.policy.follow(sealing.peerFulfilments.stated());
  }

  /**
   * While the clock is in doubt, mail that either time permits stays: a withdrawal is final. The
   * earlier time alone would withdraw what began after it.
   */
  private QueuedPermitCheck stillPermitted() {
    PolicyChangeRecheck sealedBefore = new PolicyChangeRecheck(sealing.opener);
    return new QueuedPermitCheck() {
      @Override
      public boolean test(String agreement, AgencyName recipient) {
        return ground.policy.stillPermits(agreement, recipient, ground.around.clock().instant())
            || ground.policy.stillPermits(agreement, recipient, ground.ending.instant());
      }

      @Override
      public Optional<Refusal> refusal(String agreement, AgencyName recipient) {
        return ground.policy.current().unfulfilled(agreement, recipient);
      }

      @Override
      public Optional<Refusal> refusal(
          StoredEnvelope envelope, ContentKey key, AgencyName recipient) {
        Policy policy = ground.policy.current();
        return PolicyChangeRecheck.isUnderAnother(envelope, policy.generation())
            ? sealedBefore.refusal(envelope, key, recipient, asking(policy))
            : Optional.empty();
      }
    };
  }

  private PolicyChangeRecheck.Decision asking(Policy policy) {
    return (message, recipient) -> {
      Optional<Refusal> now = asking(policy, message, recipient, ground.around.clock());
      return now.isPresent() && asking(policy, message, recipient, ground.ending).isPresent()
          ? now
          : Optional.empty();
    };
  }

  private Optional<Refusal> asking(
      Policy policy, PendingMessage message, AgencyName recipient, InstantSource clock) {
    return policy.egress().recheck(message, ground.agency(), recipient, clock.instant());
  }

  /** Whether a recipient has a key in force, so that messages to it can be sealed. */
  boolean sendable(AgencyName recipient) {
    return sealing.peerKeys.keyOf(recipient, ground.around.clock().millis()).isPresent();
  }

  /** Renumbers messages of old epochs; called at startup, before new numbers are assigned. */
  void renumberOldEpochs() {
    int moved = new EpochRenumbering(ground.ledger, settlement).renumber();
    if (moved > 0) {
      LOG.info("renumbered {} messages that have waited through many restarts", moved);
    }
  }

  /** The send queue to a peer in a lane. */
  HopQueue queue(AgencyName peer, Lane lane) {
    return new LedgerHopQueue(ground.ledger, settlement, transmission, peer, lane, tracer.get());
  }

  private Set<AgencyName> linked() {
    Set<AgencyName> out = new HashSet<>();
    ground.config.links().forEach(link -> out.add(new AgencyName(link.peer())));
    return out;
  }

  private List<AgencyName> transitsOf(AgencyName agency) {
    return ground.trust.current().agency(agency).map(Member::via).orElse(List.of());
  }

  /** The pairs with which an agency may sign now. */
  List<VerifyingPair> pairsInForce(AgencyName agency) {
    Instant now = ground.around.clock().instant();
    return ground.trust.current().agency(agency).map(Member::signing).orElse(List.of()).stream()
        .filter(key -> key.validAt(now))
        .map(AgencyKey::pair)
        .toList();
  }
}
