package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.entente.proto.v1.CodeEntry;
import org.entente.proto.v1.LintPolicyRequest;
import org.entente.proto.v1.LintPolicyResponse;
import org.entente.proto.v1.ListCodesRequest;
import org.entente.proto.v1.ListCodesResponse;
import org.entente.proto.v1.PolicyFinding;
import org.entente.proto.v1.PolicyTestResult;
import org.entente.proto.v1.PolicyToolsGrpc;
import org.entente.proto.v1.ReachedClause;
import org.entente.proto.v1.TestPolicyRequest;
import org.entente.proto.v1.TestPolicyResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

/** What a running gateway says of its policy to a client that has no files. */
class PolicyToolsPathTest {
  private static final String EXPECTATIONS =
      """
      expectations:
        - name: warnings are for everybody
          from: fr.customs
          to: [de.customs, sg.police]
          label:
            kind: ALERT
            category: PUBLIC_WARNING
            purpose: PUBLIC_SAFETY
            classification: UNCLASSIFIED
          expect: { outcome: PERMITTED, agreement: warnings }
        - name: drugs are let go
          from: fr.customs
          to: [de.customs]
          label:
            kind: ALERT
            category: NARCOTICS
            purpose: PUBLIC_SAFETY
            classification: UNCLASSIFIED
          expect: { outcome: PERMITTED }
      """;

  @RegisterExtension final RunningFederation federation = new RunningFederation(FR);
  private PolicyToolsGrpc.PolicyToolsBlockingStub tools;

  @BeforeEach
  void start() throws IOException {
    tools = PolicyToolsGrpc.newBlockingStub(federation.channel(FR));
  }

  private TestPolicyResponse test(String expectations) {
    return tools.testPolicy(
        TestPolicyRequest.newBuilder().setExpectations(expectations).setCoverage(true).build());
  }

  private static ReachedClause clause(TestPolicyResponse answer, String name) {
    return answer.getClausesList().stream()
        .filter(it -> it.getClause().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static String refused(Executable call) {
    return String.valueOf(assertThrows(StatusRuntimeException.class, call).getMessage());
  }

  @Test
  void expectations_areAnsweredOneByOne_withWhatCameInstead() {
    TestPolicyResponse answer = test(EXPECTATIONS);

    assertEquals(
        List.of("2 de.customs true", "2 sg.police true", "11 de.customs false"),
        answer.getResultsList().stream()
            .map(it -> it.getLine() + " " + it.getTo() + " " + it.getMet())
            .toList());
    assertEquals(1, answer.getNotMet());
    PolicyTestResult other = answer.getResults(2);
    assertEquals("drugs are let go", other.getName());
    assertEquals("PERMITTED", other.getExpected());
    assertTrue(other.getFound().startsWith("REFUSED NOT_COVERED"), other.getFound());
    assertEquals(1, clause(answer, "warnings/categories").getFailed());
    assertEquals(List.of("never failed"), clause(answer, "warnings/purposes").getMissingList());
    assertEquals(
        tools.lintPolicy(LintPolicyRequest.getDefaultInstance()).getPolicyVersion(),
        answer.getPolicyVersion());
  }

  /** Hostile or wrong, it is refused by its field and costs a bounded time. */
  @Test
  void expectations_atFault_areRefusedWithThePlace() {
    String wrong = refused(() -> test(EXPECTATIONS.replace("NARCOTICS", "DRUGS")));
    assertTrue(wrong.startsWith("INVALID_ARGUMENT: INVALID_FIELD: expectations: 16:"), wrong);
    assertTrue(wrong.contains(": expectations[1].label.category: "), wrong);
    assertTrue(wrong.contains("valid: "), wrong);
    assertTrue(refused(() -> test("")).contains("INVALID_FIELD"));
    assertTrue(refused(() -> test("- a")).contains("INVALID_FIELD: expectations"));
    assertTrue(refused(() -> test("[".repeat(60_000))).contains("INVALID_FIELD: expectations"));
    String many = EXPECTATIONS.replace("sg.police", "sg.police, ".repeat(2_000) + "sg.police");
    assertTrue(refused(() -> test(many)).contains("has 2003 messages"), "bounded");
    String bomb =
        EXPECTATIONS
            .replace("      label:", "      label: &a")
            .replace("expect: {", "expect: *a #");
    assertTrue(refused(() -> test(bomb)).contains("INVALID_FIELD: expectations"));
    String large = EXPECTATIONS + "#".repeat(64 << 10);
    assertTrue(refused(() -> test(large)).contains("TOO_LARGE: expectations"));
    String longName = EXPECTATIONS.replace("drugs are let go", "x".repeat(50_000));
    assertEquals(200, test(longName).getResults(2).getName().length());
  }

  @Test
  void lint_saysOfTheFilesWhatIsOdd_andWhyTheyAreNotTaken_butNotWhereTheyAre() throws IOException {
    LintPolicyResponse good = tools.lintPolicy(LintPolicyRequest.getDefaultInstance());
    assertTrue(good.getInForce());
    assertEquals(List.of(), good.getErrorsList());
    Path file = federation.folder().resolve("agreements").resolve("warnings.yaml");
    String agreement = Files.readString(file);
    Files.writeString(
        file.resolveSibling("over.yaml"),
        agreement
            .replace("id: warnings", "id: over")
            .replace("from: 2025-01-01", "from: 2024-01-01\n  until: 2024-12-31"));
    LintPolicyResponse odd = tools.lintPolicy(LintPolicyRequest.getDefaultInstance());
    assertFalse(odd.getInForce(), "they changed, and were not taken up yet");
    assertTrue(
        odd.getWarningsList().stream()
            .anyMatch(it -> it.getFile().equals("over.yaml") && it.getWrong().contains("ended on")),
        odd.toString());
    Files.writeString(file, agreement.replace("[PUBLIC_WARNING]", "[FLOOD]"));
    LintPolicyResponse bad = tools.lintPolicy(LintPolicyRequest.getDefaultInstance());
    PolicyFinding error = bad.getErrors(0);
    assertEquals("warnings.yaml", error.getFile());
    assertEquals("covers.categories[0]", error.getField());
    assertTrue(error.getLine() > 0 && error.getColumn() > 0, error.toString());
    assertTrue(error.getValid().contains("PUBLIC_WARNING"), error.toString());
    assertEquals(good.getPolicyVersion(), bad.getPolicyVersion(), "the last good ones decide");
    assertFalse(bad.toString().contains(federation.folder().toString()), bad.toString());
  }

  @Test
  void codes_areThoseInForce_inFourLanguages_orOneList() {
    ListCodesResponse all = tools.listCodes(ListCodesRequest.getDefaultInstance());
    CodeEntry waste =
        all.getCodesList().stream()
            .filter(it -> it.getList().equals("category") && it.getCode().equals("WASTE"))
            .findFirst()
            .orElseThrow();
    assertEquals(Set.of("en", "fr", "es", "de"), waste.getTextMap().keySet());
    assertEquals("Waste shipments", waste.getTextOrThrow("en"));
    assertTrue(all.getCodesList().stream().anyMatch(it -> it.getCode().equals("TLP:RED")));
    assertEquals(
        tools.lintPolicy(LintPolicyRequest.getDefaultInstance()).getPolicyVersion(),
        all.getPolicyVersion());

    ListCodesResponse one =
        tools.listCodes(ListCodesRequest.newBuilder().setList("purpose").build());
    assertEquals(
        all.getCodesList().stream().filter(it -> it.getList().equals("purpose")).toList(),
        one.getCodesList());
    String none =
        refused(() -> tools.listCodes(ListCodesRequest.newBuilder().setList("pur").build()));
    assertTrue(
        none.contains(
            "INVALID_FIELD: list: is not a code list of this gateway; valid: empty for all, or"
                + " one of "),
        none);
  }
}
