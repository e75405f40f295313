package org.entente.gateway.receive;

import com.google.protobuf.ByteString;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.record.ProcessingFailures;
import org.entente.gateway.ledger.table.CustodyBytes;
import org.entente.gateway.link.FrameCost;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.ProtoBytes;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.seal.OpenedLabels;
import org.entente.gateway.seal.Opener;
import org.entente.gateway.seal.OpeningResult;
import org.entente.gateway.seal.RecipientSession;
import org.entente.gateway.seal.RecipientSessions;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.SessionId;
import org.entente.gateway.transmit.RoutingTable;
import org.entente.gateway.trust.BundleContent;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Result;
import org.entente.proto.link.v1.Stanza;
import org.entente.proto.store.v1.HopRecipient;
import org.jspecify.annotations.Nullable;

/**
 * Inspects deliveries: does all cryptography and policy checks of receiving, outside the ledger's
 * writer. Safe for many threads.
 */
final class Inspection {
  /** Agencies that may have carried an envelope, the origin included. */
  static final int MAX_PATH = 4;

  private static final String NO_MEMBER = "?";

  /** Stanzas of a delivery: one for each other member. */
  static final int MAX_STANZAS = BundleContent.MAX_AGENCIES;

  private final AgencyName self;
  private final Predicate<AgencyName> member;
  private final Predicate<AgencyName> carrier;
  private final RoutingTable routes;
  private final TransitCheck transit;
  private final Ledger ledger;
  private final InstantSource ending;
  private final Opener opener;
  private final RecipientSessions sessions;
  private final BiFunction<AgencyName, SessionId, Optional<byte[]>> storedAnnouncements;
  private final EnvelopeUnsealer unsealing;
  private final Meters meters;
  private final ProcessingFailures<ByteString> mishaps;
  private final Custody custody;
  private final UnusualMemory memory;
  private final Accounts accounts;

  /**
   * @param mishaps failures over envelopes, by header hash
   * @param custody keeps whole envelopes that failed too often
   * @param memory of what is inspected and not yet committed
   */
  Inspection(
      ReceiveParts parts,
      EnvelopeUnsealer unsealing,
      ProcessingFailures<ByteString> mishaps,
      Custody custody,
      UnusualMemory memory) {
    this.mishaps = mishaps;
    this.memory = memory;
    this.custody = custody;
    this.self = parts.self();
    this.member = parts.transit().member();
    this.carrier = parts.transit().carrier();
    this.routes = parts.transit().routes();
    this.transit = parts.transit().check();
    this.ledger = parts.ledger();
    this.ending = parts.environment().ending();
    this.opener = parts.opening().opener();
    this.sessions = parts.opening().sessions();
    this.storedAnnouncements =
        (origin, id) -> parts.ledger().peerFacts().announcement(origin, id.bytes());
    this.unsealing = unsealing;
    this.meters = parts.environment().meters();
    this.accounts = parts.environment().agencies();
  }

  /**
   * Inspects one delivery. A failure of this gateway is not a verdict and blocks nothing: the
   * origin sends the delivery again.
   */
  InspectionResult inspect(AgencyName peer, Lane lane, Delivery delivery) {
    try {
      return judged(peer, lane, delivery);
    } catch (RuntimeException | StackOverflowError e) {
      return failed(peer, delivery, e);
    }
  }

  /** The rejection of a delivery that this gateway failed to process. */
  InspectionResult.Rejected failed(AgencyName peer, Delivery delivery, Throwable failure) {
    meters.mishap(Meters.Step.RECEIVING);
    mishaps.happened(hash(delivery), failure);
    return new InspectionResult.Rejected(
        null,
        Result.RESULT_REWRAP,
        Code.INTERNAL,
        "this gateway failed to process it",
        claimed(peer, delivery));
  }

  /**
   * Restarts the count of failures, as the quarantine had no room; the delivery is inspected again
   * when it is repeated.
   */
  void begunAnew(Delivery delivery) {
    mishaps.forget(hash(delivery));
  }

  private static ByteString hash(Delivery delivery) {
    return ByteString.copyFrom(Sha256.hash(delivery.getHeader().toByteArray()));
  }

  /**
   * The origin to ask for the delivery again, unless that is the peer, which learns it from the
   * receipt, or the peer is no transit. Nothing here is authenticated: asking costs a notice and an
   * attempt.
   */
  private InspectionResult.@Nullable Unresolved claimed(AgencyName peer, Delivery delivery) {
    try {
      EnvelopeFacts facts =
          EnvelopeHeader.parse(delivery.getHeader().toByteArray()).orElseThrow().facts();
      return facts.origin().equals(peer) || !carrier.test(peer)
          ? null
          : delivery.getStanzasList().stream()
              .filter(stanza -> stanza.getRecipient().equals(self.value()))
              .map(
                  stanza ->
                      org.entente.gateway.seal.format.Stanza.parse(bytes(stanza)).orElseThrow())
              .map(
                  stanza ->
                      new InspectionResult.Unresolved(facts.origin(), stanza.number(facts.lane())))
              .findFirst()
              .orElse(null);
    } catch (RuntimeException | StackOverflowError e) {
      // Then its number cannot be read either; the origin repeats it by itself.
      return null;
    }
  }

  private static byte[] bytes(Stanza stanza) {
    return stanza.getStanza().toByteArray();
  }

  private InspectionResult judged(AgencyName peer, Lane lane, Delivery delivery) {
    if (delivery.getHeader().isEmpty()) {
      return new InspectionResult.Nothing();
    }
    Optional<EnvelopeHeader> header = EnvelopeHeader.parse(ProtoBytes.array(delivery.getHeader()));
    Optional<InspectionResult.Rejected> wrong =
        header.isEmpty()
            ? Optional.of(
                new InspectionResult.Rejected(
                    null, Result.RESULT_REFUSED, Code.MALFORMED, "the header cannot be read", null))
            : againstHop(peer, lane, delivery, header.get());
    if (wrong.isPresent()) {
      chargeUnverified(peer, delivery);
      return wrong.get();
    }
    if (FrameCost.isCarried(delivery)
        && !FrameCost.of(delivery, self).charge(accounts.of(peer.value()), party(delivery))) {
      // The transit's account is for all whose mail it carries, and this one has no more of it now.
      // Its origin repeats it by itself: a request would cost more than the flood.
      return overloaded(
          header.get(), "its origin sends more through " + peer + " than its share", null);
    }
    Optional<Envelope> envelope =
        Envelope.of(
            header.get(),
            ProtoBytes.array(delivery.getSignature()),
            ProtoBytes.array(delivery.getLabels()),
            ProtoBytes.array(delivery.getBodies()));
    return envelope.isEmpty()
        ? refused(header.get(), Code.MALFORMED, "its lengths differ from those in the header")
        : sort(peer, delivery, envelope.get());
  }

  /**
   * A carried delivery whose path or header is wrong costs what it would have cost to verify it,
   * from the share of those before the peer: a transit cannot see all that is wrong here, so one
   * member must not use up the account of an honest transit.
   */
  private void chargeUnverified(AgencyName peer, Delivery delivery) {
    if (FrameCost.isCarried(delivery)) {
      var unused =
          FrameCost.of(delivery, self).unread().charge(accounts.of(peer.value()), party(delivery));
    }
  }

  /**
   * Whose share of the peer's account a delivery costs, although nothing in it is verified yet. A
   * transit checks of which neighbour it takes what, so a false origin costs only the share of the
   * neighbour that forged it. What is no member, or no transit between the origin and the
   * neighbour, has one name: names cost memory, and each is another share.
   */
  private List<String> party(Delivery delivery) {
    return party(delivery, member, carrier);
  }

  /** The same, the nearest first; empty for what the neighbour sends itself. */
  static List<String> party(
      Delivery delivery, Predicate<AgencyName> member, Predicate<AgencyName> carrier) {
    List<String> path = delivery.getPathList();
    List<String> party = new ArrayList<>();
    for (int i = path.size() - 2; i >= 0 && party.size() < MAX_PATH; i--) {
      party.add(isOne(path.get(i), i == 0 ? member : carrier) ? path.get(i) : NO_MEMBER);
    }
    return party;
  }

  private static boolean isOne(String name, Predicate<AgencyName> kind) {
    try {
      return kind.test(new AgencyName(name));
    } catch (InvalidValue e) {
      return false;
    }
  }

  private Optional<InspectionResult.Rejected> againstHop(
      AgencyName peer, Lane lane, Delivery delivery, EnvelopeHeader header) {
    AgencyName origin = header.facts().origin();
    List<String> path = delivery.getPathList();
    if (path.isEmpty()
        || path.size() > MAX_PATH
        || path.contains(self.value())
        || path.stream().distinct().count() < path.size()
        || !path.get(0).equals(origin.value())
        || !path.get(path.size() - 1).equals(peer.value())) {
      return Optional.of(
          refused(header, Code.ROUTING_LOOP, "its path does not lead from the origin to here"));
    }
    if (!origin.equals(peer) && !carrier.test(peer)) {
      return Optional.of(
          refused(header, Code.IDENTITY_MISMATCH, "only a transit carries the mail of others"));
    }
    if (header.facts().lane() != lane) {
      return Optional.of(refused(header, Code.HEADER_MISMATCH, "the header names another lane"));
    }
    if (!member.test(origin) || origin.equals(self)) {
      return Optional.of(refused(header, Code.UNKNOWN_PEER, "its origin is not another member"));
    }
    return Optional.empty();
  }

  /** The stanzas of others in one delivery: by next hop, and those that are not passed on. */
  private record Onward(
      Map<AgencyName, List<HopRecipient>> hops, List<InspectionResult.NotOnward> refused) {}

  private InspectionResult sort(AgencyName peer, Delivery delivery, Envelope envelope) {
    // Before any of them costs a check of the policy.
    if (delivery.getStanzasCount() > MAX_STANZAS) {
      return refused(
          envelope.header(), Code.MALFORMED, "it has more stanzas than a federation has members");
    }
    if (delivery.getStanzasList().stream().map(Stanza::getRecipient).distinct().count()
        < delivery.getStanzasCount()) {
      return refused(envelope.header(), Code.MALFORMED, "it has two stanzas for one recipient");
    }
    Onward onward = new Onward(new LinkedHashMap<>(), new ArrayList<>());
    Stanza mine = null;
    boolean nameless = false;
    for (Stanza stanza : delivery.getStanzasList()) {
      Optional<AgencyName> recipient = recipient(stanza);
      if (recipient.isEmpty()) {
        nameless = true;
      } else if (recipient.get().equals(self)) {
        mine = stanza;
      } else {
        route(peer, recipient.get(), stanza, envelope, onward);
      }
    }
    Optional<InspectionResult.Rejected> tooLarge =
        tooLarge(envelope, (mine == null ? 0 : 1) + (onward.hops().isEmpty() ? 0 : 1));
    if (tooLarge.isPresent()) {
      return tooLarge.get();
    }
    if (mine != null) {
      return own(peer, party(delivery), mine, envelope, onward);
    }
    if (!onward.hops().isEmpty()) {
      return envelope.isWhole()
          ? taken(envelope.header(), null, onward)
          : refused(
              envelope.header(), Code.HEADER_MISMATCH, "its content is not what the header names");
    }
    if (!onward.refused().isEmpty()) {
      InspectionResult.NotOnward last = onward.refused().get(onward.refused().size() - 1);
      return refused(envelope.header(), last.code(), last.reason());
    }
    return refused(
        envelope.header(),
        Code.MALFORMED,
        nameless ? "a stanza names no agency" : "it has no stanza");
  }

  /**
   * The refusal of an envelope that one change of the ledger cannot hold: it would be sent, and
   * fail, until its end. A tenth of a change is for its records.
   *
   * @param copies for this agency, and for others
   */
  private Optional<InspectionResult.Rejected> tooLarge(Envelope envelope, int copies) {
    long most = ledger.mostBytesOfAChange() / 10 * 9;
    long stored = (long) copies * envelope.size();
    return stored <= most
        ? Optional.empty()
        : Optional.of(
            refused(
                envelope.header(),
                Code.TOO_LARGE,
                "it needs %d bytes here; at most %d of one envelope can be stored"
                    .formatted(stored, most)));
  }

  private static Optional<AgencyName> recipient(Stanza stanza) {
    try {
      return Optional.of(new AgencyName(stanza.getRecipient()));
    } catch (InvalidValue e) {
      return Optional.empty();
    }
  }

  private static InspectionResult.Taken taken(
      EnvelopeHeader header, InspectionResult.@Nullable Own own, Onward onward) {
    return new InspectionResult.Taken(header, own, onward.hops(), onward.refused());
  }

  private void route(
      AgencyName peer, AgencyName recipient, Stanza stanza, Envelope envelope, Onward onward) {
    Optional<Refusal> refusal =
        transit
            .refusal(envelope.header().facts(), recipient, envelope.size())
            .or(() -> notHeld(peer, recipient, stanza, envelope));
    if (refusal.isPresent()) {
      onward
          .refused()
          .add(
              new InspectionResult.NotOnward(
                  recipient, refusal.get().code(), refusal.get().reason()));
      return;
    }
    Optional<AgencyName> hop = routes.onward(recipient, envelope.header().facts().lane(), peer);
    if (hop.isEmpty()) {
      onward
          .refused()
          .add(
              new InspectionResult.NotOnward(
                  recipient, Code.NO_ROUTE, "there is no route to " + recipient + " from here"));
      return;
    }
    onward
        .hops()
        .computeIfAbsent(hop.get(), next -> new ArrayList<>())
        .add(
            HopRecipient.newBuilder()
                .setAgency(recipient.value())
                .setStanza(stanza.getStanza())
                .setAnnouncement(stanza.getAnnouncement())
                .build());
  }

  /** Why an envelope is not taken into custody now; it says nothing about later. */
  private Optional<Refusal> notHeld(
      AgencyName peer, AgencyName recipient, Stanza stanza, Envelope envelope) {
    EnvelopeFacts facts = envelope.header().facts();
    if (facts.expiresAtMs() <= ending.millis()) {
      return refusal(recipient, Code.EXPIRED, "expiry", "the time to deliver it is over");
    }
    long bytes = (long) envelope.size() + stanza.getSerializedSize();
    CustodyBytes.Account account =
        new CustodyBytes.Account(peer.value(), facts.origin().value(), facts.lane());
    return ledger.custody().hasRoom(account, recipient, bytes)
        ? Optional.empty()
        : refusal(
            recipient,
            Code.LIMIT_REACHED,
            "custody",
            "this transit holds as much mail of %s for %s as it may"
                .formatted(facts.origin(), recipient));
  }

  private static Optional<Refusal> refusal(
      AgencyName recipient, Code code, String rule, String reason) {
    return Optional.of(new Refusal(recipient.value(), code, "transit/" + rule, reason));
  }

  private InspectionResult own(
      AgencyName peer, List<String> party, Stanza wire, Envelope envelope, Onward onward) {
    long start = System.nanoTime();
    EnvelopeHeader header = envelope.header();
    Optional<org.entente.gateway.seal.format.Stanza> stanza =
        org.entente.gateway.seal.format.Stanza.parse(wire.getStanza().toByteArray());
    if (stanza.isEmpty()) {
      return refused(header, Code.MALFORMED, "the stanza cannot be read");
    }
    AgencyName origin = header.facts().origin();
    if (!learn(peer, party, origin, stanza.get().session(), wire.getAnnouncement())) {
      return overloaded(header, "its origin uses too many sessions at once", null);
    }
    OpeningResult opening = opener.open(peer, envelope, stanza.get(), sessions);
    if (opening instanceof OpeningResult.NotOpened notOpened) {
      OriginNumber claimed = stanza.get().number(header.facts().lane());
      return notOpened(peer, header, claimed, notOpened.code());
    }
    OpeningResult.Opened opened = (OpeningResult.Opened) opening;
    InspectionResult.NewSession session =
        newSession(opened.session(), wire.getAnnouncement().isEmpty());
    try (OpenedLabels labels = opened.labels()) {
      Optional<ProcessingFailure> mishap = mishaps.over(ByteString.copyFrom(header.hash()));
      if (mishap.isPresent()) {
        return taken(header, custody.failed(opened, session, mishap.get()), onward);
      }
      Optional<EnvelopeUnsealer.Parsed> parsed =
          unsealing.parse(labels, List.of(opened.session().terms().parties()));
      if (parsed.isEmpty()) {
        // The same answer as for every failure after a key was used; the reason stays in this
        // agency's audit log.
        return refused(header, Code.CANNOT_OPEN, "a label or body inside cannot be read");
      }
      InspectionResult.Unresolved again =
          origin.equals(peer) ? null : new InspectionResult.Unresolved(origin, opened.number());
      if (!parsed.get().cost().charge(accounts.of(peer.value()), party)) {
        return overloaded(header, "what it holds exceeds the rates of its origin", again);
      }
      if (parsed.get().isMail() && !hasRoom(envelope)) {
        return overloaded(
            header, "what is stored of its origin is its share of the disk already", again);
      }
      List<InspectionResult.Content> contents = unsealing.judge(labels, parsed.get(), start);
      meters.openedIn(System.nanoTime() - start);
      long unusual = parsed.get().unusual();
      if (!memory.hold(origin, unusual)) {
        return overloaded(header, "too much of its origin waits to be committed", again);
      }
      return taken(
          header, new InspectionResult.Judged(opened.number(), session, contents, unusual), onward);
    }
  }

  private boolean hasRoom(Envelope envelope) {
    EnvelopeFacts facts = envelope.header().facts();
    long stored = ledger.inbox().stored().of(facts.origin(), facts.lane());
    return ledger.room().hasRoom(stored, envelope.size());
  }

  private static InspectionResult.Rejected overloaded(
      EnvelopeHeader header, String reason, InspectionResult.@Nullable Unresolved again) {
    return new InspectionResult.Rejected(
        header, Result.RESULT_REWRAP, Code.OVERLOADED, reason, again);
  }

  /** Keeps the verified bytes, not those received, which a transit may have altered. */
  private static InspectionResult.NewSession newSession(RecipientSession session, boolean known) {
    return new InspectionResult.NewSession(
        ByteString.copyFrom(session.id().bytes()),
        known ? ByteString.EMPTY : ByteString.copyFrom(session.announcement()),
        session.terms().expiresAtMs(),
        ByteString.copyFrom(session.terms().parties().gateway().key().encoded()));
  }

  /**
   * Learns the session's announcement, from the delivery or as stored before a restart.
   *
   * @return false if the party has used up its share, as for an origin that uses many sessions in
   *     turn
   */
  private boolean learn(
      AgencyName peer,
      List<String> party,
      AgencyName origin,
      SessionId id,
      ByteString announcement) {
    if (sessions.find(origin, id).isPresent()) {
      return true;
    }
    if (!announcement.isEmpty()) {
      sessions.accept(announcement.toByteArray());
      return true;
    }
    Optional<byte[]> stored = storedAnnouncements.apply(origin, id);
    if (stored.isPresent() && !FrameCost.STORED_SESSION.charge(accounts.of(peer.value()), party)) {
      return false;
    }
    stored.ifPresent(sessions::accept);
    return true;
  }

  /**
   * The rejection of a delivery that does not open. A transit can alter stanza, signature and
   * content, so if one carried it the origin is asked again. From the origin itself it is refused
   * permanently, unless only the session is unknown.
   */
  private InspectionResult.Rejected notOpened(
      AgencyName peer, EnvelopeHeader header, OriginNumber claimed, Code code) {
    boolean direct = header.facts().origin().equals(peer);
    boolean again = code == Code.NEED_REWRAP || !direct;
    return new InspectionResult.Rejected(
        header,
        code == Code.NEED_REWRAP ? Result.RESULT_REWRAP : Result.RESULT_REFUSED,
        code,
        "it cannot be opened",
        again && !direct
            ? new InspectionResult.Unresolved(header.facts().origin(), claimed)
            : null);
  }

  private static InspectionResult.Rejected refused(
      EnvelopeHeader header, Code code, String reason) {
    return new InspectionResult.Rejected(header, Result.RESULT_REFUSED, code, reason, null);
  }
}
