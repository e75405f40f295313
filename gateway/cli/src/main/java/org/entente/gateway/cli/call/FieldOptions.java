package org.entente.gateway.cli.call;

import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options and arguments of a command by the fields of the request that they fill. A gateway
 * names the field that it refuses; the person who typed the command knows only its options.
 *
 * <p>An option fills the field of its name: {@code --legal-basis} fills {@code label.legal_basis},
 * {@code --marking} one of {@code label.markings}, {@code MESSAGE} the {@code message_id}. {@link
 * RequestField} names the field where the names differ, and prevails. Of several options for a
 * field the given ones are meant. Immutable.
 */
public final class FieldOptions {
  /** No options: fields are named as they are. */
  public static final FieldOptions NONE = new FieldOptions(List.of(), Set.of(), true);

  private static final Pattern INDEX = Pattern.compile("\\[[^\\]]*\\]");

  /** What may follow the name of an option in the name of its field. */
  private static final Pattern ENDING = Pattern.compile("|e?s|_ids?|_ref|_at|_code");

  private final List<ArgSpec> all;
  private final Set<ArgSpec> given;
  private final boolean onlyGiven;

  private FieldOptions(List<ArgSpec> all, Set<ArgSpec> given, boolean onlyGiven) {
    this.all = List.copyOf(all);
    this.given = Set.copyOf(given);
    this.onlyGiven = onlyGiven;
  }

  /** The options of a command whose request comes from its options alone. */
  public static FieldOptions of(CommandSpec command) {
    return new FieldOptions(command.args(), matched(command), false);
  }

  /** The given options of a command whose requests come from a file, which options change. */
  public static FieldOptions given(CommandSpec command) {
    return new FieldOptions(command.args(), matched(command), true);
  }

  private static Set<ArgSpec> matched(CommandSpec command) {
    ParseResult parsed = command.commandLine().getParseResult();
    return parsed == null ? Set.of() : new LinkedHashSet<>(parsed.matchedArgs());
  }

  /**
   * A field with the option or argument that fills it, as {@code --case (label.case_ref)}; the
   * field alone if none does.
   *
   * @param field path of the field, such as {@code to.agencies[1]}
   */
  public String named(String field) {
    return option(field).map(option -> option + " (" + field + ")").orElse(field);
  }

  private Optional<String> option(String field) {
    List<String> path = List.of(INDEX.matcher(field).replaceAll("").split("\\.", -1));
    List<ArgSpec> stated = longest(path, all, FieldOptions::states);
    List<ArgSpec> found = stated.isEmpty() ? longest(path, given, FieldOptions::isNamed) : stated;
    found = found.isEmpty() ? longest(path, all, FieldOptions::isNamed) : found;
    List<ArgSpec> meant = found.stream().filter(given::contains).toList();
    meant = meant.isEmpty() && !onlyGiven ? found : meant;
    return meant.isEmpty()
        ? Optional.empty()
        : Optional.of(String.join(" or ", meant.stream().map(FieldOptions::name).toList()));
  }

  /** Whether an argument fills the field at a path. */
  private interface Filling {
    boolean fills(ArgSpec argument, List<String> path);
  }

  /** The arguments that fill a field, or else the nearest field that contains it. */
  private static List<ArgSpec> longest(
      List<String> path, Iterable<ArgSpec> arguments, Filling filling) {
    for (int end = path.size(); end > 0; end--) {
      List<String> part = path.subList(0, end);
      List<ArgSpec> found = new ArrayList<>();
      arguments.forEach(
          argument -> {
            if (filling.fills(argument, part)) {
              found.add(argument);
            }
          });
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
  }

  private static boolean states(ArgSpec argument, List<String> path) {
    RequestField stated = field(argument);
    return stated != null && List.of(stated.value()).contains(String.join(".", path));
  }

  private static @Nullable RequestField field(ArgSpec argument) {
    return argument.userObject() instanceof AnnotatedElement element
        ? element.getAnnotation(RequestField.class)
        : null;
  }

  private static boolean isNamed(ArgSpec argument, List<String> path) {
    String field = path.get(path.size() - 1);
    return names(argument)
        .anyMatch(
            name ->
                (field.startsWith(name) && ENDING.matcher(field.substring(name.length())).matches())
                    || (name.endsWith("y") && field.equals(name.replaceFirst("y$", "ies"))));
  }

  /** The names of an argument in the form of fields. */
  private static Stream<String> names(ArgSpec argument) {
    Stream<String> names =
        argument instanceof OptionSpec option
            ? Stream.of(option.names())
            : Stream.of(argument.paramLabel());
    return names.map(
        name -> name.replaceFirst("^-+", "").replace('-', '_').toLowerCase(Locale.ROOT));
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }
}
