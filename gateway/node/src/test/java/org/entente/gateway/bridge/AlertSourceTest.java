package org.entente.gateway.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.entente.gateway.bridge.cap.CapReaderTest;
import org.entente.gateway.bridge.format.AlertDraft;
import org.entente.gateway.bridge.format.AlertItem;
import org.entente.gateway.bridge.format.BadRecord;
import org.entente.gateway.bridge.format.FeedFixture;
import org.entente.gateway.config.ConfigProblem;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertSourceTest {
  private static final String DRAFT =
      "{\"publisher\":\"fr.customs\",\"draft\":{\"idempotencyKey\":\"k\",\"label\":{\"kind\":"
          + "\"KIND_ALERT\",\"category\":\"CATEGORY_IPR\",\"purpose\":\"PURPOSE_IPR_ENFORCEMENT\","
          + "\"classification\":\"CLASSIFICATION_UNCLASSIFIED\"},\"body\":{\"alert\":{\"texts\":"
          + "[{\"language\":\"en\",\"headline\":\"h\"}]}},\"to\":{\"agencies\":[\"sg.police\"]}}}";

  @TempDir Path folder;

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private static List<ConfigProblem> problems(Path path, @Nullable Path mapping, Path mappings) {
    AlertSource.OpenResult opening = AlertSource.open(path, mapping, mappings);
    return assertInstanceOf(AlertSource.OpenResult.NotOpened.class, opening).problems();
  }

  @Test
  void folder_ofBothFormats_isReadInTheOrderOfNames() throws IOException {
    file("b.cap", CapReaderTest.MINIMAL);
    file("a.jsonl", DRAFT + "\nnonsense\n" + DRAFT + "\n");
    file("c.xml", "<alert/>");
    file("README.md", "not read");
    Files.createDirectory(folder.resolve("d.jsonl"));

    List<AlertItem> items = FeedFixture.all(folder, null);

    assertEquals(5, items.size());
    assertEquals("fr.customs", FeedFixture.draft(items.get(0)).publisher().value());
    assertEquals(2, FeedFixture.bad(items.get(1)).line());
    assertEquals(3, FeedFixture.draft(items.get(2)).line());
    assertEquals("Fire", headline(items.get(3)));
    assertTrue(FeedFixture.bad(items.get(4)).file().endsWith("c.xml"));
  }

  private static String headline(AlertItem item) {
    return FeedFixture.draft(item).draft().getBody().getAlert().getTexts(0).getHeadline();
  }

  @Test
  void file_withAnotherName_isJudgedByItsContent() throws IOException {
    assertEquals(1, FeedFixture.all(file("one", "\n " + DRAFT), null).size());
    FeedFixture.draft(
        FeedFixture.all(file("two.txt", "\uFEFF" + CapReaderTest.MINIMAL), null).get(0));
    assertTrue(
        problems(file("three", "hello"), null, FeedFixture.mappings())
            .get(0)
            .wrong()
            .contains("neither"));
    assertEquals(1, problems(file("four", ""), null, FeedFixture.mappings()).size());
  }

  @Test
  void path_thatIsNotThere_isReported() {
    assertEquals(1, problems(folder.resolve("none.txt"), null, FeedFixture.mappings()).size());
    List<AlertItem> items = FeedFixture.all(folder.resolve("none.jsonl"), null);
    assertEquals(0, FeedFixture.bad(items.get(0)).line());
  }

  @Test
  void draft_withSeveralFaults_isReportedWithAll_andSaysNothingOfMissingFieldsBeforeItIsRead()
      throws IOException {
    String unreadable =
        DRAFT
            .replace("CATEGORY_IPR", "CATEGORY_X")
            .replace("\"kind\":", "\"kinds\":")
            .replace("\"headline\":", "\"headlines\":");
    String incomplete =
        DRAFT
            .replace("\"category\":\"CATEGORY_IPR\",", "")
            .replace("\"h\"", "\"\"")
            .replace("sg.police", "SG");

    List<AlertItem> items = FeedFixture.all(file("d.jsonl", unreadable + "\n" + incomplete), null);

    BadRecord bad = FeedFixture.bad(items.get(0));
    assertEquals(
        List.of("label.kinds", "label.category", "body.alert.texts[0].headlines"), fields(bad));
    List<String> told = bad.toString().lines().toList();
    assertEquals(3, told.size(), bad::toString);
    assertTrue(
        told.get(0).endsWith("d.jsonl:1: label.kinds: is an unknown field; did you mean \"kind\"?"),
        bad::toString);
    assertTrue(told.get(2).contains("d.jsonl:1: body.alert.texts[0].headlines: "), bad::toString);
    assertEquals(
        List.of("label.category", "body.alert.texts[0].headline", "to.agencies[0]"),
        fields(FeedFixture.bad(items.get(1))));
  }

  private static List<String> fields(BadRecord bad) {
    return Stream.concat(Stream.of(bad), bad.further().stream()).map(BadRecord::field).toList();
  }

  @Test
  void draft_withThousandsOfFaults_isReportedInFewWords() throws IOException {
    String unknown =
        IntStream.range(0, 5_000).mapToObj(i -> "\"x" + i + "\":1,").collect(Collectors.joining());

    String lines = DRAFT.replace("\"kind\":", unknown + "\"kind\":");

    assertEquals(
        9, FeedFixture.bad(FeedFixture.all(file("d.jsonl", lines), null).get(0)).further().size());
  }

  @Test
  void draft_atFault_isReportedByField() throws IOException {
    String lines =
        String.join(
            "\n",
            DRAFT.replace("fr.customs", "France"),
            DRAFT.replace("\"publisher\":\"fr.customs\",", ""),
            DRAFT.replace("\"draft\":", "\"drafts\":"),
            DRAFT.replace("CATEGORY_IPR", "CATEGORY_X"),
            DRAFT.replace("\"headline\":\"h\"", "\"headlines\":\"h\""),
            DRAFT.replace("[\"sg.police\"]", "[]"),
            DRAFT.replace("\"kind\":", "\"origin\":\"de.customs\",\"kind\":"),
            DRAFT.replace("KIND_ALERT", "KIND_EVIDENCE"),
            DRAFT.replace("sg.police", "SG"));

    List<AlertItem> items = FeedFixture.all(file("d.jsonl", lines), null);

    assertEquals(
        List.of(
            "publisher",
            "publisher",
            "drafts",
            "label.category",
            "body.alert.texts[0].headlines",
            "to",
            "label.origin",
            "label.kind",
            "to.agencies[0]"),
        items.stream().map(item -> FeedFixture.bad(item).field()).toList());
  }

  @Test
  void draft_ofFeedbackAndAboutEachSubject_isRead_andWhatLacksIsReportedByField()
      throws IOException {
    String alert = "{\"alert\":{\"texts\":[{\"language\":\"en\",\"headline\":\"h\"}]}}";
    String feedback =
        DRAFT
            .replace("KIND_ALERT", "KIND_FEEDBACK")
            .replace("\"kind\"", "\"inReplyTo\":\"AAAAAAAAAAAAAAAAAAAAAA==\",\"kind\"")
            .replace(
                alert,
                "{\"feedback\":{\"result\":\"FEEDBACK_RESULT_NOTHING_FOUND\",\"date\":\"2026-03-02\"}}");
    String about =
        DRAFT.replace(
            "\"h\"}]",
            "\"h\"}],\"subjects\":[{\"plate\":{\"number\":\"AB-123-CD\",\"issuer\":\"FR\"}},"
                + "{\"route\":{\"places\":[\"CNSHA\",\"FRLEH\"]}},{\"phone\":\"+442071838750\"},"
                + "{\"company\":{\"aeoStatus\":\"AEO_STATUS_AUTHORISED\"}}]");
    String lines =
        String.join(
            "\n",
            feedback,
            about,
            feedback.replace("\"inReplyTo\":\"AAAAAAAAAAAAAAAAAAAAAA==\",", ""),
            feedback.replace(",\"date\":\"2026-03-02\"", ""),
            feedback.replace("KIND_FEEDBACK", "KIND_ALERT"),
            about.replace("AB-123-CD", "A".repeat(21)));

    List<AlertItem> items = FeedFixture.all(file("d.jsonl", lines), null);

    assertEquals(
        "2026-03-02", FeedFixture.draft(items.get(0)).draft().getBody().getFeedback().getDate());
    assertEquals(
        "FRLEH",
        FeedFixture.draft(items.get(1))
            .draft()
            .getBody()
            .getAlert()
            .getSubjects(1)
            .getRoute()
            .getPlaces(1));
    assertEquals(
        List.of(
            "label.in_reply_to",
            "body.feedback.date",
            "label.kind",
            "body.alert.subjects[0].plate.number"),
        items.subList(2, 6).stream().map(item -> FeedFixture.bad(item).field()).toList());
  }

  @Test
  void mapping_forAnotherFormat_isReported() throws IOException {
    Path cap = file("a.cap", CapReaderTest.MINIMAL);
    Path mapping = FeedFixture.mappings().resolve("safety-gate.yaml");

    ConfigProblem problem = problems(cap, mapping, FeedFixture.mappings()).get(0);

    assertTrue(problem.wrong().contains("has the format that it maps"), problem::toString);
  }

  @Test
  void mapping_atFault_opensNothing() throws IOException {
    Path lines = file("a.jsonl", DRAFT);
    Path mapping = file("m.yaml", "name: x\n");

    assertTrue(
        problems(lines, mapping, FeedFixture.mappings()).get(0).toString().contains("m.yaml:1"));
    assertEquals(1, problems(lines, folder.resolve("none.yaml"), FeedFixture.mappings()).size());
  }

  @Test
  void cap_withoutTheUsualMapping_isReported() throws IOException {
    Path cap = file("a.cap", CapReaderTest.MINIMAL);

    assertTrue(problems(cap, null, folder).get(0).file().endsWith("cap.yaml"));
    file("cap.yaml", Files.readString(FeedFixture.mappings().resolve("safety-gate.yaml")));
    assertTrue(problems(cap, null, folder).get(0).wrong().contains("is not a mapping of CAP"));
  }

  @Test
  void cap_withAMappingOfItsOwn_takesThat() throws IOException {
    Path cap = file("a.cap", CapReaderTest.MINIMAL);
    String usual = Files.readString(FeedFixture.mappings().resolve("cap.yaml"));
    Path mapping =
        file(
            "own.yaml",
            usual.replace("constant: fr.customs", "constant: us.cbp")
                + "  body.alert.texts[0].headline: \"'Own: ' + source.info[0].event\"\n");

    AlertDraft draft = FeedFixture.draft(FeedFixture.all(cap, mapping).get(0));

    assertEquals("us.cbp", draft.publisher().value());
    assertEquals("Own: Fire", headline(draft));
    assertEquals("Fire", draft.draft().getBody().getAlert().getTexts(0).getEvent());
  }

  @Test
  void cap_notMadePublic_hasNoRecipients() throws IOException {
    String restricted =
        CapReaderTest.MINIMAL.replace(
            "<scope>Public</scope>",
            "<scope>Restricted</scope><restriction>fire brigades</restriction>");

    assertEquals(
        "to", FeedFixture.bad(FeedFixture.all(file("r.cap", restricted), null).get(0)).field());
  }

  @Test
  void cap_cancellationWithoutBlock_getsAText() throws IOException {
    String xml = CapReaderTest.MINIMAL.replace("Alert</msgType>", "Cancel</msgType>");
    String cancel =
        xml.substring(0, xml.indexOf("<info>")) + xml.substring(xml.indexOf("</info>") + 7);

    AlertItem item = FeedFixture.all(file("c.cap", cancel), null).get(0);

    assertEquals("Cancel X-1", headline(item));
  }

  @Test
  void source_atItsEnd_hasNoNext() throws IOException {
    AlertSource.OpenResult opening =
        AlertSource.open(file("e.jsonl", "\n"), null, FeedFixture.mappings());
    try (AlertSource source =
        assertInstanceOf(AlertSource.OpenResult.Opened.class, opening).source()) {
      assertFalse(source.hasNext());
      assertThrows(NoSuchElementException.class, source::next);
    }
  }

  @Test
  void items_inText_hideTheirContent() throws IOException {
    AlertItem item =
        FeedFixture.all(file("x.jsonl", DRAFT.replace("\"h\"", "\"SECRET\"")), null).get(0);

    assertFalse(item.toString().contains("SECRET"), item::toString);
  }

  @Test
  void report_withControlCharacters_isPrintable() {
    BadRecord bad = new BadRecord("f", 1, "a\u001b[31mb", "x\ny".repeat(400));

    assertEquals("a?[31mb", bad.field());
    assertEquals(501, bad.message().length());
    assertFalse(bad.toString().chars().anyMatch(Character::isISOControl));
  }
}
