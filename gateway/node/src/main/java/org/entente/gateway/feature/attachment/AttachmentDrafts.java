package org.entente.gateway.feature.attachment;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.entente.gateway.intake.DraftHook;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.AttachmentId;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.proto.store.v1.OwnAttachment;
import org.entente.proto.v1.Attachment;
import org.entente.proto.v1.AttachmentKey;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * Puts uploads into drafts that name them. An upload goes with one message: it is reserved while a
 * draft that names it is on its way. The commit of the message notes who may fetch it and drops the
 * key, which from then on is in the message alone.
 */
final class AttachmentDrafts implements DraftHook {
  private final AttachmentParts parts;
  private final Uploads uploads;
  private final Map<AttachmentId, Object> reserved = new ConcurrentHashMap<>();

  AttachmentDrafts(AttachmentParts parts, Uploads uploads) {
    this.parts = parts;
    this.uploads = uploads;
  }

  /** Refuses drafts with attachments, at a gateway that keeps none. */
  static final class Refusal implements DraftHook {
    @Override
    public Prepared explain(NodeName client, CheckedDraft draft, Instant now) {
      return new Prepared(
          draft, draft.label().getAttachmentsCount() == 0 ? null : AttachmentsOff.problem());
    }
  }

  @Override
  public Prepared explain(NodeName client, CheckedDraft draft, Instant now) {
    return prepared(client, draft, now, null);
  }

  @Override
  public Prepared begin(NodeName client, CheckedDraft draft, Instant now, Object attempt) {
    return prepared(client, draft, now, attempt);
  }

  private Prepared prepared(
      NodeName client, CheckedDraft draft, Instant now, @Nullable Object attempt) {
    if (draft.label().getAttachmentsCount() == 0) {
      return new Prepared(draft, null);
    }
    Optional<Problem> unreachable = unreachable(draft);
    if (unreachable.isPresent()) {
      return new Prepared(draft, unreachable.get());
    }
    List<Attachment> attachments = new ArrayList<>();
    List<AttachmentKey> keys = new ArrayList<>();
    for (int i = 0; i < draft.label().getAttachmentsCount(); i++) {
      AttachmentId id = id(draft.label().getAttachments(i));
      String field = "label.attachments[" + i + "]";
      if (attempt != null && reserved.putIfAbsent(id, attempt) != null) {
        return new Prepared(draft, taken(field, id));
      }
      Result<Uploads.Complete> upload = uploads.complete(client, id, field);
      if (upload instanceof Result.Refused<Uploads.Complete> refused) {
        return new Prepared(draft, refused.problem());
      }
      Uploads.Complete complete = ((Result.Done<Uploads.Complete>) upload).value();
      attachments.add(attachment(complete, now));
      keys.add(key(complete));
    }
    return new Prepared(draft.carrying(attachments, attempt == null ? List.of() : keys), null);
  }

  private static Problem taken(String field, AttachmentId id) {
    return new Problem(
        Code.OVERLOADED,
        field,
        "upload " + id + " belongs to another draft that is being sent; try again");
  }

  /** Those to whom no link leads could never fetch it. */
  private Optional<Problem> unreachable(CheckedDraft draft) {
    return draft.named().stream()
        .filter(agency -> parts.ways(agency).isEmpty())
        .findFirst()
        .map(
            agency ->
                new Problem(
                    Code.NO_ROUTE,
                    "to.agencies",
                    "no link of this gateway leads to "
                        + agency
                        + ", so it could not fetch the attachments; leave it out, or ask this"
                        + " gateway's operator for a link"));
  }

  private Attachment attachment(Uploads.Complete upload, Instant now) {
    return Attachment.newBuilder()
        .setId(ByteString.copyFrom(upload.id().bytes()))
        .setName(upload.facts().getName())
        .setMediaType(upload.facts().getMediaType())
        .setSize(upload.size())
        .setSha256(upload.facts().getSha256())
        .addAllHandlingValue(upload.facts().getHandlingList())
        .setAvailableUntil(Timestamps.fromMillis(now.plus(parts.available()).toEpochMilli()))
        .build();
  }

  private static AttachmentKey key(Uploads.Complete upload) {
    return AttachmentKey.newBuilder()
        .setId(ByteString.copyFrom(upload.id().bytes()))
        .setKey(upload.facts().getKey())
        .build();
  }

  @Override
  public void end(CheckedDraft draft, Object attempt) {
    draft.label().getAttachmentsList().forEach(one -> reserved.remove(id(one), attempt));
  }

  /** Nobody would upload them again for a draft that waits. */
  @Override
  public void held(Transaction tx, Label label, long untilMillis) {
    label.getAttachmentsList().forEach(one -> uploads.keep(tx, id(one), untilMillis));
  }

  @Override
  public void sent(Transaction tx, String client, List<Permitted> messages) {
    Permitted first = messages.get(0);
    if (first.writtenLabel().getAttachmentsCount() == 0) {
      return; // and so in the labels of its recipients
    }
    Map<AttachmentId, Set<String>> recipients = new LinkedHashMap<>();
    first
        .writtenLabel()
        .getAttachmentsList()
        .forEach(one -> recipients.put(id(one), new TreeSet<>()));
    for (Permitted message : messages) {
      Set<String> agencies =
          message.permits().stream()
              .map(permit -> permit.recipient().value())
              .collect(Collectors.toSet());
      message
          .label()
          .getAttachmentsList()
          .forEach(
              one -> recipients.computeIfAbsent(id(one), id -> new TreeSet<>()).addAll(agencies));
    }
    long until = tx.nowMillis() + parts.available().toMillis();
    recipients.forEach((id, agencies) -> share(tx, id, first.messageId(), agencies, until));
  }

  private void share(
      Transaction tx, AttachmentId id, MessageId message, Set<String> agencies, long until) {
    OwnAttachment record = parts.table().find(tx, id);
    if (record != null) {
      parts
          .table()
          .put(
              tx,
              id,
              record.toBuilder()
                  .clearSealed()
                  .setMessageId(ByteString.copyFrom(message.bytes()))
                  .addAllRecipientTokens(
                      agencies.stream().map(agency -> parts.table().token(id, agency)).toList())
                  .setUntilMs(until)
                  .build());
    }
  }

  @Override
  public void recalled(Transaction tx, MessageId message) {
    for (AttachmentId id : parts.table().of(tx, message)) {
      OwnAttachment record = parts.table().find(tx, id);
      if (record != null && parts.table().remove(tx, id)) {
        parts.deleteAfter(tx, parts.folder().own(id, record.getSize()));
        tx.afterCommit(() -> uploads.gone(id));
      }
    }
  }

  private static AttachmentId id(Attachment one) {
    return AttachmentId.of(one.getId().toByteArray());
  }
}
