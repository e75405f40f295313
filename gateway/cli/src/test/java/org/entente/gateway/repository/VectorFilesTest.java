package org.entente.gateway.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.entente.gateway.testkit.SharedFiles;
import org.junit.jupiter.api.Test;

/**
 * Every file of official vectors is claimed by a test, and that test reads it: the claims are held
 * against what the tests open when they run, not against what they are called.
 */
class VectorFilesTest {
  /** Says where the vectors come from; nothing to run. */
  private static final Set<String> PROSE = Set.of("README.md");

  /**
   * A test and the files that it runs.
   *
   * @param prefix of the files' names
   * @param arguments of the test, if it is parameterised
   */
  private record Claim(String prefix, String type, String method, List<Object> arguments) {
    Claim(String prefix, String test, Object... arguments) {
      this(
          prefix,
          "org.entente.gateway." + test.substring(0, test.indexOf('#')),
          test.substring(test.indexOf('#') + 1),
          List.of(arguments));
    }

    /** Runs the test; the files that it opened, by their names among the vectors. */
    Set<String> run(Path vectors) throws ReflectiveOperationException {
      Class<?> test = Class.forName(type);
      Constructor<?> constructor = test.getDeclaredConstructor();
      constructor.setAccessible(true);
      Method run =
          Arrays.stream(test.getDeclaredMethods())
              .filter(each -> each.getName().equals(method))
              .findFirst()
              .orElseThrow(() -> new NoSuchMethodException(type + "#" + method));
      run.setAccessible(true);
      Object instance = constructor.newInstance();
      Set<String> opened = new TreeSet<>();
      try (SharedFiles.SharedRecording recording = SharedFiles.record()) {
        run.invoke(instance, arguments.toArray());
        recording
            .opened()
            .filter(file -> file.startsWith(vectors))
            .forEach(file -> opened.add(vectors.relativize(file).toString()));
      }
      return opened;
    }
  }

  private static final List<Claim> CLAIMS =
      List.of(
          new Claim("hpke/hpke-pq.json", "crypto.HpkeVectorsTest#hpkePq_everyXWingVector_asStated"),
          new Claim("hpke/rfc9180.json", "crypto.HpkeVectorsTest#rfc9180_everyVector_asStated"),
          new Claim("xwing/", "crypto.HpkeVectorsTest#xWing_everyVector_asStated"),
          wycheproof("aes_gcm_test.json", "aes256Gcm_everyCase_asStated"),
          wycheproof(
              "c2sp_chunked_encryption_aes_256_gcm_test.json",
              "chunkedEncryption_everyCase_asStated"),
          wycheproof("ed25519_test.json", "ed25519_everyCase_asStated"),
          wycheproof("hkdf_sha256_test.json", "hkdfSha256_everyCase_asStated"),
          wycheproof("mldsa_44_verify_test.json", "mlDsa44_everyCase_asStated"),
          wycheproof("mldsa_65_verify_test.json", "mlDsa65_everyCase_asStated"),
          wycheproof("mlkem_768_encaps_test.json", "mlKem768_everyEncapsulation_asStated"),
          wycheproof("mlkem_768_test.json", "mlKem768_everyDecapsulation_asStated"),
          wycheproof("x25519_test.json", "x25519_everyCase_asStated"),
          merkle("inclusion", 98),
          merkle("consistency", 98),
          merkle("subtreeinclusion", 204),
          merkle("subtreeconsistency", 118),
          new Claim(
              "tlog/log/",
              "audit.tree.TesseraLogTest#foreignLog_checkpoints0To15_verifyWithTheirTilesAndEntries"));

  private static Claim wycheproof(String file, String method) {
    return new Claim("wycheproof/" + file, "crypto.WycheproofTest#" + method);
  }

  private static Claim merkle(String folder, int files) {
    return new Claim(
        "merkle/" + folder + "/",
        "audit.tree.MerkleVectorsTest#vectors_everyFile_endsAsItSays",
        folder,
        files);
  }

  @Test
  void file_ofTheVectors_isRunByTheTestThatClaimsIt()
      throws IOException, ReflectiveOperationException {
    Path vectors = SharedFiles.require("vectors");
    Map<String, String> runBy = new TreeMap<>();
    for (Claim claim : CLAIMS) {
      Set<String> opened = claim.run(vectors);
      assertTrue(!opened.isEmpty(), claim + " opened nothing");
      for (String file : opened) {
        assertTrue(file.startsWith(claim.prefix()), claim + " opened " + file);
        runBy.put(file, claim.method());
      }
    }
    Set<String> unclaimed = files(vectors);
    unclaimed.removeAll(runBy.keySet());
    assertEquals(PROSE, unclaimed, "files that no test runs");
    System.out.println("vectors: " + runBy.size() + " files, each run by a test");
  }

  private static Set<String> files(Path vectors) throws IOException {
    try (Stream<Path> walk = Files.walk(vectors)) {
      Set<String> names = new TreeSet<>();
      walk.filter(Files::isRegularFile)
          .forEach(file -> names.add(vectors.relativize(file).toString()));
      return names;
    }
  }
}
