package org.entente.gateway.deliver;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.entente.gateway.ledger.Chains;
import org.entente.gateway.ledger.CursorBook;
import org.entente.gateway.ledger.EvidenceRecords;
import org.entente.gateway.ledger.InboxBook;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.Sight;
import org.entente.gateway.ledger.Transaction;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.DeskName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.receive.InboxOpening;
import org.entente.proto.store.v1.CursorRecord;
import org.entente.proto.v1.ClassificationEquivalent;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OpenCursor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All open cursors of a node. A cursor belongs to one client and is held by one stream at a time;
 * opening it again takes it over. Safe for many threads.
 */
public final class Subscriptions {
  /** Deliveries of one lane that may be unacknowledged unless the client asks otherwise. */
  public static final int DEFAULT_WINDOW = 1_000;

  /** The most it may ask for. */
  public static final int MAX_WINDOW = 10_000;

  /** Most deliveries in a response that it may ask for. */
  public static final int MAX_BATCH = 256;

  private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);
  private static final Pattern CURSOR = Pattern.compile("[a-z0-9._-]{1,64}");

  private final Ports ports;
  private final CursorBook cursors;
  private final CursorLimits limits;
  private final Map<String, Subscription> open = new ConcurrentHashMap<>();

  /**
   * Subscriptions on a ledger.
   *
   * @param undeliverable what does not open
   * @param evidence tells origins of retrievals
   * @param limits of each client
   */
  public Subscriptions(
      Ledger ledger,
      InboxOpening opening,
      Undeliverable undeliverable,
      EvidenceRecords evidence,
      Around around,
      CursorLimits limits) {
    this.limits = limits;
    this.ports = new Ports(ledger, opening, undeliverable, evidence, around);
    this.cursors = ledger.cursors();
  }

  /**
   * What deliveries run on, read the time from and are counted by.
   *
   * @param sights what a client is given
   * @param equivalents what a label's national classification is handled as here
   */
  public record Around(
      Executor executor,
      InstantSource clock,
      Meters meters,
      Function<NodeName, Sight> sights,
      Function<Label, Optional<ClassificationEquivalent>> equivalents) {}

  /** Either an open cursor or what is wrong with the request. */
  public sealed interface Opened {
    /** The cursor is held. */
    record Held(Subscription subscription, long fromPosition, long lastPosition)
        implements Opened {}

    /** It could not be opened. */
    record Invalid(Problem problem) implements Opened {}
  }

  /**
   * Opens a cursor for a client. Nothing is sent before {@link Subscription#wake} is called the
   * first time.
   */
  public synchronized Opened open(String client, OpenCursor request, Sink sink) {
    if (!CURSOR.matcher(request.getCursor()).matches()) {
      return invalid("open.cursor", "a cursor's name has 1 to 64 characters of a-z 0-9 . _ -");
    }
    if (request.getWindow() < 0 || request.getWindow() > MAX_WINDOW) {
      return invalid("open.window", "a window is 1 to " + MAX_WINDOW + ", or 0 for the default");
    }
    if (request.getBatch() < 0 || request.getBatch() > MAX_BATCH) {
      return invalid("open.batch", "a batch is 1 to " + MAX_BATCH + ", or 0 for each alone");
    }
    Optional<Problem> desk = desk(request.getFilter().getDesksList());
    if (desk.isPresent()) {
      return new Opened.Invalid(desk.get());
    }
    int window = request.getWindow() == 0 ? DEFAULT_WINDOW : request.getWindow();
    Optional<Problem> over = over(client, request.getCursor(), window);
    if (over.isPresent()) {
      return new Opened.Invalid(over.get());
    }
    OpenRequest open =
        new OpenRequest(
            client,
            request.getCursor(),
            new Match(request.getFilter(), ports.sight(client)),
            window,
            request.getBatch(),
            request.getFromPosition());
    Map<Lane, LanePlace> places = places(open);
    long from = places.values().stream().mapToLong(LanePlace::next).min().orElse(1);
    long last = ports.inbox().lastPosition();
    if (open.fromPosition() > last + 1) {
      return new Opened.Invalid(ahead(open.fromPosition(), last));
    }
    Subscription subscription = new Subscription(ports, open, places, last, sink);
    Subscription before = this.open.put(key(client, request.getCursor()), subscription);
    if (before != null) {
      before.takenOver();
    }
    return new Opened.Held(subscription, from, last);
  }

  /** Forgets a closed subscription. */
  public void closed(String client, String cursor, Subscription subscription) {
    subscription.close();
    open.remove(key(client, cursor), subscription);
  }

  /** Whether a stream holds a cursor. */
  public boolean isOpen(String client, String cursor) {
    return open.containsKey(key(client, cursor));
  }

  /**
   * Does something about a cursor that no stream holds; none can open one meanwhile.
   *
   * @return what it gave; empty, and it was not done, if a stream holds the cursor
   */
  public synchronized <T> Optional<T> whileClosed(
      String client, String cursor, Supplier<T> something) {
    return isOpen(client, cursor) ? Optional.empty() : Optional.of(something.get());
  }

  /** Tells every subscription that something arrived. */
  public void arrived() {
    open.values().forEach(Subscription::wake);
  }

  /** How many cursors are held. */
  public int count() {
    return open.size();
  }

  private Map<Lane, LanePlace> places(OpenRequest request) {
    CursorRecord record =
        cursors.read(request.client(), request.cursor()).orElse(CursorRecord.getDefaultInstance());
    long end = ports.inbox().lastPosition() + 1;
    Map<Lane, LanePlace> places = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.all()) {
      int index = lane.number() - 1;
      boolean known = index < record.getNextPositionCount();
      // A place beyond the end would let what comes next pass by.
      long next = known ? Math.min(record.getNextPosition(index), end) : 1;
      long sent = known ? Math.min(record.getSentPosition(index), end - 1) : 0;
      places.put(
          lane, new LanePlace(request.fromPosition() > 0 ? request.fromPosition() : next, sent));
    }
    return places;
  }

  /**
   * A client that remembers more than the ledger does would miss what gets those positions next.
   */
  private static Problem ahead(long from, long last) {
    return new Problem(
        Code.CURSOR_AHEAD,
        "open.from_position",
        "position "
            + from
            + " is ahead of this ledger, whose last is "
            + last
            + ": it was set back; open from "
            + (last + 1)
            + " at most, and take positions beyond as new");
  }

  /** Which limit of the client a cursor would exceed. */
  private Optional<Problem> over(String client, String cursor, int window) {
    Set<String> names = new HashSet<>(cursors.names(client, limits.cursors()));
    long windows = window;
    String prefix = key(client, "");
    for (Map.Entry<String, Subscription> one : open.entrySet()) {
      String name = one.getKey().substring(one.getKey().indexOf('/') + 1);
      if (one.getKey().startsWith(prefix) && !name.equals(cursor)) {
        names.add(name);
        windows += one.getValue().window();
      }
    }
    if (names.size() >= limits.cursors()
        && !names.contains(cursor)
        && cursors.read(client, cursor).isEmpty()) {
      return limit(
          "open.cursor",
          "the client has "
              + names.size()
              + " cursors and may have "
              + limits.cursors()
              + " (limits.per_client.cursors); open one of them, or have the operator forget one");
    }
    if (windows > limits.unacknowledged()) {
      return limit(
          "open.window",
          "the client's open cursors would have "
              + windows
              + " deliveries unacknowledged and may have "
              + limits.unacknowledged()
              + " (limits.per_client.unacknowledged); ask for less, or close one");
    }
    return Optional.empty();
  }

  private static Optional<Problem> desk(List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      try {
        DeskName unused = new DeskName(names.get(i));
      } catch (InvalidValue e) {
        String field = "open.filter.desks[" + i + "]";
        return Optional.of(new Problem(Code.INVALID_FIELD, field, String.valueOf(e.getMessage())));
      }
    }
    return Optional.empty();
  }

  private static Optional<Problem> limit(String field, String message) {
    return Optional.of(new Problem(Code.LIMIT_REACHED, field, message));
  }

  private static Opened invalid(String field, String message) {
    return new Opened.Invalid(new Problem(Code.INVALID_FIELD, field, message));
  }

  private static String key(String client, String cursor) {
    return client + '/' + cursor;
  }

  private static final class Ports implements SubscriptionPorts {
    private final Ledger ledger;
    private final InboxOpening opening;
    private final Undeliverable undeliverable;
    private final EvidenceRecords evidence;
    private final Around around;

    Ports(
        Ledger ledger,
        InboxOpening opening,
        Undeliverable undeliverable,
        EvidenceRecords evidence,
        Around around) {
      this.ledger = ledger;
      this.opening = opening;
      this.undeliverable = undeliverable;
      this.evidence = evidence;
      this.around = around;
    }

    Sight sight(String client) {
      return around.sights().apply(new NodeName(client));
    }

    @Override
    public InboxBook inbox() {
      return ledger.inbox();
    }

    @Override
    public InboxOpening opening() {
      return opening;
    }

    @Override
    public Chains chains() {
      return ledger.chains();
    }

    @Override
    public Undeliverable undeliverable() {
      return undeliverable;
    }

    @Override
    public Executor executor() {
      return around.executor();
    }

    @Override
    public InstantSource clock() {
      return around.clock();
    }

    @Override
    public CompletableFuture<?> acknowledged(
        String client, String cursor, CursorRecord record, List<LanePlace.Sent> messages) {
      return ledger
          .write(
              Lane.ROUTINE,
              tx -> {
                owe(tx, client, messages);
                ledger.cursors().write(tx, client, cursor, record);
                return messages.size();
              })
          .whenComplete(
              (done, e) -> {
                if (e != null) {
                  // Delivered again after the restart, which subscribers drop by id.
                  LOG.warn("cursor {} of client {} was not made durable", cursor, client, e);
                }
              });
    }

    private void owe(Transaction tx, String client, List<LanePlace.Sent> messages) {
      Map<AgencyName, List<EvidenceItem>> byOrigin = new LinkedHashMap<>();
      for (LanePlace.Sent sent : messages) {
        if (ledger.evidence().firstRetrieval(tx, sent.id(), client)) {
          byOrigin
              .computeIfAbsent(sent.origin(), origin -> new ArrayList<>())
              .add(evidence.retrieval(sent.id(), client, tx.nowMillis()));
        }
      }
      byOrigin.forEach((origin, items) -> evidence.owe(tx, ledger.evidence(), origin, items));
    }

    @Override
    public Optional<ClassificationEquivalent> equivalent(Label label) {
      return around.equivalents().apply(label);
    }

    @Override
    public void delivered(boolean again) {
      around.meters().delivered(again);
    }
  }
}
