package org.entente.gateway.policy.terms;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.cel.LabelSizes;
import org.entente.gateway.model.Code;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Person;
import org.jspecify.annotations.Nullable;

/**
 * The fields that an agreement withholds from recipients. Pure: redacting equal messages gives
 * equal results. Immutable; safe for use by several threads.
 *
 * <p>A list entry that becomes empty is removed; so the kind of a subject goes together with its
 * subject. A redacted body loses the fields unknown to this version, since nobody can tell what
 * they contain.
 */
public final class Redactions {
  /** Most fields that an agreement may name. */
  public static final int MOST = LabelSizes.REDACTED;

  /** An agreement that withholds nothing. */
  public static final Redactions NONE = new Redactions(List.of());

  private static final Tree NOTHING = new Tree();

  private final List<FieldPath> paths;
  private final Tree tree = new Tree();
  private final boolean ofBodies;
  private final String words;

  /** For each kind, what {@link #of} gives: it is asked for each message and agreement. */
  private final Map<Kind, List<String>> ofKinds = new ConcurrentHashMap<>();

  /** What is found in labels under another agreement: most name no field. */
  private final Map<Kind, AgreementMismatch> unnamed = new ConcurrentHashMap<>();

  private final Map<String, AgreementMismatch> contained = new ConcurrentHashMap<>();

  /** The fields of a message that are withheld or contain withheld fields. */
  private static final class Tree {
    /** Keyed by full field names, since descriptors of several messages cannot be compared. */
    private final Map<String, Tree> within = new HashMap<>();

    private boolean withheld;

    Tree at(FieldDescriptor field) {
      return within.getOrDefault(field.getFullName(), NOTHING);
    }
  }

  public Redactions(List<FieldPath> paths) {
    this.paths = paths.stream().sorted(Comparator.comparing(FieldPath::text)).toList();
    this.words = String.join(", ", this.paths.stream().map(FieldPath::text).toList());
    this.ofBodies = paths.stream().anyMatch(path -> !path.isOfLabel());
    for (FieldPath path : this.paths) {
      Tree at = tree;
      for (FieldDescriptor step : path.steps()) {
        at = at.within.computeIfAbsent(step.getFullName(), unused -> new Tree());
      }
      at.withheld = true;
    }
  }

  /** Whether nothing is withheld. */
  public boolean isNone() {
    return paths.isEmpty();
  }

  /** Whether it withholds a field of some body. */
  public boolean isOfBodies() {
    return ofBodies;
  }

  /** The withheld fields, sorted, as agreements write them. */
  public List<String> fields() {
    return paths.stream().map(FieldPath::text).toList();
  }

  /** The withheld fields, sorted, each with its meaning. */
  public List<String> fieldsInWords() {
    return paths.stream().map(RedactableFields::inWords).toList();
  }

  /** Whether it withholds a field of the bodies of a kind. */
  public boolean isOfBodies(Kind kind) {
    return paths.stream().anyMatch(it -> !it.isOfLabel() && RedactableFields.isOf(it, kind));
  }

  /** The withheld fields that a message of a kind can have, sorted, as its label names them. */
  public List<String> of(Kind kind) {
    if (paths.isEmpty()) {
      return List.of();
    }
    List<String> known = ofKinds.get(kind);
    return known == null ? ofKinds.computeIfAbsent(kind, this::found) : known;
  }

  private List<String> found(Kind kind) {
    return paths.stream()
        .filter(path -> RedactableFields.isOf(path, kind))
        .map(FieldPath::text)
        .toList();
  }

  /** Whether no natural person remains in any body of a kind that can name one. */
  boolean leavesNoPerson(Kind kind) {
    return RedactableFields.holdsOnlyWithin(kind, Person.getDescriptor(), paths);
  }

  /** The label without the withheld fields. */
  public Label label(Label label) {
    Label.Builder out = label.toBuilder();
    paths.stream().filter(FieldPath::isOfLabel).forEach(path -> out.clearField(path.field()));
    return out.build();
  }

  /** The body without the withheld fields. */
  public Body body(Body body) {
    return (Body) without(body, tree);
  }

  /** The first withheld field that a label contains. */
  Optional<String> foundIn(Label label) {
    for (FieldPath path : paths) {
      if (path.isOfLabel() && path.isIn(label)) {
        return Optional.of(path.text());
      }
    }
    return Optional.empty();
  }

  /** Of a label of a kind that names no withheld field, although there is one. */
  AgreementMismatch unnamed(Kind kind) {
    return unnamed.computeIfAbsent(kind, k -> misnamed(k, List.of()));
  }

  /** Of a label of a kind that names other fields than those withheld. */
  AgreementMismatch misnamed(Kind kind, List<String> named) {
    return failure(
        "the label says that "
            + listed(named)
            + " is withheld; under this agreement it must be "
            + listed(of(kind)));
  }

  /** Of a label that contains a field of {@link #foundIn(Label)}. */
  AgreementMismatch contained(String field) {
    return contained.computeIfAbsent(
        field, found -> failure("it contains " + found + ", which this agreement withholds"));
  }

  /** The content received differs from what the agreement permits. */
  private static AgreementMismatch failure(String reason) {
    return new AgreementMismatch("redactions", Code.NOT_REDACTED, reason);
  }

  private static String listed(List<String> fields) {
    return fields.isEmpty() ? "nothing" : String.join(", ", fields);
  }

  /** The first withheld field that a body contains. */
  public Optional<String> foundIn(Body body) {
    return paths.stream()
        .filter(path -> !path.isOfLabel() && path.isIn(body))
        .map(FieldPath::text)
        .findFirst();
  }

  private static Message without(Message message, Tree withheld) {
    Message.Builder out = message.newBuilderForType();
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              Tree within = withheld.at(field);
              if (within.withheld) {
                return;
              }
              if (field.getJavaType() != JavaType.MESSAGE || field.isMapField()) {
                out.setField(field, value);
              } else if (field.isRepeated()) {
                for (Object entry : (List<?>) value) {
                  left((Message) entry, within).ifPresent(it -> out.addRepeatedField(field, it));
                }
              } else {
                left((Message) value, within).ifPresent(it -> out.setField(field, it));
              }
            });
    return out.build();
  }

  /** The message after redaction; empty if redaction removed everything it had. */
  private static Optional<Message> left(Message message, Tree withheld) {
    Message left = without(message, withheld);
    boolean emptied = left.getAllFields().isEmpty() && !message.getAllFields().isEmpty();
    return emptied ? Optional.empty() : Optional.of(left);
  }

  /** The withheld fields in words. */
  public String words() {
    return words;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Redactions that && paths.equals(that.paths);
  }

  @Override
  public int hashCode() {
    return Objects.hash(paths);
  }

  @Override
  public String toString() {
    return words();
  }
}
