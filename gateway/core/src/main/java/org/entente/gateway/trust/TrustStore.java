package org.entente.gateway.trust;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.entente.gateway.trust.BundleVerdict.Refused;
import org.entente.gateway.trust.BundleVerdict.Verified;
import org.jspecify.annotations.Nullable;

/**
 * Holds the trust bundle in force and puts a newer one in its place while the node runs.
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

  /** What came of opening: a store, or why the node has nobody to trust. */
  public sealed interface OpenResult {
    /**
     * A bundle is in force.
     *
     * @param store the store
     * @param refused why the configured file was passed over for the bundle accepted last, if it
     *     was
     */
    record Opened(TrustStore store, Optional<Refused> refused) implements OpenResult {}

    /**
     * There is no bundle to start with.
     *
     * @param refused why
     */
    record Closed(Refused refused) implements OpenResult {}
  }

  /**
   * Opens the store: takes up the bundle accepted last, then the configured file if it is as new.
   *
   * @param bundleFile where the operator puts bundles
   * @param acceptedFile the node's memory of the bundle accepted last; in its data directory
   * @throws IOException if a file is there but cannot be read or written
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
                "the bundle accepted last, " + acceptedFile + ": " + refused.reason()));
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
   * The bundle that a node accepted last, whatever became of its validity since; empty if none.
   *
   * @param acceptedFile as given to {@link #open}
   * @throws IOException if the file is there but cannot be read
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
        : new Refused(BundleFault.MALFORMED, "there is no file " + file);
  }

  /** The bundle in force; ask {@link #state()} whether to rely on it. */
  public TrustBundle current() {
    return current;
  }

  /** How far the bundle in force may be relied on now; meter it. */
  public TrustState state() {
    return current.stateAt(clock.instant(), verifier.grace());
  }

  /** Tells the listener of every later change. */
  public void onChange(TrustListener listener) {
    listeners.add(listener);
  }

  /**
   * Reads the configured file and puts it in force if it is newer.
   *
   * @throws IOException if it cannot be read, or a newer bundle cannot be remembered; the bundle in
   *     force stays
   */
  public BundleVerdict reload() throws IOException {
    synchronized (change) {
      return isInForce(AcceptedFile.read(bundleFile))
          ? new Verified(current, state())
          : enforce(judge(verifier, bundleFile, current, clock.instant()));
    }
  }

  /** To verify again what is in force would cost signatures of ML-DSA every other second. */
  private boolean isInForce(Optional<byte[]> file) {
    return state() != TrustState.EXPIRED
        && file.filter(bytes -> Arrays.equals(bytes, current.noteBytes())).isPresent();
  }

  /**
   * Puts a bundle from elsewhere, such as a peer, in force if it is newer.
   *
   * @throws IOException if a newer bundle cannot be remembered; the bundle in force stays
   */
  public BundleVerdict offer(byte[] noteBytes) throws IOException {
    synchronized (change) {
      return enforce(verifier.verify(noteBytes, current, clock.instant()));
    }
  }

  /** How long an expired bundle goes on. */
  public Duration grace() {
    return verifier.grace();
  }

  /**
   * The bundle that a node with an older one has to take next: the first that changed the roots
   * after it, since only those who hold that one know whose signatures count later, or else the one
   * in force. Empty if that node is not behind.
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
      listeners.forEach(listener -> listener.onChange(old, verified.bundle()));
    }
    return verdict;
  }
}
