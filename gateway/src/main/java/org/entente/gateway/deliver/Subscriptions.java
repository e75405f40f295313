package org.entente.gateway.deliver;

import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.entente.gateway.ledger.CursorBook;
import org.entente.gateway.ledger.EvidenceBook;
import org.entente.gateway.ledger.InboxBook;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Problem;
import org.entente.gateway.receive.InboxOpening;
import org.entente.proto.store.v1.CursorRecord;
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

  private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);
  private static final Pattern CURSOR = Pattern.compile("[a-z0-9._-]{1,64}");

  private final Ports ports;
  private final CursorBook cursors;
  private final Map<String, Subscription> open = new ConcurrentHashMap<>();

  /**
   * Subscriptions on a ledger.
   *
   * @param retrieval makes the sealed evidence item that tells an origin of a retrieval
   */
  public Subscriptions(
      Ledger ledger,
      InboxOpening opening,
      Function<RetrievedMessage, byte[]> retrieval,
      Executor executor,
      InstantSource clock,
      Meters meters) {
    this.ports = new Ports(ledger, opening, retrieval, executor, clock, meters);
    this.cursors = ledger.cursors();
  }

  /** A message that a subscriber acknowledged for the first time. */
  public record RetrievedMessage(
      org.entente.gateway.model.MessageId id, org.entente.gateway.model.AgencyName origin) {}

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
  public Opened open(String client, OpenCursor request, Sink sink) {
    if (!CURSOR.matcher(request.getCursor()).matches()) {
      return invalid("open.cursor", "a cursor's name has 1 to 64 characters of a-z 0-9 . _ -");
    }
    if (request.getWindow() < 0 || request.getWindow() > MAX_WINDOW) {
      return invalid("open.window", "a window is 1 to " + MAX_WINDOW + ", or 0 for the default");
    }
    int window = request.getWindow() == 0 ? DEFAULT_WINDOW : request.getWindow();
    OpenRequest open =
        new OpenRequest(
            client,
            request.getCursor(),
            new Match(request.getFilter()),
            window,
            request.getFromPosition());
    Map<Lane, LanePlace> places = places(open);
    long from = places.values().stream().mapToLong(LanePlace::next).min().orElse(1);
    long last = ports.inbox().lastPosition();
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
    Map<Lane, LanePlace> places = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.all()) {
      int index = lane.number() - 1;
      boolean known = index < record.getNextPositionCount();
      long next = known ? record.getNextPosition(index) : 1;
      long sent = known ? record.getSentPosition(index) : 0;
      places.put(
          lane, new LanePlace(request.fromPosition() > 0 ? request.fromPosition() : next, sent));
    }
    return places;
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
    private final Function<RetrievedMessage, byte[]> retrieval;
    private final Executor executor;
    private final InstantSource clock;
    private final Meters meters;

    Ports(
        Ledger ledger,
        InboxOpening opening,
        Function<RetrievedMessage, byte[]> retrieval,
        Executor executor,
        InstantSource clock,
        Meters meters) {
      this.ledger = ledger;
      this.opening = opening;
      this.retrieval = retrieval;
      this.executor = executor;
      this.clock = clock;
      this.meters = meters;
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
    public Executor executor() {
      return executor;
    }

    @Override
    public InstantSource clock() {
      return clock;
    }

    @Override
    public void acknowledged(
        String client, String cursor, CursorRecord record, List<LanePlace.Sent> messages) {
      ledger
          .write(
              Lane.ROUTINE,
              tx -> {
                EvidenceBook evidence = ledger.evidence();
                for (LanePlace.Sent sent : messages) {
                  if (evidence.firstRetrieval(tx, sent.id(), client)) {
                    evidence.owe(
                        tx,
                        sent.origin(),
                        retrieval.apply(new RetrievedMessage(sent.id(), sent.origin())));
                  }
                }
                ledger.cursors().write(tx, client, cursor, record);
                return messages.size();
              })
          .exceptionally(
              e -> {
                // Not durable: delivered again after the restart, which subscribers drop by id.
                LOG.warn("cursor {} of client {} was not made durable", cursor, client, e);
                return 0;
              });
    }

    @Override
    public void delivered(boolean again) {
      meters.delivered(again);
    }
  }
}
