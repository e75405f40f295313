package org.entente.gateway.policy.check;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.terms.AgreementMismatch;
import org.entente.gateway.policy.terms.RecipientContent;
import org.entente.gateway.policy.terms.Redactions;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * What recipients get of a draft, each form made once. What is left is checked as a recipient would
 * check it, so that nothing is sent that it must refuse.
 *
 * <p>There are personal data in what is left if the originator says so of the draft, or if it names
 * a person; that the whole draft names one is no reason. Safe for use by several threads.
 */
public final class DraftContent implements RecipientContent {
  private final @Nullable RecipientContent unseen;
  private final Label label;
  private final boolean stated;
  private final Body body;
  private final ByteString bytes;
  private final Form whole;
  private final Map<Redactions, Form> forms = new ConcurrentHashMap<>();

  /** What is left of the body, and what policy asks about it. */
  private record Form(ByteString body, Remainder given) {}

  /**
   * A draft's content.
   *
   * @param label completed: personal data are raised where the body names a person
   * @param stated whether the originator says that there are personal data
   */
  public DraftContent(Label label, boolean stated, Body body) {
    this(label, stated, body, null);
  }

  private DraftContent(Label label, boolean stated, Body body, @Nullable RecipientContent unseen) {
    this.unseen = unseen;
    this.label = label;
    this.stated = stated;
    this.body = body;
    this.bytes = body.toByteString();
    this.whole = new Form(bytes, new Remainder(label.getPersonalData(), bytes.size(), null));
  }

  /**
   * Of a draft that is asked about without its body.
   *
   * @param namesPersons whether the persons that it would name are its only personal data
   */
  static DraftContent unseen(Label label, boolean namesPersons) {
    return new DraftContent(
        label,
        label.getPersonalData(),
        Body.getDefaultInstance(),
        namesPersons ? RecipientContent.naming(label, 0) : RecipientContent.unseen(label, 0));
  }

  /** The serialised body, whole. */
  public ByteString body() {
    return bytes;
  }

  /** The body, whole. */
  public Body whole() {
    return body;
  }

  /** The serialised body that is left. */
  public ByteString body(Redactions redactions) {
    return form(redactions).body();
  }

  @Override
  public Remainder given(Redactions redactions) {
    return form(redactions).given();
  }

  private Form form(Redactions redactions) {
    // Most agreements withhold nothing of a body, and each is asked about with every draft.
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
          "a document is bytes, of which nothing can be withheld; this agreement withholds "
              + redactions.words());
    }
    Body left = redactions.body(body);
    List<Problem> problems = LabelBodyCheck.left(redactions.label(label), left);
    if (!problems.isEmpty()) {
      Problem first = problems.get(0);
      return cannot(
          "what this agreement leaves of it is no message: "
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
