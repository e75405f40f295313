package org.entente.gateway.policy.check;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.entente.gateway.cel.LabelSizes;
import org.entente.gateway.crypto.ChunkedEncryption;
import org.entente.gateway.model.AttachmentId;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.seal.AttachmentSeal;
import org.entente.proto.v1.Attachment;
import org.entente.proto.v1.AttachmentKey;
import org.entente.proto.v1.BeginUploadRequest;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;

/** Checks what labels, bodies and uploads say of attachments. */
public final class AttachmentCheck {
  private static final int HASH_BYTES = 32;

  /** RFC 6838, section 4.2: names of types and subtypes. */
  private static final Pattern MEDIA_TYPE =
      Pattern.compile("[a-z0-9][a-z0-9!#$&^_.+-]{0,49}/[a-z0-9][a-z0-9!#$&^_.+-]{0,48}");

  private final ValidationErrors findings;

  AttachmentCheck(ValidationErrors findings) {
    this.findings = findings;
  }

  /**
   * Checks a client's upload, except for the gateway's own limit on its size.
   *
   * @return the first problem; empty if it is valid
   */
  public static Optional<Problem> upload(BeginUploadRequest request) {
    ValidationErrors findings = new ValidationErrors(true);
    findings.known("upload", request);
    AttachmentCheck check = new AttachmentCheck(findings);
    check.described(
        "",
        Attachment.newBuilder()
            .setName(request.getName())
            .setMediaType(request.getMediaType())
            .setSize(request.getSize())
            .addAllHandlingValue(request.getHandlingValueList())
            .build());
    findings.check(
        request.getSha256().isEmpty() || request.getSha256().size() == HASH_BYTES,
        "sha256",
        "must have 32 bytes or be empty");
    return findings.first();
  }

  /** Checks the list in a draft: uploads by their ids alone. */
  void draft(Label label) {
    if (isListed(label)) {
      for (int i = 0; i < label.getAttachmentsCount(); i++) {
        Attachment one = label.getAttachments(i);
        String field = "label.attachments[" + i + "]";
        id(field, one.getId());
        findings.check(
            one.equals(Attachment.newBuilder().setId(one.getId()).build()),
            field,
            "has more than its id; the gateway sets the rest from the upload");
      }
    }
  }

  /** Checks the list in a label from another gateway. */
  void received(Label label) {
    if (isListed(label)) {
      for (int i = 0; i < label.getAttachmentsCount(); i++) {
        Attachment one = label.getAttachments(i);
        String field = "label.attachments[" + i + "].";
        id(field + "id", one.getId());
        described(field, one);
        findings.check(
            one.getSha256().size() == HASH_BYTES, field + "sha256", "must have 32 bytes");
        findings.check(one.hasAvailableUntil(), field + "available_until", "is required");
        findings.time(field + "available_until", one.getAvailableUntil());
      }
    }
  }

  private boolean isListed(Label label) {
    findings.check(
        label.getAttachmentsCount() == 0 || mayHave(label.getKind()),
        "label.attachments",
        "are allowed with ALERT, INTELLIGENCE, REQUEST and ANSWER only");
    if (label.getAttachmentsCount() > 1) {
      findings.noRepeats(
          "label.attachments", label.getAttachmentsList().stream().map(Attachment::getId).toList());
    }
    return findings.count("label.attachments", label.getAttachmentsCount(), LabelSizes.ATTACHMENTS);
  }

  private static boolean mayHave(Kind kind) {
    return switch (kind) {
      case KIND_ALERT, KIND_INTELLIGENCE, KIND_REQUEST, KIND_ANSWER -> true;
      default -> false;
    };
  }

  private void id(String field, ByteString id) {
    findings.check(id.size() == AttachmentId.SIZE, field, "must have an id of 16 bytes");
  }

  private void described(String prefix, Attachment one) {
    findings.requiredLine(prefix + "name", one.getName(), LabelSizes.ATTACHMENT_NAME);
    findings.check(
        MEDIA_TYPE.matcher(one.getMediaType()).matches(),
        prefix + "media_type",
        "must be a media type in lower case without parameters, such as image/jpeg");
    findings.check(
        one.getSize() >= 1 && one.getSize() <= AttachmentSeal.MOST_BYTES,
        prefix + "size",
        "must be 1 to " + AttachmentSeal.MOST_BYTES + " bytes");
    handling(prefix + "handling", one.getHandlingList());
  }

  private void handling(String field, List<Handling> codes) {
    if (findings.count(field, codes.size(), LabelSizes.HANDLING)) {
      codes.forEach(code -> findings.required(field, code));
      findings.noRepeats(field, codes);
    }
  }

  /**
   * Each attachment of a label has its key in the body, in the same order, and there is no more.
   */
  static void keys(ValidationErrors findings, Label label, Body body) {
    List<ByteString> named = label.getAttachmentsList().stream().map(Attachment::getId).toList();
    List<ByteString> found =
        body.getAttachmentKeysList().stream().map(AttachmentKey::getId).toList();
    if (!named.equals(found)) {
      findings.add(
          Code.LABEL_BODY_MISMATCH,
          "body.attachment_keys",
          "are not those of the label's attachments");
    }
    findings.check(
        body.getAttachmentKeysList().stream()
            .allMatch(one -> one.getKey().size() == ChunkedEncryption.KEY_BYTES),
        "body.attachment_keys",
        "must have keys of 32 bytes");
  }
}
