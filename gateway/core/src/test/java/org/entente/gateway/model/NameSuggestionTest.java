package org.entente.gateway.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NameSuggestionTest {
  private static final List<String> AGENCIES = List.of("us.cbp", "fr.customs", "de.customs");

  @Test
  void nameWithATypingError_isTakenForTheNearest() {
    assertEquals("did you mean \"fr.customs\"?", NameSuggestion.of("fr.custom", AGENCIES));
    assertEquals("did you mean \"de.customs\"?", NameSuggestion.of("de.customss", AGENCIES));
    assertEquals("did you mean \"x.hub\"?", NameSuggestion.of("x.hubb", List.of("x.hub")));
    assertEquals("did you mean \"tail\"?", NameSuggestion.of("tial", List.of("recall", "tail")));
  }

  @Test
  void nameThatIsNearNone_isToldAllThatThereAre() {
    assertEquals(
        "known are de.customs, fr.customs, us.cbp", NameSuggestion.of("sg.police", AGENCIES));
    assertEquals(
        "known are de.customs, fr.customs, us.cbp", NameSuggestion.of("it.customs", AGENCIES));
    assertEquals("there are none", NameSuggestion.of("sg.police", List.of()));
    assertTrue(NameSuggestion.of("a".repeat(10_000), AGENCIES).startsWith("known are "));
  }

  @Test
  void manyNames_areListedInPart() {
    List<String> many = IntStream.range(100, 130).mapToObj(n -> "name-" + n).toList();
    assertTrue(NameSuggestion.of("else", many).endsWith(" name-119, and 10 more"));
  }
}
