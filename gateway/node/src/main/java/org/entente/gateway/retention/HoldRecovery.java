package org.entente.gateway.retention;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.RetentionTable.EndedHold;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Result;
import org.entente.gateway.retention.RetentionKeys.HoldKey;
import org.entente.gateway.seal.keys.KeystoreFailure;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.HoldRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps legal holds over a crash, and over the restore of an older ledger.
 *
 * <p>The keystore is outside of backups and says of each hold whether it is in force. So a ledger
 * that does not know a hold in force is older, and the hold is placed again; a ledger whose hold
 * has ended is older too, and it is released again. What was placed again is reported until a
 * person confirms or releases it. If its message is not here, the key stays until a person releases
 * the hold, since the lost ledger may be found.
 *
 * <p>For one thread at a time, but {@link #warnings} for many.
 */
final class HoldRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(HoldRecovery.class);

  /** Most messages that one leaf names. */
  private static final int NAMED = 256;

  /** Records removed in one commit. */
  private static final int AT_ONCE = 1_000;

  private final AgencyName self;
  private final Ledger ledger;
  private final RetentionKeys keys;
  private final LegalHolds holds;

  /** Holds in force without a record here. */
  private final Set<MessageId> unknown = ConcurrentHashMap.newKeySet();

  /** Holds that were placed again, and that no person has confirmed. */
  private final Set<MessageId> unconfirmed = ConcurrentHashMap.newKeySet();

  HoldRecovery(AgencyName self, Ledger ledger, RetentionKeys keys, LegalHolds holds) {
    this.self = self;
    this.ledger = ledger;
    this.keys = keys;
    this.holds = holds;
  }

  /** Has ledger and keystore agree on each hold. */
  void round() {
    List<HoldKey> all = keys.holds();
    forgetWithoutKey(all);
    for (HoldKey key : all) {
      try {
        settle(key);
      } catch (CorruptRecord e) {
        ledger.unreadable().found(Table.RETENTION, "of the legal hold on " + key.message(), e);
      } catch (KeystoreFailure e) {
        LOG.error("the key of the legal hold on {} cannot be changed yet", key.message(), e);
      }
    }
    Set<MessageId> before = Set.copyOf(unknown);
    unknown.clear();
    unconfirmed.clear();
    keys.holds().forEach(this::look);
    tell(before);
  }

  private void forgetWithoutKey(List<HoldKey> all) {
    Set<MessageId> here = all.stream().map(HoldKey::message).collect(Collectors.toSet());
    List<EndedHold> gone =
        ledger.retention().endedHolds().stream()
            .filter(ended -> !here.contains(ended.id()))
            .toList();
    for (int from = 0; from < gone.size(); from += AT_ONCE) {
      holds.forget(gone.subList(from, Math.min(gone.size(), from + AT_ONCE)));
    }
  }

  private void settle(HoldKey key) {
    HoldRecord held = held(key);
    EndedHold ended = ledger.retention().endedHold(key.message());
    LocalDate lastDay = key.lastDay();
    if (held != null) {
      settle(key, held);
    } else if (ended != null && key.isEndedBy(ended)) {
      holds.end(ended);
    } else if (lastDay != null) {
      holds.note(
          new EndedHold(key.message(), lastDay.toEpochDay(), key.beganMs(), ByteString.EMPTY));
    } else if (ledger.inbox().find(key.message()) != null) {
      placeAgain(key.message());
    }
  }

  /** A hold of the ledger whose key serves no hold has ended since, unless it is a later one. */
  private void settle(HoldKey key, HoldRecord held) {
    if (key.isInForce()) {
      return;
    }
    if (key.beganMs() != held.getKeyBeganMs()) {
      placeAgain(key.message());
      return;
    }
    LOG.warn("the legal hold on message {} is released again", key.message());
    var unused =
        holds.release(AuditActor.gateway(self), key.message(), "legal hold released again");
  }

  private void placeAgain(MessageId id) {
    LOG.warn("message {} is under a legal hold again, which this ledger did not know", id);
    holds.placeAgain(id);
  }

  private @Nullable HoldRecord held(HoldKey key) {
    return ledger.retention().held(key.message());
  }

  /** Finds whether a hold needs a person, after one has decided about it. */
  void look(MessageId id) {
    unknown.remove(id);
    unconfirmed.remove(id);
    keys.holds().stream().filter(key -> key.message().equals(id)).forEach(this::look);
  }

  private void look(HoldKey key) {
    try {
      HoldRecord held = held(key);
      if (held == null && key.isInForce()) {
        unknown.add(key.message());
      } else if (held != null && held.getUnconfirmed()) {
        unconfirmed.add(key.message());
      }
    } catch (CorruptRecord e) {
      ledger.unreadable().found(Table.RETENTION, "of the legal hold on " + key.message(), e);
    }
  }

  /** Says each unknown hold once in a run, in the log of operations and in that of the audit. */
  private void tell(Set<MessageId> before) {
    List<MessageId> more = new ArrayList<>(unknown);
    more.removeAll(before);
    if (!more.isEmpty()) {
      LOG.warn("the keystore has keys of legal holds that the ledger does not know: {}", more);
      List<MessageId> named = more.subList(0, Math.min(more.size(), NAMED));
      String what =
          "keys of " + more.size() + " legal holds that this ledger does not know are kept";
      record(AuditActor.gateway(self), named, what);
    }
  }

  private void record(AuditActor actor, List<MessageId> named, String what) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          RetentionLeaf.record(tx, actor, named, what);
          return what;
        });
  }

  /** Whether a hold is in force of which this ledger has no record. */
  boolean isUnknown(MessageId id) {
    return unknown.contains(id);
  }

  /** Ends such a hold. */
  Result<Optional<Instant>> releaseUnknown(AuditActor actor, MessageId id) {
    record(actor, List.of(id), "legal hold of a lost ledger released");
    keys.destroyHold(id);
    return Result.done(Optional.of(ledger.clock().instant()));
  }

  /** Conditions that need an operator's attention. */
  List<String> warnings() {
    List<String> out = new ArrayList<>();
    unknown.stream()
        .findAny()
        .ifPresent(
            id ->
                out.add(
                    ("holds: the keystore has the keys of %d legal holds that this ledger does not"
                            + " know, one of message %s; they are kept until `hold release` of each")
                        .formatted(unknown.size(), id)));
    unconfirmed.stream()
        .findAny()
        .ifPresent(
            id ->
                out.add(
                    ("holds: %d legal holds that this ledger did not know were placed again, one on"
                            + " message %s; confirm each with `hold place`, or end it with"
                            + " `hold release`")
                        .formatted(unconfirmed.size(), id)));
    return out;
  }
}
