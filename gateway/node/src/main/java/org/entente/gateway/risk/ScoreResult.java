package org.entente.gateway.risk;

import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;

/** What came of a request. */
public sealed interface ScoreResult<T> {
  /** It is done and on record. */
  record Done<T>(T response) implements ScoreResult<T> {
    /** Names nothing of what is shown. */
    @Override
    public String toString() {
      return "done";
    }
  }

  /** Nothing changed, and nothing was shown. */
  record Refused<T>(Problem problem) implements ScoreResult<T> {}

  /** The one answer about every message that is not given, so that it tells nobody why. */
  static <T> ScoreResult<T> notFound() {
    return new Refused<>(
        new Problem(Code.NOT_FOUND, "message_id", "no such message is here that may be given"));
  }
}
