package org.entente.gateway.cli.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.entente.gateway.cli.CommandFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CapCommandTest {
  private final CommandFixture command = new CommandFixture();
  private static final Path SAMPLES =
      Path.of("..", "..").toAbsolutePath().normalize().resolve("config/samples/cap");
  private static final String FRESH = SAMPLES.resolve("quay-fire.cap").toString();
  private static final String OLD = SAMPLES.resolve("reservoir.cap").toString();

  @TempDir Path folder;

  private int run(String... arguments) {
    return command.run(arguments);
  }

  @Test
  void check_ofValidFiles_saysTheirVersions() {
    assertEquals(0, run("cap", "check", FRESH, OLD), command::err);

    assertTrue(command.out().contains("quay-fire.cap: valid CAP 1.2, leitstelle@hafen.example,"));
    assertTrue(command.out().contains("reservoir.cap: valid CAP 1.1, "), command::out);
    assertEquals(2, command.out().lines().count());
  }

  @Test
  void check_ofABadFile_saysWhereAndGoesOn() throws IOException {
    Path bad =
        Files.writeString(
            folder.resolve("bad.cap"),
            Files.readString(Path.of(FRESH)).replace("<status>Actual", "<status>actual"));
    Path none = folder.resolve("none.cap");

    assertEquals(1, run("cap", "check", bad.toString(), none.toString(), OLD));

    List<String> lines = command.out().lines().toList();
    assertTrue(
        lines.get(0).startsWith(bad + ":6: alert/status: must be one of Actual"), lines.get(0));
    assertTrue(lines.get(1).startsWith(none + ": cannot be read: there is no such file"));
    assertTrue(lines.get(2).contains("valid CAP 1.1"));
  }

  @Test
  void check_asJson_hasALineForEachFile() throws IOException {
    Path large =
        Files.writeString(
            folder.resolve("large.cap"),
            Files.readString(Path.of(FRESH))
                .replace("<status>", "<status kind='x'>")
                .replace("Smoke drifts east.", "x".repeat(20_001)));

    assertEquals(1, run("cap", "check", "--json", FRESH, large.toString()));

    List<String> lines = command.out().lines().toList();
    JsonNode good = new ObjectMapper().readTree(lines.get(0));
    assertEquals("1.2", good.path("version").asText());
    assertEquals("HAFEN-2026-0412-7", good.path("identifier").asText());
    assertEquals(2, good.path("info").asInt());
    assertTrue(good.path("fits").asBoolean());
    assertTrue(good.path("unmapped").isEmpty());
    JsonNode tooLarge = new ObjectMapper().readTree(lines.get(1));
    assertTrue(tooLarge.path("valid").asBoolean());
    assertFalse(tooLarge.path("fits").asBoolean());
    assertTrue(tooLarge.path("obstacle").asText().startsWith("alert/info/description: "));
    assertEquals("alert/status/@kind", tooLarge.path("unmapped").path(0).path("path").asText());
  }

  @Test
  void convert_ofVersion11_writesVersion12_andSaysWhatChanged() throws IOException {
    Path to = folder.resolve("new.cap");

    assertEquals(0, run("cap", "convert", OLD, "--out", to.toString()), command::err);

    assertTrue(Files.readString(to).contains("urn:oasis:names:tc:emergency:cap:1.2"));
    assertTrue(command.err().contains("alert/info/certainty: Very Likely"), command::err);
    assertEquals("", command.out());
    assertEquals(0, run("cap", "check", to.toString()), command::out);
    assertTrue(command.out().contains("valid CAP 1.2"), command::out);
  }

  @Test
  void convert_withoutOut_writesToStandardOutput() {
    assertEquals(0, run("cap", "convert", OLD));

    assertTrue(command.out().startsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
  }

  @Test
  void convert_asJson_saysWhatChanged() throws IOException {
    Path to = folder.resolve("new.cap");

    assertEquals(0, run("cap", "convert", "--json", OLD, "--out", to.toString()));

    JsonNode said = new ObjectMapper().readTree(command.out());
    assertEquals(2, said.path("unmapped").size());
    assertEquals("1.1", said.path("version").asText());
    assertEquals("", command.err());
    assertEquals(2, run("cap", "convert", "--json", OLD), "JSON and XML do not share an output");
  }

  @Test
  void convert_ofABadFile_writesNothing() throws IOException {
    Path bad = Files.writeString(folder.resolve("bad.cap"), "<alert/>");
    Path to = folder.resolve("new.cap");

    assertEquals(1, run("cap", "convert", bad.toString(), "--out", to.toString()));

    assertTrue(command.err().contains("bad.cap:1: alert: is not a CAP"), command::err);
    assertFalse(Files.exists(to));
  }

  @Test
  void send_onWrongTerms_namesTheOption() {
    String[] send = {
      "send",
      "--gateway",
      "127.0.0.1:1",
      "--credentials",
      folder.toString(),
      "--alerts",
      OLD,
      "--category",
      "FLOOD",
      "--purpose",
      "PUBLIC_SAFETY",
      "--classification",
      "UNCLASSIFIED"
    };

    assertEquals(2, run(send));

    assertTrue(command.err().contains("--category must be one of IPR"), command::err);
  }

  @Test
  void send_onHalfTheTerms_asksForTheRest() {
    int code =
        run(
            "send",
            "--gateway=127.0.0.1:1",
            "--credentials=x",
            "--alerts=" + OLD,
            "--category=PUBLIC_WARNING");

    assertEquals(2, code);
    assertTrue(command.err().contains("--purpose"), command::err);
  }
}
