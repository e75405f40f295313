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
  void nameThatIsAsNearToSeveral_isTakenForNone() {
    assertEquals("known are n1, n2, n3", NameSuggestion.of("n9", List.of("n1", "n2", "n3")));
    assertEquals("did you mean \"n1\"?", NameSuggestion.of("nn1", List.of("n1", "n2", "n3")));
  }

  @Test
  void nameInAnotherCase_isTakenForTheKnownOne() {
    assertEquals("did you mean \"publish\"?", NameSuggestion.of("PUBLISH", List.of("publish")));
  }

  @Test
  void nameOfAClosedList_isToldAll_andTheNearest() {
    List<String> codes = List.of("H0", "H1", "H2");
    assertEquals("is none of H0, H1, H2", NameSuggestion.noneOf("H9", codes));
    assertEquals(
        "is none of HIT, NO_HIT; did you mean \"NO_HIT\"?",
        NameSuggestion.noneOf("NOHIT", List.of("HIT", "NO_HIT")));
    assertEquals(
        "one of HIT, NO_HIT; did you mean \"NO_HIT\"?",
        NameSuggestion.oneOf("NOHIT", List.of("HIT", "NO_HIT")));
  }

  @Test
  void manyNames_areListedInPart() {
    List<String> many = IntStream.range(100, 130).mapToObj(n -> "name-" + n).toList();
    assertTrue(NameSuggestion.of("else", many).endsWith(" name-119, and 10 more"));
  }
}
