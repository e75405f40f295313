package org.entente.gateway.cli.ceremony;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A root holder signs the second version, whose chair brings the bundle "in force". */
class SignCommandTest {
  @TempDir private Path folder;

  /**
   * Groups decide whose law counts: a chair who changes them hides it behind his own "old" file.
   */
  @Test
  void fileOfTheChair_inPlaceOfTheBundleInForce_isNotSignedAfter() throws IOException {
    CeremonyFixture ceremony = new CeremonyFixture(folder);
    String first = ceremony.first();
    ceremony.done("federation renew --in {first.note} --out {second.note}");
    String second = ceremony.printed("read aloud");
    assertNotEquals(first, ceremony.drafted("forged.note", "EU=FR+XX"));
    byte[] before = Files.readAllBytes(ceremony.file("second.note"));
    List<String> sign = ceremony.sign("second.note", second);

    assertEquals(1, ceremony.run(with(sign, previous(ceremony, "forged.note", first))));
    assertTrue(
        ceremony.err().contains("the recorder of the last ceremony must read"), ceremony::err);
    assertEquals(2, ceremony.run(sign));
    assertTrue(ceremony.err().contains("the draft is version 2: give --previous"), ceremony::err);
    assertEquals(2, ceremony.run(with(sign, ceremony.words("--previous {first.note}"))));
    assertTrue(ceremony.err().contains("--previous-fingerprint"), ceremony::err);
    assertArrayEquals(before, Files.readAllBytes(ceremony.file("second.note")));

    assertEquals(
        0, ceremony.run(with(sign, previous(ceremony, "first.note", first))), ceremony::err);
    assertTrue(ceremony.out().contains(" complete"), ceremony::out);
  }

  private static List<String> previous(CeremonyFixture ceremony, String name, String fingerprint) {
    return ceremony.words("--previous {" + name + "} --previous-fingerprint", fingerprint);
  }

  private static List<String> with(List<String> words, List<String> more) {
    List<String> all = new ArrayList<>(words);
    all.addAll(more);
    return all;
  }
}
