package org.entente.gateway.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.Outcome;
import org.junit.jupiter.api.Test;

/** Outcomes as clients receive them. */
class OutcomeMapperTest {
  private static final Problem FIRST = new Problem(Code.INVALID_FIELD, "label.kind", "is required");

  @Test
  void invalid_namesTheOtherFaultsToo() {
    Problem second = new Problem(Code.LABEL_BODY_MISMATCH, "body", "is of another kind");
    Outcome outcome = OutcomeMapper.invalid("k", List.of(FIRST, second));
    assertEquals(FIRST, Problem.of(outcome.getInvalid()));
    assertEquals(
        List.of(second), outcome.getInvalid().getFurtherList().stream().map(Problem::of).toList());
    assertEquals(0, OutcomeMapper.invalid("k", FIRST).getInvalid().getFurtherCount());
  }

  /** A hundred such outcomes share a response, and gRPC bounds the trailers of a status. */
  @Test
  void invalid_withManyFaults_staysSmall() {
    Problem large = new Problem(Code.INVALID_FIELD, "body", "x".repeat(600));
    Outcome outcome = OutcomeMapper.invalid("k", Collections.nCopies(20, large));
    assertEquals(3, outcome.getInvalid().getFurtherCount());
    assertTrue(outcome.getSerializedSize() < OutcomeMapper.MOST_FURTHER_BYTES + 700);
  }
}
