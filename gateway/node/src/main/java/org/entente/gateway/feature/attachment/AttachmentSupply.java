package org.entente.gateway.feature.attachment;

import com.google.protobuf.ByteString;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.AttachmentId;
import org.entente.gateway.seal.AttachmentSeal;
import org.entente.proto.link.v1.AttachmentPart;
import org.entente.proto.link.v1.AttachmentRequest;
import org.entente.proto.store.v1.OwnAttachment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives sealed segments of own files to the recipients of their messages. Whether a file is
 * missing, over, or another's is one answer. Safe for many threads.
 */
final class AttachmentSupply {
  private static final Logger LOG = LoggerFactory.getLogger(AttachmentSupply.class);

  private final AttachmentParts parts;
  private final CompleteFiles files;
  private final LongSupplier nanos;
  private final SegmentRates rates;

  /** Own files whose disk failed: the log says it once. */
  private final Set<AttachmentId> unreadable = ConcurrentHashMap.newKeySet();

  AttachmentSupply(AttachmentParts parts, CompleteFiles files, LongSupplier nanos) {
    this.parts = parts;
    this.files = files;
    this.nanos = nanos;
    this.rates = new SegmentRates(parts.settings().agencyKibPerSecond());
  }

  /**
   * The answer to a neighbour, for itself or for an agency that it leads to; empty if the agency
   * exceeds its rate, the request is malformed, the disk fails or is not mounted, or another
   * machine of the cluster has the file or may lead, so that it asks again later.
   *
   * @throws org.entente.gateway.model.InvalidValue if the requester's name is none
   */
  Optional<AttachmentPart> answer(AgencyName neighbour, AttachmentRequest request) {
    AgencyName requester =
        request.getRequester().isEmpty() ? neighbour : new AgencyName(request.getRequester());
    if (!parts.gateway().ledger().isCurrent()
        || request.getMessageId().size() != AttachmentId.SIZE
        || request.getAttachmentId().size() != AttachmentId.SIZE
        || !AttachmentRelay.speaksFor(parts::ways, neighbour, requester)
        || !rates.take(neighbour, requester, nanos.getAsLong())) {
      return Optional.empty();
    }
    AttachmentPart.Builder part =
        AttachmentPart.newBuilder()
            .setMessageId(request.getMessageId())
            .setAttachmentId(request.getAttachmentId())
            .setSegment(request.getSegment())
            .setRequester(request.getRequester());
    Optional<byte[]> sealed;
    try {
      OwnAttachment record = record(requester, request);
      AttachmentId id = AttachmentId.of(request.getAttachmentId().toByteArray());
      if (record != null && !files.isHere(id, record)) {
        return Optional.empty();
      }
      sealed =
          record == null
              ? Optional.empty()
              : parts.folder().own(id, record.getSize()).read(request.getSegment());
      if (record != null && sealed.isEmpty() && parts.lacksFolder("segment").isPresent()) {
        return Optional.empty();
      }
    } catch (UncheckedIOException e) {
      // It must not end the stream, on which notices come too.
      if (unreadable.add(AttachmentId.of(request.getAttachmentId().toByteArray()))) {
        LOG.error("an attachment cannot be given to {}", neighbour, e);
      }
      return Optional.empty();
    }
    return Optional.of(
        sealed.isPresent()
            ? part.setSealed(ByteString.copyFrom(sealed.get())).build()
            : part.setRefused(true).build());
  }

  /** The record of a file whose segment the agency may have now, or null. */
  private @Nullable OwnAttachment record(AgencyName requester, AttachmentRequest request) {
    AttachmentId id = AttachmentId.of(request.getAttachmentId().toByteArray());
    OwnAttachment record = parts.table().find(id);
    return record == null
            || !record.getMessageId().equals(request.getMessageId())
            || !record.getRecipientTokensList().contains(parts.table().token(id, requester.value()))
            || record.getUntilMs() <= parts.endingMillis()
            || Integer.compareUnsigned(
                    request.getSegment(), AttachmentSeal.segments(record.getSize()))
                >= 0
        ? null
        : record;
  }
}
