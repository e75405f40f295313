package org.entente.gateway.audit.tree;

import org.entente.gateway.note.TreeHash;
import org.jspecify.annotations.Nullable;

/**
 * A log that ended because what is kept of it does not continue what it has signed: what the first
 * leaf of the gateway's next log says of it, so that whoever holds a checkpoint of the old one
 * finds the way to the new one and sees what is missing between.
 *
 * @param origin the log
 * @param kept what the ledger still holds of it; null where that cannot be computed
 * @param signed the largest checkpoint that the gateway knows the log to have signed; null for none
 * @param witnessed the largest checkpoint that a witness was found to hold; null for none
 */
public record FormerLog(
    LogOrigin origin,
    @Nullable TreeHead kept,
    @Nullable TreeHead signed,
    @Nullable TreeHead witnessed) {

  /** The most leaves that anybody is known to have seen under the log's signature. */
  public long knownSize() {
    return Math.max(size(signed), size(witnessed));
  }

  /** In words, for an operator. */
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
