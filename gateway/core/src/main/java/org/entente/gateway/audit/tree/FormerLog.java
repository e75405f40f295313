package org.entente.gateway.audit.tree;

import org.entente.gateway.note.TreeHash;
import org.jspecify.annotations.Nullable;

/**
 * A log that ended because its stored part does not continue its signed checkpoints. The first leaf
 * of the gateway's next log carries this record. It leads holders of an old checkpoint to the new
 * log and shows what is missing.
 *
 * @param origin the log
 * @param kept tree head of the stored part; null where it cannot be computed
 * @param signed the largest signed checkpoint that the gateway knows; null for none
 * @param witnessed the largest checkpoint that a witness is known to hold; null for none
 */
public record FormerLog(
    LogOrigin origin,
    @Nullable TreeHead kept,
    @Nullable TreeHead signed,
    @Nullable TreeHead witnessed) {

  /** The largest size known to be signed by the log. */
  public long knownSize() {
    return Math.max(size(signed), size(witnessed));
  }

  /** The same as text for an operator. */
  public String words() {
    return "follows %s: %s kept, %s signed, %s held by a witness"
        .formatted(origin, leaves(kept), leaves(signed), leaves(witnessed));
  }

  private static String leaves(@Nullable TreeHead head) {
    return head == null ? "none known" : head.size() + " leaves";
  }

  private static long size(@Nullable TreeHead head) {
    return head == null ? 0 : head.size();
  }

  /** Whether one of the three is this tree, or at least one of them is larger. */
  public boolean reaches(long size, TreeHash root) {
    return knownSize() > size
        || is(kept, size, root)
        || is(signed, size, root)
        || is(witnessed, size, root);
  }

  private static boolean is(@Nullable TreeHead head, long size, TreeHash root) {
    return head != null && head.size() == size && head.root().equals(root);
  }
}
