package org.entente.gateway.cel;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Timestamp;
import java.util.Map;
import java.util.Optional;
import org.entente.proto.v1.Addressees;
import org.entente.proto.v1.Attachment;
import org.entente.proto.v1.Label;

/**
 * Maximum sizes of a label: entries of its lists, characters of its texts. The label checks use
 * these figures, and the {@link ConditionCost cost} of conditions is computed from them.
 */
public final class LabelSizes {
  /** Handling codes, each once. */
  public static final int HANDLING = 4;

  /** Sharing markings, and characters of one. */
  public static final int MARKINGS = 8;

  public static final int MARKING = 40;

  /** Jurisdictions that the content concerns. */
  public static final int JURISDICTIONS = 16;

  /** Obligations of the recipient. */
  public static final int OBLIGATIONS = 16;

  /** Fields that are withheld, and characters of one's path. */
  public static final int REDACTED = 64;

  public static final int REDACTED_PATH = 120;

  /** Recipients whose names a label discloses. */
  public static final int ADDRESSEES = 512;

  /** Desks of one agency to which a message is directed, and characters of a desk's name. */
  public static final int DESKS = 8;

  public static final int DESK = 32;

  /** Attachments of a message, and characters of one's name and media type. */
  public static final int ATTACHMENTS = 16;

  public static final int ATTACHMENT_NAME = 200;
  private static final int MEDIA_TYPE = 100;

  public static final int HANDLING_TEXT = 500;
  public static final int LEGAL_BASIS = 200;
  public static final int CASE_REF = 80;
  public static final int SOURCE_REF = 80;
  public static final int SOURCE_EVALUATION = 20;
  public static final int CLASSIFICATION_MARKING = 80;

  private static final int ID = 16;
  private static final int HASH = 32;
  private static final int DATE = 10;
  private static final int SCHEME = 16;
  private static final int AGREEMENT = 64;
  private static final int TRACEPARENT = 55;
  private static final int JURISDICTION = 6;

  /** Characters of an agency's name. */
  static final int AGENCY = 35;

  private static final Map<String, Size> LABEL =
      Map.ofEntries(
          Map.entry("message_id", Size.text(ID)),
          Map.entry("origin", Size.text(AGENCY)),
          Map.entry("handling", Size.list(HANDLING, Size.SCALAR)),
          Map.entry("handling_text", Size.text(HANDLING_TEXT)),
          Map.entry("markings", Size.list(MARKINGS, Size.text(MARKING))),
          Map.entry("legal_basis", Size.text(LEGAL_BASIS)),
          Map.entry("case_ref", Size.text(CASE_REF)),
          Map.entry("in_reply_to", Size.text(ID)),
          Map.entry("source_evaluation", Size.text(SOURCE_EVALUATION)),
          Map.entry("agreement", Size.text(AGREEMENT)),
          Map.entry("jurisdictions", Size.list(JURISDICTIONS, Size.text(JURISDICTION))),
          Map.entry("source_ref", Size.text(SOURCE_REF)),
          Map.entry("classification_scheme", Size.text(SCHEME)),
          Map.entry("classification_marking", Size.text(CLASSIFICATION_MARKING)),
          Map.entry("classification_review_on", Size.text(DATE)),
          Map.entry("obligations", Size.list(OBLIGATIONS, Size.SCALAR)),
          Map.entry("operation_id", Size.text(ID)),
          Map.entry("operation_roster_hash", Size.text(HASH)),
          Map.entry("references", Size.text(ID)),
          Map.entry("traceparent", Size.text(TRACEPARENT)),
          Map.entry("desks", Size.list(DESKS, Size.text(DESK))),
          Map.entry("attachments", Size.list(ATTACHMENTS, Size.SCALAR)),
          Map.entry("redacted", Size.list(REDACTED, Size.text(REDACTED_PATH))));

  private static final Map<String, Size> ATTACHMENT =
      Map.ofEntries(
          Map.entry("id", Size.text(ID)),
          Map.entry("name", Size.text(ATTACHMENT_NAME)),
          Map.entry("media_type", Size.text(MEDIA_TYPE)),
          Map.entry("sha256", Size.text(HASH)),
          Map.entry("handling", Size.list(HANDLING, Size.SCALAR)));

  private LabelSizes() {}

  /** The size of a label field or of its parts; empty if unknown. */
  static Optional<Size> of(Descriptor message, String field) {
    if (message.equals(Addressees.getDescriptor())) {
      return Optional.of(Size.list(ADDRESSEES, Size.text(AGENCY)));
    }
    Size size =
        message.equals(Label.getDescriptor())
            ? LABEL.get(field)
            : message.equals(Attachment.getDescriptor()) ? ATTACHMENT.get(field) : null;
    FieldDescriptor known = message.findFieldByName(field);
    if (size != null || known == null || known.isRepeated()) {
      return Optional.ofNullable(size);
    }
    return switch (known.getJavaType()) {
      case STRING, BYTE_STRING -> Optional.empty();
      case MESSAGE ->
          known.getMessageType().equals(Timestamp.getDescriptor())
              ? Optional.of(Size.SCALAR)
              : Optional.empty();
      default -> Optional.of(Size.SCALAR);
    };
  }
}
