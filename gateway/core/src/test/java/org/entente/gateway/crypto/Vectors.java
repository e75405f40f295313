package org.entente.gateway.crypto;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.entente.gateway.testkit.SharedFiles;
import org.junit.jupiter.api.Assertions;

/**
 * One file of official vectors, run case by case, with an account of what was run and what is out
 * of scope and why.
 */
final class Vectors {
  private final String file;
  private final JsonNode root;
  private final Map<String, Integer> outOfScope = new TreeMap<>();
  private final List<String> failures = new ArrayList<>();
  private int run;

  private Vectors(String file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  /** Reads {@code shared/vectors/<folder>/<file>}; without it the test is skipped. */
  static Vectors read(String folder, String file) {
    Path path = SharedFiles.require("vectors/" + folder + "/" + file);
    try {
      return new Vectors(file, JsonMapper.builder().build().readTree(SharedFiles.read(path)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode root() {
    return root;
  }

  /** A hexadecimal field; absent ones fail. */
  static byte[] hex(JsonNode node, String field) {
    JsonNode value = node.get(field);
    Assertions.assertNotNull(value, field);
    return HexFormat.of().parseHex(value.asText());
  }

  /** A hexadecimal field; absent ones are empty. */
  static byte[] hexOrEmpty(JsonNode node, String field) {
    return node.has(field) ? hex(node, field) : new byte[0];
  }

  static boolean isValid(JsonNode test) {
    return switch (test.get("result").asText()) {
      case "valid" -> true;
      case "invalid" -> false;
      default -> throw new AssertionError("unknown result in " + test);
    };
  }

  /** Runs every Wycheproof case with its group; throwing is failing. */
  void eachWycheproofCase(Case check) {
    for (JsonNode group : root.get("testGroups")) {
      for (JsonNode test : group.get("tests")) {
        run("tcId " + test.get("tcId").asText(), () -> check.run(group, test));
      }
    }
    Assertions.assertEquals(root.get("numberOfTests").asInt(), run + outOfScopeCount(), file);
  }

  /** Runs one case, which counts as run unless it says it is out of scope. */
  void run(String name, Runnable check) {
    int before = outOfScopeCount();
    try {
      check.run();
    } catch (AssertionError | RuntimeException e) {
      failures.add(name + ": " + e);
    }
    if (outOfScopeCount() == before) {
      run++;
    }
  }

  /** Counts the current case as out of scope for {@code reason}. */
  void outOfScope(String reason) {
    outOfScope.merge(reason, 1, Integer::sum);
  }

  private int outOfScopeCount() {
    return outOfScope.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Prints the account; fails if a case failed or the counts are not the expected ones. */
  void finish(int expectedRun, int expectedOutOfScope) {
    String reasons = outOfScope.isEmpty() ? "" : " " + outOfScope;
    System.out.println(
        file + ": " + run + " cases run, " + outOfScopeCount() + " out of scope" + reasons);
    Assertions.assertEquals(List.of(), failures, file);
    Assertions.assertEquals(expectedRun, run, file);
    Assertions.assertEquals(expectedOutOfScope, outOfScopeCount(), file);
  }

  /** What is checked for one case of one group. */
  @FunctionalInterface
  interface Case {
    void run(JsonNode group, JsonNode test);
  }
}
