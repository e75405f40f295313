package org.entente.loadtests.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A container image in an OCI image layout (image-spec 1.0), unpacked as a container engine unpacks
 * it, with every digest compared.
 *
 * @param root the file system
 * @param config the section {@code config} of the image's configuration
 */
public record OciImage(Path root, JsonNode config) {

  /** Unpacks the archive of a layout into new folders of a folder. */
  public static OciImage unpack(BuiltPackages packages, Path archive, Path folder)
      throws IOException, InterruptedException {
    Path layout = Files.createDirectories(folder.resolve("layout"));
    packages.done("tar", "-xf", archive.toString(), "-C", layout.toString());
    JsonNode index = new ObjectMapper().readTree(layout.resolve("index.json").toFile());
    assertEquals(1, index.path("manifests").size(), index::toString);
    JsonNode manifest = json(blob(layout, index.path("manifests").path(0)));
    Path root = Files.createDirectories(folder.resolve("image"));
    for (JsonNode layer : manifest.path("layers")) {
      packages.done("tar", "-xpzf", blob(layout, layer).toString(), "-C", root.toString());
    }
    return new OciImage(root, json(blob(layout, manifest.path("config"))).path("config"));
  }

  private static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  private static Path blob(Path layout, JsonNode descriptor) throws IOException {
    String digest = descriptor.path("digest").asText();
    assertTrue(digest.startsWith("sha256:"), digest);
    Path blob = layout.resolve("blobs/sha256").resolve(digest.substring("sha256:".length()));
    byte[] bytes = Files.readAllBytes(blob);
    assertEquals(digest, "sha256:" + sha256(bytes));
    assertEquals(descriptor.path("size").asLong(), bytes.length, digest);
    return blob;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A list of texts in the configuration. */
  public List<String> list(String field) {
    List<String> texts = new ArrayList<>();
    config.path(field).forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
