package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.loadtests.testkit.Child;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Root holders' machines have no server: the offline launcher works without one's libraries. */
final class OfflineIT {
  private static final String FEDERATION = "pilot.entente.example";

  /** Libraries of servers and stores, by the folders of their classes. */
  private static final List<String> ABSENT =
      List.of(
          "io/netty/",
          "io/grpc/",
          "org/rocksdb/",
          "io/prometheus/",
          "org/entente/gateway/node/",
          "org/entente/gateway/link/");

  private static final Pattern FINGERPRINT = Pattern.compile("(?:[0-9a-f]{4} ){15}[0-9a-f]{4}");

  @TempDir private Path folder;
  private OfflineLauncher offline;

  @BeforeEach
  void copy() throws IOException {
    offline = OfflineLauncher.copyTo(Files.createDirectory(folder.resolve("entente")));
  }

  @Test
  void libraries_holdNoServerAndNoStore() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path library : offline.libraries()) {
      try (JarFile jar = new JarFile(library.toFile())) {
        jar.stream()
            .map(entry -> entry.getName())
            .filter(name -> ABSENT.stream().anyMatch(name::startsWith))
            .forEach(name -> found.add(library.getFileName() + ": " + name));
      }
    }
    assertEquals(List.of(), found);
    assertTrue(offline.libraries().size() > 5, "no libraries");
  }

  @Test
  void roots_foundAFederation_andSignItsFirstBundle() throws Exception {
    Path alice = rootOf("alice");
    Path bob = rootOf("bob");
    Path founding = folder.resolve("founding");
    done(
        "federation",
        "init",
        "--federation=" + FEDERATION,
        "--threshold=2",
        "--root=" + alice.resolve("root.pub"),
        "--root=" + bob.resolve("root.pub"),
        "--out=" + founding);
    Path agency = folder.resolve("fr");
    Child asked =
        Child.here(
            "init",
            "--federation=" + FEDERATION,
            "--agency=fr.customs",
            "--kind=customs",
            "--role=MEMBER",
            "--endpoint=127.0.0.1:7461",
            "--passphrase-file=" + passphrase("fr"),
            "--out=" + agency);
    assertEquals(0, asked.code(), asked.err());
    Path draft = folder.resolve("bundle-1.note");
    done(
        "federation",
        "add",
        "--roots=" + founding.resolve("roots.json"),
        "--out=" + draft,
        "--request=" + agency.resolve("fr.customs.join"),
        "--fingerprint=" + fingerprint(asked));
    String shown = fingerprint(done("federation", "show", draft.toString()));
    sign(draft, shown, alice);
    Child last = sign(draft, shown, bob);
    assertTrue(last.out().contains("complete"), last::out);
  }

  private Child sign(Path draft, String shown, Path root) throws Exception {
    String holder = String.valueOf(root.getFileName()).replace(".root", "");
    return done(
        "federation",
        "sign",
        "--draft=" + draft,
        "--fingerprint=" + shown,
        "--key=" + root,
        "--passphrase-file=" + folder.resolve(holder + ".passphrase"));
  }

  private static String fingerprint(Child said) {
    Matcher found = FINGERPRINT.matcher(said.out());
    assertTrue(found.find(), said::out);
    return found.group();
  }

  @Test
  void whatCannotBeDone_isSaidInOneLine() throws Exception {
    Path absent = folder.resolve("absent");
    saysOneLine(offline.run("federation", "show", absent.toString()), absent.toString());
    saysOneLine(offline.run("federation", "show", folder.toString()), folder.toString());
    saysOneLine(
        offline.run("verify-proof", absent.toString(), "--roots=" + absent), absent.toString());
    rootOf("alice");
    Child again =
        offline.run(
            "federation",
            "root-key",
            "--federation=" + FEDERATION,
            "--name=alice",
            "--out=" + folder.resolve("alice.root"),
            "--passphrase-file=" + folder.resolve("alice.passphrase"));
    saysOneLine(again, folder.resolve("alice.root").toString());
  }

  private static void saysOneLine(Child refused, String file) {
    assertEquals(1, refused.code(), refused.err());
    assertEquals(1, refused.err().lines().count(), refused.err());
    assertTrue(refused.err().startsWith("offline: "), refused.err());
    assertTrue(refused.err().contains(file), refused.err());
  }

  @Test
  void command_ofARunningGateway_isUnknown_andSaysWhereToLook() throws Exception {
    Child refused = offline.run("run");
    assertEquals(2, refused.code());
    assertTrue(refused.err().startsWith("offline: unknown command \"run\""), refused.err());
    assertTrue(refused.err().contains("Try 'offline --help' for more information."), refused.err());
  }

  @Test
  void help_showsExamplesThatWorkThere() throws Exception {
    Child help = done("verify-proof", "--help");
    assertTrue(help.out().contains("  offline verify-proof 0197.proof"), help::out);
  }

  private Path rootOf(String holder) throws Exception {
    Path root = folder.resolve(holder + ".root");
    done(
        "federation",
        "root-key",
        "--federation=" + FEDERATION,
        "--name=" + holder,
        "--out=" + root,
        "--passphrase-file=" + passphrase(holder));
    return root;
  }

  private Path passphrase(String holder) throws IOException {
    Path file = folder.resolve(holder + ".passphrase");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, "only for a trial: " + holder);
  }

  private Child done(String... arguments) throws Exception {
    Child child = offline.run(arguments);
    assertEquals(0, child.code(), child.err());
    return child;
  }
}
