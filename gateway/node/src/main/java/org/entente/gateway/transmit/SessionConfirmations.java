package org.entente.gateway.transmit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.seal.SenderSessions;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.SessionId;

/**
 * Finds out when a recipient holds a session, so that its announcement need not travel any more:
 * once it holds a number that was sent under the session. Should that be wrong (the number was
 * opened under an earlier session), the recipient asks for a new stanza and the announcement
 * travels again. Safe for many threads.
 */
public final class SessionConfirmations {
  private record PendingConfirmation(SessionId session, OriginNumber number) {}

  private final SenderSessions sessions;
  private final Map<AgencyName, PendingConfirmation> pending = new ConcurrentHashMap<>();

  /** Confirms in these sessions. */
  public SessionConfirmations(SenderSessions sessions) {
    this.sessions = sessions;
  }

  /** A number goes out under a session whose announcement travels with it. */
  void sent(AgencyName recipient, OriginNumber number, SessionId session) {
    pending.compute(
        recipient,
        (r, held) ->
            held != null && held.session().equals(session)
                ? held
                : new PendingConfirmation(session, number));
  }

  /** A recipient does not know the session that it was sent mail under: a new one is made. */
  void stale(AgencyName recipient) {
    pending.remove(recipient);
    sessions.renew(recipient);
  }

  /** A recipient holds a number. */
  void held(AgencyName recipient, OriginNumber number) {
    PendingConfirmation waiting = pending.get(recipient);
    if (waiting != null && waiting.number().equals(number)) {
      sessions.confirm(recipient, waiting.session());
      pending.remove(recipient, waiting);
    }
  }
}
