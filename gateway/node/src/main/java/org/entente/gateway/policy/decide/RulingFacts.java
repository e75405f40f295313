package org.entente.gateway.policy.decide;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.RecipientContent;
import org.entente.gateway.policy.terms.Redactions;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.gateway.policy.terms.Transfer;
import org.entente.proto.v1.Label;

/**
 * Reduces a transfer to the facts on which a rulebook's ruling depends, so that equal facts have
 * equal rulings and a ruling can be kept.
 *
 * <p>Of the label: the fields that agreements name and those that some condition reads. Of the
 * body: which of the agreements' size limits it exceeds, and the same of what is left of it where
 * an agreement withholds something. Of the time: between which two beginnings or ends of agreements
 * it lies. Where a condition reads the time itself, rulings cannot be kept.
 */
final class RulingFacts {
  /** When in a message's life a ruling is made; each asks other questions. */
  enum Stage {
    DRAFT,
    QUEUED,
    INGRESS
  }

  /** The facts of a transfer. */
  record Key(
      Stage stage,
      AgencyName origin,
      AgencyName recipient,
      List<Object> label,
      int sizeClass,
      int timeClass,
      List<RecipientContent.Remainder> left) {
    Key {
      label = List.copyOf(label);
      left = List.copyOf(left);
    }
  }

  /** Fields of the label that agreements name. */
  private static final int AGREED_FIELDS = 10;

  /** Stands for a field that is absent: other than all values, its default among them. */
  private static final Object ABSENT = new Object();

  private final List<FieldDescriptor> readByConditions;
  private final List<Redactions> redactions;
  private final int[] sizeLimits;
  private final Instant[] boundaries;
  private final boolean timeless;

  RulingFacts(Rulebook rulebook) {
    Descriptor label = Label.getDescriptor();
    this.readByConditions =
        rulebook
            .conditions()
            .flatMap(condition -> condition.labelFields().stream())
            .distinct()
            .map(label::findFieldByName)
            .toList();
    this.timeless = rulebook.conditions().noneMatch(Condition::readsNow);
    List<Agreement> agreements = rulebook.agreements();
    // Also that of agreements that withhold nothing: they take no label that says otherwise.
    this.redactions = agreements.stream().map(Agreement::redactions).distinct().toList();
    this.sizeLimits =
        agreements.stream()
            .mapToInt(a -> a.obligations().maxMessageBytes())
            .sorted()
            .distinct()
            .toArray();
    this.boundaries =
        agreements.stream()
            .map(Agreement::validity)
            .flatMap(v -> Stream.concat(Stream.of(v.begins()), v.ends().stream()))
            .sorted()
            .distinct()
            .toArray(Instant[]::new);
  }

  /** Whether rulings can be kept. */
  boolean keepable() {
    return timeless;
  }

  Key key(Stage stage, Transfer transfer) {
    return new Key(
        stage,
        transfer.origin(),
        transfer.recipient(),
        reduced(transfer.label()),
        sizeClass(transfer.bodyBytes()),
        timeClass(transfer.now()),
        left(transfer.content()));
  }

  private List<RecipientContent.Remainder> left(RecipientContent content) {
    List<RecipientContent.Remainder> left = new ArrayList<>(redactions.size());
    for (Redactions withheld : redactions) {
      left.add(left(content.given(withheld)));
    }
    return left;
  }

  private RecipientContent.Remainder left(RecipientContent.Remainder given) {
    return new RecipientContent.Remainder(
        given.personalData(), sizeClass(given.bodyBytes()), given.failure());
  }

  /**
   * What rulings depend on of a label, in one order: as values and not as a label, since this is
   * done for each message.
   */
  private List<Object> reduced(Label label) {
    List<Object> out = new ArrayList<>(AGREED_FIELDS + readByConditions.size());
    out.add(label.getKindValue());
    out.add(label.getCategoryValue());
    out.add(label.getPurposeValue());
    out.add(label.getClassificationValue());
    out.add(label.getHandlingValueList());
    out.add(label.getPersonalData());
    out.add(label.getAgreement());
    out.add(label.getRetentionDays());
    out.add(label.getClassificationScheme());
    out.add(label.getClassificationMarking());
    for (FieldDescriptor field : readByConditions) {
      boolean there = field.isRepeated() || !field.hasPresence() || label.hasField(field);
      out.add(there ? label.getField(field) : ABSENT);
    }
    return out;
  }

  /** How many of the size limits are exceeded. */
  private int sizeClass(long bytes) {
    int exceeded = 0;
    while (exceeded < sizeLimits.length && bytes > sizeLimits[exceeded]) {
      exceeded++;
    }
    return exceeded;
  }

  /** How many beginnings and ends lie at or before a time. */
  private int timeClass(Instant now) {
    int found = Arrays.binarySearch(boundaries, now);
    return found >= 0 ? found + 1 : -found - 1;
  }
}
