package org.entente.gateway.feature.attachment;

import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.entente.gateway.account.TokenBucket;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.AttachmentId;
import org.entente.gateway.seal.AttachmentSeal;
import org.entente.proto.link.v1.AttachmentPart;
import org.entente.proto.link.v1.AttachmentRequest;
import org.entente.proto.store.v1.OwnAttachment;

/**
 * Gives sealed segments of own files to the recipients of their messages. Whether a file is
 * missing, over, or another's is one answer. Safe for many threads.
 */
final class AttachmentSupply {
  private final AttachmentParts parts;
  private final LongSupplier nanos;
  private final Map<AgencyName, TokenBucket> rates = new ConcurrentHashMap<>();

  AttachmentSupply(AttachmentParts parts, LongSupplier nanos) {
    this.parts = parts;
    this.nanos = nanos;
  }

  /**
   * The answer to a neighbour; empty if it exceeds its rate or the request is malformed, so that it
   * asks again later.
   */
  Optional<AttachmentPart> answer(AgencyName neighbour, AttachmentRequest request) {
    if (request.getMessageId().size() != AttachmentId.SIZE
        || request.getAttachmentId().size() != AttachmentId.SIZE
        || !isWithinRate(neighbour)) {
      return Optional.empty();
    }
    AttachmentPart.Builder part =
        AttachmentPart.newBuilder()
            .setMessageId(request.getMessageId())
            .setAttachmentId(request.getAttachmentId())
            .setSegment(request.getSegment());
    Optional<byte[]> sealed = segment(neighbour, request);
    return Optional.of(
        sealed.isPresent()
            ? part.setSealed(ByteString.copyFrom(sealed.get())).build()
            : part.setRefused(true).build());
  }

  private Optional<byte[]> segment(AgencyName neighbour, AttachmentRequest request) {
    AttachmentId id = AttachmentId.of(request.getAttachmentId().toByteArray());
    OwnAttachment record = parts.table().find(id);
    if (record == null
        || !record.getMessageId().equals(request.getMessageId())
        || !record.getRecipientsList().contains(neighbour.value())
        || record.getUntilMs() <= parts.endingMillis()
        || Integer.compareUnsigned(request.getSegment(), AttachmentSeal.segments(record.getSize()))
            >= 0) {
      return Optional.empty();
    }
    return parts.folder().own(id, record.getSize()).read(request.getSegment());
  }

  private boolean isWithinRate(AgencyName neighbour) {
    long now = nanos.getAsLong();
    long perSecond = parts.settings().agencyKibPerSecond() * 1024L;
    TokenBucket rate =
        rates.computeIfAbsent(neighbour, name -> new TokenBucket(perSecond, perSecond, now));
    synchronized (rate) {
      return rate.take(AttachmentSeal.SEALED_BYTES, now);
    }
  }
}
