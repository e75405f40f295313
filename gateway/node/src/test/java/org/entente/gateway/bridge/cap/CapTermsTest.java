package org.entente.gateway.bridge.cap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.bridge.AlertSource;
import org.entente.gateway.bridge.format.AlertItem;
import org.entente.gateway.bridge.format.BadRecord;
import org.entente.gateway.bridge.format.CapAlert;
import org.entente.gateway.bridge.format.FeedFixture;
import org.entente.gateway.model.Problem;
import org.entente.gateway.testkit.Results;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.Severity;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CapTermsTest {
  private static final Map<String, Object> STATED =
      Map.of(
          "category", "HAZARDOUS",
          "purpose", "PRODUCT_SAFETY",
          "classification", "UNCLASSIFIED",
          "markings", List.of("TLP:GREEN"),
          "agreement", "eu-product-safety",
          "legal_basis", "Regulation (EU) 2023/988");

  @TempDir Path folder;

  private static CapTerms terms(Map<String, Object> label, String... to) {
    return Results.value(CapTerms.of(label, List.of(to)));
  }

  private static Problem wrong(String field, Object value, String... to) {
    Map<String, Object> label = new LinkedHashMap<>(STATED);
    label.put(field, value);
    return Results.problem(CapTerms.of(label, List.of(to)));
  }

  private static AlertSource.OpenResult open(Path path, @Nullable Path mapping) {
    return AlertSource.open(path, mapping, FeedFixture.mappings(), terms(STATED));
  }

  private static List<AlertItem> all(AlertSource.OpenResult opening) throws IOException {
    List<AlertItem> items = new ArrayList<>();
    try (AlertSource source =
        assertInstanceOf(AlertSource.OpenResult.Opened.class, opening, opening::toString)
            .source()) {
      source.forEachRemaining(items::add);
    }
    return items;
  }

  @Test
  void alert_onTerms_hasWhatCapSaysAndWhatTheTermsSay() {
    Draft draft =
        FeedFixture.draft(terms(STATED).apply(FeedFixture.capAlert(CapReaderTest.MINIMAL))).draft();

    assertEquals(Category.CATEGORY_HAZARDOUS, draft.getLabel().getCategory());
    assertEquals(Severity.SEVERITY_SEVERE, draft.getLabel().getSeverity());
    assertEquals("Regulation (EU) 2023/988", draft.getLabel().getLegalBasis());
    assertEquals(List.of("TLP:GREEN"), draft.getLabel().getMarkingsList());
    assertTrue(draft.getTo().getWhomAgreementsAllow());
    assertEquals(
        Lane.LANE_UNSPECIFIED,
        draft.getLabel().getLane(),
        "speed is for the sender to say, and does not follow from severity or urgency");
  }

  @Test
  void alert_notPublic_hasNamedAddresseesOnly() {
    CapAlert restricted =
        FeedFixture.capAlert(
            CapReaderTest.MINIMAL.replace(
                "<scope>Public</scope>",
                "<scope>Restricted</scope><restriction>brigades</restriction>"));

    BadRecord bad = FeedFixture.bad(terms(STATED).apply(restricted));
    assertEquals("alert/scope", bad.field());
    assertTrue(bad.message().contains("must be named"), bad::toString);
    Draft draft = FeedFixture.draft(terms(STATED, "de.customs").apply(restricted)).draft();
    assertEquals(List.of("de.customs"), draft.getTo().getAgenciesList());
  }

  @Test
  void terms_atFault_areNamedWithWhatWouldBeValid() {
    assertEquals("category", wrong("category", "FLOOD").field());
    assertTrue(wrong("category", "FLOOD").message().contains("PUBLIC_WARNING"));
    assertEquals("legal_basis", wrong("legal_basis", "x".repeat(201)).field());
    assertEquals("to", wrong("case_ref", "1", "Germany").field());
    Label later = Label.newBuilder().setCategoryValue(99).build();
    assertEquals(
        "label.category",
        Results.problem(CapTerms.of(later, Addressing.getDefaultInstance())).field());
    assertEquals(
        "purpose", Results.problem(CapTerms.of(Map.of("category", "IPR"), List.of())).field());
  }

  @Test
  void folder_onTerms_reportsTheBadFileAndGoesOn() throws IOException {
    Files.writeString(folder.resolve("a.cap"), CapReaderTest.MINIMAL);
    Files.writeString(folder.resolve("b.cap"), CapReaderTest.MINIMAL.replace("Actual", "actual"));
    Files.writeString(folder.resolve("c.xml"), CapReaderTest.MINIMAL.replace("X-1", "X-2"));

    List<AlertItem> items = all(open(folder, null));

    assertEquals(3, items.size());
    FeedFixture.draft(items.get(0));
    BadRecord bad = FeedFixture.bad(items.get(1));
    assertTrue(bad.toString().contains("b.cap:5: alert/status: must be one of Actual"));
    assertTrue(FeedFixture.draft(items.get(2)).named().isEmpty(), "whoever sends it publishes it");
  }

  @Test
  void terms_besideAMappingOfCap_orWithoutCap_areRefused() throws IOException {
    Path cap = Files.writeString(folder.resolve("a.cap"), CapReaderTest.MINIMAL);
    Path mapping = FeedFixture.mappings().resolve("cap.yaml");
    AlertSource.OpenResult both = open(cap, mapping);
    assertTrue(both.toString().contains("either the mapping or the terms"), both::toString);

    Path lines = FeedFixture.repository("config/samples/ipr.jsonl");
    AlertSource.OpenResult none = open(lines, null);
    assertTrue(none.toString().contains("contains no CAP"), none::toString);
    AlertSource.OpenResult unused = open(cap, FeedFixture.mappings().resolve("safety-gate.yaml"));
    assertTrue(unused.toString().contains("has the format that it maps"), unused::toString);
  }
}
