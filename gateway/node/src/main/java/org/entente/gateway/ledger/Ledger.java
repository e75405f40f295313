package org.entente.gateway.ledger;

import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.ledger.commit.CommitObserver;
import org.entente.gateway.ledger.commit.Journal;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.ledger.commit.Mutation;
import org.entente.gateway.ledger.commit.WriterExecutor;
import org.entente.gateway.ledger.record.DiskSpace;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.ledger.table.AssignmentTable;
import org.entente.gateway.ledger.table.AwaitedEvidenceTable;
import org.entente.gateway.ledger.table.ChainTable;
import org.entente.gateway.ledger.table.ConsentTable;
import org.entente.gateway.ledger.table.CursorTable;
import org.entente.gateway.ledger.table.EnvelopeTable;
import org.entente.gateway.ledger.table.EvidenceExpiry;
import org.entente.gateway.ledger.table.EvidenceTable;
import org.entente.gateway.ledger.table.HeldDraftTable;
import org.entente.gateway.ledger.table.HopIntakeTable;
import org.entente.gateway.ledger.table.HopQueueTable;
import org.entente.gateway.ledger.table.IdempotencyTable;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.ledger.table.IprTable;
import org.entente.gateway.ledger.table.LinkTable;
import org.entente.gateway.ledger.table.OperationTable;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.ledger.table.PeerFactsTable;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.ledger.table.RequestTable;
import org.entente.gateway.ledger.table.ResponderTable;
import org.entente.gateway.ledger.table.RetentionTable;
import org.entente.gateway.ledger.table.RetrievalTable;
import org.entente.gateway.ledger.table.ScoreTable;
import org.entente.gateway.ledger.table.SubjectTable;
import org.entente.gateway.ledger.table.WatchTable;
import org.entente.gateway.ledger.table.WindowTable;
import org.entente.gateway.ledger.table.WitnessTable;
import org.entente.gateway.model.Lane;
import org.entente.gateway.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * The durable log of a node: books over one store, changed by one writer.
 *
 * <p>When the future of {@link #write} completes, the change is on the disk (fsync), together with
 * its audit leaves. Reads through the books see committed state and may be made from any thread.
 * Closing takes no more, commits what waits, and leaves the store to whoever opened it.
 */
public final class Ledger implements AutoCloseable {
  private final GroupCommit writer;
  private final StoredNames names;
  private final DiskSpace room;
  private final HopQueueTable hops;
  private final HopIntakeTable intake;
  private final EnvelopeTable envelopes;
  private final OutboxTable outbox;
  private final InboxTable inbox;
  private final CursorTable cursors;
  private final IdempotencyTable idempotency;
  private final EvidenceTable evidence;
  private final AwaitedEvidenceTable awaited;
  private final RetrievalTable retrievals;
  private final WindowTable windows;
  private final PeerFactsTable peerFacts;
  private final UnreadableRecords unreadable = new UnreadableRecords();
  private final EvidenceExpiry evidenceEnds;
  private final HeldDraftTable held;
  private final WitnessTable witness;
  private final RetentionTable retention;
  private final SubjectTable subjects;
  private final QuarantineTable quarantine;
  private final LinkTable links;
  private final RequestTable requests;
  private final ResponderTable responders;
  private final OperationTable operations;
  private final IprTable ipr;
  private final ConsentTable consents;
  private final WatchTable watches;
  private final AssignmentTable charges;
  private final Chains chains;
  private final ScoreTable scores;

  /** A ledger over an open store, whose writer has a thread; {@link #start} begins to write. */
  public Ledger(
      Store store,
      StoredNames names,
      Journal journal,
      InstantSource clock,
      LedgerLimits limits,
      CommitObserver observer) {
    this(store, names, journal, clock, limits, observer, WriterExecutor.ownThread());
  }

  /** The same with a writer that has its turns elsewhere; they are closed with the ledger. */
  public Ledger(
      Store store,
      StoredNames names,
      Journal journal,
      InstantSource clock,
      LedgerLimits limits,
      CommitObserver observer,
      WriterExecutor turns) {
    this.names = names;
    this.writer = new GroupCommit(store, journal, clock, limits, observer, turns);
    this.room = new DiskSpace(store, limits.disk());
    this.hops = new HopQueueTable(store, unreadable);
    this.intake = new HopIntakeTable(store);
    this.envelopes = new EnvelopeTable(store);
    this.outbox = new OutboxTable(store, unreadable);
    this.inbox = new InboxTable(store);
    this.retention = new RetentionTable(store);
    this.evidenceEnds = new EvidenceExpiry(store, inbox);
    this.cursors = new CursorTable(store, names);
    this.idempotency = new IdempotencyTable(store, names);
    this.evidence = new EvidenceTable(store);
    this.awaited = new AwaitedEvidenceTable(store);
    this.retrievals = new RetrievalTable();
    this.windows = new WindowTable(store);
    this.peerFacts = new PeerFactsTable(store);
    this.held = new HeldDraftTable(store);
    this.witness = new WitnessTable(store);
    this.subjects = new SubjectTable(store);
    this.quarantine = new QuarantineTable(store, limits.quarantine());
    this.links = new LinkTable(store);
    this.requests = new RequestTable(store);
    this.responders = new ResponderTable(store);
    this.operations = new OperationTable(store);
    this.ipr = new IprTable(store);
    this.consents = new ConsentTable(store);
    this.watches = new WatchTable(store, names);
    this.charges = new AssignmentTable(store);
    ChainTable chain = new ChainTable(store);
    this.chains =
        new Chains(
            chain, inbox, new RedeliveryQueue(store, chain, inbox, retention, quarantine, writer));
    this.scores = new ScoreTable(store);
  }

  /** Starts the writer. */
  public void start() {
    writer.start();
    chains.start();
  }

  /**
   * Applies a change durably. The future fails with {@link LedgerFailure} if it was not taken, or
   * with the mutation's own exception. Completed on the writer thread: what follows is quick or
   * goes elsewhere.
   */
  public <T> CompletableFuture<T> write(Lane lane, Mutation<T> mutation) {
    return writer.submit(lane, mutation);
  }

  /**
   * Applies a change as {@link #write} does, but causes no commit of its own while others come: it
   * goes with the next of those, or after 20 milliseconds at the latest. For what is to be
   * forgotten, and would be told again if it were not; whoever waits for the future waits that much
   * longer.
   */
  public <T> CompletableFuture<T> writeAlong(Lane lane, Mutation<T> mutation) {
    return writer.submitPatient(lane, mutation);
  }

  /**
   * Applies a change durably and returns when it is.
   *
   * <p>Not to be called where {@link #write} completes its futures.
   *
   * @throws java.util.concurrent.CompletionException with the causes that {@link #write} names
   */
  public <T> T commit(Lane lane, Mutation<T> mutation) {
    return writer.await(write(lane, mutation));
  }

  /** Waits for a change that was handed to {@link #write} before. */
  public <T> T await(CompletableFuture<T> written) {
    return writer.await(written);
  }

  /** Why it takes no more, or null while it does. */
  public @Nullable LedgerFailure failure() {
    return writer.failure();
  }

  /**
   * Stops for good, as after a failed commit: nothing more is acknowledged until an operator has
   * acted and the node has been restarted.
   */
  public void halt(String why) {
    writer.halt(why);
  }

  /** How much room its disk has. */
  public DiskSpace room() {
    return room;
  }

  /** Changes that wait for the disk. */
  public int waiting() {
    return writer.waiting();
  }

  /** What of the evidence is over. */
  public EvidenceExpiry evidenceEnds() {
    return evidenceEnds;
  }

  /** Records of the queues that cannot be read. */
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

  /** What recipients do not hold yet. */
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

  /** First outcomes. */
  public IdempotencyTable idempotency() {
    return idempotency;
  }

  /** Evidence known and owed. */
  public EvidenceTable evidence() {
    return evidence;
  }

  /** Which clients have retrieved what. */
  public RetrievalTable retrievals() {
    return retrievals;
  }

  /** What is awaited of the recipients of own messages. */
  public AwaitedEvidenceTable awaited() {
    return awaited;
  }

  /** End-to-end numbers received. */
  public WindowTable windows() {
    return windows;
  }

  /** Drafts that wait for a second person. */
  public HeldDraftTable held() {
    return held;
  }

  /** Other agencies' audit logs as this gateway cosigned them. */
  public WitnessTable witness() {
    return witness;
  }

  /** What is erased, held or refused before or beyond its time. */
  public RetentionTable retention() {
    return retention;
  }

  /** Which messages name whom. */
  public SubjectTable subjects() {
    return subjects;
  }

  /** What this gateway failed on and set aside. */
  public QuarantineTable quarantine() {
    return quarantine;
  }

  /** Links that are paused, and lanes that are stopped. */
  public LinkTable links() {
    return links;
  }

  /** Requests that were sent or came, with their clocks. */
  public RequestTable requests() {
    return requests;
  }

  /** Who answers requests, here and elsewhere. */
  public ResponderTable responders() {
    return responders;
  }

  /** Joint operations. */
  public OperationTable operations() {
    return operations;
  }

  /** Recordations of intellectual property rights, and the cases under them. */
  public IprTable ipr() {
    return ipr;
  }

  /** Consents to passing on messages. */
  public ConsentTable consents() {
    return consents;
  }

  /** What clients watch for, and what was hit. */
  public WatchTable watches() {
    return watches;
  }

  /** Which messages change which. */
  public Chains chains() {
    return chains;
  }

  /** How clients score received messages. */
  public ScoreTable scores() {
    return scores;
  }

  /** What recipients took in charge. */
  public AssignmentTable charges() {
    return charges;
  }

  /** Signed facts that other agencies gave: key bundles and session announcements. */
  public PeerFactsTable peerFacts() {
    return peerFacts;
  }

  @Override
  public void close() {
    writer.close();
  }
}
