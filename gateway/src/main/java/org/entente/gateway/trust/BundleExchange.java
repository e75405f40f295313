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
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.note.SignedNote;
import org.jspecify.annotations.Nullable;

/**
 * How a newer bundle is fetched from a peer and handed to one: rules without sockets.
 *
 * <p>What a peer says of its bundle is a claim, which costs a fetch of at most {@link
 * SignedNote#MAX_BYTES}, one at a time, part by part, each only after it was asked for. What was
 * fetched is judged by {@link BundleVerifier} like any other; a hash that was refused is not
 * fetched again for a time. Peers are handed a bounded number of parts a minute. Safe for use by
 * many threads.
 */
public final class BundleExchange {
  /** Bytes of a note in one part, the last one aside. */
  public static final int PART_BYTES = 64 << 10;

  /** Without a part for so long, another peer may be asked. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A refused hash is not asked for again so soon. */
  static final Duration REFUSED_FOR = Duration.ofMinutes(10);

  private static final int MOST_REFUSED = 64;
  private static final int PARTS_A_MINUTE = 2 * (SignedNote.MAX_BYTES / PART_BYTES);

  private @Nullable Fetch fetch;
  private final Map<AgencyName, Budget> budgets = new HashMap<>();
  private final Map<String, Instant> refused =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > MOST_REFUSED;
        }
      };

  private static final class Fetch {
    private final AgencyName peer;
    private Instant progress;
    private @Nullable String hash;
    private int total;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Fetch(AgencyName peer, Instant now) {
      this.peer = peer;
      this.progress = now;
    }
  }

  private static final class Budget {
    private Instant since;
    private int parts;

    Budget(Instant since) {
      this.since = since;
    }
  }

  /**
   * A request for a part.
   *
   * @param have version in force here: the peer answers with the one to take next
   * @param hash of the bundle whose part is asked for; empty for the first part
   * @param offset where the part begins
   */
  public record Ask(long have, String hash, int offset) {}

  /**
   * A part of a signed note.
   *
   * @param hash {@link TrustBundle#hash()} of the bundle
   * @param offset where it begins
   * @param total bytes of the note
   */
  public record Part(String hash, int offset, int total, ByteBuffer bytes) {}

  /** What a part leads to. */
  public sealed interface Next {
    /** Ask the same peer for this. */
    record More(Ask ask) implements Next {}

    /** The note is whole; judge it and report what was refused by {@link #refused}. */
    record Whole(String hash, ByteBuffer note) implements Next {}

    /** Nobody asked for it, or it does not fit. */
    record Unasked() implements Next {}
  }

  /** A peer said which bundle it has in force; what to ask it for, if anything. */
  public synchronized Optional<Ask> heard(
      AgencyName peer, long version, String hash, TrustBundle current, Instant now) {
    boolean other =
        version > current.version()
            || (version == current.version() && !hash.equals(current.hash()));
    Instant until = refused.get(hash);
    boolean hopeless = until != null && now.isBefore(until);
    boolean busy = fetch != null && now.isBefore(fetch.progress.plus(PATIENCE));
    if (!other || hopeless || busy) {
      return Optional.empty();
    }
    fetch = new Fetch(peer, now);
    return Optional.of(new Ask(current.version(), "", 0));
  }

  /** A part came from a peer. */
  public synchronized Next part(AgencyName peer, Part part, TrustBundle current, Instant now) {
    Fetch running = fetch;
    if (running == null || !running.peer.equals(peer) || !fits(running, part)) {
      return new Next.Unasked();
    }
    running.hash = part.hash;
    running.total = part.total;
    running.progress = now;
    byte[] bytes = bytes(part.bytes);
    running.bytes.write(bytes, 0, bytes.length);
    if (running.bytes.size() < running.total) {
      return new Next.More(new Ask(current.version(), part.hash, running.bytes.size()));
    }
    fetch = null;
    return new Next.Whole(part.hash, ByteBuffer.wrap(running.bytes.toByteArray()));
  }

  private static boolean fits(Fetch running, Part part) {
    boolean first = running.hash == null;
    int length = part.bytes.remaining();
    int rest = part.total - part.offset;
    return part.total > 0
        && part.total <= SignedNote.MAX_BYTES
        && part.offset == running.bytes.size()
        && length == Math.min(PART_BYTES, rest)
        && (first || (part.hash.equals(running.hash) && part.total == running.total));
  }

  /** What was fetched, or claimed by this peer, was refused: not to be fetched again for a time. */
  public synchronized void refused(String hash, Instant now) {
    refused.put(hash, now.plus(REFUSED_FOR));
  }

  /**
   * The part to answer with; empty if the request does not fit, or the peer asks too often.
   *
   * @param note the bundle to hand out
   */
  public synchronized Optional<Part> answer(
      AgencyName peer, Ask ask, TrustBundle note, Instant now) {
    Budget budget = budgets.computeIfAbsent(peer, name -> new Budget(now));
    if (!now.isBefore(budget.since.plus(Duration.ofMinutes(1)))) {
      budget.since = now;
      budget.parts = 0;
    }
    byte[] whole = note.noteBytes();
    if (ask.offset < 0 || ask.offset >= whole.length || budget.parts >= PARTS_A_MINUTE) {
      return Optional.empty();
    }
    budget.parts++;
    int end = Math.min(whole.length, ask.offset + PART_BYTES);
    return Optional.of(
        new Part(
            note.hash(),
            ask.offset,
            whole.length,
            ByteBuffer.wrap(Arrays.copyOfRange(whole, ask.offset, end))));
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] out = new byte[buffer.remaining()];
    buffer.duplicate().get(out);
    return out;
  }
}
