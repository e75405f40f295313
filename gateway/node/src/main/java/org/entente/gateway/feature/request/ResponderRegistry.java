package org.entente.gateway.feature.request;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.account.SharedRoom;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.proto.store.v1.ResponderRecord;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OwnResponder;
import org.entente.proto.v1.Responder;

/**
 * The systems of this agency that answer requests, as registered by its clients. Their data stays
 * with them: a registration only says what they can be asked. A name belongs to the client that
 * registered it first. Changes are durable, with person and reason in the audit log, when the call
 * returns. Calls block; safe for use by several threads.
 */
public final class ResponderRegistry {
  private static final SharedRoom ROOM = new SharedRoom(LabelCheck.MAX_RESPONDERS);

  private final AgencyName self;
  private final Ledger ledger;
  private final StoredNames names;
  private final ResponderTable book;
  private final LabelCheck check;

  /** The registrations in a ledger. */
  public ResponderRegistry(AgencyName self, Ledger ledger, LabelCheck check) {
    this.self = self;
    this.ledger = ledger;
    this.book = ResponderTable.of(ledger);
    this.names = ledger.names();
    this.check = check;
  }

  /** Registers or changes a responder; returns a problem, or empty if it is done. */
  public Optional<Problem> register(NodeName client, Responder responder, OnBehalfOf person) {
    Optional<Problem> wrong = check.decision(person).or(() -> check.responder(responder));
    return wrong.isPresent()
        ? wrong
        : ledger.commit(Lane.ROUTINE, tx -> register(tx, client, responder, person));
  }

  private Optional<Problem> register(
      Transaction tx, NodeName client, Responder responder, OnBehalfOf person) {
    ResponderRecord before = book.own(tx, responder.getName());
    if (before != null && !isOf(client, before)) {
      return Optional.of(
          new Problem(
              Code.INVALID_FIELD, "responder.name", "is the name of another client's responder"));
    }
    if (before == null && !hasRoom(client)) {
      return Optional.of(
          new Problem(
              Code.LIMIT_REACHED,
              "",
              "a client may have no more responders than are free of the "
                  + LabelCheck.MAX_RESPONDERS
                  + " of the agency; withdraw one first"));
    }
    long since = before == null ? tx.nowMillis() : before.getSinceMs();
    book.put(
        tx,
        responder.getName(),
        ResponderRecord.newBuilder()
            .setSealedClient(
                ByteString.copyFrom(
                    names.seal(ResponderTable.ownPlace(responder.getName()), client.value())))
            .setResponder(responder)
            .setSinceMs(since)
            .setChangedAtMs(tx.nowMillis())
            .build());
    record(tx, client, person, (before == null ? "registered " : "changed ") + responder.getName());
    return Optional.empty();
  }

  private boolean hasRoom(NodeName client) {
    List<ResponderRecord> all = book.own();
    long own =
        all.stream().filter(it -> client(it).filter(client.value()::equals).isPresent()).count();
    return ROOM.fits(own, all.size());
  }

  /** Withdraws one of a client's responders; returns a problem, or empty if it is done. */
  public Optional<Problem> withdraw(NodeName client, String name, OnBehalfOf person) {
    Optional<Problem> wrong = check.decision(person);
    return wrong.isPresent()
        ? wrong
        : ledger.commit(Lane.ROUTINE, tx -> withdraw(tx, client, name, person));
  }

  private Optional<Problem> withdraw(
      Transaction tx, NodeName client, String name, OnBehalfOf person) {
    ResponderRecord before =
        name.length() > 64 || !name.chars().allMatch(c -> c < 128) ? null : book.own(tx, name);
    if (before == null || !isOf(client, before)) {
      return Optional.of(
          new Problem(
              Code.NOT_FOUND,
              "name",
              "this client has no responder " + InvalidValue.printable(name)));
    }
    book.remove(tx, name);
    record(tx, client, person, "withdrew " + name);
    return Optional.empty();
  }

  /** One whose client cannot be read, as after the loss of the keystore, is anybody's. */
  private boolean isOf(NodeName client, ResponderRecord record) {
    return client(record).map(client.value()::equals).orElse(true);
  }

  private Optional<String> client(ResponderRecord record) {
    return names
        .open(
            ResponderTable.ownPlace(record.getResponder().getName()),
            record.getSealedClient().toByteArray())
        .flatMap(opened -> opened.stream().findFirst());
  }

  private void record(Transaction tx, NodeName client, OnBehalfOf person, String detail) {
    tx.audit(
        AuditRecord.ofNode(
            AuditType.RESPONDER,
            Instant.ofEpochMilli(tx.nowMillis()),
            AuditActor.client(self, client, person),
            detail));
  }

  /** All responders, by name. */
  public List<OwnResponder> list() {
    return book.own().stream()
        .map(
            record ->
                OwnResponder.newBuilder()
                    .setResponder(record.getResponder())
                    .setClient(client(record).orElse(""))
                    .setSince(Timestamps.fromMillis(record.getSinceMs()))
                    .setChangedAt(Timestamps.fromMillis(record.getChangedAtMs()))
                    .build())
        .toList();
  }
}
