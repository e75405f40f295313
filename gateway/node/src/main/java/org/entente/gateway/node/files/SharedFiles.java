package org.entente.gateway.node.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.trust.TrustBundle;

/** The files that every machine of a cluster should have alike, since each of them may lead. */
public final class SharedFiles {
  private SharedFiles() {}

  /**
   * SHA-256 of each in hexadecimal digits, by the configuration field that names it. Names of
   * folders do not count, as they may differ.
   *
   * @param bundle the one in force, which may have come from a peer
   * @throws IOException if one cannot be read
   */
  public static Map<String, String> hashes(ConfiguredFiles files, TrustBundle bundle)
      throws IOException {
    NodeConfig config = files.config();
    Map<String, String> hashes = new TreeMap<>();
    hashes.put("trust.bundle", bundle.hash());
    hashes.put("trust.roots", hash(List.of(config.trust().roots())));
    hashes.put("policy", hash(files.policyFiles()));
    Path clients = config.clientList();
    if (clients != null && Files.exists(clients)) {
      hashes.put("client_list", hash(List.of(clients)));
    }
    return hashes;
  }

  private static String hash(List<Path> files) throws IOException {
    List<byte[]> parts = new ArrayList<>();
    for (Path file : files) {
      String name = String.valueOf(file.getFileName());
      parts.add(Sha256.hash(name.getBytes(StandardCharsets.UTF_8)));
      parts.add(Sha256.hash(Files.readAllBytes(file)));
    }
    return HexFormat.of().formatHex(Sha256.hash(parts.toArray(byte[][]::new)));
  }
}
