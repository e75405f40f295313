package org.entente.gateway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RootCommandTest {
  private final Map<String, CommandLine> all = RootCommand.commandLine().getSubcommands();

  @Test
  void commandLine_beginningWithACommand_holdsItAloneWithTheSameHelp() {
    for (String name : all.keySet()) {
      if (!Set.of("help", "completion", "manual").contains(name)) {
        Map<String, CommandLine> one = RootCommand.commandLine(name, "--help").getSubcommands();
        assertEquals(Set.of(name), one.keySet());
        assertEquals(help(all, name), help(one, name));
      }
    }
  }

  private static String help(Map<String, CommandLine> commands, String name) {
    return Objects.requireNonNull(commands.get(name)).getUsageMessage();
  }

  @Test
  void valueOfAnOptionThatMayBeRepeated_isRefusedUnderTheNameOfTheOption() {
    StringWriter err = new StringWriter();
    CommandLine line = RootCommand.commandLine("init").setErr(new PrintWriter(err, true));
    assertEquals(2, line.execute("init", "--role", "MEMBR"), err::toString);
    assertEquals(
        "entente: Invalid value for option '--role': 'MEMBR' is none of MEMBER, TRANSIT, WITNESS;"
            + " did you mean \"MEMBER\"?",
        err.toString().lines().findFirst().orElse(""));
  }

  @Test
  void commandLine_beginningWithNoCommand_holdsAll() {
    for (List<String> args :
        List.of(
            List.of("help", "send"),
            List.of("completion"),
            List.of("manual"),
            List.of("--help"),
            List.of("snd"))) {
      CommandLine line = RootCommand.commandLine(args.toArray(String[]::new));
      assertEquals(all.keySet(), line.getSubcommands().keySet());
    }
  }
}
