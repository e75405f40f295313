package org.entente.gateway.deliver;

import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.entente.gateway.ledger.Chains;
import org.entente.gateway.ledger.DeskVisibility;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.table.CursorTable;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.trace.MessageTracer;
import org.entente.proto.store.v1.CursorRecord;
import org.entente.proto.v1.ClassificationEquivalent;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OpenCursor;

/**
 * All open cursors of a node. A cursor belongs to one client and is held by one stream at a time;
 * opening it again takes it over. Safe for many threads.
 */
public final class Subscriptions {
  /** Default number of unacknowledged deliveries in one lane. */
  public static final int DEFAULT_WINDOW = 1_000;

  /** The greatest window that a client may request. */
  public static final int MAX_WINDOW = 10_000;

  /** The most deliveries per response that a client may request. */
  public static final int MAX_BATCH = 256;

  private static final Pattern CURSOR = Pattern.compile("[a-z0-9._-]{1,64}");

  private final Ports ports;
  private final AcknowledgementCommit acknowledging;
  private final Ledger ledger;
  private final CursorTable cursors;
  private final CursorLimits limits;
  private final Map<String, Subscription> open = new ConcurrentHashMap<>();

  /**
   * Subscriptions on a ledger.
   *
   * @param undeliverable handles messages that cannot be opened
   * @param evidence tells origins of retrievals
   * @param leaves tells the audit log of deliveries
   * @param limits of each client
   */
  public Subscriptions(
      Ledger ledger,
      InboxOpener opening,
      UndeliverableMessages undeliverable,
      EvidenceRecords evidence,
      DeliveryLeaves leaves,
      Environment around,
      CursorLimits limits) {
    this.limits = limits;
    this.acknowledging = new AcknowledgementCommit(ledger, evidence, leaves, around.late());
    this.ports = new Ports(ledger, opening, undeliverable, acknowledging, around);
    this.ledger = ledger;
    this.cursors = ledger.cursors();
    ledger.chains().whenAnew(this::arrived);
  }

  /**
   * The clock, meters and look-ups used by deliveries.
   *
   * @param ending the clock by which messages expire: a cursor never returns to what it passed over
   * @param sights the desk visibility of a client
   * @param equivalents the local equivalent of a label's national classification
   * @param late answers to origins about late acknowledgements
   * @param tracer follows deliveries
   */
  public record Environment(
      InstantSource ending,
      Meters meters,
      Function<NodeName, DeskVisibility> sights,
      Function<Label, Optional<ClassificationEquivalent>> equivalents,
      LateAnswers late,
      MessageTracer tracer) {}

  /** An open cursor, or the problem of the request. */
  public sealed interface OpenResult {
    /**
     * The cursor is held.
     *
     * @param started completes when the start of a new cursor is durable
     */
    record Held(
        Subscription subscription,
        long fromPosition,
        long lastPosition,
        CompletableFuture<?> started)
        implements OpenResult {}

    /** It could not be opened. */
    record Invalid(Problem problem) implements OpenResult {}
  }

  /**
   * Opens a cursor for a client. Nothing is sent before {@link Subscription#wake} is called the
   * first time.
   */
  public synchronized OpenResult open(String client, OpenCursor request, Sink sink) {
    if (!CURSOR.matcher(request.getCursor()).matches()) {
      return invalid("open.cursor", "a cursor name must have 1 to 64 characters of a-z 0-9 . _ -");
    }
    if (request.getWindow() < 0 || request.getWindow() > MAX_WINDOW) {
      return invalid(
          "open.window", "a window must be 1 to " + MAX_WINDOW + ", or 0 for the default");
    }
    if (request.getBatch() < 0 || request.getBatch() > MAX_BATCH) {
      return invalid(
          "open.batch", "a batch must be 1 to " + MAX_BATCH + ", or 0 for single deliveries");
    }
    if (request.getSkipStored() && request.getFromPosition() != 0) {
      return invalid("open.skip_stored", "cannot be combined with from_position");
    }
    List<Problem> unfit = FilterLimits.problems("open.filter", request.getFilter());
    if (!unfit.isEmpty()) {
      return new OpenResult.Invalid(unfit.get(0));
    }
    int window = request.getWindow() == 0 ? DEFAULT_WINDOW : request.getWindow();
    Optional<Problem> over = over(client, request.getCursor(), window);
    if (over.isPresent()) {
      return new OpenResult.Invalid(over.get());
    }
    long last = ports.inbox().lastPosition();
    boolean skips = request.getSkipStored() && isNew(client, request.getCursor());
    OpenRequest open =
        new OpenRequest(
            client,
            request.getCursor(),
            new MessageFilter(request.getFilter(), ports.sight(client)),
            window,
            request.getBatch(),
            skips ? last + 1 : request.getFromPosition());
    Map<Lane, LaneCursor> places = places(open);
    long from = places.values().stream().mapToLong(LaneCursor::next).min().orElse(1);
    if (open.fromPosition() > last + 1) {
      return new OpenResult.Invalid(ahead(open.fromPosition(), last));
    }
    Subscription subscription = new Subscription(ports, open, places, last, sink);
    Subscription before = this.open.put(key(client, request.getCursor()), subscription);
    if (before != null) {
      before.takenOver();
    }
    CompletableFuture<?> started =
        skips ? subscription.start() : CompletableFuture.completedFuture(null);
    return new OpenResult.Held(subscription, from, last, started);
  }

  /** Whether a cursor has no durable position. */
  private boolean isNew(String client, String cursor) {
    return cursors.read(client, cursor).map(DeliveryLeaves::hasNoPlace).orElse(true);
  }

  /**
   * Removes a closed subscription, and records its deliveries in the audit log. Completes when that
   * and every acknowledgement is durable; fails if the last one could not be made durable.
   */
  public CompletableFuture<?> closed(String client, String cursor, Subscription subscription) {
    CompletableFuture<?> settled = subscription.close();
    open.remove(key(client, cursor), subscription);
    return settled;
  }

  /** Adds the due audit leaves of acknowledged ranges; waits for the disk if there are any. */
  public void round() {
    acknowledging.round(ledger.clock());
  }

  /** The same for one cursor, due or not, as part of a change. */
  public void settle(Transaction tx, String client, String cursor) {
    acknowledging.settle(tx, new DeliveryLeaves.Cursor(client, cursor));
  }

  /** Whether a stream holds a cursor. */
  public boolean isOpen(String client, String cursor) {
    return open.containsKey(key(client, cursor));
  }

  /**
   * First position of each lane that a cursor has not passed: that of its open stream, which also
   * skips unwanted messages, or else the committed one.
   */
  public Map<Lane, Long> places(CursorTable.NamedCursor cursor) {
    Subscription stream = open.get(key(cursor.client(), cursor.cursor()));
    if (stream != null) {
      return stream.durablePlaces();
    }
    Map<Lane, Long> places = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.all()) {
      places.put(lane, nextPosition(cursor.record(), lane));
    }
    return places;
  }

  private static long nextPosition(CursorRecord record, Lane lane) {
    int index = lane.number() - 1;
    return index < record.getNextPositionCount() ? record.getNextPosition(index) : 1;
  }

  /**
   * Runs an action on a cursor that no stream holds, and keeps streams from opening it meanwhile.
   *
   * @return the result; empty, without running it, if a stream holds the cursor
   */
  public synchronized <T> Optional<T> whileClosed(
      String client, String cursor, Supplier<T> something) {
    return isOpen(client, cursor) ? Optional.empty() : Optional.of(something.get());
  }

  /** Tells every subscription that messages arrived. */
  public void arrived() {
    open.values().forEach(Subscription::wake);
  }

  /** The number of held cursors. */
  public int count() {
    return open.size();
  }

  private Map<Lane, LaneCursor> places(OpenRequest request) {
    CursorRecord record =
        cursors.read(request.client(), request.cursor()).orElse(CursorRecord.getDefaultInstance());
    long end = ports.inbox().lastPosition() + 1;
    Map<Lane, LaneCursor> places = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.all()) {
      int index = lane.number() - 1;
      boolean known = index < record.getNextPositionCount();
      // A position beyond the end would skip the next messages.
      long next = Math.min(nextPosition(record, lane), end);
      long sent = known ? Math.min(record.getSentPosition(index), end - 1) : 0;
      boolean replay = request.fromPosition() > 0;
      boolean told = !replay && index < record.getToldPositionCount();
      long from = replay ? request.fromPosition() : next;
      places.put(lane, new LaneCursor(from, sent, told ? record.getToldPosition(index) : from));
    }
    return places;
  }

  /**
   * The problem of a position ahead of the ledger: the client would miss the next messages at those
   * positions.
   */
  private static Problem ahead(long from, long last) {
    return new Problem(
        Code.CURSOR_AHEAD,
        "open.from_position",
        "position "
            + from
            + " is ahead of this ledger, whose last is "
            + last
            + ": the ledger was restored; open from "
            + (last + 1)
            + " at most, and treat later positions as new");
  }

  /** The client's limit that a cursor would exceed. */
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
              + " (limits.per_client.cursors); use an existing one, or ask the operator to"
              + " remove one");
    }
    if (windows > limits.unacknowledged()) {
      return limit(
          "open.window",
          "the client's open cursors would have "
              + windows
              + " deliveries unacknowledged and may have "
              + limits.unacknowledged()
              + " (limits.per_client.unacknowledged); request a smaller window, or close a cursor");
    }
    return Optional.empty();
  }

  private static Optional<Problem> limit(String field, String message) {
    return Optional.of(new Problem(Code.LIMIT_REACHED, field, message));
  }

  private static OpenResult invalid(String field, String message) {
    return new OpenResult.Invalid(new Problem(Code.INVALID_FIELD, field, message));
  }

  private static String key(String client, String cursor) {
    return client + '/' + cursor;
  }

  private static final class Ports implements SubscriptionPorts {
    private final Ledger ledger;
    private final InboxOpener opening;
    private final UndeliverableMessages undeliverable;
    private final AcknowledgementCommit acknowledging;
    private final Environment around;

    Ports(
        Ledger ledger,
        InboxOpener opening,
        UndeliverableMessages undeliverable,
        AcknowledgementCommit acknowledging,
        Environment around) {
      this.ledger = ledger;
      this.opening = opening;
      this.undeliverable = undeliverable;
      this.acknowledging = acknowledging;
      this.around = around;
    }

    DeskVisibility sight(String client) {
      return around.sights().apply(new NodeName(client));
    }

    @Override
    public InboxTable inbox() {
      return ledger.inbox();
    }

    @Override
    public InboxOpener opening() {
      return opening;
    }

    @Override
    public Chains chains() {
      return ledger.chains();
    }

    @Override
    public UndeliverableMessages undeliverable() {
      return undeliverable;
    }

    @Override
    public InstantSource ending() {
      return around.ending();
    }

    @Override
    public AcknowledgementCommit acknowledging() {
      return acknowledging;
    }

    @Override
    public Optional<ClassificationEquivalent> equivalent(Label label) {
      return around.equivalents().apply(label);
    }

    @Override
    public MessageTracer tracer() {
      return around.tracer();
    }

    @Override
    public void delivered(boolean again, boolean exercise) {
      around.meters().delivered(again, exercise);
    }
  }
}
