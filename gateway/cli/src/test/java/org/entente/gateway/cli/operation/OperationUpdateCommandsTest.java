package org.entente.gateway.cli.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.cli.call.ValueConverters;
import org.entente.gateway.cli.text.OperationText;
import org.entente.proto.v1.OperationUpdate;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the commands say in a joint operation. */
class OperationUpdateCommandsTest {
  private static final List<String> ALWAYS =
      List.of(
          "019712c0ffee70008000000000000001",
          "--category=IPR",
          "--purpose=IPR_ENFORCEMENT",
          "--classification=RESTRICTED",
          "--gateway=127.0.0.1:1",
          "--credentials=nowhere");

  private static void parse(Object command, String... words) {
    List<String> all = new ArrayList<>(ALWAYS);
    all.addAll(List.of(words));
    ValueConverters.register(new CommandLine(command)).parseArgs(all.toArray(new String[0]));
  }

  private static List<String> lines(OperationUpdate update) {
    List<String> lines = new ArrayList<>();
    OperationText.lines(update, lines);
    return lines;
  }

  @Test
  void resources_areSaidTogether_eachWithItsNumberAndPlace() {
    OperationUpdateCommands.Resources said = new OperationUpdateCommands.Resources();
    parse(
        said,
        "--resource=scanner vans",
        "--count=2",
        "--place=DEHAM",
        "--resource=dog unit",
        "--resource=boat",
        "--place=DEBRV");
    assertEquals(
        List.of(
            "resource: 2 × scanner vans in DEHAM",
            "resource: 1 × dog unit",
            "resource: 1 × boat in DEBRV"),
        lines(said.update()));
    CommandLine.ParameterException refused =
        assertThrows(
            CommandLine.ParameterException.class,
            () -> parse(new OperationUpdateCommands.Resources(), "--count=2"));
    assertTrue(String.valueOf(refused.getMessage()).contains("--resource"), refused.getMessage());
  }

  @Test
  void taskReportAndOutcome_sayAllOfTheirOptions() {
    OperationUpdateCommands.Task task = new OperationUpdateCommands.Task();
    parse(
        task,
        "T1",
        "--title=open the containers",
        "--agency=de.customs",
        "--state=under_way",
        "--place=DEHAM",
        "--due=2030-03-05");
    assertEquals(
        List.of(
            "task T1, de.customs, UNDER_WAY: open the containers in DEHAM, by"
                + " 2030-03-05T00:00:00Z"),
        lines(task.update()));
    OperationUpdateCommands.Report report = new OperationUpdateCommands.Report();
    parse(
        report,
        "--text=two seals are broken",
        "--at=2030-03-05T04:05:00Z",
        "--place=DEHAM",
        "--subject=container:CSQU3054383");
    assertEquals(
        List.of(
            "situation at 2030-03-05T04:05:00Z in DEHAM: two seals are broken",
            "container CSQU3054383"),
        lines(report.update()));
    OperationUpdateCommands.Outcome outcome = new OperationUpdateCommands.Outcome();
    parse(outcome, "R1", "--text=seized", "--subject=plate:FR/AB-123-CD");
    assertEquals(List.of("outcome R1: seized", "plate FR AB-123-CD"), lines(outcome.update()));
    OperationUpdateCommands.Objectives objectives = new OperationUpdateCommands.Objectives();
    parse(objectives, "--text=find them");
    assertEquals(List.of("objectives: find them"), lines(objectives.update()));
  }
}
