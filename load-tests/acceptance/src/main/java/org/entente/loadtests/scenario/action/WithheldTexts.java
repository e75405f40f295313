package org.entente.loadtests.scenario.action;

import com.google.protobuf.Message;
import java.util.List;

/** Check for texts that an answer must not contain. */
public final class WithheldTexts {
  private WithheldTexts() {}

  /** Checks that no text of the answer contains any of them, at any depth. */
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
