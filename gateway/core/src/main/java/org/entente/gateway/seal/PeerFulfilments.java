package org.entente.gateway.seal;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Fulfilment;
import org.entente.gateway.seal.format.AgencyPairSource;
import org.entente.gateway.seal.format.FulfilmentStatement;

/**
 * The newest verified statement of each agency of which obligations it can fulfil. It stands until
 * the agency states another: whoever keeps a later one back, or the key bundle without it, changes
 * nothing of what is held. In memory: whoever wants it to outlast a restart keeps the bytes and
 * offers them again. Safe for use by many threads; bounded by the federation's members.
 */
public final class PeerFulfilments {
  private final FederationName federation;
  private final AgencyPairSource pairs;
  private final Map<AgencyName, HeldStatement> newest = new ConcurrentHashMap<>();

  /** A statement and the pair on whose word it rests. */
  private record HeldStatement(FulfilmentStatement statement, VerifyingPair signer) {}

  /** Knows nothing yet. */
  public PeerFulfilments(FederationName federation, AgencyPairSource pairs) {
    this.federation = federation;
    this.pairs = pairs;
  }

  /** What became of an offered statement. */
  public sealed interface Offer {
    /** It is now the newest of its agency; worth keeping. */
    record Accepted(AgencyName agency) implements Offer {}

    /** The same or a newer one is held already; nothing changed. */
    record NotNewer() implements Offer {}

    /** It is not a statement of a member, or from the future. */
    record Refused(Code code) implements Offer {}
  }

  /** Takes a statement from outside, if it verifies and is newer than what is held. */
  public synchronized Offer offer(byte[] bytes, long nowMs) {
    Optional<FulfilmentStatement> parsed = FulfilmentStatement.parse(bytes);
    if (parsed.isEmpty()) {
      return new Offer.Refused(Code.MALFORMED);
    }
    FulfilmentStatement.Content content = parsed.get().content();
    if (!content.federation().equals(federation) || isAhead(content, nowMs)) {
      return new Offer.Refused(Code.HEADER_MISMATCH);
    }
    HeldStatement held = newest.get(content.agency());
    if (held != null
        && held.statement().content().issuedAtMs() >= content.issuedAtMs()
        && !isAhead(held.statement().content(), nowMs)) {
      return new Offer.NotNewer();
    }
    Optional<VerifyingPair> signer = parsed.get().signer(pairs.of(content.agency()));
    if (signer.isEmpty()) {
      return new Offer.Refused(Code.BAD_SIGNATURE);
    }
    newest.put(content.agency(), new HeldStatement(parsed.get(), signer.get()));
    return new Offer.Accepted(content.agency());
  }

  /** One from the future would shut out every later one. */
  private static boolean isAhead(FulfilmentStatement.Content content, long nowMs) {
    return content.issuedAtMs() > nowMs + PeerKeys.CLOCK_ALLOWANCE_MS;
  }

  /**
   * Forgets the statements that rest on a pair with which their agency may no longer sign. To be
   * called when another trust bundle is in force, and now and then.
   */
  public synchronized void forgetUnfounded() {
    newest.entrySet().removeIf(it -> !pairs.of(it.getKey()).contains(it.getValue().signer()));
  }

  /** The newest statement of an agency, exact bytes. */
  public Optional<byte[]> encoded(AgencyName agency) {
    return Optional.ofNullable(newest.get(agency)).map(held -> held.statement().encoded());
  }

  /** What each agency states that has stated something. */
  public Map<AgencyName, Fulfilment> stated() {
    Map<AgencyName, Fulfilment> out = new TreeMap<>();
    newest.forEach((agency, held) -> out.put(agency, held.statement().content().fulfilment()));
    return out;
  }
}
