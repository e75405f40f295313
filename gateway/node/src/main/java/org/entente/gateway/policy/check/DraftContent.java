package org.entente.gateway.policy.check;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.ProtoBytes;
import org.entente.gateway.policy.terms.AgreementMismatch;
import org.entente.gateway.policy.terms.RecipientContent;
import org.entente.gateway.policy.terms.Redactions;
import org.entente.proto.v1.AttachmentKey;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * The content that recipients receive of a draft; each redacted form is made once. Redacted content
 * is checked as a recipient would check it, so that nothing is sent that a recipient must refuse.
 *
 * <p>Redacted content counts as personal data if the originator declares the draft so, or if the
 * redacted content itself names a person. Safe for use by several threads.
 */
public final class DraftContent implements RecipientContent {
  private final @Nullable RecipientContent unseen;
  private final Label label;
  private final boolean stated;
  private final Body body;
  private final ByteString bytes;
  private final Form whole;
  private final List<AttachmentKey> keys;
  private final Map<Redactions, Form> forms = new ConcurrentHashMap<>();

  /** A redacted body, with the facts that policy needs about it. */
  private record Form(ByteString body, Remainder given) {}

  /**
   * A draft's content.
   *
   * @param label completed: personal data is set if the body names a person
   * @param stated whether the originator declares personal data
   */
  public DraftContent(Label label, boolean stated, Body body) {
    this(label, stated, body, null, List.of());
  }

  private DraftContent(
      Label label,
      boolean stated,
      Body body,
      @Nullable RecipientContent unseen,
      List<AttachmentKey> keys) {
    this.unseen = unseen;
    this.keys = keys;
    this.label = label;
    this.stated = stated;
    this.body = body;
    this.bytes = UnsafeByteOperations.unsafeWrap(ProtoBytes.canonical(body));
    this.whole = new Form(bytes, new Remainder(label.getPersonalData(), bytes.size(), null));
  }

  /**
   * Content of a draft whose body is unknown.
   *
   * @param namesPersons whether the persons that it would name are its only personal data
   */
  static DraftContent unseen(Label label, boolean namesPersons) {
    return new DraftContent(
        label,
        label.getPersonalData(),
        Body.getDefaultInstance(),
        namesPersons ? RecipientContent.naming(label, 0) : RecipientContent.unseen(label, 0),
        List.of());
  }

  /** The same with keys of attachments, which no redaction sees. */
  DraftContent with(List<AttachmentKey> more) {
    return new DraftContent(label, stated, body, unseen, List.copyOf(more));
  }

  /** The keys of the attachments, for recipients of whom they are not withheld. */
  public List<AttachmentKey> attachmentKeys() {
    return keys;
  }

  /** The whole serialised body. */
  public ByteString body() {
    return bytes;
  }

  /** The whole body. */
  public Body whole() {
    return body;
  }

  /** The serialised body after redaction. */
  public ByteString body(Redactions redactions) {
    return form(redactions).body();
  }

  @Override
  public Remainder given(Redactions redactions) {
    return form(redactions).given();
  }

  private Form form(Redactions redactions) {
    // Most agreements withhold nothing of a body, and each is evaluated for every draft.
    return unseen == null && !redactions.isOfBodies()
        ? whole
        : forms.computeIfAbsent(redactions, this::made);
  }

  private Form made(Redactions redactions) {
    if (unseen != null) {
      return new Form(bytes, unseen.given(redactions));
    }
    if (body.hasDocument()) {
      return cannot(
          "the body is a document, from which no field can be withheld; this agreement withholds "
              + redactions.words());
    }
    Body left = redactions.body(body);
    List<Problem> problems = LabelBodyCheck.left(redactions.label(label), left);
    if (!problems.isEmpty()) {
      Problem first = problems.get(0);
      return cannot(
          "the body is invalid without the fields that this agreement withholds: "
              + first.field()
              + " "
              + first.message());
    }
    ByteString serialised = left.toByteString();
    boolean personal = stated || SubjectCheck.namesPerson(left);
    return new Form(serialised, new Remainder(personal, serialised.size(), null));
  }

  private Form cannot(String reason) {
    AgreementMismatch failure = new AgreementMismatch("redactions", Code.NOT_REDACTABLE, reason);
    return new Form(
        ByteString.EMPTY, new Remainder(label.getPersonalData(), bytes.size(), failure));
  }
}
