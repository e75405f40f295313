package org.entente.gateway.feature.attachment;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.entente.gateway.account.SharedRoom;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.AttachmentId;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.seal.AttachmentSeal;
import org.entente.proto.link.v1.AttachmentPart;
import org.entente.proto.link.v1.AttachmentRequest;
import org.entente.proto.store.v1.FetchedAttachment;
import org.entente.proto.v1.Attachment;
import org.entente.proto.v1.AttachmentKey;
import org.entente.proto.v1.EvidenceKind;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches files of received messages from their origins, also through transits. A fetch goes on
 * where an earlier one stopped, also after a crash. A few run at once for each origin. When a file
 * is complete and has the hash in the label, this is on record and the origin learns of it. Safe
 * for many threads; does not wait for peers.
 */
final class AttachmentFetches {
  private static final Logger LOG = LoggerFactory.getLogger(AttachmentFetches.class);

  private final AttachmentParts parts;
  private final CompleteFiles files;
  private final AttachmentRelay.Links links;
  private final LongSupplier nanos;
  private final Map<AttachmentFetch.Key, AttachmentFetch> running = new ConcurrentHashMap<>();

  AttachmentFetches(
      AttachmentParts parts, CompleteFiles files, AttachmentRelay.Links links, LongSupplier nanos) {
    this.parts = parts;
    this.files = files;
    this.links = links;
    this.nanos = nanos;
  }

  /**
   * Begins or continues to fetch a file, unless it is here. A client has as many of the files and
   * fetches of one origin as are still free.
   *
   * @return why it cannot be fetched now; empty if it is on its way or here
   */
  Optional<Problem> begin(
      AttachmentFetch.Parties between,
      MessageId message,
      Attachment attachment,
      AttachmentKey key) {
    AttachmentFetch.Key name =
        new AttachmentFetch.Key(message, AttachmentId.of(attachment.getId().toByteArray()));
    FetchedAttachment known = parts.table().fetched(message, name.attachment());
    if (known != null && known.getComplete() && isOrWillBeOnDisk(name, known, attachment)) {
      return Optional.empty();
    }
    AttachmentFetch before = running.get(name);
    if (before != null && !before.isOver(nanos.getAsLong())) {
      return Optional.empty();
    }
    return refusal(between, name, attachment)
        .or(() -> reserved(between, name, attachment))
        .or(() -> started(between, name, attachment, key));
  }

  /** In a cluster, another machine may have it; if none has, its record says so soon. */
  private boolean isOrWillBeOnDisk(
      AttachmentFetch.Key name, FetchedAttachment known, Attachment attachment) {
    SealedFile file =
        parts.folder().fetched(name.message(), name.attachment(), attachment.getSize());
    return !files.isHere(name, known) || file.present() == file.segments();
  }

  private Optional<Problem> refusal(
      AttachmentFetch.Parties between, AttachmentFetch.Key name, Attachment attachment) {
    AgencyName origin = between.origin();
    if (parts.ways(origin).isEmpty()) {
      return Optional.of(
          new Problem(
              Code.NO_ROUTE,
              "attachment_id",
              "no link of this gateway leads to "
                  + origin
                  + "; operators of both gateways can add one (links), or to a common transit"));
    }
    long now = nanos.getAsLong();
    List<AttachmentFetch> busy =
        running.values().stream()
            .filter(one -> one.origin().equals(origin) && !one.key().equals(name))
            .filter(one -> !one.isOver(now))
            .toList();
    long own = busy.stream().filter(one -> one.client().equals(between.client())).count();
    if (!new SharedRoom(parts.settings().agencyFetches()).fits(own, busy.size())) {
      return Optional.of(
          new Problem(
              Code.OVERLOADED,
              "attachment_id",
              ("%d files of %s are being fetched, %d of them for this client, which may have as"
                      + " many as are free of attachments.agency_fetches; try again later")
                  .formatted(busy.size(), origin, own)));
    }
    return parts.lacksRoom(attachment.getSize());
  }

  /** Counts the file for its origin and the client before a byte of it is written. */
  private Optional<Problem> reserved(
      AttachmentFetch.Parties between, AttachmentFetch.Key name, Attachment attachment) {
    String origin = between.origin().value();
    String client = between.client().value();
    return parts
        .gateway()
        .ledger()
        .commit(
            Lane.ROUTINE,
            tx -> {
              FetchedAttachment known =
                  parts.table().fetched(tx, name.message(), name.attachment());
              if (known != null) {
                // A restored folder may lack what was complete: fetch it once more.
                parts
                    .table()
                    .put(
                        tx,
                        name.message(),
                        name.attachment(),
                        known.toBuilder().setComplete(false).build());
                return Optional.empty();
              }
              if (isGone(tx, name)) {
                return Optional.of(gone());
              }
              Optional<Problem> over =
                  exceeded(
                      between.origin(),
                      parts.table().ofAgency(tx, origin),
                      parts.table().ofAgency(tx, origin, client),
                      attachment.getSize());
              if (over.isEmpty()) {
                parts
                    .table()
                    .add(
                        tx,
                        name.message(),
                        name.attachment(),
                        FetchedAttachment.newBuilder()
                            .setOriginToken(parts.table().token(origin))
                            .setClientToken(parts.table().token(origin, client))
                            .setSize(attachment.getSize())
                            .build());
              }
              return over;
            });
  }

  private Optional<Problem> exceeded(
      AgencyName origin, AttachmentTable.Usage all, AttachmentTable.Usage own, long size) {
    SharedRoom bytes = new SharedRoom(parts.settings().agencyMib() * AttachmentParts.MIB);
    SharedRoom files = new SharedRoom(parts.settings().agencyFiles());
    return bytes.fits(own.bytes(), all.bytes(), size) && files.fits(own.files(), all.files())
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Code.LIMIT_REACHED,
                "attachment_id",
                ("%d files of %s with %d bytes are here, %d with %d bytes of them for this client,"
                        + " which may have as much as is free of attachments.agency_files and"
                        + " attachments.agency_mib; this one does not fit")
                    .formatted(all.files(), origin, all.bytes(), own.files(), own.bytes())));
  }

  private Optional<Problem> started(
      AttachmentFetch.Parties between,
      AttachmentFetch.Key name,
      Attachment attachment,
      AttachmentKey key) {
    AttachmentFetch fetch =
        running.compute(
            name,
            (unused, before) -> {
              long now = nanos.getAsLong();
              if (before != null && !before.isOver(now)) {
                return before;
              }
              if (before != null) {
                before.close();
              }
              return fetch(between, name, attachment, key, now);
            });
    if (fetch.isWhole()) {
      complete(fetch);
    } else {
      pump(fetch);
    }
    return Optional.empty();
  }

  private AttachmentFetch fetch(
      AttachmentFetch.Parties between,
      AttachmentFetch.Key name,
      Attachment attachment,
      AttachmentKey key,
      long now) {
    parts.folder().make();
    return new AttachmentFetch(
        name,
        between,
        () -> parts.ways(between.origin()),
        new MirroredFile(
            parts.folder().fetched(name.message(), name.attachment(), attachment.getSize()),
            parts.mirror()),
        new AttachmentSeal(
            name.attachment(),
            attachment.getSize(),
            SecretBytes.takeOver(key.getKey().toByteArray())),
        attachment.getSha256(),
        now);
  }

  private void pump(AttachmentFetch fetch) {
    AgencyName way = fetch.way().orElse(null);
    AttachmentRequest request = way == null ? null : fetch.next(nanos.getAsLong());
    while (way != null && request != null) {
      if (!links.send(way, request)) {
        fetch.unsent();
        return;
      }
      request = fetch.next(nanos.getAsLong());
    }
  }

  /** Takes a segment from a neighbour; anything that was not requested of it is dropped. */
  void received(AgencyName neighbour, AttachmentPart part) {
    if (part.getMessageId().size() != MessageId.SIZE
        || part.getAttachmentId().size() != AttachmentId.SIZE) {
      return;
    }
    AttachmentFetch fetch =
        running.get(
            new AttachmentFetch.Key(
                MessageId.of(part.getMessageId().toByteArray()),
                AttachmentId.of(part.getAttachmentId().toByteArray())));
    if (fetch == null) {
      return;
    }
    Optional<Problem> full = parts.lacksRoom(part.getSealed().size());
    if (full.isPresent()) {
      fetch.fail(full.get());
      return;
    }
    if (fetch.take(neighbour, part, nanos.getAsLong())) {
      complete(fetch);
    } else {
      pump(fetch);
    }
  }

  /** Off the stream, since the whole file is read. */
  private void complete(AttachmentFetch fetch) {
    parts
        .gateway()
        .environment()
        .workers()
        .execute(
            () -> {
              try {
                check(fetch);
              } catch (IOException | RuntimeException e) {
                // The edge of the worker: the file stays, and is checked when it is opened again.
                LOG.warn("cannot complete a fetched attachment yet", e);
                drop(fetch);
              }
            });
  }

  private void check(AttachmentFetch fetch) throws IOException {
    SealedFile.Hashes hashes = fetch.hashes().orElse(null);
    if (hashes != null && hashes.content().equals(fetch.expected())) {
      parts.folder().sync();
      files.completed(fetch.key());
      parts.gateway().ledger().commit(Lane.ROUTINE, tx -> record(tx, fetch, hashes.sealed()));
      drop(fetch);
    } else {
      // Also what no longer opens: only reading it from its origin again can help.
      fetch.empty();
      fetch.fail(
          new Problem(
              Code.DAMAGED,
              "attachment_id",
              "the file of "
                  + fetch.origin()
                  + " does not have the hash in the message's label; its sender must send it"
                  + " again"));
    }
  }

  private boolean record(Transaction tx, AttachmentFetch fetch, ByteString sealedHash) {
    AttachmentFetch.Key name = fetch.key();
    FetchedAttachment record = parts.table().fetched(tx, name.message(), name.attachment());
    if (record == null || record.getComplete() || isGone(tx, name)) {
      return false;
    }
    parts
        .table()
        .put(
            tx,
            name.message(),
            name.attachment(),
            record.toBuilder().setComplete(true).setSealedSha256(sealedHash).build());
    tx.audit(
        AuditRecord.of(
            AuditType.ATTACHMENT_FETCHED,
            LawCategory.COLLECTION,
            Instant.ofEpochMilli(tx.nowMillis()),
            AuditActor.gateway(parts.gateway().self()),
            new AuditSubject(null, List.of(name.message()), List.of(fetch.origin()), null)));
    parts
        .gateway()
        .records()
        .evidence()
        .owe(
            tx,
            parts.gateway().ledger().evidence(),
            fetch.origin(),
            parts
                .gateway()
                .records()
                .evidence()
                .item(
                    EvidenceKind.EVIDENCE_KIND_FETCHED,
                    name.message(),
                    parts.gateway().self().value(),
                    new byte[0],
                    tx.nowMillis()));
    return true;
  }

  /**
   * Repeats what was not answered, and ends what is over or whose message is gone. What failed says
   * why for some time, and begins again when it is read after that.
   */
  void round() {
    long now = nanos.getAsLong();
    for (AttachmentFetch fetch : running.values()) {
      if (isGone(fetch.key())) {
        drop(fetch);
      } else if (!fetch.isOver(now)) {
        fetch.repeat(now);
        pump(fetch);
      } else if (fetch.failure().isEmpty() || fetch.isForgotten(now)) {
        drop(fetch);
      }
    }
  }

  private void drop(AttachmentFetch fetch) {
    running.remove(fetch.key(), fetch);
    fetch.close();
  }

  /** The fetch of a file, if one runs or failed. */
  @Nullable AttachmentFetch of(AttachmentFetch.Key name) {
    return running.get(name);
  }

  /**
   * Whether the message of a file is no longer kept; one on legal hold is, with its file, and so is
   * one that cannot be read.
   */
  boolean isGone(AttachmentFetch.Key name) {
    try {
      return isGone(parts.gateway().ledger().inbox().find(name.message()));
    } catch (CorruptRecord e) {
      // The caller reports it. It must not stop the files of others.
      return false;
    }
  }

  private boolean isGone(Transaction tx, AttachmentFetch.Key name) {
    return isGone(parts.gateway().ledger().inbox().find(tx, name.message()));
  }

  private static boolean isGone(InboxTable.@Nullable PlacedRecord placed) {
    return placed == null || (placed.record().getRecalled() && !placed.record().getOnHold());
  }

  private static Problem gone() {
    return new Problem(Code.NOT_FOUND, "message_id", "the message is no longer kept here");
  }
}
