package org.entente.gateway.testkit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.ledger.record.StorageKeys;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.retention.RetentionKeys;
import org.entente.gateway.seal.BucketKey;

/** Storage keys in memory: they outlive a ledger that a test opens again, as a keystore does. */
public final class MemoryStorageKeys implements StorageKeys, RetentionKeys {
  private final SecureRandom random = new SecureRandom();
  private final Map<LocalDate, BucketKey> buckets = new ConcurrentHashMap<>();
  private final Map<LocalDate, Map<Long, SecretBytes>> parts = new ConcurrentHashMap<>();
  private final Map<MessageId, HoldSecret> holds = new ConcurrentHashMap<>();
  private boolean failsToEnd;
  private String unconfirmed = "";
  private int attested;

  @Override
  public BucketKey forBucket(LocalDate lastDay) {
    return buckets.computeIfAbsent(
        lastDay,
        day ->
            BucketKey.of(
                SecretBytes.random(random, 32),
                part -> Optional.ofNullable(partsOf(day).get(part)).map(MemoryStorageKeys::copy)));
  }

  private Map<Long, SecretBytes> partsOf(LocalDate day) {
    return parts.computeIfAbsent(day, it -> new ConcurrentHashMap<>());
  }

  private static SecretBytes copy(SecretBytes secret) {
    return SecretBytes.takeOver(secret.reveal());
  }

  @Override
  public Optional<BucketKey> existing(LocalDate lastDay) {
    return Optional.ofNullable(buckets.get(lastDay));
  }

  @Override
  public Optional<BucketKey> held(MessageId message) {
    return Optional.ofNullable(holds.get(message)).map(hold -> BucketKey.of(hold.secret()));
  }

  @Override
  public void forget(List<KeptMessage> messages) {
    for (KeptMessage kept : messages) {
      existing(kept.lastDay())
          .ifPresent(
              bucket ->
                  bucket
                      .without(List.of(requireNonNull(kept.leaf())))
                      .ifPresent(
                          punctured -> {
                            punctured
                                .parts()
                                .forEach((part, state) -> partsOf(kept.lastDay()).put(part, state));
                            bucket.forget(punctured);
                          }));
    }
  }

  private record HoldSecret(HoldKey key, SecretBytes secret) {}

  @Override
  public BucketKey hold(MessageId message, long beganMs) {
    HoldSecret before = holds.get(message);
    SecretBytes secret = before == null ? SecretBytes.random(random, 32) : before.secret();
    holds.put(message, new HoldSecret(new HoldKey(message, beganMs, null), secret));
    return BucketKey.of(secret);
  }

  @Override
  public List<HoldKey> holds() {
    return holds.values().stream().map(HoldSecret::key).toList();
  }

  @Override
  public void endHold(MessageId message, LocalDate lastDay) {
    if (failsToEnd) {
      failsToEnd = false;
      throw new UncheckedIOException(new IOException("the disk of the keystore failed"));
    }
    holds.computeIfPresent(
        message,
        (id, hold) ->
            new HoldSecret(new HoldKey(id, hold.key().beganMs(), lastDay), hold.secret()));
  }

  @Override
  public int requireDestroyedEverywhere() {
    if (!unconfirmed.isEmpty()) {
      throw new UncheckedIOException(new IOException("not confirmed by " + unconfirmed));
    }
    return attested;
  }

  @Override
  public void destroyHold(MessageId message) {
    holds.remove(message);
  }

  /** Destroys the hold keys that end before a day, as the keystore does with all that is due. */
  public void expireHolds(LocalDate today) {
    holds
        .values()
        .removeIf(
            hold -> {
              LocalDate lastDay = hold.key().lastDay();
              return lastDay != null && lastDay.isBefore(today);
            });
  }

  /** Makes the next {@link #endHold} fail. */
  public void failNextEndOfAHold() {
    failsToEnd = true;
  }

  /** Has a machine not confirm what is destroyed from now on; all do if the name is empty. */
  public void unconfirmedBy(String machine) {
    unconfirmed = machine;
  }

  /** Sets how many keystores of former machines are attested as destroyed. */
  public void attest(int machines) {
    attested = machines;
  }

  /** Destroys a bucket. */
  public void destroy(LocalDate lastDay) {
    buckets.remove(lastDay);
  }

  /** Buckets that have a key. */
  public Set<LocalDate> days() {
    return Set.copyOf(buckets.keySet());
  }
}
