package org.entente.gateway.bridge.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class JsonLinesTest {

  private static SourceRecord record(RecordReadResult reading) {
    return assertInstanceOf(SourceRecord.class, reading, reading::toString);
  }

  @Test
  void lines_blankOnesBetween_keepTheirNumbers() {
    List<RecordReadResult> readings =
        FeedFixture.lines("\uFEFF{\"a\":1}\n\n  \r\n{\"a\":2}\r\n{\"a\":3}");

    assertEquals(List.of(1, 4, 5), readings.stream().map(r -> record(r).line()).toList());
    assertEquals(Map.of("a", 3L), record(readings.get(2)).fields());
  }

  @Test
  void values_ofEachKind_arePlain() {
    RecordReadResult reading =
        FeedFixture.lines(
                "{\"t\":\"x\",\"n\":1,\"d\":0.5,\"b\":true,\"z\":null,\"l\":[1,null,{\"k\":[]}]}")
            .get(0);

    assertEquals(
        Map.of("t", "x", "n", 1L, "d", 0.5, "b", true, "l", List.of(1L, Map.of("k", List.of()))),
        record(reading).fields());
  }

  @TestFactory
  Stream<DynamicTest> line_thatIsNoRecord_isReportedAndTheNextGoesOn() {
    return Stream.of(
            new String[][] {
              {"{\"a\":", "not strict JSON"},
              {"{'a':1}", "not strict JSON"},
              {"{\"a\":1,}", "not strict JSON"},
              {"{\"a\":1,\"a\":2}", "Duplicate field"},
              {"{\"a\":NaN}", "not strict JSON"},
              {"{\"a\":01}", "not strict JSON"},
              {"{\"a\":99999999999999999999}", "too large"},
              {"{\"a\":1e999}", "too large"},
              {"{\"a\":" + "9".repeat(200) + "}", "not strict JSON"},
              {"[1]", "must be a JSON object"},
              {"\"x\"", "must be a JSON object"},
              {"{} {}", "after the JSON object"},
              {"{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}", "not strict JSON"},
              {"{\"a\":\"\u0007\"}", "not strict JSON"},
              {"x".repeat(JsonLines.MAX_LINE_BYTES + 1), "longer than 1048576 bytes"},
            })
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row[0].length() > 40 ? row[1] : row[0],
                    () -> {
                      List<RecordReadResult> readings =
                          FeedFixture.lines("{}\n" + row[0] + "\n{\"b\":1}");
                      assertEquals(3, readings.size());
                      BadRecord bad = FeedFixture.bad(readings.get(1));
                      assertEquals(2, bad.line());
                      assertTrue(bad.message().contains(row[1]), bad::toString);
                      assertEquals(3, record(readings.get(2)).line());
                    }));
  }

  /** Names of equal hashes filled one place of a table of Jackson's that all lines shared. */
  @Test
  void line_whoseNamesHaveOneHash_leavesLaterLinesReadable() {
    List<String> equal =
        IntStream.range(0, 400)
            .mapToObj(
                i ->
                    IntStream.range(0, 15)
                        .mapToObj(bit -> (i >> bit & 1) == 0 ? "b!" : "aB")
                        .collect(Collectors.joining()))
            .toList();
    StringBuilder lines = new StringBuilder(line(equal.stream()));
    for (int i = 0; i < 300; i++) {
      int line = i;
      lines.append(line(IntStream.range(0, 30).mapToObj(field -> "field_" + line + "_" + field)));
    }

    List<RecordReadResult> readings = FeedFixture.lines(lines.toString());

    assertEquals(301, readings.size());
    readings.forEach(JsonLinesTest::record);
  }

  private static String line(Stream<String> names) {
    return names.map(name -> "\"" + name + "\":1").collect(Collectors.joining(",", "{", "}\n"));
  }

  @Test
  void number_tooLarge_isReportedByPointer() {
    BadRecord bad = FeedFixture.bad(FeedFixture.lines("{\"a\":[0,{\"b\":1e400}]}").get(0));

    assertEquals("/a/1/b", bad.field());
  }

  @Test
  void line_notUtf8_isReported() {
    byte[] latin = "{\"a\":\"é\"}\n{}".getBytes(StandardCharsets.ISO_8859_1);

    List<RecordReadResult> readings = FeedFixture.lines(latin);

    assertEquals("is not UTF-8", FeedFixture.bad(readings.get(0)).message());
    assertEquals(2, readings.size());
  }

  @Test
  void line_ofTheLongestLength_isRead() {
    String line = "{\"a\":\"" + "x".repeat(JsonLines.MAX_LINE_BYTES - 8) + "\"}";

    assertEquals(JsonLines.MAX_LINE_BYTES, line.length());
    assertEquals(1, record(FeedFixture.lines(line).get(0)).fields().size());
  }

  @Test
  void record_inText_hidesItsContent() {
    assertEquals(
        "SourceRecord[a.jsonl:1]", FeedFixture.lines("{\"name\":\"x\"}").get(0).toString());
  }
}
