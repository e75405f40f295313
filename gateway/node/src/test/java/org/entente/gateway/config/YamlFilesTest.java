package org.entente.gateway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.entente.gateway.model.AgencyName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlFilesTest {
  enum Colour {
    RED,
    GREEN
  }

  record Part(
      String name,
      @SchemaDescription(value = "how many", least = 1, most = 9) @JsonProperty(required = true)
          Integer count) {}

  record Sample(
      @JsonProperty(required = true) String id,
      @Nullable Integer maxItems,
      @Nullable Boolean open,
      @Nullable Colour colour,
      @Nullable AgencyName agency,
      @Nullable Instant from,
      @Nullable Duration every,
      @Nullable List<Part> parts,
      @Nullable Map<String, String> extra,
      @Nullable String rule) {}

  private static final YamlFiles YAML = new YamlFiles();

  @Test
  void file_everyKindOfField_isRead() {
    String text =
        """
        # comment
        id: a
        max_items: 3
        open: true
        colour: GREEN
        agency: fr.customs
        from: 2026-01-01T00:00:00Z
        every: PT24H
        parts:
          - { name: x, count: 1 }
          - name: NO
            count: 2
        extra: { k: v }
        rule: |
          one
          two
        """;
    assertEquals(
        new Sample(
            "a",
            3,
            true,
            Colour.GREEN,
            new AgencyName("fr.customs"),
            Instant.parse("2026-01-01T00:00:00Z"),
            Duration.ofDays(1),
            List.of(new Part("x", 1), new Part("NO", 2)),
            Map.of("k", "v"),
            "one\ntwo\n"),
        assertInstanceOf(YamlReadResult.Read.class, parse(text)).value());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "id: a\\ncolor: RED | 2:1: color: unknown field; valid: one of agency, colour, every,",
        "id: a\\ncolour: BLUE | 2:1: colour: \"BLUE\"; valid: one of RED, GREEN",
        "id: a\\nopen: yes | 2:1: open: \"yes\"; valid: true or false; did you mean true?",
        "id: a\\nopen: No | 2:1: open: \"No\"; valid: true or false; did you mean false?",
        "id: a\\nmax_items: many | 2:1: max_items: \"many\"; valid: a whole number",
        "id: a\\nmax_items: 1.5 | 2:1: max_items: \"1.5\"; valid: a whole number",
        "id: 5 | 1:1: id: \"5\"; valid: text",
        "id: a\\nid: b | 2:3: Duplicate field",
        "max_items: 1 | 1:1: id: the field is missing",
        "id: a\\nparts: {} | 2:1: parts: a mapping; valid: a list",
        "id: a\\n"
            + "parts: [ { name: x, count: true } ] | 2:21: parts[0].count: true or false; valid: a",
        "id: a\\nparts: [ { name: x, count: 1, size: 1 } ] | 2:31: parts[0].size: unknown field",
        "id: a\\nagency: France | 2:1: agency: an agency name is a two-letter code",
        "id: a\\nfrom: yesterday | 2:1: from: a time such as",
        "id: &x a\\nrule: *x | 2:7: rule: a YAML anchor or alias",
        "id: a\\nmax_items: 010 | 2:12: max_items: \"010\", another number to some readers; valid: a",
        "id: a\\nmax_items: 0x10 | 2:12: max_items: \"0x10\", another number",
        "id: a\\nmax_items: 1_80 | 2:12: max_items: \"1_80\", another number",
        "id: a\\nmax_items: +30 | 2:12: max_items: \"+30\", another number",
        "id: a\\nmax_items: !!int '030' | max_items: a YAML tag; valid: the value alone",
        "id: ! a\\nmax_items: 1 | id: a YAML tag",
        "id: a\\nparts: !!seq [] | parts: a YAML tag",
        "id: a\\n---\\nid: b | a second YAML document",
        "id: a\\nrule: | 2:6: rule: nothing; valid: a value, or leave the field out",
        "id: a\\n"
            + "parts: [ { name: x } ] | 2:10: parts[0].count: the field is missing; valid: a whole"
            + " number from 1 to 9",
        "id: a\\nparts: [ ~ ] | parts[0]: nothing",
        "id: [ | well-formed YAML",
        "id: a\\n\tparts: [] | 1:6: a tab; indent by spaces",
        "id: a\\n  parts: [] | mapping values are not allowed here",
        "parts:\\n  - name: x\\n   count: 1 | the indentation differs from that of the lines above",
        "- a | 1:1: a list; valid: a mapping of fields",
        "` ` | the file is empty",
        "id: a\\nmax_items: 99999999999 | 2:1: max_items",
      })
  void file_wrong_isRefusedWithPlaceAndCure(String text, String expected) {
    var unreadable =
        assertInstanceOf(YamlReadResult.Unreadable.class, parse(text.replace("\\n", "\n")), text);
    String problem = unreadable.problems().get(0).toString();
    assertTrue(problem.startsWith("sample.yaml"), problem);
    assertTrue(problem.contains(expected), problem);
  }

  private static List<String> problems(String text) {
    var unreadable = assertInstanceOf(YamlReadResult.Unreadable.class, parse(text));
    return ((YamlReadResult.Unreadable<?>) unreadable)
        .problems().stream().map(ConfigProblem::toString).toList();
  }

  @Test
  void file_wrongInSeveralPlaces_namesThemAll_inTheirOrder() {
    List<String> problems =
        problems(
            """
            color: RED
            max_items: many
            open: yes
            colour: GREN
            parts:
              - { name: x, count: 1, size: 2 }
              - { count: two }
            every: daily
            """);
    List<String> expected =
        List.of(
            "sample.yaml:1:1: color: unknown field",
            "sample.yaml:1:1: id: the field is missing; valid: text",
            "sample.yaml:2:1: max_items: \"many\"",
            "sample.yaml:3:1: open: \"yes\"; valid: true or false; did you mean true?",
            "sample.yaml:4:1: colour: \"GREN\"; valid: one of RED, GREEN; did you mean \"GREEN\"?",
            "sample.yaml:6:26: parts[0].size: unknown field; valid: one of count, name",
            "sample.yaml:7:7: parts[1].count: \"two\"; valid: a whole number",
            "sample.yaml:8:1: every: an ISO 8601 duration");
    assertEquals(expected.size(), problems.size(), problems::toString);
    for (String one : expected) {
      assertTrue(problems.stream().anyMatch(problem -> problem.startsWith(one)), one + problems);
    }
    List<Integer> lines =
        problems.stream().map(it -> Integer.valueOf(it.split(":", -1)[1])).toList();
    assertEquals(lines.stream().sorted().toList(), lines);
  }

  @Test
  void unknownField_isNamedWithTheNearest() {
    assertEquals(
        List.of(
            "sample.yaml:2:1: max_item: unknown field; valid: one of agency, colour, every, extra,"
                + " from, id, max_items, open, parts, rule; did you mean \"max_items\"?"),
        problems("id: a\nmax_item: 3\n"));
  }

  @Test
  void unknownFields_leaveARestToCheckFurther_otherProblemsDoNot() {
    var unknown =
        assertInstanceOf(YamlReadResult.Unreadable.class, parse("id: a\nmax_item: 3\nrule: x\n"));
    YamlReadResult.Read<?> rest = unknown.rest();
    assertEquals("x", ((Sample) java.util.Objects.requireNonNull(rest).value()).rule());
    var wrong = assertInstanceOf(YamlReadResult.Unreadable.class, parse("id: a\nopen: perhaps\n"));
    assertEquals(null, wrong.rest());
  }

  @Test
  void hiddenMeaning_isRefusedInEveryPlace() {
    List<String> problems = problems("id: &x a\nrule: *x\nfrom:\nopen: true\n");
    assertEquals(2, problems.size(), problems::toString);
    assertTrue(problems.get(0).contains("2:7: rule: a YAML anchor"), problems::toString);
    assertTrue(problems.get(1).contains("from: nothing"), problems::toString);
  }

  @Test
  void positions_blockText_problemNamesLineOfFile() {
    var read =
        assertInstanceOf(
            YamlReadResult.Read.class, parse("id: a\nrule: |\n  one\n  two\nmax_items: 1\n"));
    assertEquals(4, read.positions().problemInText("rule", 2, "bad", "").line());
    assertEquals(1, read.positions().problemInText("id", 1, "bad", "").line());
    assertEquals(2, read.positions().problem("rule.none[3]", "bad", "").line());
    assertEquals(1, read.positions().problem("absent", "bad", "").line());
  }

  @Test
  void file_absentOrTooLargeOrNotUtf8_isRefused(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("x.yaml");
    assertInstanceOf(YamlReadResult.Unreadable.class, YAML.read(file, Sample.class));
    Files.write(file, new byte[YamlFiles.MAX_BYTES + 1]);
    assertInstanceOf(YamlReadResult.Unreadable.class, YAML.read(file, Sample.class));
    Files.write(file, new byte[] {'i', 'd', ':', ' ', (byte) 0xff});
    assertInstanceOf(YamlReadResult.Unreadable.class, YAML.read(file, Sample.class));
    Files.writeString(file, "id: ok\n");
    assertInstanceOf(YamlReadResult.Read.class, YAML.read(file, Sample.class));
  }

  @Test
  void file_deeplyNestedOrManyAliases_isRefused() {
    String deep = "id: a\nextra: " + "[".repeat(5_000);
    assertInstanceOf(YamlReadResult.Unreadable.class, parse(deep));
    String laughs = "id: a\na: &a [x,x]\nb: &b [*a,*a]\nextra: {c: *b}\n";
    assertInstanceOf(YamlReadResult.Unreadable.class, parse(laughs));
  }

  /** The path of each value is kept: half a gigabyte for 64 KiB, otherwise. */
  @Test
  void file_whosePathsAreLong_isRefused_atTheirPlace_andNotPrintedWhole() {
    String name = "n".repeat(PositionScan.MOST_OF_A_PATH - "extra.".length());
    assertInstanceOf(YamlReadResult.Read.class, parse("id: a\nextra: {" + name + ": b}\n"));
    String longer = "id: a\nextra:\n  ? n" + name + "\n  : b\n";
    String deep = "id: a\nextra: " + "{nnn: ".repeat(101) + "1" + "}".repeat(101);
    for (String text : List.of(longer, deep)) {
      List<String> problems = problems(text);
      assertEquals(1, problems.size(), problems::toString);
      String problem = problems.get(0);
      assertTrue(problem.contains("the names up to here have 40"), problem);
      assertTrue(problem.contains("at most 400; nest less deeply"), problem);
      assertTrue(problem.length() < 300, problem);
    }
    assertTrue(problems(longer).get(0).startsWith("sample.yaml:3:"), problems(longer)::toString);
    String nothing = problems("id: a\nextra: {" + name + ": }\n").get(0);
    assertTrue(nothing.contains("extra." + "n".repeat(74) + "…: nothing"), nothing);
  }

  /** Each element of a list has the path of the list, and a file may have many of them. */
  @Test
  void file_whosePathsAreLongInAll_isRefused() {
    String name = "n".repeat(380);
    int many = PositionScan.MOST_OF_ALL_PATHS / 386;
    String text = "id: a\nextra:\n  ? " + name + "\n  : [" + "1,".repeat(many) + "1]\n";

    List<String> problems = problems(text);

    assertEquals(1, problems.size(), problems::toString);
    String problem = problems.get(0);
    assertTrue(problem.contains("the paths of the values up to here have 8388"), problem);
    assertTrue(problem.contains("at most 8388608; split the file"), problem);
    assertTrue(problem.contains(": extra." + "n".repeat(74) + "…: "), problem);
  }

  @Test
  void file_randomlyDamaged_neverThrows() {
    String good =
        """
        id: a
        max_items: 3
        parts:
          - { name: x, count: 1 }
        extra: { k: "v" }
        rule: |
          x
        """;
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String signs = "{}[]:,-&*!|>'\"%@`#?\t\n \u0000\u0085é0aA~";
    for (int i = 0; i < 5_000; i++) {
      StringBuilder text = new StringBuilder(good);
      for (int n = random.nextInt(4); n >= 0; n--) {
        int at = random.nextInt(text.length());
        text.replace(
            at,
            at + random.nextInt(2),
            String.valueOf(signs.charAt(random.nextInt(signs.length()))));
      }
      try {
        parse(text.toString());
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("seed " + seed + ":\n" + text, e);
      }
    }
  }

  private static YamlReadResult<Sample> parse(String text) {
    return YAML.parse("sample.yaml", text.getBytes(StandardCharsets.UTF_8), Sample.class);
  }
}
