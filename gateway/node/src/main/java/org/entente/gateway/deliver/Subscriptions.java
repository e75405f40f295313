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
import java.util.stream.Stream;
import org.entente.gateway.ledger.Chains;
import org.entente.gateway.ledger.DeskVisibility;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.table.CursorTable;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.trace.MessageTracer;
import org.entente.proto.store.v1.CursorRecord;
import org.entente.proto.store.v1.DeadPosition;
import org.entente.proto.v1.ClassificationEquivalent;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.SubscriptionSettings;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of a node's clients and their open streams. An exclusive one is held by one
 * stream at a time; opening it again takes it over. The streams of a shared one compete. Safe for
 * many threads.
 */
public final class Subscriptions {
  /** Many more than clients, so that hardly any two have the same. */
  private static final int LOCKS = 1_024;

  private final Ports ports;
  private final AcknowledgementCommit acknowledging;
  private final Ledger ledger;
  private final CursorTable cursors;
  private final CursorLimits limits;
  private final AgencyName self;
  private final Map<String, Subscription> open = new ConcurrentHashMap<>();

  /** Of clients: what one does with its subscriptions is done alone. */
  private final List<Object> locks = Stream.generate(Object::new).limit(LOCKS).toList();

  /** Shared subscriptions that were used since the start. */
  private final Map<String, SharedSubscription> shared = new ConcurrentHashMap<>();

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
    this.self = leaves.self();
    this.acknowledging = new AcknowledgementCommit(ledger, evidence, leaves, around.late());
    this.ports = new Ports(ledger, opening, undeliverable, acknowledging, around);
    this.ledger = ledger;
    this.cursors = ledger.cursors();
    ledger.chains().onRedelivery(this::arrived);
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
  public OpenResult open(String client, OpenCursor request, Sink sink) {
    synchronized (lock(client)) {
      return openAlone(client, request, sink);
    }
  }

  /** Changes of one client wait for the disk, and must not hold up the streams of others. */
  private Object lock(String client) {
    return locks.get(Math.floorMod(client.hashCode(), locks.size()));
  }

  private OpenResult openAlone(String client, OpenCursor request, Sink sink) {
    Optional<Problem> problem = OpenCursorCheck.problem(request);
    if (problem.isPresent()) {
      return new OpenResult.Invalid(problem.get());
    }
    Optional<CursorTable.NamedCursor> stored = stored(client, request.getCursor());
    SubscriptionSettings created = stored.flatMap(cursors::settings).orElse(null);
    CursorTable.NamedCursor competing =
        created != null && OpenCursorCheck.isShared(created) ? stored.orElseThrow() : null;
    Result<MessageFilter> match = filter(client, created == null ? adHoc(request) : created);
    int window = request.getWindow() == 0 ? OpenCursorCheck.DEFAULT_WINDOW : request.getWindow();
    Optional<Problem> over =
        over(client, request.getCursor(), window)
            .or(() -> match.fold(filter -> Optional.empty(), Optional::of))
            .or(() -> created == null ? Optional.empty() : OpenCursorCheck.unfit(created, request))
            .or(() -> competing == null ? Optional.empty() : tooManyStreams(client));
    if (over.isPresent()) {
      return new OpenResult.Invalid(over.get());
    }
    return match.fold(
        filter ->
            opened(
                new OpenRequest(
                    client,
                    request.getCursor(),
                    filter,
                    window,
                    request.getBatch(),
                    request.getFromPosition()),
                competing,
                request.getSkipStored(),
                sink),
        OpenResult.Invalid::new);
  }

  private OpenResult opened(
      OpenRequest request, CursorTable.@Nullable NamedCursor competing, boolean skip, Sink sink) {
    long last = ports.inbox().lastPosition();
    if (competing != null) {
      return joined(request, group(competing), last, sink);
    }
    if (request.fromPosition() > last + 1) {
      return new OpenResult.Invalid(ahead(request.fromPosition(), last));
    }
    boolean skips = skip && isNew(request.client(), request.cursor());
    Map<Lane, LaneCursor> places = places(request, skips ? last + 1 : request.fromPosition());
    Subscription stream =
        new Subscription(ports, request, new CursorPositions(places, request.window()), last, sink);
    Subscription before = this.open.put(key(request.client(), request.cursor()), stream);
    if (before != null) {
      before.takenOver();
    }
    long from = places.values().stream().mapToLong(LaneCursor::next).min().orElse(1);
    CompletableFuture<?> started = skips ? stream.start() : CompletableFuture.completedFuture(null);
    return new OpenResult.Held(stream, from, last, started);
  }

  private OpenResult joined(OpenRequest request, SharedSubscription group, long last, Sink sink) {
    Subscription stream =
        new Subscription(ports, request, new SharedStream(group, request.window()), last, sink);
    group.joined(stream, request.window());
    long from = stream.durablePlaces().values().stream().mapToLong(Long::longValue).min().orElse(1);
    return new OpenResult.Held(stream, from, last, CompletableFuture.completedFuture(null));
  }

  private static SubscriptionSettings adHoc(OpenCursor request) {
    return SubscriptionSettings.newBuilder().setFilter(request.getFilter()).build();
  }

  /** The filter of a subscription for its client; a condition may be one of an earlier release. */
  private Result<MessageFilter> filter(String client, SubscriptionSettings settings) {
    DeskVisibility sight = ports.sight(client);
    return settings.getCondition().isEmpty()
        ? Result.done(new MessageFilter(settings.getFilter(), sight))
        : FilterCondition.compile("settings.condition", settings.getCondition())
            .map(
                condition ->
                    new MessageFilter(
                        settings.getFilter(),
                        sight,
                        new FilterCondition(condition, self, ports.ending())));
  }

  private Optional<CursorTable.NamedCursor> stored(String client, String cursor) {
    return cursors
        .read(client, cursor)
        .map(record -> new CursorTable.NamedCursor(client, cursor, record));
  }

  private SharedSubscription group(CursorTable.NamedCursor stored) {
    return shared.compute(
        key(stored.client(), stored.cursor()),
        (key, known) -> known == null || known.hasFailed() ? loaded(stored) : known);
  }

  private SharedSubscription loaded(CursorTable.NamedCursor stored) {
    return new SharedSubscription(
        ports,
        stored,
        cursors.settings(stored).orElseThrow(),
        ports.inbox().lastPosition() + 1,
        limits.deadLetters());
  }

  /** The dead letters of a client's shared subscription; empty if it has no such subscription. */
  public Optional<List<DeadPosition>> deadLetters(String client, String name) {
    synchronized (lock(client)) {
      return existing(client, name).map(SharedSubscription::dead);
    }
  }

  /** Redrives or discards dead letters of {@link #deadLetters}; completes when that is durable. */
  public CompletableFuture<?> settle(
      String client, String name, List<Long> positions, boolean discard) {
    synchronized (lock(client)) {
      return existing(client, name)
          .<CompletableFuture<?>>map(group -> group.settle(positions, discard))
          .orElse(CompletableFuture.completedFuture(null));
    }
  }

  private Optional<SharedSubscription> existing(String client, String name) {
    return stored(client, name)
        .filter(one -> cursors.settings(one).filter(OpenCursorCheck::isShared).isPresent())
        .map(this::group);
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
    if (!open.remove(key(client, cursor), subscription)) {
      SharedSubscription group = shared.get(key(client, cursor));
      if (group != null) {
        group.left(subscription);
      }
    }
    return settled;
  }

  /**
   * Ends leases that are over, goes on with deliveries that waited until they were allowed, and
   * adds the due audit leaves of acknowledged ranges; waits for the disk if there are any.
   */
  public void round() {
    if (ports.heldBack && ledger.isCurrent()) {
      ports.heldBack = false;
      arrived();
    }
    shared.values().forEach(SharedSubscription::expire);
    acknowledging.round(ledger.clock());
  }

  /** The same for one cursor, due or not, as part of a change. */
  public void settle(Transaction tx, String client, String cursor) {
    acknowledging.settle(tx, new DeliveryLeaves.Cursor(client, cursor));
  }

  /** Streams that hold a cursor. */
  public int streams(String client, String cursor) {
    SharedSubscription group = shared.get(key(client, cursor));
    return (open.containsKey(key(client, cursor)) ? 1 : 0) + (group == null ? 0 : group.streams());
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
    SharedSubscription group = shared.get(key(cursor.client(), cursor.cursor()));
    if (group != null) {
      return group.durablePlaces();
    }
    Map<Lane, Long> places = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.all()) {
      places.put(lane, DeliveryLeaves.nextPosition(cursor.record(), lane));
    }
    return places;
  }

  /**
   * Runs a change of a cursor that no stream holds, and keeps streams from opening it meanwhile.
   * What its streams acknowledged is durable before: written later, it would undo the change.
   *
   * @return the result; empty, without running it, if a stream holds the cursor
   */
  public <T> Optional<T> whileClosed(String client, String cursor, Supplier<T> something) {
    synchronized (lock(client)) {
      if (streams(client, cursor) > 0) {
        return Optional.empty();
      }
      SharedSubscription group = shared.remove(key(client, cursor));
      if (group != null) {
        group.removed();
      }
      acknowledging.commitWaiting(new DeliveryLeaves.Cursor(client, cursor));
      return Optional.of(something.get());
    }
  }

  /** Tells every subscription that messages arrived. */
  public void arrived() {
    open.values().forEach(Subscription::wake);
    shared.values().forEach(SharedSubscription::wake);
  }

  /**
   * As {@link #arrived}, but sends on this thread if there is only one subscription: with many, the
   * last would wait for all. For a thread that holds no lock.
   */
  public void arrivedHere() {
    if (shared.isEmpty() && open.size() == 1) {
      open.values().forEach(Subscription::wakeHere);
    } else {
      arrived();
    }
  }

  /** The number of held cursors. */
  public int count() {
    return open.size() + shared.values().stream().mapToInt(SharedSubscription::streams).sum();
  }

  private Map<Lane, LaneCursor> places(OpenRequest request, long fromPosition) {
    CursorRecord record =
        cursors.read(request.client(), request.cursor()).orElse(CursorRecord.getDefaultInstance());
    long end = ports.inbox().lastPosition() + 1;
    Map<Lane, LaneCursor> places = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.all()) {
      int index = lane.number() - 1;
      boolean known = index < record.getNextPositionCount();
      // A position beyond the end would skip the next messages.
      long next = Math.min(DeliveryLeaves.nextPosition(record, lane), end);
      long sent = known ? Math.min(record.getSentPosition(index), end - 1) : 0;
      boolean replay = fromPosition > 0;
      boolean told = !replay && index < record.getToldPositionCount();
      long from = replay ? fromPosition : next;
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

  /** The client's limit that a cursor would exceed; a window of 0 if no stream opens it. */
  public Optional<Problem> over(String client, String cursor, int window) {
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
    windows +=
        shared.entrySet().stream()
            .filter(group -> group.getKey().startsWith(prefix))
            .mapToLong(group -> group.getValue().windows())
            .sum();
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

  /** Each arrival wakes every stream. */
  private Optional<Problem> tooManyStreams(String client) {
    String prefix = key(client, "");
    int streams =
        shared.entrySet().stream()
            .filter(group -> group.getKey().startsWith(prefix))
            .mapToInt(group -> group.getValue().streams())
            .sum();
    return streams < limits.cursors()
        ? Optional.empty()
        : limit(
            "open.cursor",
            "the client has "
                + streams
                + " streams of shared subscriptions and may have "
                + limits.cursors()
                + " (limits.per_client.cursors); close one");
  }

  private static Optional<Problem> limit(String field, String message) {
    return Optional.of(new Problem(Code.LIMIT_REACHED, field, message));
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

    /** Whether a subscription has stopped until deliveries are allowed. */
    private volatile boolean heldBack;

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
    public boolean isCurrent() {
      boolean current = ledger.isCurrent();
      if (!current) {
        heldBack = true;
      }
      return current;
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
