package org.entente.gateway.audit;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.audit.record.LeafSealer;
import org.entente.gateway.audit.tree.CheckpointCheck;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.audit.tree.FormerLog;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.audit.tree.TreeHead;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * Succession of audit logs. If a log cannot be continued, because its store was rolled back behind
 * a signed checkpoint, an operator opens another log, whose first leaf names the ended one.
 *
 * <p>The number of the new log is above every number known from the store, the audit directory and
 * witnesses, so no two logs of a gateway share an origin. The old log is not changed.
 */
public final class LogSuccession {
  private LogSuccession() {}

  /** The finding about the log in force. */
  public sealed interface Finding {
    /** The log can be continued. */
    record Continues(LogOrigin log, long size) implements Finding {}

    /**
     * The log cannot be continued.
     *
     * @param former its description in the next log's first leaf
     * @param next the next log
     * @param reason why it ended, for the operator
     */
    record Ended(FormerLog former, LogOrigin next, String reason) implements Finding {}
  }

  /**
   * Examines the log in force.
   *
   * @param verifier verifies any log of the gateway with all known keys it ever signed with
   * @param own verifies with the keys that the gateway can sign with
   * @param witnessed a checkpoint that a witness gave to the operator, if any
   * @param further why the log that is open cannot be continued although nothing contradicts it;
   *     empty if it can
   * @throws StartProblem if {@code witnessed} is not of this gateway, or under no known keys
   */
  public static Finding examine(
      Store store,
      Path directory,
      CheckpointVerifier verifier,
      CheckpointVerifier own,
      Optional<byte[]> witnessed,
      Function<AuditLog, Optional<String>> further) {
    return new Examination(store, directory, verifier, own, witnessed).find(further);
  }

  /**
   * Opens the next log with its first leaf and puts it in force. Durable on return.
   *
   * @param record makes the first leaf's record
   * @param sealers the sealer of a log, by its number
   * @param also other changes of the same commit
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
   * @param also other changes of the same commit
   */
  public static void resume(
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
      throw new IllegalStateException(found.log() + " continues, but does not open: " + opening);
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

  /**
   * The fault of a log as the successor of another one with a known checkpoint; empty if its first
   * leaf names that log and admits at least the leaves under the checkpoint.
   *
   * @param log the log in force
   * @param first the record of its first leaf, from the report of its verification: a log that is
   *     read a second time may give another one; empty if it does not open
   * @param kept the verified checkpoint of the earlier log
   */
  public static Optional<String> fault(
      LogOrigin log, Optional<AuditRecord> first, Checkpoint kept) {
    if (first.isEmpty()) {
      return Optional.of("the first leaf of " + log + " does not open");
    }
    FormerLog former = first.get().subject().formerLog();
    if (first.get().type() != AuditType.LOG_OPENED || former == null) {
      return Optional.of("the first leaf of " + log + " names no ended log");
    }
    if (!former.origin().line().equals(kept.origin())) {
      return Optional.of(log + " follows " + former.origin() + ", not " + kept.origin());
    }
    return former.reaches(kept.size(), kept.root())
        ? Optional.empty()
        : Optional.of(
            "%s states that %s had %d leaves, which do not include the %d under the kept checkpoint"
                .formatted(log, former.origin(), former.knownSize(), kept.size()));
  }

  /** One examination. */
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
      given.map(this::given).ifPresent(witnessed::add);
    }

    /** What a person gives must count: if it were ignored, a second history could begin. */
    private Known given(byte[] note) {
      return known(note)
          .orElseThrow(
              () ->
                  new StartProblem(
                      "--witnessed: found "
                          + described(note)
                          + "; valid is a checkpoint of "
                          + inForce.numbered(1)
                          + " or a later log of this gateway, under keys of its keystore or trust"
                          + " bundle; ask a witness for its newest one"));
    }

    private static String described(byte[] note) {
      return SignedNote.parse(note)
          .asNote()
          .flatMap(parsed -> Checkpoint.parse(parsed.text()))
          .map(Checkpoint::origin)
          .map(origin -> "one of " + InvalidValue.printable(origin) + " that is not known here")
          .orElse("no checkpoint");
    }

    /** Parses a checkpoint of any log of this gateway under its own keys. */
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

    Finding find(Function<AuditLog, Optional<String>> further) {
      AuditLog.Opening opening = AuditLog.open(store, directory, verifier.of(inForce));
      if (opening instanceof AuditLog.Opening.Opened opened) {
        Optional<String> contradiction =
            contradiction(opened.log()).or(this::lostPair).or(() -> further.apply(opened.log()));
        return contradiction.isEmpty()
            ? new Finding.Continues(inForce, opened.log().head().size())
            : ended(opened.log().head(), contradiction.get());
      }
      if (opening instanceof AuditLog.Opening.BehindCheckpoint behind) {
        return ended(kept(), behind.reason());
      }
      return ended(null, ((AuditLog.Opening.Damaged) opening).reason());
    }

    /**
     * The reason if the signing pair is lost: a start verifies the log with the held keys, and
     * would find it damaged.
     */
    private Optional<String> lostPair() {
      return AuditLog.open(store, directory, own.of(inForce)) instanceof AuditLog.Opening.Opened
          ? Optional.empty()
          : Optional.of("the pair that signed it is no longer in the keystore");
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
