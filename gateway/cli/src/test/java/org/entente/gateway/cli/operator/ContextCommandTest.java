package org.entente.gateway.cli.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.entente.gateway.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contexts over processes of their own, since the environment selects them. */
class ContextCommandTest {
  @TempDir private Path folder;

  private String said = "";

  private int run(Map<String, String> environment, String... words)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("ENTENTE_"));
    builder.environment().put("ENTENTE_CONTEXTS", folder.resolve("contexts.yaml").toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor();
  }

  private void credentials() throws IOException {
    for (String file : List.of("tls.crt", "tls.key", "ca.crt")) {
      Files.writeString(folder.resolve(file), "none");
    }
  }

  @Test
  void context_isCalledWithoutFurtherOptions_andTheEnvironmentPrevails() throws Exception {
    assertEquals(2, run(Map.of(), "link", "list"));
    assertTrue(said.contains(": is missing; give --gateway and --credentials"), said);

    String closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = "127.0.0.1:" + socket.getLocalPort();
    }
    String where = folder.toString();
    assertEquals(
        2, run(Map.of(), "context", "add", "x", "--gateway", closed, "--credentials", where));
    assertTrue(said.contains("--credentials: " + folder.resolve("tls.crt") + " is missing"), said);

    credentials();
    assertEquals(
        0, run(Map.of(), "context", "add", "x", "--gateway", closed, "--credentials", where));
    assertTrue(said.contains("x added, and in use"), said);
    assertEquals(
        0, run(Map.of(), "context", "add", "x", "--gateway", closed, "--credentials", where));
    assertTrue(said.contains("x replaced, and in use"), said);

    // The files are no credentials, which a call finds first.
    assertEquals(1, run(Map.of(), "link", "list"));
    assertTrue(said.contains("tls.crt"), said);
    assertEquals(2, run(Map.of("ENTENTE_CONTEXT", "y"), "link", "list"));
    assertTrue(said.contains("ENTENTE_CONTEXT: there is no context \"y\""), said);
    assertEquals(2, run(Map.of("ENTENTE_GATEWAY", "nowhere"), "link", "list"));
    assertTrue(said.contains("--gateway: "), said);
  }

  @Test
  void formatOfTheLog_thatThereIsNot_isRefused() throws Exception {
    assertEquals(2, run(Map.of("ENTENTE_LOG_FORMAT", "xml"), "run", "--config", "none"));
    assertTrue(said.contains("ENTENTE_LOG_FORMAT: \"xml\"; valid: json, text"), said);
  }

  @Test
  void completion_isAScriptThatBashTakes_andKnowsTheCommands() throws Exception {
    assertEquals(0, run(Map.of(), "completion"));
    Path script = Files.writeString(folder.resolve("completion"), said);
    Process bash =
        new ProcessBuilder(
                "bash",
                "-c",
                "source '"
                    + script
                    + "'; COMP_WORDS=(entente lin); COMP_CWORD=1;"
                    + " _complete_entente; echo \"${COMPREPLY[@]}\"")
            .redirectErrorStream(true)
            .start();
    String completed = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, bash.waitFor(), completed);
    assertEquals("link", completed.strip());
  }
}
