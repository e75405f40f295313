package org.entente.gateway.ledger.record;

import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.model.Code;
import org.entente.gateway.seal.keys.KeystoreFailure;
import org.entente.gateway.store.StoreFailure;

/**
 * A failure of this gateway over one message, told without anything of the message: the class of
 * what was thrown and the line of this program, never its text, which may quote what it met.
 *
 * @param code {@link Code#DAMAGED} for a stored record that cannot be read, else {@link
 *     Code#INTERNAL}
 * @param what at most 200 characters
 */
public record ProcessingFailure(Code code, String what) {
  private static final String OWN = "org.entente.";
  private static final int LENGTH = 200;
  private static final int DEPTH = 16;

  /** What was thrown, as a mishap. */
  public static ProcessingFailure of(Throwable failure) {
    String where =
        Arrays.stream(failure.getStackTrace())
            .filter(frame -> frame.getClassName().startsWith(OWN))
            .findFirst()
            .map(frame -> " at " + frame.getFileName() + ":" + frame.getLineNumber())
            .orElse("");
    // The text of this one is the name of a table.
    String text = failure instanceof CorruptRecord ? ": " + failure.getMessage() : "";
    String what = failure.getClass().getSimpleName() + where + text;
    return new ProcessingFailure(
        failure instanceof CorruptRecord ? Code.DAMAGED : Code.INTERNAL,
        what.length() > LENGTH ? what.substring(0, LENGTH) : what);
  }

  /**
   * Whether the machine failed and not this gateway over this message: the disk of ledger or
   * keystore. Whatever is tried then fails, and it is for another time.
   */
  public static boolean isOfTheMachine(Throwable failure) {
    Optional<Throwable> cause = Optional.of(failure);
    for (int i = 0; i < DEPTH && cause.isPresent(); i++) {
      Throwable one = cause.get();
      if (one instanceof StoreFailure
          || one instanceof KeystoreFailure
          || one instanceof LedgerFailure) {
        return true;
      }
      cause = Optional.ofNullable(one.getCause());
    }
    return false;
  }
}
