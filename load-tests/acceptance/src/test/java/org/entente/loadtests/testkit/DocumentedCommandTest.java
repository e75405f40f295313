package org.entente.loadtests.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class DocumentedCommandTest {
  @Test
  void page_withCodeAndProse_givesTheCommandsOfItsCode() {
    List<String> page =
        List.of(
            "Type `./entente help`, or:",
            "",
            "```",
            "./entente demo                 # a table",
            "./entente send --gateway HERE \\",
            "    --alerts alerts.jsonl",
            "curl http://127.0.0.1:9441/metrics",
            "```",
            "./entente run is no code here",
            "```",
            "cp -r a b",
            "```");
    assertEquals(
        List.of(
            new DocumentedCommand("p.md", 4, "./entente demo"),
            new DocumentedCommand("p.md", 5, "./entente send --gateway HERE --alerts alerts.jsonl"),
            new DocumentedCommand("p.md", 11, "cp -r a b")),
        DocumentedCommand.in("p.md", page));
  }

  @Test
  void words_inQuotes_stayTogether() {
    assertEquals(
        List.of("./entente", "hold", "place", "M", "--justification", "case 4 Js"),
        DocumentedCommand.words("./entente hold place M --justification 'case 4 Js'"));
  }
}
