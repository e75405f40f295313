package org.entente.gateway.bridge.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.entente.gateway.bridge.format.CapSchema.Slot;

/** Makes CAP 1.2 alerts that are valid and otherwise anything; few words, so that parts repeat. */
final class CapMaker {
  private static final List<String> WORDS =
      List.of(
          "Quay",
          "Kai «östlich»",
          "a=b",
          "back\\slash",
          "two\nlines",
          "x  y",
          "<b> & co",
          "\uD83D\uDD25",
          "https://example.org/a",
          "area.0.geocode.x",
          "en-US",
          "1,2 3");

  private static final Map<CapForm, List<String>> EXAMPLES =
      Map.of(
          CapForm.TOKEN, List.of("X-1", "desk@example.gov", "a=b"),
          CapForm.TIME, List.of("2026-04-12T13:20:00+02:00", "2026-04-12T11:20:00-00:00"),
          CapForm.LANGUAGE, List.of("en-US", "en", "fr-CA"),
          CapForm.WHOLE_NUMBER, List.of("0", "20480"),
          CapForm.NUMBER, List.of("10", "-3.25"),
          CapForm.POLYGON, List.of("1.5,2 3,4 5,6 1.5,2", "0,0 0,1 1,1 0,0"),
          CapForm.CIRCLE, List.of("53.5,9.9 3", "-1,-2 0.5"));

  private final Random random;

  CapMaker(Random random) {
    this.random = random;
  }

  CapElement alert() {
    CapElement made = element("alert", CapSchema.V1_2);
    List<CapElement> children = new ArrayList<>(made.children());
    // Which of the two is required depends on the scope.
    for (String name : List.of("restriction", "addresses")) {
      children.removeIf(child -> child.name().equals(name));
      children.add(CapElement.text(name, word()));
    }
    return CapElement.parent("alert", children);
  }

  private CapElement element(String name, CapSchema schema) {
    List<CapElement> children = new ArrayList<>();
    for (Slot slot : schema.slots()) {
      for (int count = count(slot); count > 0; count--) {
        children.add(
            slot.type() == null
                ? CapElement.text(slot.name(), text(slot.form()))
                : element(slot.name(), slot.type()));
      }
    }
    return CapElement.parent(name, children);
  }

  private int count(Slot slot) {
    return switch (slot.occurs()) {
      case ONE -> 1;
      case OPTIONAL -> random.nextInt(2);
      case ANY -> random.nextInt(4);
      case AT_LEAST_ONE -> 1 + random.nextInt(2);
    };
  }

  private String text(CapForm form) {
    if (form.equals(CapForm.TEXT)) {
      return word();
    }
    if (form.equals(CapForm.TEXT_OR_NOTHING)) {
      return random.nextInt(4) == 0 ? "" : word();
    }
    String oneOf = "one of ";
    List<String> valid =
        form.valid().startsWith(oneOf)
            ? List.of(form.valid().substring(oneOf.length()).split(", ", -1))
            : EXAMPLES.getOrDefault(form, List.of());
    return valid.get(random.nextInt(valid.size()));
  }

  private String word() {
    String first = WORDS.get(random.nextInt(WORDS.size()));
    return random.nextInt(3) == 0 ? first + " " + WORDS.get(random.nextInt(WORDS.size())) : first;
  }
}
