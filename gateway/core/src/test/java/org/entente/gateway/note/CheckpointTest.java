package org.entente.gateway.note;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of checkpoints (C2SP tlog-checkpoint). */
class CheckpointTest {

  private static final String ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

  @Test
  void parse_specificationExample_givesItsThreeParts() {
    String text = "example.com/behind-the-sofa\n20852163\n" + ROOT + "\n";
    Checkpoint checkpoint = Checkpoint.parse(text).orElseThrow();
    assertEquals("example.com/behind-the-sofa", checkpoint.origin());
    assertEquals(20_852_163, checkpoint.size());
    assertEquals(ROOT, checkpoint.root().base64());
    assertEquals(text, checkpoint.text());
  }

  @Test
  void parse_extensionLines_areKept() {
    String text = "o\n0\n" + ROOT + "\none\ntwo\n";
    Checkpoint checkpoint = Checkpoint.parse(text).orElseThrow();
    assertEquals(List.of("one", "two"), checkpoint.extensions());
    assertEquals(text, checkpoint.text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "o\n1\n",
        "\n1\nROOT\n",
        "o\n\nROOT\n",
        "o\n01\nROOT\n",
        "o\n00\nROOT\n",
        "o\n-1\nROOT\n",
        "o\n+1\nROOT\n",
        "o\n 1\nROOT\n",
        "o\n1 \nROOT\n",
        "o\n\u0661\nROOT\n",
        "o\n9223372036854775808\nROOT\n",
        "o\n99999999999999999999\nROOT\n",
        "o\n1\nROOT",
        "o\n1\nROOT\n\n",
        "o\n1\nROOT\n\next\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
        "o\n1\nAAAA\n",
        "o\r\n1\nROOT\n"
      })
  void parse_anyOtherForm_isRefused(String text) {
    assertTrue(Checkpoint.parse(text.replace("ROOT", ROOT)).isEmpty());
  }

  @Test
  void parse_largestSize_isAccepted() {
    String text = "o\n9223372036854775807\n" + ROOT + "\n";
    assertEquals(Long.MAX_VALUE, Checkpoint.parse(text).orElseThrow().size());
  }

  @Test
  void parse_seededMutations_writesTheSameTextOrRefuses() {
    long seed = 0x5eed59L;
    Random random = new Random(seed);
    byte[] original = NoteFixture.CHECKPOINT.text().getBytes(StandardCharsets.UTF_8);
    int parsed = 0;
    for (int round = 0; round < 20_000; round++) {
      String text = new String(SignedNoteTest.mutate(original, random), StandardCharsets.UTF_8);
      Optional<Checkpoint> checkpoint = Checkpoint.parse(text);
      if (checkpoint.isPresent()) {
        assertEquals(text, checkpoint.get().text(), "seed " + seed + " round " + round);
        parsed++;
      }
    }
    assertTrue(parsed > 100 && parsed < 19_000, parsed + " parsed");
  }

  @Test
  void checkpoint_impossibleParts_throws() {
    TreeHash root = NoteFixture.hash(1);
    assertThrows(IllegalArgumentException.class, () -> Checkpoint.of("", 1, root));
    assertThrows(IllegalArgumentException.class, () -> Checkpoint.of("a\nb", 1, root));
    assertThrows(IllegalArgumentException.class, () -> Checkpoint.of("o", -1, root));
    assertThrows(IllegalArgumentException.class, () -> TreeHash.of(new byte[31]));
  }
}
