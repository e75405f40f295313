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
import org.entente.gateway.model.Result;
import org.entente.gateway.seal.format.AgencyPairSource;
import org.entente.gateway.seal.statement.FulfilmentStatement;

/**
 * Newest verified statement of each agency about the obligations that it can fulfil. It applies
 * until the agency makes another: withholding a later one, or a key bundle without one, changes
 * nothing here. In memory: to survive a restart, callers store the bytes and offer them again. Safe
 * for use by many threads; bounded by the federation's members.
 */
public final class PeerFulfilments {
  private final FederationName federation;
  private final AgencyPairSource pairs;
  private final Map<AgencyName, HeldStatement> newest = new ConcurrentHashMap<>();

  /** A statement and the pair that signed it. */
  private record HeldStatement(FulfilmentStatement statement, VerifyingPair signer) {}

  /** Starts without statements. */
  public PeerFulfilments(FederationName federation, AgencyPairSource pairs) {
    this.federation = federation;
    this.pairs = pairs;
  }

  /**
   * Accepts a statement from outside if it verifies and is newer than the known one.
   *
   * @return its agency, whose newest statement it now is: the caller should store it; empty if the
   *     same or a newer one was known already; refused with {@code MALFORMED}, {@code
   *     HEADER_MISMATCH} (another federation, or from the future) or {@code BAD_SIGNATURE}
   */
  public synchronized Result<Optional<AgencyName>> offer(byte[] bytes, long nowMs) {
    Optional<FulfilmentStatement> parsed = FulfilmentStatement.parse(bytes);
    if (parsed.isEmpty()) {
      return Result.refused(Code.MALFORMED, "", "not a statement of obligations");
    }
    FulfilmentStatement.Content content = parsed.get().content();
    if (!content.federation().equals(federation) || isAhead(content, nowMs)) {
      return Result.refused(
          Code.HEADER_MISMATCH, "", "a statement of another federation, or from the future");
    }
    HeldStatement held = newest.get(content.agency());
    if (held != null
        && held.statement().content().issuedAtMs() >= content.issuedAtMs()
        && !isAhead(held.statement().content(), nowMs)) {
      return Result.done(Optional.empty());
    }
    Optional<VerifyingPair> signer = parsed.get().signer(pairs.of(content.agency()));
    if (signer.isEmpty()) {
      return Result.refused(Code.BAD_SIGNATURE, "", "not signed by " + content.agency());
    }
    newest.put(content.agency(), new HeldStatement(parsed.get(), signer.get()));
    return Result.done(Optional.of(content.agency()));
  }

  /** Whether a statement is from the future; it would block every later one. */
  private static boolean isAhead(FulfilmentStatement.Content content, long nowMs) {
    return content.issuedAtMs() > nowMs + PeerKeys.CLOCK_ALLOWANCE_MS;
  }

  /**
   * Forgets statements signed with a pair that is no longer valid for their agency. Call it on
   * every change of trust bundle, and regularly.
   */
  public synchronized void forgetUnfounded() {
    newest.entrySet().removeIf(it -> !pairs.of(it.getKey()).contains(it.getValue().signer()));
  }

  /** The newest statement of an agency, exact bytes. */
  public Optional<byte[]> encoded(AgencyName agency) {
    return Optional.ofNullable(newest.get(agency)).map(held -> held.statement().encoded());
  }

  /** The statement of each agency that has made one. */
  public Map<AgencyName, Fulfilment> stated() {
    Map<AgencyName, Fulfilment> out = new TreeMap<>();
    newest.forEach((agency, held) -> out.put(agency, held.statement().content().fulfilment()));
    return out;
  }
}
