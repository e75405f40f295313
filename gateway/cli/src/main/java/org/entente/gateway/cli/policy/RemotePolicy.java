package org.entente.gateway.cli.policy;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.entente.gateway.cli.call.RpcFailures;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.policy.analysis.ClauseCoverage.Clause;
import org.entente.gateway.policy.analysis.ExpectationReport;
import org.entente.gateway.policy.analysis.ExpectationSuite;
import org.entente.gateway.policy.codes.CodeLists;
import org.entente.gateway.policy.codes.Wording;
import org.entente.proto.v1.CodeEntry;
import org.entente.proto.v1.LintPolicyRequest;
import org.entente.proto.v1.LintPolicyResponse;
import org.entente.proto.v1.ListCodesRequest;
import org.entente.proto.v1.PolicyFinding;
import org.entente.proto.v1.PolicyTestResult;
import org.entente.proto.v1.PolicyToolsGrpc;
import org.entente.proto.v1.ReachedClause;
import org.entente.proto.v1.TestPolicyRequest;
import org.entente.proto.v1.TestPolicyResponse;

/** Queries of a running gateway's policy, with results of the same types as for files. */
final class RemotePolicy {
  private RemotePolicy() {}

  /** Tests the policy in force by the expectations of files, and of each file of folders. */
  static ExpectationReport test(ManagedChannel channel, List<Path> places, boolean coverage) {
    List<ConfigProblem> problems = new ArrayList<>();
    List<Path> files = ExpectationSuite.files(places, problems);
    if (!problems.isEmpty()) {
      throw new CommandFailure(
          problems.stream()
              .map(ConfigProblem::toString)
              .collect(Collectors.joining(System.lineSeparator())));
    }
    String version = "";
    List<ExpectationReport.Result> results = new ArrayList<>();
    Map<String, Clause> clauses = new LinkedHashMap<>();
    for (Path file : files) {
      TestPolicyResponse answer = test(channel, file, text(file), coverage);
      if (!version.isEmpty() && !version.equals(answer.getPolicyVersion())) {
        throw new CommandFailure(
            "the gateway adopted another policy during the test, "
                + TerminalText.printable(answer.getPolicyVersion())
                + "; run it again");
      }
      version = answer.getPolicyVersion();
      answer.getResultsList().forEach(it -> results.add(result(file, it)));
      answer
          .getClausesList()
          .forEach(it -> clauses.merge(it.getClause(), clause(it), RemotePolicy::sum));
    }
    return new ExpectationReport(
        TerminalText.printable(version), results, List.copyOf(clauses.values()));
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > YamlFiles.MAX_BYTES) {
        throw new CommandFailure(
            file + ": too large; valid: at most " + YamlFiles.MAX_BYTES + " bytes");
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new CommandFailure(file + ": cannot be read: " + FileErrorText.words(e), e);
    }
  }

  private static TestPolicyResponse test(
      ManagedChannel channel, Path file, String text, boolean coverage) {
    try {
      return PolicyToolsGrpc.newBlockingStub(channel)
          .testPolicy(
              TestPolicyRequest.newBuilder().setExpectations(text).setCoverage(coverage).build());
    } catch (StatusRuntimeException e) {
      CommandFailure told = RpcFailures.explain(e);
      throw new CommandFailure(told.exit(), file + ": " + told.getMessage(), e);
    }
  }

  private static ExpectationReport.Result result(Path file, PolicyTestResult it) {
    return new ExpectationReport.Result(
        file.toString(),
        it.getLine(),
        it.getName(),
        agency(it.getFrom()),
        agency(it.getTo()),
        it.getMet(),
        it.getExpected(),
        it.getFound(),
        List.of());
  }

  private static AgencyName agency(String name) {
    try {
      return new AgencyName(name);
    } catch (InvalidValue e) {
      throw new CommandFailure(
          "the gateway's answer names an invalid agency: " + e.getMessage(), e);
    }
  }

  private static Clause clause(ReachedClause it) {
    return new Clause(
        TerminalText.printable(it.getClause()), it.getFulfilled(), it.getFailed(), it.getCanFail());
  }

  private static Clause sum(Clause one, Clause other) {
    return new Clause(
        one.name(),
        one.fulfilled() + other.fulfilled(),
        one.failed() + other.failed(),
        one.canFail());
  }

  /** The code lists in force at a gateway. */
  static List<CodeLists.Entry> codes(ManagedChannel channel) {
    return PolicyToolsGrpc.newBlockingStub(channel)
        .listCodes(ListCodesRequest.getDefaultInstance())
        .getCodesList()
        .stream()
        .map(RemotePolicy::entry)
        .toList();
  }

  private static CodeLists.Entry entry(CodeEntry it) {
    Map<String, String> text = it.getTextMap();
    boolean whole = text.keySet().containsAll(List.of("en", "fr", "es", "de"));
    return new CodeLists.Entry(
        TerminalText.printable(it.getList()),
        it.getCode(),
        whole
            ? new Wording(
                it.getTextOrThrow("en"),
                it.getTextOrThrow("fr"),
                it.getTextOrThrow("es"),
                it.getTextOrThrow("de"))
            : null,
        it.getNote());
  }

  /** The findings in the policy files of a gateway. */
  static LintPolicyResponse lint(ManagedChannel channel) {
    return PolicyToolsGrpc.newBlockingStub(channel)
        .lintPolicy(LintPolicyRequest.getDefaultInstance());
  }

  /** A finding in the form of a problem of a file. */
  static ConfigProblem problem(PolicyFinding it) {
    return new ConfigProblem(
        TerminalText.printable(it.getFile()),
        it.getLine(),
        it.getColumn(),
        it.getField(),
        it.getWrong(),
        it.getValid());
  }
}
