package org.entente.gateway.retention;

import java.time.LocalDate;
import java.util.List;
import org.entente.gateway.ledger.table.RetentionTable.EndedHold;
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
   * use it. On return no key of this node opens them, from any copy of the ledger; of other nodes,
   * see {@link #requireDestroyedEverywhere}.
   *
   * @throws RuntimeException if the keystore could not be written, or if a leaf is not known and
   *     its bucket has not ended: then some may still open
   */
  void forget(List<KeptMessage> messages);

  /**
   * A key of a legal hold.
   *
   * @param beganMs when the hold began, which tells it from other holds of the message;
   *     milliseconds since 1970
   * @param lastDay null while the hold is in force; otherwise the key ends with this day
   */
  record HoldKey(MessageId message, long beganMs, @Nullable LocalDate lastDay) {
    boolean isInForce() {
      return lastDay == null;
    }

    /** Whether a ledger's record is about this key and not about that of another hold. */
    boolean isEndedBy(EndedHold ended) {
      return ended.keyBeganMs() == beganMs;
    }
  }

  /**
   * The key of a message under legal hold, which the caller closes. A new one is made; one of a
   * hold that has ended serves again. On return, the keystore holds it as in force.
   *
   * @param beganMs {@link HoldKey#beganMs}
   */
  BucketKey hold(MessageId message, long beganMs);

  /** The hold keys that are not destroyed. */
  List<HoldKey> holds();

  /**
   * Has a hold key end with a day, if there is one; durable on return. It is destroyed with the
   * other keys that are due, and serves until then.
   */
  void endHold(MessageId message, LocalDate lastDay);

  /** Destroys a hold key, if there is one. */
  void destroyHold(MessageId message);

  /**
   * Requires that no other node of a cluster still has a key that was destroyed here.
   *
   * @return former nodes that cannot be asked, and whose keystores are attested as destroyed
   * @throws RuntimeException naming the nodes that have not confirmed it; they will, once they are
   *     back
   */
  int requireDestroyedEverywhere();
}
