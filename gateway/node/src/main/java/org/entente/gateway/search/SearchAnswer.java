package org.entente.gateway.search;

import org.entente.gateway.model.Problem;

/** What came of a request to {@link MessageSearch}. */
public sealed interface SearchAnswer<T> {
  /** It is on record, and this may be shown. */
  record Shown<T>(T response) implements SearchAnswer<T> {
    /** Names nothing of what is shown. */
    @Override
    public String toString() {
      return "shown";
    }
  }

  /** Nothing was shown. */
  record Refused<T>(Problem problem) implements SearchAnswer<T> {}
}
