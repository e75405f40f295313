package org.entente.gateway.seal;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Result;
import org.entente.gateway.seal.format.AgencyPairSource;
import org.entente.gateway.seal.format.PublishedKey;
import org.entente.gateway.seal.statement.KeyBundle;

/**
 * Newest verified key bundle of each agency. In memory: to survive a restart, callers store the
 * bytes and offer them again. Safe for use by many threads; bounded by the federation's members,
 * since it accepts only members' signatures.
 */
public final class PeerKeys implements RecipientKeySource {
  /** How far another clock may be ahead of this one, in milliseconds. */
  static final long CLOCK_ALLOWANCE_MS = 3_600_000;

  private final PeerStatements<KeyBundle> bundles;

  /** Starts without bundles. */
  public PeerKeys(FederationName federation, AgencyPairSource pairs) {
    bundles = new PeerStatements<>(federation, pairs, KeyBundle::parse);
  }

  /**
   * Accepts a bundle from outside if it verifies and is newer than the known one.
   *
   * @return the bundle, now the newest of its agency: the caller should store it; empty if the same
   *     or a newer one was known already, or if it waits until it is {@link #due}; refused with
   *     {@code MALFORMED}, {@code HEADER_MISMATCH} (another federation, or from the future) or
   *     {@code BAD_SIGNATURE}
   */
  public Result<Optional<KeyBundle>> offer(byte[] bytes, long nowMs) {
    return bundles.offer(bytes, nowMs);
  }

  /**
   * Takes over bundles that came too often and whose time has come. Call it regularly.
   *
   * @return those that now are the newest of their agencies: the caller should store them
   */
  public List<KeyBundle> due(long nowMs) {
    return bundles.due(nowMs);
  }

  /**
   * Forgets bundles signed with a pair that is no longer valid for their agency. Call it on every
   * change of trust bundle, and regularly.
   *
   * @return agencies whose bundles were forgotten; do not send what was sealed to their keys
   */
  public List<AgencyName> forgetUnfounded() {
    return bundles.forgetUnfounded();
  }

  /** The newest bundle of an agency, whether or not its keys are still in force. */
  public Optional<KeyBundle> bundleOf(AgencyName agency) {
    return bundles.of(agency);
  }

  @Override
  public Optional<PublishedKey> keyOf(AgencyName recipient, long nowMs) {
    return bundleOf(recipient).stream()
        .flatMap(bundle -> bundle.content().keys().stream())
        .filter(key -> key.validity().isInForce(nowMs))
        .max(Comparator.comparing(PublishedKey::validity));
  }
}
