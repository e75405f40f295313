package org.entente.gateway.cli;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.TerminalText;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.UnmatchedArgumentException;

/** How every launcher parses arguments, prints help and reports errors. */
final class CommandLines {
  /** As wide as descriptions and examples are written. */
  private static final int HELP_WIDTH = 104;

  private static final Pattern FIRST_SENTENCE = Pattern.compile("^(.*?\\.)\\s+(?=[A-Z`])");

  private CommandLines() {}

  /**
   * A command line.
   *
   * @param root the launcher's own command
   * @param commands its subcommands, in the order in which help lists them
   */
  static CommandLine of(Object root, List<Class<?>> commands) {
    CommandLine line = new CommandLine(root);
    commands.forEach(line::addSubcommand);
    line.setExecutionExceptionHandler(explain());
    line.setParameterExceptionHandler(wronglyCalled());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpWidth(HELP_WIDTH);
    listBySentences(line);
    return line;
  }

  /** Lists of commands show the first part of a description: that is its first sentence, whole. */
  private static void listBySentences(CommandLine line) {
    UsageMessageSpec usage = line.getCommandSpec().usageMessage();
    String whole = String.join(" ", usage.description());
    Matcher first = FIRST_SENTENCE.matcher(whole);
    if (usage.description().length > 1 && usage.header().length == 0 && first.find()) {
      usage.description(first.group(1), whole.substring(first.end()));
    }
    line.getSubcommands().values().forEach(CommandLines::listBySentences);
  }

  /** One line, where the whole help would push it off the screen. */
  private static IParameterExceptionHandler wronglyCalled() {
    return (exception, words) -> {
      CommandLine line = exception.getCommandLine();
      line.getErr()
          .println("entente: " + TerminalText.printable(String.valueOf(exception.getMessage())));
      UnmatchedArgumentException.printSuggestions(exception, line.getErr());
      line.getErr().println(line.getCommandSpec().qualifiedName() + " --help shows what there is");
      return CommandLine.ExitCode.USAGE;
    };
  }

  /** What a person can mend is said in a line; only a defect shows where it happened. */
  private static IExecutionExceptionHandler explain() {
    return (exception, line, parsed) -> {
      if (exception instanceof CommandFailure) {
        line.getErr().println("entente: " + exception.getMessage());
      } else {
        line.getErr().println("entente: a defect; please report it with what follows");
        exception.printStackTrace(line.getErr());
      }
      return exception instanceof UsageError
          ? CommandLine.ExitCode.USAGE
          : CommandLine.ExitCode.SOFTWARE;
    };
  }
}
