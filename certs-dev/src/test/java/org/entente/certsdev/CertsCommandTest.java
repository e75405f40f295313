package org.entente.certsdev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ServiceLoader;
import org.entente.gateway.cli.call.EntenteCommand;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.model.AgencyName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class CertsCommandTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine line = CertsCommand.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }

  private int mint(Path to, String... more) {
    String[] arguments = new String[4 + more.length];
    arguments[0] = "--spec";
    arguments[1] = DemoSpec.file().toString();
    arguments[2] = "--out";
    arguments[3] = to.toString();
    System.arraycopy(more, 0, arguments, 4, more.length);
    return run(arguments);
  }

  private MintedFederation minted(Path at) throws IOException {
    return MintedFederation.open(at, InstantSource.system());
  }

  @Test
  void certs_foundAsService_asTheMainCommandLooksForIt() {
    assertTrue(
        ServiceLoader.load(EntenteCommand.class).stream()
            .anyMatch(provider -> provider.type() == CertsCommand.class));
  }

  @Test
  void certs_demoSpecification_mints() throws IOException {
    Path to = folder.resolve("out");
    assertEquals(
        0, mint(to, "--days", "1", "--endpoint", "fr.customs=127.0.0.1:40001"), err::toString);
    MintedFederation minted = minted(to);
    assertTrue(out.toString().contains(minted.bundle().hash()), out::toString);
    assertEquals(
        "127.0.0.1:40001",
        minted
            .bundle()
            .agency(new AgencyName("fr.customs"))
            .orElseThrow()
            .endpoints()
            .get(0)
            .toString());
  }

  @Test
  void certs_folderNotEmpty_exitsOne() throws IOException {
    Files.writeString(folder.resolve("mine"), "kept");
    assertEquals(1, mint(folder));
    assertTrue(err.toString().contains("not empty"), err::toString);
    assertEquals("kept", Files.readString(folder.resolve("mine")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--days=0",
        "--days=31",
        "--days=soon",
        "--endpoint=fr.customs=nowhere",
        "--endpoint=it.customs=127.0.0.1:1",
        "--endpoint=FR=127.0.0.1:1",
        "--unknown"
      })
  void certs_wrongOption_exitsTwoAndMintsNothing(String option) {
    Path to = folder.resolve("out");
    assertEquals(2, mint(to, option));
    assertFalse(err.toString().isEmpty());
    assertFalse(Files.exists(to.resolve("roots.json")));
  }

  @Test
  void certs_withoutOut_exitsTwo() {
    assertEquals(2, run());
    assertTrue(err.toString().contains("--out"), err::toString);
  }

  @Test
  void certs_specificationWithMistake_exitsTwoNamingTheLine() throws IOException {
    Path bad = folder.resolve("bad.yaml");
    Files.writeString(bad, Files.readString(DemoSpec.file()).replace("POLICE\n", "POLITE\n"));
    assertEquals(2, run("--spec", bad.toString(), "--out", folder.resolve("out").toString()));
    assertTrue(
        err.toString().matches("(?s).*bad.yaml:\\d+:\\d+: agencies\\[2].kind.*"), err::toString);
  }

  @Test
  void update_removesRevokesMovesAndAdds_signsNextVersions() throws Exception {
    Path to = folder.resolve("out");
    assertEquals(0, mint(to));
    String dir = to.toString();
    assertEquals(0, run("update", "--dir", dir, "--remove", "us.cbp"), err::toString);
    String certificate = to.resolve("fr.customs/clients/desk/tls.crt").toString();
    assertEquals(0, run("update", "--dir", dir, "--revoke", "fr.customs=" + certificate));
    assertEquals(0, run("update", "--dir", dir, "--endpoint", "x.hub=127.0.0.1:40005"));
    Path more = folder.resolve("more.yaml");
    Files.writeString(
        more,
        """
        federation: demo.entente.example
        agencies: [{name: it.customs, jurisdiction: IT, kind: CUSTOMS, roles: [MEMBER]}]
        """);
    assertEquals(
        0,
        run("update", "--dir", dir, "--spec", more.toString(), "--add", "it.customs"),
        err::toString);
    MintedFederation minted = minted(to);
    assertEquals(5, minted.bundle().version());
    assertFalse(minted.bundle().isMember(new AgencyName("us.cbp")));
    assertTrue(minted.bundle().isMember(new AgencyName("it.customs")));
    assertTrue(
        minted
            .bundle()
            .agency(new AgencyName("fr.customs"))
            .orElseThrow()
            .hasRevoked(Pem.certificates(Files.readString(Path.of(certificate))).get(0)));
  }

  @Test
  void update_withoutChangeOrFederation_exitsAccordingly() {
    assertEquals(2, run("update", "--dir", folder.toString()));
    assertEquals(2, run("update", "--remove", "us.cbp"));
    assertEquals(1, run("update", "--dir", folder.toString(), "--remove", "us.cbp"));
    Path to = folder.resolve("out");
    assertEquals(0, mint(to));
    assertEquals(2, run("update", "--dir", to.toString(), "--remove", "it.customs"));
    assertEquals(2, run("update", "--dir", to.toString(), "--remove", "x.hub"));
    assertEquals(2, run("update", "--dir", to.toString(), "--remove", "!"));
  }

  @Test
  void help_asked_showsExamplesAndExitCodes() {
    assertEquals(0, run("--help"));
    assertTrue(out.toString().contains("Examples:"));
    assertTrue(out.toString().contains("Exit codes:"));
    assertEquals(0, run("update", "--help"));
    assertTrue(out.toString().contains("--revoke"));
  }
}
