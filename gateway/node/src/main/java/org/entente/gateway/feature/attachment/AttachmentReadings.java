package org.entente.gateway.feature.attachment;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.deliver.MessageOpening;
import org.entente.gateway.deliver.MessageVisibility;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.model.AttachmentId;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.seal.AttachmentSeal;
import org.entente.proto.store.v1.FetchedAttachment;
import org.entente.proto.v1.Attachment;
import org.entente.proto.v1.AttachmentKey;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OpenAttachmentRequest;
import org.entente.proto.v1.OpenAttachmentResponse;
import org.entente.proto.v1.OpenRequest;
import org.entente.proto.v1.OpenResponse;
import org.entente.proto.v1.ReadAttachmentRequest;
import org.entente.proto.v1.ReadAttachmentResponse;
import org.jspecify.annotations.Nullable;

/**
 * Reads attachments of received messages for persons. Opening one opens its message, with all that
 * this records and requires. Each read checks again that the message may be read, and gets the key
 * out of the message: once that is erased, nothing is read any more. Calls block; safe for many
 * threads.
 */
final class AttachmentReadings {
  /** Bytes of one read. */
  private static final int READ_BYTES = 8 * AttachmentSeal.SEGMENT_BYTES;

  private static final Duration IDLE = Duration.ofHours(1);

  private final AttachmentParts parts;
  private final AttachmentFetches fetches;
  private final CompleteFiles files;
  private final MessageOpening opening;
  private final InboxOpener inbox;
  private final Desks desks;
  private final LongSupplier nanos;

  /** By client: beyond its limit, its own one not used for longest ends. */
  private final Map<NodeName, Cache<AttachmentId, Reading>> open = new ConcurrentHashMap<>();

  AttachmentReadings(
      AttachmentParts parts, AttachmentFetches fetches, CompleteFiles files, LongSupplier nanos) {
    this.parts = parts;
    this.fetches = fetches;
    this.files = files;
    this.opening = parts.gateway().opening();
    this.inbox = parts.gateway().records().inbox();
    this.desks = parts.gateway().records().desks();
    this.nanos = nanos;
  }

  private Cache<AttachmentId, Reading> openOf(NodeName client) {
    return open.computeIfAbsent(
        client,
        name ->
            Caffeine.newBuilder()
                .executor(Runnable::run)
                .ticker(nanos::getAsLong)
                .expireAfterAccess(IDLE)
                .build());
  }

  /** A maximum size of the cache would end what is used rarely, often the newest. */
  private void add(NodeName client, AttachmentId id, Reading reading) {
    Cache<AttachmentId, Reading> own = openOf(client);
    own.put(id, reading);
    int over = (int) own.estimatedSize() - parts.settings().clientReadings();
    if (over > 0) {
      own.policy()
          .expireAfterAccess()
          .ifPresent(order -> own.invalidateAll(order.oldest(over).keySet()));
    }
  }

  /** An open attachment. */
  private record Reading(
      NodeName client, MessageId message, Attachment attachment, boolean exercise) {
    AttachmentFetch.Key name() {
      return new AttachmentFetch.Key(message, AttachmentId.of(attachment.getId().toByteArray()));
    }
  }

  /** Opens an attachment for an officer, and begins to fetch it. */
  Result<OpenAttachmentResponse> open(
      NodeName client, MessageId message, OpenAttachmentRequest request) {
    Result<OpenResponse> opened =
        opening.open(
            client,
            message,
            OpenRequest.newBuilder()
                .setMessageId(request.getMessageId())
                .setOnBehalfOf(request.getOnBehalfOf())
                .setExercise(request.getExercise())
                .build());
    if (opened instanceof Result.Refused<OpenResponse> refused) {
      return new Result.Refused<>(refused.problem());
    }
    Label label = ((Result.Done<OpenResponse>) opened).value().getMessage().getLabel();
    Attachment attachment = wanted(label, request);
    if (attachment == null) {
      return Result.refused(Code.NOT_FOUND, "attachment_id", noSuch(label, request));
    }
    Reading reading = new Reading(client, message, attachment, request.getExercise());
    Optional<Problem> problem = fetched(reading);
    if (problem.isPresent()) {
      return new Result.Refused<>(problem.get());
    }
    AttachmentId id = AttachmentId.fresh(parts.gateway().environment().random());
    add(client, id, reading);
    return Result.done(
        OpenAttachmentResponse.newBuilder()
            .setReadingId(ByteString.copyFrom(id.bytes()))
            .setAttachment(attachment)
            .setReadBytes(READ_BYTES)
            .build());
  }

  /** Who may open the message may know its attachments' ids, of which there are few. */
  private static String noSuch(Label label, OpenAttachmentRequest request) {
    if (label.getAttachmentsCount() == 0) {
      return "the message has no attachment";
    }
    HexFormat hex = HexFormat.of();
    return (request.getAttachmentId().isEmpty()
            ? "is required, as the message has several attachments"
            : "the message has no such attachment")
        + "; valid: "
        + label.getAttachmentsList().stream()
            .map(one -> hex.formatHex(one.getId().toByteArray()))
            .collect(Collectors.joining(", "));
  }

  private static @Nullable Attachment wanted(Label label, OpenAttachmentRequest request) {
    if (request.getAttachmentId().isEmpty() && label.getAttachmentsCount() == 1) {
      return label.getAttachments(0);
    }
    return label.getAttachmentsList().stream()
        .filter(one -> one.getId().equals(request.getAttachmentId()))
        .findFirst()
        .orElse(null);
  }

  private Optional<Problem> fetched(Reading reading) {
    Result<ReadableAttachment> readable = readable(reading);
    if (readable instanceof Result.Refused<ReadableAttachment> refused) {
      return Optional.of(refused.problem());
    }
    ReadableAttachment it = ((Result.Done<ReadableAttachment>) readable).value();
    return fetches.begin(
        new AttachmentFetch.Parties(it.hit().origin(), reading.client()),
        reading.message(),
        reading.attachment(),
        it.key());
  }

  /** A message that may be read now, with the key of one of its attachments. */
  private record ReadableAttachment(MessageVisibility.Hit hit, AttachmentKey key) {
    /** Shows no key. */
    @Override
    public String toString() {
      return "attachment of " + hit.id();
    }
  }

  private Result<ReadableAttachment> readable(Reading reading) {
    Result<MessageVisibility.OpenedHit> whole =
        opening
            .visibility()
            .open(reading.message(), desks.sight(reading.client()), reading.exercise());
    if (whole instanceof Result.Refused<MessageVisibility.OpenedHit> refused) {
      return new Result.Refused<>(refused.problem());
    }
    MessageVisibility.Hit hit = ((Result.Done<MessageVisibility.OpenedHit>) whole).value().hit();
    return inbox.attachmentKeys(hit.placed()).stream()
        .filter(key -> key.getId().equals(reading.attachment().getId()))
        .findFirst()
        .<Result<ReadableAttachment>>map(key -> Result.done(new ReadableAttachment(hit, key)))
        .orElseGet(() -> MessageVisibility.notFound(reading.message()));
  }

  /** Reads bytes that are here. */
  Result<ReadAttachmentResponse> read(
      NodeName client, AttachmentId id, ReadAttachmentRequest request) {
    Reading reading = openOf(client).getIfPresent(id);
    if (reading == null) {
      return AttachmentParts.notFound("reading_id", "the open attachment " + id);
    }
    Result<ReadableAttachment> readable = readable(reading);
    if (readable instanceof Result.Refused<ReadableAttachment> refused) {
      return new Result.Refused<>(refused.problem());
    }
    AttachmentFetch.Key name = reading.name();
    FetchedAttachment record = parts.table().fetched(name.message(), name.attachment());
    if (record == null) {
      return AttachmentParts.notFound("reading_id", "the file");
    }
    AttachmentFetch fetch = fetches.of(name);
    Optional<Problem> failed = fetch == null ? Optional.empty() : fetch.failure();
    if (failed.isPresent()) {
      return new Result.Refused<>(failed.get());
    }
    long size = record.getSize();
    int segments = fetch == null ? 0 : fetch.have();
    if (record.getComplete()) {
      boolean here = files.isHere(name, record);
      segments = here ? AttachmentSeal.segments(size) : 0;
    }
    if (fetch == null && !record.getComplete()) {
      Optional<Problem> again = fetched(reading);
      if (again.isPresent()) {
        return new Result.Refused<>(again.get());
      }
    }
    ReadableAttachment it = ((Result.Done<ReadableAttachment>) readable).value();
    try (AttachmentSeal seal =
        new AttachmentSeal(
            name.attachment(), size, SecretBytes.takeOver(it.key().getKey().toByteArray()))) {
      return read(
          seal, parts.folder().fetched(name.message(), name.attachment(), size), segments, request);
    }
  }

  private Result<ReadAttachmentResponse> read(
      AttachmentSeal seal, SealedFile file, int segments, ReadAttachmentRequest request) {
    long here = Math.min(seal.size(), (long) segments * AttachmentSeal.SEGMENT_BYTES);
    ReadAttachmentResponse.Builder out = ReadAttachmentResponse.newBuilder().setHere(here);
    long limit = Integer.toUnsignedLong(request.getLimit());
    long most = limit == 0 ? READ_BYTES : Math.min(limit, READ_BYTES);
    long from = request.getOffset();
    if (from < 0 || from >= here) {
      return Result.done(out.build()); // unsigned on the wire
    }
    long end = Math.min(here, from + most);
    List<ByteString> data = new ArrayList<>();
    for (long at = from; at < end; ) {
      int segment = (int) (at / AttachmentSeal.SEGMENT_BYTES);
      int start = (int) (at % AttachmentSeal.SEGMENT_BYTES);
      Optional<byte[]> plain = file.read(segment).flatMap(bytes -> seal.open(segment, bytes));
      if (plain.isEmpty()) {
        return new Result.Refused<>(
            parts
                .lacksFolder("reading_id")
                .orElseGet(
                    () ->
                        new Problem(
                            Code.DAMAGED,
                            "reading_id",
                            "the file on this gateway's disk is damaged; its operator must look")));
      }
      int count = (int) Math.min(plain.get().length - start, end - at);
      data.add(ByteString.copyFrom(plain.get(), start, count));
      at += count;
    }
    return Result.done(out.setData(ByteString.copyFrom(data)).build());
  }
}
