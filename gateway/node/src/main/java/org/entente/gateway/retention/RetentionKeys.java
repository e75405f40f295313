package org.entente.gateway.retention;

import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.BucketKey;
import org.entente.gateway.seal.format.BodyAddress;

/** The key operations of retention. Safe for many threads. */
public interface RetentionKeys {
  /** A message under the key of the bucket that ends on a day. */
  record KeptMessage(LocalDate lastDay, BodyAddress message) {}

  /**
   * Removes messages from buckets' keys. On return no key of this node opens them, from any copy of
   * the ledger, except for those returned.
   *
   * @return messages whose bucket can forget no more: only their records can be destroyed before
   *     the bucket's end
   */
  Set<KeptMessage> forget(List<KeptMessage> messages);

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
