package org.entente.gateway.note;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.MlDsa44SigningKey;

/** Throwaway keys and a checkpoint note that carries one signature of every type. */
final class NoteFixture {

  static final Instant NOW = Instant.ofEpochSecond(1_679_315_147);
  static final NoteKeyName NAME = new NoteKeyName("entente/demo.example/fr.customs/a");
  static final Checkpoint CHECKPOINT = Checkpoint.of(NAME.value(), 20_852_163, hash(7));

  private NoteFixture() {}

  static Ed25519SigningKey ed25519(int seed) {
    return Ed25519SigningKey.fromSeed(fill(seed));
  }

  static MlDsa44SigningKey mlDsa44(int seed) {
    return MlDsa44SigningKey.fromSeed(fill(seed));
  }

  static TreeHash hash(int seed) {
    return TreeHash.of(fill(seed));
  }

  static List<NoteSigner> oneOfEach() {
    return List.of(
        NoteSigner.ed25519(NAME, ed25519(1)),
        NoteSigner.ed25519Cosignature(NAME, ed25519(2)),
        NoteSigner.mlDsa44Cosignature(NAME, mlDsa44(3)),
        NoteSigner.mlDsa44Note(NAME, mlDsa44(4)));
  }

  static List<NoteVerifier> verifiers(List<NoteSigner> signers) {
    return signers.stream().map(NoteSigner::verifier).toList();
  }

  static SignedNote sign(String text, List<NoteSigner> signers) {
    return SignedNote.of(text, signers.stream().map(signer -> signer.sign(text, NOW)).toList());
  }

  private static byte[] fill(int seed) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) seed);
    return bytes;
  }
}
