package org.entente.gateway.retention;

import java.time.LocalDate;
import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.BucketKey;
import org.entente.gateway.seal.format.MessageLeaf;
import org.jspecify.annotations.Nullable;

/** The key operations of retention. Safe for many threads. */
public interface RetentionKeys {
  /**
   * A message under the key of the bucket that ends on a day.
   *
   * @param leaf null if it is not known, since the stored record could not be read
   */
  record KeptMessage(LocalDate lastDay, @Nullable MessageLeaf leaf) {}

  /**
   * Destroys the keys of messages, in changes of the keystore of limited size, between which others
   * use it. On return no key of this node opens them, from any copy of the ledger.
   *
   * @throws RuntimeException if the keystore could not be written, or if a leaf is not known and
   *     its bucket has not ended: then some may still open
   */
  void forget(List<KeptMessage> messages);

  /**
   * The key of a message under legal hold; a new one is made and durable on return. The caller
   * closes it.
   */
  BucketKey hold(MessageId message);

  /** Messages that have a hold key. */
  List<MessageId> holds();

  /** Destroys a hold key, if there is one. */
  void destroyHold(MessageId message);
}
