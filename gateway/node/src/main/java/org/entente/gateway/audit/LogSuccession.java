package org.entente.gateway.audit;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.audit.record.LeafSealer;
import org.entente.gateway.audit.record.OpenedLeaf;
import org.entente.gateway.audit.record.StoredLeaf;
import org.entente.gateway.audit.tree.CheckpointCheck;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.audit.tree.FormerLog;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.audit.tree.TreeHead;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * How a gateway goes on whose log cannot be continued, since its store was set back behind what the
 * log has signed: an operator opens another log, whose first leaf names the one that ended.
 *
 * <p>The number of the new log is above every one that is known from the store, from the audit
 * directory and from witnesses, so no two logs of a gateway ever share an origin. Nothing of the
 * old log is changed.
 */
public final class LogSuccession {
  private LogSuccession() {}

  /** What was found about the log in force. */
  public sealed interface Finding {
    /** It can be continued; there is nothing to do. */
    record Continues(LogOrigin log, long size) implements Finding {}

    /**
     * It cannot.
     *
     * @param former what the next log's first leaf says of it
     * @param next the next log
     * @param reason why it ended, for the operator
     */
    record Ended(FormerLog former, LogOrigin next, String reason) implements Finding {}
  }

  /**
   * Looks at the log in force.
   *
   * @param verifier knows any log of the gateway by all keys it ever signed with, as far as known
   * @param own the same by those that the gateway can sign with
   * @param witnessed a checkpoint that a witness gave to the operator, if any
   */
  public static Finding examine(
      Store store,
      Path directory,
      CheckpointVerifier verifier,
      CheckpointVerifier own,
      Optional<byte[]> witnessed) {
    return new Examination(store, directory, verifier, own, witnessed).find();
  }

  /**
   * Opens the next log, with its first leaf, and puts it in force. Durable on return.
   *
   * @param record makes the first leaf's record
   * @param sealers the sealer of a log, by its number
   * @param also what else belongs to the same commit
   */
  public static void begin(
      Store store,
      Path directory,
      CheckpointVerifier verifier,
      Finding.Ended ended,
      AuditRecord record,
      IntFunction<LeafSealer> sealers,
      SecureRandom random,
      Consumer<Batch> also) {
    int number = ended.next().number();
    AuditLog.Opening opening = AuditLog.open(store, directory, verifier.of(ended.next()));
    if (!(opening instanceof AuditLog.Opening.Opened opened) || opened.log().head().size() != 0) {
      throw new IllegalStateException("there is something of " + ended.next() + ": " + opening);
    }
    append(
        store,
        opened.log().appender(sealers.apply(number), random),
        record,
        batch -> {
          StoredLog.putNumberInForce(batch, number);
          also.accept(batch);
        });
  }

  /**
   * Adds a leaf to a log that can be continued. Durable on return.
   *
   * @param record makes the leaf
   * @param sealers the sealer of a log, by its number
   * @param also what else belongs to the same commit
   */
  public static void goOn(
      Store store,
      Path directory,
      CheckpointVerifier verifier,
      Finding.Continues found,
      AuditRecord record,
      IntFunction<LeafSealer> sealers,
      SecureRandom random,
      Consumer<Batch> also) {
    AuditLog.Opening opening = AuditLog.open(store, directory, verifier.of(found.log()));
    if (!(opening instanceof AuditLog.Opening.Opened opened)) {
      throw new IllegalStateException(found.log() + " was found to go on: " + opening);
    }
    append(store, opened.log().appender(sealers.apply(found.log().number()), random), record, also);
  }

  private static void append(
      Store store, Appender appender, AuditRecord record, Consumer<Batch> also) {
    Batch batch = store.batch();
    appender.append(batch, List.of(record));
    also.accept(batch);
    store.commit(batch, Durability.SYNCED);
    appender.committed();
  }

  /** The record of the first leaf. */
  public static AuditRecord firstRecord(Instant at, AuditActor actor, Finding.Ended ended) {
    String detail = ended.former().words() + "; " + ended.reason();
    return AuditRecord.of(
            AuditType.LOG_OPENED, LawCategory.NONE, at, actor, AuditSubject.of(ended.former()))
        .saying(detail.length() > 500 ? detail.substring(0, 500) : detail);
  }

  /** What the first leaf of a log commits to; empty where it does not open. */
  public static Optional<AuditRecord> firstRecord(LogReader log, LeafOpener opener) {
    return log.leaf(0)
        .flatMap(value -> StoredLeaf.parse(0, value))
        .flatMap(leaf -> leaf.open(0, opener))
        .flatMap(OpenedLeaf::record);
  }

  /**
   * What is wrong with a log as the successor of one of which somebody holds a checkpoint; empty
   * when its first leaf names that log and admits at least what was signed under the checkpoint.
   *
   * @param log the log in force
   * @param first the record of its first leaf, proved under its root; empty if it does not open
   * @param kept the verified checkpoint of the earlier log
   */
  public static Optional<String> fault(
      LogOrigin log, Optional<AuditRecord> first, Checkpoint kept) {
    if (first.isEmpty()) {
      return Optional.of("the first leaf of " + log + " does not open");
    }
    FormerLog former = first.get().subject().formerLog();
    if (first.get().type() != AuditType.LOG_OPENED || former == null) {
      return Optional.of("the first leaf of " + log + " names no log that ended");
    }
    if (!former.origin().line().equals(kept.origin())) {
      return Optional.of(log + " follows " + former.origin() + ", not " + kept.origin());
    }
    return former.reaches(kept.size(), kept.root())
        ? Optional.empty()
        : Optional.of(
            "%s says that %s had %d leaves, and does not admit those under the kept checkpoint of %d"
                .formatted(log, former.origin(), former.knownSize(), kept.size()));
  }

  /** One look. */
  private static final class Examination {
    private final Store store;
    private final Path directory;
    private final CheckpointVerifier verifier;
    private final CheckpointVerifier own;
    private final LogOrigin inForce;
    private final List<Known> signed = new ArrayList<>();
    private final List<Known> witnessed = new ArrayList<>();

    private record Known(LogOrigin origin, Checkpoint checkpoint) {
      TreeHead head() {
        return new TreeHead(checkpoint.size(), checkpoint.root());
      }
    }

    Examination(
        Store store,
        Path directory,
        CheckpointVerifier verifier,
        CheckpointVerifier own,
        Optional<byte[]> given) {
      this.own = own;
      this.store = store;
      this.directory = directory;
      this.verifier = verifier;
      this.inForce = verifier.origin().numbered(StoredLog.numberInForce(store));
      int latest = Math.max(inForce.number(), CheckpointFile.latestLog(directory));
      for (int number = 1; number <= latest; number++) {
        StoredLog log = new StoredLog(store, directory, number);
        log.checkpoints().forEach(copy -> known(copy.note()).ifPresent(signed::add));
      }
      CheckpointFile.witnessed(directory).read().flatMap(this::known).ifPresent(witnessed::add);
      given.flatMap(this::known).ifPresent(witnessed::add);
    }

    /** A checkpoint of any log of this gateway under its own keys. */
    private Optional<Known> known(byte[] note) {
      return SignedNote.parse(note)
          .asNote()
          .flatMap(parsed -> Checkpoint.parse(parsed.text()))
          .flatMap(checkpoint -> LogOrigin.parse(checkpoint.origin()))
          .filter(verifier.origin()::sameGateway)
          .filter(origin -> verifier.of(origin).check(note) instanceof CheckpointCheck.Signed)
          .flatMap(
              origin ->
                  SignedNote.parse(note)
                      .asNote()
                      .flatMap(parsed -> Checkpoint.parse(parsed.text()))
                      .map(checkpoint -> new Known(origin, checkpoint)));
    }

    Finding find() {
      AuditLog.Opening opening = AuditLog.open(store, directory, verifier.of(inForce));
      if (opening instanceof AuditLog.Opening.Opened opened) {
        Optional<String> contradiction = contradiction(opened.log()).or(this::lostPair);
        return contradiction.isEmpty()
            ? new Finding.Continues(inForce, opened.log().head().size())
            : ended(opened.log().head(), contradiction.get());
      }
      if (opening instanceof AuditLog.Opening.BehindCheckpoint behind) {
        return ended(kept(), behind.reason());
      }
      return ended(null, ((AuditLog.Opening.Damaged) opening).reason());
    }

    /** A start knows the log by the keys that are held, and would find it damaged. */
    private Optional<String> lostPair() {
      return AuditLog.open(store, directory, own.of(inForce)) instanceof AuditLog.Opening.Opened
          ? Optional.empty()
          : Optional.of("the pair that it was signed with is not held any more");
    }

    private Optional<String> contradiction(AuditLog log) {
      return witnessed.stream()
          .filter(known -> known.origin().number() >= inForce.number())
          .map(
              known ->
                  known.origin().number() > inForce.number()
                      ? Optional.of("a witness holds a checkpoint of " + known.origin())
                      : log.contradiction(known.checkpoint()))
          .flatMap(Optional::stream)
          .findFirst();
    }

    private @Nullable TreeHead kept() {
      return new StoredLog(store, directory, inForce.number()).head().orElse(null);
    }

    private Finding ended(@Nullable TreeHead kept, String reason) {
      int latest =
          Math.max(
              inForce.number(),
              java.util.stream.Stream.concat(signed.stream(), witnessed.stream())
                  .mapToInt(known -> known.origin().number())
                  .max()
                  .orElse(1));
      FormerLog former =
          new FormerLog(
              inForce.numbered(latest),
              latest == inForce.number() ? kept : null,
              largest(signed, latest),
              largest(witnessed, latest));
      return new Finding.Ended(former, inForce.numbered(latest + 1), reason);
    }

    private static @Nullable TreeHead largest(List<Known> known, int number) {
      return known.stream()
          .filter(one -> one.origin().number() == number)
          .max(Comparator.comparingLong(one -> one.checkpoint().size()))
          .map(Known::head)
          .orElse(null);
    }
  }
}
