package org.entente.gateway.cli.ceremony;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FederationEditCommandsTest {
  @TempDir private Path folder;
  private CeremonyFixture ceremony;

  @BeforeEach
  void found() throws IOException {
    ceremony = new CeremonyFixture(folder);
    ceremony.first();
  }

  /** Who takes a machine has the keys of its gateway and of a client. */
  @Test
  void twoCertificatesOfOneAgency_areBothRevoked() {
    String files = "--certificate fr.customs=%s --certificate fr.customs=%s";
    ceremony.done(
        "federation remove --in {first.note} --out {second.note} "
            + files.formatted(
                ceremony.file("fr/gateway-1/tls.crt"), ceremony.file("fr/clients/desk/tls.crt")));
    assertEquals(
        2,
        ceremony
            .out()
            .lines()
            .filter(line -> line.startsWith("fr.customs: new revocation of certificate "))
            .count(),
        ceremony::out);

    assertEquals(
        2,
        ceremony.run(
            ceremony.words(
                "federation remove --in {first.note} --out {x.note} --certificate stolen.crt")));
    assertTrue(
        ceremony.err().contains("--certificate: found stolen.crt; valid is an agency, =,"),
        ceremony::err);
  }

  /** Otherwise the last would silently replace the others. */
  @Test
  void nameThatComesTwice_isRefused() {
    assertEquals(
        2,
        ceremony.run(
            ceremony.words(
                "federation renew --in {first.note} --out {x.note} --group EU=DE --group EU=FR")));
    assertTrue(
        ceremony.err().contains("--group gives one name two values: EU=DE EU=FR; give each"),
        ceremony::err);
    assertFalse(Files.exists(ceremony.file("x.note")));

    ceremony.done("federation show {fr/fr.customs.join}");
    String request = "--request {fr/fr.customs.join} --fingerprint";
    String print = ceremony.printed("fingerprint");
    List<String> twice =
        ceremony.words("federation add --in {first.note} --out {x.note} " + request, print);
    twice.addAll(ceremony.words(request, print));
    assertEquals(2, ceremony.run(twice));
    assertTrue(
        ceremony.err().contains(" are both of fr.customs; give one request of each agency"),
        ceremony::err);
  }
}
