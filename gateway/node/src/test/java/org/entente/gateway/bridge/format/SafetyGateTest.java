package org.entente.gateway.bridge.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.entente.gateway.testkit.SharedFiles;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Commodity;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Severity;
import org.junit.jupiter.api.Test;

/** The 120 real alerts under {@code config/mappings/safety-gate.yaml}. */
class SafetyGateTest {

  private static List<AlertItem> items() {
    Path file = SharedFiles.require("data/safety-gate-alerts.jsonl");
    return FeedFixture.all(file, FeedFixture.mappings().resolve("safety-gate.yaml"));
  }

  private static AlertDraft alert(String number) {
    return items().stream()
        .map(FeedFixture::draft)
        .filter(item -> item.draft().getLabel().getSourceRef().equals(number))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void alerts_all120_becomeDrafts() {
    List<AlertItem> items = items();

    assertEquals(120, items.size());
    Map<String, Integer> publishers = new HashMap<>();
    for (AlertItem item : items) {
      publishers.merge(FeedFixture.draft(item).publisher().value(), 1, Integer::sum);
    }
    assertEquals(Map.of("de.customs", 27, "fr.customs", 93), publishers);
    assertEquals(
        120,
        items.stream()
            .map(item -> FeedFixture.draft(item).draft().getIdempotencyKey())
            .distinct()
            .count());
  }

  @Test
  void alerts_all_haveWhatPolicyDecidesOn() {
    for (AlertItem item : items()) {
      AlertDraft alert = FeedFixture.draft(item);
      Label label = alert.draft().getLabel();
      assertEquals(Kind.KIND_ALERT, label.getKind());
      assertEquals(Category.CATEGORY_HAZARDOUS, label.getCategory());
      assertEquals(Purpose.PURPOSE_PRODUCT_SAFETY, label.getPurpose());
      assertEquals(Classification.CLASSIFICATION_UNCLASSIFIED, label.getClassification());
      List<String> to = alert.draft().getTo().getAgenciesList();
      assertEquals(3, to.size());
      assertFalse(to.contains(alert.publisher().value()), "addressed to itself");
      assertTrue(to.containsAll(List.of("us.cbp", "sg.police")));
    }
  }

  @Test
  void severity_ofEachRisk_followsTheWorstNamed() {
    Map<Severity, Long> counts =
        items().stream()
            .map(item -> FeedFixture.draft(item).draft().getLabel().getSeverity())
            .collect(Collectors.groupingBy(severity -> severity, Collectors.counting()));

    assertEquals(
        Map.of(
            Severity.SEVERITY_MINOR, 2L,
            Severity.SEVERITY_SEVERE, 32L,
            Severity.SEVERITY_MODERATE, 86L),
        counts);
  }

  @Test
  void alert_complete_hasEveryField() {
    AlertDraft item = alert("A12/02441/24");

    assertEquals("de.customs", item.publisher().value());
    assertEquals(1, item.line());
    assertEquals("safety-gate:A12-02441-24", item.draft().getIdempotencyKey());
    Label label = item.draft().getLabel();
    assertEquals(List.of("DE", "SE"), label.getJurisdictionsList());
    assertEquals(Severity.SEVERITY_MODERATE, label.getSeverity());
    assertEquals(
        List.of("fr.customs", "us.cbp", "sg.police"), item.draft().getTo().getAgenciesList());
    Alert alert = item.draft().getBody().getAlert();
    assertEquals(
        "Car seat swivel and lift BraunAbility Europe AB: injuries",
        alert.getTexts(0).getHeadline());
    assertTrue(alert.getTexts(0).getDescription().startsWith("Missing screws on the swivel seat"));
    assertTrue(alert.getTexts(0).getInstruction().contains("Recall of the product"));
    Commodity goods = alert.getSubjects(0).getCommodity();
    assertEquals("Car seat swivel and lift, Turny 6-way", goods.getDescription());
    assertEquals("BraunAbility Europe AB", goods.getBrand());
    assertEquals("SE", goods.getOriginCountry());
    assertEquals("produced 1/08/2023 - 31/08/2023; recall code 8", goods.getBatch());
    assertEquals(
        Map.of(
            "product_category", "Motor vehicles",
            "type", "Professional",
            "risk_type", "Injuries",
            "notifying_country", "Germany",
            "country_of_origin", "Sweden"),
        alert.getExtraMap());
  }

  @Test
  void alert_withoutOptionalFields_leavesThemUnset() {
    List<AlertItem> bare =
        items().stream()
            .filter(
                item ->
                    !FeedFixture.draft(item)
                        .draft()
                        .getBody()
                        .getAlert()
                        .containsExtra("country_of_origin"))
            .toList();

    assertEquals(6, bare.size());
    for (AlertItem item : bare) {
      Commodity goods =
          FeedFixture.draft(item).draft().getBody().getAlert().getSubjects(0).getCommodity();
      assertEquals("", goods.getOriginCountry());
      assertEquals("", goods.getBatch());
      assertEquals(1, FeedFixture.draft(item).draft().getLabel().getJurisdictionsCount());
    }
  }
}
