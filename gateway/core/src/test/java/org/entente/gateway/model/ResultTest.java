package org.entente.gateway.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ResultTest {
  private static final Problem PROBLEM = new Problem(Code.NOT_FOUND, "id", "is unknown");

  private static final Result<String> DONE = Result.done("seals");
  private static final Result<String> REFUSED = Result.refused(PROBLEM);

  @Test
  void step_afterAValue_takesTheValue() {
    assertEquals(Result.done(5), DONE.map(String::length));
    assertEquals(REFUSED, DONE.then(value -> REFUSED));
    assertEquals(
        Result.done(5),
        DONE.thenLater(value -> CompletableFuture.completedFuture(Result.done(5))).join());
  }

  @Test
  void step_afterARefusal_isNotTaken() {
    assertEquals(REFUSED, REFUSED.map(value -> fail("mapped")));
    assertEquals(REFUSED, REFUSED.then(value -> fail("taken")));
    assertEquals(REFUSED, REFUSED.thenLater(value -> fail("taken")).join());
  }

  @Test
  void result_givesOneOfItsTwoSides() {
    assertEquals("seals", DONE.fold(value -> value, Problem::message));
    assertEquals("is unknown", REFUSED.fold(value -> value, Problem::message));
    assertEquals(Optional.empty(), DONE.refusal());
    assertEquals(Optional.of(PROBLEM), REFUSED.refusal());
    assertEquals("seals", DONE.orElseThrow(problem -> new IllegalStateException()));
    assertEquals(
        "is unknown",
        assertThrows(
                IllegalStateException.class,
                () -> REFUSED.orElseThrow(problem -> new IllegalStateException(problem.message())))
            .getMessage());
  }

  @Test
  void missingValueAndFoundProblem_refuse() {
    assertEquals(DONE, Result.of(Optional.of("seals"), () -> PROBLEM));
    assertEquals(REFUSED, Result.of(Optional.empty(), () -> PROBLEM));
    assertEquals(DONE, Result.unless(Optional.empty(), () -> DONE));
    assertEquals(REFUSED, Result.unless(Optional.of(PROBLEM), () -> fail("taken")));
    assertEquals(REFUSED, Result.refused(Code.NOT_FOUND, "id", "is unknown"));
  }

  @Test
  void value_isNotPrinted() {
    assertFalse(DONE.toString().contains("seals"), DONE.toString());
  }

  @Test
  void problem_toClientsAndBack_isTheSame() {
    assertEquals(PROBLEM, Problem.of(PROBLEM.toProto()));
  }
}
