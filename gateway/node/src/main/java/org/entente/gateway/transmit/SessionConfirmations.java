package org.entente.gateway.transmit;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.seal.SenderSessions;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.SessionId;

/**
 * Finds out when a recipient holds a session, so that its announcement need no longer be sent: once
 * it holds a number sent under the session. If that is wrong (the number was opened under an
 * earlier session), the recipient asks for a new stanza and the announcement is sent again. Safe
 * for many threads.
 */
public final class SessionConfirmations {
  private record PendingConfirmation(SessionId session, OriginNumber number) {}

  private final SenderSessions sessions;

  /** Each session costs a signature and an encapsulation. */
  private static final long RENEWED_EVERY = Duration.ofSeconds(1).toNanos();

  private final LongSupplier nanos;
  private final Map<AgencyName, PendingConfirmation> pending = new ConcurrentHashMap<>();
  private final Map<AgencyName, Long> renewed = new ConcurrentHashMap<>();

  /**
   * Creates confirmations for these sessions.
   *
   * @param nanos as {@link System#nanoTime}
   */
  public SessionConfirmations(SenderSessions sessions, LongSupplier nanos) {
    this.sessions = sessions;
    this.nanos = nanos;
  }

  /** Records a number sent under a session together with its announcement. */
  void sent(AgencyName recipient, OriginNumber number, SessionId session) {
    pending.compute(
        recipient,
        (r, held) ->
            held != null && held.session().equals(session)
                ? held
                : new PendingConfirmation(session, number));
  }

  /**
   * Handles a recipient that does not know its session: a new one will be made. Within a second of
   * the last one, the session stays and is announced again.
   */
  void stale(AgencyName recipient) {
    long now = nanos.getAsLong();
    Long last = renewed.get(recipient);
    pending.remove(recipient);
    if (last == null || now - last >= RENEWED_EVERY) {
      renewed.put(recipient, now);
      sessions.renew(recipient);
    } else {
      sessions.announceAgain(recipient);
    }
  }

  /** Records that a recipient holds a number. */
  void held(AgencyName recipient, OriginNumber number) {
    PendingConfirmation waiting = pending.get(recipient);
    if (waiting != null && waiting.number().equals(number)) {
      sessions.confirm(recipient, waiting.session());
      pending.remove(recipient, waiting);
    }
  }
}
