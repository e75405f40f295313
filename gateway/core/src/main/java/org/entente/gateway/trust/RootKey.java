package org.entente.gateway.trust;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.note.NoteKeyType;
import org.entente.gateway.note.NoteVerifier;

/**
 * A root of the federation: two note keys with one name that count only together.
 *
 * <p>Written as vkeys (C2SP signed-note), so that other tools can check notes with them.
 *
 * @param ed25519 key of type {@link NoteKeyType#ED25519}
 * @param mlDsa44 key of type {@link NoteKeyType#ML_DSA_44_NOTE}, of the same name
 */
@JsonPropertyOrder({"ed25519", "mldsa44"})
public record RootKey(
    @JsonProperty(required = true) NoteVerifier ed25519,
    @JsonProperty(value = "mldsa44", required = true) NoteVerifier mlDsa44) {

  public RootKey {
    if (ed25519.type() != NoteKeyType.ED25519 || mlDsa44.type() != NoteKeyType.ML_DSA_44_NOTE) {
      throw new InvalidValue(
          "a root is an Ed25519 note key and an ML-DSA-44 note key",
          ed25519.type() + " and " + mlDsa44.type());
    }
    if (!ed25519.name().equals(mlDsa44.name())) {
      throw new InvalidValue(
          "both keys of a root have one name", ed25519.name() + " and " + mlDsa44.name());
    }
  }

  /** The root with this name and these public keys. */
  public static RootKey of(NoteKeyName name, VerifyingPair pair) {
    return new RootKey(
        NoteVerifier.ed25519(name, pair.ed25519()), NoteVerifier.mlDsa44Note(name, pair.mlDsa44()));
  }

  /** The root with this name and this private pair. */
  public static RootKey of(NoteKeyName name, SigningPair pair) {
    return of(name, pair.verifyingPair());
  }

  /** The name under which both keys sign. */
  public NoteKeyName name() {
    return ed25519.name();
  }

  /** The fingerprint that people compare by voice to check that they hold the same root's keys. */
  public Fingerprint fingerprint() {
    return Fingerprint.of(ed25519.vkey() + "\n" + mlDsa44.vkey() + "\n");
  }

  /**
   * Reads the text of a root's public file.
   *
   * @throws InvalidValue with the field and what would be valid
   */
  public static RootKey parse(String text) {
    return new TrustJson().parse(text, RootKey.class);
  }

  /** The text of the root's public file, with a final newline. */
  public String print() {
    return new TrustJson().print(this);
  }

  @Override
  public String toString() {
    return name().value();
  }
}
