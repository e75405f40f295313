package org.entente.gateway.receive;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.seal.statement.NoticeStatement;

/**
 * Remembers signed requests that have taken effect, so that a copy replayed by a transit has no
 * effect.
 *
 * <p>Each request counts once. It does not count if its time is more than {@link #MOST_AGE} before
 * or after this gateway's clock. At most {@value #MOST} requests of an agency are remembered; a
 * request as old as a forgotten one does not count either. In memory only: after a restart, a copy
 * of a request of the last two hours counts once more. Safe for many threads.
 */
final class SeenRequests {
  /** Twice the difference between two clocks that hinders nothing. */
  static final Duration MOST_AGE = Duration.ofHours(2);

  static final int MOST = 1_024;

  private final Map<AgencyName, Seen> agencies = new HashMap<>();

  private record Request(long issuedAtMs, ByteString hash) {}

  private static final class Seen {
    private final TreeSet<Request> requests =
        new TreeSet<>(
            Comparator.comparingLong(Request::issuedAtMs)
                .thenComparing(Request::hash, ByteString.unsignedLexicographicalComparator()));
    private long forgotten = Long.MIN_VALUE;
  }

  /** Whether a verified request counts now; from then on its copies do not. */
  synchronized boolean isFirst(NoticeStatement.Content request, long nowMillis) {
    Seen seen = agencies.computeIfAbsent(request.frame().issuer(), unknown -> new Seen());
    long oldest = nowMillis - MOST_AGE.toMillis();
    seen.requests.removeIf(one -> one.issuedAtMs() < oldest);
    Request one =
        new Request(
            request.issuedAtMs(),
            ByteString.copyFrom(
                Sha256.hash(request.gateway().value().getBytes(UTF_8), request.notice())));
    if (one.issuedAtMs() < oldest
        || one.issuedAtMs() > nowMillis + MOST_AGE.toMillis()
        || one.issuedAtMs() <= seen.forgotten
        || !seen.requests.add(one)) {
      return false;
    }
    while (seen.requests.size() > MOST) {
      seen.forgotten = seen.requests.pollFirst().issuedAtMs();
    }
    return true;
  }
}
