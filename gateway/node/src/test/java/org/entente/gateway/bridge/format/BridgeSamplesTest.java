package org.entente.gateway.bridge.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.bridge.mapping.RecordMapping;
import org.entente.gateway.config.YamlReadResult;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Subject;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every file in {@code config/samples} and {@code config/mappings} loads and is what it claims. */
class BridgeSamplesTest {
  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

  private static Path samples() {
    return FeedFixture.repository("config/samples");
  }

  private static List<AlertDraft> drafts() {
    return FeedFixture.all(samples(), null).stream().map(FeedFixture::draft).toList();
  }

  private static List<Subject> subjects() {
    return drafts().stream()
        .map(item -> item.draft().getBody())
        .flatMap(
            body ->
                body.hasAlert()
                    ? body.getAlert().getSubjectsList().stream()
                    : body.getIntelligence().getSubjectsList().stream())
        .toList();
  }

  @TestFactory
  Stream<DynamicTest> sample_eachFile_givesDraftsOnly() throws IOException {
    try (Stream<Path> files = Files.list(samples())) {
      return files.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList().stream()
          .map(
              file ->
                  DynamicTest.dynamicTest(
                      String.valueOf(file.getFileName()),
                      () -> FeedFixture.all(file, null).forEach(FeedFixture::draft)));
    }
  }

  @Test
  void sample_eachLine_isProtobufJson() throws IOException {
    ObjectMapper json = new ObjectMapper();
    for (AlertDraft item : drafts()) {
      String line = Files.readAllLines(Path.of(item.file())).get(item.line() - 1);
      JsonNode draft = json.readTree(line).get("draft");
      Draft.Builder parsed = Draft.newBuilder();
      JsonFormat.parser().merge(draft.toString(), parsed);
      assertEquals(parsed.build(), item.draft());
    }
  }

  @Test
  void samples_together_leadWithInfringementsAndCoverTheRest() {
    List<AlertDraft> drafts = drafts();

    Set<Category> categories =
        drafts.stream()
            .map(item -> item.draft().getLabel().getCategory())
            .collect(Collectors.toSet());
    assertEquals(
        Set.of(
            Category.CATEGORY_IPR,
            Category.CATEGORY_NARCOTICS,
            Category.CATEGORY_WILDLIFE,
            Category.CATEGORY_HAZARDOUS),
        categories);
    assertEquals(9, FeedFixture.all(samples().resolve("ipr.jsonl"), null).size());
    Set<String> keys = new HashSet<>();
    drafts.forEach(item -> assertTrue(keys.add(item.draft().getIdempotencyKey()), item::toString));
    assertEquals(
        Set.of("fr.customs", "de.customs", "sg.police", "us.cbp"),
        drafts.stream().map(item -> item.publisher().value()).collect(Collectors.toSet()));
  }

  @Test
  void samples_identifiers_haveValidCheckDigits() {
    int checked = 0;
    for (Subject subject : subjects()) {
      String id =
          switch (subject.getSubjectCase()) {
            case CONTAINER -> checkedContainer(subject.getContainer());
            case VESSEL -> checkedVessel(subject.getVessel());
            case AIR_WAYBILL -> checkedAirWaybill(subject.getAirWaybill());
            case VEHICLE -> checkedVehicle(subject.getVehicle());
            case DECLARATION -> checkedDeclaration(subject.getDeclaration());
            case COMPANY -> checkedCompany(subject.getCompany().getLei());
            case PLACE -> matching(subject.getPlace(), "[A-Z]{2}[A-Z2-9]{3}");
            case COMMODITY ->
                matching(subject.getCommodity().getHsCode(), "(?:\\d{2}|\\d{4}|\\d{6})");
            default -> "";
          };
      checked += id.isEmpty() ? 0 : 1;
    }
    assertTrue(checked > 50, "checked " + checked);
  }

  @Test
  void checkDigit_ofKnownContainers_tellsValidFromInvalid() {
    assertEquals(3, iso6346("CSQU305438"));
    assertTrue(iso6346("TEXU307007") != 0, "TEXU3070070 is invalid");
  }

  @TestFactory
  Stream<DynamicTest> mapping_eachFile_loads() throws IOException {
    try (Stream<Path> files = Files.list(FeedFixture.mappings())) {
      List<Path> mappings = files.filter(file -> file.toString().endsWith(".yaml")).toList();
      assertEquals(3, mappings.size());
      return mappings.stream()
          .map(
              file ->
                  DynamicTest.dynamicTest(
                      String.valueOf(file.getFileName()),
                      () -> {
                        YamlReadResult<RecordMapping> reading = FeedFixture.load(file);
                        assertTrue(reading instanceof YamlReadResult.Read<?>, reading::toString);
                      }));
    }
  }

  private static String matching(String id, String form) {
    assertTrue(id.matches(form), id);
    return id;
  }

  private static String checkedContainer(String id) {
    matching(id, "[A-Z]{3}U\\d{7}");
    assertEquals(id.charAt(10) - '0', iso6346(id.substring(0, 10)), id);
    return id;
  }

  /** The same scheme as for containers, after the customs data model. */
  private static String checkedDeclaration(String id) {
    matching(id, "\\d{2}[A-Z]{2}[A-Z0-9]{13}\\d");
    assertEquals(id.charAt(17) - '0', iso6346(id.substring(0, 17)), id);
    return id;
  }

  private static int iso6346(String text) {
    int sum = 0;
    for (int i = 0; i < text.length(); i++) {
      sum = (sum + iso6346(text.charAt(i)) * (1 << i)) % 11;
    }
    return sum % 10;
  }

  /** A is 10, and upwards without 11, 22 and 33. */
  private static int iso6346(char c) {
    if (c <= '9') {
      return c - '0';
    }
    int value = 10 + LETTERS.indexOf(c);
    return value + (value >= 11 ? 1 : 0) + (value >= 21 ? 1 : 0) + (value >= 31 ? 1 : 0);
  }

  private static String checkedVessel(String id) {
    matching(id, "\\d{7}");
    int sum = 0;
    for (int i = 0; i < 6; i++) {
      sum += (id.charAt(i) - '0') * (7 - i);
    }
    assertEquals(id.charAt(6) - '0', sum % 10, id);
    return id;
  }

  private static String checkedAirWaybill(String id) {
    matching(id, "\\d{11}");
    assertEquals(id.charAt(10) - '0', Integer.parseInt(id.substring(3, 10)) % 7, id);
    return id;
  }

  private static String checkedVehicle(String id) {
    matching(id, "[A-HJ-NPR-Z0-9]{17}");
    int[] weights = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    String letters = "ABCDEFGH_JKLMN_P_R_STUVWXYZ";
    int sum = 0;
    for (int i = 0; i < 17; i++) {
      char c = id.charAt(i);
      int value = c <= '9' ? c - '0' : letters.indexOf(c) % 9 + 1;
      sum += value * weights[i];
    }
    assertEquals(id.charAt(8), "0123456789X".charAt(sum % 11), id);
    return id;
  }

  private static String checkedCompany(String lei) {
    if (lei.isEmpty()) {
      return "";
    }
    matching(lei, "[A-Z0-9]{18}\\d{2}");
    StringBuilder digits = new StringBuilder();
    lei.chars().forEach(c -> digits.append(Character.digit(c, 36)));
    assertEquals(BigInteger.ONE, new BigInteger(digits.toString()).mod(BigInteger.valueOf(97)));
    return lei;
  }
}
