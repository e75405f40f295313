package org.entente.gateway.feature.ipr;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;

/**
 * The result of an act on a state machine.
 *
 * @param <S> type of the state
 */
sealed interface Transition<S> {
  /**
   * The act is possible.
   *
   * @param after the new state
   * @param words the act in words for the audit log, without content
   */
  record Next<S>(S after, String words) implements Transition<S> {
    /** Shows only the words. */
    @Override
    public String toString() {
      return words;
    }
  }

  /** The act was done before and changes nothing. */
  record Same<S>() implements Transition<S> {}

  /**
   * The act is not possible.
   *
   * @param problem the reason
   */
  record Refused<S>(Problem problem) implements Transition<S> {}

  static <S> Transition<S> refused(Code code, String field, String message) {
    return new Refused<>(new Problem(code, field, message));
  }

  static <S> Transition<S> outOfOrder(String field, String message) {
    return refused(Code.OUT_OF_ORDER, field, message);
  }

  static <S> Transition<S> passed(String field, Timestamp by) {
    return refused(
        Code.DEADLINE_PASSED, field, "is not in time; that was before " + Timestamps.toString(by));
  }
}
