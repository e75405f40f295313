package org.entente.gateway.cli.ceremony;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.entente.gateway.cli.CommandFixture;

/**
 * A federation of one root, and fr.customs with its request to join, founded by commands in a
 * folder. Words in braces are files of that folder.
 */
final class CeremonyFixture {
  private final CommandFixture command = new CommandFixture();
  private final Path folder;

  CeremonyFixture(Path folder) throws IOException {
    this.folder = folder;
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
  }

  /** Drafts the first version, and returns its fingerprint. */
  String drafted(String name, String group) {
    done("federation show {fr/fr.customs.join}");
    done(
        "federation add --roots {founding/roots.json} --out {"
            + name
            + "} --group "
            + group
            + " --request {fr/fr.customs.join}",
        "--fingerprint",
        printed("fingerprint"));
    return printed("read aloud");
  }

  List<String> sign(String draft, String fingerprint) {
    return words(
        "federation sign --draft {"
            + draft
            + "} --key {founding/root-1}"
            + " --passphrase-file {passphrase}",
        "--fingerprint",
        fingerprint);
  }

  /** The first version, signed, in {@code first.note}; returns its fingerprint. */
  String first() {
    String first = drafted("first.note", "EU=FR");
    assertEquals(0, run(sign("first.note", first)), this::err);
    return first;
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  List<String> words(String line, String... more) {
    List<String> words = new ArrayList<>();
    for (String word : line.split(" ", -1)) {
      words.add(
          word.startsWith("{") ? file(word.substring(1, word.length() - 1)).toString() : word);
    }
    words.addAll(Arrays.asList(more));
    return words;
  }

  int run(List<String> words) {
    return command.run(words);
  }

  void done(String line, String... more) {
    assertEquals(0, run(words(line, more)), this::err);
  }

  String out() {
    return command.out();
  }

  String err() {
    return command.err();
  }

  /** The rest of the first line that begins with a word. */
  String printed(String what) {
    return out()
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith(what + " "))
        .findFirst()
        .map(line -> line.substring(what.length()).strip())
        .orElseThrow(() -> new AssertionError(out()));
  }
}
