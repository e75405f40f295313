package org.entente.gateway.policy.analysis;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.DraftCheck;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.check.LabelSpace;
import org.entente.gateway.policy.decide.OnwardSource;
import org.entente.gateway.policy.decide.Residual;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.ClassificationReview;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Purpose;
import org.jspecify.annotations.Nullable;

/**
 * A question about a draft with one unknown label field; the rest is checked like a draft.
 * Immutable.
 */
public final class OpenQuestion {
  private static final ByteString SOME_ID = ByteString.copyFrom(new byte[MessageId.SIZE]);
  private static final Set<MessageType> CHANGING =
      Set.of(
          MessageType.MESSAGE_TYPE_UPDATE,
          MessageType.MESSAGE_TYPE_CANCEL,
          MessageType.MESSAGE_TYPE_RECTIFICATION,
          MessageType.MESSAGE_TYPE_RESTRICTION);

  private final CheckedDraft checked;
  private final Label label;
  private final @Nullable Body body;
  private final boolean namesPersons;

  private OpenQuestion(
      CheckedDraft checked, Label label, @Nullable Body body, boolean namesPersons) {
    this.checked = checked;
    this.label = label;
    this.body = body;
    this.namesPersons = namesPersons;
  }

  /** The result of checking. */
  public sealed interface CheckResult {
    /** The question can be answered. */
    record Asked(OpenQuestion question) implements CheckResult {}

    /** The question is invalid, with the problem. */
    record Wrong(Problem problem) implements CheckResult {}
  }

  /**
   * Checks the known part.
   *
   * @param draft may lack the key and the body
   * @param field the unknown field; the draft's value for it is ignored
   * @param namesPersons for a draft without body: whether the persons that it would name are its
   *     only personal data
   */
  public static CheckResult of(
      LabelCheck check, Draft draft, String field, boolean namesPersons, Instant now) {
    if (!Residual.fields().contains(field)) {
      return wrong(
          "unknown",
          InvalidValue.printable(field)
              + " is not a field that can be left unknown; valid: "
              + String.join(", ", Residual.fields()));
    }
    Label filled = filled(draft.getLabel(), field);
    DraftCheck checking =
        check.question(draft.toBuilder().setLabel(filled).build(), namesPersons, now);
    if (checking instanceof DraftCheck.InvalidDraft invalid) {
      return new CheckResult.Wrong(invalid.problems().get(0));
    }
    CheckedDraft checked = (CheckedDraft) checking;
    if (!checked.to().getOperation().isEmpty()) {
      return wrong(
          "to.operation", "cannot be combined with an unknown field; name the members instead");
    }
    Label said =
        checked.label().toBuilder()
            .setPersonalData(filled.getPersonalData() || namesPersons)
            .build();
    return new CheckResult.Asked(
        new OpenQuestion(checked, said, draft.hasBody() ? draft.getBody() : null, namesPersons));
  }

  private static CheckResult wrong(String field, String what) {
    return new CheckResult.Wrong(new Problem(Code.INVALID_FIELD, field, what));
  }

  /** The draft, with some value in the unknown field. */
  public CheckedDraft checked() {
    return checked;
  }

  /**
   * The known part.
   *
   * @param sources the messages that it passes on, as received
   */
  public Residual.KnownPart known(List<OnwardSource> sources) {
    return new Residual.KnownPart(
        label, body, namesPersons, checked.namesPersonAndReason(), sources);
  }

  /** The label with some value in a required field, so that the rest can be checked. */
  private static Label filled(Label label, String field) {
    Label.Builder out = label.toBuilder();
    FieldDescriptor unknown = Label.getDescriptor().findFieldByName(field);
    boolean written =
        unknown.isRepeated()
            ? label.getRepeatedFieldCount(unknown) > 0
            : !label.getField(unknown).equals(unknown.getDefaultValue());
    if (written) {
      return label;
    }
    switch (field) {
      case "kind" -> out.setKind(Kind.KIND_ALERT);
      case "category" -> out.setCategory(Category.CATEGORY_OTHER);
      case "purpose" -> out.setPurpose(Purpose.PURPOSE_CRIME_PREVENTION);
      case "classification" -> out.setClassification(Classification.CLASSIFICATION_UNCLASSIFIED);
      case "in_reply_to" -> out.setInReplyTo(SOME_ID);
      default -> beside(out, field);
    }
    return out.build();
  }

  /** Sets a field that is required together with another one. */
  private static void beside(Label.Builder out, String field) {
    switch (field) {
      case "handling_text" -> out.setHandlingText("some restriction");
      case "message_type" -> {
        if (!out.getReferences().isEmpty()) {
          out.setMessageType(MessageType.MESSAGE_TYPE_UPDATE);
        }
      }
      case "references" -> {
        if (CHANGING.contains(out.getMessageType())) {
          out.setReferences(SOME_ID);
        }
      }
      case "classification_scheme" -> {
        if (!out.getClassificationMarking().isEmpty()) {
          out.setClassificationScheme(LabelSpace.OTHER_SCHEME);
        }
      }
      case "classification_marking" -> {
        if (!out.getClassificationScheme().isEmpty()) {
          out.setClassificationMarking(LabelSpace.OTHER_TEXT);
        }
      }
      case "classification_review" -> {
        if (!out.getClassificationReviewOn().isEmpty()) {
          out.setClassificationReview(ClassificationReview.CLASSIFICATION_REVIEW_REVIEW);
        }
      }
      case "classification_review_on" -> {
        if (out.getClassificationReviewValue() != 0) {
          out.setClassificationReviewOn(LabelSpace.OTHER_DAY);
        }
      }
      default -> {
        // All other fields are optional.
      }
    }
  }
}
