package org.entente.gateway.repository;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.assembly.Gateway;
import org.entente.gateway.node.offline.ConfigurationCheck;
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
    assertNamed("bundle: trust-bundle.note", "trust.bundle", "there is no file");
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
}
