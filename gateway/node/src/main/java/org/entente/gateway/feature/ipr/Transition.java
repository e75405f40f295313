package org.entente.gateway.feature.ipr;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Result;

/**
 * A possible act on a state machine.
 *
 * @param after the state after the act
 * @param words the act in words for the audit log, without content; empty if the act was done
 *     before and changes nothing
 * @param <S> type of the state
 */
record Transition<S>(S after, String words) {
  static <S> Result<Transition<S>> next(S after, String words) {
    return Result.done(new Transition<>(after, words));
  }

  static <S> Result<Transition<S>> same(S kept) {
    return next(kept, "");
  }

  static <T> Result<T> outOfOrder(String field, String message) {
    return Result.refused(Code.OUT_OF_ORDER, field, message);
  }

  static <T> Result<T> passed(String field, Timestamp by) {
    return Result.refused(
        Code.DEADLINE_PASSED, field, "is not in time; that was before " + Timestamps.toString(by));
  }

  boolean changes() {
    return !words.isEmpty();
  }

  /** Shows only the words. */
  @Override
  public String toString() {
    return words;
  }
}
