package org.entente.gateway.retain;

import java.time.LocalDate;
import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.BodyAddress;
import org.entente.gateway.seal.BucketKey;

/** What retention does to the keys under which content is kept. Safe for many threads. */
public interface RetentionKeys {
  /**
   * Makes a bucket forget one message. On return no key of this node opens it, whatever copy of the
   * ledger it is read from.
   *
   * @return false if the bucket has forgotten as many as it can: the message's record is then all
   *     that can be destroyed before the bucket's end
   */
  boolean forget(LocalDate lastDay, BodyAddress message);

  /** The key of a message under legal hold, made and durable if it is new. The caller closes it. */
  BucketKey hold(MessageId message);

  /** Messages that have such a key. */
  List<MessageId> holds();

  /** Destroys it; nothing if there is none. */
  void destroyHold(MessageId message);
}
