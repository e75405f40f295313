package org.entente.gateway.ledger.record;

import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.model.Code;
import org.entente.gateway.seal.keys.KeystoreFailure;
import org.entente.gateway.store.StoreFailure;

/**
 * A failure of this gateway to process one message, described without message content: the class of
 * the exception and the line of this program, never the exception's text, which may quote content.
 *
 * @param code {@link Code#DAMAGED} for a stored record that cannot be read, else {@link
 *     Code#INTERNAL}
 * @param what at most 200 characters
 */
public record ProcessingFailure(Code code, String what) {
  private static final String OWN = "org.entente.";
  private static final int LENGTH = 200;
  private static final int DEPTH = 16;

  /** The description of an exception. */
  public static ProcessingFailure of(Throwable failure) {
    String where =
        Arrays.stream(failure.getStackTrace())
            .filter(frame -> frame.getClassName().startsWith(OWN))
            .findFirst()
            .map(frame -> " at " + frame.getFileName() + ":" + frame.getLineNumber())
            .orElse("");
    // The text of this exception holds only the name of a table.
    String text = failure instanceof CorruptRecord ? ": " + failure.getMessage() : "";
    String what = failure.getClass().getSimpleName() + where + text;
    return new ProcessingFailure(
        failure instanceof CorruptRecord ? Code.DAMAGED : Code.INTERNAL,
        what.length() > LENGTH ? what.substring(0, LENGTH) : what);
  }

  /**
   * Whether the machine failed (the disk of ledger or keystore), not the processing of this
   * message. Every attempt then fails, so the message is retried later.
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
