package org.entente.gateway.audit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.tree.CheckpointCheck;
import org.entente.gateway.audit.tree.TreeHead;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.note.NoteSigner;
import org.entente.gateway.note.SignedNote;
import org.jspecify.annotations.Nullable;

/**
 * Signs a checkpoint of the log whenever it has grown and an interval has passed.
 *
 * <p>The note carries two signatures under the origin as name: Ed25519 over the text (type 0x01,
 * which tlog-tiles requires), and ML-DSA-44 as the log's own cosignature (type 0x06, which
 * tlog-checkpoint recommends). A signed size is durable before it is visible: the store is synced
 * with the note, then the separate file is replaced, then the log shows the note. The stated time
 * never goes back, even if the clock does: the caller passes a time that follows no clock jump, as
 * a time that is ahead would be stated by all later checkpoints. Safe for many threads, which take
 * turns: a stopping node signs while a last timer round may sign too. Failures of store and disk
 * are thrown, and the next call tries again.
 */
public final class CheckpointSigner {

  private final AuditLog log;
  private final Duration interval;
  private volatile Signers signers;
  private @Nullable Instant lastSigned;

  /**
   * Creates a signer for a newly opened log.
   *
   * @param keys the log's keys, known to the verifier with which the log was opened
   * @param interval least time between two checkpoints, one second by design
   */
  public CheckpointSigner(AuditLog log, SigningPair keys, Duration interval) {
    this.log = log;
    this.signers = Signers.of(log.origin().keyName(), keys);
    this.interval = interval;
  }

  private record Signers(NoteSigner ed25519, NoteSigner mlDsa44) {
    static Signers of(NoteKeyName name, SigningPair keys) {
      return new Signers(
          NoteSigner.ed25519Cosignature(name, keys.ed25519()),
          NoteSigner.mlDsa44Cosignature(name, keys.mlDsa44()));
    }

    byte[] sign(String text, Instant stated) {
      return SignedNote.of(text, List.of(ed25519.sign(text, stated), mlDsa44.sign(text, stated)))
          .encode();
    }
  }

  /**
   * From the next checkpoint on, signs with another pair, and adds it to the log. May be called by
   * any thread.
   */
  public void signWith(SigningPair keys) {
    log.know(keys.verifyingPair());
    signers = Signers.of(log.origin().keyName(), keys);
  }

  /** Signs if there are new leaves and the interval has passed; returns the note, or empty. */
  public synchronized Optional<SignedNote> maybeSign(Instant now) {
    return isDue(now) ? sign(now) : Optional.empty();
  }

  /** Signs any new leaves without waiting for the interval, as a stopping node does. */
  public synchronized Optional<SignedNote> sign(Instant now) {
    TreeHead head = log.head();
    Optional<CheckpointCheck.Signed> last = log.signed();
    if (last.isPresent() && last.get().checkpoint().size() >= head.size()) {
      return Optional.empty();
    }
    Instant stated =
        last.map(signed -> Instant.ofEpochSecond(signed.seconds()))
            .filter(before -> before.isAfter(now))
            .orElse(now);
    String text = Checkpoint.of(log.origin().line(), head.size(), head.root()).text();
    byte[] note = signers.sign(text, stated);
    CheckpointCheck.Signed signed = requireOwn(note);
    store(note, last.isEmpty());
    log.signed(signed);
    lastSigned = now;
    return Optional.of(signed.note());
  }

  private boolean isDue(Instant now) {
    Instant last = lastSigned;
    // A clock that is set back, or stands still, must not stop signing until it has caught up.
    return last == null || !now.isAfter(last) || !now.isBefore(last.plus(interval));
  }

  /**
   * Checks the note before it is stored, so that a signing fault does not become an invalid
   * checkpoint.
   */
  private CheckpointCheck.Signed requireOwn(byte[] note) {
    if (log.verifier().check(note) instanceof CheckpointCheck.Signed signed) {
      return signed;
    }
    throw new IllegalStateException(
        "the signer's keys are not those with which the log was opened: "
            + new String(note, StandardCharsets.UTF_8).lines().findFirst().orElse(""));
  }

  /**
   * Stores a checkpoint. Later ones go to the store first, so that a weaker durability of the
   * ledger cannot leave the file ahead of the tree. The first one goes to the file first, after its
   * leaves are synced, so that a checkpoint in the store without a file always means a loss.
   */
  private void store(byte[] note, boolean first) {
    StoredLog stored = log.stored();
    if (first) {
      stored.sync();
      stored.checkpointFile().write(note);
      stored.commitCheckpoint(note);
    } else {
      stored.commitCheckpoint(note);
      stored.checkpointFile().write(note);
    }
  }
}
