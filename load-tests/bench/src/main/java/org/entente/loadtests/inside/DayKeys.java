package org.entente.loadtests.inside;

import java.security.SecureRandom;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.ledger.record.StorageKeys;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.BucketKey;
import org.entente.gateway.transmit.OutboxKeys;

/** Keys of a node in memory: a storage key for each day, one outbox key, no holds. */
final class DayKeys implements StorageKeys, OutboxKeys {
  private static final String OUTBOX = "outbox-bench";

  private final SecureRandom random;
  private final SecretBytes outbox;
  private final Map<LocalDate, BucketKey> buckets = new ConcurrentHashMap<>();

  DayKeys(SecureRandom random) {
    this.random = random;
    this.outbox = SecretBytes.random(random, BucketKey.SECRET_BYTES);
  }

  @Override
  public BucketKey forBucket(LocalDate lastDay) {
    return buckets.computeIfAbsent(
        lastDay, day -> BucketKey.of(SecretBytes.random(random, BucketKey.SECRET_BYTES)));
  }

  @Override
  public Optional<BucketKey> existing(LocalDate lastDay) {
    return Optional.ofNullable(buckets.get(lastDay));
  }

  @Override
  public Optional<BucketKey> held(MessageId message) {
    return Optional.empty();
  }

  @Override
  public NamedKey current() {
    return new NamedKey(OUTBOX, outbox);
  }

  @Override
  public Optional<SecretBytes> find(String id) {
    return id.equals(OUTBOX) ? Optional.of(outbox) : Optional.empty();
  }
}
