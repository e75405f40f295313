package org.entente.gateway.testkit;

import static org.junit.jupiter.api.Assertions.fail;

import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;

/** The one or the other side of a result; a test fails if it is the wrong one. */
public final class Results {
  private Results() {}

  /** The value of a request that must have succeeded. */
  public static <T> T value(Result<T> result) {
    return result.fold(value -> value, problem -> fail("refused: " + problem));
  }

  /** The problem of a request that must have been refused. */
  public static Problem problem(Result<?> result) {
    return result.refusal().orElseGet(() -> fail("not refused"));
  }

  /** The code of that problem. */
  public static Code code(Result<?> result) {
    return problem(result).code();
  }
}
