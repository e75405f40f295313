package org.entente.gateway.audit.tree;

import java.time.Instant;
import java.util.List;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.note.NoteSignature;
import org.entente.gateway.note.NoteSigner;

/**
 * Makes a witness's two cosignatures, described in {@link WitnessKeys}. It checks nothing: the
 * caller has already checked the checkpoint and made it durable. Immutable, safe for use by many
 * threads.
 */
public final class CheckpointCosigner {

  private final NoteSigner ed25519;
  private final NoteSigner mlDsa44;

  /** The witness of an agency. */
  public CheckpointCosigner(FederationName federation, AgencyName agency, SigningPair keys) {
    NoteKeyName name = WitnessKeys.name(federation, agency);
    this.ed25519 = NoteSigner.ed25519Cosignature(name, keys.ed25519());
    this.mlDsa44 = NoteSigner.mlDsa44Cosignature(name, keys.mlDsa44());
  }

  /** Cosigns a checkpoint as the largest that the witness has seen of its log at this time. */
  public List<NoteSignature> cosign(Checkpoint checkpoint, Instant at) {
    String text = checkpoint.text();
    return List.of(ed25519.sign(text, at), mlDsa44.sign(text, at));
  }
}
