package org.entente.gateway.feature.operation;

import com.google.protobuf.ByteString;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.entente.gateway.account.SharedRoom;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.record.SealedRecord;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.seal.statement.RosterStatement;
import org.entente.gateway.store.KeyBuilder;
import org.entente.proto.store.v1.OperationRecord;
import org.entente.proto.store.v1.RosterReturn;
import org.entente.proto.store.v1.RosterReturnOrBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Stored rosters, sealed at rest until a year after the operation's stated end, and then to the end
 * of that month. Once their key is destroyed, an operation is as unknown as one that never existed.
 * Safe for use by several threads.
 */
public final class RosterRecords {
  /** How long after an operation's end its rosters are kept. */
  public static final Duration KEPT = Duration.ofDays(365);

  /** Most rosters that are stored of an operation, but for the one that closes it. */
  public static final int MOST_ROSTERS = 256;

  /** Time between two returns of an operation's roster to one agency: a member can ask at will. */
  static final Duration RETURNED_EVERY = Duration.ofHours(1);

  private static final int MOST_LOOKED_AT = 100;
  private static final int WORD_BYTES = 8 + Sha256.HASH_BYTES;

  private final OperationTable book;
  private final RecordSeal atRest;
  private final SharedRoom mostOpen;

  /** Opened rosters of one transaction that stay in memory. */
  private static final int MOST_OPENED = 64;

  /**
   * The rosters opened in the present transaction, of the writer alone: an envelope may bring
   * thousands of messages by a few rosters.
   */
  private final Map<RosterKey, OpenedRoster> opened = new HashMap<>();

  private WeakReference<Transaction> openedIn = new WeakReference<>(null);

  private record RosterKey(OperationId id, long number) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record OpenedRoster(byte[] sealed, RosterStatement roster) {}

  /**
   * The rosters of a ledger.
   *
   * @param mostOpen most open operations that count for one other agency here, and for this agency
   *     at each member
   */
  public RosterRecords(OperationTable book, RecordSeal atRest, int mostOpen) {
    this.book = book;
    this.atRest = atRest;
    this.mostOpen = new SharedRoom(mostOpen);
  }

  /**
   * A roster that a member uses and that is not stored here.
   *
   * @param hash 32 bytes, not to be modified
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record RosterReference(AgencyName agency, long number, byte[] hash) {}

  /** The stored rosters of an operation as seen by the transaction; empty if there are none. */
  public Optional<HeldRosters> held(Transaction tx, OperationId id) {
    OperationRecord record = book.record(tx, id);
    return record == null
        ? Optional.empty()
        : held(record, number -> opened(tx, id, number).orElse(null));
  }

  /** The committed rosters of an operation. */
  public Optional<HeldRosters> held(OperationId id) {
    OperationRecord record = book.record(id);
    return record == null
        ? Optional.empty()
        : held(record, number -> opened(book.roster(id, number)).orElse(null));
  }

  private static Optional<HeldRosters> held(OperationRecord record, HeldRosters.RosterLookup at) {
    RosterStatement newest = at.find(record.getNumber());
    return newest == null
        ? Optional.empty()
        : Optional.of(new HeldRosters(newest, at, record.getForked(), setBack(record)));
  }

  /** The newest roster signed by an agency, among the latest; empty if there is none. */
  public Optional<RosterStatement> newestBy(OperationId id, AgencyName signer) {
    return book.numbers(id, MOST_LOOKED_AT).stream()
        .flatMap(number -> opened(book.roster(id, number)).stream())
        .filter(roster -> roster.content().place().signer().equals(signer))
        .findFirst();
  }

  private static HeldRosters.@Nullable RestoreMark setBack(OperationRecord record) {
    if (!record.getSetBack()) {
      return null;
    }
    byte[] asked = record.getAskedIn().toByteArray();
    List<MessageId> askedIn = new ArrayList<>();
    for (int at = 0; at + MessageId.SIZE <= asked.length; at += MessageId.SIZE) {
      askedIn.add(MessageId.of(Arrays.copyOfRange(asked, at, at + MessageId.SIZE)));
    }
    return new HeldRosters.RestoreMark(askedIn);
  }

  private Optional<RosterStatement> opened(Transaction tx, OperationId id, long number) {
    SealedRecord sealed = book.roster(tx, id, number);
    if (!openedIn.refersTo(tx)) {
      openedIn = new WeakReference<>(tx);
      opened.clear();
      tx.afterCommit(opened::clear);
    }
    RosterKey key = new RosterKey(id, number);
    OpenedRoster before = opened.get(key);
    if (before != null && sealed != null && Arrays.equals(before.sealed(), sealed.bytes())) {
      return Optional.of(before.roster());
    }
    Optional<RosterStatement> roster = opened(sealed);
    if (sealed != null && roster.isPresent()) {
      if (opened.size() >= MOST_OPENED) {
        opened.clear();
      }
      opened.put(key, new OpenedRoster(sealed.bytes(), roster.get()));
    }
    return roster;
  }

  private Optional<RosterStatement> opened(@Nullable SealedRecord sealed) {
    return sealed == null
        ? Optional.empty()
        : atRest
            .open(sealed)
            .map(
                bytes ->
                    RosterStatement.parse(bytes)
                        .orElseThrow(() -> new CorruptRecord("OPERATION", null)));
  }

  /**
   * Stores a received roster as the newest. A restored ledger may still lack later ones, so its
   * members are asked again.
   */
  public void put(Transaction tx, RosterStatement roster) {
    OperationRecord before = book.record(tx, roster.content().place().operation());
    put(tx, roster, before != null && before.getSetBack(), true, ByteString.EMPTY);
  }

  /**
   * Stores an own roster, given back by a member, as the newest. There may be later ones, whatever
   * happened to the ledger, so the members are asked.
   */
  public void putGivenBack(Transaction tx, RosterStatement roster) {
    put(tx, roster, true, false, ByteString.EMPTY);
  }

  /**
   * Stores a roster signed by this agency as the newest. If a roster with its number or a later one
   * was given back meanwhile, it is the second with its number and ends the operation here. An
   * operation that has ended so meanwhile takes none.
   *
   * @param client the client that has it signed, as a token
   * @return whether it is the newest
   */
  public boolean putOwn(Transaction tx, RosterStatement roster, ByteString client) {
    OperationRecord before = book.record(tx, roster.content().place().operation());
    if (before != null && before.getNumber() >= roster.number()) {
      fork(tx, roster);
      return false;
    }
    if (before != null && before.getForked()) {
      return false;
    }
    put(tx, roster, false, false, client);
    return true;
  }

  private void put(
      Transaction tx, RosterStatement roster, boolean setBack, boolean counted, ByteString client) {
    OperationId id = roster.content().place().operation();
    count(tx, roster, counted, client);
    Instant until = keptUntil(roster);
    RecordPlace place = OperationTable.rosterPlace(id, roster.number());
    book.putRoster(tx, id, roster.number(), atRest.seal(place, roster.encoded(), until));
    OperationRecord before = book.record(tx, id);
    long day = LocalDate.ofInstant(until, ZoneOffset.UTC).toEpochDay();
    OperationRecord.Builder record =
        OperationRecord.newBuilder().setNumber(roster.number()).setSetBack(setBack).setRosters(1);
    if (before != null) {
      record
          .setRosters(before.getRosters() + 1)
          .setKeepUntilDay(Math.max(day, before.getKeepUntilDay()))
          .setCountedFor(before.getCountedFor())
          .setFounder(before.getFounder())
          .setForked(before.getForked())
          .setSealedConflict(before.getSealedConflict())
          .addAllReturns(returnsBeside(before, roster.content().place().signer()));
    } else {
      record.setKeepUntilDay(day);
      if (counted || !client.isEmpty()) {
        AgencyName founder = roster.content().place().signer();
        record.setCountedFor(founder.value()).setFounder(client);
        book.founded(tx, founder, client, 1);
      }
    }
    book.put(tx, id, record.build());
  }

  /** The returns of rosters, none of which is due to an agency that has just shown the newest. */
  private static List<RosterReturn> returnsBeside(OperationRecord before, AgencyName signer) {
    return before.getReturnsList().stream()
        .map(one -> isTo(one, signer) ? one.toBuilder().clearDue().build() : one)
        .toList();
  }

  private static boolean isTo(RosterReturnOrBuilder one, AgencyName agency) {
    return one.getAgency().equals(agency.value());
  }

  /**
   * Counts an open operation for the agency that signed its newest roster: a lead who has signed
   * none may know nothing of it. What this agency signs itself counts at the members that receive
   * it, and there for the client that first made it count.
   */
  private void count(Transaction tx, RosterStatement roster, boolean counted, ByteString client) {
    RosterStatement.Place place = roster.content().place();
    Set<AgencyName> told = new TreeSet<>(roster.content().agencies());
    held(tx, place.operation())
        .ifPresent(
            held -> {
              book.shut(tx, held.newest().content().place().signer(), place.operation());
              told.addAll(held.newest().content().agencies());
            });
    long endsAtMs =
        isOpen(roster, tx.nowMillis()) ? roster.content().terms().endsAtMs() : OperationTable.OVER;
    if (counted && endsAtMs != OperationTable.OVER) {
      book.open(tx, place.signer(), place.operation(), endsAtMs);
    }
    long ledUntilMs = counted ? OperationTable.OVER : endsAtMs;
    if (!counted) {
      told.remove(place.signer());
    }
    told.forEach(member -> book.led(tx, member, place.operation(), ledUntilMs, client));
  }

  private static boolean isOpen(RosterStatement roster, long nowMillis) {
    return !roster.content().terms().closed() && roster.content().terms().endsAtMs() > nowMillis;
  }

  /** Most open operations that count for one other agency here, and for this agency elsewhere. */
  long mostOpen() {
    return mostOpen.most();
  }

  /** Whether a roster opens one more operation than its signer may have open here. */
  public boolean opensTooMany(Transaction tx, RosterStatement roster) {
    List<OperationId> open = book.open(tx, roster.content().place().signer());
    return open.size() >= mostOpen.most()
        && isOpen(roster, tx.nowMillis())
        && !open.contains(roster.content().place().operation());
  }

  /**
   * Whether a client of this agency may found one more operation: members store so many of an
   * agency, and each client may have as many of them as are still free.
   *
   * @param client as a token
   */
  boolean mayFound(AgencyName self, ByteString client, SharedRoom room) {
    return room.fits(book.foundedBy(client), book.founded(self));
  }

  /**
   * A member at which a client of this agency may have no more open operations: members take so
   * many of an agency, and each client may have as many of them as are still free. An operation
   * that is open there already is not one more.
   *
   * @param client as a token
   */
  Optional<AgencyName> full(
      ByteString client, OperationId id, List<AgencyName> members, long nowMillis) {
    return members.stream()
        .filter(
            member -> {
              OperationTable.LedThere led = book.ledAt(member, client, nowMillis);
              return !led.operations().contains(id)
                  && !mostOpen.fits(led.ofClient(), led.operations().size());
            })
        .findFirst();
  }

  /** Whether a roster founds one more operation than its signer may have stored here. */
  public boolean foundsTooMany(Transaction tx, RosterStatement roster, int most) {
    RosterStatement.Place place = roster.content().place();
    return book.record(tx, place.operation()) == null && book.founded(tx, place.signer()) >= most;
  }

  /**
   * Whether a roster is one more than are stored of an operation. One that closes it is taken,
   * since no other follows it.
   */
  public boolean isTooMany(Transaction tx, RosterStatement roster) {
    OperationRecord record = book.record(tx, roster.content().place().operation());
    return record != null && isTooMany(record, roster.content().terms().closed());
  }

  /** Whether an operation is full, as committed, unless the next roster closes it. */
  boolean isFull(OperationId id, boolean closes) {
    OperationRecord record = book.record(id);
    return record != null && isTooMany(record, closes);
  }

  private static boolean isTooMany(OperationRecord record, boolean closes) {
    return record.getRosters() >= MOST_ROSTERS && !closes;
  }

  /** Ends an operation here, because its lead signed a contradicting roster. */
  public void fork(Transaction tx, RosterStatement conflicting) {
    OperationId id = conflicting.content().place().operation();
    OperationRecord record = book.record(tx, id);
    if (record != null) {
      held(tx, id).ifPresent(held -> countFork(tx, held.newest(), conflicting));
      // Kept as long as the operation, whatever end it states; on its last night a little longer.
      Instant kept =
          LocalDate.ofEpochDay(record.getKeepUntilDay()).atStartOfDay(ZoneOffset.UTC).toInstant();
      Instant now = Instant.ofEpochMilli(tx.nowMillis());
      Instant last = kept.isBefore(now) ? now : kept;
      byte[] sealed = atRest.seal(OperationTable.conflictPlace(id), conflicting.encoded(), last);
      book.put(
          tx,
          id,
          record.toBuilder()
              .setForked(true)
              .setSealedConflict(ByteString.copyFrom(sealed))
              .build());
    }
  }

  /** A later lead does not answer for an earlier one who signed twice. */
  private void countFork(Transaction tx, RosterStatement newest, RosterStatement conflicting) {
    OperationId id = conflicting.content().place().operation();
    boolean again = conflicting.number() <= newest.number();
    if (again && book.shut(tx, newest.content().place().signer(), id)) {
      long endsAtMs = newest.content().terms().endsAtMs();
      book.open(tx, conflicting.content().place().signer(), id, endsAtMs);
    }
  }

  /** Marks an agency's newest roster to be returned to it, because it no longer knows it. */
  public void owe(Transaction tx, OperationId id, AgencyName to) {
    OperationRecord record = book.record(tx, id);
    boolean marked =
        record != null
            && record.getReturnsList().stream().anyMatch(one -> one.getDue() && isTo(one, to));
    // A member can send any number of messages that mark it.
    if (!marked) {
      change(tx, id, next -> changeReturn(next, to, one -> one.setDue(true)));
    }
  }

  /** Notes that an agency's roster was returned, or cannot be. Drops what no longer matters. */
  void gaveBack(Transaction tx, OperationId id, AgencyName to, Instant now) {
    long nowMillis = now.toEpochMilli();
    change(
        tx,
        id,
        record -> {
          changeReturn(record, to, one -> one.clearDue().setReturnedAtMs(nowMillis));
          List<RosterReturn> kept =
              record.getReturnsList().stream()
                  .filter(one -> one.getDue() || isRecent(one, nowMillis))
                  .toList();
          record.clearReturns().addAllReturns(kept);
        });
  }

  /**
   * The first agency to which a roster is to be returned now; empty if there is none.
   *
   * @param hasRoom whether an agency can be sent one: those behind it do not wait for that
   */
  static Optional<AgencyName> returnDue(
      OperationRecord record, long nowMillis, Predicate<AgencyName> hasRoom) {
    return record.getReturnsList().stream()
        .filter(one -> one.getDue() && !isRecent(one, nowMillis))
        .map(one -> new AgencyName(one.getAgency()))
        .filter(hasRoom)
        .findFirst();
  }

  private static void changeReturn(
      OperationRecord.Builder record, AgencyName to, Consumer<RosterReturn.Builder> change) {
    RosterReturn.Builder one =
        record.getReturnsBuilderList().stream()
            .filter(known -> isTo(known, to))
            .findFirst()
            .orElseGet(() -> record.addReturnsBuilder().setAgency(to.value()));
    change.accept(one);
  }

  /** Whether it was returned within the last hour; not if the clock was far ahead then. */
  private static boolean isRecent(RosterReturn one, long nowMillis) {
    return Math.abs(nowMillis - one.getReturnedAtMs()) < RETURNED_EVERY.toMillis();
  }

  /**
   * Notes that members were asked for later rosters than this one, if it is the newest.
   *
   * @param messages the messages that asked them, latest last
   */
  public void asked(Transaction tx, OperationId id, long number, List<MessageId> messages) {
    ByteString bytes =
        messages.stream()
            .map(message -> ByteString.copyFrom(message.bytes()))
            .reduce(ByteString.EMPTY, ByteString::concat);
    change(
        tx,
        id,
        record -> {
          if (record.getNumber() == number) {
            record.setAskedIn(bytes);
          }
        });
  }

  /** Notes that all members have confirmed this roster, if it is still the newest. */
  public void confirmed(Transaction tx, OperationId id, long number) {
    change(
        tx,
        id,
        record -> {
          if (record.getNumber() == number) {
            record.clearSetBack().clearAskedIn();
          }
        });
  }

  /** Notes that this agency need not ask for later rosters. */
  public void leave(Transaction tx, OperationId id) {
    change(tx, id, record -> record.clearSetBack().clearAskedIn());
  }

  private void change(Transaction tx, OperationId id, Consumer<OperationRecord.Builder> change) {
    OperationRecord record = book.record(tx, id);
    if (record != null) {
      OperationRecord.Builder next = record.toBuilder();
      change.accept(next);
      book.put(tx, id, next.build());
    }
  }

  /** Stores which roster a member uses that is not stored here. */
  public void word(Transaction tx, OperationId id, RosterReference word, RosterStatement newest) {
    byte[] bytes = KeyBuilder.key().u64(word.number()).bytes(word.hash()).done();
    RecordPlace place = OperationTable.wordPlace(id, word.agency());
    book.putWord(tx, id, word.agency(), atRest.seal(place, bytes, keptUntil(newest)));
  }

  /**
   * Removes and returns the stored references to this roster or earlier ones.
   *
   * @param members the members before it, who may have used it
   */
  public List<RosterReference> takeWords(
      Transaction tx, RosterStatement roster, List<AgencyName> members) {
    OperationId id = roster.content().place().operation();
    List<RosterReference> out = new ArrayList<>();
    for (OperationTable.SealedReference sealed : book.words(tx, id, members)) {
      Optional<byte[]> bytes =
          atRest.open(sealed.sealed()).filter(open -> open.length == WORD_BYTES);
      long number = bytes.map(open -> BigEndian.u64(open, 0)).orElse(0L);
      if (number <= roster.number()) {
        book.forgetWord(tx, id, sealed.agency());
        bytes.ifPresent(
            open ->
                out.add(
                    new RosterReference(
                        sealed.agency(), number, Arrays.copyOfRange(open, 8, WORD_BYTES))));
      }
    }
    return out;
  }

  /** The stored operations, newest first; at most this many. */
  public List<OperationId> list(int most) {
    return book.list(most);
  }

  /** Operations whose leads signed contradicting rosters, and which have not ended. */
  public List<OperationId> forked(long nowMillis, int most) {
    return book.forked().stream()
        .filter(
            id ->
                readable(id)
                    .filter(HeldRosters::forked)
                    .filter(held -> held.newest().content().terms().endsAtMs() > nowMillis)
                    .isPresent())
        .limit(most)
        .toList();
  }

  /**
   * The committed rosters of an operation, or empty if damaged: one damaged operation must not
   * block the others.
   */
  Optional<HeldRosters> readable(OperationId id) {
    try {
      return held(id);
    } catch (CorruptRecord e) {
      return Optional.empty();
    }
  }

  /** Whether the retention of a roster is over, by the end that it states. */
  static boolean isOver(RosterStatement roster, long nowMillis) {
    return kept(roster).toEpochMilli() < nowMillis;
  }

  /**
   * The last day of the bucket of a roster. Rosters of a month share it: their signers choose the
   * day, and each bucket is a key in the keystore.
   */
  static Instant keptUntil(RosterStatement roster) {
    return LocalDate.ofInstant(kept(roster), ZoneOffset.UTC)
        .with(TemporalAdjusters.lastDayOfMonth())
        .atStartOfDay(ZoneOffset.UTC)
        .toInstant();
  }

  private static Instant kept(RosterStatement roster) {
    return Instant.ofEpochMilli(roster.content().terms().endsAtMs()).plus(KEPT);
  }
}
