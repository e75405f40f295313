package org.entente.gateway.seal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Result;
import org.entente.gateway.seal.format.AgencyPairSource;
import org.entente.gateway.seal.format.PublishedKey;
import org.entente.gateway.seal.statement.KeyBundle;
import org.jspecify.annotations.Nullable;

/**
 * Newest verified key bundle of each agency. In memory: to survive a restart, callers store the
 * bytes and offer them again. Safe for use by many threads; bounded by the federation's members,
 * since it accepts only members' signatures.
 */
public final class PeerKeys implements RecipientKeySource {
  /** How far another clock may be ahead of this one, in milliseconds. */
  static final long CLOCK_ALLOWANCE_MS = 3_600_000;

  private final FederationName federation;
  private final AgencyPairSource pairs;
  private final Map<AgencyName, HeldBundle> newest = new ConcurrentHashMap<>();

  /** A bundle and the pair that signed it. */
  private record HeldBundle(KeyBundle bundle, VerifyingPair signer) {}

  /** Starts without bundles. */
  public PeerKeys(FederationName federation, AgencyPairSource pairs) {
    this.federation = federation;
    this.pairs = pairs;
  }

  /**
   * Accepts a bundle from outside if it verifies and is newer than the known one.
   *
   * @return the bundle, now the newest of its agency: the caller should store it; empty if the same
   *     or a newer one was known already; refused with {@code MALFORMED}, {@code HEADER_MISMATCH}
   *     (another federation, or from the future) or {@code BAD_SIGNATURE}
   */
  public Result<Optional<KeyBundle>> offer(byte[] bytes, long nowMs) {
    Optional<KeyBundle> parsed = KeyBundle.parse(bytes);
    if (parsed.isEmpty()) {
      return Result.refused(Code.MALFORMED, "", "not a key bundle");
    }
    KeyBundle bundle = parsed.get();
    KeyBundle.Content content = bundle.content();
    // A bundle from the future would block every later one.
    if (!content.federation().equals(federation)
        || content.issuedAtMs() > nowMs + CLOCK_ALLOWANCE_MS) {
      return Result.refused(
          Code.HEADER_MISMATCH, "", "a key bundle of another federation, or from the future");
    }
    if (!isNewer(bundle, newest.get(content.agency()), nowMs)) {
      return Result.done(Optional.empty());
    }
    Optional<VerifyingPair> signer = bundle.signer(pairs.of(content.agency()));
    if (signer.isEmpty()) {
      return unsigned(content.agency());
    }
    HeldBundle kept =
        newest.merge(
            content.agency(),
            new HeldBundle(bundle, signer.get()),
            (held, next) -> isNewer(next.bundle(), held, nowMs) ? next : held);
    if (kept.bundle() != bundle) {
      return Result.done(Optional.empty());
    }
    if (!pairs.of(content.agency()).contains(signer.get())) {
      // The pair was withdrawn meanwhile; a bundle must not outlive trust in its signer.
      newest.remove(content.agency(), kept);
      return unsigned(content.agency());
    }
    return Result.done(Optional.of(bundle));
  }

  private static <T> Result<T> unsigned(AgencyName agency) {
    return Result.refused(Code.BAD_SIGNATURE, "", "not signed by " + agency);
  }

  /** A known bundle from the future, accepted under a wrong clock, yields to any other. */
  private static boolean isNewer(KeyBundle bundle, @Nullable HeldBundle held, long nowMs) {
    if (held == null) {
      return true;
    }
    long heldSince = held.bundle().content().issuedAtMs();
    return bundle.content().issuedAtMs() > heldSince || heldSince > nowMs + CLOCK_ALLOWANCE_MS;
  }

  /**
   * Forgets bundles signed with a pair that is no longer valid for their agency. Call it on every
   * change of trust bundle, and regularly.
   *
   * @return agencies whose bundles were forgotten; do not send what was sealed to their keys
   */
  public List<AgencyName> forgetUnfounded() {
    List<AgencyName> forgotten = new ArrayList<>();
    newest.forEach(
        (agency, held) -> {
          if (!pairs.of(agency).contains(held.signer()) && newest.remove(agency, held)) {
            forgotten.add(agency);
          }
        });
    return forgotten;
  }

  /** The newest bundle of an agency, whether or not its keys are still in force. */
  public Optional<KeyBundle> bundleOf(AgencyName agency) {
    return Optional.ofNullable(newest.get(agency)).map(HeldBundle::bundle);
  }

  @Override
  public Optional<PublishedKey> keyOf(AgencyName recipient, long nowMs) {
    return bundleOf(recipient).stream()
        .flatMap(bundle -> bundle.content().keys().stream())
        .filter(key -> key.validity().isInForce(nowMs))
        .max(Comparator.comparing(PublishedKey::validity));
  }
}
