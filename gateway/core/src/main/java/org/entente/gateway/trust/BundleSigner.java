package org.entente.gateway.trust;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.note.NoteSignature;
import org.entente.gateway.note.NoteSigner;
import org.entente.gateway.note.SignedNote;

/**
 * Signing of bundles: each root puts an Ed25519 and an ML-DSA-44 signature under the same text.
 *
 * <p>Deterministic; does not check whether the signatures are enough. No instances.
 */
public final class BundleSigner {
  private BundleSigner() {}

  /**
   * The signed note of a content, as bytes.
   *
   * @param roots private pairs by root name; at least one
   */
  public static byte[] sign(BundleContent content, Map<NoteKeyName, SigningPair> roots) {
    String text = new BundleText().print(content);
    List<NoteSignature> signatures = new ArrayList<>();
    roots.forEach(
        (name, pair) -> {
          // Types 0x01 and ML_DSA_44_NOTE carry no time; the epoch means none.
          signatures.add(NoteSigner.ed25519(name, pair.ed25519()).sign(text, Instant.EPOCH));
          signatures.add(NoteSigner.mlDsa44Note(name, pair.mlDsa44()).sign(text, Instant.EPOCH));
        });
    return SignedNote.of(text, signatures).encode();
  }
}
