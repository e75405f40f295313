package org.entente.gateway.command;

import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.entente.gateway.ceremony.AgencyIssuer;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.cli.CommandFixture;
import org.entente.gateway.crypto.Certificates;
import org.entente.gateway.crypto.EcKeys;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.identity.SpiffeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code entente client}, beside a gateway that runs. */
class ClientCommandTest {
  private static final String IDENTITY =
      "spiffe://test.entente.example/agency/fr.customs/client/night";

  @RegisterExtension final RunningFederation federation = new RunningFederation(FR);
  private final CommandFixture command = new CommandFixture();

  private int client(String... words) {
    List<String> all = new ArrayList<>(List.of("client"));
    all.addAll(List.of(words));
    all.addAll(List.of("--config", federation.config(FR).toString()));
    return command.run(all);
  }

  /** A command that changes the list, while the gateway follows its files; its exit code. */
  private int change(String... words) {
    CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> client(words));
    federation.await("the command ends", exit::isDone);
    return exit.join();
  }

  private Path home() {
    return federation.folder().resolve(FR);
  }

  private Path out(String name) {
    return federation.folder().resolve(name);
  }

  private void add(String name, String scope, String out) {
    assertEquals(
        0,
        change(
            "add", name, "--scope", scope, "--ca", home().toString(), "--out", out(out).toString()),
        command::err);
  }

  /** Lists the links as a client does; returns the exit code. */
  private int linkList(Path credentials) {
    return command.run(
        "link",
        "list",
        "--gateway",
        "127.0.0.1:" + federation.gateway(FR).clientAddress().getPort(),
        "--credentials",
        credentials.toString());
  }

  private void awaitLinkList(int exit, Path credentials) {
    federation.await("exit code " + exit, () -> linkList(credentials) == exit);
  }

  private static X509Certificate certificate(Path folder) throws Exception {
    return Pem.certificates(Files.readString(folder.resolve("tls.crt"))).get(0);
  }

  @Test
  void client_addedGrantedRenewedAndRevoked_whileTheGatewayRuns() throws Exception {
    add("night", "operator", "first");
    assertTrue(command.out().contains("night has the scopes operator"), command.out());
    assertTrue(command.out().contains("in force     now, as client list 1"), command.out());
    assertFalse(command.out().contains("PRIVATE KEY"), command.out());
    try (Stream<Path> files = Files.list(out("first"))) {
      for (Path file : files.toList()) {
        assertEquals(
            "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      }
    }
    awaitLinkList(0, out("first"));

    assertEquals(0, change("grant", "night", "--scope", "subscribe"), command::err);
    awaitLinkList(3, out("first"));
    assertTrue(command.err().contains("SCOPE_MISSING"), command.err());
    assertEquals(0, change("grant", "night", "--scope", "operator", "--by", "FR-9"), command::err);
    awaitLinkList(0, out("first"));

    String[] renew = {"renew", "night", "--ca", home().toString(), "--out"};
    assertEquals(0, change(with(renew, out("second").toString())), command::err);
    awaitLinkList(0, out("second"));
    assertEquals(0, linkList(out("first")), "the old one stays valid");
    assertEquals(0, change(with(renew, out("third").toString(), "--now")), command::err);
    awaitLinkList(0, out("third"));
    assertEquals(4, linkList(out("first")));
    assertTrue(command.err().contains("this certificate was replaced"), command.err());

    assertEquals(0, change("revoke", "night"), command::err);
    awaitLinkList(4, out("third"));
    assertTrue(command.err().contains("because the client was revoked"), command.err());
    assertEquals(0, change("revoke", "night"), command::err);
    assertTrue(command.out().contains("nothing changed"), command.out());
    assertEquals(1, client("grant", "night", "--scope", "audit"));
    assertTrue(command.err().contains("add --same-client` admits it again"), command.err());

    String[] again = {"add", "night", "--scope", "operator", "--ca", home().toString(), "--out"};
    assertEquals(
        1, client(with(again, out("fourth").toString())), "who knows whether it is the same");
    assertTrue(command.err().contains("its name keeps its cursors, watches and drafts"));
    assertFalse(Files.exists(out("fourth")));
    assertEquals(0, change(with(again, out("fourth").toString(), "--same-client")), command::err);
    awaitLinkList(0, out("fourth"));
    assertEquals(4, linkList(out("third")), "the old certificate is not brought back");
  }

  private static String[] with(String[] words, String... more) {
    return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
  }

  /** A command that says "revoked" must not leave it open whether the client is out. */
  @Test
  void change_saysWhenItIsInForce_andFailsIfTheGatewayDoesNotConfirmIt() throws Exception {
    federation.stop(FR);
    try (ServerSocket other = new ServerSocket()) {
      other.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      useAdminPort(other.getLocalPort());
      assertEquals(1, client("grant", "desk", "--scope", "audit", "--wait", "1"));
      assertTrue(command.err().contains("client list 1 is stored, but"), command.err());
      assertTrue(command.err().contains("has not confirmed it within 1 s"), command.err());
      assertEquals(0, client("grant", "desk", "--scope", "search", "--wait", "0"));
      assertTrue(command.out().contains("not awaited"), command.out());
    }
    assertEquals(0, client("revoke", "desk"), command::err);
    assertTrue(command.out().contains("when the gateway starts"), command.out());
    assertEquals(2, client("revoke", "desk", "--wait", "601"));
    assertTrue(command.err().contains("--wait: found 601; valid is 0 to 600"), command.err());
  }

  private void useAdminPort(int port) throws IOException {
    Path config = federation.config(FR);
    Files.writeString(
        config, Files.readString(config).replace("admin: 127.0.0.1:0", "admin: 127.0.0.1:" + port));
  }

  @Test
  void request_getsTheNameAndScopesOfTheCommand_whateverItSays() throws Exception {
    KeyPair keys = EcKeys.generate(new SecureRandom());
    byte[] request =
        new JcaPKCS10CertificationRequestBuilder(
                new X500Name("CN=operator,O=us.cbp"), keys.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
            .getEncoded();
    StringWriter pem = new StringWriter();
    try (PemWriter writer = new PemWriter(pem)) {
      writer.writeObject(new PemObject("CERTIFICATE REQUEST", request));
    }
    Path csr = Files.writeString(out("night.csr"), pem.toString());

    assertEquals(
        0,
        change(
            "add",
            "night",
            "--scope",
            "operator",
            "--csr",
            csr.toString(),
            "--ca",
            home().toString(),
            "--out",
            out("night").toString()),
        command::err);

    X509Certificate issued = certificate(out("night"));
    assertEquals(Optional.of(URI.create(IDENTITY)), Certificates.spiffeId(issued));
    assertEquals("CN=night", issued.getSubjectX500Principal().getName());
    assertEquals(keys.getPublic(), issued.getPublicKey());
    assertFalse(Files.exists(out("night").resolve("tls.key")));
    PrivateFiles.write(out("night").resolve("tls.key"), Pem.encode(keys.getPrivate()));
    awaitLinkList(0, out("night"));
  }

  @Test
  void certificate_issuedElsewhere_isRegistered_ifTheGatewayWouldAcceptIt() throws Exception {
    Path issued = out("issued");
    issue(issued, home(), Duration.ofDays(20));
    String[] add = {"add", "night", "--scope", "operator", "--certificate"};
    Path other = out("other");
    issue(other, federation.folder().resolve("de.customs"), Duration.ofDays(20));
    assertEquals(1, client(with(add, other.resolve("tls.crt").toString())));
    assertTrue(command.err().contains("was not issued by the CA"), command.err());
    assertEquals(
        1, client("add", "day", "--scope", "operator", "--certificate", issued + "/tls.crt"));
    assertTrue(command.err().contains("that of the client is"), command.err());
    assertEquals(0, change(with(add, issued.resolve("tls.crt").toString())), command::err);
    awaitLinkList(0, issued);
  }

  private static void issue(Path folder, Path authority, Duration validity) throws IOException {
    KeyPair keys = EcKeys.generate(new SecureRandom());
    AgencyIssuer issuer = AgencyIssuer.open(authority, null, new SecureRandom());
    X509Certificate issued =
        issuer.issue(SpiffeId.parse(IDENTITY), keys.getPublic(), Instant.now(), validity);
    PrivateFiles.write(folder.resolve("tls.crt"), Pem.encode(issued));
    PrivateFiles.write(folder.resolve("tls.key"), Pem.encode(keys.getPrivate()));
    PrivateFiles.write(folder.resolve("ca.crt"), Pem.encode(issuer.certificate()));
  }

  @Test
  void list_namesEachClient_withItsCertificateAndItsEnd() throws Exception {
    add("night", "operator", "night");
    assertEquals(0, change("list"), command::err);
    String[] lines = command.out().lines().toArray(String[]::new);
    assertTrue(command.err().contains("2 clients; client list version 1, changed by "));
    assertTrue(lines[0].startsWith("client "), lines[0]);
    assertTrue(lines[1].matches("desk +in force +any +publish subscribe .*"), lines[1]);
    String serial = certificate(out("night")).getSerialNumber().toString(16);
    assertTrue(
        lines[2].matches("night +in force +\\S+Z +\\d+ +" + serial + " +operator"), lines[2]);

    assertEquals(0, change("list", "--json"), command::err);
    JsonNode json = new ObjectMapper().readTree(command.out());
    assertEquals(1, json.path("version").asInt());
    JsonNode desk = json.path("clients").get(0);
    assertEquals("node.yaml", desk.path("source").asText());
    assertTrue(desk.path("anyCertificate").asBoolean());
    JsonNode night = json.path("clients").get(1);
    assertEquals("client_list", night.path("source").asText());
    assertEquals("operator", night.path("scopes").get(0).asText());
    assertTrue(night.path("revoked").isNull());
    assertEquals(serial, night.path("certificates").get(0).path("serial").asText());
    assertTrue(night.path("certificates").get(0).path("daysLeft").asInt() > 50);
    assertEquals(0, change("revoke", "night"), command::err);
    assertEquals(0, change("list"), command::err);
    assertTrue(command.out().contains("revoked"), command.out());
  }

  @Test
  void wrongOptions_areNamed_andNothingIsDone() throws Exception {
    String ca = home().toString();
    String out = out("out").toString();
    assertUsage("--out: is missing", "add", "n", "--scope", "audit", "--ca", ca);
    assertUsage("give either --ca", "add", "n", "--scope", "audit", "--out", out);
    assertUsage(
        "\"emperor\" is none of publish, subscribe, ",
        "add",
        "n",
        "--scope",
        "emperor",
        "--ca",
        ca,
        "--out",
        out);
    assertUsage(
        "--scope: scope \"publisch\" is none of publish, subscribe, ",
        "add",
        "n",
        "--scope",
        "publisch",
        "--ca",
        ca,
        "--out",
        out);
    assertTrue(command.err().endsWith("; did you mean \"publish\"?\n"), command.err());
    assertUsage(
        "a gateway or client name", "add", "N 1", "--scope", "audit", "--ca", ca, "--out", out);
    assertUsage(
        "--days: found 0", "add", "n", "--scope", "audit", "--ca", ca, "--out", out, "--days", "0");
    assertFalse(Files.exists(out("out")));
    assertEquals(1, client("revoke", "dsk"));
    assertTrue(command.err().contains("did you mean \"desk\"?"), command.err());
    assertEquals(1, client("add", "desk", "--scope", "audit", "--ca", ca, "--out", out));
    assertTrue(command.err().contains("exists already"), command.err());
    assertEquals(1, client("add", "n", "--scope", "ipr", "--ca", ca, "--out", out));
    assertTrue(command.err().contains("ipr is missing"), command.err());
    Files.createDirectories(out("out"));
    Files.writeString(out("out").resolve("precious"), "untouched");
    assertEquals(1, client("add", "n", "--scope", "audit", "--ca", ca, "--out", out));
    assertTrue(command.err().contains("is not empty"), command.err());
    assertFalse(Files.exists(home().resolve("clients.yaml")));
  }

  private void assertUsage(String why, String... words) {
    assertEquals(2, client(words), command::err);
    assertTrue(command.err().contains(why), command.err());
  }

  @Test
  void keyOfTheAuthority_thatOthersMayRead_isNotUsed() throws Exception {
    Files.setPosixFilePermissions(
        home().resolve("ca.key"), PosixFilePermissions.fromString("rw-r-----"));
    assertEquals(
        1,
        client(
            "add",
            "n",
            "--scope",
            "audit",
            "--ca",
            home().toString(),
            "--out",
            out("out").toString()));
    assertTrue(command.err().contains("can be used by others than its owner"), command.err());
  }

  /** Said before the gateway refuses it, and with the command that renews it. */
  @Test
  void call_withACertificateThatEnds_saysSo() throws Exception {
    Path ending = out("ending");
    issue(ending, home(), Duration.ofMinutes(1));
    assertEquals(4, linkList(ending), "nobody registered it");
    assertTrue(
        command.err().contains("the client certificate " + ending.resolve("tls.crt") + " ends on "),
        command.err());
    assertTrue(command.err().contains("entente client renew night"), command.err());
    Path ended = out("ended");
    issue(ended, home(), Duration.ofSeconds(-1));
    assertNotEquals(0, linkList(ended));
    assertTrue(command.err().contains(" ended on "), command.err());
    assertEquals(0, linkList(federation.credentials(FR)));
    assertFalse(command.err().contains("certificate"), command.err());
  }
}
