package org.entente.gateway.ledger;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.entente.gateway.ledger.commit.CommitObserver;
import org.entente.gateway.ledger.commit.Journal;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.ledger.commit.WriterExecutor;
import org.entente.gateway.ledger.commit.WriterThread;
import org.entente.gateway.ledger.record.DiskSpace;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.ledger.table.AwaitedEvidenceTable;
import org.entente.gateway.ledger.table.ChainTable;
import org.entente.gateway.ledger.table.CursorTable;
import org.entente.gateway.ledger.table.CustodyBytes;
import org.entente.gateway.ledger.table.EnvelopeTable;
import org.entente.gateway.ledger.table.EvidenceExpiry;
import org.entente.gateway.ledger.table.EvidenceTable;
import org.entente.gateway.ledger.table.HopIntakeTable;
import org.entente.gateway.ledger.table.HopQueueTable;
import org.entente.gateway.ledger.table.IdempotencyTable;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.ledger.table.LinkTable;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.ledger.table.PeerFactsTable;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.ledger.table.RetentionTable;
import org.entente.gateway.ledger.table.ScoreTable;
import org.entente.gateway.ledger.table.SubjectTable;
import org.entente.gateway.ledger.table.WindowTable;
import org.entente.gateway.ledger.table.WitnessTable;
import org.entente.gateway.model.Lane;
import org.entente.gateway.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * The durable log of a node: tables over one store, changed by one writer.
 *
 * <p>When the future of {@link #write} completes, the change is on the disk (fsync), together with
 * its audit leaves. Reads through the tables see committed state and may be made from any thread.
 * Closing refuses further changes, commits those waiting, and leaves the store open for its owner.
 */
public final class Ledger implements AutoCloseable {
  private final Store store;
  private final InstantSource clock;
  private final long openedAtMillis;
  private final GroupCommit writer;
  private final Map<Class<?>, Object> tables = new ConcurrentHashMap<>();
  private final StoredNames names;
  private final DiskSpace room;
  private final HopQueueTable hops;
  private final HopIntakeTable intake;
  private final EnvelopeTable envelopes;
  private final CustodyBytes custody;
  private final OutboxTable outbox;
  private final InboxTable inbox;
  private final CursorTable cursors;
  private final IdempotencyTable idempotency;
  private final EvidenceTable evidence;
  private final AwaitedEvidenceTable awaited;
  private final WindowTable windows;
  private final PeerFactsTable peerFacts;
  private final UnreadableRecords unreadable = new UnreadableRecords();
  private final EvidenceExpiry evidenceEnds;
  private final WitnessTable witness;
  private final RetentionTable retention;
  private final SubjectTable subjects;
  private final QuarantineTable quarantine;
  private final LinkTable links;
  private final Chains chains;
  private final ScoreTable scores;

  /** Creates a ledger over an open store, with its own writer thread; {@link #start} starts it. */
  public Ledger(
      Store store,
      StoredNames names,
      Journal journal,
      InstantSource clock,
      LedgerLimits limits,
      CommitObserver observer) {
    this(store, names, journal, clock, limits, observer, new WriterThread());
  }

  /** The same with a given executor for the writer, which is closed with the ledger. */
  public Ledger(
      Store store,
      StoredNames names,
      Journal journal,
      InstantSource clock,
      LedgerLimits limits,
      CommitObserver observer,
      WriterExecutor turns) {
    this.store = store;
    this.clock = clock;
    this.openedAtMillis = clock.millis();
    this.names = names;
    this.writer = new GroupCommit(store, journal, clock, limits, observer, turns);
    this.room = new DiskSpace(store, limits.disk());
    this.custody = new CustodyBytes(limits.custodyBytes());
    this.hops = new HopQueueTable(store, unreadable, custody);
    this.intake = new HopIntakeTable(store);
    this.envelopes = new EnvelopeTable(store, custody, unreadable);
    this.outbox = new OutboxTable(store, unreadable);
    this.inbox = new InboxTable(store);
    this.retention = new RetentionTable(store);
    this.evidenceEnds = new EvidenceExpiry(store, retention);
    this.cursors = new CursorTable(store, names, unreadable);
    this.idempotency = new IdempotencyTable(store, names);
    this.evidence = new EvidenceTable(store, names, limits.gatewayKeys());
    this.awaited = new AwaitedEvidenceTable(store, names);
    this.windows = new WindowTable(store);
    this.peerFacts = new PeerFactsTable(store);
    this.witness = new WitnessTable(store);
    this.subjects = new SubjectTable(store);
    this.quarantine = new QuarantineTable(store, limits.quarantine(), unreadable);
    this.links = new LinkTable(store);
    ChainTable chain = new ChainTable(store);
    this.chains =
        new Chains(
            chain, inbox, new RedeliveryQueue(store, chain, inbox, quarantine, writer, clock));
    this.scores = new ScoreTable(store);
  }

  /** The clock of its changes. */
  public InstantSource clock() {
    return clock;
  }

  /**
   * When it was opened, milliseconds since 1970. What others answered to messages accepted before
   * that may be lost: each start may be that of a restored ledger.
   */
  public long openedAtMillis() {
    return openedAtMillis;
  }

  /** Bytes that one change may put, see {@link Transaction#mostBytes}. */
  public long mostBytesOfAChange() {
    return Transaction.mostBytes(store);
  }

  /** Whether content may be delivered now, see {@link Store#isCurrent}. */
  public boolean isCurrent() {
    return store.isCurrent();
  }

  /** The term in which this ledger is written, see {@link Store#term}. */
  public long term() {
    return store.term();
  }

  /** Starts the writer. */
  public void start() {
    writer.start();
    chains.start();
  }

  /**
   * Applies a change durably. The future fails with {@link LedgerFailure} if the change was
   * refused, or with the mutation's own exception. It completes on the writer thread: dependent
   * actions must be quick or run elsewhere.
   */
  public <T> CompletableFuture<T> write(Lane lane, Mutation<T> mutation) {
    return writer.submit(lane, mutation);
  }

  /**
   * Applies a change as {@link #write} does, on this thread if no other change is being committed;
   * then the future is complete on return. The caller must hold no lock and may have to wait for
   * the disk: its thread then applies other changes that wait, and completes their futures.
   */
  public <T> CompletableFuture<T> writeHere(Lane lane, Mutation<T> mutation) {
    return writer.submitHere(lane, mutation);
  }

  /**
   * Runs an action on this thread after its commit, when others may commit again: for what follows
   * {@link #writeHere}, instead of a hand-over to another thread. To be called from an action after
   * a commit ({@link Transaction#afterCommit}).
   *
   * @return whether it will run; false on the writer's own thread, which must not be kept, and for
   *     a second action
   */
  public boolean doAfterWritingHere(Runnable action) {
    return writer.doAfterTurnHere(action);
  }

  /**
   * Applies a change as {@link #write} does, but starts no commit: it joins the next one, or is
   * committed after 100 milliseconds. For what would be repeated if lost, such as a removal; its
   * future completes that much later.
   */
  public <T> CompletableFuture<T> writeAlong(Lane lane, Mutation<T> mutation) {
    return writer.submitPatient(lane, mutation);
  }

  /**
   * Applies a change durably and returns when it is.
   *
   * <p>Must not be called on the thread on which {@link #write} completes its futures.
   *
   * @throws java.util.concurrent.CompletionException with the causes given for {@link #write}
   */
  public <T> T commit(Lane lane, Mutation<T> mutation) {
    return writer.await(write(lane, mutation));
  }

  /**
   * Applies a change for each of some items durably, as {@link #commit} does, in as many changes as
   * their bytes need: each ends behind the item with which it has put half of {@link
   * #mostBytesOfAChange}. So only a single item of more than the other half is too large. An item
   * whose change throws ends the call; changes before its own stay.
   */
  public <T> void commitEach(Lane lane, List<T> items, BiConsumer<Transaction, T> change) {
    int done = 0;
    while (done < items.size()) {
      List<T> left = items.subList(done, items.size());
      done += commit(lane, tx -> applySome(tx, left, change));
    }
  }

  /**
   * Applies a change for each of some items, as {@link #commitEach}, without waiting. Changes of
   * other callers may come between those of the items. The future fails as that of {@link #write}.
   */
  public <T> CompletableFuture<Integer> writeEach(
      Lane lane, List<T> items, BiConsumer<Transaction, T> change) {
    return write(lane, tx -> applySome(tx, items, change))
        .thenCompose(
            done ->
                done == items.size()
                    ? CompletableFuture.completedFuture(done)
                    : writeEach(lane, items.subList(done, items.size()), change)
                        .thenApply(more -> done + more));
  }

  private <T> Integer applySome(Transaction tx, List<T> items, BiConsumer<Transaction, T> change) {
    long end = tx.bytes() + mostBytesOfAChange() / 2;
    int done = 0;
    while (done < items.size() && (done == 0 || tx.bytes() < end)) {
      change.accept(tx, items.get(done));
      done++;
    }
    return done;
  }

  /** Runs a short task after a delay, unless the ledger is closed by then. */
  public void after(Duration delay, Runnable task) {
    writer.after(delay, task);
  }

  /** Waits for a change passed to {@link #write} earlier. */
  public <T> T await(CompletableFuture<T> written) {
    return writer.await(written);
  }

  /** Why the ledger refuses changes, or null while it accepts them. */
  public @Nullable LedgerFailure failure() {
    return writer.failure();
  }

  /**
   * Whether the changes of one commit have taken {@code limit} so far, as on a disk that neither
   * answers nor fails. Does not wait for it.
   */
  public boolean isStuck(Duration limit) {
    return writer.isStuck(limit);
  }

  /**
   * Stops the ledger, as after a failed commit: nothing more is acknowledged until an operator has
   * acted and the node has been restarted.
   */
  public void halt(String why) {
    writer.halt(why);
  }

  /**
   * The table of a feature, which it makes on the first call. There is one for each class, since
   * some count in memory what they hold. Tables read the store, and change it in {@link #write}
   * alone.
   */
  public <T> T table(Class<T> type, Function<Store, T> maker) {
    return type.cast(tables.computeIfAbsent(type, any -> maker.apply(store)));
  }

  /** What is held for others. */
  public CustodyBytes custody() {
    return custody;
  }

  /** The free space on its disk. */
  public DiskSpace room() {
    return room;
  }

  /** The number of changes waiting for the disk. */
  public int waiting() {
    return writer.waiting();
  }

  /** Expired evidence. */
  public EvidenceExpiry evidenceEnds() {
    return evidenceEnds;
  }

  /** Queue records that cannot be read. */
  public UnreadableRecords unreadable() {
    return unreadable;
  }

  /** Queues towards peers. */
  public HopQueueTable hops() {
    return hops;
  }

  /** Hop sequences from peers. */
  public HopIntakeTable hopIntake() {
    return intake;
  }

  /** Envelopes in custody. */
  public EnvelopeTable envelopes() {
    return envelopes;
  }

  /** Messages that recipients do not hold yet. */
  public OutboxTable outbox() {
    return outbox;
  }

  /** Received messages. */
  public InboxTable inbox() {
    return inbox;
  }

  /** Names as they lie on the disk. */
  public StoredNames names() {
    return names;
  }

  /** Places of subscribers. */
  public CursorTable cursors() {
    return cursors;
  }

  /** First outcomes by idempotency key. */
  public IdempotencyTable idempotency() {
    return idempotency;
  }

  /** Evidence known and owed. */
  public EvidenceTable evidence() {
    return evidence;
  }

  /** Evidence awaited from the recipients of this agency's messages. */
  public AwaitedEvidenceTable awaited() {
    return awaited;
  }

  /** End-to-end numbers received. */
  public WindowTable windows() {
    return windows;
  }

  /** Other agencies' audit logs as this gateway cosigned them. */
  public WitnessTable witness() {
    return witness;
  }

  /** Erasures, holds and blocks. */
  public RetentionTable retention() {
    return retention;
  }

  /** The index of messages by the persons and objects they name. */
  public SubjectTable subjects() {
    return subjects;
  }

  /** Quarantined messages. */
  public QuarantineTable quarantine() {
    return quarantine;
  }

  /** Links that are paused, and lanes that are stopped. */
  public LinkTable links() {
    return links;
  }

  /** Chains of messages that change each other. */
  public Chains chains() {
    return chains;
  }

  /** Clients' scores of received messages. */
  public ScoreTable scores() {
    return scores;
  }

  /** Signed statements of other agencies: key bundles and session announcements. */
  public PeerFactsTable peerFacts() {
    return peerFacts;
  }

  @Override
  public void close() {
    writer.close();
  }
}
