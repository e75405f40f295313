package org.entente.gateway.cli.ceremony;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.entente.gateway.cli.CommandFixture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A root holder signs the second version, whose chair brings the bundle "in force". */
class SignCommandTest {
  private final CommandFixture command = new CommandFixture();
  @TempDir private Path folder;
  private String first = "";
  private String second = "";

  @BeforeEach
  void found() throws IOException {
    Path passphrase = Files.writeString(file("passphrase"), "only for this test");
    Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-------"));
    done(
        "federation init --federation test.entente.example --threshold 1 --roots 1"
            + " --passphrase-file {passphrase} --out {founding}");
    done(
        "init --federation test.entente.example --agency fr.customs --kind customs"
            + " --endpoint 127.0.0.1:7461 --client desk=subscribe"
            + " --listen-clients 127.0.0.1:7471 --listen-admin 127.0.0.1:9471"
            + " --passphrase-file {passphrase} --out {fr}");
    String request = printed("fingerprint");
    first = drafted("first.note", request, "EU=FR");
    done(sign("first.note", first));
    done("federation renew --in {first.note} --out {second.note}");
    second = printed("read aloud");
  }

  /**
   * Groups decide whose law counts: a chair who changes them hides it behind his own "old" file.
   */
  @Test
  void fileOfTheChair_inPlaceOfTheBundleInForce_isNotSignedAfter() throws IOException {
    String forged = drafted("forged.note", requestOf(), "EU=FR+XX");
    assertTrue(!forged.equals(first), forged);
    byte[] before = Files.readAllBytes(file("second.note"));

    assertEquals(1, run(sign("second.note", second), previous("forged.note", first)));
    assertTrue(
        command.err().contains("the recorder of the last ceremony must read"), command.err());
    assertEquals(2, run(sign("second.note", second), List.of()));
    assertTrue(command.err().contains("the draft is version 2: give --previous"), command.err());
    assertEquals(
        2, run(sign("second.note", second), List.of("--previous", file("first.note").toString())));
    assertTrue(command.err().contains("--previous-fingerprint"), command.err());
    assertArrayEquals(before, Files.readAllBytes(file("second.note")));

    assertEquals(0, run(sign("second.note", second), previous("first.note", first)), command::err);
    assertTrue(command.out().contains(" complete"), command.out());
  }

  private String drafted(String name, String request, String group) {
    done(
        "federation add --roots {founding/roots.json} --out {"
            + name
            + "} --group "
            + group
            + " --request {fr/fr.customs.join}",
        "--fingerprint",
        request);
    return printed("read aloud");
  }

  private String requestOf() {
    done("federation show {fr/fr.customs.join}");
    return printed("fingerprint");
  }

  private List<String> sign(String draft, String fingerprint) {
    return words(
        "federation sign --draft {"
            + draft
            + "} --key {founding/root-1}"
            + " --passphrase-file {passphrase}",
        "--fingerprint",
        fingerprint);
  }

  private List<String> previous(String name, String fingerprint) {
    return List.of("--previous", file(name).toString(), "--previous-fingerprint", fingerprint);
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private List<String> words(String line, String... more) {
    List<String> words = new ArrayList<>();
    for (String word : line.split(" ", -1)) {
      words.add(
          word.startsWith("{") ? file(word.substring(1, word.length() - 1)).toString() : word);
    }
    words.addAll(Arrays.asList(more));
    return words;
  }

  private int run(List<String> words, List<String> more) {
    List<String> all = new ArrayList<>(words);
    all.addAll(more);
    return command.run(all);
  }

  private void done(List<String> words) {
    assertEquals(0, command.run(words), command::err);
  }

  private void done(String line, String... more) {
    done(words(line, more));
  }

  private String printed(String what) {
    return command
        .out()
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith(what + " "))
        .findFirst()
        .map(line -> line.substring(what.length()).strip())
        .orElseThrow(() -> new AssertionError(command.out()));
  }
}
