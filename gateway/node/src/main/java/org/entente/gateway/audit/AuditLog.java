package org.entente.gateway.audit;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.entente.gateway.audit.proof.LogProof;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.audit.record.LeafSealer;
import org.entente.gateway.audit.record.OpenedLeaf;
import org.entente.gateway.audit.record.StoredLeaf;
import org.entente.gateway.audit.tree.CheckpointCheck;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.audit.tree.Frontier;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.audit.tree.NodeReader;
import org.entente.gateway.audit.tree.TreeHead;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.note.TreeHash;
import org.entente.gateway.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's transparency log over the node's store.
 *
 * <p>Life of a leaf: the ledger's writer appends it to the batch of the change that it records
 * ({@link Appender}), and one commit makes both durable. Within about a second {@link
 * CheckpointSigner} signs a checkpoint that covers it. {@link TileReader} serves it.
 *
 * <p>Guarantee: a log opens only if its stored edge gives its stored root and it continues every
 * stored checkpoint. Reading is safe for many threads and sees only committed leaves. The opener
 * closes the store.
 */
public final class AuditLog {

  private final StoredLog stored;
  private volatile CheckpointVerifier verifier;
  private final Frontier opened;
  private final AtomicBoolean appending = new AtomicBoolean();
  private volatile TreeHead head;
  private volatile CheckpointCheck.@Nullable Signed checkpoint;
  private volatile CheckpointCheck.@Nullable Signed cosigned;

  /** What came of opening a log. Only {@link Opened} lets the node become ready. */
  public sealed interface Opening {

    /**
     * The log continues where it stopped.
     *
     * @param log the log
     */
    record Opened(AuditLog log) implements Opening {}

    /**
     * The store is older than, or differs from, what the log has already signed: it was restored,
     * lost acknowledged commits, or was changed. The node must not acknowledge anything.
     *
     * @param treeSize leaves that the store has
     * @param checkpoint what was signed
     * @param reason for an operator
     */
    record BehindCheckpoint(long treeSize, Checkpoint checkpoint, String reason)
        implements Opening {}

    /**
     * What is kept of the log contradicts itself or a checkpoint is not the log's. The node must
     * not acknowledge anything.
     *
     * @param reason for an operator
     */
    record Damaged(String reason) implements Opening {}
  }

  private AuditLog(StoredLog stored, CheckpointVerifier verifier, Frontier opened) {
    this.stored = stored;
    this.verifier = verifier;
    this.opened = opened;
    this.head = opened.head();
  }

  /**
   * Reads the log of a store and compares it with the last checkpoint, in the store and in the
   * audit directory, which must be outside the store and survive its restoration.
   *
   * @throws org.entente.gateway.store.StoreFailure if the store cannot be read
   * @throws java.io.UncheckedIOException if the checkpoint file cannot be read
   */
  public static Opening open(Store store, Path directory, CheckpointVerifier verifier) {
    StoredLog stored = new StoredLog(store, directory, verifier.origin().number());
    Optional<TreeHead> head = stored.head();
    Optional<Frontier> frontier = head.flatMap(h -> Frontier.read(h.size(), stored));
    if (head.isEmpty() || frontier.isEmpty()) {
      return new Opening.Damaged("the size of the log or a node of its edge is missing");
    }
    if (!frontier.get().head().equals(head.get())) {
      return new Opening.Damaged("the edge of the log does not give its root");
    }
    if (stored.leaf(head.get().size()).isPresent()) {
      return new Opening.Damaged("the store holds leaves beyond the size of the log");
    }
    AuditLog log = new AuditLog(stored, verifier, frontier.get());
    log.recallCosigned();
    Optional<Opening> later = log.holdAgainstLaterLogs();
    return later.isPresent()
        ? later.get()
        : log.holdAgainstCheckpoints().orElseGet(() -> new Opening.Opened(log));
  }

  /** Whether an audit directory holds a checkpoint of any log. */
  public static boolean hasSigned(Path directory) {
    return CheckpointFile.latestLog(directory) > 0;
  }

  /**
   * Loads the cosigned checkpoint. For convenience only: the next checkpoint replaces a damaged
   * copy.
   */
  private void recallCosigned() {
    stored
        .cosigned()
        .map(verifier::check)
        .filter(CheckpointCheck.Signed.class::isInstance)
        .map(CheckpointCheck.Signed.class::cast)
        .ifPresent(signed -> cosigned = signed);
  }

  /** A store set back to the time of an earlier log may continue all that that log had signed. */
  private Optional<Opening> holdAgainstLaterLogs() {
    int latest = CheckpointFile.latestLog(stored.directory());
    if (latest <= stored.number()) {
      return Optional.empty();
    }
    CheckpointFile file = new CheckpointFile(stored.directory(), latest);
    CheckpointCheck check =
        verifier.of(verifier.origin().numbered(latest)).check(file.read().orElse(new byte[0]));
    if (check instanceof CheckpointCheck.Signed signed) {
      String reason =
          "the store's log in force is "
              + verifier.origin()
              + ", but "
              + signed.checkpoint().origin()
              + " has signed a checkpoint";
      return Optional.of(new Opening.BehindCheckpoint(head.size(), signed.checkpoint(), reason));
    }
    return damaged(file.path() + " is refused: " + ((CheckpointCheck.Refused) check).reason());
  }

  private Optional<Opening> holdAgainstCheckpoints() {
    if (stored.checkpointInStore().isPresent() && stored.checkpointFile().read().isEmpty()) {
      // The first checkpoint is written to the file first, so no crash can omit it.
      return damaged("the file " + stored.checkpointFile().path() + " is missing");
    }
    for (LogReader.Copy copy : stored.checkpoints()) {
      CheckpointCheck check = verifier.check(copy.note());
      if (check instanceof CheckpointCheck.Refused refused) {
        return damaged(copy.place() + " is refused: " + refused.reason());
      }
      CheckpointCheck.Signed signed = (CheckpointCheck.Signed) check;
      Optional<String> contradiction = contradiction(signed.checkpoint());
      if (contradiction.isPresent()) {
        String reason = copy.place() + ": " + contradiction.get();
        return Optional.of(new Opening.BehindCheckpoint(head.size(), signed.checkpoint(), reason));
      }
      keepNewest(signed);
    }
    return Optional.empty();
  }

  private static Optional<Opening> damaged(String reason) {
    return Optional.of(new Opening.Damaged(reason));
  }

  private void keepNewest(CheckpointCheck.Signed signed) {
    CheckpointCheck.Signed known = checkpoint;
    if (known == null || known.checkpoint().size() <= signed.checkpoint().size()) {
      checkpoint = signed;
    }
  }

  /**
   * The contradiction between this log and a checkpoint of it held elsewhere, for example by a
   * witness; empty if the log continues it. The caller has verified the checkpoint's signatures.
   */
  public Optional<String> contradiction(Checkpoint known) {
    long size = head.size();
    if (!known.origin().equals(verifier.origin().line())) {
      return Optional.of("the checkpoint is of another log");
    }
    if (known.size() > size) {
      return Optional.of(
          "the log has " + size + " leaves, but a checkpoint over " + known.size() + " is signed");
    }
    Optional<TreeHash> root = MerkleTree.root(known.size(), stored);
    if (root.isEmpty()) {
      return Optional.of("a node below leaf " + known.size() + " is missing");
    }
    return root.get().equals(known.root())
        ? Optional.empty()
        : Optional.of(
            "the log's first " + known.size() + " leaves differ from those that were signed");
  }

  /**
   * Stores, outside the store, a checkpoint that a witness holds and this log does not continue, as
   * the basis of the operator's next step. Durable on return.
   *
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  public void keepWitnessed(SignedNote note) {
    CheckpointFile.witnessed(stored.directory()).write(note.encode());
  }

  /** The log's identity. */
  public LogOrigin origin() {
    return verifier.origin();
  }

  /** Size and root over the committed leaves. */
  public TreeHead head() {
    return head;
  }

  /** The last signed checkpoint; empty before the first. */
  public Optional<SignedNote> checkpoint() {
    return signed().map(CheckpointCheck.Signed::note);
  }

  /** The last signed checkpoint with its parts; empty before the first. */
  public Optional<CheckpointCheck.Signed> signed() {
    return Optional.ofNullable(checkpoint);
  }

  /**
   * The last checkpoint that was kept with cosignatures of witnesses; empty before the first. The
   * log's own signatures are verified; callers with the witnesses' keys verify the others.
   */
  public Optional<CheckpointCheck.Signed> cosigned() {
    return Optional.ofNullable(cosigned);
  }

  /**
   * Keeps a checkpoint of this log with the witnesses' cosignatures. Durable on return. One thread
   * at a time.
   *
   * @throws IllegalArgumentException if this log did not sign it
   */
  public void keepCosigned(SignedNote note) {
    if (!(verifier.check(note.encode()) instanceof CheckpointCheck.Signed signed)) {
      throw new IllegalArgumentException("not a checkpoint of " + verifier.origin());
    }
    stored.commitCosigned(note.encode());
    cosigned = signed;
  }

  /**
   * The proof that the log continues its own beginning; empty when a node is missing.
   *
   * @throws IllegalArgumentException when {@code olderSize} is not between 1 and {@code size}
   */
  public Optional<List<TreeHash>> proveConsistency(long olderSize, long size) {
    return MerkleTree.proveConsistency(olderSize, size, stored);
  }

  /** The verifier of this log's checkpoints. */
  public CheckpointVerifier verifier() {
    return verifier;
  }

  /** Adds a pair of this log to those with which it was opened. */
  public void know(VerifyingPair pair) {
    verifier = verifier.with(pair);
  }

  /**
   * The writer of this log's leaves.
   *
   * <p>Created once, by the ledger for its single writer thread; a second one would fork the log.
   *
   * @param sealer seals the records
   * @param random draws the seeds of the blinds
   */
  public Appender appender(LeafSealer sealer, SecureRandom random) {
    if (!appending.compareAndSet(false, true)) {
      throw new IllegalStateException("the log already has an appender");
    }
    return new Appender(stored, this::advance, opened.copy(), sealer, random);
  }

  /** Hashes of the committed tree. */
  public NodeReader nodes() {
    return stored;
  }

  /** The content of the leaf at an index; empty if there is none or it no longer opens. */
  public Optional<OpenedLeaf> open(long index, LeafOpener opener) {
    return leaf(index).flatMap(leaf -> leaf.open(index, opener));
  }

  /** The leaf's data as log readers see it, 32 bytes; empty when there is no such leaf. */
  public Optional<byte[]> commitment(long index) {
    return leaf(index).map(StoredLeaf::commitment);
  }

  /**
   * The proof that a leaf is in the log, with its opening if it still opens; empty if the last
   * checkpoint does not cover it.
   */
  public Optional<LogProof> prove(long index, LeafOpener opener) {
    CheckpointCheck.Signed covering = checkpoint;
    if (covering == null || index < 0 || index >= covering.checkpoint().size()) {
      return Optional.empty();
    }
    Optional<byte[]> opening = open(index, opener).map(leaf -> leaf.shown().encode());
    Optional<List<TreeHash>> path =
        MerkleTree.proveInclusion(index, covering.checkpoint().size(), stored);
    return path.map(hashes -> new LogProof(index, opening, hashes, covering.note()));
  }

  private Optional<StoredLeaf> leaf(long index) {
    return index < 0 || index >= head.size()
        ? Optional.empty()
        : stored.leaf(index).flatMap(value -> StoredLeaf.parse(index, value));
  }

  /** Called by the appender once its batch is committed. */
  private void advance(TreeHead committed) {
    head = committed;
  }

  /** Called by the signer once a checkpoint is durable in both places. */
  void signed(CheckpointCheck.Signed latest) {
    checkpoint = latest;
  }

  StoredLog stored() {
    return stored;
  }
}
