package org.entente.gateway.cli.operator;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The manual page of one command, in the macros of man(7) of groff, made from the model that also
 * prints its help. Pure.
 */
final class ManualPage {
  private final CommandSpec command;
  private final StringBuilder out = new StringBuilder();

  private ManualPage(CommandSpec command) {
    this.command = command;
  }

  /** The page's name, such as {@code entente-policy-lint}. */
  static String name(CommandSpec command) {
    return command.qualifiedName("-");
  }

  /** The page in ASCII; equal for equal commands. */
  static String of(CommandSpec command) {
    ManualPage page = new ManualPage(command);
    page.head();
    page.arguments();
    page.subcommands();
    page.foot();
    return page.out.toString();
  }

  private void head() {
    UsageMessageSpec usage = command.usageMessage();
    List<String> description = lines(usage.description());
    String title = name(command).toUpperCase(Locale.ROOT);
    String first = description.isEmpty() ? "" : description.get(0);
    out.append(".TH ").append(escaped(title)).append(" 1 \"\" \"Entente\" \"Entente commands\"\n");
    section("NAME");
    text(name(command) + " - " + first.replaceFirst("\\.$", ""));
    section("SYNOPSIS");
    text(synopsis());
    section("DESCRIPTION");
    paragraphs(description);
  }

  private String synopsis() {
    Help help = new Help(command, Help.defaultColorScheme(Help.Ansi.OFF));
    return help.synopsis(0).replaceAll("\\s+", " ").strip();
  }

  private void arguments() {
    section("OPTIONS");
    command
        .positionalParameters()
        .forEach(argument -> item(argument.paramLabel(), lines(argument.description())));
    command.options().stream()
        .filter(option -> !option.hidden())
        .sorted(Comparator.comparing(OptionSpec::longestName))
        .forEach(option -> item(words(option), lines(option.description())));
  }

  private static String words(OptionSpec option) {
    String names = String.join(", ", option.names());
    return option.arity().max() == 0 ? names : names + "=" + option.paramLabel();
  }

  private void subcommands() {
    List<CommandSpec> visible =
        command.subcommands().values().stream()
            .map(CommandLine::getCommandSpec)
            .filter(sub -> !sub.usageMessage().hidden())
            .distinct()
            .toList();
    if (!visible.isEmpty()) {
      section("COMMANDS");
      visible.forEach(
          sub -> item(name(sub) + "(1)", lines(sub.usageMessage().description()).subList(0, 1)));
    }
  }

  /** Examples, or what else stands below the help; then the page above. */
  private void foot() {
    UsageMessageSpec usage = command.usageMessage();
    List<String> footer = lines(usage.footer());
    if (!footer.isEmpty()) {
      String heading = String.join(" ", lines(usage.footerHeading())).replace(":", "").strip();
      section(heading.isEmpty() ? "NOTES" : heading.toUpperCase(Locale.ROOT));
      out.append(".EX\n");
      footer.forEach(this::text);
      out.append(".EE\n");
    }
    CommandSpec above = command.parent();
    if (above != null) {
      section("SEE ALSO");
      text(name(above) + "(1)");
    }
  }

  private void paragraphs(List<String> lines) {
    for (String line : lines) {
      if (line.isBlank()) {
        out.append(".PP\n");
      } else {
        text(line);
      }
    }
  }

  private void item(String term, List<String> meaning) {
    out.append(".TP\n.B ").append(escaped(term)).append('\n');
    paragraphs(meaning);
  }

  private void section(String title) {
    out.append(".SH ").append(escaped(title)).append('\n');
  }

  private void text(String line) {
    String escaped = escaped(line);
    // A line that begins with one of these would be a macro.
    out.append(escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" : "")
        .append(escaped)
        .append('\n');
  }

  /**
   * The lines of a help text, in which picocli writes a line feed and a percent sign as it does.
   */
  private static List<String> lines(String... help) {
    return Arrays.stream(help)
        .map(text -> text.replace("%n", "\n").replace("%%", "%"))
        .flatMap(text -> text.isEmpty() ? Stream.of("") : text.lines())
        .toList();
  }

  /** Text in which no character is a command; hyphens remain hyphens when they are copied. */
  private static String escaped(String text) {
    return text.codePoints()
        .mapToObj(
            point ->
                switch (point) {
                  case '\\' -> "\\e";
                  case '-' -> "\\-";
                  case '"' -> "\\(dq";
                  case '`', '\'' -> "\\(aq";
                  case '~' -> "\\(ti";
                  case '^' -> "\\(ha";
                  default -> point < 128 ? Character.toString(point) : "\\[u%04X]".formatted(point);
                })
        .collect(Collectors.joining());
  }
}
