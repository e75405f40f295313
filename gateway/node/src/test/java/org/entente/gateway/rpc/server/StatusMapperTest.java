package org.entente.gateway.rpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.client.ErrorDetails;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.Refusals;
import org.entente.proto.v1.Outcome;
import org.junit.jupiter.api.Test;

/** How problems look to callers, and whether proto/README.md says so. */
class StatusMapperTest {
  private static final Pattern ROW =
      Pattern.compile("\\| `([A-Z_]+)` \\| ([^|]+) \\| `([A-Z_]+)` \\| ([A-Z]+) \\| (yes|no) \\|");

  @Test
  void problem_ofEveryCode_isReadBackFromItsDetails() {
    for (Code code : Code.values()) {
      Problem problem = new Problem(code, "label.purpose", "what was wrong");
      Refusals.Details details = Refusals.of(StatusMapper.exception(problem));
      assertEquals(
          new Refusals.Details(
              StatusMapper.grpcCode(code),
              code + ": label.purpose: what was wrong",
              code.name(),
              "entente",
              code.whoMustAct().name(),
              code.retry(),
              "label.purpose"),
          details);
      assertEquals(code, StatusMapper.code(StatusMapper.exception(problem)));
      assertEquals(problem, Problem.of(problem.toProto()));
    }
  }

  @Test
  void invalidDraft_hasAFieldViolationForEachFault() {
    org.entente.proto.v1.Problem.Builder invalid =
        new Problem(Code.INVALID_FIELD, "label.kind", "is required").toProto().toBuilder();
    invalid.addFurther(new Problem(Code.INVALID_FIELD, "label.lane", "is unknown").toProto());
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () -> StatusMapper.valid(Outcome.newBuilder().setInvalid(invalid).build()));
    assertEquals("label.kind", Refusals.of(refused).field());
    assertEquals(
        List.of("is required", "is unknown"),
        ErrorDetails.fields(refused).stream().map(it -> it.getDescription()).toList());
  }

  @Test
  void problem_withoutField_hasNoFieldViolation() {
    Problem problem = new Problem(Code.NOT_FOUND, "", "nothing");
    Refusals.Details details = Refusals.of(StatusMapper.exception(problem));
    assertEquals("", details.field());
    assertEquals("NOT_FOUND: nothing", details.message());
  }

  @Test
  void exception_ofOthers_countsAsInternal() {
    assertEquals(Code.INTERNAL, StatusMapper.code(Status.UNAVAILABLE.asRuntimeException()));
  }

  @Test
  void readme_table_listsExactlyTheCodesWithTheirStatus() throws IOException {
    List<List<String>> expected = new ArrayList<>();
    for (Code code : Code.values()) {
      expected.add(
          List.of(
              code.name(),
              StatusMapper.grpcCode(code).name(),
              code.whoMustAct().name(),
              code.retry() ? "yes" : "no"));
    }
    List<List<String>> told = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("../../proto/README.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        told.add(List.of(row.group(1), row.group(3), row.group(4), row.group(5)));
        assertTrue(row.group(2).length() > 10, line);
      }
    }
    assertEquals(expected, told);
  }

  @Test
  void code_grpcStatus_neverSaysOkOrUnknown() {
    assertTrue(
        Arrays.stream(Code.values())
            .map(StatusMapper::grpcCode)
            .noneMatch(s -> s == Status.Code.OK || s == Status.Code.UNKNOWN));
  }
}
