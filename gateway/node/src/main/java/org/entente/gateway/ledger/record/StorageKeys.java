package org.entente.gateway.ledger.record;

import java.time.LocalDate;
import java.util.Optional;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.BucketKey;

/**
 * The storage keys of the buckets in which content is kept, one for each day on which a retention
 * ends. They are in the keystore, outside the ledger; destroying a bucket's key erases its content.
 * Safe for many threads.
 */
public interface StorageKeys {
  /** The key of a bucket; a new one is made and durable on return. */
  BucketKey forBucket(LocalDate lastDay);

  /** The key of a bucket, if it still exists. */
  Optional<BucketKey> existing(LocalDate lastDay);

  /** The key of a message under legal hold; empty if it is not held. */
  Optional<BucketKey> held(MessageId message);
}
