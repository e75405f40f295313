package org.entente.gateway.witness;

import java.util.Optional;
import org.entente.gateway.audit.tree.AddCheckpointRequest;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.ledger.table.WitnessTable.HeldCheckpoint;
import org.entente.gateway.model.Code;
import org.entente.gateway.note.Checkpoint;
import org.jspecify.annotations.Nullable;

/**
 * What a witness answers, as a function of what it holds and what it is asked: C2SP tlog-witness,
 * and beyond it which refusals are an alarm, that a log which follows another must prove that it
 * says so, and that a gateway's log, once followed by another, is cosigned no more. The caller has
 * verified the log's signatures, and makes the answer and the change of what is held one atomic
 * step.
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
   * @param succession what the log proves of earlier logs under that checkpoint
   */
  static Judgement judge(
      @Nullable HeldCheckpoint held,
      AddCheckpointRequest asked,
      HeldCheckpoint offered,
      SuccessionProof succession) {
    long size = offered.checkpoint().size();
    if (asked.oldSize() > size) {
      return new Refuse(MALFORMED, null, "the old size is above the new one");
    }
    boolean follows = held != null && held.origin().number() < offered.origin().number();
    if (held == null || follows) {
      return first(asked, follows, fault(held, offered, succession));
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

  private static Optional<String> fault(
      @Nullable HeldCheckpoint held, HeldCheckpoint offered, SuccessionProof succession) {
    return offered.origin().number() == 1
        ? Optional.empty()
        : succession.fault(offered.origin(), held);
  }

  private static Judgement first(
      AddCheckpointRequest asked, boolean follows, Optional<String> fault) {
    if (asked.oldSize() != 0) {
      return new Refuse(CONFLICT, null, "no checkpoint of this log is held");
    }
    if (!asked.proof().isEmpty()) {
      return new Refuse(UNPROVEN, null, "nothing is proved from size 0");
    }
    return fault
        .<Judgement>map(why -> new Refuse(UNPROVEN, Code.AUDIT_LOG_UNPROVEN, why))
        .orElseGet(() -> new Cosign(true, follows));
  }

  /**
   * The refusal that a checkpoint reported by another witness proves together with one of the same
   * log that is held or offered, in either order; null if they may be of one history.
   */
  static @Nullable Refuse conflict(HeldCheckpoint reported, HeldCheckpoint other) {
    int number = other.origin().number();
    if (reported.origin().number() < number) {
      return null;
    }
    boolean earlier = reported.seconds() <= other.seconds();
    return earlier || reported.origin().number() > number
        ? contradiction(reported, other)
        : contradiction(other, reported);
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
