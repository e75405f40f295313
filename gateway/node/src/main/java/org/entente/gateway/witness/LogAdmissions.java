package org.entente.gateway.witness;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.audit.record.OpenedLeaf;
import org.entente.gateway.audit.tree.FormerLog;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.audit.tree.TreeHead;
import org.entente.gateway.meter.LogRateLimit;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.TreeHash;
import org.entente.proto.link.v1.LeafOpening;

/**
 * The leaves by which this gateway's log shows a witness that it follows an earlier one: the first
 * leaf, and where that does not admit what witnesses hold, later ones that do. Such a leaf is
 * written once the witness has shown what it holds, unless another one admits more of that log. A
 * leaf is kept for years, and a lost log has signed a checkpoint each second: so what one witness
 * shows has {@value #MOST_LEAVES} leaves an hour. Not safe for many threads.
 */
final class LogAdmissions {
  /** Leaves for what one witness shows, in an interval. */
  static final int MOST_LEAVES = 10;

  /** The interval. */
  static final Duration LEAVES_IN = Duration.ofHours(1);

  private final AuditLog log;
  private final LeafOpener opener;
  private final Consumer<FormerLog> admit;
  private final LogRateLimit leaves;
  private final Map<Checkpoint, Search> admissions = new HashMap<>();

  /** Where the leaf that admits a checkpoint is, or where it is to be looked for. */
  private final class Search {
    private final Checkpoint held;
    private long next;
    private long found = -1;

    Search(Checkpoint held, long next) {
      this.held = held;
      this.next = next;
    }

    /** Its index, once it is under a checkpoint. */
    Optional<Long> found(long size) {
      while (found < 0 && next < size) {
        if (admits(next, held)) {
          found = next;
        }
        next++;
      }
      return found < 0 || found >= size ? Optional.empty() : Optional.of(found);
    }
  }

  /**
   * @param opener opens the log's own leaves
   * @param admit has a leaf written that names an earlier log; may return before it is
   */
  LogAdmissions(AuditLog log, LeafOpener opener, Consumer<FormerLog> admit, InstantSource clock) {
    this.leaves = new LogRateLimit(clock, LEAVES_IN, MOST_LEAVES);
    this.log = log;
    this.opener = opener;
    this.admit = admit;
  }

  /**
   * What a witness has to be shown with a checkpoint; empty while that cannot be shown yet.
   *
   * @param witness who shows it
   * @param held what witnesses hold of earlier logs, verified
   * @param size leaves under the checkpoint
   */
  Optional<List<LeafOpening>> openings(AgencyName witness, List<Checkpoint> held, long size) {
    if (log.origin().number() == 1) {
      return Optional.of(List.of());
    }
    Optional<LeafOpening> first = opening(0, size);
    if (first.isEmpty()) {
      return Optional.empty();
    }
    Map<Long, LeafOpening> openings = new TreeMap<>(Map.of(0L, first.get()));
    boolean complete = true;
    for (Checkpoint former : largestFirst(held)) {
      if (!admits(0, former)) {
        Optional<LeafOpening> later =
            admission(witness, former, size).flatMap(index -> opening(index, size));
        later.ifPresent(opening -> openings.put(opening.getIndex(), opening));
        complete &= later.isPresent();
      }
    }
    return complete ? Optional.of(List.copyOf(openings.values())) : Optional.empty();
  }

  /** So that one leaf admits all of them. */
  private static List<Checkpoint> largestFirst(List<Checkpoint> held) {
    return held.stream().sorted(Comparator.comparing(Checkpoint::size).reversed()).toList();
  }

  private Optional<Long> admission(AgencyName witness, Checkpoint held, long size) {
    Search search = admissions.get(held);
    if (search == null) {
      Optional<Search> larger = larger(held);
      if (larger.isPresent()) {
        return larger.get().found(size);
      }
      if (leaves.line(witness.value(), "").isEmpty()) {
        return Optional.empty();
      }
      admissions.put(held, new Search(held, log.head().size()));
      LogOrigin former = LogOrigin.parse(held.origin()).orElseThrow();
      admit.accept(new FormerLog(former, null, null, new TreeHead(held.size(), held.root())));
      return Optional.empty();
    }
    return search.found(size);
  }

  /** A leaf that admits a larger checkpoint of an earlier log admits all smaller ones. */
  private Optional<Search> larger(Checkpoint held) {
    return admissions.values().stream()
        .filter(one -> one.held.origin().equals(held.origin()) && one.held.size() > held.size())
        .findFirst();
  }

  private boolean admits(long index, Checkpoint held) {
    Optional<FormerLog> former =
        log.open(index, opener)
            .flatMap(OpenedLeaf::record)
            .flatMap(record -> Optional.ofNullable(record.subject().formerLog()));
    return former.isPresent()
        && LogOrigin.parse(held.origin())
            .filter(origin -> SuccessionProof.admits(former.get(), origin, held))
            .isPresent();
  }

  private Optional<LeafOpening> opening(long index, long size) {
    Optional<OpenedLeaf> leaf = log.open(index, opener).filter(OpenedLeaf::matches);
    Optional<List<TreeHash>> path =
        index < size ? MerkleTree.proveInclusion(index, size, log.nodes()) : Optional.empty();
    if (leaf.isEmpty() || path.isEmpty()) {
      return Optional.empty();
    }
    LeafOpening.Builder out =
        LeafOpening.newBuilder()
            .setIndex(index)
            .setOpened(ByteString.copyFrom(leaf.get().shown().encode()));
    path.get().forEach(hash -> out.addPath(ByteString.copyFrom(hash.bytes())));
    return Optional.of(out.build());
  }
}
