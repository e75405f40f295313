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
  private String first = "";

  @BeforeEach
  void found() throws IOException {
    ceremony = new CeremonyFixture(folder);
    first = ceremony.first();
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

  /** Keys that nobody of the agency requested would sign in its name. */
  @Test
  void keysBeyondTheRequest_areNamedAndRefused() throws IOException {
    ceremony.done(
        "init --federation test.entente.example --agency fr.customs --kind customs"
            + " --endpoint 127.0.0.1:7461 --client desk=subscribe"
            + " --listen-clients 127.0.0.1:7471 --listen-admin 127.0.0.1:9471"
            + " --passphrase-file {passphrase} --out {again}");
    ceremony.done("federation show {again/fr.customs.join}");
    ceremony.done(
        "federation add --in {first.note} --out {second.note} --keep-old-keys"
            + " --request {again/fr.customs.join}",
        "--fingerprint",
        ceremony.printed("fingerprint"));
    List<String> sign = ceremony.sign("second.note", ceremony.printed("read aloud"));
    sign.addAll(ceremony.words("--previous {first.note} --previous-fingerprint", first));
    assertEquals(0, ceremony.run(sign), ceremony::err);

    String files = " --roots {founding/roots.json} --dry-run --request {again/fr.customs.join}";
    assertEquals(
        1,
        ceremony.run(
            ceremony.words("join --config {again/node.yaml} --bundle {second.note}" + files)));
    for (String more : List.of("new CA ", "new signing pair ", "new audit pair ")) {
      assertTrue(ceremony.err().contains("fr.customs: " + more), ceremony::err);
    }
    assertTrue(
        ceremony.err().contains("the roots must draft it again from that request"), ceremony::err);

    ceremony.done("federation show {founding/roots.json}");
    ceremony.done(
        "join --config {fr/node.yaml} --bundle {first.note} --roots {founding/roots.json}"
            + " --request {fr/fr.customs.join} --fingerprint",
        ceremony.printed("fingerprint"));
  }
}
