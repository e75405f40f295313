package org.entente.gateway.node.assembly;

import com.google.protobuf.util.Timestamps;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.feature.OwnBackups;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.StoreFailure;
import org.entente.proto.v1.Backup;
import org.entente.proto.v1.CreateBackupRequest;
import org.entente.proto.v1.ListBackupsResponse;

/**
 * Backups of the running node's ledger, made on behalf of persons and recorded in the audit log.
 * Each carries the checkpoint signed when it began, so that it can be verified against the log.
 * Safe for many threads.
 */
public final class LedgerBackups implements OwnBackups {
  private final Foundation ground;
  private final BackupCopies copies;

  /** One call waits for a first checkpoint: it holds a thread that serves all clients. */
  private final Semaphore waiting = new Semaphore(1);

  LedgerBackups(Foundation ground) {
    this.ground = ground;
    this.copies = ground.around.copies();
  }

  @Override
  public Result<Backup> create(NodeName client, CreateBackupRequest request) {
    Optional<Problem> problem = ground.labelCheck.decision(request.getOnBehalfOf());
    if (problem.isPresent()) {
      return new Result.Refused<>(problem.get());
    }
    Optional<SignedNote> signed = latestCheckpoint();
    if (signed.isEmpty()) {
      return Result.refused(
          Code.NOT_READY,
          "",
          "the audit log has no signed checkpoint yet, without which a copy cannot be verified:"
              + " it waits for its witnesses; repeat the call in some seconds");
    }
    String note = new String(signed.get().encode(), StandardCharsets.UTF_8);
    try {
      RocksBackups.Backup made = copies.add(note);
      record(AuditActor.client(ground.agency(), client, request.getOnBehalfOf()), made);
      return new Result.Done<>(wire(made));
    } catch (StoreFailure e) {
      return new Result.Refused<>(problem(e));
    }
  }

  /** The checkpoint signed now, or the last one; waits for the first one of the log. */
  private Optional<SignedNote> latestCheckpoint() {
    ground.signCheckpointNow();
    if (ground.audit.log().checkpoint().isEmpty() && waiting.tryAcquire()) {
      try {
        ground.awaitWitnesses();
      } finally {
        waiting.release();
      }
      ground.signCheckpointNow();
    }
    return ground.audit.log().checkpoint();
  }

  private void record(AuditActor actor, RocksBackups.Backup made) {
    ground.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          tx.audit(
              AuditRecord.of(
                      AuditType.OPERATOR_ACTION,
                      LawCategory.NONE,
                      Instant.ofEpochMilli(tx.nowMillis()),
                      actor,
                      AuditSubject.NODE)
                  .saying("made backup %d of the ledger".formatted(made.number())));
          return made;
        });
  }

  @Override
  public Result<ListBackupsResponse> list() {
    try {
      return new Result.Done<>(
          ListBackupsResponse.newBuilder()
              .addAllBackups(copies.list().stream().map(LedgerBackups::wire).toList())
              .build());
    } catch (StoreFailure e) {
      return new Result.Refused<>(problem(e));
    }
  }

  private static Problem problem(StoreFailure why) {
    return new Problem(Code.NOT_READY, "", String.valueOf(why.getMessage()));
  }

  private static Backup wire(RocksBackups.Backup backup) {
    return Backup.newBuilder()
        .setNumber(backup.number())
        .setMade(Timestamps.fromMillis(backup.made().toEpochMilli()))
        .setBytes(backup.bytes())
        .setAuditLeaves(leaves(backup))
        .build();
  }

  /** The number of leaves under the checkpoint of a backup. */
  public static long leaves(RocksBackups.Backup backup) {
    return checkpoint(backup).map(Checkpoint::size).orElse(0L);
  }

  /** The checkpoint of a backup, not verified. */
  static Optional<Checkpoint> checkpoint(RocksBackups.Backup backup) {
    return SignedNote.parse(backup.note().getBytes(StandardCharsets.UTF_8))
        .asNote()
        .flatMap(note -> Checkpoint.parse(note.text()));
  }
}
