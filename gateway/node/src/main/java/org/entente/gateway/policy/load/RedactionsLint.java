package org.entente.gateway.policy.load;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.policy.codes.FileLint;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.FieldPath;
import org.entente.gateway.policy.terms.RedactableFields;
import org.entente.gateway.policy.terms.Redactions;
import org.entente.proto.v1.Kind;
import org.jspecify.annotations.Nullable;

/** Converts an agreement file's withheld fields to {@link Redactions}, or reports the problems. */
final class RedactionsLint {
  private static final String FIELD = "redactions";

  private final FileLint file;
  private final List<FieldPath> paths = new ArrayList<>();

  RedactionsLint(FileLint file) {
    this.file = file;
  }

  /** The withheld fields, except those for which a problem is reported. */
  Redactions lint(@Nullable List<String> written, Agreement.Covers covers) {
    if (written == null) {
      return Redactions.NONE;
    }
    if (written.isEmpty() || written.size() > Redactions.MOST) {
      file.wrong(
          FIELD,
          written.isEmpty() ? "an empty list" : written.size() + " fields",
          "1 to " + Redactions.MOST + " fields, or no redactions");
      return Redactions.NONE;
    }
    for (int i = 0; i < written.size(); i++) {
      String text = written.get(i) == null ? "nothing" : written.get(i);
      add(place(i, written.size()), text, covers);
    }
    for (FieldPath path : paths) {
      whole(path);
    }
    unread(covers);
    return new Redactions(paths);
  }

  private String place(int index, int size) {
    String place = FIELD + "[" + index + "]";
    return size == 1 && !file.positions().has(place) ? FIELD : place;
  }

  private void add(String place, String text, Agreement.Covers covers) {
    RedactableFields.PathLookup found = RedactableFields.find(text);
    if (found instanceof RedactableFields.PathLookup.NotRedactable not) {
      file.wrong(place, not.wrong(), not.valid());
      return;
    }
    FieldPath path = ((RedactableFields.PathLookup.Redactable) found).path();
    Optional<FieldPath> other =
        paths.stream().filter(it -> it.contains(path) || path.contains(it)).findFirst();
    if (other.isPresent()) {
      file.wrong(
          place,
          other.get().equals(path)
              ? text + " a second time"
              : text + " beside " + other.get().text() + ", of which one lies within the other",
          "the wider of the two, once");
      return;
    }
    paths.add(path);
    Kind kind = RedactableFields.kind(path);
    if (!path.isOfLabel() && !covers.kinds().contains(kind)) {
      file.warn(
          place,
          text + " is a field of " + EnumNames.word(kind) + ", which this agreement does not cover",
          "fields of " + (covers.kinds().isEmpty() ? "no kind" : EnumNames.words(covers.kinds())));
    }
  }

  /** The remaining content must be valid: some fields are valid only together. */
  private void whole(FieldPath path) {
    Optional<FieldDescriptor> with = RedactableFields.companion(path);
    boolean there =
        with.isEmpty()
            || paths.stream().anyMatch(it -> it.isBeside(path) && it.field() == with.get());
    if (!there) {
      file.wrong(
          FIELD,
          path.text() + " without " + with.get().getName() + " beside it",
          "both, or neither");
    }
  }

  /** Both ends evaluate a condition, on the label after redaction. */
  private void unread(Agreement.Covers covers) {
    Set<String> read = covers.condition().map(Condition::labelFields).orElse(Set.of());
    for (FieldPath path : paths) {
      if (path.isOfLabel() && read.contains(path.field().getName())) {
        file.wrong(
            FIELD,
            "covers.condition reads " + path.text() + ", which is withheld from the recipient",
            "a condition on fields that the recipient receives, or no redaction of this field");
      }
    }
  }
}
