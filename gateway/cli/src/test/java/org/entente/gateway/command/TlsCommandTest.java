package org.entente.gateway.command;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.cli.CommandFixture;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.rpc.tls.TlsIdentity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code entente tls}, beside a gateway that runs. */
class TlsCommandTest {
  @RegisterExtension final RunningFederation federation = new RunningFederation(FR, DE);
  private final CommandFixture command = new CommandFixture();

  private int renew(Path authority, String... more) {
    List<String> all =
        new ArrayList<>(List.of("tls", "renew", "--config", federation.config(FR).toString()));
    all.addAll(List.of("--ca", authority.toString()));
    all.addAll(List.of(more));
    return command.run(all);
  }

  private Path home(String agency) {
    return federation.folder().resolve(agency);
  }

  private Path file(String name) throws IOException {
    try (Stream<Path> found = Files.walk(home(FR))) {
      return found
          .filter(one -> one.getFileName().toString().equals(name))
          .filter(one -> !one.toString().contains("clients"))
          .findFirst()
          .orElseThrow();
    }
  }

  private X509Certificate certificate() throws Exception {
    return Pem.certificates(Files.readString(file("tls.crt"))).get(0);
  }

  @Test
  void renew_replacesKeyAndCertificate_withTheSameNames() throws Exception {
    X509Certificate before = certificate();
    byte[] key = Files.readAllBytes(file("tls.key"));

    assertEquals(0, renew(home(FR), "--days", "1"), command::err);

    X509Certificate after = certificate();
    assertNotEquals(before.getSerialNumber(), after.getSerialNumber());
    assertEquals(
        before.getSubjectAlternativeNames().stream().map(Object::toString).sorted().toList(),
        after.getSubjectAlternativeNames().stream().map(Object::toString).sorted().toList());
    assertNotEquals(before.getPublicKey(), after.getPublicKey());
    assertFalse(Arrays.equals(key, Files.readAllBytes(file("tls.key"))));
    // Throws if the key is not that of the certificate.
    new TlsIdentity(Pem.privateKey(Files.readString(file("tls.key"))), List.of(after));
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file("tls.key"))));
    assertTrue(command.out().contains(after.getSerialNumber().toString(16)), command.out());
  }

  @Test
  void renew_byAnotherAgencysCa_changesNothing() throws Exception {
    byte[] certificate = Files.readAllBytes(file("tls.crt"));
    byte[] key = Files.readAllBytes(file("tls.key"));

    assertEquals(1, renew(home(DE)));

    assertTrue(command.err().contains("peers would refuse it"), command.err());
    assertArrayEquals(certificate, Files.readAllBytes(file("tls.crt")));
    assertArrayEquals(key, Files.readAllBytes(file("tls.key")));
  }

  @Test
  void renew_withoutDays_saysWhatIsValid() {
    assertEquals(2, renew(home(FR), "--days", "0"));
    assertTrue(command.err().contains("--days: found 0; valid is 1 to 3650"), command.err());
  }

  @Test
  void nextCa_madeWithAPassphrase_issuesNothingBeforeTheBundleListsIt() throws Exception {
    Path secret = federation.folder().resolve("passphrase");
    PrivateFiles.write(secret, "a passphrase for the next CA\n");
    Path made = federation.folder().resolve("next");
    List<String> all =
        List.of("tls", "next-ca", "--config", federation.config(FR).toString(), "--out");

    assertEquals(2, command.run(with(all, made.toString())));
    assertTrue(command.err().contains("--passphrase-file: is missing"), command.err());
    assertFalse(Files.exists(made));

    List<String> whole = with(all, made.toString(), "--passphrase-file", secret.toString());
    assertEquals(0, command.run(whole), command::err);
    assertTrue(command.out().contains("keys renew --authority"), command.out());
    assertTrue(Pem.isEncryptedKey(Files.readString(made.resolve("ca.key"))));
    assertEquals(1, command.run(whole));
    assertTrue(command.err().contains("is not empty; name a new folder"), command.err());

    byte[] certificate = Files.readAllBytes(file("tls.crt"));
    assertEquals(1, renew(made, "--passphrase-file", secret.toString()));
    assertTrue(command.err().contains("was not issued by the CA of its agency"), command.err());
    assertArrayEquals(certificate, Files.readAllBytes(file("tls.crt")));
  }

  private static List<String> with(List<String> command, String... more) {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(more));
    return all;
  }
}
