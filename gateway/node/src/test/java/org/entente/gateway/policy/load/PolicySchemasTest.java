package org.entente.gateway.policy.load;

import static org.entente.gateway.policy.decide.PolicyFixture.CONFIG;
import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.SAMPLE;
import static org.entente.gateway.policy.decide.PolicyFixture.sample;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.policy.codes.CodeLists;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.policy.terms.Rulebook;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class PolicySchemasTest {
  private static final Map<String, String> ALL = PolicySchemas.all();

  @TempDir private Path folder;

  @Test
  void shipped_areThoseThatWouldBeWritten() throws IOException {
    Path folder = CONFIG.resolve("schema");
    for (Map.Entry<String, String> schema : ALL.entrySet()) {
      assertEquals(
          schema.getValue(),
          Files.readString(folder.resolve(schema.getKey())),
          "./entente policy schema --out config/schema");
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(ALL.size(), files.count());
    }
  }

  /** Each names its schema for editors, and is what that schema says. */
  @TestFactory
  Stream<DynamicTest> shippedFile_isValid_andNamesItsSchema() throws IOException {
    return Stream.of(
            files("agreements", "agreement.json"),
            files("codes", "codes.json"),
            Stream.of(Map.entry(CONFIG.resolve("node-rules.yaml"), "node-rules.json")))
        .flatMap(it -> it)
        .map(
            it ->
                DynamicTest.dynamicTest(
                    it.getKey().toString(),
                    () -> {
                      String text = Files.readString(it.getKey());
                      String up = CONFIG.equals(it.getKey().getParent()) ? "" : "../";
                      assertTrue(
                          text.startsWith(
                              "# yaml-language-server: $schema="
                                  + up
                                  + "schema/"
                                  + it.getValue()
                                  + "\n"),
                          "first line");
                      assertEquals(List.of(), check(it.getValue(), text));
                    }));
  }

  private static Stream<Map.Entry<Path, String>> files(String folder, String schema)
      throws IOException {
    try (Stream<Path> files = Files.list(CONFIG.resolve(folder))) {
      return files.filter(it -> it.toString().endsWith(".yaml")).sorted().toList().stream()
          .map(it -> Map.entry(it, schema));
    }
  }

  @Test
  void sample_isValid() throws IOException {
    assertEquals(List.of(), check("agreement.json", SAMPLE));
  }

  @TestFactory
  Stream<DynamicTest> agreement_wrong_isMarked() {
    return Stream.of(
        agreement("id: sample", "id: Sample!", "id: pattern"),
        agreement("title: Sample", "title: Sample\nheading: x", "heading: unknown"),
        agreement("instrument: TREATY", "instrument: PACT", "law.instrument: enum"),
        agreement("  regime: ADMINISTRATIVE\n", "", "law.regime: missing"),
        agreement("categories: [IPR]", "categories: [DRUGS]", "covers.categories[0]: enum"),
        agreement("kinds: [ALERT]", "kinds: [EVIDENCE]", "covers.kinds[0]: enum"),
        agreement("ceiling: RESTRICTED", "ceiling: TOP", "covers.classification_ceiling: enum"),
        agreement("personal_data: false", "personal_data: 'false'", "covers.personal_data: type"),
        agreement("retention_days: 90", "retention_days: 0", "obligations.retention_days: minimum"),
        agreement(
            "deliver_within_days: 10",
            "deliver_within_days: 366",
            "obligations.deliver_within_days: maximum"),
        agreement(
            "- agency: sg.police",
            "- { agency: sg.police, group: EU }",
            "between.parties[1]: oneOf"),
        agreement("- agency: sg.police", "- agency: Singapore", "parties[1].agency: pattern"));
  }

  private static DynamicTest agreement(String line, String replacement, String expected) {
    return DynamicTest.dynamicTest(
        expected,
        () -> {
          List<String> found = check("agreement.json", sample(line, replacement));
          assertTrue(found.stream().anyMatch(it -> it.endsWith(expected)), found.toString());
        });
  }

  /** An editor that offers a word which the loader refuses misleads, and so does the contrary. */
  @Test
  void wordsOfAnAgreement_areThoseThatItsLoaderTakes() throws IOException {
    Map<String, Set<String>> fields = new TreeMap<>();
    enums(new ObjectMapper().readTree(ALL.get("agreement.json")), "", "", fields);
    JsonNode sample = new YAMLMapper().readTree(SAMPLE);
    Set<Set<String>> compared = new HashSet<>();
    for (Map.Entry<String, Set<String>> field : fields.entrySet()) {
      // Some types stand in several places, of which the sample has one.
      if (sample.at(holder(field.getKey())).isObject()) {
        Set<String> taken = new TreeSet<>();
        for (String word : candidates(field.getValue())) {
          if (takes(field.getKey(), word)) {
            taken.add(word);
          }
        }
        assertEquals(field.getValue(), taken, field.getKey());
        compared.add(field.getValue());
      }
    }
    assertEquals(new HashSet<>(fields.values()), compared);
  }

  /** The object in which a field stands. */
  private static String holder(String place) {
    String parent = place.substring(0, place.lastIndexOf('/'));
    return place.endsWith("/0") ? parent.substring(0, parent.lastIndexOf('/')) : parent;
  }

  /** The words of each enum by its place in an agreement, as a JSON pointer. */
  private static void enums(JsonNode root, String at, String place, Map<String, Set<String>> out) {
    JsonNode schema = root.at(at);
    if (schema.has("$ref")) {
      enums(root, schema.get("$ref").textValue().substring(1), place, out);
    }
    schema
        .path("properties")
        .fieldNames()
        .forEachRemaining(name -> enums(root, at + "/properties/" + name, place + "/" + name, out));
    if (schema.has("items")) {
      enums(root, at + "/items", place + "/0", out);
    }
    for (JsonNode word : schema.path("enum")) {
      out.computeIfAbsent(place, unknown -> new TreeSet<>()).add(word.textValue());
    }
  }

  /** The words of a field, and those of the vocabularies that share one of them. */
  private static Set<String> candidates(Set<String> words) {
    Set<String> all = new TreeSet<>(words);
    all.add("NO_SUCH_WORD");
    CodeLists.ENUMS.values().stream()
        .map(
            type ->
                type.getValues().stream()
                    .filter(value -> value.getNumber() != 0)
                    .map(EnumNames::word)
                    .toList())
        .filter(vocabulary -> vocabulary.stream().anyMatch(words::contains))
        .forEach(all::addAll);
    return all;
  }

  private boolean takes(String place, String word) throws IOException {
    // Nothing else in the sample may contradict a word.
    String sample =
        sample(
            "regime: ADMINISTRATIVE",
            "regime: CRIMINAL",
            "  retention_days: 90",
            "  retention_days: 90\n  person_required: true",
            "    - agency: fr.customs\n    - agency: sg.police",
            "    - jurisdiction: FR");
    JsonNode agreement = new YAMLMapper().readTree(sample);
    set(agreement, place, word);
    Path agreements = Files.createTempDirectory(folder, "agreements");
    Files.writeString(agreements.resolve("a.yaml"), agreement.toString());
    String field = place.substring(1).replaceAll("/([0-9]+)", "[$1]").replace('/', '.');
    return !(RulebookReader.lint(agreements, null, null, DemoMembership.demo(), NOW)
            instanceof Rulebook.LoadResult.Invalid invalid)
        || invalid.problems().stream()
            .noneMatch(
                problem ->
                    problem.field().startsWith(field)
                        || problem.field().equals(field.replaceAll("\\[0]$", "")));
  }

  private static void set(JsonNode agreement, String place, String word) {
    ObjectNode holder = (ObjectNode) agreement.at(holder(place));
    String name = place.substring(holder(place).length() + 1);
    if (name.endsWith("/0")) {
      holder.putArray(name.substring(0, name.length() - 2)).add(word);
    } else {
      holder.put(name, word);
    }
  }

  @Test
  void otherFiles_wrong_areMarked() throws IOException {
    assertEquals(
        List.of("rules[0]: oneOf"),
        check("node-rules.json", "rules: [ { id: r, when: BOTH, reason: why } ]"));
    assertEquals(List.of("words.colour: enum"), check("codes.json", "words: { colour: {} }"));
    assertEquals(
        List.of("markings.A.de: missing"),
        check("codes.json", "markings: { A: { en: a, fr: b, es: c } }"));
  }

  /** No keyword goes unlooked at: the check below fails on one that it does not know. */
  private static List<String> check(String schema, String yaml) throws IOException {
    JsonNode root = new ObjectMapper().readTree(ALL.get(schema));
    return new Keywords(root).check(new YAMLMapper().readTree(yaml));
  }

  /** The keywords of JSON Schema that the schemas use, as the specification has them. */
  private static final class Keywords {
    private static final Set<String> KNOWN =
        Set.of(
            "$schema",
            "$defs",
            "title",
            "description",
            "format",
            "$ref",
            "type",
            "properties",
            "required",
            "additionalProperties",
            "propertyNames",
            "items",
            "enum",
            "pattern",
            "minLength",
            "maxLength",
            "minimum",
            "maximum",
            "oneOf");

    private final JsonNode root;
    private final Set<String> wrong = new TreeSet<>();

    Keywords(JsonNode root) {
      this.root = root;
    }

    List<String> check(JsonNode value) {
      check(root, value, "");
      return List.copyOf(wrong);
    }

    private void check(JsonNode schema, JsonNode value, String at) {
      schema.fieldNames().forEachRemaining(it -> assertTrue(KNOWN.contains(it), it));
      if (schema.has("$ref")) {
        check(root.at(schema.get("$ref").textValue().substring(1)), value, at);
        return;
      }
      type(schema, value, at);
      if (value.isObject()) {
        object(schema, value, at);
      } else if (value.isArray()) {
        for (int i = 0; i < value.size(); i++) {
          check(schema.path("items"), value.get(i), at + "[" + i + "]");
        }
      } else if (value.isTextual()) {
        text(schema, value.textValue(), at);
      } else if (value.isNumber()) {
        say(value.longValue() < schema.path("minimum").asLong(Long.MIN_VALUE), at, "minimum");
        say(value.longValue() > schema.path("maximum").asLong(Long.MAX_VALUE), at, "maximum");
      }
    }

    private void type(JsonNode schema, JsonNode value, String at) {
      boolean right =
          switch (schema.path("type").asText("any")) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "boolean" -> value.isBoolean();
            case "any" -> true;
            default -> throw new AssertionError(schema);
          };
      say(!right, at, "type");
    }

    private void text(JsonNode schema, String text, String at) {
      say(text.length() < schema.path("minLength").asInt(0), at, "minLength");
      say(text.length() > schema.path("maxLength").asInt(Integer.MAX_VALUE), at, "maxLength");
      say(schema.has("pattern") && !text.matches(schema.get("pattern").textValue()), at, "pattern");
      say(schema.has("enum") && !words(schema.get("enum")).contains(text), at, "enum");
    }

    private void object(JsonNode schema, JsonNode value, String at) {
      String in = at.isEmpty() ? "" : at + ".";
      for (JsonNode name : schema.path("required")) {
        say(!value.has(name.textValue()), in + name.textValue(), "missing");
      }
      value
          .properties()
          .forEach(it -> property(schema, it.getKey(), it.getValue(), in + it.getKey()));
      if (schema.has("oneOf")) {
        int fulfilled = 0;
        for (JsonNode way : schema.get("oneOf")) {
          fulfilled += words(way.get("required")).stream().allMatch(value::has) ? 1 : 0;
        }
        say(fulfilled != 1, at, "oneOf");
      }
    }

    private void property(JsonNode schema, String name, JsonNode value, String at) {
      if (schema.has("propertyNames")) {
        text(schema.get("propertyNames"), name, at);
      }
      if (schema.path("properties").has(name)) {
        check(schema.get("properties").get(name), value, at);
      } else if (schema.path("additionalProperties").isObject()) {
        check(schema.get("additionalProperties"), value, at);
      } else {
        say(schema.has("additionalProperties"), at, "unknown");
      }
    }

    private static List<String> words(JsonNode list) {
      return Stream.iterate(0, i -> i < list.size(), i -> i + 1)
          .map(i -> list.get(i).textValue())
          .toList();
    }

    private void say(boolean isWrong, String at, String keyword) {
      if (isWrong) {
        wrong.add(at + ": " + keyword);
      }
    }
  }
}
