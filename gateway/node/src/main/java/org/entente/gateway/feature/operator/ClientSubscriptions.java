package org.entente.gateway.feature.operator;

import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.deliver.OpenCursorCheck;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.table.CursorTable;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.proto.store.v1.CursorRecord;
import org.entente.proto.store.v1.DeadPosition;
import org.entente.proto.v1.CreateSubscriptionRequest;
import org.entente.proto.v1.CreateSubscriptionResponse;
import org.entente.proto.v1.DeadLetter;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.SettleDeadLettersRequest;
import org.entente.proto.v1.SubscriptionSettings;

/**
 * Creates, lists and deletes clients' durable subscriptions, and settles their dead letters.
 * Subscriptions are never deleted automatically, and each counts towards its client's limit. Safe
 * for many threads; changes wait for the disk.
 */
public final class ClientSubscriptions {
  /** Most subscriptions listed at once. */
  public static final int MOST = 10_000;

  /** Latest positions of the ledger within which a backlog is counted. */
  public static final long COUNTED = 100_000;

  private final AgencyName self;
  private final Ledger ledger;
  private final LabelCheck check;
  private final Subscriptions subscriptions;
  private final Supplier<Set<String>> clients;

  /**
   * A subscription.
   *
   * @param streams that hold it now
   * @param settings empty if it was not created by a call
   */
  public record Listed(
      String client,
      String name,
      int streams,
      int deadLetters,
      Optional<SubscriptionSettings> settings,
      CursorBacklog backlog) {}

  /**
   * Subscriptions, by client and name.
   *
   * @param lastPosition of the ledger
   * @param more whether there are more than these
   */
  public record SubscriptionList(List<Listed> subscriptions, long lastPosition, boolean more) {
    /** Copies the list. */
    public SubscriptionList {
      subscriptions = List.copyOf(subscriptions);
    }
  }

  /**
   * Creates the administration of a gateway's subscriptions.
   *
   * @param clients the clients in force
   */
  public ClientSubscriptions(
      AgencyName self,
      Ledger ledger,
      LabelCheck check,
      Subscriptions subscriptions,
      Supplier<Set<String>> clients) {
    this.clients = clients;
    this.self = self;
    this.ledger = ledger;
    this.check = check;
    this.subscriptions = subscriptions;
  }

  /**
   * Lists durable subscriptions.
   *
   * @param client the client; empty for all. A client that is no longer configured may still have
   *     some
   */
  public Result<SubscriptionList> list(String client) {
    List<CursorTable.NamedCursor> found =
        client.isEmpty() ? ledger.cursors().all("", MOST + 1) : own(client, MOST + 1);
    return found.isEmpty() && !client.isEmpty() && !clients.get().contains(client)
        ? new Result.Refused<>(unknown(Code.INVALID_FIELD, "client", client, clients.get()))
        : Result.done(shown(found));
  }

  /** Lists a client's own durable subscriptions. */
  public SubscriptionList listOwn(NodeName client) {
    return shown(own(client.value(), MOST + 1));
  }

  private SubscriptionList shown(List<CursorTable.NamedCursor> found) {
    long last = ledger.inbox().lastPosition();
    return new SubscriptionList(
        listed(found.subList(0, Math.min(found.size(), MOST))), last, found.size() > MOST);
  }

  /** The durable subscriptions of all clients, at most {@value #MOST}. */
  List<Listed> all() {
    return listed(ledger.cursors().all("", MOST));
  }

  private List<Listed> listed(List<CursorTable.NamedCursor> shown) {
    // Before the last position is read, so that messages arriving in between belong to no backlog.
    List<Map<Lane, Long>> places = shown.stream().map(subscriptions::places).toList();
    long last = ledger.inbox().lastPosition();
    List<CursorBacklog> backlogs = CursorBacklogs.of(ledger.inbox(), last, COUNTED, places);
    List<Listed> listed = new ArrayList<>();
    for (int i = 0; i < shown.size(); i++) {
      CursorTable.NamedCursor one = shown.get(i);
      listed.add(
          new Listed(
              one.client(),
              one.cursor(),
              subscriptions.streams(one.client(), one.cursor()),
              one.record().getDeadCount(),
              ledger.cursors().settings(one),
              backlogs.get(i)));
    }
    return listed;
  }

  /** Creates a client's subscription or changes it, durably. */
  public Result<CreateSubscriptionResponse> create(
      NodeName client, CreateSubscriptionRequest request) {
    return create(client, request, condition -> Optional.empty());
  }

  /**
   * Creates a client's subscription or changes it, durably. Its condition is compiled once, since
   * that is what costs most.
   *
   * @param conditions what else may be wrong with a condition that compiles
   */
  Result<CreateSubscriptionResponse> create(
      NodeName client,
      CreateSubscriptionRequest request,
      Function<Condition, Optional<Problem>> conditions) {
    return Result.unless(
        SettingsCheck.problem(request, conditions),
        () ->
            new SubscriptionStart(ledger.inbox())
                .positions(request)
                .then(start -> whileClosed(client.value(), request, start)));
  }

  private Result<CreateSubscriptionResponse> whileClosed(
      String client, CreateSubscriptionRequest request, Optional<Map<Lane, Long>> start) {
    return subscriptions
        .whileClosed(
            client,
            request.getName(),
            () ->
                Result.unless(
                    subscriptions
                        .over(client, request.getName(), 0)
                        .map(over -> new Problem(over.code(), "name", over.message())),
                    () -> ledger.commit(Lane.ROUTINE, tx -> created(tx, client, request, start))))
        .orElseGet(() -> new Result.Refused<>(open()));
  }

  private Result<CreateSubscriptionResponse> created(
      Transaction tx,
      String client,
      CreateSubscriptionRequest request,
      Optional<Map<Lane, Long>> start) {
    String name = request.getName();
    Optional<CursorRecord> before = ledger.cursors().read(tx, client, name);
    if (before.isPresent() && isShared(client, name, before.get()) != isShared(request)) {
      return Result.refused(
          Code.INVALID_FIELD,
          "settings.kind",
          "the kind of an existing subscription cannot change; delete it first");
    }
    CursorRecord record =
        before.orElse(CursorRecord.getDefaultInstance()).toBuilder()
            .setSealedSettings(ledger.cursors().sealed(client, name, request.getSettings()))
            .build();
    CursorRecord placed = record.getNextPositionCount() > 0 ? record : at(record, beginning());
    CursorRecord moved = start.map(places -> at(placed, places)).orElse(placed);
    ledger.cursors().write(tx, client, name, moved);
    return Result.done(
        CreateSubscriptionResponse.newBuilder()
            .setCreated(before.isEmpty())
            .setNextPosition(
                moved.getNextPositionList().stream().mapToLong(Long::longValue).min().orElse(1))
            .build());
  }

  private static Map<Lane, Long> beginning() {
    return Lane.all().stream().collect(Collectors.toMap(lane -> lane, lane -> 1L));
  }

  /** A record at other positions; what lies behind or before them is not known any more. */
  private static CursorRecord at(CursorRecord record, Map<Lane, Long> places) {
    CursorRecord.Builder moved =
        record.toBuilder().clearNextPosition().clearToldPosition().clearPassed();
    boolean sent = record.getSentPositionCount() == Lane.all().size();
    for (Lane lane : Lane.all()) {
      moved.addNextPosition(places.getOrDefault(lane, 1L));
      if (!sent) {
        moved.addSentPosition(0);
      }
    }
    return moved.build();
  }

  /** The settings of a client's subscription; empty if it was not created by a call. */
  Optional<SubscriptionSettings> settings(NodeName client, String name) {
    return ledger
        .cursors()
        .read(client.value(), name)
        .map(record -> new CursorTable.NamedCursor(client.value(), name, record))
        .flatMap(ledger.cursors()::settings);
  }

  private boolean isShared(String client, String name, CursorRecord record) {
    return ledger
        .cursors()
        .settings(new CursorTable.NamedCursor(client, name, record))
        .filter(OpenCursorCheck::isShared)
        .isPresent();
  }

  private static boolean isShared(CreateSubscriptionRequest request) {
    return OpenCursorCheck.isShared(request.getSettings());
  }

  /** The dead letters of a client's shared subscription. */
  public Result<List<DeadLetter>> deadLetters(NodeName client, String name) {
    return dead(client, name).map(all -> all.stream().map(this::shown).toList());
  }

  private DeadLetter shown(DeadPosition one) {
    DeadLetter.Builder shown =
        DeadLetter.newBuilder()
            .setPosition(one.getPosition())
            .setLaneValue(one.getLane())
            .setDeliveries(one.getDeliveries())
            .setSince(Timestamps.fromMillis(one.getSinceMs()));
    InboxTable.PlacedRecord placed =
        ledger.inbox().place(Lane.of(one.getLane()), one.getPosition());
    if (placed != null) {
      shown.setMessageId(placed.record().getMessageId());
    }
    return shown.build();
  }

  private Result<List<DeadPosition>> dead(NodeName client, String name) {
    List<String> own = ledger.cursors().names(client.value(), MOST);
    if (own.contains(name) && settings(client, name).filter(OpenCursorCheck::isShared).isEmpty()) {
      return Result.refused(
          Code.INVALID_FIELD, "name", name + " is exclusive and has no dead letters");
    }
    return Result.of(
        OpenCursorCheck.isName(name)
            ? subscriptions.deadLetters(client.value(), name)
            : Optional.empty(),
        () -> unknown(Code.NOT_FOUND, "name", name, own));
  }

  /** Redrives or discards dead letters; completes with their number when that is durable. */
  public CompletableFuture<Result<Integer>> settle(
      NodeName client, SettleDeadLettersRequest request) {
    return dead(client, request.getName())
        .then(all -> chosen(all, request.getPositionsList()))
        .thenLater(
            positions ->
                subscriptions
                    .settle(client.value(), request.getName(), positions, request.getDiscard())
                    .thenApply(done -> Result.done(positions.size())));
  }

  static Result<List<Long>> chosen(List<DeadPosition> dead, List<Long> positions) {
    Set<Long> all = new LinkedHashSet<>();
    dead.forEach(one -> all.add(one.getPosition()));
    Optional<Long> wrong =
        positions.stream().filter(position -> !all.contains(position)).findFirst();
    return wrong.isPresent()
        ? Result.refused(
            Code.NOT_FOUND,
            "positions",
            "position " + wrong.get() + " is no dead letter of this subscription")
        : Result.done(
            positions.isEmpty() ? List.copyOf(all) : positions.stream().distinct().toList());
  }

  /**
   * Deletes a client's own subscription, as {@link #delete} does. Refused while the disk is full: a
   * client that subscribes, reads and deletes in turn leaves a leaf each time.
   */
  public Result<Long> deleteOwn(NodeName client, String name) {
    return Result.unless(
        ledger.room().refusal(), () -> deleted(client.value(), name, (tx, next) -> {}));
  }

  /**
   * Deletes a subscription that no stream holds, durably and on record; under that name its client
   * opens a new one. The next position of the deleted one.
   */
  public Result<Long> delete(NodeName operator, String client, String name, OnBehalfOf person) {
    return Result.unless(
        check.decision(person),
        () ->
            deleted(
                client,
                name,
                (tx, next) ->
                    tx.audit(
                        AuditRecord.of(
                                AuditType.OPERATOR_ACTION,
                                LawCategory.NONE,
                                Instant.ofEpochMilli(tx.nowMillis()),
                                AuditActor.client(self, operator, person),
                                new AuditSubject(null, List.of(), List.of(), null))
                            .saying(
                                "deletes subscription %s of client %s, at position %d of %d"
                                    .formatted(
                                        name, client, next, ledger.inbox().lastPosition())))));
  }

  private Result<Long> deleted(
      String client, String name, BiConsumer<Transaction, Long> recording) {
    return subscriptions
        .whileClosed(client, name, () -> deletedNow(client, name, recording))
        .orElseGet(() -> new Result.Refused<>(open()));
  }

  private static Problem open() {
    return new Problem(
        Code.CURSOR_OPEN,
        "name",
        "a stream of the client holds it; the client must end its streams first");
  }

  private Result<Long> deletedNow(
      String client, String name, BiConsumer<Transaction, Long> recording) {
    List<CursorTable.NamedCursor> own = own(client, MOST);
    if (own.isEmpty()) {
      return new Result.Refused<>(unknown(Code.NOT_FOUND, "client", client, owners()));
    }
    Optional<CursorTable.NamedCursor> found =
        own.stream().filter(one -> one.cursor().equals(name)).findFirst();
    if (found.isEmpty()) {
      List<String> names = own.stream().map(CursorTable.NamedCursor::cursor).toList();
      return new Result.Refused<>(unknown(Code.NOT_FOUND, "name", name, names));
    }
    long last = ledger.inbox().lastPosition();
    long next =
        CursorBacklogs.of(ledger.inbox(), last, 0, List.of(subscriptions.places(found.get())))
            .get(0)
            .nextPosition();
    return ledger.commit(
        Lane.ROUTINE,
        tx -> {
          // Record its acknowledged ranges before it is deleted.
          subscriptions.settle(tx, client, name);
          ledger.cursors().remove(tx, client, name);
          recording.accept(tx, next);
          return new Result.Done<>(next);
        });
  }

  /** Subscriptions of one client; none for a text that is not the name of a client. */
  private List<CursorTable.NamedCursor> own(String client, int most) {
    return NodeName.isName(client) ? ledger.cursors().all(client, most) : List.of();
  }

  private Set<String> owners() {
    return ledger.cursors().all("", MOST).stream()
        .map(CursorTable.NamedCursor::client)
        .collect(Collectors.toSet());
  }

  private static Problem unknown(Code code, String field, String name, Collection<String> known) {
    return new Problem(
        code,
        field,
        "unknown %s \"%s\"; %s"
            .formatted(field, InvalidValue.printable(name), NameSuggestion.of(name, known)));
  }
}
