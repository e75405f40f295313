package org.entente.gateway.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.entente.gateway.ceremony.CeremonyProblem;
import org.entente.gateway.cli.call.ValueConverters;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.cli.text.TerminalWriter;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.model.StartProblem;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Picocli settings that all launchers share: parsing, help and error output. Uses no class of gRPC,
 * which the machine of a root holder does not have.
 */
final class CommandLines {
  /** Width of the longest description or example, characters. */
  private static final int HELP_WIDTH = 104;

  /** Commands for tests and demonstrations, which no package has. */
  private static final Set<String> OF_A_CHECKOUT = Set.of("bench", "certs", "demo");

  private static final Pattern FIRST_SENTENCE = Pattern.compile("^(.*?\\.)\\s+(?=[A-Z`])");

  private CommandLines() {}

  /**
   * A command line.
   *
   * @param root the launcher's own command
   * @param commands its subcommands, in the order in which help lists them
   * @param calls explains the failure of a call to a gateway; returns any other failure as it is
   */
  static CommandLine of(
      Object root, List<Class<?>> commands, BiFunction<Exception, CommandLine, Exception> calls) {
    CommandLine line = new CommandLine(root);
    commands.forEach(line::addSubcommand);
    line.setExecutionExceptionHandler(explain(calls));
    line.setParameterExceptionHandler(usageError());
    line.setExecutionStrategy(
        parsed -> {
          parsed.asCommandLineList().forEach(CommandLines::refuseRepeatedKeys);
          return new RunLast().execute(parsed);
        });
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpWidth(HELP_WIDTH);
    listBySentences(line);
    return ValueConverters.register(line);
  }

  /** Picocli would silently keep the last of two values for one key of an option. */
  private static void refuseRepeatedKeys(CommandLine line) {
    for (ArgSpec argument : line.getParseResult().matchedArgs()) {
      if (argument.getValue() instanceof Map<?, ?> values
          && values.size() < argument.originalStringValues().size()) {
        throw new ParameterException(
            line,
            (argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel())
                + " gives one name two values: "
                + String.join(" ", argument.originalStringValues())
                + "; give each name once");
      }
    }
  }

  /**
   * Makes the first sentence of each description its first line, which lists of commands show. An
   * empty line separates paragraphs.
   */
  private static void listBySentences(CommandLine line) {
    UsageMessageSpec usage = line.getCommandSpec().usageMessage();
    List<String> paragraphs = new ArrayList<>();
    for (String paragraph : String.join("\n", usage.description()).split("\n\n", -1)) {
      paragraphs.add(paragraph.replace('\n', ' '));
    }
    Matcher first = FIRST_SENTENCE.matcher(paragraphs.get(0));
    if (usage.header().length == 0 && first.find()) {
      paragraphs.set(0, first.group(1) + "\n" + paragraphs.get(0).substring(first.end()));
    }
    usage.description(String.join("\n\n", paragraphs).split("\n", -1));
    line.getSubcommands().values().forEach(CommandLines::listBySentences);
  }

  /**
   * Prints the error in one line; the whole help would push it off the screen. A command that needs
   * a subcommand shows its help instead.
   */
  private static IParameterExceptionHandler usageError() {
    return (exception, words) -> {
      CommandLine line = exception.getCommandLine();
      if (exception instanceof UnmatchedArgumentException unmatched
          && !unmatched.isUnknownOption()
          && !line.getSubcommands().isEmpty()) {
        line.getErr().println(prefix(line) + unknownCommand(line, unmatched.getUnmatched().get(0)));
      } else if (exception.getClass() == ParameterException.class
          && !line.getSubcommands().isEmpty()) {
        line.usage(line.getErr());
        return CommandLine.ExitCode.USAGE;
      } else {
        wrongArguments(exception, line)
            .forEach(wrong -> line.getErr().println(prefix(line) + wrong));
      }
      line.getErr()
          .println(
              "Try '" + line.getCommandSpec().qualifiedName() + " --help' for more information.");
      return CommandLine.ExitCode.USAGE;
    };
  }

  /**
   * What is wrong with the arguments. A misspelt option is named even if it is also missing, which
   * picocli would say alone.
   */
  private static List<String> wrongArguments(ParameterException exception, CommandLine line) {
    List<String> wrong = new ArrayList<>();
    line.getUnmatchedArguments().stream()
        .filter(argument -> argument.startsWith("-"))
        .map(argument -> argument.replaceFirst("=.*", ""))
        .forEach(option -> wrong.add(unknownOption(line, option)));
    if (wrong.isEmpty() && exception instanceof UnmatchedArgumentException unmatched) {
      wrong.add(unexpected(line, unmatched.getUnmatched().get(0)));
    } else if (wrong.isEmpty() || !(exception instanceof UnmatchedArgumentException)) {
      wrong.add(0, TerminalText.printable(said(exception)));
    }
    return wrong;
  }

  /** An argument beyond those that the command takes, such as the second word of a reason. */
  private static String unexpected(CommandLine line, String found) {
    String takes =
        line.getCommandSpec().positionalParameters().stream()
            .map(PositionalParamSpec::paramLabel)
            .collect(Collectors.joining(" "));
    return "unexpected argument \""
        + TerminalText.printable(found)
        + "\"; valid: options"
        + (takes.isEmpty() ? "" : " and " + takes)
        + "; a value with spaces needs quotes";
  }

  /** As picocli says it, without its words for what a person calls by its name. */
  private static String said(ParameterException exception) {
    return String.valueOf(exception.getMessage())
        .replaceFirst("^Error: ", "")
        .replaceFirst("(option '[^']+') \\([^)]+\\)", "$1")
        .replaceFirst("positional parameter at index \\S+ \\(<?([^)>]+)>?\\)", "$1");
  }

  private static String unknownOption(CommandLine line, String found) {
    String near = NameSuggestion.behind(found, line.getCommandSpec().optionsMap().keySet());
    return "unknown option \""
        + TerminalText.printable(found)
        + "\""
        + (near.isEmpty() ? ofAnother(line, found) : near);
  }

  /** The commands of the same group that have the option, if it has a group. */
  private static String ofAnother(CommandLine line, String found) {
    CommandLine group = line.getParent();
    if (group == null || group.getParent() == null) {
      return "";
    }
    String others =
        group.getSubcommands().entrySet().stream()
            .filter(it -> it.getValue().getCommandSpec().optionsMap().containsKey(found))
            .map(it -> group.getCommandName() + " " + it.getKey())
            .collect(Collectors.joining(", "));
    return others.isEmpty() ? "" : "; it is an option of " + others;
  }

  private static String unknownCommand(CommandLine line, String found) {
    String near = NameSuggestion.behind(found, line.getSubcommands().keySet());
    return "unknown command \""
        + TerminalText.printable(found)
        + "\""
        + (near.isEmpty() ? elsewhere(line, found) : near);
  }

  /** The command of that name in a group, if only one group has one, or in a checkout. */
  private static String elsewhere(CommandLine line, String found) {
    if (OF_A_CHECKOUT.contains(found) && line.getParent() == null) {
      return "; packages do not have it: run ./entente in a checkout of the sources, or see"
          + " docs/operate/installing.md#the-pages-on-an-installed-gateway";
    }
    List<String> groups =
        line.getCommandSpec().root().subcommands().entrySet().stream()
            .filter(group -> group.getValue().getSubcommands().containsKey(found))
            .map(Map.Entry::getKey)
            .toList();
    return groups.size() == 1 ? "; did you mean \"" + groups.get(0) + " " + found + "\"?" : "";
  }

  /**
   * Prints a failure that the user can correct in one line; prints a stack trace only for a defect.
   */
  private static IExecutionExceptionHandler explain(
      BiFunction<Exception, CommandLine, Exception> calls) {
    return (thrown, line, parsed) -> {
      Exception exception = calls.apply(thrown, line);
      if (exception instanceof CommandFailure
          || exception instanceof StartProblem
          || exception instanceof CeremonyProblem
          || exception instanceof InvalidValue) {
        line.getErr().println(prefix(line) + printable(exception));
      } else {
        line.getErr()
            .println(prefix(line) + "internal error; please report it with this stack trace");
        exception.printStackTrace(new TerminalWriter(line.getErr()));
      }
      return exception instanceof CommandFailure failure
          ? failure.exit().number()
          : CommandLine.ExitCode.SOFTWARE;
    };
  }

  private static String printable(Exception exception) {
    return String.valueOf(exception.getMessage())
        .lines()
        .map(TerminalText::printable)
        .collect(Collectors.joining(System.lineSeparator()));
  }

  /** Begins an error with the name of its launcher. */
  private static String prefix(CommandLine line) {
    return line.getCommandSpec().root().name() + ": ";
  }
}
