package org.entente.loadtests.scenario.action;

import com.google.protobuf.Message;
import java.util.List;

/** Texts that an answer must not have. */
public final class WithheldTexts {
  private WithheldTexts() {}

  /** None of them stands in any text of the answer, however deep. */
  public static void none(Message answer, List<String> texts, StepFindings findings) {
    String whole = MessageTexts.of(answer).toString();
    for (String one : texts) {
      findings.add(
          "is not told \"" + one + "\"",
          "is " + (whole.contains(one) ? "" : "not ") + "told \"" + one + "\"",
          !whole.contains(one));
    }
  }
}
