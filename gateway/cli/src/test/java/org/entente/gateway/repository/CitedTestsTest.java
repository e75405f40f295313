package org.entente.gateway.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A page that names a test names one that is there. */
class CitedTestsTest {
  private static final Path REPOSITORY = Path.of("..", "..").toAbsolutePath().normalize();
  private static final Pattern CITED = Pattern.compile("`([A-Z]\\w*[a-z](?:Test|IT))(?:#(\\w+))?`");
  private static final int FEWEST = 200;

  @Test
  void test_thatAPageNames_isThere() throws IOException {
    Map<String, String> tests = tests();
    List<String> missing = new ArrayList<>();
    int cited = 0;
    for (Path page : pages()) {
      Matcher names = CITED.matcher(Files.readString(page));
      while (names.find()) {
        cited++;
        String source = tests.getOrDefault(names.group(1), "");
        String method = names.group(2);
        if (source.isEmpty() || (method != null && !source.contains(" " + method + "("))) {
          missing.add(REPOSITORY.relativize(page) + ": " + names.group());
        }
      }
    }
    assertEquals(List.of(), missing);
    assertTrue(cited > FEWEST, cited + " tests named: the pages are not where they were");
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(REPOSITORY.resolve("docs"))) {
      return Stream.concat(
              files.filter(file -> file.toString().endsWith(".md")),
              Stream.of("README.md", "CONTRIBUTING.md").map(REPOSITORY::resolve))
          .sorted()
          .toList();
    }
  }

  /** Sources of tests by the names of their classes. */
  private static Map<String, String> tests() throws IOException {
    Map<String, String> tests = new HashMap<>();
    for (String module :
        List.of(
            "gateway/core",
            "gateway/node",
            "gateway/cli",
            "gateway/kafka",
            "certs-dev",
            "load-tests/acceptance",
            "load-tests/bench")) {
      try (Stream<Path> files = Files.walk(REPOSITORY.resolve(module).resolve("src/test/java"))) {
        for (Path file : files.filter(file -> file.toString().endsWith(".java")).toList()) {
          String name = String.valueOf(file.getFileName()).replace(".java", "");
          tests.put(name, Files.readString(file));
        }
      }
    }
    return tests;
  }
}
