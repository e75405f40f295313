package org.entente.gateway.retention;

import com.google.protobuf.util.Timestamps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.ledger.table.RetentionTable;
import org.entente.gateway.ledger.table.RetrievalRecords;
import org.entente.gateway.ledger.table.RetrievalRecords.RetrievalPlace;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.BodyCheck;
import org.entente.gateway.seal.LocalSeal;
import org.entente.gateway.seal.format.MessageLeaf;
import org.entente.gateway.seal.keys.KeystoreFailure;
import org.entente.proto.store.v1.ErasureCause;
import org.entente.proto.store.v1.ErasureRecord;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Erases single messages before their bucket ends, so that a crash at any moment leaves either an
 * erasure that has not begun or one that is finished at the next start.
 *
 * <p><b>Order.</b> One commit removes the message from the inbox and records that its erasure has
 * begun: from then on no client gets it. Next the journal outside the ledger records it, then its
 * keys are destroyed, on all nodes of a cluster, then a second commit records this in the audit log
 * and, after a recall, informs the origin. So an erasure is stated only after it is complete.
 *
 * <p><b>Rounds.</b> What has begun is known from the ledger and from nowhere else. A worker
 * finishes it in rounds of at most {@value #ROUND} messages: the journal is synced once a round,
 * the keystore is written as seldom as its size allows, and one commit ends all of them. A round
 * takes one message of each origin in turn, so that what one origin recalls delays another's recall
 * by one round at most. There is one worker, however often it is woken. A round that fails over
 * some of its messages is halved until those fail alone: the others are finished, and those are
 * counted, reported and tried again by {@link #retry}.
 *
 * <p><b>Ciphertext.</b> The first commit only marks the message in its page. After {@link
 * #dropCiphertext}, {@link #rewritePages} writes such pages again, at a pace ({@link
 * PageRewriting}). Nothing is stated about that, since what was destroyed is the key.
 *
 * <p>Safe for many threads.
 */
public final class MessageErasure {
  private static final Logger LOG = LoggerFactory.getLogger(MessageErasure.class);

  /** Messages of one round; its second commit takes the writer some milliseconds. */
  static final int ROUND = 256;

  /** Most recalls of one origin whose erasures this node begins while it can end none. */
  static final int MOST_UNCONFIRMED = 10_000;

  /** The same for all origins together; what a person erases is begun anyway. */
  static final int MOST_OF_ALL = 100_000;

  private final AgencyName self;
  private final Ledger ledger;
  private final RetentionKeys keys;
  private final ErasureJournal journal;
  private final EvidenceRecords evidence;
  private final Executor executor;
  private final PageRewriting pages;

  /** Fair lock: an erasure for a person gets the next turn after a round. */
  private final ReentrantLock turns = new ReentrantLock(true);

  /** Erasures that failed, which are not tried again before {@link #retry}. */
  private final FailedErasures stuck = new FailedErasures();

  /**
   * Messages that the journal has, and that are not erased yet; under {@link #turns}. Another
   * attempt does not note them again: attempts would fill its disk.
   */
  private final Map<MessageId, AgencyName> noted = new HashMap<>();

  /** How many of them an origin recalled; under {@link #turns}. */
  private final Map<AgencyName, Integer> notedOf = new HashMap<>();

  /** Those of them that persons of this agency decided on, which count for no origin. */
  private final Set<MessageId> ofPersons = new HashSet<>();

  /** Those of them whose keys are destroyed here, and perhaps not yet on another node. */
  private final Set<MessageId> unconfirmed = new HashSet<>();

  /** Those of them that the journals of all other nodes have. */
  private final Set<MessageId> elsewhere = new HashSet<>();

  /** What the last round could not finish for a reason that holds for all; null if it could. */
  private volatile @Nullable Waiting waiting;

  /** What the last failure of a round was, which is logged once; used by the worker only. */
  private String failing = "";

  /** Counts what rounds took, so that each begins where the last ended; under {@link #turns}. */
  private int turn;

  /** 0 while nothing works; more than 1 once it was woken since a round began. */
  private final AtomicInteger woken = new AtomicInteger();

  /** Erasures of a round, the time when the first of them began, and what they wait for. */
  private record Waiting(int count, Instant since, String why) {
    static Waiting of(List<ErasureRecord> begun, RuntimeException why) {
      long since = begun.stream().mapToLong(ErasureRecord::getAtMs).min().orElse(0);
      return new Waiting(
          begun.size(), Instant.ofEpochMilli(since), String.valueOf(why.getMessage()));
    }

    String warning() {
      return "erasures: %d or more wait, one since %s: %s".formatted(count, since, why);
    }
  }

  /**
   * Creates the erasure of a ledger.
   *
   * @param executor runs the worker's rounds, one at a time
   */
  public MessageErasure(
      AgencyName self,
      Ledger ledger,
      RetentionKeys keys,
      ErasureJournal journal,
      EvidenceRecords evidence,
      Executor executor) {
    this.self = self;
    this.ledger = ledger;
    this.keys = keys;
    this.journal = journal;
    this.evidence = evidence;
    this.executor = executor;
    this.pages = new PageRewriting(ledger);
  }

  /**
   * Begins an erasure in a transaction; {@link #finish} or {@link #wake} continues once it is
   * committed.
   */
  ErasureRecord begin(Transaction tx, InboxTable.PlacedRecord placed, ErasureCause cause) {
    InboxRecord record = placed.record();
    ErasureRecord.Builder built =
        ErasureRecord.newBuilder()
            .setMessageId(record.getMessageId())
            .setOrigin(record.getOrigin())
            .setEnvelopeId(record.getEnvelopeId())
            .setBucketDay(record.getBucketDay())
            .setHeaderHash(record.getHeaderHash())
            .setArrival(placed.arrival())
            .setCause(cause)
            .setHeld(record.getOnHold())
            .setAtMs(tx.nowMillis());
    LocalSeal.leaf(record.getSealedRecord().toByteArray())
        .ifPresent(leaf -> built.setLeaf(leaf.number()));
    if (record.hasQuarantineLeaf()) {
      built
          .setQuarantineLeaf(record.getQuarantineLeaf())
          .setQuarantineDay(record.getQuarantineDay());
    }
    ErasureRecord erasure = built.build();
    ledger.inbox().remove(tx, placed);
    ledger.scores().remove(tx, MessageId.of(record.getMessageId().toByteArray()));
    ledger.retention().begin(tx, erasure);
    return erasure;
  }

  /** Makes the worker finish pending erasures. Quick. */
  public void wake() {
    if (woken.getAndIncrement() == 0) {
      executor.execute(this::work);
    }
  }

  /** Has the worker try again what failed, and finish what has begun. Quick. */
  public void retry() {
    stuck.retry();
    wake();
  }

  /**
   * Has {@link #rewritePages} drop the ciphertext of messages that were removed one by one. Quick.
   * Not called after each removal: a member that recalls a message of each of its pages would have
   * all of them written each time.
   */
  public void dropCiphertext() {
    pages.begin();
  }

  /**
   * Drops ciphertext from some pages, none while space on the disk is scarce. Called regularly by
   * one thread.
   *
   * @param bytes most bytes to write; one page more may be
   */
  public void rewritePages(long bytes) {
    var unused = pages.step(bytes);
  }

  /**
   * How many messages have an erasure that has begun and fails; at most {@value
   * FailedErasures#MOST} of one origin are counted, and {@value #ROUND} that wait for this machine
   * or another.
   */
  public int stuck() {
    return stuck.count() + Optional.ofNullable(waiting).map(Waiting::count).orElse(0);
  }

  /** What an operator should look at. */
  public List<String> warnings() {
    return Stream.of(
            stuck
                .any()
                .map(
                    one ->
                        "erasures: %d have begun and cannot be finished, one is of message %s: %s"
                            .formatted(stuck.count(), one.getKey(), one.getValue())),
            Optional.ofNullable(waiting).map(Waiting::warning),
            pages.warning())
        .flatMap(Optional::stream)
        .toList();
  }

  /** One round; others have their turn on the executor before the next. */
  private void work() {
    woken.set(1);
    boolean more = false;
    try {
      more = beginFurther() == ROUND;
      more |= noteFurtherElsewhere() == ROUND;
      more |= round() == ROUND;
      failing = "";
    } catch (RuntimeException e) {
      // The edge of the worker: erasures stay pending in the ledger and are tried again.
      String why = String.valueOf(e.getMessage());
      if (!why.equals(failing)) {
        LOG.error("cannot finish pending erasures yet; they will be tried again", e);
      }
      failing = why;
    }
    if (more || !woken.compareAndSet(1, 0)) {
      executor.execute(this::work);
    }
  }

  /**
   * While begun erasures wait for another machine, destroys the keys of further ones here; returns
   * how many. Rounds would only come to the first of each origin.
   */
  private int beginFurther() {
    return withFurther(
        (origin, id) -> unconfirmed.contains(id) || (!noted.containsKey(id) && !mayNote(origin)),
        further -> destroyHere(further, /* always= */ false));
  }

  /** The same for the journals of other nodes: any of them may be the one that goes on alone. */
  private int noteFurtherElsewhere() {
    return withFurther(
        (origin, id) -> elsewhere.contains(id) || !noted.containsKey(id), this::appendElsewhere);
  }

  private int withFurther(
      RetentionTable.ErasureFilter without, Consumer<List<ErasureRecord>> change) {
    turns.lock();
    try {
      if (noted.isEmpty()) {
        return 0;
      }
      List<ErasureRecord> further =
          ledger
              .retention()
              .pending(
                  (origin, id) -> without.excludes(origin, id) || stuck.excludes(origin, id),
                  ROUND,
                  turn)
              .begun();
      orSayWhy(further, () -> allThatCanBe(further, change));
      return further.size();
    } finally {
      turns.unlock();
    }
  }

  /** Finishes some pending erasures; returns how many. */
  private int round() {
    turns.lock();
    try {
      RetentionTable.PendingErasures pending =
          ledger.retention().pending(passedOver(), ROUND, turn);
      turn = (turn + pending.count()) & Integer.MAX_VALUE;
      pending
          .damaged()
          .forEach(one -> stuck.add(one.origin(), one.id(), "its record cannot be read"));
      orSayWhy(pending.begun(), () -> allThatCanBe(pending.begun(), this::finishAll));
      waiting = null;
      return pending.count();
    } finally {
      turns.unlock();
    }
  }

  private void orSayWhy(List<ErasureRecord> begun, Runnable change) {
    try {
      if (!begun.isEmpty()) {
        change.run();
      }
    } catch (RuntimeException e) {
      waiting = Waiting.of(begun, e);
      throw e;
    }
  }

  /** What failed alone does not count: it would keep others from being erased. */
  private boolean mayNote(AgencyName origin) {
    return notedOf.getOrDefault(origin, 0) <= MOST_UNCONFIRMED + stuck.count()
        && noted.size() - ofPersons.size() <= MOST_OF_ALL + stuck.count();
  }

  /** What the next round leaves out: of an origin with too much begun, also what is not. */
  private RetentionTable.ErasureFilter passedOver() {
    return notedOf.keySet().stream().allMatch(this::mayNote)
        ? stuck
        : (origin, id) ->
            (!mayNote(origin) && !noted.containsKey(id)) || stuck.excludes(origin, id);
  }

  private void finishAll(List<ErasureRecord> begun) {
    var unused = finish(begun, /* always= */ false);
  }

  /** What fails alone is passed over; a failure of the machine ends the round for all. */
  private void allThatCanBe(List<ErasureRecord> begun, Consumer<List<ErasureRecord>> change) {
    try {
      change.accept(begun);
      return;
    } catch (UncheckedIOException e) {
      throw e;
    } catch (RuntimeException e) {
      if (ProcessingFailure.isOfTheMachine(e)) {
        throw e;
      }
      if (begun.size() == 1) {
        LOG.error("the erasure of {} failed alone and is tried again", id(begun.get(0)), e);
        failedAlone(begun.get(0), ProcessingFailure.of(e).what());
        return;
      }
    }
    allThatCanBe(begun.subList(0, begun.size() / 2), change);
    allThatCanBe(begun.subList(begun.size() / 2, begun.size()), change);
  }

  private void failedAlone(ErasureRecord one, String what) {
    if (!stuck.add(origin(one), id(one), what)) {
      unnote(one);
    }
  }

  private static MessageId id(ErasureRecord erasure) {
    return MessageId.of(erasure.getMessageId().toByteArray());
  }

  private static AgencyName origin(ErasureRecord erasure) {
    return new AgencyName(erasure.getOrigin());
  }

  /**
   * Finishes a pending erasure whose begin is committed. Blocks until it is durable. Refused as
   * {@link Code#NOT_READY} while it waits for a disk of this machine or for another machine; rounds
   * go on with it.
   */
  Result<ErasureRecord> finish(ErasureRecord begun) {
    turns.lock();
    try {
      ErasureRecord before = ledger.retention().done(id(begun));
      return Result.done(
          before == null ? finish(List.of(begun), /* always= */ true).get(0) : before);
    } catch (UncheckedIOException | KeystoreFailure e) {
      // A round tells operators.
      wake();
      return Result.refused(
          Code.NOT_READY,
          "message_id",
          "message %s is hidden since %s, and its erasure is not confirmed yet: %s"
              .formatted(id(begun), Instant.ofEpochMilli(begun.getAtMs()), e.getMessage()));
    } finally {
      turns.unlock();
    }
  }

  private List<ErasureRecord> finish(List<ErasureRecord> begun, boolean always) {
    destroyHere(begun.stream().filter(one -> !unconfirmed.contains(id(one))).toList(), always);
    appendElsewhere(begun);
    int attested = keys.requireDestroyedEverywhere();
    List<ErasureRecord> ended =
        ledger.commit(
            Lane.ROUTINE,
            tx -> {
              List<ErasureRecord> done = begun.stream().map(one -> end(tx, one, attested)).toList();
              answerRecalls(tx, done);
              return done;
            });
    ended.forEach(this::forget);
    return ended;
  }

  private void unnote(ErasureRecord one) {
    elsewhere.remove(id(one));
    AgencyName origin = noted.remove(id(one));
    if (!ofPersons.remove(id(one)) && origin != null) {
      notedOf.computeIfPresent(origin, (of, count) -> count == 1 ? null : count - 1);
    }
  }

  private void forget(ErasureRecord ended) {
    unnote(ended);
    unconfirmed.remove(id(ended));
    stuck.remove(origin(ended), id(ended));
  }

  /** Any machine may be the one whose ledger is set back. */
  private void appendElsewhere(List<ErasureRecord> begun) {
    List<ErasureRecord> missing =
        begun.stream().filter(one -> !elsewhere.contains(id(one))).toList();
    if (missing.isEmpty()) {
      return;
    }
    try {
      journal.appendElsewhere(missing);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the erasure journal of another machine: " + e.getMessage(), e);
    }
    missing.forEach(one -> elsewhere.add(id(one)));
  }

  private void destroyHere(List<ErasureRecord> begun, boolean always) {
    note(begun.stream().filter(one -> !noted.containsKey(id(one))).toList(), always);
    keys.forget(begun.stream().flatMap(MessageErasure::kept).toList());
    begun.forEach(one -> keys.destroyHold(id(one)));
    begun.forEach(one -> unconfirmed.add(id(one)));
  }

  private void note(List<ErasureRecord> begun, boolean always) {
    if (begun.isEmpty()) {
      return;
    }
    if (!always && !begun.stream().map(MessageErasure::origin).allMatch(this::mayNote)) {
      throw new UncheckedIOException(
          new IOException(noted.size() + " erasures before it cannot be finished yet"));
    }
    try {
      journal.append(begun);
    } catch (IOException e) {
      throw new UncheckedIOException("the erasure journal cannot be written: " + e.getMessage(), e);
    }
    for (ErasureRecord one : begun) {
      noted.put(id(one), origin(one));
      if (one.getCause() == ErasureCause.ERASURE_CAUSE_RECALL) {
        notedOf.merge(origin(one), 1, Integer::sum);
      } else {
        ofPersons.add(id(one));
      }
    }
  }

  /** The message where it lay last, and where its envelope lay in quarantine before. */
  private static Stream<RetentionKeys.KeptMessage> kept(ErasureRecord erasure) {
    RetentionKeys.KeptMessage last =
        new RetentionKeys.KeptMessage(
            LocalDate.ofEpochDay(erasure.getBucketDay()),
            erasure.hasLeaf() ? new MessageLeaf(erasure.getLeaf()) : null);
    return erasure.hasQuarantineLeaf()
        ? Stream.of(
            last,
            new RetentionKeys.KeptMessage(
                LocalDate.ofEpochDay(erasure.getQuarantineDay()),
                new MessageLeaf(erasure.getQuarantineLeaf())))
        : Stream.of(last);
  }

  private ErasureRecord end(Transaction tx, ErasureRecord begun, int attested) {
    // Read again: a recall may have arrived since.
    MessageId id = MessageId.of(begun.getMessageId().toByteArray());
    ErasureRecord pending = ledger.retention().pending(tx, id);
    ErasureRecord done =
        (pending == null ? begun : pending)
            .toBuilder().setDoneAtMs(tx.nowMillis()).setAttestedMachines(attested).build();
    ledger.retention().end(tx, done);
    AgencyName origin = origin(done);
    AuditRecord leaf =
        AuditRecord.of(
            AuditType.ERASED,
            LawCategory.ERASURE,
            Instant.ofEpochMilli(tx.nowMillis()),
            AuditActor.gateway(self),
            new AuditSubject(null, List.of(id), List.of(origin), null));
    tx.audit(
        attested == 0
            ? leaf
            : leaf.saying(
                "confirmed by the machines of the cluster, attested for %d former ones"
                    .formatted(attested)));
    return done;
  }

  private void answerRecalls(Transaction tx, List<ErasureRecord> done) {
    Map<String, List<EvidenceItem>> answers =
        done.stream()
            .filter(one -> one.getCause() == ErasureCause.ERASURE_CAUSE_RECALL)
            .collect(
                Collectors.groupingBy(
                    ErasureRecord::getOrigin,
                    TreeMap::new,
                    Collectors.mapping(one -> answer(tx, one), Collectors.toList())));
    answers.forEach(
        (origin, items) -> evidence.owe(tx, ledger.evidence(), new AgencyName(origin), items));
  }

  /** The answer to a recall once the message is erased, with the clients that had retrieved it. */
  EvidenceItem answer(Transaction tx, ErasureRecord done) {
    MessageId id = MessageId.of(done.getMessageId().toByteArray());
    EvidenceItem item =
        evidence.item(
            EvidenceKind.EVIDENCE_KIND_ERASURE,
            id,
            self.value(),
            done.getHeaderHash().toByteArray(),
            done.getDoneAtMs());
    return withRetrieval(
        tx,
        done.getArrival() == 0 ? null : new RetrievalPlace(done.getArrival(), done.getBucketDay()),
        item.toBuilder().setAttestedMachines(done.getAttestedMachines()).build());
  }

  EvidenceItem withRetrieval(Transaction tx, @Nullable RetrievalPlace place, EvidenceItem item) {
    RetrievalRecords.RetrievalSummary retrieved =
        evidence.retrievals().of(tx, place, BodyCheck.MAX_CLIENTS);
    EvidenceItem.Builder said =
        item.toBuilder()
            .addAllAlsoRetrievedBy(retrieved.further())
            .setAlsoRetrievedMore(retrieved.more());
    retrieved
        .first()
        .ifPresent(
            first ->
                said.setRetrievedBy(first.getClient())
                    .setRetrievedAt(Timestamps.fromMillis(first.getAtMs())));
    return said.build();
  }

  /**
   * Compares the ledger with the journal, before the node serves: erases again the messages that a
   * restored ledger brought back or does not know, so that it refuses them if they come again, and
   * continues pending erasures. Returns the number of messages that were brought back.
   *
   * @param today by the clock by which retention ends; the ledger forgets older erasures on purpose
   * @throws UncheckedIOException if the journal cannot be read
   */
  public int replay(LocalDate today) {
    AtomicInteger again = new AtomicInteger();
    try {
      journal.atOpening(
          ROUND,
          some -> {
            keys.forget(
                some.stream()
                    .filter(ErasureRecord::hasLeaf)
                    .flatMap(MessageErasure::kept)
                    .toList());
            int begun = ledger.commit(Lane.ROUTINE, tx -> beginAgain(tx, some, today));
            again.addAndGet(begun);
          });
    } catch (IOException e) {
      throw new UncheckedIOException("the erasure journal cannot be read", e);
    }
    dropCiphertext();
    wake();
    return again.get();
  }

  private int beginAgain(Transaction tx, List<ErasureRecord> erased, LocalDate today) {
    int again = 0;
    for (ErasureRecord one : erased) {
      InboxTable.PlacedRecord placed =
          ledger.inbox().find(tx, MessageId.of(one.getMessageId().toByteArray()));
      if (placed != null && placed.record().getEnvelopeId().equals(one.getEnvelopeId())) {
        begin(tx, placed, one.getCause());
        again++;
      } else if (placed == null
          && one.getBucketDay() >= today.toEpochDay()
          && ledger.retention().pending(tx, id(one)) == null
          && ledger.retention().done(tx, id(one)) == null) {
        // Another message may have this position in the restored ledger.
        ledger.retention().begin(tx, one.toBuilder().clearArrival().build());
      }
    }
    return again;
  }
}
