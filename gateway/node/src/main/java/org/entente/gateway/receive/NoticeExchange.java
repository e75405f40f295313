package org.entente.gateway.receive;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.sequence.OriginWindow;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.ledger.table.WindowTable;
import org.entente.gateway.meter.LogRateLimit;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Result;
import org.entente.gateway.seal.PeerFulfilments;
import org.entente.gateway.seal.PeerKeys;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.statement.KeyBundle;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.gateway.seal.statement.VoidStatement;
import org.entente.gateway.seal.statement.Watermark;
import org.entente.gateway.seal.statement.WatermarkStatement;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.transmit.DeliverySettlement;
import org.entente.gateway.transmit.RecipientNotices;
import org.entente.gateway.transmit.RoutingTable;
import org.entente.proto.link.v1.KeyRequest;
import org.entente.proto.link.v1.Notice;
import org.entente.proto.link.v1.WitnessAnswer;
import org.entente.proto.link.v1.WitnessRequest;
import org.entente.proto.link.v1.WitnessedCheckpoints;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Control statements between agencies: key bundles, watermarks, voids, what is settled, requests
 * for a new stanza, and what audit logs and their witnesses say to each other. Not durable and not
 * ordered: whatever one asks for is asked again until it is answered. All but requests for keys are
 * signed by the agency or gateway that states them; signature and numbers are checked before
 * anything is written, and a number is written in its own lane. {@link NoticeAdmission} bounds how
 * many come here. A transit passes on what is addressed to others, over at most {@link #MAX_HOPS}
 * hops, without reading it. Safe for many threads.
 */
public final class NoticeExchange implements RecipientNotices {
  private static final Logger LOG = LoggerFactory.getLogger(NoticeExchange.class);

  /** Transits that a notice may cross. */
  static final int MAX_HOPS = 4;

  /** How often what is held is stated again to a neighbour that reconnects, in this time. */
  static final int REPEATS = 10;

  static final Duration REPEATS_IN = Duration.ofMinutes(REPEATS);

  /** How often the log names a recipient that signs for nothing, or for something else. */
  static final Duration ALARM_EVERY = Duration.ofMinutes(1);

  private final NoticeSigner signer;
  private final Ledger ledger;
  private final DeliverySettlement settlement;
  private final PeerKeys peerKeys;
  private final KnownStatements known;
  private final RoutingTable routes;
  private final Reporter reporter;
  private final Sender send;
  private final InstantSource clock;
  private final Executor workers;
  private final NoticeSignatureCheck signed;
  private final SettledNotices settled;
  private final VoidNotices voids;
  private final SignedNotices addressed;
  private final ReceivedHeaders held;
  private final Map<AgencyName, Deque<Instant>> repeated = new ConcurrentHashMap<>();
  private final LogRateLimit alarms;
  private final Map<AgencyName, Integer> turns = new ConcurrentHashMap<>();
  private final Meters meters;

  /** Sends notices to neighbours. */
  public interface Sender {
    /** Sends a notice; false if the link to the neighbour does not take it now. */
    boolean send(AgencyName neighbour, Notice notice);
  }

  /**
   * What other agencies state about themselves.
   *
   * @param keys their key bundles
   * @param fulfilments the obligations that they fulfil
   * @param fulfilmentsChanged called when one of their statements changes
   */
  public record KnownStatements(
      PeerKeys keys, PeerFulfilments fulfilments, Runnable fulfilmentsChanged) {}

  /** Creates an exchange over links. */
  public NoticeExchange(
      NoticeSigner signer,
      ReceiveParts parts,
      DeliverySettlement settlement,
      KnownStatements known,
      Reporter reporter,
      Sender send,
      WitnessNotices witnesses) {
    this.signer = signer;
    this.ledger = parts.ledger();
    this.settlement = settlement;
    this.known = known;
    this.peerKeys = known.keys();
    this.routes = parts.transit().routes();
    this.reporter = reporter;
    this.send = send;
    this.clock = parts.environment().clock();
    this.alarms = new LogRateLimit(clock, ALARM_EVERY);
    this.workers = parts.environment().workers();
    this.signed =
        new NoticeSignatureCheck(
            signer.federation(), signer.self(), peerKeys, this::askKeys, reporter, clock);
    this.settled = new SettledNotices(signer, parts, signed, reporter);
    this.voids = new VoidNotices(parts, signed, reporter);
    this.held = parts.opening().numbers();
    this.meters = parts.environment().meters();
    this.addressed =
        new SignedNotices(
            signer,
            clock,
            signed,
            settlement,
            witnesses,
            new EvidenceRepetition(parts, reporter),
            reporter);
  }

  /**
   * Handles a neighbour that became reachable: sends it the keys known here, and origins behind it
   * what this agency holds of them, since receipts and statements may have been lost. One that
   * comes up too often hears only of this agency's keys. It can ask for others, and origins send
   * again.
   */
  public void neighbourUp(AgencyName neighbour) {
    send.send(neighbour, ownKeys());
    if (!mayRepeat(neighbour)) {
      return;
    }
    if (signer.transit().getAsBoolean()) {
      for (byte[] bundle : ledger.peerFacts().keyBundles()) {
        KeyBundle.parse(bundle)
            .map(b -> b.content().agency())
            .filter(agency -> !agency.equals(neighbour))
            .ifPresent(agency -> send.send(neighbour, keys(agency, bundle, 1)));
      }
    }
    repeatTo(neighbour);
  }

  /** Whether its connections are not too many. */
  private boolean mayRepeat(AgencyName neighbour) {
    Deque<Instant> times = repeated.computeIfAbsent(neighbour, name -> new ArrayDeque<>());
    Instant now = clock.instant();
    synchronized (times) {
      times.removeIf(at -> Duration.between(at, now).abs().compareTo(REPEATS_IN) >= 0);
      return times.size() < REPEATS && times.add(now);
    }
  }

  private void repeatTo(AgencyName neighbour) {
    ledger.windows().origins().stream()
        .filter(origin -> routes.hops(origin).contains(neighbour))
        .forEach(this::repeatBehind);
  }

  /** A record that cannot be read ends no stream, and hinders no other origin. */
  private void repeatBehind(AgencyName origin) {
    try {
      held.repeat(origin);
      reportTo(origin);
    } catch (CorruptRecord e) {
      alarms
          .line("record " + origin, "cannot tell " + origin + " what came from it")
          .ifPresent(line -> LOG.error("{}: {}", line, e.getMessage(), e));
    }
  }

  /** Announces this agency's keys to all neighbours. */
  public void announceKeys() {
    for (AgencyName neighbour : routes.links()) {
      send.send(neighbour, ownKeys());
    }
  }

  private Notice ownKeys() {
    return keys(signer.self(), signer.ownBundle().get(), signer.ownFulfilment().get(), 0);
  }

  /** The notice of an agency's keys and its statement of fulfilled obligations. */
  private Notice keys(AgencyName from, byte[] bundle, int hops) {
    return keys(from, bundle, known.fulfilments().encoded(from).orElse(new byte[0]), hops);
  }

  private static Notice keys(AgencyName from, byte[] bundle, byte[] fulfilment, int hops) {
    return Notice.newBuilder()
        .setFrom(from.value())
        .setHops(hops)
        .setKeyBundle(ByteString.copyFrom(bundle))
        .setFulfilment(ByteString.copyFrom(fulfilment))
        .build();
  }

  /**
   * Sends an origin signed watermarks of its mail, with the numbers that wait to be named; in
   * several statements if one does not take them.
   */
  public void reportTo(AgencyName origin) {
    List<Watermark> watermarks = new ArrayList<>();
    for (WindowTable.LaneWindow one : ledger.windows().all(origin)) {
      watermarks.add(watermark(one.lane(), one.window()));
    }
    if (watermarks.isEmpty()) {
      return;
    }
    List<NumberedHeader> named = held.take(origin);
    do {
      state(origin, watermarks, named);
      named = held.take(origin);
    } while (!named.isEmpty());
  }

  private void state(AgencyName origin, List<Watermark> watermarks, List<NumberedHeader> named) {
    WatermarkStatement statement =
        WatermarkStatement.sign(
            new WatermarkStatement.Content(signer.frame(origin, clock.millis()), watermarks, named),
            signer.key());
    address(origin, Notice.newBuilder().setWatermarks(ByteString.copyFrom(statement.encoded())));
  }

  private static Watermark watermark(Lane lane, OriginWindow window) {
    return new Watermark(
        window.epoch(),
        lane,
        window.watermark(),
        window.receivedAbove().stream()
            .limit(Watermark.MAX_RANGES)
            .map(range -> new Watermark.Range(range.first(), range.last()))
            .toList());
  }

  /** Asks an origin for new stanzas. */
  public void askAgain(AgencyName origin, List<OriginNumber> numbers) {
    address(origin, addressed.needRewrap(origin, numbers));
  }

  @Override
  public void unconfirmed(AgencyName recipient, List<OriginNumber> numbers) {
    numbers.forEach(number -> meters.unconfirmed(recipient, number.lane()));
    alarm(
        Code.IDENTITY_MISMATCH,
        recipient,
        "answered "
            + numbers.get(0)
            + " over its link again and again, and no statement signed by its gateway names it; its"
            + " TLS key may be in other hands");
  }

  private void alarm(Code code, AgencyName recipient, String text) {
    alarms
        .line(code + " " + recipient, text)
        .ifPresent(line -> LOG.error("ALARM {}: {} {}", code, recipient, line));
  }

  @Override
  public void askKeys(AgencyName recipient) {
    address(
        recipient,
        Notice.newBuilder().setKeyRequest(KeyRequest.newBuilder().setAgency(recipient.value())));
  }

  @Override
  public void askEvidence(
      AgencyName recipient, List<MessageId> undelivered, List<MessageId> unopened) {
    address(recipient, addressed.evidenceRequest(recipient, undelivered, unopened));
  }

  /**
   * A neighbour has mail for an agency and no key of it. Answered to the neighbour alone, which
   * knows best who asked it; a transit that knows no keys either, or outdated ones, passes the
   * question on, and its neighbours hear of what it learns.
   */
  private void answerKeys(AgencyName neighbour, Notice notice) {
    AgencyName agency = new AgencyName(notice.getKeyRequest().getAgency());
    if (agency.equals(signer.self())) {
      send.send(neighbour, ownKeys());
      return;
    }
    Optional<byte[]> known = ledger.peerFacts().keyBundle(agency);
    known.ifPresent(bundle -> send.send(neighbour, keys(agency, bundle, 1)));
    boolean outdated =
        known
            .flatMap(KeyBundle::parse)
            .filter(bundle -> !NoticeSignatureCheck.isOld(bundle, clock.millis()))
            .isEmpty();
    if (outdated && (known.isEmpty() || signer.transit().getAsBoolean())) {
      passOn(neighbour, agency, notice);
    }
  }

  @Override
  public void withdraw(AgencyName recipient, List<OutboxTable.NumberedEntry> numbers) {
    VoidStatement statement =
        VoidStatement.sign(
            new VoidStatement.Content(
                signer.frame(recipient, clock.millis()),
                numbers.stream()
                    .limit(VoidStatement.MAX_NUMBERS)
                    .map(
                        one ->
                            new NumberedHeader(
                                one.number(), one.entry().getHeaderHash().toByteArray()))
                    .toList()),
            signer.key());
    address(
        recipient, Notice.newBuilder().setVoidStatement(ByteString.copyFrom(statement.encoded())));
  }

  /** Sends a request to a witness; returns whether there is a route to it. */
  public boolean ask(AgencyName witness, WitnessRequest request) {
    return address(witness, addressed.request(witness, request));
  }

  /** Answers a log. */
  public void answer(AgencyName log, WitnessAnswer answer) {
    address(log, addressed.answer(log, answer));
  }

  /** Tells a witness what this one holds. */
  public void tell(AgencyName witness, WitnessedCheckpoints held) {
    address(witness, addressed.witnessed(witness, held));
  }

  private boolean address(AgencyName to, Notice.Builder notice) {
    List<AgencyName> hops = routes.hops(to);
    int turn = hops.size() < 2 ? 0 : turns.merge(to, 1, Integer::sum);
    var unused =
        handed(hops, turn, notice.setFrom(signer.self().value()).setTo(to.value()).build());
    return !hops.isEmpty();
  }

  /**
   * Hands a notice to the first peer of these, beginning with one of them, whose link takes it. A
   * notice is repeated until it takes effect: if each time began with the same transit, that one
   * could suppress all.
   */
  private boolean handed(List<AgencyName> hops, int turn, Notice notice) {
    return IntStream.range(0, hops.size())
        .mapToObj(i -> hops.get(Math.floorMod(turn + i, hops.size())))
        .anyMatch(hop -> send.send(hop, notice));
  }

  /**
   * Handles a notice from a neighbour. The stream that it came over stays, whatever its author
   * wrote, since it carries the notices of others, too.
   *
   * @throws StoreFailure if this gateway's disk failed
   */
  public void received(AgencyName neighbour, Notice notice) {
    try {
      received(neighbour, new AgencyName(notice.getFrom()), notice);
    } catch (InvalidValue e) {
      reporter.refused(neighbour, Code.MALFORMED);
    }
  }

  private void received(AgencyName neighbour, AgencyName from, Notice notice) {
    try {
      handle(neighbour, from, notice);
    } catch (InvalidValue | StoreFailure e) {
      throw e;
    } catch (RuntimeException e) {
      reporter.refused(from, Code.MALFORMED);
      alarms
          .line("defect " + from, "ignored a notice of " + from + " because of a defect")
          .ifPresent(line -> LOG.error("{}", line, e));
    }
  }

  private void handle(AgencyName neighbour, AgencyName from, Notice notice) {
    if (notice.hasKeyRequest()) {
      answerKeys(neighbour, notice);
    } else if (!notice.getTo().isEmpty() && !notice.getTo().equals(signer.self().value())) {
      passOn(neighbour, new AgencyName(notice.getTo()), notice);
    } else if (notice.hasKeyBundle()) {
      takeKeys(neighbour, notice);
    } else {
      take(from, notice);
    }
  }

  private void passOn(AgencyName neighbour, AgencyName to, Notice notice) {
    List<AgencyName> hops =
        routes.hops(to).stream().filter(next -> !next.equals(neighbour)).toList();
    if (!signer.transit().getAsBoolean() || !mayGoOn(notice) || hops.isEmpty()) {
      reporter.refused(neighbour, Code.NO_ROUTE);
      return;
    }
    var unused = handed(hops, 0, notice.toBuilder().setHops(notice.getHops() + 1).build());
  }

  /** Hops of two thousand millions and more are read as negative. */
  private static boolean mayGoOn(Notice notice) {
    return notice.getHops() >= 0 && notice.getHops() < MAX_HOPS;
  }

  /**
   * Takes over an agency's keys, after its statement of obligations, so that nothing is sealed to
   * the keys under an older statement.
   */
  private void takeKeys(AgencyName neighbour, Notice notice) {
    Set<AgencyName> changed = new TreeSet<>();
    takeFulfilment(neighbour, notice.getFulfilment().toByteArray()).ifPresent(changed::add);
    taken(neighbour, peerKeys.offer(notice.getKeyBundle().toByteArray(), clock.millis()))
        .map(bundle -> bundle.content().agency())
        .ifPresent(
            agency -> {
              keep(tx -> keepBundle(tx, agency));
              changed.add(agency);
            });
    if (signer.transit().getAsBoolean() && mayGoOn(notice)) {
      changed.forEach(agency -> tellOthers(neighbour, agency, notice.getHops() + 1));
    }
  }

  /**
   * Takes over the keys and statements of obligations that came too often to be taken at once;
   * called regularly. The count of their hops begins again, since each transit passes a statement
   * on once.
   */
  public void takeDue() {
    long now = clock.millis();
    Set<AgencyName> changed = new TreeSet<>(known.fulfilments().due(now));
    changed.forEach(this::followFulfilment);
    for (KeyBundle bundle : peerKeys.due(now)) {
      AgencyName agency = bundle.content().agency();
      keep(tx -> keepBundle(tx, agency));
      changed.add(agency);
    }
    if (signer.transit().getAsBoolean()) {
      changed.forEach(agency -> tellOthers(agency, agency, 1));
    }
  }

  /** The agency of a statement of obligations, if it was new. */
  private Optional<AgencyName> takeFulfilment(AgencyName neighbour, byte[] bytes) {
    if (bytes.length == 0) {
      return Optional.empty();
    }
    Optional<AgencyName> agency =
        taken(neighbour, known.fulfilments().offer(bytes, clock.millis()));
    agency.ifPresent(this::followFulfilment);
    return agency;
  }

  private void followFulfilment(AgencyName agency) {
    known.fulfilmentsChanged().run();
    keep(tx -> keepFulfilment(tx, agency));
  }

  // What is newest when the commit comes: another neighbour may have brought a newer one meanwhile.

  private void keepBundle(Transaction tx, AgencyName agency) {
    peerKeys
        .bundleOf(agency)
        .ifPresent(newest -> ledger.peerFacts().putKeyBundle(tx, agency, newest.encoded()));
  }

  private void keepFulfilment(Transaction tx, AgencyName agency) {
    known
        .fulfilments()
        .encoded(agency)
        .ifPresent(newest -> ledger.peerFacts().putFulfilment(tx, agency, newest));
  }

  private <T> Optional<T> taken(AgencyName neighbour, Result<Optional<T>> offer) {
    return offer.orElseGet(
        refused -> {
          reporter.refused(neighbour, refused.code());
          return Optional.empty();
        });
  }

  @SuppressWarnings("FutureReturnValueIgnored") // said again at the next start of either
  private void keep(Consumer<Transaction> change) {
    ledger.write(
        Lane.ROUTINE,
        tx -> {
          change.accept(tx);
          return true;
        });
  }

  private void tellOthers(AgencyName neighbour, AgencyName agency, int hops) {
    Optional<Notice> further =
        peerKeys.bundleOf(agency).map(bundle -> keys(agency, bundle.encoded(), hops));
    for (AgencyName other : routes.links()) {
      if (!other.equals(neighbour) && !other.equals(agency)) {
        further.ifPresent(notice -> send.send(other, notice));
      }
    }
  }

  private void take(AgencyName from, Notice notice) {
    switch (notice.getNoticeCase()) {
      case WATERMARKS -> takeWatermarks(from, notice.getWatermarks().toByteArray());
      case VOID_STATEMENT -> voids.take(from, notice.getVoidStatement().toByteArray());
      case SETTLED_STATEMENT -> settled.take(from, notice.getSettledStatement().toByteArray());
      case SIGNED_NOTICE -> addressed.take(from, notice.getSignedNotice().toByteArray());
      default -> {
        // A newer peer may send kinds that this release does not know.
      }
    }
  }

  private void takeWatermarks(AgencyName from, byte[] bytes) {
    signed
        .taken(from, WatermarkStatement.parse(bytes))
        .ifPresent(taken -> learnHeld(from, taken.content()));
  }

  @SuppressWarnings("FutureReturnValueIgnored") // stated again until it took effect
  private void learnHeld(AgencyName from, WatermarkStatement.Content content) {
    for (Lane lane : Lane.all()) {
      settlement.keeps(
          from,
          lane,
          content.watermarks().stream()
              .filter(one -> one.lane() == lane)
              .map(Watermark::epoch)
              .collect(Collectors.toSet()));
    }
    List<CompletableFuture<?>> written = new ArrayList<>();
    content.watermarks().forEach(one -> written.add(reached(from, one)));
    written.add(settlement.holds(from, content.held()).thenAccept(it -> alarm(from, it)));
    CompletableFuture.allOf(written.toArray(CompletableFuture[]::new))
        .thenRunAsync(() -> answerLacking(from, content.watermarks()), workers);
  }

  /** Something else took the place of mail: a recipient key or a ledger is in other hands. */
  private void alarm(AgencyName recipient, List<OriginNumber> conflicts) {
    conflicts.forEach(number -> meters.conflict(recipient, number.lane()));
    if (!conflicts.isEmpty()) {
      alarm(
          Code.SEQUENCE_CONFLICT,
          recipient,
          ("holds other content under %d numbers than was sent under them, such as %s; their"
                  + " messages go again under other numbers")
              .formatted(conflicts.size(), conflicts.get(0)));
    }
  }

  private CompletableFuture<Integer> reached(AgencyName recipient, Watermark one) {
    return settlement.reached(
        recipient,
        one.lane(),
        one.epoch(),
        one.upTo(),
        one.above().stream().map(r -> new OriginWindow.Range(r.from(), r.to())).toList());
  }

  private void answerLacking(AgencyName recipient, List<Watermark> held) {
    settled
        .answer(recipient, held)
        .ifPresent(
            statement ->
                address(
                    recipient,
                    Notice.newBuilder()
                        .setSettledStatement(ByteString.copyFrom(statement.encoded()))));
  }
}
