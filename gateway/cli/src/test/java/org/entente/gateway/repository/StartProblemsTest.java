package org.entente.gateway.repository;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.entente.gateway.crypto.EcKeys;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.assembly.Gateway;
import org.entente.gateway.node.doctor.ConfigurationCheck;
import org.entente.gateway.seal.keys.Keystore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an operator reads of a gateway that does not start: field, file or address, and why. */
class StartProblemsTest {
  private static final String ABSENT = "cannot be used: there is no such file or folder";

  @RegisterExtension final RunningFederation federation = new RunningFederation();
  private Path file = Path.of("");
  private String good = "";

  @BeforeEach
  void mint() throws IOException {
    file = federation.config(FR);
    good = Files.readString(file);
  }

  private Gateway start(String yaml) throws IOException {
    Files.writeString(file, yaml);
    return Gateway.start(file, federation.clock, federation.clock::nanos);
  }

  private String problem(String yaml) {
    return String.valueOf(assertThrows(StartProblem.class, () -> start(yaml)).getMessage());
  }

  @Test
  void address_thatIsTaken_isNamedWithItsField_andTheLedgerIsLetGo() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      for (String name : List.of("clients", "peers", "admin")) {
        String yaml =
            good.replaceFirst(" " + name + ": 127.0.0.1:\\d+", " " + name + ": " + address);
        assertFalse(yaml.equals(good), name);

        String told = problem(yaml);

        assertTrue(
            told.startsWith("listen." + name + ": cannot listen on " + address + ": "), told);
        assertTrue(told.contains("no other program may listen there"), told);
      }
    }
    start(good).close();
  }

  @Test
  void file_thatIsNotThere_isNamedWithItsField() {
    // The bundle first: one that was accepted is kept, and a start goes by that.
    assertNamed("bundle: trust-bundle.note", "trust.bundle", "there is no such file");
    assertNamed("roots: roots.json", "trust.roots", ABSENT);
    assertNamed("certificate: " + FR + "/gateway-1/tls.crt", "tls", ABSENT);
    assertNamed("key: " + FR + "/gateway-1/tls.key", "tls", ABSENT);
    assertNamed("agreements: agreements", "policy", ABSENT);
  }

  /** A reader of the key can pose as the gateway to its peers. */
  @Test
  void keyOfTls_thatOthersMayUse_isNamed_andTheNodeDoesNotStart() throws IOException {
    Path key = federation.folder().resolve(FR).resolve("gateway-1").resolve("tls.key");
    for (String mode : List.of("rw-r-----", "rw-----w-", "rw-r--r--")) {
      Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(mode));
      String told = problem(good);
      assertTrue(told.startsWith("tls.key: " + key), told);
      assertTrue(told.contains("others than its owner"), told);
      assertEquals(List.of(told), ConfigurationCheck.problems(file, federation.clock));
    }
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("r--------"));
    Gateway.start(file, federation.clock, federation.clock::nanos).close();
  }

  /** RocksDB's files take the modes of the process, so that the folder must keep others out. */
  @Test
  void ledger_thatOthersMayEnter_isNamed_andTheNodeDoesNotStart() throws IOException {
    start(good).close();
    Path data = federation.folder().resolve(FR).resolve("data");
    for (String mode : List.of("rwxr-xr-x", "rwxrwx---", "rwx-----x")) {
      Files.setPosixFilePermissions(data, PosixFilePermissions.fromString(mode));
      String told = problem(good);
      assertTrue(told.startsWith("data: " + data + " has mode " + mode), told);
      assertTrue(told.contains("chmod 700"), told);
      assertEquals(List.of(told), ConfigurationCheck.problems(file, federation.clock));
    }
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    start(good).close();
  }

  private void assertNamed(String entry, String field, String why) {
    String told = problem(good.replace(entry, entry.substring(0, entry.indexOf(' ')) + " absent"));
    assertTrue(told.startsWith(field + ": "), told);
    assertTrue(told.contains(federation.folder().resolve("absent").toString()), told);
    assertTrue(told.contains(why), told);
  }

  @Test
  void check_ofALinkToNoMember_warnsAndNamesTheNearest_andTheNodeStarts() throws IOException {
    Files.writeString(file, good.replace("peer: x.hub", "peer: x.hubb"));
    assertEquals(
        List.of(
            "links: peer \"x.hubb\" is not a member in the trust bundle; did you mean \"x.hub\"?"),
        ConfigurationCheck.warnings(file, federation.clock));
    assertEquals(List.of(), ConfigurationCheck.problems(file, federation.clock));
    Gateway.start(file, federation.clock, federation.clock::nanos).close();
    Files.writeString(file, good);
    assertEquals(List.of(), ConfigurationCheck.warnings(file, federation.clock));
  }

  /** It would refuse every message, which nobody wants for long; a first start may come first. */
  @Test
  void check_withoutAnAgreementInForce_warns_andTheNodeStarts() throws IOException {
    Path folder = federation.folder().resolve("agreements");
    Path agreement = folder.resolve("warnings.yaml");
    String written = Files.readString(agreement);
    Files.delete(agreement);
    String refuses =
        ", so this gateway refuses every message, sent or received; `entente policy new` writes an"
            + " agreement to start from";
    assertEquals(
        List.of("policy: " + folder + " holds no agreement" + refuses),
        ConfigurationCheck.warnings(file, federation.clock));
    assertEquals(List.of(), ConfigurationCheck.problems(file, federation.clock));
    start(good).close();

    Files.writeString(agreement, written.replace("  from: 2025-01-01", "  from: 2100-01-01"));
    assertEquals(
        List.of(
            "policy: none of the agreements in " + folder + " (1) is in force for " + FR + refuses),
        ConfigurationCheck.warnings(file, federation.clock));
    assertEquals(
        List.of(),
        ConfigurationCheck.warnings(federation.config(RunningFederation.HUB), federation.clock),
        "a transit needs none");
    Files.delete(agreement);
    Files.delete(folder);
    assertEquals(
        List.of("policy.agreements: " + folder + " " + ABSENT),
        ConfigurationCheck.problems(file, federation.clock));
  }

  @Test
  void check_namesTheSameFiles_withoutAStart() throws IOException {
    Files.writeString(file, good.replace("roots: roots.json", "roots: absent"));
    assertEquals(
        List.of(
            "trust.roots: "
                + federation.folder().resolve("absent")
                + " cannot be used: there is no such file or folder"),
        ConfigurationCheck.problems(file, federation.clock));
    Files.writeString(file, good.replace(FR + "/gateway-1/tls.key", DE + "/gateway-1/tls.crt"));
    String told = String.join("\n", ConfigurationCheck.problems(file, federation.clock));
    assertTrue(told.startsWith("tls.key: "), told);
  }

  /** The check and a start both refuse; returns what the check says. */
  private String refused(String yaml) {
    String started = problem(yaml);
    List<String> told = ConfigurationCheck.problems(file, federation.clock);
    assertEquals(1, told.size(), () -> told + ", though a start says: " + started);
    return told.get(0);
  }

  @Test
  void check_ofOnePortTwice_namesBothFields() {
    String twice = good.replaceAll(" (clients|admin): 127.0.0.1:0", " $1: 127.0.0.1:17441");
    assertEquals(
        "listen.admin: port 17441 is that of listen.clients already; valid is another port",
        refused(twice));
    assertEquals(
        "listen.admin: port 17441 is that of listen.clients already; valid is another port",
        refused(twice.replace("admin: 127.0.0.1:", "admin: 0.0.0.0:")));
  }

  @Test
  void check_ofAnAddressOfAnotherMachine_namesIt() {
    assertEquals(
        "listen.admin: 192.0.2.7 is not an address of this machine",
        refused(good.replace("admin: 127.0.0.1:", "admin: 192.0.2.7:")));
  }

  @Test
  void check_ofAFolderBelowAFile_namesTheFile() {
    Path below = federation.folder().resolve("roots.json");
    for (String field : List.of("data", "audit")) {
      assertEquals(
          "%s: %s/here cannot be used: %s is no folder".formatted(field, below, below),
          refused(good.replace(field + ": " + FR + "/" + field, field + ": roots.json/here")));
    }
  }

  @Test
  void check_ofAnEmptyKeystore_saysSo_andMakesNone() {
    Path absent = federation.folder().resolve("absent");
    String yaml = good.replace(FR + "/gateway-1/keystore", "absent");
    assertFalse(yaml.equals(good));
    assertEquals(
        List.of(
            "keystore: "
                + absent
                + " holds no key of kind AGENCY_PAIR; `entente init` makes a new agency's keys"),
        problems(yaml));
    assertFalse(Files.exists(absent), "a check makes nothing");
    assertTrue(problem(yaml).contains("holds no key of kind "));
  }

  private List<String> problems(String yaml) {
    try {
      Files.writeString(file, yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ConfigurationCheck.problems(file, federation.clock);
  }

  @Test
  void check_ofALockedKeystore_andOfOneOpenToOthers_saysWhy() throws IOException {
    Path keystore = federation.folder().resolve(FR).resolve("gateway-1").resolve("keystore");
    Files.setPosixFilePermissions(keystore, PosixFilePermissions.fromString("rwxr-x---"));
    String open = refused(good);
    assertTrue(open.startsWith("keystore: " + keystore + " has mode rwxr-x---"), open);
    Files.setPosixFilePermissions(keystore, PosixFilePermissions.fromString("rwx------"));

    try (SecretBytes passphrase = SecretBytes.copyOf("correct horse".getBytes(UTF_8))) {
      Keystore locked = Keystore.open(keystore, passphrase, federation.clock, new SecureRandom());
      assertEquals(
          List.of(
              "keystore: the keystore needs a passphrase, and none was given; see `passphrase` in"
                  + " the configuration"),
          problems(good));
      locked.close();
    }
    String without = refused(good);
    assertTrue(without.contains("needs a passphrase"), without);
    Path words = federation.folder().resolve("passphrase");
    Files.writeString(words, "battery staple");
    Files.setPosixFilePermissions(words, PosixFilePermissions.fromString("rw-------"));
    String wrong = refused(good + "passphrase: {file: passphrase}\n");
    assertTrue(wrong.startsWith("keystore: "), wrong);
    Files.writeString(words, "correct horse");
    assertEquals(List.of(), problems(good + "passphrase: {file: passphrase}\n"));
  }

  /** The keystore and the TLS key need it. */
  @Test
  void check_ofAPassphraseThatIsAbsent_saysItOnce() throws IOException {
    Path key = federation.folder().resolve(FR).resolve("gateway-1").resolve("tls.key");
    try (SecretBytes passphrase = SecretBytes.copyOf("correct horse".getBytes(UTF_8))) {
      SecureRandom random = new SecureRandom();
      Files.writeString(key, Pem.encode(EcKeys.generate(random).getPrivate(), passphrase, random));
    }
    assertEquals(
        List.of(
            "passphrase: %s cannot be read: there is no such file or folder"
                .formatted(federation.folder().resolve("absent"))),
        problems(good + "passphrase: {file: absent}\n"));
  }

  /** It names what ends within days, and a certificate that a start takes but no peer would. */
  @Test
  void check_twoDaysBeforeTheEnd_warnsOfCertificateBundleAuthorityAndPairs() {
    federation.clock.move(Duration.ofDays(58));
    assertEquals(List.of(), ConfigurationCheck.problems(file, federation.clock));
    List<String> warnings = ConfigurationCheck.warnings(file, federation.clock);
    assertEquals(5, warnings.size(), warnings::toString);
    assertTrue(warnings.get(0).startsWith("tls: the certificate ends on "), warnings::toString);
    warnings
        .subList(1, 5)
        .forEach(trust -> assertTrue(trust.startsWith("trust: "), warnings::toString));
  }
}
