package org.entente.gateway.audit.tree;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.note.NoteCheck;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.note.NoteSignature;
import org.entente.gateway.note.NoteVerifier;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.trust.AgencyKey;

/**
 * Verifier of the cosignatures of one witness, given its agency and its keys.
 *
 * <p>A witness signs as {@code entente/<federation>/witness/<agency>}, which is no log's origin,
 * with an audit pair of its agency: an Ed25519 cosignature (type 0x04) and an ML-DSA-44 cosignature
 * (type 0x06) of C2SP tlog-cosignature. Both of one pair are required, and state the same time.
 * Immutable, safe for use by many threads.
 */
public final class WitnessKeys {

  private final AgencyName agency;
  private final List<Pair> pairs;

  /** The keys of a witness: the pairs with which it may have cosigned, at whatever time. */
  public WitnessKeys(FederationName federation, AgencyName agency, List<VerifyingPair> pairs) {
    this(agency, pairs.stream().map(pair -> Pair.of(name(federation, agency), pair)).toList());
  }

  private WitnessKeys(AgencyName agency, List<Pair> pairs) {
    this.agency = agency;
    this.pairs = pairs;
  }

  /**
   * The keys that a trust bundle lists for a witness. A cosignature counts only if its pair was
   * valid at the time that it states.
   */
  public static WitnessKeys of(FederationName federation, AgencyName agency, List<AgencyKey> keys) {
    NoteKeyName name = name(federation, agency);
    return new WitnessKeys(
        agency, keys.stream().map(key -> Pair.of(name, key.pair()).within(key::validAt)).toList());
  }

  /** The name under which an agency's witness signs. */
  public static NoteKeyName name(FederationName federation, AgencyName agency) {
    return new NoteKeyName("entente/" + federation + "/witness/" + agency);
  }

  /**
   * This witness's valid cosignature in a note.
   *
   * @return empty when it has none, only one of the two, one that does not verify, two times, or
   *     one at which its pair was not valid
   */
  public Optional<Cosignature> find(SignedNote note) {
    for (Pair pair : pairs) {
      List<NoteCheck.Signed> by = note.verify(List.of(pair.ed25519, pair.mlDsa44)).signed();
      if (by.size() == 2
          && by.get(0).seconds() == by.get(1).seconds()
          && pair.valid.test(Instant.ofEpochSecond(by.get(0).seconds()))) {
        List<NoteSignature> lines = note.signatures().stream().filter(pair::made).toList();
        return Optional.of(new Cosignature(agency, lines, by.get(0).seconds()));
      }
    }
    return Optional.empty();
  }

  /**
   * Adds the signature lines of a witness's response to a checkpoint.
   *
   * @return the checkpoint with those lines after its own; empty when they are malformed
   */
  public static Optional<SignedNote> under(SignedNote checkpoint, byte[] lines) {
    String whole =
        new String(checkpoint.encode(), StandardCharsets.UTF_8)
            + new String(lines, StandardCharsets.UTF_8);
    return SignedNote.parse(whole.getBytes(StandardCharsets.UTF_8)).asNote();
  }

  /** The signature lines of a witness's response, each ended by a newline. */
  public static byte[] lines(List<NoteSignature> signatures) {
    StringBuilder text = new StringBuilder();
    signatures.forEach(signature -> text.append(signature.line()).append('\n'));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private record Pair(NoteVerifier ed25519, NoteVerifier mlDsa44, Predicate<Instant> valid) {
    static Pair of(NoteKeyName name, VerifyingPair pair) {
      return new Pair(
          NoteVerifier.ed25519Cosignature(name, pair.ed25519()),
          NoteVerifier.mlDsa44Cosignature(name, pair.mlDsa44()),
          any -> true);
    }

    Pair within(Predicate<Instant> validity) {
      return new Pair(ed25519, mlDsa44, validity);
    }

    boolean made(NoteSignature line) {
      return isOf(ed25519, line) || isOf(mlDsa44, line);
    }

    private static boolean isOf(NoteVerifier key, NoteSignature line) {
      return line.name().equals(key.name()) && line.keyId() == key.keyId();
    }
  }
}
