package org.entente.gateway.trust;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.note.NoteCheck;
import org.entente.gateway.note.NoteVerifier;

/**
 * The roots that may sign a trust bundle, and the number of signatures required.
 *
 * <p>Names and keys are unique in it, so that no holder counts twice.
 *
 * @param threshold roots needed, 1 to the number of keys
 * @param keys 1 to {@value #MAX_KEYS} roots
 */
@JsonPropertyOrder({"threshold", "keys"})
public record RootSet(
    @JsonProperty(required = true) int threshold,
    @JsonProperty(required = true) List<RootKey> keys) {
  /** Most roots in a set: an old and a new set together stay within a note's 64 signatures. */
  public static final int MAX_KEYS = 16;

  public RootSet {
    keys = List.copyOf(keys);
    if (keys.isEmpty() || keys.size() > MAX_KEYS) {
      throw new InvalidValue("a root set has 1 to " + MAX_KEYS + " roots", keys.size() + " roots");
    }
    if (threshold < 1 || threshold > keys.size()) {
      throw new InvalidValue(
          "the threshold is 1 to the number of roots, " + keys.size(), Integer.toString(threshold));
    }
    requireDistinct(keys);
  }

  private static void requireDistinct(List<RootKey> keys) {
    Set<Object> seen = new HashSet<>();
    for (RootKey key : keys) {
      boolean fresh =
          seen.add(key.name())
              && seen.add(Arrays.toString(key.ed25519().publicKey()))
              && seen.add(Arrays.toString(key.mlDsa44().publicKey()));
      if (!fresh) {
        throw new InvalidValue("every root has its own name and keys", key.toString());
      }
    }
  }

  /** All keys, two for each root. */
  Stream<NoteVerifier> verifiers() {
    return keys.stream().flatMap(key -> Stream.of(key.ed25519(), key.mlDsa44()));
  }

  /** How many roots signed with both keys. */
  int signedBy(NoteCheck.Verified check) {
    return (int)
        keys.stream().filter(key -> check.by(key.ed25519()) && check.by(key.mlDsa44())).count();
  }

  /** Whether enough roots signed with both keys. */
  boolean metBy(NoteCheck.Verified check) {
    return signedBy(check) >= threshold;
  }
}
