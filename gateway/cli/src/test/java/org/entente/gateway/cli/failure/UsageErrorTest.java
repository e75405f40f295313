package org.entente.gateway.cli.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.entente.gateway.cli.RootCommand;
import org.entente.gateway.cli.text.EnumParser;
import org.entente.gateway.cli.text.SubjectParser;
import org.entente.proto.v1.PersonRole;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Subject;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/** A word that no command takes: what it was for, what would be valid, and exit code 2. */
class UsageErrorTest {
  private final StringWriter err = new StringWriter();

  private int run(String... words) {
    return RootCommand.commandLine().setErr(new PrintWriter(err)).execute(words);
  }

  @Test
  void list_thatThereIsNot_isWronglyCalled_andNamesThoseThatThereAre() {
    assertEquals(2, run("policy", "codes", "--list", "catgories"));
    assertTrue(err.toString().startsWith("entente: --list: catgories is none of ["), err::toString);
    assertTrue(err.toString().contains("categor"), err::toString);
  }

  @Test
  void option_thatIsMissing_isToldInTwoLines_andNotBelowTheWholeHelp() {
    assertEquals(2, run("search", "--headline", "x"));
    List<String> told = err.toString().lines().toList();
    assertEquals(2, told.size(), told::toString);
    assertTrue(told.get(0).startsWith("entente: Missing required "), told::toString);
    assertTrue(told.get(0).contains("--officer"), told::toString);
    assertEquals("Try 'entente search --help' for more information.", told.get(1));
  }

  @Test
  void command_thatIsMisspelt_isSuggested() {
    assertEquals(2, run("tial"));
    List<String> told = err.toString().lines().toList();
    assertEquals("entente: unknown command \"tial\"; did you mean \"tail\"?", told.get(0));
    assertEquals("Try 'entente --help' for more information.", told.get(1));
    assertEquals(2, told.size(), told::toString);
  }

  @Test
  void command_ofACommandThatIsMisspelt_isSuggested() {
    assertEquals(2, run("policy", "explian"));
    assertTrue(
        err.toString()
            .startsWith("entente: unknown command \"explian\"; did you mean \"explain\"?"),
        err::toString);
  }

  @Test
  void command_thatResemblesNone_getsNoSuggestion() {
    assertEquals(2, run("frobnicate"));
    List<String> told = err.toString().lines().toList();
    assertEquals("entente: unknown command \"frobnicate\"", told.get(0));
    assertEquals(2, told.size(), told::toString);
  }

  @Test
  void option_thatIsMisspelt_isSuggested() {
    assertEquals(2, run("run", "--confg", "node.yaml"));
    assertTrue(err.toString().contains("--config"), err::toString);
  }

  @Test
  void listOfCommands_hasWholeSentences() {
    StringWriter out = new StringWriter();
    CommandLine line = RootCommand.commandLine();
    line.usage(new PrintWriter(out));
    assertTrue(
        out.toString()
            .replaceAll("\\s+", " ")
            .contains("retries and discards messages that the gateway quarantined."));
    line.getSubcommands()
        .forEach(
            (name, command) -> {
              UsageMessageSpec usage = command.getCommandSpec().usageMessage();
              String first = (usage.header().length > 0 ? usage.header() : usage.description())[0];
              assertTrue(
                  first.endsWith(".") || usage.description().length == 1, name + ": " + first);
            });
  }

  @Test
  void language_thatThereIsNot_isWronglyCalled() {
    assertEquals(2, run("policy", "codes", "--lang", "it"));
    assertEquals("entente: --lang: it is none of en, fr, es, de", err.toString().strip());
  }

  @Test
  void file_thatIsNotThere_isAFailure_andNoWrongCall() {
    assertEquals(1, run("config", "check", "--config", "/nowhere/node.yaml"));
    assertTrue(err.toString().contains("/nowhere/node.yaml"), err::toString);
  }

  @Test
  void word_ofNoValue_saysWhatItIsFor() {
    UsageError wrong =
        assertThrows(UsageError.class, () -> EnumParser.of(Purpose.class, "PURPOSE_", "customs"));
    assertTrue(
        String.valueOf(wrong.getMessage())
            .startsWith("purpose: customs is none of [CUSTOMS_CONTROL, "),
        wrong::getMessage);
  }

  @Test
  void subject_ofNoScheme_namesTheSchemes() {
    UsageError wrong =
        assertThrows(
            UsageError.class,
            () -> SubjectParser.of("ship:IMO9074729", PersonRole.PERSON_ROLE_OTHER));
    assertTrue(
        String.valueOf(wrong.getMessage()).startsWith("--subject: ship:IMO9074729 is not "),
        wrong::getMessage);
    Subject good = SubjectParser.of("vessel:9074729", PersonRole.PERSON_ROLE_OTHER);
    assertEquals("9074729", good.getVessel());
  }
}
