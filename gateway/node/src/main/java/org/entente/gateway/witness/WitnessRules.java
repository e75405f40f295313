package org.entente.gateway.witness;

import org.entente.gateway.audit.tree.AddCheckpointRequest;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.ledger.table.WitnessTable.HeldCheckpoint;
import org.entente.gateway.model.Code;
import org.entente.gateway.note.Checkpoint;
import org.jspecify.annotations.Nullable;

/**
 * The answers of a witness, as a function of its stored checkpoint and the request. They follow
 * C2SP tlog-witness, with two additions: some refusals raise an alarm, and a log followed by
 * another one of its gateway is no longer cosigned. The caller has verified the log's signatures,
 * and makes the answer and the change of the stored checkpoint one atomic step.
 */
final class WitnessRules {
  static final int OK = 200;
  static final int MALFORMED = 400;
  static final int FORBIDDEN = 403;
  static final int UNKNOWN = 404;
  static final int CONFLICT = 409;
  static final int UNPROVEN = 422;
  static final int UNAVAILABLE = 503;

  private WitnessRules() {}

  /** The decision on a request. */
  sealed interface Judgement {
    /** The status of C2SP tlog-witness. */
    int status();
  }

  /**
   * The checkpoint continues the stored one and is cosigned.
   *
   * @param advances whether it replaces the stored one
   * @param follows whether it begins a log after another one of the same gateway
   */
  record Cosign(boolean advances, boolean follows) implements Judgement {
    @Override
    public int status() {
      return OK;
    }
  }

  /**
   * The checkpoint is not cosigned.
   *
   * @param alarm the alarm code; null if honest logs cause it too
   * @param why the reason, for the record
   */
  record Refuse(int status, @Nullable Code alarm, String why) implements Judgement {}

  /**
   * Judges a checkpoint.
   *
   * @param held the latest cosigned one of that gateway, of any of its logs; null if none
   * @param asked the request
   * @param offered its checkpoint, verified
   */
  static Judgement judge(
      @Nullable HeldCheckpoint held, AddCheckpointRequest asked, HeldCheckpoint offered) {
    long size = offered.checkpoint().size();
    if (asked.oldSize() > size) {
      return new Refuse(MALFORMED, null, "the old size is above the new one");
    }
    boolean follows = held != null && held.origin().number() < offered.origin().number();
    if (held == null || follows) {
      return first(asked, follows);
    }
    Refuse contradiction = contradiction(held, offered);
    if (contradiction != null) {
      return contradiction;
    }
    if (held.origin().number() > offered.origin().number()
        || asked.oldSize() != held.checkpoint().size()) {
      return new Refuse(CONFLICT, null, "another checkpoint is held");
    }
    return continued(held.checkpoint(), asked, offered.checkpoint());
  }

  private static Judgement first(AddCheckpointRequest asked, boolean follows) {
    if (asked.oldSize() != 0) {
      return new Refuse(CONFLICT, null, "no checkpoint of this log is held");
    }
    return asked.proof().isEmpty()
        ? new Cosign(true, follows)
        : new Refuse(UNPROVEN, null, "nothing is proved from size 0");
  }

  /** The refusal that the two signed checkpoints alone prove, whatever the request claims. */
  private static @Nullable Refuse contradiction(HeldCheckpoint held, HeldCheckpoint offered) {
    boolean later = offered.seconds() > held.seconds();
    if (held.origin().number() > offered.origin().number()) {
      return later
          ? new Refuse(
              CONFLICT,
              Code.AUDIT_LOG_BEHIND,
              "it continued to sign after " + held.origin() + " began")
          : null;
    }
    long size = offered.checkpoint().size();
    long known = held.checkpoint().size();
    if (size == known && !offered.checkpoint().root().equals(held.checkpoint().root())) {
      return new Refuse(
          CONFLICT, Code.AUDIT_LOG_FORKED, "it signed two roots over " + size + " leaves");
    }
    return size < known && later
        ? new Refuse(
            CONFLICT, Code.AUDIT_LOG_BEHIND, "it signed " + size + " leaves after " + known)
        : null;
  }

  private static Judgement continued(
      Checkpoint held, AddCheckpointRequest asked, Checkpoint offered) {
    if (offered.size() == held.size()) {
      return asked.proof().isEmpty()
          ? new Cosign(false, false)
          : new Refuse(UNPROVEN, null, "nothing is proved between equal sizes");
    }
    boolean proved =
        held.size() == 0
            ? asked.proof().isEmpty()
            : MerkleTree.verifyConsistency(
                held.size(), held.root(), offered.size(), offered.root(), asked.proof());
    return proved
        ? new Cosign(true, false)
        : new Refuse(
            UNPROVEN,
            Code.AUDIT_LOG_UNPROVEN,
            "no proof that " + offered.size() + " leaves continue " + held.size());
  }
}
