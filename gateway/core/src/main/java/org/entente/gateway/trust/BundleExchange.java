package org.entente.gateway.trust;

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
import org.entente.gateway.trust.TrustMessage.InForce;
import org.entente.gateway.trust.TrustMessage.Part;
import org.entente.gateway.trust.TrustMessage.PartRequest;
import org.jspecify.annotations.Nullable;

/**
 * How a newer bundle is fetched from neighbours and handed to them: rules without sockets.
 *
 * <p>Design. What a neighbour says of its bundle is a claim. It is remembered, one a neighbour, and
 * costs a fetch of at most {@link SignedNote#MAX_BYTES}, part by part, each only after it was asked
 * for. Each neighbour has its own fetch and its own account of what was refused, so that none can
 * hold back what another brings: neither by sending slowly, nor by handing out rubbish under the
 * hash of a good bundle. Two fetch the same hash at once only if the first takes long. A neighbour
 * whose fetches come to nothing is asked {@link #FAILURES} times in {@link #REFUSED_FOR}. What is
 * fetched is judged by {@link BundleVerifier}, not here. Neighbours are handed a bounded number of
 * parts a minute. Safe for use by many threads.
 */
public final class BundleExchange {
  /** Bytes of a note in one part, the last one aside. */
  public static final int PART_BYTES = 64 << 10;

  /** Without a part for so long, a fetch is given up. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A fetch that takes longer than this is given up. */
  static final Duration LONGEST = Duration.ofMinutes(2);

  /** A fetch that lasts so long no longer keeps others from fetching the same. */
  static final Duration ALONE = Duration.ofSeconds(3);

  /** A hash that a neighbour's fetch failed for is not asked of it again so soon. */
  static final Duration REFUSED_FOR = Duration.ofMinutes(10);

  /** Fetches that may fail at a neighbour in that time. */
  static final int FAILURES = 6;

  private static final int MOST_REFUSED = 16;
  private static final int PARTS_A_MINUTE = 2 * (SignedNote.MAX_BYTES / PART_BYTES);

  private final Map<AgencyName, Neighbour> neighbours = new HashMap<>();

  /** What is known of a neighbour; its accounts outlive its streams. */
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

  /** What a part leads to. */
  public sealed interface Next {
    /** Ask the same neighbour for this. */
    record More(PartRequest ask) implements Next {}

    /**
     * The note is whole; judge it, and tell {@link #judged} what came of it.
     *
     * @param claimed what the neighbour has in force by its own word, to which the note is a step
     */
    record Whole(String claimed, ByteBuffer note) implements Next {}

    /** Nobody asked for it, or it does not fit. */
    record Unasked() implements Next {}
  }

  /** A neighbour said which bundle it has in force; what to ask it for now, if anything. */
  public synchronized Optional<PartRequest> heard(
      AgencyName peer, InForce claim, TrustBundle current, Instant now) {
    of(peer).claim = claim;
    return next(peer, current, now);
  }

  /**
   * What to ask a neighbour for now; to be called now and then, since a fetch may have stalled and
   * a pause may be over.
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

  /** A part came from a neighbour. */
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
   * What was fetched from a neighbour was judged. If it led nowhere, the neighbour is not asked for
   * what it claimed again for a time; others are.
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

  /**
   * A neighbour is gone: what it claimed holds no longer, and what it was to send will not come.
   */
  public synchronized void gone(AgencyName peer) {
    Neighbour neighbour = of(peer);
    neighbour.claim = null;
    neighbour.fetch = null;
  }

  /**
   * The part to answer with; empty if the request does not fit, or the neighbour asks too often.
   *
   * @param notes finds the bundle that is asked for; not called for one that asks too often
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
