package org.entente.gateway.policy.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.config.YamlLayout.Layout;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class AgreementLayoutTest {
  @TestFactory
  Stream<DynamicTest> shippedFile_isLaidOut() throws IOException {
    try (Stream<Path> files = Files.list(PolicyFixture.CONFIG.resolve("agreements"))) {
      return files.filter(it -> it.toString().endsWith(".yaml")).sorted().toList().stream()
          .map(it -> DynamicTest.dynamicTest(it.toString(), () -> assertLaidOut(it)));
    }
  }

  private static void assertLaidOut(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    assertEquals(new String(content, UTF_8), text(AgreementLayout.of(file.toString(), content)));
  }

  private static String text(Layout layout) {
    return assertInstanceOf(Layout.Text.class, layout, layout::toString).text();
  }

  @Test
  void fields_inAnyOrder_comeIntoTheOneOrderWithTheirComments() {
    String sample = PolicyFixture.SAMPLE;
    int law = sample.indexOf("law:");
    int between = sample.indexOf("between:");
    String turned =
        sample.substring(0, law)
            + "# who shares\n"
            + sample.substring(between)
            + "# the law\n"
            + sample.substring(law, between);
    String laidOut = text(AgreementLayout.of("a.yaml", turned.getBytes(UTF_8)));
    String expected = sample;
    for (String part : List.of("law", "between", "covers", "obligations", "valid")) {
      expected = expected.replace("\n" + part + ":", "\n\n" + part + ":");
    }
    assertEquals(
        expected
            .replace("\nlaw:", "\n# the law\nlaw:")
            .replace("\nbetween:", "\n# who shares\nbetween:"),
        laidOut);
    assertEquals(laidOut, text(AgreementLayout.of("a.yaml", laidOut.getBytes(UTF_8))));
  }

  @Test
  void fileThatDoesNotRead_isRefusedWithItsProblem() {
    byte[] wrong =
        PolicyFixture.sample("title: Sample", "title: Sample\nheading: x").getBytes(UTF_8);
    var refused = assertInstanceOf(Layout.Refused.class, AgreementLayout.of("a.yaml", wrong));
    assertTrue(refused.problems().get(0).toString().startsWith("a.yaml:3:1: heading"));
  }

  @Test
  void comment_betweenElementsOfAList_isRefusedWhereItStands_andBeforeTheFirstKept() {
    String first =
        PolicyFixture.sample(
            "    - agency: fr.customs", "    # both by name\n    - agency: fr.customs");
    String laidOut = text(AgreementLayout.of("a.yaml", first.getBytes(UTF_8)));
    assertTrue(laidOut.contains("  # both by name\n  parties:\n    - agency: fr.customs"), laidOut);
    String second =
        PolicyFixture.sample("    - agency: sg.police", "    # theirs\n    - agency: sg.police");
    var refused =
        assertInstanceOf(
            Layout.Refused.class, AgreementLayout.of("a.yaml", second.getBytes(UTF_8)));
    assertTrue(
        refused.problems().get(0).toString().startsWith("a.yaml:13:5: a comment between elements"),
        refused.problems()::toString);
  }
}
