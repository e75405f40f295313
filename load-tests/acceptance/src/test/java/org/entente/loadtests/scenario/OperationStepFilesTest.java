package org.entente.loadtests.scenario;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What a file is told of steps about joint operations. */
final class OperationStepFilesTest {
  @TempDir private Path folder;

  private DynamicTest wrong(String text, String replacement, String expected) {
    return new StepFiles(folder).wrong(text, replacement, expected);
  }

  @TestFactory
  Stream<DynamicTest> step_wrong_isRefusedWithLineFieldAndWhatWouldBeValid() {
    return Stream.of(
        wrong("      cover: COLD FJORD\n", "", "steps[9].operation: cover with another deed"),
        wrong(
            "      participants: [nl.police]\n", "", "steps[9].operation: no members with CREATE"),
        wrong(
            "      roster: 1\n  - say: step\n    roster",
            "  - say: step\n    roster",
            "steps[9].operation: expects nothing, or things that exclude each other; valid: either"),
        wrong(
            "operation: joint\n      at",
            "operation: other\n      at",
            "steps[10].roster.operation: no step before this one names the operation"),
        wrong(
            "at: [nl.customs/controls, nl.police/desk]",
            "at: [nl.police/desk]",
            "steps[10].roster.at: 1 clients; valid: two or more"),
        wrong("state: OPEN", "state: ENDED", "steps[10].roster.state: \"ENDED\"; valid: one of"),
        wrong("nl.customs: LEAD", "nl.customs: HEAD", "steps[10].roster.members.nl.customs"),
        wrong("{ nl.customs/T1:", "{ T1:", "steps[11].picture.tasks.T1: \"T1\"; valid: AGENCY/ID"),
        wrong(
            "      tasks: { nl.customs/T1: ASSIGNED }\n",
            "",
            "steps[11].picture: expects nothing, or things that exclude each other"),
        wrong("lead: nl.police\n", "lead: nl.army\n", "steps[38].operation.lead: \"nl.army\""),
        wrong("lead: nl.police\n", "lead: nl.customs\n", "steps[38].operation.lead: beside CHANGE"),
        wrong(
            "      participants: [nl.customs]\n",
            "      participants: [nl.police]\n",
            "steps[38].operation.lead: beside CHANGE, itself, or with a former lead that leaves"),
        wrong(
            "      participants: [nl.police]\n      days: 30\n",
            "      participants: [nl.police]\n",
            "steps[9].operation: cover with another deed than CREATE, or CREATE without"),
        wrong("{ description: vans, count", "{ text: vans, count", "resources.nl.customs[0].text"),
        wrong(
            "resources: { nl.customs: [", "resources: { nl.army: [", "picture.resources.nl.army:"),
        wrong(
            "due: { nl.customs/T1",
            "due: { T1",
            "steps[39].picture.due.T1: \"T1\"; valid: AGENCY"));
  }
}
