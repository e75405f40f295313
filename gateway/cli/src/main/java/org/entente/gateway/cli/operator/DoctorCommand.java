package org.entente.gateway.cli.operator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.CountText;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.node.doctor.Doctor;
import org.entente.gateway.node.doctor.DoctorCheck;
import org.entente.gateway.node.doctor.DoctorReport;
import org.entente.gateway.node.doctor.DoctorReport.CheckResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Checks a node before its first start or while it runs, and says what to do. */
@Command(
    name = "doctor",
    description = {
      "Checks a node, and says what to do about each fault.",
      "If the gateway runs, asks it at its admin port; otherwise checks files, folders, ports and"
          + " peers.",
      "Run it as the gateway's user. It changes nothing, and may run while the gateway runs.",
      "The exit code is 1 if an error is found; warnings do not count."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente doctor --config /var/lib/entente/fr.customs/node.yaml",
      "  entente doctor --config /var/lib/entente/fr.customs/node.yaml --pre",
      "  entente doctor --config /var/lib/entente/fr.customs/node.yaml --wait 60"
    })
public final class DoctorCommand extends PrintingCommand {
  private static final int LONGEST_WAIT = 86_400;

  @Mixin private AdminPortOptions node = new AdminPortOptions();

  @Option(
      names = "--pre",
      description =
          "before a first start: checks files, folders, ports and peers, and asks no gateway")
  private boolean before;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description = "repeat until no error is left, at most this long, 0 to 86400; default 0")
  private int seconds;

  @Option(names = "--json", description = "print one JSON object")
  private boolean json;

  @Override
  public void run() throws InterruptedException {
    if (seconds < 0 || seconds > LONGEST_WAIT) {
      throw new UsageError("--wait: found " + seconds + "; valid is 0 to " + LONGEST_WAIT);
    }
    DoctorReport report =
        Doctor.awaitNoError(
            () -> Doctor.examine(node.subject(), before),
            Duration.ofSeconds(seconds),
            System::nanoTime,
            most -> Thread.sleep(most.toMillis()));
    if (json) {
      out().println(json(report));
    } else {
      printText(report);
    }
    failUnless(!report.hasErrors());
  }

  private void printText(DoctorReport report) {
    Map<List<String>, List<String>> suppressed = new LinkedHashMap<>();
    for (CheckResult result : report.results()) {
      DoctorCheck check = result.check();
      switch (result.state()) {
        case PASSED -> print("%-8s %s".formatted("ok", check.id()));
        case FAILED -> printFailed(result);
        case SUPPRESSED ->
            suppressed
                .computeIfAbsent(result.suppressedBy(), causes -> new ArrayList<>())
                .add(check.id());
      }
    }
    int all = report.results().size();
    suppressed.forEach(
        (causes, ids) ->
            print(
                "not checked, because %s failed: %s"
                    .formatted(
                        String.join(" and ", causes),
                        ids.size() == all - 1 ? "everything else" : String.join(", ", ids))));
    print(
        CountText.of(report.failed(DoctorCheck.Severity.ERROR), "error")
            + ", "
            + CountText.of(report.failed(DoctorCheck.Severity.WARNING), "warning"));
  }

  private void printFailed(CheckResult result) {
    DoctorCheck check = result.check();
    print("%-8s %s".formatted(check.severity(), check.id()));
    result.faults().forEach(fault -> print("         " + fault));
    print("         do: " + check.hint());
    print("         see: " + check.page());
  }

  private static String json(DoctorReport report) {
    ObjectNode whole = JsonText.object();
    whole.put("errors", report.failed(DoctorCheck.Severity.ERROR));
    whole.put("warnings", report.failed(DoctorCheck.Severity.WARNING));
    ArrayNode checks = whole.putArray("checks");
    for (CheckResult result : report.results()) {
      DoctorCheck check = result.check();
      ObjectNode one = checks.addObject();
      one.put("id", check.id());
      one.put("category", check.category());
      one.put("severity", word(check.severity()));
      one.put("state", word(result.state()));
      result.faults().forEach(one.putArray("faults")::add);
      result.suppressedBy().forEach(one.putArray("suppressedBy")::add);
      one.put("hint", check.hint());
      one.put("page", check.page());
    }
    return JsonText.line(whole);
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
