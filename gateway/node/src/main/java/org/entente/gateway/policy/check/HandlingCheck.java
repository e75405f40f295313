package org.entente.gateway.policy.check;

import java.util.List;
import java.util.Set;
import org.entente.gateway.cel.LabelSizes;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Purpose;

/** Checks a label's handling codes and the fields that they require. */
final class HandlingCheck {
  /** The purposes permitted under H0. */
  private static final Set<Purpose> CRIME =
      Set.of(Purpose.PURPOSE_CRIME_PREVENTION, Purpose.PURPOSE_CRIMINAL_INVESTIGATION);

  private HandlingCheck() {}

  static void check(Label label, ValidationErrors findings) {
    List<Handling> codes = label.getHandlingList();
    if (!findings.count("label.handling", codes.size(), LabelSizes.HANDLING)) {
      return;
    }
    for (int i = 0; i < codes.size(); i++) {
      findings.required("label.handling[" + i + "]", codes.get(i));
    }
    findings.noRepeats("label.handling", codes);
    findings.line("label.handling_text", label.getHandlingText(), LabelSizes.HANDLING_TEXT);
    findings.check(
        !codes.contains(Handling.HANDLING_H3) || !label.getHandlingText().isBlank(),
        "label.handling_text",
        "is required with H3");
    forCrimeOnly(label, findings);
  }

  /** The code and the purpose must agree, so that a reader cannot choose between them. */
  private static void forCrimeOnly(Label label, ValidationErrors findings) {
    if (label.getHandlingList().contains(Handling.HANDLING_H0)
        && label.getPurposeValue() != 0
        && !CRIME.contains(label.getPurpose())) {
      findings.invalid(
          "label.handling",
          "contains H0, which is only for preventing and combating crime, but the purpose is "
              + EnumNames.word(label.getPurpose())
              + "; valid with H0 is one of "
              + EnumNames.words(CRIME));
    }
  }
}
