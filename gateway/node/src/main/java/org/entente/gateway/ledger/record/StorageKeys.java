package org.entente.gateway.ledger.record;

import java.time.LocalDate;
import java.util.Optional;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.BucketKey;

/**
 * The storage keys of the buckets in which content is kept, one for each day on which a retention
 * ends. They live in the keystore, apart from the ledger; destroying a bucket's key erases whatever
 * was kept in it. Safe for many threads.
 */
public interface StorageKeys {
  /** The key of a bucket, made and durable if it is new. */
  BucketKey forBucket(LocalDate lastDay);

  /** The key of a bucket, if there is one still. */
  Optional<BucketKey> existing(LocalDate lastDay);

  /** The key of a message under legal hold, if it is. */
  Optional<BucketKey> held(MessageId message);
}
