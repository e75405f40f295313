package org.entente.gateway.feature.attachment;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.entente.gateway.account.TokenBucket;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.model.AttachmentId;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.AttachmentCheck;
import org.entente.gateway.seal.AttachmentSeal;
import org.entente.proto.store.v1.OwnAttachment;
import org.entente.proto.store.v1.UploadFacts;
import org.entente.proto.v1.BeginUploadRequest;
import org.entente.proto.v1.BeginUploadResponse;
import org.entente.proto.v1.ShowUploadResponse;
import org.entente.proto.v1.WriteUploadRequest;
import org.entente.proto.v1.WriteUploadResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads of this agency's clients. Written bytes are sealed and durable when a call returns, so an
 * upload goes on where it stopped after a crash of either side. Its key is sealed at rest until a
 * message has it, and then leaves the ledger with the message. Calls block; safe for many threads.
 */
final class Uploads {
  private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);

  /** Segments of one write. */
  private static final int SEGMENTS_AT_ONCE = 8;

  private final AttachmentParts parts;
  private final CompleteFiles files;
  private final SecureRandom random;

  /** Uploads that a call writes now: a second one is refused. */
  private final Set<AttachmentId> writing = ConcurrentHashMap.newKeySet();

  /** Segments of uploads that this process knows to be on the disk; there may be further ones. */
  private final Map<AttachmentId, Integer> durable = new ConcurrentHashMap<>();

  private final LongSupplier nanos;
  private final Map<NodeName, TokenBucket> rates = new ConcurrentHashMap<>();

  Uploads(AttachmentParts parts, CompleteFiles files, LongSupplier nanos) {
    this.parts = parts;
    this.files = files;
    this.random = parts.gateway().environment().random();
    this.nanos = nanos;
  }

  /** A complete upload that no message has yet. */
  record Complete(AttachmentId id, long size, UploadFacts facts) {
    /** Shows no key. */
    @Override
    public String toString() {
      return "upload " + id;
    }
  }

  /** Begins an upload, which then counts for the client. */
  Result<BeginUploadResponse> begin(NodeName client, BeginUploadRequest request) {
    Optional<Problem> problem =
        AttachmentCheck.upload(request)
            .or(() -> tooLarge(request.getSize()))
            .or(() -> parts.lacksRoom(request.getSize()));
    if (problem.isPresent()) {
      return new Result.Refused<>(problem.get());
    }
    AttachmentId id = AttachmentId.fresh(random);
    long until =
        parts.gateway().environment().clock().millis()
            + Duration.ofHours(parts.settings().uploadHours()).toMillis();
    OwnAttachment record = record(id, client, request, until);
    Optional<Problem> over =
        parts
            .gateway()
            .ledger()
            .commit(
                Lane.ROUTINE,
                tx -> {
                  Optional<Problem> exceeded =
                      exceeded(parts.table().ofClient(tx, client.value()), record.getSize());
                  if (exceeded.isEmpty()) {
                    parts.table().add(tx, id, record);
                  }
                  return exceeded;
                });
    if (over.isPresent()) {
      return new Result.Refused<>(over.get());
    }
    return Result.done(
        BeginUploadResponse.newBuilder()
            .setUploadId(ByteString.copyFrom(id.bytes()))
            .setWriteBytes(writeBytes())
            .setExpiresAt(Timestamps.fromMillis(until))
            .build());
  }

  private OwnAttachment record(
      AttachmentId id, NodeName client, BeginUploadRequest request, long until) {
    try (SecretBytes key = AttachmentSeal.freshKey(random)) {
      UploadFacts facts =
          UploadFacts.newBuilder()
              .setName(request.getName())
              .setMediaType(request.getMediaType())
              .setSha256(request.getSha256())
              .addAllHandling(request.getHandlingValueList())
              .setKey(key.use(ByteString::copyFrom))
              .build();
      return OwnAttachment.newBuilder()
          .setClientToken(parts.table().token(client.value()))
          .setSize(request.getSize())
          .setSealed(sealed(id, facts, until))
          .setUntilMs(until)
          .build();
    }
  }

  private ByteString sealed(AttachmentId id, UploadFacts facts, long until) {
    return ByteString.copyFrom(
        parts
            .gateway()
            .records()
            .atRest()
            .seal(AttachmentTable.place(id), facts.toByteArray(), Instant.ofEpochMilli(until)));
  }

  private int writeBytes() {
    int most = parts.gateway().config().limitsInForce().messageBytes();
    return Math.min(SEGMENTS_AT_ONCE, most / AttachmentSeal.SEGMENT_BYTES)
        * AttachmentSeal.SEGMENT_BYTES;
  }

  private Optional<Problem> tooLarge(long size) {
    long most = parts.settings().fileMib() * AttachmentParts.MIB;
    return size <= most
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Code.TOO_LARGE,
                "size",
                "is " + size + " bytes; at most " + most + " (attachments.file_mib)"));
  }

  private Optional<Problem> exceeded(AttachmentTable.Usage usage, long size) {
    long most = parts.settings().clientMib() * AttachmentParts.MIB;
    if (usage.bytes() + size > most) {
      return limit(
          "the files of this client have "
              + usage.bytes()
              + " bytes and may have "
              + most
              + " (attachments.client_mib)");
    }
    return usage.files() < parts.settings().clientFiles()
        ? Optional.empty()
        : limit(
            "this client has "
                + usage.files()
                + " files, as many as attachments.client_files allows");
  }

  private static Optional<Problem> limit(String words) {
    return Optional.of(new Problem(Code.LIMIT_REACHED, "size", words));
  }

  /** Writes the next bytes; durable on return. */
  Result<WriteUploadResponse> write(NodeName client, AttachmentId id, WriteUploadRequest request) {
    if (!takes(client, request.getData().size())) {
      return Result.refused(
          Code.OVERLOADED,
          "data",
          "the uploads of this client are faster than attachments.client_kib_per_second allows;"
              + " write the same bytes again in a moment");
    }
    if (!writing.add(id)) {
      return Result.refused(
          Code.OUT_OF_ORDER, "upload_id", "another call writes to this upload; write one by one");
    }
    try {
      OwnAttachment record = ofClient(client, id).orElse(null);
      return record == null
          ? AttachmentParts.notFound("upload_id", id)
          : write(id, record, request);
    } catch (IOException e) {
      LOG.warn("upload {} cannot be continued now: {}", id, e.getMessage());
      return Result.refused(
          Code.OVERLOADED,
          "data",
          "too few machines of this gateway's cluster take the bytes; nothing was written: write"
              + " the same bytes again in a moment");
    } finally {
      writing.remove(id);
    }
  }

  /** As much as comes in a second may come at once, and one write in any case. */
  private boolean takes(NodeName client, int bytes) {
    long perSecond = parts.settings().clientKibPerSecond() * 1024L;
    TokenBucket rate =
        rates.computeIfAbsent(
            client,
            name ->
                new TokenBucket(perSecond, Math.max(perSecond, writeBytes()), nanos.getAsLong()));
    synchronized (rate) {
      return rate.take(Math.min(bytes, writeBytes()), nanos.getAsLong());
    }
  }

  private Result<WriteUploadResponse> write(
      AttachmentId id, OwnAttachment record, WriteUploadRequest request) throws IOException {
    UploadFacts facts = record.getComplete() ? null : facts(id, record).orElse(null);
    if (facts == null) {
      return record.getComplete()
          ? Result.refused(Code.OUT_OF_ORDER, "upload_id", "this upload is complete")
          : AttachmentParts.notFound("upload_id", id);
    }
    Optional<Problem> away = parts.lacksFolder("data");
    if (away.isPresent()) {
      return new Result.Refused<>(away.get());
    }
    SealedFile file = parts.folder().own(id, record.getSize());
    try (AttachmentSeal seal = seal(id, record.getSize(), facts)) {
      int next = continued(id, file, seal);
      Optional<Problem> wrong =
          misplaced(record.getSize(), next, request)
              .or(() -> parts.lacksRoom(request.getData().size()));
      if (wrong.isPresent()) {
        return new Result.Refused<>(wrong.get());
      }
      append(id, file, seal, next, request.getData());
      copy(id, file, next);
      return file.present() == file.segments()
          ? complete(id, record, facts, file, seal)
          : Result.done(written(record.getSize(), file.present(), false));
    }
  }

  /** Where the bytes must begin, and how many there may be. */
  private Optional<Problem> misplaced(long size, int next, WriteUploadRequest request) {
    long committed = end(size, next);
    int length = request.getData().size();
    if (request.getOffset() != committed) {
      return Optional.of(
          new Problem(
              Code.OUT_OF_ORDER,
              "offset",
              "is " + request.getOffset() + "; the upload continues at " + committed));
    }
    boolean fits =
        length <= writeBytes()
            && length <= size - committed
            && (length % AttachmentSeal.SEGMENT_BYTES == 0 || committed + length == size);
    return fits && (length > 0 || committed == size)
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Code.INVALID_FIELD,
                "data",
                "has "
                    + length
                    + " bytes; valid is a multiple of "
                    + AttachmentSeal.SEGMENT_BYTES
                    + " up to "
                    + writeBytes()
                    + ", or exactly the last bytes of "
                    + size));
  }

  /**
   * Where an upload goes on. Cuts off what a write that failed has left: Linux calls it written
   * after one failed sync, and later syncs succeed.
   */
  private int continued(AttachmentId id, SealedFile file, AttachmentSeal seal) throws IOException {
    Integer known = durable.get(id);
    if (known == null) {
      return resumed(id, file, seal);
    }
    if (file.present() > known) {
      cut(id, file, known);
    }
    return file.present();
  }

  /** Counts as durable first what stays: the next write cuts again what a failed cut leaves. */
  private void cut(AttachmentId id, SealedFile file, int segments) throws IOException {
    durable.put(id, segments);
    change(id, () -> file.cut(segments));
  }

  /**
   * Takes up an upload that an earlier process, or another machine, has begun.
   *
   * @return its segments
   * @throws IOException if others may have more of it and do not answer
   */
  private int resumed(AttachmentId id, SealedFile file, AttachmentSeal seal) throws IOException {
    int before = file.present();
    parts
        .mirror()
        .resume(
            AttachmentFolder.ownName(id),
            AttachmentSeal.sealedOffset(before),
            AttachmentSeal.sealedLength(seal.size()));
    change(id, () -> file.mend(seal, SEGMENTS_AT_ONCE + file.present() - before));
    durable.put(id, file.present());
    return file.present();
  }

  private void append(
      AttachmentId id, SealedFile file, AttachmentSeal seal, int first, ByteString data)
      throws IOException {
    if (data.isEmpty()) {
      return;
    }
    parts.folder().make();
    List<byte[]> sealed = new ArrayList<>();
    for (int at = 0; at < data.size(); at += AttachmentSeal.SEGMENT_BYTES) {
      int end = Math.min(data.size(), at + AttachmentSeal.SEGMENT_BYTES);
      int segment = first + sealed.size();
      sealed.add(seal.seal(segment, data.substring(at, end).toByteArray(), random));
    }
    try {
      change(id, () -> file.write(first, sealed, true));
      if (first == 0) {
        parts.folder().sync();
      }
    } catch (UncheckedIOException e) {
      // Now, as a restart forgets what is known; the next write tries it again.
      try {
        cut(id, file, first);
      } catch (UncheckedIOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
    durable.put(id, file.present());
  }

  /**
   * On return the whole file is on most machines of a cluster; otherwise nothing is added. Also
   * after a write without bytes, which completes what a failed machine left uncopied.
   */
  private void copy(AttachmentId id, SealedFile file, int first) throws IOException {
    try {
      parts.mirror().copy(AttachmentFolder.ownName(id));
    } catch (IOException e) {
      cut(id, file, first);
      throw e;
    }
  }

  private void change(AttachmentId id, Runnable change) throws IOException {
    parts.mirror().change(AttachmentFolder.ownName(id), change);
  }

  /** Reads all of it again, so that only what is readable on the disk completes. */
  private Result<WriteUploadResponse> complete(
      AttachmentId id,
      OwnAttachment record,
      UploadFacts facts,
      SealedFile file,
      AttachmentSeal seal) {
    SealedFile.Hashes hashes = file.hashes(seal).orElse(null);
    boolean otherThanStated =
        hashes != null
            && !facts.getSha256().isEmpty()
            && !facts.getSha256().equals(hashes.content());
    if (hashes == null || otherThanStated) {
      discard(id, file);
      return Result.refused(
          Code.INVALID_FIELD,
          "sha256",
          "the uploaded bytes do not have the stated hash; the upload is removed, begin again");
    }
    UploadFacts whole = facts.toBuilder().setSha256(hashes.content()).build();
    OwnAttachment done =
        record.toBuilder()
            .setComplete(true)
            .setSealedSha256(hashes.sealed())
            .setSealed(sealed(id, whole, record.getUntilMs()))
            .build();
    boolean there =
        parts
            .gateway()
            .ledger()
            .commit(
                Lane.ROUTINE,
                tx -> {
                  if (parts.table().find(tx, id) == null) {
                    return false; // it expired meanwhile
                  }
                  parts.table().put(tx, id, done);
                  return true;
                });
    if (there) {
      files.completed(id);
    }
    return there
        ? Result.done(written(record.getSize(), file.segments(), true))
        : AttachmentParts.notFound("upload_id", id);
  }

  private void discard(AttachmentId id, SealedFile file) {
    boolean unused =
        parts.gateway().ledger().commit(Lane.ROUTINE, tx -> parts.table().remove(tx, id));
    durable.remove(id);
    file.delete();
  }

  private static WriteUploadResponse written(long size, int segments, boolean complete) {
    return WriteUploadResponse.newBuilder()
        .setCommitted(end(size, segments))
        .setComplete(complete)
        .build();
  }

  private static long end(long size, int segments) {
    return Math.min(size, (long) segments * AttachmentSeal.SEGMENT_BYTES);
  }

  /** How far an upload is. */
  Result<ShowUploadResponse> show(NodeName client, AttachmentId id) {
    OwnAttachment record = ofClient(client, id).orElse(null);
    if (record == null) {
      return AttachmentParts.notFound("upload_id", id);
    }
    Optional<Problem> away =
        record.getComplete() ? Optional.empty() : parts.lacksFolder("upload_id");
    if (away.isPresent()) {
      return new Result.Refused<>(away.get());
    }
    int segments;
    try {
      segments = segments(id, record);
    } catch (IOException e) {
      LOG.warn("upload {} cannot be shown now: {}", id, e.getMessage());
      return Result.refused(
          Code.OVERLOADED,
          "upload_id",
          "other machines of this gateway's cluster may have more of the upload and do not answer;"
              + " ask again in a moment");
    }
    return Result.done(
        ShowUploadResponse.newBuilder()
            .setCommitted(end(record.getSize(), segments))
            .setSize(record.getSize())
            .setWriteBytes(writeBytes())
            .setComplete(record.getComplete())
            .setMessageId(record.getMessageId())
            .setExpiresAt(Timestamps.fromMillis(record.getUntilMs()))
            .build());
  }

  private int segments(AttachmentId id, OwnAttachment record) throws IOException {
    if (record.getComplete()) {
      return AttachmentSeal.segments(record.getSize());
    }
    // A crash may have left segments that nobody acknowledged.
    Integer known = durable.get(id);
    return known == null
        ? resumedSegments(id, record)
        : Math.min(known, parts.folder().own(id, record.getSize()).present());
  }

  private int resumedSegments(AttachmentId id, OwnAttachment record) throws IOException {
    SealedFile file = parts.folder().own(id, record.getSize());
    UploadFacts facts = facts(id, record).orElse(null);
    if (facts == null || !writing.add(id)) {
      return file.present();
    }
    try (AttachmentSeal seal = seal(id, record.getSize(), facts)) {
      return resumed(id, file, seal);
    } finally {
      writing.remove(id);
    }
  }

  /** A complete upload of a client that no message has, or why it cannot be sent. */
  Result<Complete> complete(NodeName client, AttachmentId id, String field) {
    OwnAttachment record = ofClient(client, id).orElse(null);
    if (record == null) {
      return AttachmentParts.notFound(field, "upload " + id);
    }
    if (!record.getMessageId().isEmpty()) {
      return Result.refused(
          Code.INVALID_FIELD, field, "upload " + id + " belongs to another message already");
    }
    if (!record.getComplete()) {
      return Result.refused(
          Code.INVALID_FIELD, field, "upload " + id + " is not complete; write the rest first");
    }
    return facts(id, record)
        .<Result<Complete>>map(facts -> Result.done(new Complete(id, record.getSize(), facts)))
        .orElseGet(() -> AttachmentParts.notFound(field, "upload " + id));
  }

  /** Keeps an upload, with its key, until a time at least. */
  void keep(Transaction tx, AttachmentId id, long untilMillis) {
    OwnAttachment record = parts.table().find(tx, id);
    if (record != null && record.getUntilMs() < untilMillis) {
      facts(id, record)
          .ifPresent(
              facts ->
                  parts
                      .table()
                      .put(
                          tx,
                          id,
                          record.toBuilder()
                              .setSealed(sealed(id, facts, untilMillis))
                              .setUntilMs(untilMillis)
                              .build()));
    }
  }

  private Optional<OwnAttachment> ofClient(NodeName client, AttachmentId id) {
    return Optional.ofNullable(parts.table().find(id))
        .filter(record -> record.getClientToken().equals(parts.table().token(client.value())))
        .filter(record -> record.getUntilMs() > parts.endingMillis());
  }

  private Optional<UploadFacts> facts(AttachmentId id, OwnAttachment record) {
    return parts
        .gateway()
        .records()
        .atRest()
        .open(AttachmentTable.place(id), record.getSealed().toByteArray())
        .map(bytes -> CorruptRecord.parse(UploadFacts.parser(), bytes, "ATTACHMENT"));
  }

  private static AttachmentSeal seal(AttachmentId id, long size, UploadFacts facts) {
    return new AttachmentSeal(id, size, SecretBytes.takeOver(facts.getKey().toByteArray()));
  }

  /** Forgets what this process knows of an upload that is removed. */
  void gone(AttachmentId id) {
    durable.remove(id);
  }
}
