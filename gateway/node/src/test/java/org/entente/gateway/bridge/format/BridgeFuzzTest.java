package org.entente.gateway.bridge.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.entente.gateway.bridge.cap.CapReaderTest;
import org.entente.gateway.bridge.cap.CapWriter;
import org.entente.gateway.bridge.mapping.RecordMapping;
import org.entente.proto.v1.Draft;
import org.junit.jupiter.api.Test;

/** Damaged input comes to reports, never to exceptions. Seeds are in the messages of failures. */
class BridgeFuzzTest {
  private static final long SEED = 6_346;
  private static final String[] PIECES = {
    "<",
    ">",
    "&",
    "&amp;",
    "&#0;",
    "&#x110000;",
    "]]>",
    "<![CDATA[",
    "<!--",
    "-->",
    "<?a?>",
    "\"",
    "<!DOCTYPE a [",
    "xmlns=",
    "xmlns:a=\"\"",
    "a:",
    "</info>",
    "<info>",
    "\uFFFE",
    "\0",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\\u",
    "\\ud800",
    "1e9",
    "-",
    "null",
    "\n",
    "\r",
    "=",
    "\\",
    "é",
    "\uD83D\uDE00",
    "entente:subject",
    "entente:extra:x",
    "<parameter>",
    "{\"person\":{}}",
  };

  private static RecordMapping capMapping() {
    return ((org.entente.gateway.config.YamlReadResult.Read<RecordMapping>)
            FeedFixture.load(FeedFixture.mappings().resolve("cap.yaml")))
        .value();
  }

  @Test
  void cap_damagedAtRandom_isReadOrReported() throws IOException {
    RecordMapping mapping = capMapping();
    List<byte[]> seeds =
        List.of(
            CapReaderTest.MINIMAL.getBytes(StandardCharsets.UTF_8),
            Files.readAllBytes(
                FeedFixture.repository("gateway/node/src/test/resources/cap/parameters.cap")));
    int read = 0;
    for (int round = 0; round < 3_000; round++) {
      Random random = new Random(SEED + round);
      byte[] damaged = damage(seeds.get(round % seeds.size()), random);
      try {
        CapReadResult reading = FeedFixture.cap(damaged);
        if (reading instanceof CapAlert alert) {
          read++;
          check(alert, mapping);
        } else {
          assertTrue(FeedFixture.bad(reading).line() >= 1);
        }
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("seed " + (SEED + round), e);
      }
    }
    assertTrue(
        read > 100, "too little of the damage is harmless to look behind the parser: " + read);
  }

  private static void check(CapAlert alert, RecordMapping mapping) {
    String xml = CapWriter.write(alert.element());
    assertEquals(alert.element(), FeedFixture.capAlert(xml).element());
    if (mapping.apply(alert) instanceof AlertDraft draft) {
      CapWriter.write(draft.draft().getLabel(), draft.draft().getBody().getAlert());
      assertEquals(draft.draft(), reparsed(draft.draft()));
    }
  }

  private static Draft reparsed(Draft draft) {
    try {
      return Draft.parseFrom(draft.toByteString());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void jsonLines_damagedAtRandom_areReadOrReported() throws IOException {
    Path samples = FeedFixture.repository("config/samples");
    List<byte[]> seeds =
        List.of(
            Files.readAllBytes(samples.resolve("wildlife.jsonl")),
            Files.readAllBytes(samples.resolve("narcotics.jsonl")));
    int drafts = 0;
    for (int round = 0; round < 2_000; round++) {
      Random random = new Random(SEED + round);
      byte[] damaged = damage(seeds.get(round % seeds.size()), random);
      try {
        for (RecordReadResult reading : FeedFixture.lines(damaged)) {
          if (reading instanceof SourceRecord record
              && DraftLines.read(record, false) instanceof AlertDraft draft) {
            drafts++;
            assertEquals(draft.draft(), reparsed(draft.draft()));
          }
        }
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("seed " + (SEED + round), e);
      }
    }
    assertTrue(drafts > 1_000, "drafts " + drafts);
  }

  /** A few bytes changed, pieces put in, stretches taken out or repeated. */
  private static byte[] damage(byte[] content, Random random) {
    byte[] out = content.clone();
    for (int changes = 1 + random.nextInt(6) / 4; changes > 0; changes--) {
      int at = random.nextInt(out.length);
      int end = Math.min(out.length, at + random.nextInt(40));
      out =
          switch (random.nextInt(4)) {
            case 0 -> splice(out, at, new byte[] {(byte) random.nextInt(256)}, at + 1);
            case 1 -> splice(out, at, piece(random), at);
            case 2 -> splice(out, at, new byte[0], end);
            default -> splice(out, end, java.util.Arrays.copyOfRange(out, at, end), end);
          };
    }
    return out;
  }

  private static byte[] piece(Random random) {
    return PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] splice(byte[] content, int from, byte[] middle, int to) {
    byte[] out = new byte[from + middle.length + content.length - to];
    System.arraycopy(content, 0, out, 0, from);
    System.arraycopy(middle, 0, out, from, middle.length);
    System.arraycopy(content, to, out, from + middle.length, content.length - to);
    return out;
  }
}
