package org.entente.gateway.policy.decide;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.policy.codes.SharingOrder;
import org.entente.gateway.policy.terms.AgreementMismatch;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Label;

/**
 * The restrictions that must travel with content that is passed on: classification, handling,
 * markings, purpose and retention. Pure.
 */
final class PropagatedRestrictions {
  private final SharingOrder sharing;

  PropagatedRestrictions(SharingOrder sharing) {
    this.sharing = sharing;
  }

  /** The first restriction of a source that a draft drops, at this time; empty if it keeps all. */
  Optional<AgreementMismatch> leftBehind(Label draft, OnwardSource source, Instant now) {
    Label came = source.label();
    return kindOfTraffic(draft, came)
        .or(() -> classification(draft, came))
        .or(() -> handling(draft, came))
        .or(() -> use(draft, came))
        .or(() -> markings(draft, came))
        .or(() -> time(source, now));
  }

  /**
   * The days that a message which passes on these sources may be on its way, or be kept: at most
   * the days granted, and no more than any source may be kept. It is 1 if a source's time is over,
   * which {@link #leftBehind} reports.
   */
  static int days(int granted, List<OnwardSource> sources, Instant now) {
    long left = granted;
    for (OnwardSource source : sources) {
      left = Math.min(left, Math.max(1, daysLeft(source, now).orElse(left)));
    }
    return Math.toIntExact(left);
  }

  private static Optional<AgreementMismatch> kindOfTraffic(Label draft, Label came) {
    return Exercise.of(draft) == Exercise.of(came)
        ? Optional.empty()
        : refused("exercise", "training and actual traffic are not mixed");
  }

  private static Optional<AgreementMismatch> classification(Label draft, Label came) {
    if (draft.getClassificationValue() < came.getClassificationValue()) {
      return refused(
          "classification",
          "it is "
              + EnumNames.word(came.getClassification())
              + "; a message that passes it on needs at least that");
    }
    boolean marked = !came.getClassificationScheme().isEmpty();
    boolean same =
        draft.getClassificationScheme().equals(came.getClassificationScheme())
            && draft.getClassificationMarking().equals(came.getClassificationMarking());
    return marked && !same && draft.getClassification() == came.getClassification()
        ? refused(
            "classification_scheme",
            "it is marked "
                + came.getClassificationScheme()
                + " "
                + came.getClassificationMarking()
                + ", which must be kept unless the new classification is higher")
        : Optional.empty();
  }

  private static Optional<AgreementMismatch> handling(Label draft, Label came) {
    List<Handling> lacking = new ArrayList<>(came.getHandlingList());
    lacking.removeAll(draft.getHandlingList());
    if (!lacking.isEmpty()) {
      return refused("handling", "handling " + EnumNames.words(lacking) + " must be kept");
    }
    // The draft may add words of another restriction. The handling text binds everyone who receives
    // the label.
    return draft.getHandlingText().contains(came.getHandlingText().strip())
        ? Optional.empty()
        : refused(
            "handling_text",
            "its handling_text must be kept: the new handling_text must contain it unchanged");
  }

  private static Optional<AgreementMismatch> use(Label draft, Label came) {
    if (came.getPersonalData() && !draft.getPersonalData()) {
      return refused(
          "personal_data",
          "it contains personal data, but the draft's label says that it has none");
    }
    return draft.getPurpose() == came.getPurpose()
        ? Optional.empty()
        : refused(
            "purpose",
            "it came for "
                + EnumNames.word(came.getPurpose())
                + "; it may be passed on only for that purpose");
  }

  private Optional<AgreementMismatch> markings(Label draft, Label came) {
    for (String marking : came.getMarkingsList()) {
      List<String> enough = sharing.atLeast(marking);
      if (Collections.disjoint(draft.getMarkingsList(), enough)) {
        return refused(
            "markings",
            "it is marked "
                + marking
                + "; a message that passes it on must be marked "
                + String.join(" or ", enough));
      }
    }
    return Optional.empty();
  }

  private static Optional<AgreementMismatch> time(OnwardSource source, Instant now) {
    OptionalLong left = daysLeft(source, now);
    return left.isEmpty() || left.getAsLong() >= 1
        ? Optional.empty()
        : refused(
            "retention_days",
            "it may be kept for "
                + Math.max(0, left.getAsLong())
                + " more days; a message that passes it on needs at least 1");
  }

  private static OptionalLong daysLeft(OnwardSource source, Instant now) {
    LocalDate last = source.lastDay();
    return last == null
        ? OptionalLong.empty()
        : OptionalLong.of(
            last.toEpochDay() - LocalDate.ofInstant(now, ZoneOffset.UTC).toEpochDay());
  }

  private static Optional<AgreementMismatch> refused(String field, String reason) {
    return Optional.of(new AgreementMismatch(field, Code.ONWARD_REFUSED, reason));
  }
}
