package org.entente.gateway.cli.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.cli.RootCommand;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Severity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What people type to say which messages they mean. */
class FilterOptionsTest {
  private static Filter filter(String... options) {
    FilterOptions some = new FilterOptions();
    CommandLine line =
        new CommandLine(CommandLine.Model.CommandSpec.create().addMixin("filter", spec(some)));
    ValueConverters.register(line).parseArgs(options);
    return some.filter().build();
  }

  private static CommandLine.Model.CommandSpec spec(FilterOptions options) {
    return CommandLine.Model.CommandSpec.forAnnotatedObject(options);
  }

  @Test
  void options_areTheFilter_repeatedInAnyCase() {
    assertEquals(
        Filter.newBuilder()
            .addKinds(Kind.KIND_ALERT)
            .addKinds(Kind.KIND_REQUEST)
            .addCategories(Category.CATEGORY_IPR)
            .addJurisdictions("US-CA")
            .addOrigins("fr.customs")
            .setMinimumSeverity(Severity.SEVERITY_SEVERE)
            .setExercise(true)
            .build(),
        filter(
            "--kind=alert",
            "--kind=REQUEST",
            "--category=Ipr",
            "--jurisdiction=us-ca",
            "--origin=fr.customs",
            "--severity=severe",
            "--exercise"));
    assertEquals(Filter.getDefaultInstance(), filter());
  }

  /** Each command refuses before it asks any gateway: exit code 2, and what would be valid. */
  @ParameterizedTest
  @ValueSource(strings = {"tail", "search", "watch add", "risk list"})
  void wrongValue_isRefusedBeforeAnythingIsAsked_namingOptionAndWhatIsValid(String command) {
    assertSays(command, "--kind", "LETTER", "none of ALERT, INTELLIGENCE,");
    assertSays(command, "--kind", "UNSPECIFIED", "none of ALERT, INTELLIGENCE,");
    assertSays(command, "--kind", "KIND_ALERT", "none of ALERT, INTELLIGENCE,");
    assertSays(command, "--category", "UNRECOGNIZED", "none of IPR, ");
    assertSays(command, "--jurisdiction", "France", "such as FR or US-CA");
    assertSays(command, "--origin", "customs", "such as fr.customs");
    assertSays(command, "--severity", "10", "none of UNKNOWN, MINOR, MODERATE, SEVERE, EXTREME");
  }

  private static void assertSays(String command, String option, String value, String valid) {
    StringWriter err = new StringWriter();
    List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
    words.addAll(List.of(option, value));
    CommandLine line = RootCommand.commandLine();
    line.setErr(new PrintWriter(err));
    assertEquals(2, line.execute(words.toArray(String[]::new)), err.toString());
    String said = err.toString().lines().findFirst().orElseThrow();
    assertTrue(said.contains("'" + option + "'"), said);
    assertTrue(said.contains("'" + value + "' is") && said.contains(valid), said);
  }

  @Test
  void moreValuesThanAGatewayTakes_areRefusedHere() {
    String[] many = new String[65];
    java.util.Arrays.fill(many, "--kind=ALERT");
    CommandFailure failure = assertThrows(CommandFailure.class, () -> filter(many));
    assertTrue(String.valueOf(failure.getMessage()).contains("at most 64"), failure.getMessage());
  }
}
