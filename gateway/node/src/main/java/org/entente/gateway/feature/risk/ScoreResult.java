package org.entente.gateway.feature.risk;

import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;

/** The result of a request. */
public sealed interface ScoreResult<T> {
  /** The request is done and recorded. */
  record Done<T>(T response) implements ScoreResult<T> {
    /** Shows none of the content. */
    @Override
    public String toString() {
      return "done";
    }
  }

  /** Nothing changed and nothing is shown. */
  record Refused<T>(Problem problem) implements ScoreResult<T> {}

  /** The one answer for every message that is not shown, so that it reveals no reason. */
  static <T> ScoreResult<T> notFound() {
    return new Refused<>(
        new Problem(Code.NOT_FOUND, "message_id", "not found, or access not permitted"));
  }
}
