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
import org.entente.gateway.seal.format.KeyBundle;
import org.entente.gateway.seal.format.PublishedKey;
import org.jspecify.annotations.Nullable;

/**
 * The newest verified key bundle of each agency. In memory: whoever wants it to outlast a restart
 * keeps the bytes and offers them again. Safe for use by many threads; bounded by the federation's
 * members, since only a member's signature gets in.
 */
public final class PeerKeys implements RecipientKeySource {
  /** How far ahead of this clock another's may be, in milliseconds. */
  static final long CLOCK_ALLOWANCE_MS = 3_600_000;

  private final FederationName federation;
  private final AgencyPairSource pairs;
  private final Map<AgencyName, HeldBundle> newest = new ConcurrentHashMap<>();

  /** A bundle and the pair on whose word it rests. */
  private record HeldBundle(KeyBundle bundle, VerifyingPair signer) {}

  /** Knows no bundle yet. */
  public PeerKeys(FederationName federation, AgencyPairSource pairs) {
    this.federation = federation;
    this.pairs = pairs;
  }

  /** What became of an offered bundle. */
  public sealed interface Offer {
    /** It is now the newest of its agency; worth keeping. */
    record Accepted(KeyBundle bundle) implements Offer {}

    /** The same or a newer one is held already; nothing changed. */
    record NotNewer() implements Offer {}

    /** It is not a bundle of a member, or from the future. */
    record Refused(Code code) implements Offer {}
  }

  /** Takes a bundle from outside, if it verifies and is newer than what is held. */
  public Offer offer(byte[] bytes, long nowMs) {
    Optional<KeyBundle> parsed = KeyBundle.parse(bytes);
    if (parsed.isEmpty()) {
      return new Offer.Refused(Code.MALFORMED);
    }
    KeyBundle bundle = parsed.get();
    KeyBundle.Content content = bundle.content();
    // A bundle from the future would shut out every later one.
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
      // Withdrawn meanwhile: what rests on it must not outlive the trust in it.
      newest.remove(content.agency(), kept);
      return new Offer.Refused(Code.BAD_SIGNATURE);
    }
    return new Offer.Accepted(bundle);
  }

  /** What is held from a future, since clocks were wrong when it came, gives way to all. */
  private static boolean isNewer(KeyBundle bundle, @Nullable HeldBundle held, long nowMs) {
    if (held == null) {
      return true;
    }
    long heldSince = held.bundle().content().issuedAtMs();
    return bundle.content().issuedAtMs() > heldSince || heldSince > nowMs + CLOCK_ALLOWANCE_MS;
  }

  /**
   * Forgets the bundles that rest on a pair with which their agency may no longer sign. To be
   * called when another trust bundle is in force, and now and then.
   *
   * @return whose were forgotten: what was sealed to their keys until now must not go on
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
