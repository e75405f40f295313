package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Child;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One message, proved by its sender and by its recipient, to somebody who has the roots. */
final class ProofIT {
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";

  @TempDir private Path folder;
  @AutoClose private Federation federation;

  @BeforeEach
  void start() {
    federation = Federation.mint(ConfigurationHome.find(), folder);
    // A majority of the other witnesses must cosign: the hub is one of them.
    federation.start(List.of(FR, DE, "x.hub"));
  }

  private String send() {
    Child sent =
        call(
            FR,
            "declarations",
            "send",
            "--alerts",
            ConfigurationHome.find().samples().resolve("hazardous.jsonl").toString());
    return sent.out()
        .lines()
        .filter(line -> line.contains(DE))
        .map(line -> line.substring(0, 32))
        .findFirst()
        .orElseThrow(() -> new AssertionError(sent.out() + sent.err()));
  }

  private Child call(String agency, String client, String... command) {
    return Child.of(federation, agency, client, command);
  }

  private Path prove(String agency, String message) {
    Path file = folder.resolve(agency + ".proof");
    Child proved =
        call(
            agency,
            "auditor",
            "audit",
            "prove",
            message,
            "--officer=A-1",
            "--out",
            file.toString());
    assertEquals(0, proved.code(), proved.err());
    return file;
  }

  private String roots() {
    return folder.resolve("federation").resolve("roots.json").toString();
  }

  private Child verify(Path file, String... more) {
    List<String> all =
        new ArrayList<>(List.of("audit", "verify-proof", file.toString(), "--roots", roots()));
    all.addAll(List.of(more));
    return Child.here(all.toArray(String[]::new));
  }

  @Test
  void message_provedBySenderRecipientAndFromDataAtRest() throws Exception {
    String message = send();
    Path sent = prove(FR, message);
    Child told = verify(sent);
    assertEquals(0, told.code(), told.err());
    assertTrue(told.out().contains("fr.customs: proved; message " + message + " was accepted"));
    assertTrue(told.out().matches("(?s).*\n  witnesses   (de\\.customs|x\\.hub).*"), told.out());
    assertTrue(told.out().contains(", by client declarations"), told.out());
    assertTrue(told.out().contains(" of 1 message, signed by gateway "), told.out());

    Child withoutServer =
        OfflineLauncher.copyTo(Files.createDirectory(folder.resolve("entente")))
            .run("verify-proof", sent.toString(), "--roots", roots());
    assertEquals(0, withoutServer.code(), withoutServer.err());
    assertEquals(told.out(), withoutServer.out());

    Path received = prove(DE, message);
    JsonNode there = new ObjectMapper().readTree(verify(received, "--json").out());
    assertTrue(there.path("proved").asBoolean(), there::toString);
    assertEquals("RECEIVED", there.path("record").asText());
    assertEquals("fr.customs", there.path("witnesses").path(0).asText());
    JsonNode here = new ObjectMapper().readTree(verify(sent, "--json").out());
    assertEquals(here.path("header_sha256"), there.path("header_sha256"));

    Child tooFew = verify(sent, "--witnesses", "3");
    assertEquals(1, tooFew.code());
    assertTrue(
        // One of the witnesses may not have cosigned yet.
        Pattern.compile("NOT PROVED; witnesses: cosignatures: [12] of 2 witnesses; 3 required")
            .matcher(tooFew.err())
            .find(),
        tooFew.err());
    String text = Files.readString(sent);
    Files.writeString(sent, text.replace("message " + message, "message " + "00".repeat(16)));
    Child other = verify(sent);
    assertEquals(1, other.code());
    assertTrue(other.err().contains("NOT PROVED; record: it does not name message"));

    Child stranger =
        call(FR, "desk", "audit", "prove", message, "--officer=A-1", "--out", sent.toString());
    assertEquals(3, stranger.code());
    assertTrue(stranger.err().contains("SCOPE_MISSING"), stranger.err());

    assertEquals(List.of(), federation.stop());
    Path atRest = folder.resolve("at-rest.proof");
    Child fromData =
        Child.here(
            "audit",
            "prove",
            message,
            "--officer=A-1",
            "--config",
            federation.plan(FR).config().toString(),
            "--out",
            atRest.toString());
    assertEquals(0, fromData.code(), fromData.err());
    assertEquals(0, verify(atRest).code());
  }
}
