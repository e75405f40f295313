package org.entente.gateway.trust.gossip;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.trust.BundleVerifier;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.gossip.TrustMessage.InForce;
import org.entente.gateway.trust.gossip.TrustMessage.Part;
import org.entente.gateway.trust.gossip.TrustMessage.PartRequest;
import org.jspecify.annotations.Nullable;

/**
 * Rules for fetching newer bundles from neighbours and serving bundles to them, without I/O.
 *
 * <p>Design. A neighbour's statement about its bundle is an unverified claim. The exchange keeps
 * one claim per neighbour; each costs a fetch of at most {@link SignedNote#MAX_BYTES}, part by
 * part, each part on request. Each neighbour has its own fetch and its own count of refusals. So no
 * neighbour can block another's bundle, neither by sending slowly nor by sending garbage under the
 * hash of a good bundle. Two fetches of one hash run in parallel only if the first takes long. A
 * neighbour may fail at most {@link #FAILURES} fetches in {@link #REFUSED_FOR}. {@link
 * BundleVerifier} judges fetched bundles. Each neighbour gets a bounded number of parts a minute.
 * Safe for use by many threads.
 */
public final class BundleExchange {
  /** Bytes of a note in each part but the last. */
  public static final int PART_BYTES = 64 << 10;

  /** Longest wait for a part; then the fetch is abandoned. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Longest fetch; then it is abandoned. */
  static final Duration LONGEST = Duration.ofMinutes(2);

  /** Time after which a running fetch no longer blocks other fetches of the same hash. */
  static final Duration ALONE = Duration.ofSeconds(3);

  /** Pause before fetching a hash from a neighbour again after a failure. */
  static final Duration REFUSED_FOR = Duration.ofMinutes(10);

  /** Failed fetches allowed for each neighbour in that time. */
  static final int FAILURES = 6;

  private static final int MOST_REFUSED = 16;
  private static final int PARTS_A_MINUTE = 2 * (SignedNote.MAX_BYTES / PART_BYTES);

  private final Map<AgencyName, Neighbour> neighbours = new HashMap<>();

  /** State of a neighbour; its counts outlive its streams. */
  private static final class Neighbour {
    private final RateLimit parts = new RateLimit(PARTS_A_MINUTE, Duration.ofMinutes(1));
    private final RateLimit failures = new RateLimit(FAILURES, REFUSED_FOR);
    private final Map<String, Instant> refused =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > MOST_REFUSED;
          }
        };
    private @Nullable InForce claim;
    private @Nullable Fetch fetch;

    void refuse(String hash, Instant now) {
      refused.remove(hash);
      refused.put(hash, now.plus(REFUSED_FOR));
    }
  }

  private static final class Fetch {
    private final String claimed;
    private final Instant begun;
    private Instant progress;
    private @Nullable String hash;
    private int total;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Fetch(String claimed, Instant now) {
      this.claimed = claimed;
      this.begun = now;
      this.progress = now;
    }
  }

  /** Next step after a part. */
  public sealed interface Next {
    /** Request this part from the same neighbour. */
    record More(PartRequest ask) implements Next {}

    /**
     * The note is complete; judge it, and report the result to {@link #judged}.
     *
     * @param claimed hash of the bundle that the neighbour claims to have in force; the note leads
     *     to it
     */
    record Whole(String claimed, ByteBuffer note) implements Next {}

    /** The part was not requested, or does not fit. */
    record Unasked() implements Next {}
  }

  /**
   * Handles a neighbour's statement of its bundle in force; returns the part to request now, if
   * any.
   */
  public synchronized Optional<PartRequest> heard(
      AgencyName peer, InForce claim, TrustBundle current, Instant now) {
    of(peer).claim = claim;
    return next(peer, current, now);
  }

  /**
   * The part to request from a neighbour now. Call it regularly, since a fetch may stall or a pause
   * end.
   */
  public synchronized Optional<PartRequest> next(
      AgencyName peer, TrustBundle current, Instant now) {
    Neighbour neighbour = of(peer);
    giveUpStalled(neighbour, now);
    InForce claim = neighbour.claim;
    if (claim == null || neighbour.fetch != null || !isOther(claim, current)) {
      return Optional.empty();
    }
    Instant until = neighbour.refused.get(claim.hash());
    boolean hopeless = until != null && now.isBefore(until);
    if (hopeless || !neighbour.failures.isLeft(now) || isFetched(claim.hash(), now)) {
      return Optional.empty();
    }
    neighbour.fetch = new Fetch(claim.hash(), now);
    return Optional.of(new PartRequest(current.version(), "", 0));
  }

  private static boolean isOther(InForce claim, TrustBundle current) {
    return claim.version() > current.version()
        || (claim.version() == current.version() && !claim.hash().equals(current.hash()));
  }

  private static void giveUpStalled(Neighbour neighbour, Instant now) {
    Fetch fetch = neighbour.fetch;
    if (fetch != null
        && (!now.isBefore(fetch.progress.plus(PATIENCE))
            || !now.isBefore(fetch.begun.plus(LONGEST)))) {
      neighbour.fetch = null;
      neighbour.failures.spend();
    }
  }

  private boolean isFetched(String hash, Instant now) {
    return neighbours.values().stream()
        .map(neighbour -> neighbour.fetch)
        .anyMatch(
            fetch ->
                fetch != null
                    && fetch.claimed.equals(hash)
                    && now.isBefore(fetch.begun.plus(ALONE)));
  }

  /** Handles a part from a neighbour. */
  public synchronized Next part(AgencyName peer, Part part, TrustBundle current, Instant now) {
    Neighbour neighbour = of(peer);
    giveUpStalled(neighbour, now);
    Fetch running = neighbour.fetch;
    if (running == null || !fits(running, part)) {
      return new Next.Unasked();
    }
    running.hash = part.hash();
    running.total = part.total();
    running.progress = now;
    byte[] bytes = bytes(part.bytes());
    running.bytes.write(bytes, 0, bytes.length);
    if (running.bytes.size() < running.total) {
      return new Next.More(new PartRequest(current.version(), part.hash(), running.bytes.size()));
    }
    neighbour.fetch = null;
    return new Next.Whole(running.claimed, ByteBuffer.wrap(running.bytes.toByteArray()));
  }

  private static boolean fits(Fetch running, Part part) {
    boolean first = running.hash == null;
    int length = part.bytes().remaining();
    int rest = part.total() - part.offset();
    return part.total() > 0
        && part.total() <= SignedNote.MAX_BYTES
        && part.offset() == running.bytes.size()
        && length == Math.min(PART_BYTES, rest)
        && (first || (part.hash().equals(running.hash) && part.total() == running.total));
  }

  /**
   * Handles the verdict on a bundle fetched from a neighbour. After a failure, the exchange does
   * not fetch that claim from this neighbour for a time, but does from others.
   *
   * @param helped whether a newer bundle is in force because of it
   */
  public synchronized void judged(AgencyName peer, String claimed, boolean helped, Instant now) {
    if (!helped) {
      Neighbour neighbour = of(peer);
      neighbour.refuse(claimed, now);
      neighbour.failures.spend();
    }
  }

  /** Handles the loss of a neighbour: drops its claim and its fetch. */
  public synchronized void gone(AgencyName peer) {
    Neighbour neighbour = of(peer);
    neighbour.claim = null;
    neighbour.fetch = null;
  }

  /**
   * The part for a request; empty if the request does not fit or the neighbour exceeds its limit.
   *
   * @param notes finds the requested bundle; not called beyond the limit
   */
  public Optional<Part> answer(
      AgencyName peer,
      PartRequest ask,
      Function<PartRequest, Optional<TrustBundle>> notes,
      Instant now) {
    synchronized (this) {
      RateLimit budget = of(peer).parts;
      if (!budget.isLeft(now)) {
        return Optional.empty();
      }
      budget.spend();
    }
    return notes.apply(ask).flatMap(bundle -> part(bundle, ask.offset()));
  }

  private static Optional<Part> part(TrustBundle bundle, int offset) {
    byte[] whole = bundle.noteBytes();
    if (offset >= whole.length) {
      return Optional.empty();
    }
    int end = Math.min(whole.length, offset + PART_BYTES);
    return Optional.of(
        new Part(
            bundle.hash(),
            offset,
            whole.length,
            ByteBuffer.wrap(Arrays.copyOfRange(whole, offset, end))));
  }

  private Neighbour of(AgencyName peer) {
    return neighbours.computeIfAbsent(peer, name -> new Neighbour());
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] out = new byte[buffer.remaining()];
    buffer.duplicate().get(out);
    return out;
  }
}
