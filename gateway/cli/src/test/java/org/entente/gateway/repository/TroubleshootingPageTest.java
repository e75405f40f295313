package org.entente.gateway.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The words by which a reader looks up a fault are those that the programs use. */
class TroubleshootingPageTest {
  private static final Path REPOSITORY = Path.of("..", "..").toAbsolutePath().normalize();
  private static final Path PAGE = REPOSITORY.resolve("docs/operate/troubleshooting.md");
  private static final Pattern WORDS = Pattern.compile("`([^`]+)`");

  /** All production code, with the parts of a split text joined again. */
  private static String sources() throws IOException {
    StringBuilder all = new StringBuilder();
    for (String module : List.of("gateway/core", "gateway/node", "gateway/cli")) {
      try (Stream<Path> files = Files.walk(REPOSITORY.resolve(module).resolve("src/main/java"))) {
        for (Path file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
          all.append(Files.readString(file).replaceAll("\"\\s*\\+ \"", ""));
        }
      }
    }
    return all.toString();
  }

  @Test
  void wordsOfTheFirstColumn_areSaidByTheCode() throws IOException {
    String sources = sources();
    List<String> unknown = new ArrayList<>();
    int found = 0;
    for (String line : Files.readAllLines(PAGE)) {
      if (!line.startsWith("| ") || line.startsWith("| you see")) {
        continue;
      }
      Matcher words = WORDS.matcher(line.substring(0, line.indexOf(" |", 2)));
      while (words.find()) {
        found++;
        String said = words.group(1).replace("…", "").strip();
        if (!sources.contains(said)) {
          unknown.add(said);
        }
      }
    }
    assertEquals(List.of(), unknown);
    assertTrue(found > 25, found + " words");
  }
}
