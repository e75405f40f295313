package org.entente.gateway.retention;

import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.BucketKey;
import org.entente.gateway.seal.format.BodyAddress;

/** What retention does to the keys under which content is kept. Safe for many threads. */
public interface RetentionKeys {
  /** A message under the key of the bucket that ends on a day. */
  record KeptMessage(LocalDate lastDay, BodyAddress message) {}

  /**
   * Makes buckets forget messages. On return no key of this node opens them, whatever copy of the
   * ledger they are read from, but for those that are returned.
   *
   * @return those whose bucket has forgotten as many as it can: their records are then all that can
   *     be destroyed before the bucket's end
   */
  Set<KeptMessage> forget(List<KeptMessage> messages);

  /** The key of a message under legal hold, made and durable if it is new. The caller closes it. */
  BucketKey hold(MessageId message);

  /** Messages that have such a key. */
  List<MessageId> holds();

  /** Destroys it; nothing if there is none. */
  void destroyHold(MessageId message);
}
