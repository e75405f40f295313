package org.entente.gateway.audit;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.audit.record.OpenedLeaf;
import org.entente.gateway.audit.record.StoredLeaf;
import org.entente.gateway.audit.tree.CheckpointCheck;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.audit.tree.Frontier;
import org.entente.gateway.audit.tree.TreeHead;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.TreeHash;
import org.entente.gateway.store.StoreFailure;

/**
 * Verifies a whole log from its leaves up, without trusting any stored hash.
 *
 * <p>It recomputes every hash from the leaves' commitments and compares the results with the stored
 * nodes, the stored head and every copy of the checkpoint. It checks the checkpoints' signatures,
 * and compares records that open with their commitments. Works on a running node too, on its data
 * or remotely through {@link TiledLog}: leaves added meanwhile are left to the next run. Reads each
 * leaf and node once. Immutable.
 */
public final class AuditVerifier {

  private final CheckpointVerifier verifier;
  private final LeafOpener opener;

  /** Learns how far a verification is. */
  public interface LeafProgress {
    /** Ignores it. */
    LeafProgress NONE = (leaves, all) -> {};

    /**
     * Called by the verifying thread after each leaf: {@code leaves} of {@code all} are verified.
     */
    void at(long leaves, long all);
  }

  /**
   * A verifier for one log.
   *
   * @param verifier the log's identity and keys
   * @param opener opens records; {@link LeafOpener#WITHOUT_KEYS} for an auditor without keys
   */
  public AuditVerifier(CheckpointVerifier verifier, LeafOpener opener) {
    this.verifier = verifier;
    this.opener = opener;
  }

  /** Verifies everything; an unreadable store is a fault like others. */
  public AuditReport verify(LogReader log) {
    return verify(log, LeafProgress.NONE);
  }

  /** The same; tells {@code progress} of each leaf. */
  public AuditReport verify(LogReader log, LeafProgress progress) {
    Run run = new Run(log, progress);
    try {
      run.check();
    } catch (StoreFailure | UncheckedIOException unreadable) {
      run.fault("the log cannot be read any further: " + unreadable.getMessage());
    }
    return run.report();
  }

  /** The state of one verification. */
  private final class Run {

    private final LogReader log;
    private final LeafProgress progress;
    private final Frontier tree = Frontier.empty();
    private final List<VerifiedCheckpoint> checkpoints = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private long furtherFaults;
    private long openedRecords;
    private long blindedRecords;
    private Optional<AuditRecord> first = Optional.empty();

    Run(LogReader log, LeafProgress progress) {
      this.log = log;
      this.progress = progress;
    }

    void fault(String what) {
      if (faults.size() < AuditReport.MAX_FAULTS) {
        faults.add(what);
      } else {
        furtherFaults++;
      }
    }

    void check() {
      // Checkpoints first: those of a running log never cover leaves beyond the head read next.
      checkSignatures();
      Optional<TreeHead> head = log.head();
      if (head.isEmpty()) {
        fault("the stored size and root of the log cannot be read");
        return;
      }
      checkSizes(head.get());
      if (checkTree(head.get())) {
        checkHead(head.get());
      }
    }

    private void checkSignatures() {
      List<LogReader.Copy> copies = log.checkpoints();
      for (LogReader.Copy copy : copies) {
        CheckpointCheck check = verifier.check(copy.note());
        if (check instanceof CheckpointCheck.Signed signed) {
          checkpoints.add(new VerifiedCheckpoint(copy.place(), signed.checkpoint()));
        } else if (check instanceof CheckpointCheck.Refused refused) {
          fault(copy.place() + " is refused: " + refused.reason());
        }
      }
      if (copies.size() == 1 && copies.get(0).place().equals(StoredLog.IN_STORE)) {
        fault("the checkpoint file, which is kept outside the store, is missing");
      }
    }

    private void checkSizes(TreeHead head) {
      for (VerifiedCheckpoint known : checkpoints) {
        if (known.checkpoint.size() > head.size()) {
          fault(
              "the log has "
                  + head.size()
                  + " leaves, but "
                  + known.place
                  + " was signed over "
                  + known.checkpoint.size()
                  + ": leaves are missing at its end");
        }
      }
      if (checkpoints.isEmpty() && faults.isEmpty() && head.size() > 0) {
        fault(
            "no checkpoint is signed, so nothing shows that the log was not rewritten; a gateway"
                + " signs its first once its witnesses have answered, "
                + "or some seconds after its start");
      }
    }

    /**
     * Recomputes the tree; false if a leaf is missing entirely, so that hashing cannot continue.
     */
    private boolean checkTree(TreeHead head) {
      compareRoots();
      while (tree.size() < head.size()) {
        long index = tree.size();
        Optional<TreeHash> hash = checkLeaf(index);
        if (hash.isEmpty()) {
          fault("leaf " + index + " and its hash are missing; nothing after it can be checked");
          return false;
        }
        tree.append(hash.get(), this::checkNode);
        compareRoots();
        progress.at(tree.size(), head.size());
      }
      return true;
    }

    private Optional<TreeHash> checkLeaf(long index) {
      Optional<byte[]> value = log.leaf(index);
      Optional<StoredLeaf> leaf = value.flatMap(bytes -> StoredLeaf.parse(index, bytes));
      if (leaf.isEmpty()) {
        fault(
            "leaf " + index + (value.isEmpty() ? " is missing" : " differs from what was written"));
        // Its hash, if stored, allows checking the rest.
        return log.node(0, index);
      }
      checkRecord(index, leaf.get());
      return Optional.of(leaf.get().hash());
    }

    private void checkRecord(long index, StoredLeaf leaf) {
      Optional<OpenedLeaf> opened = leaf.open(index, opener);
      if (opened.isEmpty()) {
        blindedRecords++;
      } else if (opened.get().matches()) {
        openedRecords++;
        if (index == 0) {
          first = opened.get().record();
        }
      } else {
        fault("the record of leaf " + index + " does not match the leaf's commitment");
      }
    }

    private void checkNode(int level, long index, TreeHash computed) {
      if (!log.keeps(level)) {
        return;
      }
      Optional<TreeHash> kept = log.node(level, index);
      if (!kept.equals(Optional.of(computed))) {
        String what =
            level == 0 ? "the hash of leaf " + index : "node " + index + " of level " + level;
        fault(
            what
                + (kept.isEmpty()
                    ? " is missing"
                    : " differs from the one computed from the leaves"));
      }
    }

    private void compareRoots() {
      for (VerifiedCheckpoint known : checkpoints) {
        if (known.checkpoint.size() == tree.size()
            && !known.checkpoint.root().equals(tree.root())) {
          fault(
              "the first "
                  + tree.size()
                  + " leaves differ from those over which "
                  + known.place
                  + " was signed");
        }
      }
    }

    private void checkHead(TreeHead head) {
      if (!tree.root().equals(head.root())) {
        fault("the stored root differs from the one computed from the leaves");
      }
      // While leaves are being added, one beyond this head is not a fault.
      if (log.leaf(head.size()).isPresent() && log.head().equals(Optional.of(head))) {
        fault("the store holds a leaf beyond the " + head.size() + " that the log counts");
      }
    }

    AuditReport report() {
      if (furtherFaults > 0) {
        faults.add("and " + furtherFaults + " more");
      }
      long covered = checkpoints.stream().mapToLong(c -> c.checkpoint.size()).max().orElse(0);
      return new AuditReport(
          tree.size(), tree.root(), covered, openedRecords, blindedRecords, first, faults);
    }
  }

  private record VerifiedCheckpoint(String place, Checkpoint checkpoint) {}
}
