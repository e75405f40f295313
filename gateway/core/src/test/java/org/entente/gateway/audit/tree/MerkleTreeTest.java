package org.entente.gateway.audit.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.entente.gateway.note.TreeHash;
import org.junit.jupiter.api.Test;

/** The tree's mathematics against RFC 6962's definitions, for every small size. */
class MerkleTreeTest {

  private static final int SIZES = 40;

  /** Inputs and roots of the reference implementation of RFC 6962. */
  private static final List<String> INPUTS =
      List.of(
          "",
          "00",
          "10",
          "2021",
          "3031",
          "40414243",
          "5051525354555657",
          "606162636465666768696a6b6c6d6e6f");

  private static final List<String> ROOTS =
      List.of(
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

  private final MemoryTree tree = MemoryTree.ofSize(SIZES);

  @Test
  void root_referenceInputs_areTheKnownOnes() {
    assertEquals(
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        MerkleTree.emptyRoot().toString());
    MemoryTree known = new MemoryTree();
    for (int i = 0; i < INPUTS.size(); i++) {
      known.append(MerkleTree.leafHash(HexFormat.of().parseHex(INPUTS.get(i))));
      assertEquals(ROOTS.get(i), known.frontier().root().toString());
      assertEquals(ROOTS.get(i), MerkleTree.root(i + 1, known).orElseThrow().toString());
    }
  }

  @Test
  void root_everySize_isWhatTheDefinitionGives() {
    for (int size = 0; size <= SIZES; size++) {
      assertEquals(Optional.of(tree.defined(0, size)), MerkleTree.root(size, tree));
    }
  }

  @Test
  void frontier_readBackAtEverySize_continuesTheSameTree() {
    for (int size = 0; size < SIZES; size++) {
      Frontier again = Frontier.read(size, tree).orElseThrow();
      assertEquals(tree.defined(0, size), again.root());
      again.append(tree.leaf(size), (level, index, hash) -> {});
      assertEquals(new TreeHead(size + 1, tree.defined(0, size + 1)), again.head());
    }
  }

  @Test
  void frontier_appended_namesEveryCompleteNodeOnce() {
    List<String> named = new ArrayList<>();
    Frontier frontier = Frontier.empty();
    for (int i = 0; i < 8; i++) {
      frontier.append(tree.leaf(i), (level, index, hash) -> named.add(level + ":" + index));
    }
    assertEquals(
        List.of(
            "0:0", "0:1", "1:0", "0:2", "0:3", "1:1", "2:0", "0:4", "0:5", "1:2", "0:6", "0:7",
            "1:3", "2:1", "3:0"),
        named);
  }

  @Test
  void inclusion_everyLeafOfEverySize_isTheDefinedPathAndVerifies() {
    for (int size = 1; size <= SIZES; size++) {
      TreeHash root = tree.defined(0, size);
      for (int leaf = 0; leaf < size; leaf++) {
        List<TreeHash> proof = MerkleTree.proveInclusion(leaf, size, tree).orElseThrow();
        assertEquals(tree.definedPath(leaf, 0, size), proof);
        assertTrue(MerkleTree.verifyInclusion(leaf, size, tree.leaf(leaf), proof, root));
        assertFalse(
            MerkleTree.verifyInclusion(leaf, size, tree.leaf((leaf + 1) % SIZES), proof, root));
      }
    }
  }

  @Test
  void consistency_everyPairOfSizes_isTheDefinedProofAndVerifies() {
    for (int size = 1; size <= SIZES; size++) {
      TreeHash root = tree.defined(0, size);
      for (int older = 1; older <= size; older++) {
        TreeHash olderRoot = tree.defined(0, older);
        List<TreeHash> proof = MerkleTree.proveConsistency(older, size, tree).orElseThrow();
        assertEquals(tree.definedSubproof(older, 0, size, true), proof);
        assertTrue(MerkleTree.verifyConsistency(older, olderRoot, size, root, proof));
        assertFalse(MerkleTree.verifyConsistency(older, MerkleTree.emptyRoot(), size, root, proof));
      }
    }
  }

  @Test
  void proofs_seededMutations_neverVerify() {
    long seed = 0x6962L;
    Random random = new Random(seed);
    for (int round = 0; round < 3_000; round++) {
      int size = 2 + random.nextInt(SIZES - 1);
      int leaf = random.nextInt(size);
      TreeHash root = tree.defined(0, size);
      List<TreeHash> proof =
          new ArrayList<>(MerkleTree.proveInclusion(leaf, size, tree).orElseThrow());
      int at = random.nextInt(proof.size());
      switch (random.nextInt(4)) {
        case 0 -> proof.remove(at);
        case 1 -> proof.add(at, proof.get(random.nextInt(proof.size())));
        case 2 -> proof.add(root);
        default -> proof.set(at, flip(proof.get(at), random));
      }
      assertFalse(
          MerkleTree.verifyInclusion(leaf, size, tree.leaf(leaf), proof, root),
          "seed " + seed + " round " + round);
    }
  }

  @Test
  void proofs_ofHugeTrees_endWithoutHarm() {
    List<TreeHash> proof = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      proof.add(tree.leaf(1));
    }
    long size = Long.MAX_VALUE;
    TreeHash hash = tree.leaf(0);
    assertFalse(MerkleTree.verifyInclusion(size - 1, size, hash, proof, hash));
    assertFalse(MerkleTree.verifyConsistency(size - 1, hash, size, hash, proof));
    assertFalse(MerkleTree.verifyInclusion(size, size, hash, List.of(), hash));
    assertFalse(MerkleTree.verifyInclusion(-1, size, hash, proof, hash));
    assertFalse(MerkleTree.verifyConsistency(-1, hash, size, hash, proof));
  }

  @Test
  void prover_missingNode_isEmptyInsteadOfWrong() {
    tree.remove(2, 1);
    assertTrue(MerkleTree.root(12, tree).isPresent());
    assertTrue(MerkleTree.proveInclusion(0, 12, tree).isEmpty());
    assertTrue(MerkleTree.proveConsistency(4, 12, tree).isEmpty());
    assertTrue(MerkleTree.proveConsistency(8, 12, tree).isPresent());
    tree.remove(3, 0);
    assertTrue(MerkleTree.root(12, tree).isEmpty());
    assertTrue(Frontier.read(6, tree).isPresent());
    tree.remove(1, 2);
    assertTrue(Frontier.read(6, tree).isEmpty());
  }

  @Test
  void prover_outsideTheTree_throws() {
    assertThrows(IllegalArgumentException.class, () -> MerkleTree.proveInclusion(5, 5, tree));
    assertThrows(IllegalArgumentException.class, () -> MerkleTree.proveConsistency(0, 5, tree));
    assertThrows(IllegalArgumentException.class, () -> MerkleTree.proveConsistency(6, 5, tree));
  }

  private static TreeHash flip(TreeHash hash, Random random) {
    byte[] bytes = hash.bytes();
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    return TreeHash.of(bytes);
  }
}
