package org.entente.gateway.audit.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.entente.gateway.audit.Appender;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.audit.record.AuditFixture;
import org.entente.gateway.audit.record.AuditRecordCodec;
import org.entente.gateway.audit.record.BucketSealer;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.store.Store;
import org.entente.gateway.testkit.MemoryStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proofs that leave the gateway (C2SP tlog-proof). */
class LogProofTest {

  private static final int LEAVES = 13;

  private final Store store = new MemoryStore();
  private final BucketSealer sealer = new BucketSealer();
  private final AuditLog log;

  LogProofTest(@TempDir Path directory) {
    this.log = AuditFixture.open(store, directory);
  }

  @BeforeEach
  void fillLog() {
    Appender appender = AuditFixture.appender(log, sealer);
    AuditFixture.grow(store, appender, LEAVES);
    AuditFixture.signer(log).sign(AuditFixture.NOW);
    AuditFixture.grow(store, appender, 1);
  }

  @Test
  void proof_everySignedLeaf_verifiesElsewhereWithItsRecord() {
    for (long i = 0; i < LEAVES; i++) {
      byte[] file = log.prove(i, sealer).orElseThrow().encode();

      LogProof proof = LogProof.parse(file).orElseThrow();

      assertArrayEquals(file, proof.encode());
      assertEquals(i, proof.index());
      assertEquals(Optional.empty(), proof.fault(AuditFixture.VERIFIER));
      assertEquals(
          AuditRecordCodec.decode(log.open(i, sealer).orElseThrow().encodedRecord()),
          proof.opening().orElseThrow().record());
    }
  }

  @Test
  void proof_leafNotYetSigned_isNotMade() {
    assertTrue(log.prove(LEAVES, sealer).isEmpty());
    assertTrue(log.prove(-1, sealer).isEmpty());
  }

  @Test
  void proof_erasedRecord_showsThePlaceOfTheCommitmentAlone() {
    sealer.erase(2);
    LogProof proof = LogProof.parse(log.prove(2, sealer).orElseThrow().encode()).orElseThrow();
    assertTrue(proof.opening().isEmpty());
    assertEquals(
        Optional.empty(), proof.fault(AuditFixture.VERIFIER, log.commitment(2).orElseThrow()));
    assertTrue(proof.fault(AuditFixture.VERIFIER).isPresent());
    assertTrue(proof.fault(AuditFixture.VERIFIER, log.commitment(3).orElseThrow()).isPresent());
  }

  @Test
  void proof_ofAnotherLogsKeys_isRefused() {
    LogProof proof = log.prove(1, sealer).orElseThrow();
    CheckpointVerifier other = AuditFixture.verifier(AuditFixture.pair(5));
    assertTrue(proof.fault(other).orElseThrow().contains("refused"));
  }

  @Test
  void proof_firstLines_areAsSpecified() {
    String text = new String(log.prove(6, LeafOpener.WITHOUT_KEYS).orElseThrow().encode(), UTF_8);
    assertTrue(text.startsWith("c2sp.org/tlog-proof@v1\nindex 6\n"), text);
    assertEquals(4, text.substring(0, text.indexOf("\n\n")).lines().skip(2).count());
    assertTrue(text.contains("\n\nentente/demo.entente.example/fr.customs/gw-a\n13\n"), text);
  }

  @Test
  void proof_seededMutations_areRefusedOrEncodeTheSameAndNeverProveOtherThings() {
    long seed = 0x9200fL;
    Random random = new Random(seed);
    LogProof original = log.prove(6, sealer).orElseThrow();
    byte[] file = original.encode();
    int header = new String(file, UTF_8).indexOf("\n\n") + 60;
    int parsed = 0;
    for (int round = 0; round < 4_000; round++) {
      byte[] bytes = mutate(file, random.nextInt(header), random);
      Optional<LogProof> proof = LogProof.parse(bytes);
      if (proof.isPresent() && !Arrays.equals(bytes, file)) {
        assertArrayEquals(bytes, proof.get().encode(), "seed " + seed + " round " + round);
        assertTrue(proof.get().fault(AuditFixture.VERIFIER).isPresent(), "round " + round);
        parsed++;
      }
    }
    assertTrue(parsed > 100, "only " + parsed + " parsed");
  }

  private static byte[] mutate(byte[] file, int at, Random random) {
    byte[] bytes = file.clone();
    if (random.nextInt(3) > 0) {
      bytes[at] ^= (byte) (1 << random.nextInt(7));
      return bytes;
    }
    byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
    System.arraycopy(bytes, at + 1, cut, at, bytes.length - at - 1);
    return cut;
  }

  @Test
  void parse_malformed_isRefused() {
    String proof = new String(log.prove(0, LeafOpener.WITHOUT_KEYS).orElseThrow().encode(), UTF_8);
    assertTrue(LogProof.parse(proof.getBytes(UTF_8)).isPresent());
    for (String bad :
        new String[] {
          "",
          "\n\n",
          proof.replace("@v1", "@v2"),
          proof.replace("index 0", "index 00"),
          proof.replace("index 0", "index -1"),
          proof.replace("index 0", "index +0"),
          proof.replace("index 0", "extra \nindex 0"),
          proof.replace("index 0", "extra AB==\nindex 0"),
          proof.replace("index 0\n", ""),
          proof.replace("index 0", "index 0\nAAAA"),
          proof.replace("index 0\n", "index 0\n" + "A".repeat(43) + "=\n".repeat(1) + "x\n"),
          proof + "\n"
        }) {
      assertTrue(LogProof.parse(bad.getBytes(UTF_8)).isEmpty(), bad);
    }
  }
}
