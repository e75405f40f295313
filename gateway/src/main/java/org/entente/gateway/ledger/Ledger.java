package org.entente.gateway.ledger;

import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.ledger.commit.CommitObserver;
import org.entente.gateway.ledger.commit.Journal;
import org.entente.gateway.ledger.commit.LedgerUnavailable;
import org.entente.gateway.ledger.commit.Mutation;
import org.entente.gateway.ledger.commit.WriterTurns;
import org.entente.gateway.ledger.record.DiskRoom;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.ledger.table.AwaitedBook;
import org.entente.gateway.ledger.table.ChainBook;
import org.entente.gateway.ledger.table.ChargeBook;
import org.entente.gateway.ledger.table.ConsentBook;
import org.entente.gateway.ledger.table.CursorBook;
import org.entente.gateway.ledger.table.EnvelopeBook;
import org.entente.gateway.ledger.table.EvidenceBook;
import org.entente.gateway.ledger.table.EvidenceEnds;
import org.entente.gateway.ledger.table.HeldBook;
import org.entente.gateway.ledger.table.HopBook;
import org.entente.gateway.ledger.table.HopIntakeBook;
import org.entente.gateway.ledger.table.IdempotencyBook;
import org.entente.gateway.ledger.table.InboxBook;
import org.entente.gateway.ledger.table.IprBook;
import org.entente.gateway.ledger.table.LinkBook;
import org.entente.gateway.ledger.table.OperationBook;
import org.entente.gateway.ledger.table.OutboxBook;
import org.entente.gateway.ledger.table.PeerFactsBook;
import org.entente.gateway.ledger.table.QuarantineBook;
import org.entente.gateway.ledger.table.RequestBook;
import org.entente.gateway.ledger.table.ResponderBook;
import org.entente.gateway.ledger.table.RetentionBook;
import org.entente.gateway.ledger.table.RetrievalBook;
import org.entente.gateway.ledger.table.ScoreBook;
import org.entente.gateway.ledger.table.SubjectBook;
import org.entente.gateway.ledger.table.WatchBook;
import org.entente.gateway.ledger.table.WindowBook;
import org.entente.gateway.ledger.table.WitnessBook;
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
  private final DiskRoom room;
  private final HopBook hops;
  private final HopIntakeBook intake;
  private final EnvelopeBook envelopes;
  private final OutboxBook outbox;
  private final InboxBook inbox;
  private final CursorBook cursors;
  private final IdempotencyBook idempotency;
  private final EvidenceBook evidence;
  private final AwaitedBook awaited;
  private final RetrievalBook retrievals;
  private final WindowBook windows;
  private final PeerFactsBook peerFacts;
  private final UnreadableRecords unreadable = new UnreadableRecords();
  private final EvidenceEnds evidenceEnds;
  private final HeldBook held;
  private final WitnessBook witness;
  private final RetentionBook retention;
  private final SubjectBook subjects;
  private final QuarantineBook quarantine;
  private final LinkBook links;
  private final RequestBook requests;
  private final ResponderBook responders;
  private final OperationBook operations;
  private final IprBook ipr;
  private final ConsentBook consents;
  private final WatchBook watches;
  private final ChargeBook charges;
  private final Chains chains;
  private final ScoreBook scores;

  /** A ledger over an open store, whose writer has a thread; {@link #start} begins to write. */
  public Ledger(
      Store store,
      Journal journal,
      InstantSource clock,
      LedgerLimits limits,
      CommitObserver observer) {
    this(store, journal, clock, limits, observer, WriterTurns.ownThread());
  }

  /** The same with a writer that has its turns elsewhere; they are closed with the ledger. */
  public Ledger(
      Store store,
      Journal journal,
      InstantSource clock,
      LedgerLimits limits,
      CommitObserver observer,
      WriterTurns turns) {
    this.writer = new GroupCommit(store, journal, clock, limits, observer, turns);
    this.room = new DiskRoom(store, limits.disk());
    this.hops = new HopBook(store, unreadable);
    this.intake = new HopIntakeBook(store);
    this.envelopes = new EnvelopeBook(store);
    this.outbox = new OutboxBook(store, unreadable);
    this.inbox = new InboxBook(store);
    this.retention = new RetentionBook(store);
    this.evidenceEnds = new EvidenceEnds(store, inbox);
    this.cursors = new CursorBook(store);
    this.idempotency = new IdempotencyBook(store);
    this.evidence = new EvidenceBook(store);
    this.awaited = new AwaitedBook(store);
    this.retrievals = new RetrievalBook();
    this.windows = new WindowBook(store);
    this.peerFacts = new PeerFactsBook(store);
    this.held = new HeldBook(store);
    this.witness = new WitnessBook(store);
    this.subjects = new SubjectBook(store);
    this.quarantine = new QuarantineBook(store, limits.quarantine());
    this.links = new LinkBook(store);
    this.requests = new RequestBook(store);
    this.responders = new ResponderBook(store);
    this.operations = new OperationBook(store);
    this.ipr = new IprBook(store);
    this.consents = new ConsentBook(store);
    this.watches = new WatchBook(store);
    this.charges = new ChargeBook(store);
    ChainBook chain = new ChainBook(store);
    this.chains =
        new Chains(
            chain, inbox, new ComingAnew(store, chain, inbox, retention, quarantine, writer));
    this.scores = new ScoreBook(store);
  }

  /** Starts the writer. */
  public void start() {
    writer.start();
    chains.start();
  }

  /**
   * Applies a change durably. The future fails with {@link LedgerUnavailable} if it was not taken,
   * or with the mutation's own exception. Completed on the writer thread: what follows is quick or
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
  public @Nullable LedgerUnavailable failure() {
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
  public DiskRoom room() {
    return room;
  }

  /** Changes that wait for the disk. */
  public int waiting() {
    return writer.waiting();
  }

  /** What of the evidence is over. */
  public EvidenceEnds evidenceEnds() {
    return evidenceEnds;
  }

  /** Records of the queues that cannot be read. */
  public UnreadableRecords unreadable() {
    return unreadable;
  }

  /** Queues towards peers. */
  public HopBook hops() {
    return hops;
  }

  /** Hop sequences from peers. */
  public HopIntakeBook hopIntake() {
    return intake;
  }

  /** Envelopes in custody. */
  public EnvelopeBook envelopes() {
    return envelopes;
  }

  /** What recipients do not hold yet. */
  public OutboxBook outbox() {
    return outbox;
  }

  /** Received messages. */
  public InboxBook inbox() {
    return inbox;
  }

  /** Places of subscribers. */
  public CursorBook cursors() {
    return cursors;
  }

  /** First outcomes. */
  public IdempotencyBook idempotency() {
    return idempotency;
  }

  /** Evidence known and owed. */
  public EvidenceBook evidence() {
    return evidence;
  }

  /** Which clients have retrieved what. */
  public RetrievalBook retrievals() {
    return retrievals;
  }

  /** What is awaited of the recipients of own messages. */
  public AwaitedBook awaited() {
    return awaited;
  }

  /** End-to-end numbers received. */
  public WindowBook windows() {
    return windows;
  }

  /** Drafts that wait for a second person. */
  public HeldBook held() {
    return held;
  }

  /** Other agencies' audit logs as this gateway cosigned them. */
  public WitnessBook witness() {
    return witness;
  }

  /** What is erased, held or refused before or beyond its time. */
  public RetentionBook retention() {
    return retention;
  }

  /** Which messages name whom. */
  public SubjectBook subjects() {
    return subjects;
  }

  /** What this gateway failed on and set aside. */
  public QuarantineBook quarantine() {
    return quarantine;
  }

  /** Links that are paused, and lanes that are stopped. */
  public LinkBook links() {
    return links;
  }

  /** Requests that were sent or came, with their clocks. */
  public RequestBook requests() {
    return requests;
  }

  /** Who answers requests, here and elsewhere. */
  public ResponderBook responders() {
    return responders;
  }

  /** Joint operations. */
  public OperationBook operations() {
    return operations;
  }

  /** Recordations of intellectual property rights, and the cases under them. */
  public IprBook ipr() {
    return ipr;
  }

  /** Consents to passing on messages. */
  public ConsentBook consents() {
    return consents;
  }

  /** What clients watch for, and what was hit. */
  public WatchBook watches() {
    return watches;
  }

  /** Which messages change which. */
  public Chains chains() {
    return chains;
  }

  /** How clients score received messages. */
  public ScoreBook scores() {
    return scores;
  }

  /** What recipients took in charge. */
  public ChargeBook charges() {
    return charges;
  }

  /** Signed facts that other agencies gave: key bundles and session announcements. */
  public PeerFactsBook peerFacts() {
    return peerFacts;
  }

  @Override
  public void close() {
    writer.close();
  }
}
