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

  /** Result of offering a bundle. */
  public sealed interface Offer {
    /** It is now the newest of its agency; the caller should store it. */
    record Accepted(KeyBundle bundle) implements Offer {}

    /** The same or a newer one was known already; nothing changed. */
    record NotNewer() implements Offer {}

    /** It is not a bundle of a member, or from the future. */
    record Refused(Code code) implements Offer {}
  }

  /** Accepts a bundle from outside if it verifies and is newer than the known one. */
  public Offer offer(byte[] bytes, long nowMs) {
    Optional<KeyBundle> parsed = KeyBundle.parse(bytes);
    if (parsed.isEmpty()) {
      return new Offer.Refused(Code.MALFORMED);
    }
    KeyBundle bundle = parsed.get();
    KeyBundle.Content content = bundle.content();
    // A bundle from the future would block every later one.
    if (!content.federation().equals(federation)
        || content.issuedAtMs() > nowMs + CLOCK_ALLOWANCE_MS) {
      return new Offer.Refused(Code.HEADER_MISMATCH);
    }
    if (!isNewer(bundle, newest.get(content.agency()), nowMs)) {
      return new Offer.NotNewer();
    }
    Optional<VerifyingPair> signer = bundle.signer(pairs.of(content.agency()));
    if (signer.isEmpty()) {
      return new Offer.Refused(Code.BAD_SIGNATURE);
    }
    HeldBundle kept =
        newest.merge(
            content.agency(),
            new HeldBundle(bundle, signer.get()),
            (held, next) -> isNewer(next.bundle(), held, nowMs) ? next : held);
    if (kept.bundle() != bundle) {
      return new Offer.NotNewer();
    }
    if (!pairs.of(content.agency()).contains(signer.get())) {
      // The pair was withdrawn meanwhile; a bundle must not outlive trust in its signer.
      newest.remove(content.agency(), kept);
      return new Offer.Refused(Code.BAD_SIGNATURE);
    }
    return new Offer.Accepted(bundle);
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
