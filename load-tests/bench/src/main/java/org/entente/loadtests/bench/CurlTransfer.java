package org.entente.loadtests.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.entente.loadtests.federation.FreePorts;
import org.entente.loadtests.measure.MeasurementFailure;

/**
 * A file from {@code openssl s_server} to {@code curl} over loopback, with the TLS of gateways:
 * 1.3, X25519MLKEM768 and AES-128-GCM. Nothing is sealed, checked, synced or kept.
 */
final class CurlTransfer {
  private static final String FILE = "file";
  private static final double MIB = 1 << 20;

  private final Path folder;
  private final Path tls;

  /**
   * A transfer that has not begun.
   *
   * @param folder for the file; must not exist
   * @param tls has {@code tls.crt} and {@code tls.key}
   */
  CurlTransfer(Path folder, Path tls) {
    this.folder = folder;
    this.tls = tls.toAbsolutePath();
  }

  /** Whether both programs are there, and OpenSSL is 3.5 or newer, as the group needs. */
  static boolean isPossible() {
    return runs("curl", "--version") && runs("openssl", "list", "-tls-groups");
  }

  private static boolean runs(String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.onExit().join().exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** MiB a second of a file of this size. */
  double rate(int mib) {
    try (FreePorts ports = new FreePorts(new SecureRandom())) {
      Files.createDirectories(folder);
      try (RandomAccessFile file = new RandomAccessFile(folder.resolve(FILE).toFile(), "rw")) {
        file.setLength((long) mib << 20);
      }
      String address = ports.address();
      Process server = server(address);
      try {
        return received(address) / MIB;
      } finally {
        server.destroyForcibly().onExit().join();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process server(String address) throws IOException {
    Process server =
        new ProcessBuilder(
                "openssl",
                "s_server",
                "-accept",
                address,
                "-cert",
                tls.resolve("tls.crt").toString(),
                "-key",
                tls.resolve("tls.key").toString(),
                "-tls1_3",
                "-groups",
                "X25519MLKEM768",
                "-WWW")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    BufferedReader said = server.inputReader(StandardCharsets.UTF_8);
    for (String line = said.readLine(); !"ACCEPT".equals(line); line = said.readLine()) {
      if (line == null) {
        throw new MeasurementFailure("openssl s_server did not start");
      }
    }
    Thread rest = new Thread(() -> said.lines().forEach(line -> {}), "output of s_server");
    rest.setDaemon(true);
    rest.start();
    return server;
  }

  /** Bytes a second, as curl says. */
  private double received(String address) throws IOException {
    Process curl =
        new ProcessBuilder(
                List.of(
                    "curl",
                    "--silent",
                    "--show-error",
                    "--insecure",
                    "--tlsv1.3",
                    "--curves",
                    "X25519MLKEM768",
                    "--tls13-ciphers",
                    "TLS_AES_128_GCM_SHA256",
                    "--output",
                    folder.resolve("received").toString(),
                    "--write-out",
                    "%{speed_download}",
                    "https://" + address + "/" + FILE))
            .redirectErrorStream(true)
            .start();
    String said = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (curl.onExit().join().exitValue() != 0) {
      throw new MeasurementFailure("curl: " + said);
    }
    return Double.parseDouble(said);
  }
}
