package org.entente.loadtests.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.entente.loadtests.federation.ConfigurationHome;

/**
 * A command that a page tells its reader to type: a line of a fenced code block that begins with
 * {@code ./entente}, {@code cp} or {@code rm}, with those that a backslash joins to it.
 *
 * @param page file name, from the repository
 * @param line where it begins, from 1
 * @param text the command with single spaces, without a comment behind it
 */
public record DocumentedCommand(String page, int line, String text) {
  private static final String FENCE = "```";
  private static final Pattern COMMAND = Pattern.compile("(\\./entente|cp|rm) .*");
  private static final Pattern COMMENT = Pattern.compile("\\s+#\\s.*$");
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

  /** All commands of README.md and docs/. */
  public static List<DocumentedCommand> all() throws IOException {
    Path home = ConfigurationHome.find().folder();
    List<Path> pages = new ArrayList<>(List.of(home.resolve("README.md")));
    try (Stream<Path> docs = Files.walk(home.resolve("docs"))) {
      docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    List<DocumentedCommand> all = new ArrayList<>();
    for (Path page : pages) {
      all.addAll(in(home.relativize(page).toString(), Files.readAllLines(page)));
    }
    return all;
  }

  /** The commands of one page. */
  public static List<DocumentedCommand> in(String page, List<String> lines) {
    List<DocumentedCommand> found = new ArrayList<>();
    boolean code = false;
    int at = 0;
    while (at < lines.size()) {
      int begin = at;
      String line = lines.get(at);
      at++;
      if (line.strip().startsWith(FENCE)) {
        code = !code;
      } else if (code) {
        StringBuilder whole = new StringBuilder(line);
        while (whole.toString().endsWith("\\") && at < lines.size()) {
          whole.setLength(whole.length() - 1);
          whole.append(lines.get(at));
          at++;
        }
        String text = COMMENT.matcher(whole).replaceFirst("").strip().replaceAll("\\s+", " ");
        if (COMMAND.matcher(text).matches()) {
          found.add(new DocumentedCommand(page, begin + 1, text));
        }
      }
    }
    return found;
  }

  /** A command's words as a shell would split them; single quotes hold words together. */
  public static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(command);
    while (matcher.find()) {
      String quoted = matcher.group(1);
      words.add(quoted == null ? matcher.group() : quoted);
    }
    return words;
  }
}
