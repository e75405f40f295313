package org.entente.gateway.cli.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.entente.gateway.cli.CommandFixture;
import org.entente.gateway.cli.RootCommand;
import org.entente.gateway.cli.text.SubjectParser;
import org.entente.proto.v1.PersonRole;
import org.entente.proto.v1.Subject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/** A word that no command takes: what it was for, what would be valid, and exit code 2. */
class UsageErrorTest {
  private final CommandFixture command = new CommandFixture();

  private int run(String... words) {
    return command.run(words);
  }

  @Test
  void list_thatThereIsNot_isWronglyCalled_andNamesThoseThatThereAre() {
    assertEquals(2, run("policy", "codes", "--list", "catgories"));
    assertTrue(command.err().startsWith("entente: --list: catgories is none of "), command::err);
    assertEquals(2, run("policy", "codes", "--list", "catgory"));
    assertTrue(command.err().endsWith("; did you mean \"category\"?\n"), command::err);
  }

  @Test
  void option_thatIsMissing_isToldInTwoLines_andNotBelowTheWholeHelp() {
    assertEquals(2, run("search", "--headline", "x"));
    List<String> told = command.err().lines().toList();
    assertEquals(2, told.size(), told::toString);
    assertTrue(told.get(0).startsWith("entente: Missing required "), told::toString);
    assertTrue(told.get(0).contains("--officer"), told::toString);
    assertEquals("Try 'entente search --help' for more information.", told.get(1));
  }

  @Test
  void optionsThatExcludeEachOther_areToldWithoutASecondPrefix() {
    assertEquals(2, run("request", "list", "--asked", "--owed"));
    assertTrue(
        command.err().startsWith("entente: --asked, --owed are mutually exclusive"), command::err);
  }

  @Test
  void reasonWithoutQuotes_isToldSo() {
    assertEquals(
        2, run("open", "0".repeat(32), "--officer", "FR-1", "--justification", "case", "12/26"));
    assertTrue(
        command
            .err()
            .startsWith(
                "entente: unexpected argument \"12/26\"; valid: options and MESSAGE; a value with"
                    + " spaces needs quotes"),
        command::err);
  }

  @Test
  void argumentOfTheWrongForm_isCalledByItsName() {
    assertEquals(2, run("open", "1234", "--officer", "FR-1", "--justification", "case 12/26"));
    assertTrue(
        command.err().startsWith("entente: Invalid value for MESSAGE: '1234' is no id; valid are "),
        command::err);
  }

  @Test
  void command_thatIsMisspelt_isSuggested() {
    assertEquals(2, run("tial"));
    List<String> told = command.err().lines().toList();
    assertEquals("entente: unknown command \"tial\"; did you mean \"tail\"?", told.get(0));
    assertEquals("Try 'entente --help' for more information.", told.get(1));
    assertEquals(2, told.size(), told::toString);
  }

  @Test
  void command_ofACommandThatIsMisspelt_isSuggested() {
    assertEquals(2, run("policy", "explian"));
    assertTrue(
        command.err().startsWith("entente: unknown command \"explian\"; did you mean \"explain\"?"),
        command::err);
  }

  @Test
  void command_ofOneGroup_isSuggestedWithIt() {
    assertEquals(2, run("verify-proof"));
    assertTrue(
        command
            .err()
            .startsWith(
                "entente: unknown command \"verify-proof\"; did you mean \"audit verify-proof\"?"),
        command::err);
    assertEquals(2, run("list"));
    assertTrue(
        command.err().startsWith("entente: unknown command \"list\"" + System.lineSeparator()),
        () -> "many groups have one: " + command.err());
  }

  @Test
  void command_thatResemblesNone_getsNoSuggestion() {
    assertEquals(2, run("frobnicate"));
    List<String> told = command.err().lines().toList();
    assertEquals("entente: unknown command \"frobnicate\"", told.get(0));
    assertEquals(2, told.size(), told::toString);
  }

  /** The pages of a package name commands that only a checkout has. */
  @Test
  void command_ofACheckout_isToldWhereItIs() {
    assertEquals(2, run("demo"));
    assertTrue(
        command
            .err()
            .startsWith(
                "entente: unknown command \"demo\"; packages do not have it: run ./entente in a"
                    + " checkout of the sources, or see"
                    + " docs/operate/installing.md#the-pages-on-an-installed-gateway"),
        command::err);
  }

  @Test
  void option_thatIsMisspelt_isSuggested() {
    assertEquals(2, run("run", "--confg", "node.yaml"));
    assertTrue(command.err().contains("--config"), command::err);
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
    assertEquals("entente: --lang: it is none of en, fr, es, de", command.err().strip());
  }

  @Test
  void file_thatIsNotThere_isAFailure_andNoWrongCall() {
    assertEquals(1, run("config", "check", "--config", "/nowhere/node.yaml"));
    assertTrue(command.err().contains("/nowhere/node.yaml"), command::err);
  }

  @Test
  void word_ofNoValue_saysWhatItIsFor() {
    assertEquals(2, run("discover", "--category", "customs"));
    assertTrue(
        command.err().contains("option '--category': 'customs' is none of IPR, "), command::err);
    assertEquals(2, run("chain", "x", "--gateway", "127.0.0.1:1", "--credentials", "none"));
    assertTrue(command.err().contains("value for MESSAGE: 'x'"), command::err);
    assertEquals(2, run("search", "--from", "yesterday"));
    assertTrue(
        command.err().contains("option '--from': 'yesterday' is no time; valid is a day or"),
        command::err);
  }

  @Test
  void number_thatIsNone_isSaidInPlainWords() {
    assertEquals(2, run("tail", "--count", "many"));
    assertTrue(
        command.err().contains("option '--count': 'many' is no whole number, such as 12"),
        command::err);
    assertEquals(2, run("request", "answer", "--hits", "99999999999"));
    assertTrue(command.err().contains("is no whole number of at most 2147483647"), command::err);
  }

  /** A deadline that no gateway accepts; the unit is in the message. */
  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "8785", "two"})
  void hours_beyondADeadline_nameTheRange(String hours) {
    assertEquals(2, run("request", "ask", "--within", hours));
    assertTrue(
        command.err().contains("'" + hours + "' is no whole number of hours from 1 to 8784"),
        command::err);
  }

  /** The enums of this program are listed like those of the protocol. */
  @Test
  void kindOfAnAgency_thatIsMisspelt_isSuggested() {
    assertEquals(2, run("init", "--kind", "custms"));
    assertTrue(
        command
            .err()
            .contains(
                "'--kind': 'custms' is none of CUSTOMS, POLICE, BORDER, OTHER; did you mean"
                    + " \"CUSTOMS\"?"),
        command::err);
    assertEquals(2, run("init", "--role", "witnes"));
    assertTrue(command.err().contains("; did you mean \"WITNESS\"?"), command::err);
  }

  /** Of H9, none of H0 to H3 is meant more than another; H0 would be the least restrictive. */
  @Test
  void handlingCode_thatThereIsNot_isGuessedAtByNobody() {
    assertEquals(2, run("attach", "file", "--handling", "H9"));
    assertTrue(command.err().contains("'H9' is none of H0, H1, H2, H3"), command::err);
    assertFalse(command.err().contains("did you mean"), command::err);
  }

  @Test
  void groupWithoutSubcommand_showsItsHelp() {
    assertEquals(2, run("policy"));
    assertTrue(command.err().startsWith("Usage: entente policy "), command::err);
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
    UsageError near =
        assertThrows(
            UsageError.class,
            () -> SubjectParser.of("vesel:9074729", PersonRole.PERSON_ROLE_OTHER));
    assertTrue(
        String.valueOf(near.getMessage()).endsWith("; did you mean \"vessel\"?"), near::getMessage);
    Subject good = SubjectParser.of("vessel:9074729", PersonRole.PERSON_ROLE_OTHER);
    assertEquals("9074729", good.getVessel());
  }
}
