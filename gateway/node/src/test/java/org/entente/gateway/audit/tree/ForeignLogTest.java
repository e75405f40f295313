package org.entente.gateway.audit.tree;

import static org.entente.gateway.testkit.ForeignVerifier.OK;
import static org.entente.gateway.testkit.ForeignVerifier.REFUSED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.Appender;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.audit.CheckpointSigner;
import org.entente.gateway.audit.proof.LogProof;
import org.entente.gateway.audit.record.AuditFixture;
import org.entente.gateway.audit.record.BucketSealer;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.note.NoteSignature;
import org.entente.gateway.note.NoteSigner;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.note.TreeHash;
import org.entente.gateway.store.Store;
import org.entente.gateway.testkit.FieldDamage;
import org.entente.gateway.testkit.ForeignVerifier;
import org.entente.gateway.testkit.ForeignVerifier.Case;
import org.entente.gateway.testkit.ForeignVerifier.Comparison;
import org.entente.gateway.testkit.MemoryStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A log under new keys as an auditor sees it whose tools are the verifier in Node: checkpoints,
 * proofs of inclusion and of consistency, and proofs that travel as files.
 */
class ForeignLogTest {
  private static final long SEED = System.nanoTime();
  private static final int[] SIZES = {1, 2, 7, 8, 16, 29, 37};

  private final ForeignVerifier foreign = ForeignVerifier.require();
  private final FieldDamage damage = new FieldDamage(SEED);
  private final SecureRandom random = new SecureRandom();
  private final SigningPair keys = SigningPair.generate(random);
  private final CheckpointVerifier verifier = AuditFixture.verifier(keys);
  private final BucketSealer sealer = new BucketSealer();
  private final List<CheckpointCheck.Signed> checkpoints = new ArrayList<>();
  private final Store store = new MemoryStore();
  private final AuditLog log;

  ForeignLogTest(@TempDir Path directory) {
    log = ((AuditLog.Opening.Opened) AuditLog.open(store, directory, verifier)).log();
  }

  @BeforeEach
  void grow() {
    Appender appender = log.appender(sealer, random);
    CheckpointSigner signer = new CheckpointSigner(log, keys, AuditFixture.SECOND);
    for (int size : SIZES) {
      AuditFixture.grow(store, appender, size - (int) log.head().size());
      assertTrue(signer.sign(AuditFixture.NOW.plusSeconds(size)).isPresent());
      checkpoints.add(log.signed().orElseThrow());
    }
  }

  private Case ofLog(String format, String name, byte[] bytes) {
    return new Case(format, name)
        .with("bytes", bytes)
        .with("origin", AuditFixture.ORIGIN.line())
        .with("pairs", List.of(keys.verifyingPair().encoded()));
  }

  private void addCheckpoint(Comparison cases, String name, byte[] bytes) {
    boolean accepted = verifier.check(bytes) instanceof CheckpointCheck.Signed;
    cases.add(ofLog("checkpoint", name, bytes), accepted);
  }

  @Test
  void checkpoints_alsoWithWitnesses_verify() {
    Comparison cases = new Comparison(SEED);
    SigningPair witness = SigningPair.generate(random);
    NoteKeyName name = new NoteKeyName("witness.example/w");
    for (CheckpointCheck.Signed signed : checkpoints) {
      SignedNote note = signed.note();
      List<NoteSignature> cosignatures =
          List.of(
              NoteSigner.ed25519Cosignature(name, witness.ed25519())
                  .sign(note.text(), AuditFixture.NOW),
              NoteSigner.mlDsa44Cosignature(name, witness.mlDsa44())
                  .sign(note.text(), AuditFixture.NOW));
      addCheckpoint(cases, "size " + signed.checkpoint().size(), note.encode());
      addCheckpoint(cases, "cosigned", note.with(cosignatures).encode());
    }

    SignedNote note = checkpoints.get(0).note();
    List<NoteSignature> lines = note.signatures();
    SignedNote exchanged = SignedNote.of(note.text(), List.of(lines.get(1), lines.get(0)));
    addCheckpoint(cases, "lines exchanged", exchanged.encode());

    assertEquals(2 * SIZES.length + 1, foreign.agree(cases).of(OK));
  }

  @Test
  void checkpoint_damagedAnywhere_isRefusedByBoth() {
    SignedNote note = checkpoints.get(4).note();
    Comparison cases = new Comparison(SEED);
    for (FieldDamage.Damaged damaged : damageToLines(note.encode())) {
      addCheckpoint(cases, damaged.how(), damaged.bytes());
    }
    for (FieldDamage.Damaged damaged : damage.anywhere(note.encode(), 200)) {
      addCheckpoint(cases, damaged.how(), damaged.bytes());
    }
    for (int line = 0; line < 2; line++) {
      byte[] signature = note.signatures().get(line).signature();
      int[] fields = line == 0 ? new int[] {8, 32, 32} : new int[] {8, 32, 2304, 80, 4};
      for (FieldDamage.Damaged damaged : damage.of(signature, fields)) {
        if (damaged.bytes().length > 0) {
          addCheckpoint(
              cases, "signature " + line + " " + damaged.how(), with(note, line, damaged));
        }
      }
    }

    cases.refusedBy(foreign, 300, REFUSED);
  }

  /** All but the exchange of the two signature lines, whose order says nothing. */
  private List<FieldDamage.Damaged> damageToLines(byte[] note) {
    String whole = new String(note, StandardCharsets.UTF_8);
    String signatures = whole.substring(whole.lastIndexOf("\n\n") + 2);
    int second = signatures.indexOf('\n') + 1;
    String exchanged =
        whole.substring(0, whole.length() - signatures.length())
            + signatures.substring(second)
            + signatures.substring(0, second);
    return damage.ofLines(note).stream()
        .filter(d -> !new String(d.bytes(), StandardCharsets.UTF_8).equals(exchanged))
        .toList();
  }

  /** The note with another signature under the same name and key id. */
  private static byte[] with(SignedNote note, int line, FieldDamage.Damaged signature) {
    NoteSignature old = note.signatures().get(line);
    ByteBuffer blob = ByteBuffer.allocate(4 + signature.bytes().length);
    blob.putInt(old.keyId()).put(signature.bytes());
    String other = "\u2014 " + old.name() + ' ' + Base64.getEncoder().encodeToString(blob.array());
    String whole = new String(note.encode(), StandardCharsets.UTF_8);
    return whole.replace(old.line(), other).getBytes(StandardCharsets.UTF_8);
  }

  private static Case inclusion(
      String name, long index, long size, TreeHash leaf, List<TreeHash> proof, TreeHash root) {
    return new Case("inclusion", name)
        .with("index", Long.toString(index))
        .with("size", Long.toString(size))
        .with("leaf", leaf.bytes())
        .with("proof", proof.stream().map(TreeHash::bytes).toList())
        .with("root", root.bytes());
  }

  @Test
  void inclusion_everyLeafOfEveryCheckpoint_verifiesAndNothingElseDoes() {
    Comparison good = new Comparison(SEED);
    Comparison bad = new Comparison(SEED);
    for (CheckpointCheck.Signed signed : checkpoints) {
      long size = signed.checkpoint().size();
      TreeHash root = signed.checkpoint().root();
      for (long i = 0; i < size; i++) {
        TreeHash leaf = MerkleTree.leafHash(log.commitment(i).orElseThrow());
        List<TreeHash> proof = MerkleTree.proveInclusion(i, size, log.nodes()).orElseThrow();
        addInclusion(good, "leaf " + i + " of " + size, i, size, leaf, proof, root);
        if (i % 5 == 0) {
          addOthers(bad, i, size, leaf, proof, root);
        }
      }
    }

    assertEquals(100, foreign.agree(good).of(OK));
    bad.refusedBy(foreign, 200, REFUSED);
  }

  private static void addInclusion(
      Comparison cases,
      String name,
      long index,
      long size,
      TreeHash leaf,
      List<TreeHash> proof,
      TreeHash root) {
    cases.add(
        inclusion(name, index, size, leaf, proof, root),
        MerkleTree.verifyInclusion(index, size, leaf, proof, root));
  }

  private void addOthers(
      Comparison bad, long i, long size, TreeHash leaf, List<TreeHash> proof, TreeHash root) {
    String of = " " + i + " of " + size;
    for (long other : new long[] {i - 1, i + 1, i ^ 1, size - 1, size, Long.MAX_VALUE}) {
      if (other != i) {
        addInclusion(bad, "index " + other + of, other, size, leaf, proof, root);
      }
    }
    addInclusion(bad, "size 0" + of, i, 0, leaf, proof, root);
    addInclusion(bad, "greatest size" + of, i, Long.MAX_VALUE, leaf, proof, root);
    addInclusion(bad, "other leaf" + of, i, size, changed(leaf), proof, root);
    addInclusion(bad, "other root" + of, i, size, leaf, proof, changed(root));
    int rest = 0;
    for (List<TreeHash> other : others(proof)) {
      addInclusion(bad, "other proof " + rest++ + of, i, size, leaf, other, root);
    }
  }

  private static TreeHash changed(TreeHash hash) {
    byte[] bytes = hash.bytes();
    bytes[31] ^= 1;
    return TreeHash.of(bytes);
  }

  /** Proofs with a hash changed, left out, doubled, put in; and in the other order. */
  private List<List<TreeHash>> others(List<TreeHash> proof) {
    List<List<TreeHash>> all = new ArrayList<>();
    for (int at = 0; at < proof.size(); at++) {
      List<TreeHash> other = new ArrayList<>(proof);
      other.set(at, changed(proof.get(at)));
      all.add(List.copyOf(other));
      other.remove(at);
      all.add(List.copyOf(other));
      other.add(at, proof.get(at));
      other.add(at, proof.get(at));
      all.add(List.copyOf(other));
    }
    List<TreeHash> more = new ArrayList<>(proof);
    more.add(TreeHash.of(randomBytes(32)));
    all.add(List.copyOf(more));
    if (proof.size() > 1) {
      List<TreeHash> reversed = new ArrayList<>(proof);
      Collections.reverse(reversed);
      all.add(reversed);
    }
    return all;
  }

  private byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @Test
  void consistency_everyPairOfCheckpoints_verifiesAndNothingElseDoes() {
    Comparison good = new Comparison(SEED);
    Comparison bad = new Comparison(SEED);
    for (CheckpointCheck.Signed newer : checkpoints) {
      for (CheckpointCheck.Signed older : checkpoints) {
        long from = older.checkpoint().size();
        long to = newer.checkpoint().size();
        if (from <= to) {
          List<TreeHash> proof = MerkleTree.proveConsistency(from, to, log.nodes()).orElseThrow();
          TreeHash root = older.checkpoint().root();
          TreeHash newRoot = newer.checkpoint().root();
          addConsistency(good, from, root, to, newRoot, proof);
          addConsistency(bad, from, changed(root), to, newRoot, proof);
          addConsistency(bad, from, root, to, changed(newRoot), proof);
          addConsistency(bad, 0, root, to, newRoot, proof);
          addConsistency(bad, to + 1, root, to, newRoot, proof);
          addConsistency(bad, from, root, Long.MAX_VALUE, newRoot, proof);
          others(proof).forEach(other -> addConsistency(bad, from, root, to, newRoot, other));
        }
      }
    }

    assertEquals(28, foreign.agree(good).of(OK));
    bad.refusedBy(foreign, 300, REFUSED);
  }

  private static void addConsistency(
      Comparison cases,
      long older,
      TreeHash olderRoot,
      long size,
      TreeHash root,
      List<TreeHash> proof) {
    cases.add(
        new Case("consistency", older + " to " + size)
            .with("older_size", Long.toString(older))
            .with("older_root", olderRoot.bytes())
            .with("size", Long.toString(size))
            .with("root", root.bytes())
            .with("proof", proof.stream().map(TreeHash::bytes).toList()),
        MerkleTree.verifyConsistency(older, olderRoot, size, root, proof));
  }

  private void addProof(Comparison cases, String name, byte[] bytes, Optional<byte[]> commitment) {
    Case one = ofLog("log_proof", name, bytes);
    commitment.ifPresent(data -> one.with("commitment", data));
    Optional<LogProof> proof = LogProof.parse(bytes);
    Optional<String> fault =
        proof.flatMap(
            p ->
                commitment.map(data -> p.fault(verifier, data)).orElseGet(() -> p.fault(verifier)));
    cases.add(one, proof.isPresent() && fault.isEmpty());
  }

  @Test
  void proofs_asFiles_verifyWithTheirRecordsOrTheirPlaceAlone() {
    Comparison good = new Comparison(SEED);
    Comparison bad = new Comparison(SEED);
    for (int i = 0; i < 37; i += 3) {
      byte[] whole = log.prove(i, sealer).orElseThrow().encode();
      byte[] place = log.prove(i, LeafOpener.WITHOUT_KEYS).orElseThrow().encode();
      Optional<byte[]> commitment = log.commitment(i);
      addProof(good, "record " + i, whole, Optional.empty());
      addProof(good, "record and commitment " + i, whole, commitment);
      addProof(good, "place " + i, place, commitment);
      addProof(bad, "place without commitment " + i, place, Optional.empty());
      addProof(bad, "another commitment " + i, place, log.commitment((i + 1) % 37));
    }

    assertEquals(39, foreign.agree(good).of(OK));
    bad.refusedBy(foreign, 26, REFUSED);
  }

  @Test
  void proof_damagedAnywhere_isRefusedByBoth() {
    byte[] whole = log.prove(22, sealer).orElseThrow().encode();
    byte[] place = log.prove(0, LeafOpener.WITHOUT_KEYS).orElseThrow().encode();
    Comparison cases = new Comparison(SEED);
    for (FieldDamage.Damaged damaged : damageToLines(whole)) {
      addProof(cases, "whole " + damaged.how(), damaged.bytes(), Optional.empty());
    }
    for (FieldDamage.Damaged damaged : damageToLines(place)) {
      addProof(cases, "place " + damaged.how(), damaged.bytes(), log.commitment(0));
    }
    for (FieldDamage.Damaged damaged : damage.anywhere(whole, 300)) {
      addProof(cases, "whole " + damaged.how(), damaged.bytes(), Optional.empty());
    }

    cases.refusedBy(foreign, 400, REFUSED);
  }
}
