package org.entente.loadtests.traffic;

import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Body;

/** One-line title of a message's content. */
public final class Headline {
  private Headline() {}

  /**
   * The first headline of an alert, that of intelligence, the reason of a recall, the question of a
   * request, or a name.
   */
  public static String of(Body body) {
    if (body.hasAlert()) {
      Alert alert = body.getAlert();
      return alert.getTextsCount() > 0 ? alert.getTexts(0).getHeadline() : "";
    }
    if (body.hasRecall()) {
      return body.getRecall().getReason();
    }
    if (body.hasRequest()) {
      return body.getRequest().getQuestion();
    }
    return body.hasIntelligence()
        ? body.getIntelligence().getHeadline()
        : body.getDocument().getName();
  }
}
