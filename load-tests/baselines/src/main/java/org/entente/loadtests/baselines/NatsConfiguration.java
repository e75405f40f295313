package org.entente.loadtests.baselines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/** Configuration files of two servers, the first a leaf node of the second. */
final class NatsConfiguration {
  private NatsConfiguration() {}

  /**
   * Writes one.
   *
   * @param name of the server and of its JetStream domain
   * @param leaf the part about leaf nodes
   */
  static Path write(Path folder, String name, int port, Keys keys, String leaf)
      throws IOException, GeneralSecurityException {
    String text =
        """
        server_name: %1$s
        listen: "127.0.0.1:%2$d"
        tls { %3$s }
        jetstream {
          domain: %1$s
          store_dir: "%4$s"
          # Every message is synced before it is acknowledged.
          sync_interval: always
        }
        leafnodes {
        %5$s
        }
        """
            .formatted(name, port, tls(keys), folder.resolve(name), leaf);
    return Files.writeString(folder.resolve(name + ".conf"), text);
  }

  /** Takes leaf nodes at a port. */
  static String listening(int port, Keys keys) throws IOException, GeneralSecurityException {
    return "  listen: \"127.0.0.1:%d\"\n  tls { %s }".formatted(port, tls(keys));
  }

  /** Is a leaf node of the server at a port. */
  static String dialling(int port, Keys keys) throws IOException, GeneralSecurityException {
    return "  remotes: [ { url: \"tls://127.0.0.1:%d\", tls { %s } } ]".formatted(port, tls(keys));
  }

  private static String tls(Keys keys) throws IOException, GeneralSecurityException {
    return "cert_file: \"%1$s\", key_file: \"%2$s\", ca_file: \"%1$s\", verify: true, min_version: \"1.3\""
        .formatted(keys.certificate(), keys.key());
  }
}
