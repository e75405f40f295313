package org.entente.gateway.seal;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.entente.gateway.crypto.XWingPrivateKey;
import org.entente.gateway.seal.format.AgencyIdentity;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.KeyValidity;
import org.entente.gateway.seal.format.PublishedKey;
import org.entente.gateway.seal.format.RecipientKeyId;
import org.entente.gateway.seal.statement.KeyBundle;
import org.entente.gateway.seal.statement.StatementFrame;

/**
 * Executes the schedule of this agency's recipient keys and publishes them. One thread at a time
 * renews; any thread may make bundles.
 */
public final class RecipientKeys {
  private final RecipientKeyHolder holder;
  private final KeySchedule schedule;
  private final SecureRandom random;
  private final InstantSource clock;
  private final AtomicLong issued = new AtomicLong();

  /** Works on the keys in {@code holder}. */
  public RecipientKeys(
      RecipientKeyHolder holder, KeySchedule schedule, SecureRandom random, InstantSource clock) {
    this.holder = holder;
    this.schedule = schedule;
    this.random = random;
    this.clock = clock;
  }

  /**
   * Result of a renewal.
   *
   * @param made the new key, which a new bundle must publish
   * @param destroyed keys whose sessions must be forgotten
   */
  public record Renewal(Optional<KeyValidity> made, List<RecipientKeyId> destroyed) {}

  /**
   * Makes and destroys the keys that are due; durable on return. Call it at start and at least
   * every few minutes.
   */
  public Renewal renew() {
    return renew(clock.millis());
  }

  /**
   * The same, but destroys only keys whose grace has also ended at {@code endedMs}. So a leap of
   * the clock can make a key, but not destroy one.
   */
  public synchronized Renewal renew(long endedMs) {
    long now = clock.millis();
    List<KeyValidity> held = holder.held();
    KeySchedule.Plan plan =
        new KeySchedule.Plan(
            schedule.plan(now, held).makeKey(),
            schedule.plan(Math.min(now, endedMs), held).destroy());
    Optional<KeyValidity> made = plan.makeKey() ? Optional.of(make(now)) : Optional.empty();
    makeAhead(now);
    plan.destroy().forEach(holder::destroy);
    return new Renewal(made, plan.destroy());
  }

  private void makeAhead(long now) {
    OptionalLong from = schedule.firstLacking(now, holder.held());
    while (from.isPresent()) {
      make(from.getAsLong());
      from = schedule.firstLacking(now, holder.held());
    }
  }

  /** Whether a key is in force now. */
  public boolean hasKeyInForce() {
    long now = clock.millis();
    return holder.held().stream().anyMatch(key -> key.isInForce(now));
  }

  /** Whether a bundle names every key that is in force now, as far as a bundle can. */
  public boolean isUpToDate(KeyBundle bundle) {
    long now = clock.millis();
    Set<KeyValidity> named =
        bundle.content().keys().stream().map(PublishedKey::validity).collect(Collectors.toSet());
    return holder.held().stream()
        .filter(key -> key.isInForce(now))
        .sorted(Comparator.reverseOrder())
        .limit(KeyBundle.MAX_KEYS)
        .allMatch(named::contains);
  }

  private KeyValidity make(long now) {
    try (XWingPrivateKey key = XWingPrivateKey.generate(random)) {
      KeyValidity validity = schedule.validityFrom(now, RecipientKeyId.of(key.publicKey()));
      holder.keep(validity, key);
      return validity;
    }
  }

  /**
   * A signed bundle of the keys in force, at most the eight that end last.
   *
   * @param gateways the agency's gateways and the keys they sign with; the first makes the bundle
   * @throws IllegalStateException if no key is in force: {@link #renew} comes first
   */
  public KeyBundle bundle(AgencyIdentity identity, List<GatewayKey> gateways) {
    long now = clock.millis();
    long at = issued.updateAndGet(last -> after(last, now));
    List<PublishedKey> keys =
        holder.held().stream()
            .filter(key -> key.isInForce(now))
            .sorted(Comparator.reverseOrder())
            .limit(KeyBundle.MAX_KEYS)
            .flatMap(validity -> published(validity).stream())
            .toList();
    if (keys.isEmpty()) {
      throw new IllegalStateException("no recipient key is in force");
    }
    StatementFrame frame =
        StatementFrame.toAll(identity.federation(), identity.agency(), gateways.get(0).name(), at);
    return KeyBundle.sign(new KeyBundle.Content(frame, gateways, keys), identity.pair());
  }

  /**
   * A time after the last bundle's, even in the same millisecond or after the clock was set back;
   * otherwise peers would keep the last bundle.
   */
  private static long after(long last, long now) {
    boolean keptByPeers = last >= now && last - now < PeerKeys.CLOCK_ALLOWANCE_MS;
    return keptByPeers ? last + 1 : now;
  }

  private Optional<PublishedKey> published(KeyValidity validity) {
    return holder
        .find(validity.id())
        .map(
            found -> {
              try (XWingPrivateKey key = found) {
                return new PublishedKey(validity, key.publicKey());
              }
            });
  }
}
