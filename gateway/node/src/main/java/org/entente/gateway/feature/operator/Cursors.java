package org.entente.gateway.feature.operator;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.table.CursorTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.proto.v1.OnBehalfOf;

/**
 * Lists and removes subscribers' durable cursors for an operator. Cursors are never removed
 * automatically, and each counts towards its client's limit. Safe for many threads; removal waits
 * for the disk.
 */
public final class Cursors {
  /** Most cursors listed at once. */
  public static final int MOST = 10_000;

  /** Latest positions of the ledger within which a cursor's backlog is counted. */
  public static final long COUNTED = 100_000;

  private final AgencyName self;
  private final Ledger ledger;
  private final LabelCheck check;
  private final Subscriptions subscriptions;
  private final Supplier<Set<String>> clients;

  /**
   * A cursor.
   *
   * @param open whether a stream holds it now
   */
  public record Cursor(String client, String name, boolean open, CursorBacklog backlog) {}

  /**
   * Cursors, by client and name.
   *
   * @param lastPosition of the ledger
   * @param more whether there are more than these
   */
  public record CursorList(List<Cursor> cursors, long lastPosition, boolean more) {
    /** Copies the list. */
    public CursorList {
      cursors = List.copyOf(cursors);
    }
  }

  /**
   * Creates the cursor administration of a gateway.
   *
   * @param clients the clients in force
   */
  public Cursors(
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
   * Lists durable cursors.
   *
   * @param client the client; empty for all. A client that is no longer configured may still have
   *     cursors
   */
  public Result<CursorList> list(String client) {
    List<CursorTable.NamedCursor> found =
        client.isEmpty() ? ledger.cursors().all("", MOST + 1) : own(client, MOST + 1);
    if (found.isEmpty() && !client.isEmpty() && !clients.get().contains(client)) {
      return new Result.Refused<>(unknown(Code.INVALID_FIELD, "client", client, clients.get()));
    }
    List<CursorTable.NamedCursor> shown = found.subList(0, Math.min(found.size(), MOST));
    // Before the last position is read, so that messages arriving in between belong to no backlog.
    List<Map<Lane, Long>> places = shown.stream().map(subscriptions::places).toList();
    long last = ledger.inbox().lastPosition();
    List<CursorBacklog> backlogs = CursorBacklogs.of(ledger.inbox(), last, COUNTED, places);
    List<Cursor> cursors = new ArrayList<>();
    for (int i = 0; i < shown.size(); i++) {
      CursorTable.NamedCursor one = shown.get(i);
      cursors.add(
          new Cursor(
              one.client(),
              one.cursor(),
              subscriptions.isOpen(one.client(), one.cursor()),
              backlogs.get(i)));
    }
    return new Result.Done<>(new CursorList(cursors, last, found.size() > MOST));
  }

  /**
   * Removes a cursor that no stream holds, durably; under that name its client opens a new one. The
   * next position of the removed one.
   */
  public Result<Long> forget(NodeName operator, String client, String cursor, OnBehalfOf person) {
    Optional<Problem> problem = check.decision(person);
    if (problem.isPresent()) {
      return new Result.Refused<>(problem.get());
    }
    return subscriptions
        .whileClosed(client, cursor, () -> forgotten(operator, client, cursor, person))
        .orElseGet(
            () ->
                new Result.Refused<>(
                    new Problem(
                        Code.CURSOR_OPEN,
                        "cursor",
                        "the client has it open; the client must end that stream first")));
  }

  private Result<Long> forgotten(
      NodeName operator, String client, String cursor, OnBehalfOf person) {
    List<CursorTable.NamedCursor> own = own(client, MOST);
    if (own.isEmpty()) {
      return new Result.Refused<>(unknown(Code.NOT_FOUND, "client", client, owners()));
    }
    Optional<CursorTable.NamedCursor> found =
        own.stream().filter(one -> one.cursor().equals(cursor)).findFirst();
    if (found.isEmpty()) {
      List<String> names = own.stream().map(CursorTable.NamedCursor::cursor).toList();
      return new Result.Refused<>(unknown(Code.NOT_FOUND, "cursor", cursor, names));
    }
    long last = ledger.inbox().lastPosition();
    long next =
        CursorBacklogs.of(ledger.inbox(), last, 0, List.of(subscriptions.places(found.get())))
            .get(0)
            .nextPosition();
    // In the last lane, so that pending writes of its closed stream come first.
    return ledger.commit(
        Lane.ROUTINE,
        tx -> {
          // Record its acknowledged ranges before the cursor is removed.
          subscriptions.settle(tx, client, cursor);
          ledger.cursors().remove(tx, client, cursor);
          tx.audit(
              AuditRecord.of(
                      AuditType.OPERATOR_ACTION,
                      LawCategory.NONE,
                      Instant.ofEpochMilli(tx.nowMillis()),
                      AuditActor.client(self, operator, person),
                      new AuditSubject(null, List.of(), List.of(), null))
                  .saying(
                      "removes cursor %s of client %s, at position %d of %d"
                          .formatted(cursor, client, next, last)));
          return new Result.Done<>(next);
        });
  }

  /** Cursors of one client; none for a text that is not the name of a client. */
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
