package org.entente.gateway.audit.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.note.TreeHash;
import org.entente.gateway.testkit.SharedFiles;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The proof vectors of transparency-dev/merkle, every file of every folder. */
class MerkleVectorsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] NOT_A_HASH = {1};

  @ParameterizedTest
  @CsvSource({"inclusion,98", "consistency,98", "subtreeinclusion,204", "subtreeconsistency,118"})
  void vectors_everyFile_endsAsItSays(String folder, int expectedFiles) throws IOException {
    Path root = SharedFiles.require("vectors/merkle/" + folder);
    List<Path> files;
    try (Stream<Path> walk = Files.walk(root)) {
      files = walk.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
    Map<String, Integer> counts = new TreeMap<>();
    for (Path file : files) {
      JsonNode vector = JSON.readTree(SharedFiles.read(file));
      boolean valid = !vector.path("wantErr").asBoolean();
      assertEquals(valid, verify(folder, vector), file.toString());
      counts.merge(
          root.relativize(file).getName(0) + (valid ? " valid" : " refused"), 1, Integer::sum);
    }
    System.out.println("merkle/" + folder + ": " + files.size() + " vectors " + counts);
    assertEquals(expectedFiles, files.size());
    assertTrue(counts.keySet().stream().anyMatch(key -> key.endsWith("valid")));
  }

  private static boolean verify(String folder, JsonNode vector) {
    return switch (folder) {
      case "inclusion" -> inclusion(vector);
      case "consistency" -> consistency(vector);
      case "subtreeinclusion" -> subtreeInclusion(vector);
      default -> subtreeConsistency(vector);
    };
  }

  private static boolean inclusion(JsonNode vector) {
    return fits(vector, "leafIdx", "treeSize")
        && areHashes(vector, "leafHash", "root")
        && MerkleTree.verifyInclusion(
            number(vector, "leafIdx"),
            number(vector, "treeSize"),
            hash(vector.path("leafHash")),
            proof(vector),
            hash(vector.path("root")));
  }

  private static boolean consistency(JsonNode vector) {
    return fits(vector, "size1", "size2")
        && MerkleTree.verifyConsistency(
            number(vector, "size1"),
            hash(vector.path("root1")),
            number(vector, "size2"),
            hash(vector.path("root2")),
            proof(vector));
  }

  private static boolean subtreeInclusion(JsonNode vector) {
    return fits(vector, "leafIdx", "start", "end")
        && areHashes(vector, "leafHash", "root")
        && MerkleTree.verifySubtreeInclusion(
            number(vector, "leafIdx"),
            number(vector, "start"),
            number(vector, "end"),
            hash(vector.path("leafHash")),
            proof(vector),
            hash(vector.path("root")));
  }

  private static boolean subtreeConsistency(JsonNode vector) {
    return fits(vector, "start", "end", "size")
        && MerkleTree.verifySubtreeConsistency(
            number(vector, "start"),
            number(vector, "end"),
            number(vector, "size"),
            hash(vector.path("root1")),
            proof(vector),
            hash(vector.path("root2")));
  }

  /** Sizes beyond 63 bits do not fit the types and are refused by them. */
  private static boolean fits(JsonNode vector, String... fields) {
    return Stream.of(fields)
        .allMatch(field -> vector.get(field) != null && vector.get(field).canConvertToLong());
  }

  private static long number(JsonNode vector, String field) {
    return vector.path(field).asLong();
  }

  private static boolean areHashes(JsonNode vector, String... fields) {
    return Stream.of(fields)
        .allMatch(field -> TreeHash.parseBase64(vector.path(field).asText()).isPresent());
  }

  /**
   * The consistency vectors also hold texts for roots that do not matter; they are hashed, so that
   * equal ones stay equal and different ones different.
   */
  private static TreeHash hash(JsonNode node) {
    byte[] bytes = Base64.getDecoder().decode(node.asText());
    return TreeHash.of(bytes.length == TreeHash.BYTES ? bytes : Sha256.hash(NOT_A_HASH, bytes));
  }

  private static List<TreeHash> proof(JsonNode vector) {
    List<TreeHash> hashes = new ArrayList<>();
    vector.path("proof").forEach(node -> hashes.add(hash(node)));
    return hashes;
  }
}
