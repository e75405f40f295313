package org.entente.gateway.ipr;

import org.entente.gateway.model.Problem;

/**
 * What came of a call.
 *
 * @param <T> what is answered
 */
public sealed interface IprResult<T> {
  /**
   * It is durable and on record.
   *
   * @param response what may be shown
   */
  record Done<T>(T response) implements IprResult<T> {
    /** Names nothing of what is shown. */
    @Override
    public String toString() {
      return "done";
    }
  }

  /**
   * Nothing changed, and nothing was shown.
   *
   * @param problem why
   */
  record Refused<T>(Problem problem) implements IprResult<T> {}
}
