package org.entente.gateway.trust;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.note.NoteCheck;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.trust.BundleVerdict.Refused;
import org.entente.gateway.trust.BundleVerdict.Verified;
import org.jspecify.annotations.Nullable;

/**
 * Rules for accepting a trust bundle, as a pure function of bytes, roots, the bundle in force and
 * the time.
 *
 * <p>Signatures are checked before any claim of the content takes effect. The roots of the bundle
 * in force must sign the next one; without a bundle in force, the configured roots must. If the
 * roots change, the new ones must sign as well. So neither stolen old roots nor unproven new ones
 * suffice alone. Immutable and safe for use by many threads.
 */
public final class BundleVerifier {
  /** Longest time that an expired bundle remains usable. */
  public static final Duration MAX_GRACE = Duration.ofDays(3);

  /** How far a signer's clock may be ahead. */
  public static final Duration SKEW = Duration.ofMinutes(5);

  private final TrustRoots roots;
  private final Duration grace;
  private final BundleText format = new BundleText();

  /** Rules with the full grace of 72 hours. */
  public BundleVerifier(TrustRoots roots) {
    this(roots, MAX_GRACE);
  }

  /**
   * Rules with a shorter grace.
   *
   * @throws IllegalArgumentException for a grace below zero or above 72 hours
   */
  public BundleVerifier(TrustRoots roots, Duration grace) {
    if (grace.isNegative() || grace.compareTo(MAX_GRACE) > 0) {
      throw new IllegalArgumentException("grace is 0 to 72 hours, not " + grace);
    }
    this.roots = roots;
    this.grace = grace;
  }

  /** How long an expired bundle remains usable. */
  public Duration grace() {
    return grace;
  }

  /**
   * Judges a bundle.
   *
   * @param noteBytes the signed note
   * @param current the bundle in force, if there is one
   * @param now the time
   */
  public BundleVerdict verify(byte[] noteBytes, @Nullable TrustBundle current, Instant now) {
    RootSet signers = current == null ? roots.roots() : current.content().roots();
    BundleVerdict read = read(noteBytes, Optional.of(signers));
    return read instanceof Verified verified ? checkVersion(verified.bundle(), current, now) : read;
  }

  /**
   * Judges the file of an operator as {@link #verify} does. A file with a lower version than the
   * bundle in force is a {@link BundleFault#ROLLBACK}, whatever its signatures: the roots may have
   * changed since, and a neighbour's bundle may have arrived before the file.
   */
  public BundleVerdict verifyFile(byte[] noteBytes, @Nullable TrustBundle current, Instant now) {
    BundleVerdict verdict = verify(noteBytes, current, now);
    boolean unsigned =
        verdict instanceof Refused refused
            && (refused.fault() == BundleFault.THRESHOLD
                || refused.fault() == BundleFault.ROTATION);
    if (!unsigned || current == null) {
      return verdict;
    }
    long said = BundleDraft.parse(noteBytes).content().version();
    return said < current.version() ? rollback(said, current) : verdict;
  }

  private static Refused rollback(long version, TrustBundle current) {
    return new Refused(
        BundleFault.ROLLBACK, "version " + version + " after version " + current.version());
  }

  /**
   * Takes up a bundle that this node accepted before: signed by the configured roots, or by those
   * to which the kept rotations lead from them. Its time is not judged.
   *
   * @param rotations the kept bundles that changed the roots, oldest first
   */
  BundleVerdict recall(byte[] noteBytes, List<byte[]> rotations) {
    if (!(ofItself(noteBytes) instanceof Verified claimed)) {
      return ofItself(noteBytes);
    }
    RootSet signers = roots.roots();
    for (byte[] rotation : rotations) {
      // Those from before the configured roots are signed by none of them, and lead nowhere here.
      if (read(rotation, Optional.of(signers)) instanceof Verified step
          && step.bundle().version() <= claimed.bundle().version()) {
        signers = step.bundle().content().roots();
      }
    }
    return read(noteBytes, Optional.of(signers));
  }

  /** Whether the roots that a bundle names signed it, which proves nothing to this node. */
  BundleVerdict ofItself(byte[] noteBytes) {
    return read(noteBytes, Optional.empty());
  }

  /** The configured roots. */
  RootSet configured() {
    return roots.roots();
  }

  /**
   * Checks a bundle's signatures against the configured roots, but not its time; for checks against
   * a past time.
   */
  public BundleVerdict verifySignatures(byte[] noteBytes) {
    return read(noteBytes, Optional.of(roots.roots()));
  }

  /** Parses a bundle and checks the signatures of the signers and of its own roots. */
  private BundleVerdict read(byte[] noteBytes, Optional<RootSet> signers) {
    SignedNote.ParseResult parse = SignedNote.parse(noteBytes);
    if (parse instanceof SignedNote.ParseResult.Malformed malformed) {
      return new Refused(BundleFault.MALFORMED, "no signed note: " + malformed.reason());
    }
    SignedNote note = ((SignedNote.ParseResult.Parsed) parse).note();
    BundleContent content;
    try {
      content = format.parse(note.text());
    } catch (InvalidValue e) {
      return new Refused(BundleFault.MALFORMED, String.valueOf(e.getMessage()));
    }
    if (!content.federation().equals(roots.federation())) {
      return new Refused(
          BundleFault.WRONG_FEDERATION,
          "this node belongs to " + roots.federation() + ", the bundle to " + content.federation());
    }
    Refused unsigned = checkSignatures(note, signers.orElse(content.roots()), content.roots());
    return unsigned != null
        ? unsigned
        : new Verified(new TrustBundle(content, note), TrustState.CURRENT);
  }

  private static @Nullable Refused checkSignatures(SignedNote note, RootSet old, RootSet next) {
    NoteCheck check =
        note.verify(Stream.concat(old.verifiers(), next.verifiers()).distinct().toList());
    if (!(check instanceof NoteCheck.Verified verified)) {
      return new Refused(BundleFault.THRESHOLD, check.refusal().orElse(""));
    }
    if (!old.metBy(verified)) {
      return new Refused(BundleFault.THRESHOLD, missing("roots", old, verified));
    }
    return next.metBy(verified)
        ? null
        : new Refused(BundleFault.ROTATION, missing("new roots", next, verified));
  }

  private static String missing(String what, RootSet set, NoteCheck.Verified check) {
    return String.format(
        "%s that signed with both keys: %d; required: %d",
        what, set.signedBy(check), set.threshold());
  }

  private BundleVerdict checkVersion(
      TrustBundle bundle, @Nullable TrustBundle current, Instant now) {
    BundleContent content = bundle.content();
    boolean again = current != null && bundle.equals(current);
    if (current != null && content.version() < current.version()) {
      return rollback(content.version(), current);
    }
    if (current != null && content.version() == current.version() && !again) {
      return new Refused(
          BundleFault.EQUIVOCATION,
          "version "
              + content.version()
              + " has the hash "
              + current.hash()
              + ", not "
              + bundle.hash());
    }
    // A clock that was set back must not invalidate the bundle in force.
    if (!again && content.issued().isAfter(now.plus(SKEW))) {
      return new Refused(
          BundleFault.NOT_YET_VALID, "issued at " + content.issued() + ", now is " + now);
    }
    return checkExpiry(bundle, current, again, now);
  }

  private BundleVerdict checkExpiry(
      TrustBundle bundle, @Nullable TrustBundle current, boolean again, Instant now) {
    TrustState state = bundle.stateAt(now, grace);
    if (state == TrustState.CURRENT || (state == TrustState.GRACE && again)) {
      return new Verified(bundle, state);
    }
    if (state == TrustState.EXPIRED || current == null) {
      return new Refused(
          BundleFault.EXPIRED, "expired at " + bundle.content().expires() + ", now is " + now);
    }
    List<String> admitted = BundleChanges.between(current.content(), bundle.content()).admitted();
    return admitted.isEmpty()
        ? new Verified(bundle, state)
        : new Refused(
            BundleFault.GRACE_ADMITS_NOTHING,
            "expired at " + bundle.content().expires() + " and admits " + admitted.get(0));
  }
}
