package org.entente.gateway.cli.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.entente.gateway.cli.RootCommand;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Which option a person must correct, by the field that a gateway refused. */
class FieldOptionsTest {
  private static final String ASK =
      "request ask --to fr.customs/narcotics --question Who? --category IPR --purpose"
          + " CUSTOMS_CONTROL --classification RESTRICTED --officer FR-12 --justification why";
  private static final String SEND = "send --alerts a.jsonl";

  /** The command's specification, after it parsed these words. */
  private static CommandLine.Model.CommandSpec parsed(String words) {
    CommandLine.ParseResult parsed = RootCommand.commandLine().parseArgs(words.split(" "));
    List<CommandLine> commands = parsed.asCommandLineList();
    return commands.get(commands.size() - 1).getCommandSpec();
  }

  private static String named(String words, String field) {
    return FieldOptions.of(parsed(words)).named(field);
  }

  @Test
  void optionOfTheFieldsName_isNamedWithIt_inThePluralToo() {
    String call = ASK + " --within 10 --marking TLP:AMBER --subject container:X";
    assertEquals("--purpose (label.purpose)", named(call, "label.purpose"));
    assertEquals("--marking (label.markings[0])", named(call, "label.markings[0]"));
    assertEquals("--category (filter.categories[1])", named("tail", "filter.categories[1]"));
    assertEquals("--officer (on_behalf_of.officer)", named(call, "on_behalf_of.officer"));
    assertEquals("--case (label.case_ref)", named(call, "label.case_ref"));
    String recall = "recall 000000000000000000000000000000aa --reason r --officer FR-1";
    assertEquals("MESSAGE (message_id)", named(recall, "message_id"));
  }

  @Test
  void fieldBelowThatOfAnOption_isTheOptions() {
    String call = ASK + " --within 10 --subject container:X";
    assertEquals("--to (to.desks[0])", named(call, "to.desks[0]"));
    assertEquals(
        "--subject (body.request.subjects[0].container.number)",
        named(call, "body.request.subjects[0].container.number"));
  }

  @Test
  void fieldOfAnotherName_isTheOptionsThatStateIt_theGivenOne() {
    String field = "body.request.answer_by";
    assertEquals("--within (" + field + ")", named(ASK + " --within 10", field));
    assertEquals("--answer-by (" + field + ")", named(ASK + " --answer-by 2030-01-01", field));
    String task =
        "operation task 000000000000000000000000000000aa T1 --title t --agency fr.customs --to"
            + " de.customs --category IPR --purpose CUSTOMS_CONTROL --classification RESTRICTED";
    assertEquals("--to (to.agencies[0])", named(task, "to.agencies[0]"));
    assertEquals(
        "--agency (body.operation_update.tasks[0].agency)",
        named(task, "body.operation_update.tasks[0].agency"));
    assertEquals("OPERATION (to.operation)", named(task, "to.operation"));
  }

  @Test
  void optionThatIsMissing_isNamed() {
    assertEquals(
        "--justification (on_behalf_of.justification)",
        named(
            "request answer 000000000000000000000000000000aa --result HIT --classification"
                + " RESTRICTED",
            "on_behalf_of.justification"));
  }

  /** Alerts of a file have their own fields, of which options set only the given ones. */
  @Test
  void fieldOfAFile_isNamedAlone_unlessAnOptionSetIt() {
    FieldOptions none = FieldOptions.given(parsed(SEND));
    assertEquals("to.desks[0]", none.named("to.desks[0]"));
    assertEquals("label.category", none.named("label.category"));
    FieldOptions desk = FieldOptions.given(parsed(SEND + " --desk fr.customs/narcotics"));
    assertEquals("--desk (to.desks[0])", desk.named("to.desks[0]"));
    assertEquals("to.information.desks[0]", desk.named("to.information.desks[0]"));
  }

  @Test
  void fieldThatNoOptionFills_isNamedAlone() {
    assertEquals("label.id", named(ASK + " --within 10", "label.id"));
    assertEquals("", named(ASK + " --within 10", ""));
    assertEquals("label.purpose", FieldOptions.NONE.named("label.purpose"));
  }
}
