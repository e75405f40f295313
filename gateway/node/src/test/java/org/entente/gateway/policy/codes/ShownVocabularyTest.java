package org.entente.gateway.policy.codes;

import static org.entente.gateway.policy.decide.PolicyFixture.CONFIG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.policy.check.LabelSpace;
import org.entente.gateway.policy.terms.Law.Instrument;
import org.entente.gateway.policy.terms.Law.TransferBasis;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Subject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every word that agreements and labels have is used by some message that a shipped scenario has
 * accepted, so that none of them is a word only.
 */
class ShownVocabularyTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  /**
   * What no message that goes can have: policy refuses the first everywhere, gateways the other.
   */
  private static final Set<String> NEVER_ACCEPTED = Set.of("status SYSTEM", "status DRAFT");

  private static JsonNode read(Path file) {
    try {
      return YAML.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(it -> it.toString().endsWith(".yaml")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Drafts that scenarios expect to be accepted, or to be held for a second person. */
  private static List<JsonNode> drafts() {
    return files(CONFIG.resolve("scenarios")).stream()
        .map(ShownVocabularyTest::read)
        .flatMap(scenario -> stream(scenario.path("steps")))
        .map(step -> step.path("publish"))
        .filter(
            it -> !it.path("expect").path("accepted").isEmpty() || it.path("expect").has("held"))
        .map(it -> it.path("draft"))
        .toList();
  }

  /** The elements of a list, or the values of an object. */
  private static Stream<JsonNode> stream(JsonNode node) {
    return StreamSupport.stream(node.spliterator(), false);
  }

  @TestFactory
  Stream<DynamicTest> labels_everyWord_isInAMessageThatGoes() {
    List<JsonNode> labels = drafts().stream().map(it -> it.path("label")).toList();
    assertTrue(labels.size() > 50, () -> "found " + labels.size());
    return Stream.of("kind", "category", "purpose", "handling", "requested_action", "status")
        .map(name -> DynamicTest.dynamicTest(name, () -> isShown(name, labels)));
  }

  private static void isShown(String name, List<JsonNode> labels) {
    FieldDescriptor field = Label.getDescriptor().findFieldByName(name);
    EnumDescriptor type = field.getEnumType();
    Set<String> unused = new TreeSet<>();
    for (var value : type.getValues()) {
      String word = EnumNames.word(value);
      boolean needsNoAgreement =
          name.equals("kind")
              && LabelSpace.KINDS.stream().noneMatch(it -> EnumNames.word(it).equals(word));
      if (value.getNumber() != 0
          && !needsNoAgreement
          && !NEVER_ACCEPTED.contains(name + " " + word)) {
        unused.add(word);
      }
    }
    // What a draft leaves out.
    unused.remove(name.equals("requested_action") ? "INFORM" : "ACTUAL");
    for (JsonNode label : labels) {
      JsonNode said = label.path(name);
      unused.remove(said.asText());
      said.forEach(one -> unused.remove(one.asText()));
    }
    assertEquals(Set.of(), unused, name);
  }

  @Test
  void subjects_everyKind_isInAMessageThatGoes() {
    String written =
        drafts().stream().map(it -> it.path("body").toString()).collect(Collectors.joining());
    Set<String> unused = new TreeSet<>();
    for (FieldDescriptor field : Subject.getDescriptor().getFields()) {
      if (!written.contains("\"" + field.getName() + "\":")) {
        unused.add(field.getName());
      }
    }
    assertEquals(Set.of(), unused);
  }

  /** Those under which scenarios expect messages to go. */
  @Test
  void laws_everyInstrumentAndBasis_carriesAMessage() {
    Set<String> used =
        files(CONFIG.resolve("scenarios")).stream()
            .map(ShownVocabularyTest::read)
            .flatMap(scenario -> stream(scenario.path("steps")))
            .flatMap(step -> stream(step.path("publish").path("expect").path("accepted")))
            .map(recipient -> recipient.path("under").asText())
            .collect(Collectors.toSet());
    Set<String> carrying = new TreeSet<>();
    for (Path file : files(CONFIG.resolve("scenarios"))) {
      JsonNode agreement = read(file);
      if (used.contains(agreement.path("id").asText())) {
        carrying.add(agreement.path("law").path("instrument").asText());
        carrying.add(agreement.path("law").path("transfer_basis").asText());
      }
    }
    Set<String> all = new TreeSet<>();
    Stream.of(Instrument.values()).map(Enum::name).forEach(all::add);
    Stream.of(TransferBasis.values()).map(Enum::name).forEach(all::add);
    all.removeAll(carrying);
    assertEquals(Set.of(), all);
  }
}
