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
 * What must go along with content that is passed on: how it is classified, handled and marked, for
 * what it came, and for how long it may be kept. Pure.
 */
final class PropagatedRestrictions {
  private final SharingOrder sharing;

  PropagatedRestrictions(SharingOrder sharing) {
    this.sharing = sharing;
  }

  /** What a draft leaves behind of a source that it passes on at this time. */
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
   * The days that what passes on these may be kept, of those that are granted for it: it outlives
   * none of them. 1 where the time of one is over, of which {@link #leftBehind} says so.
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
              + "; what passes it on is at least that");
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
                + ", which goes along with it, unless a higher classification does")
        : Optional.empty();
  }

  private static Optional<AgreementMismatch> handling(Label draft, Label came) {
    List<Handling> lacking = new ArrayList<>(came.getHandlingList());
    lacking.removeAll(draft.getHandlingList());
    if (!lacking.isEmpty()) {
      return refused("handling", "handling " + EnumNames.words(lacking) + " goes along with it");
    }
    // Words of another restriction may be added. What it says is for those who are given the label.
    return draft.getHandlingText().contains(came.getHandlingText().strip())
        ? Optional.empty()
        : refused(
            "handling_text",
            "a restriction in words goes along with it; handling_text holds it as it came");
  }

  private static Optional<AgreementMismatch> use(Label draft, Label came) {
    if (came.getPersonalData() && !draft.getPersonalData()) {
      return refused("personal_data", "it has personal data, and the draft says that it has none");
    }
    return draft.getPurpose() == came.getPurpose()
        ? Optional.empty()
        : refused(
            "purpose",
            "it came for " + EnumNames.word(came.getPurpose()) + "; it goes on for nothing else");
  }

  private Optional<AgreementMismatch> markings(Label draft, Label came) {
    for (String marking : came.getMarkingsList()) {
      List<String> enough = sharing.atLeast(marking);
      if (Collections.disjoint(draft.getMarkingsList(), enough)) {
        return refused(
            "markings",
            "it is marked "
                + marking
                + "; what passes it on is marked "
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
                + " more days, and what passes it on for 1 at least");
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
