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
 * equal rulings and rulings can be cached.
 *
 * <p>Facts of the label: the fields that agreements name and those that conditions read. Facts of
 * the body: which of the agreements' size limits it exceeds, before and after each agreement's
 * redactions. Facts of the time: between which two starts or ends of agreements it lies. If a
 * condition reads the time itself, rulings cannot be cached.
 */
final class RulingFacts {
  /** The stage of a message's life at which a ruling is made; the checks differ by stage. */
  enum Stage {
    DRAFT,
    QUEUED,
    INGRESS
  }

  /** The facts of a transfer. Its lists are made for it alone: one for each message. */
  record Key(
      Stage stage,
      AgencyName origin,
      AgencyName recipient,
      List<Object> label,
      int sizeClass,
      int timeClass,
      List<RecipientContent.Remainder> left) {}

  /** Fields of the label that agreements name. */
  private static final int AGREED_FIELDS = 10;

  /** Marks an absent field; differs from every value, including the default. */
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
    // Includes the empty redaction: an agreement that withholds nothing refuses a label that names
    // withheld fields.
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

  /** Whether rulings can be cached. */
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
   * The label's facts in a fixed order. They are values, not a label, because this runs for each
   * message.
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

  /** The number of starts and ends at or before a time. */
  private int timeClass(Instant now) {
    int found = Arrays.binarySearch(boundaries, now);
    return found >= 0 ? found + 1 : -found - 1;
  }
}
