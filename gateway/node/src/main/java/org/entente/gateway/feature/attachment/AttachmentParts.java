package org.entente.gateway.feature.attachment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.config.AttachmentsConfig;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.meter.LogRateLimit;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.store.FileMirror;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the classes of this feature share.
 *
 * @param settings the limits
 * @param unusable limits the lines about a folder that cannot be used
 */
record AttachmentParts(
    GatewayParts gateway,
    AttachmentsConfig settings,
    AttachmentFolder folder,
    AttachmentTable table,
    LogRateLimit unusable) {
  static final long MIB = 1L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(AttachmentParts.class);

  static AttachmentParts of(GatewayParts gateway, AttachmentsConfig settings) {
    return new AttachmentParts(
        gateway,
        settings,
        new AttachmentFolder(settings.folder()),
        AttachmentTable.of(gateway.ledger()),
        new LogRateLimit(gateway.environment().clock(), Duration.ofMinutes(1)));
  }

  /** The files of other machines. */
  FileMirror mirror() {
    return gateway.environment().files();
  }

  /** The time by which files end. */
  long endingMillis() {
    return gateway.environment().ending().millis();
  }

  /** The neighbours that lead to an agency, best first: itself, or transits. */
  List<AgencyName> ways(AgencyName agency) {
    return gateway.outgoing().routes().hops(agency);
  }

  Duration available() {
    return Duration.ofDays(settings.availableDays());
  }

  /**
   * Why so many bytes have no room on the disk now; empty if they have. What is left below {@code
   * disk.slow_below_mib} is for messages. Asked before each write too, as files that began earlier
   * were promised the same room.
   */
  Optional<Problem> lacksRoom(long size) {
    Optional<Problem> full = gateway.ledger().room().refusal();
    if (full.isPresent()) {
      return full;
    }
    long left;
    try {
      mirror().requireHere();
      folder.make();
      left = folder.room() - gateway.ledger().room().thresholds().slowBelow();
    } catch (IOException | UncheckedIOException e) {
      return Optional.of(unusable("size", e));
    }
    return left >= size
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Code.STORAGE_FULL,
                "size",
                size
                    + " bytes are to be stored, and the disk of attachments.folder has room for "
                    + Math.max(0, left)
                    + " before disk.slow_below_mib; the gateway's operator must free space"));
  }

  /**
   * Why the folder of attachments is not the one with this gateway's files, such as that its disk
   * is not mounted; empty if it is. A file that is missing there then may exist.
   *
   * @param field what the call names that needs the folder
   */
  Optional<Problem> lacksFolder(String field) {
    try {
      mirror().requireHere();
      return Optional.empty();
    } catch (IOException | UncheckedIOException e) {
      return Optional.of(unusable(field, e));
    }
  }

  /** The reason goes to the log only: it names paths, which clients and peers need not know. */
  private Problem unusable(String field, Exception e) {
    unusable
        .line("", String.valueOf(e.getMessage()))
        .ifPresent(why -> LOG.error("no attachment can be stored or read: {}", why, e));
    return new Problem(
        Code.STORAGE_FULL,
        field,
        "attachments.folder cannot be used on this gateway now; its log names the reason, and"
            + " its operator must act");
  }

  /** Deletes a file once a commit is durable, off the writer; a crash leaves that to the sweep. */
  void deleteAfter(Transaction tx, SealedFile file) {
    tx.afterCommit(() -> gateway.environment().workers().execute(file::delete));
  }

  /** The refusal of an attachment that is not there, or not for the caller. */
  static <T> Result<T> notFound(String field, Object id) {
    return Result.refused(Code.NOT_FOUND, field, id + " was not found, or access is not permitted");
  }
}
