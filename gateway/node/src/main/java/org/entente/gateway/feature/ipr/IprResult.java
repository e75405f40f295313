package org.entente.gateway.feature.ipr;

import org.entente.gateway.model.Problem;

/**
 * The result of a call.
 *
 * @param <T> type of the response
 */
public sealed interface IprResult<T> {
  /**
   * The change is durable and recorded.
   *
   * @param response the response to show
   */
  record Done<T>(T response) implements IprResult<T> {
    /** Shows none of the content. */
    @Override
    public String toString() {
      return "done";
    }
  }

  /**
   * Nothing changed and nothing is shown.
   *
   * @param problem the reason
   */
  record Refused<T>(Problem problem) implements IprResult<T> {}
}
