package org.entente.gateway.trust;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.entente.gateway.trust.BundleVerdict.Refused;
import org.entente.gateway.trust.BundleVerdict.Verified;
import org.jspecify.annotations.Nullable;

/**
 * Holder of the trust bundle in force, which replaces it with a newer one while the node runs.
 *
 * <p>A bundle comes from the configured file ({@link #reload()}) or from a peer ({@link #offer});
 * both pass {@link BundleVerifier}. What was accepted is durable before it is in force, so a
 * restart never goes back. A restart believes it only as far as the configured roots lead to it. A
 * refused bundle changes nothing. Reading is lock-free; putting in force is serialised. Safe for
 * use by many threads.
 */
public final class TrustStore {
  private final BundleVerifier verifier;
  private final Path bundleFile;
  private final AcceptedFile accepted;
  private final InstantSource clock;
  private final List<TrustListener> listeners = new CopyOnWriteArrayList<>();
  private final Object change = new Object();
  private volatile TrustBundle current;

  /**
   * Those that changed the roots, oldest first, for peers that missed them. Peers verify them, so
   * those from before the configured roots are among them.
   */
  private volatile List<TrustBundle> rotations;

  private TrustStore(
      BundleVerifier verifier,
      Path bundleFile,
      AcceptedFile accepted,
      InstantSource clock,
      TrustBundle current)
      throws IOException {
    this.verifier = verifier;
    this.bundleFile = bundleFile;
    this.accepted = accepted;
    this.clock = clock;
    this.current = current;
    this.rotations =
        accepted.rotationsAfter(0).stream()
            .map(verifier::ofItself)
            .filter(Verified.class::isInstance)
            .map(verdict -> ((Verified) verdict).bundle())
            .toList();
  }

  /** Result of opening: a store, or why there is no bundle. */
  public sealed interface OpenResult {
    /**
     * A bundle is in force.
     *
     * @param store the store
     * @param refused why the last accepted bundle was used instead of the configured file, if so
     */
    record Opened(TrustStore store, Optional<Refused> refused) implements OpenResult {}

    /**
     * There is no usable bundle.
     *
     * @param refused why
     */
    record Closed(Refused refused) implements OpenResult {}
  }

  /**
   * Opens the store with the last accepted bundle, then the configured file if it is at least as
   * new.
   *
   * @param bundleFile path at which the operator installs bundles
   * @param acceptedFile copy of the last accepted bundle, in the node's data directory
   * @throws IOException if a file exists but cannot be read or written
   */
  public static OpenResult open(
      BundleVerifier verifier, Path bundleFile, Path acceptedFile, InstantSource clock)
      throws IOException {
    AcceptedFile accepted = new AcceptedFile(acceptedFile);
    Instant now = clock.instant();
    TrustBundle remembered = null;
    Optional<byte[]> last = accepted.read();
    if (last.isPresent()) {
      BundleVerdict verdict = recall(verifier, accepted, last.get(), bundleFile, now);
      if (verdict instanceof Refused refused) {
        return new OpenResult.Closed(
            new Refused(
                refused.fault(),
                "the last accepted bundle, " + acceptedFile + ": " + refused.reason()));
      }
      remembered = ((Verified) verdict).bundle();
    }
    BundleVerdict verdict = judge(verifier, bundleFile, remembered, now);
    if (verdict instanceof Verified verified) {
      return opened(verifier, bundleFile, accepted, clock, remembered, verified.bundle());
    }
    Refused refused = (Refused) verdict;
    if (remembered == null) {
      return new OpenResult.Closed(refused);
    }
    TrustStore store = new TrustStore(verifier, bundleFile, accepted, clock, remembered);
    return new OpenResult.Opened(store, Optional.of(refused));
  }

  /**
   * The bundle accepted last, if the configured roots lead to it. They do not where an operator has
   * configured roots that replace those of that bundle. Then the configured file has to be the
   * change between the two: signed by the configured roots and by those of the bundle before.
   */
  private static BundleVerdict recall(
      BundleVerifier verifier, AcceptedFile accepted, byte[] last, Path bundleFile, Instant now)
      throws IOException {
    BundleVerdict verdict = verifier.recall(last, accepted.rotationsAfter(0));
    boolean changed =
        verdict instanceof Refused
            && verifier.ofItself(last) instanceof Verified claimed
            && judge(verifier, bundleFile, claimed.bundle(), now) instanceof Verified next
            && next.bundle().version() > claimed.bundle().version()
            && verifier.verifySignatures(next.bundle().noteBytes()) instanceof Verified;
    return changed ? verifier.ofItself(last) : verdict;
  }

  private static OpenResult opened(
      BundleVerifier verifier,
      Path bundleFile,
      AcceptedFile accepted,
      InstantSource clock,
      @Nullable TrustBundle remembered,
      TrustBundle bundle)
      throws IOException {
    if (!bundle.equals(remembered)) {
      keep(
          accepted,
          remembered == null ? verifier.configured() : remembered.content().roots(),
          bundle);
    }
    TrustStore store = new TrustStore(verifier, bundleFile, accepted, clock, bundle);
    return new OpenResult.Opened(store, Optional.empty());
  }

  /** A change of roots first: without it, nothing leads to what is accepted. */
  private static void keep(AcceptedFile accepted, RootSet old, TrustBundle next)
      throws IOException {
    if (!old.equals(next.content().roots())) {
      accepted.keepRotation(next.version(), next.noteBytes());
    }
    accepted.write(next.noteBytes());
  }

  /**
   * The last accepted bundle of a node, whether or not it is still valid; empty if none.
   *
   * @param acceptedFile as given to {@link #open}
   * @throws IOException if the file exists but cannot be read
   */
  public static Optional<TrustBundle> remembered(BundleVerifier verifier, Path acceptedFile)
      throws IOException {
    AcceptedFile accepted = new AcceptedFile(acceptedFile);
    List<byte[]> rotations = accepted.rotationsAfter(0);
    return accepted
        .read()
        .map(note -> verifier.recall(note, rotations))
        .filter(Verified.class::isInstance)
        .map(verdict -> ((Verified) verdict).bundle());
  }

  private static BundleVerdict judge(
      BundleVerifier verifier, Path file, @Nullable TrustBundle current, Instant now)
      throws IOException {
    Optional<byte[]> note = AcceptedFile.read(file);
    return note.isPresent()
        ? verifier.verifyFile(note.get(), current, now)
        : new Refused(BundleFault.MALFORMED, "there is no such file");
  }

  /** The bundle in force; {@link #state()} says whether it is usable. */
  public TrustBundle current() {
    return current;
  }

  /** The current state of the bundle in force; meter it. */
  public TrustState state() {
    return current.stateAt(clock.instant(), verifier.grace());
  }

  /** Adds a listener for every later change. */
  public void onChange(TrustListener listener) {
    listeners.add(listener);
  }

  /**
   * Reads the configured file and puts it in force if it is newer.
   *
   * @throws IOException if it cannot be read, or a newer bundle cannot be stored; the bundle in
   *     force stays
   */
  public BundleVerdict reload() throws IOException {
    synchronized (change) {
      return isInForce(AcceptedFile.read(bundleFile))
          ? new Verified(current, state())
          : enforce(judge(verifier, bundleFile, current, clock.instant()));
    }
  }

  /**
   * Whether the file has the bundle in force, which saves ML-DSA verifications every other second.
   */
  private boolean isInForce(Optional<byte[]> file) {
    return state() != TrustState.EXPIRED && file.filter(bytes -> current.isIn(bytes)).isPresent();
  }

  /**
   * Puts a bundle of another source, such as a peer, in force if it is newer.
   *
   * @throws IOException if a newer bundle cannot be stored; the bundle in force stays
   */
  public BundleVerdict offer(byte[] noteBytes) throws IOException {
    synchronized (change) {
      return enforce(verifier.verify(noteBytes, current, clock.instant()));
    }
  }

  /** How long an expired bundle remains usable. */
  public Duration grace() {
    return verifier.grace();
  }

  /**
   * The next bundle for a node with an older one: the first later bundle that changed the roots,
   * otherwise the one in force. Without the change of roots the node could not verify later
   * signatures. Empty if that node is not behind.
   *
   * @param have the version that it has in force
   */
  public Optional<TrustBundle> nextAfter(long have) {
    TrustBundle newest = current;
    if (have > newest.version()) {
      return Optional.empty();
    }
    return rotations.stream()
        .filter(step -> step.version() > have && step.version() < newest.version())
        .findFirst()
        .or(() -> Optional.of(newest));
  }

  /** The bundle with this hash, if it is in force or changed the roots. */
  public Optional<TrustBundle> withHash(String hash) {
    TrustBundle newest = current;
    return newest.hash().equals(hash)
        ? Optional.of(newest)
        : rotations.stream().filter(bundle -> bundle.hash().equals(hash)).findFirst();
  }

  private BundleVerdict enforce(BundleVerdict verdict) throws IOException {
    if (verdict instanceof Verified verified && !verified.bundle().equals(current)) {
      TrustBundle old = current;
      RootSet roots = old.content().roots();
      keep(accepted, roots, verified.bundle());
      if (!roots.equals(verified.bundle().content().roots())) {
        List<TrustBundle> all = new ArrayList<>(rotations);
        all.add(verified.bundle());
        rotations = List.copyOf(all);
      }
      current = verified.bundle();
      tell(old, verified.bundle());
    }
    return verdict;
  }

  /** Tells all listeners, also those after one that fails; then fails as the last of these. */
  private void tell(TrustBundle old, TrustBundle next) {
    RuntimeException failed = null;
    for (TrustListener listener : listeners) {
      try {
        listener.onChange(old, next);
      } catch (RuntimeException e) {
        if (failed != null) {
          e.addSuppressed(failed);
        }
        failed = e;
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
