package org.entente.gateway.audit.tree;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.NoteCheck;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.note.NoteSignature;
import org.entente.gateway.note.NoteVerifier;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.trust.AgencyKey;

/**
 * Verifier of the checkpoints of one log, given its origin and its keys.
 *
 * <p>A checkpoint is valid when both keys of one pair signed it at the same second, as cosignatures
 * of Ed25519 (type 0x04) and ML-DSA-44 (type 0x06), each under the origin as its name. So both
 * signatures cover the time. While keys rotate, there are several pairs. The verifier refuses
 * extension lines, since the ML-DSA-44 signature does not cover them. Immutable, safe for use by
 * many threads.
 */
public final class CheckpointVerifier {

  private final LogOrigin origin;
  private final List<DatedPair> known;
  private final List<KeyPair> pairs;
  private final List<NoteVerifier> keys;

  /** A verifier for a log and its possible signing pairs, whenever they signed. */
  public CheckpointVerifier(LogOrigin origin, List<VerifyingPair> pairs) {
    this(pairs.stream().distinct().map(pair -> new DatedPair(pair, any -> true)).toList(), origin);
  }

  private CheckpointVerifier(List<DatedPair> pairs, LogOrigin origin) {
    this.origin = origin;
    this.known = pairs;
    NoteKeyName name = origin.keyName();
    this.pairs = pairs.stream().map(pair -> KeyPair.of(name, pair)).toList();
    this.keys =
        this.pairs.stream().flatMap(pair -> List.of(pair.ed25519, pair.mlDsa44).stream()).toList();
  }

  /**
   * A verifier for a log by the keys that a trust bundle lists for its agency. It refuses what a
   * pair signed at a time outside its validity: whoever has stolen a pair that has ended cannot
   * sign a log with it.
   */
  public static CheckpointVerifier of(LogOrigin origin, List<AgencyKey> keys) {
    return new CheckpointVerifier(
        keys.stream().map(key -> new DatedPair(key.pair(), key::validAt)).toList(), origin);
  }

  /** The log's origin. */
  public LogOrigin origin() {
    return origin;
  }

  /** A verifier for another log with the same pairs. */
  public CheckpointVerifier of(LogOrigin other) {
    return new CheckpointVerifier(known, other);
  }

  /** A verifier for the same log with one more pair. */
  public CheckpointVerifier with(VerifyingPair pair) {
    List<DatedPair> all = new ArrayList<>(known);
    all.add(new DatedPair(pair, any -> true));
    return new CheckpointVerifier(List.copyOf(all), origin);
  }

  /** The pairs that signed a checkpoint of this log. */
  public List<VerifyingPair> signers(byte[] bytes) {
    return known.stream()
        .filter(
            pair ->
                new CheckpointVerifier(List.of(pair), origin).check(bytes)
                    instanceof CheckpointCheck.Signed)
        .map(DatedPair::pair)
        .distinct()
        .toList();
  }

  /** Checks a checkpoint's bytes. */
  public CheckpointCheck check(byte[] bytes) {
    SignedNote.ParseResult parse = SignedNote.parse(bytes);
    if (parse instanceof SignedNote.ParseResult.Malformed malformed) {
      return new CheckpointCheck.Refused("it is not a signed note: " + malformed.reason());
    }
    SignedNote note = ((SignedNote.ParseResult.Parsed) parse).note();
    Optional<Checkpoint> checkpoint = Checkpoint.parse(note.text());
    if (checkpoint.isEmpty()) {
      return new CheckpointCheck.Refused("the note is not a checkpoint");
    }
    Optional<String> misfit = misfit(checkpoint.get());
    if (misfit.isPresent()) {
      return new CheckpointCheck.Refused(misfit.get());
    }
    NoteCheck signatures = note.verify(keys);
    if (signatures.refusal().isPresent()) {
      return new CheckpointCheck.Refused(signatures.refusal().get());
    }
    Optional<Instant> outside = Optional.empty();
    for (KeyPair pair : pairs) {
      OptionalLong seconds = pair.seconds(signatures.signed());
      if (seconds.isPresent() && !pair.isValidAt(seconds.getAsLong())) {
        outside = Optional.of(Instant.ofEpochSecond(seconds.getAsLong()));
      } else if (seconds.isPresent()) {
        return new CheckpointCheck.Signed(
            note, checkpoint.get(), seconds.getAsLong(), pair.alone(note));
      }
    }
    return new CheckpointCheck.Refused(
        outside
            .map(at -> "the pair that signed it was not valid at the time that it states, " + at)
            .orElse(
                "it lacks an Ed25519 and an ML-DSA-44 signature of the log that state one time"));
  }

  private Optional<String> misfit(Checkpoint checkpoint) {
    if (!checkpoint.origin().equals(origin.line())) {
      return Optional.of("it belongs to another log");
    }
    if (!checkpoint.extensions().isEmpty()) {
      return Optional.of("it has extension lines, which not every signature covers");
    }
    boolean emptyFits = checkpoint.size() != 0 || checkpoint.root().equals(MerkleTree.emptyRoot());
    return emptyFits ? Optional.empty() : Optional.of("an empty log cannot have this root");
  }

  /** A pair, and when it may sign. */
  private record DatedPair(VerifyingPair pair, Predicate<Instant> valid) {}

  private record KeyPair(NoteVerifier ed25519, NoteVerifier mlDsa44, Predicate<Instant> valid) {
    static KeyPair of(NoteKeyName name, DatedPair dated) {
      return new KeyPair(
          NoteVerifier.ed25519Cosignature(name, dated.pair().ed25519()),
          NoteVerifier.mlDsa44Cosignature(name, dated.pair().mlDsa44()),
          dated.valid());
    }

    boolean isValidAt(long seconds) {
      return valid.test(Instant.ofEpochSecond(seconds));
    }

    /** The one time that signatures of both keys state. */
    OptionalLong seconds(List<NoteCheck.Signed> signed) {
      OptionalLong classical = secondsOf(ed25519, signed);
      OptionalLong quantum = secondsOf(mlDsa44, signed);
      return quantum.equals(classical) ? quantum : OptionalLong.empty();
    }

    private static OptionalLong secondsOf(NoteVerifier key, List<NoteCheck.Signed> signed) {
      return signed.stream()
          .filter(one -> one.key().equals(key))
          .mapToLong(NoteCheck.Signed::seconds)
          .findFirst();
    }

    /** A note with the signatures of this pair and no others. */
    SignedNote alone(SignedNote note) {
      return SignedNote.of(
          note.text(),
          note.signatures().stream().filter(l -> isOf(ed25519, l) || isOf(mlDsa44, l)).toList());
    }

    private static boolean isOf(NoteVerifier key, NoteSignature line) {
      return line.name().equals(key.name()) && line.keyId() == key.keyId();
    }
  }
}
