package org.entente.gateway.ipr;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;

/**
 * What a state machine makes of an act.
 *
 * @param <S> a state
 */
sealed interface Transition<S> {
  /**
   * It follows.
   *
   * @param after the state from then on
   * @param words what was done, for the audit log: no content
   */
  record Next<S>(S after, String words) implements Transition<S> {
    /** The words only. */
    @Override
    public String toString() {
      return words;
    }
  }

  /** It was done before, and changes nothing. */
  record Same<S>() implements Transition<S> {}

  /**
   * It does not follow.
   *
   * @param problem why
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
