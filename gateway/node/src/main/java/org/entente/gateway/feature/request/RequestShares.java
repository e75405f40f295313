package org.entente.gateway.feature.request;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.account.SharedRoom;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.StoredNames;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Permit;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.proto.v1.Kind;

/**
 * Shares of the open requests that another agency takes of this one. Each client may have as many
 * as are still free, so that none uses up what the recipient takes of the whole agency. Exercises
 * have shares of their own. Requests in progress count, so that those that come at once exceed no
 * share. Safe for use by several threads.
 */
public final class RequestShares {
  private final RequestTable book;
  private final StoredNames names;
  private final SharedRoom most;

  /** Those of the clients that have published: a token is the same for good. */
  private final Map<String, byte[]> tokens = new ConcurrentHashMap<>();

  private final Map<Object, List<Share>> attempts = new HashMap<>();

  /** How much is in progress of each share, and of all shares in each room. */
  private final Map<Record, Integer> inProgress = new HashMap<>();

  /** What a recipient takes of all clients. */
  private record Room(AgencyName recipient, boolean exercise) {}

  /** What one client has of it. */
  private record Share(String client, Room room) {}

  /**
   * Shares of the requests in a ledger.
   *
   * @param mostOpen open requests of this agency that each other one takes
   */
  public RequestShares(Ledger ledger, int mostOpen) {
    this.book = RequestTable.of(ledger);
    this.names = ledger.names();
    this.most = new SharedRoom(mostOpen);
  }

  /** Stands for a client in the ledger; not to be modified. */
  byte[] token(String client) {
    return tokens.computeIfAbsent(client, name -> names.token(name));
  }

  /**
   * A refusal for each recipient at whom the client has its share. The request counts for the
   * others until {@link #giveBack}.
   */
  synchronized List<Refusal> take(String client, List<Permitted> parts, Object attempt) {
    List<Refusal> refusals = new ArrayList<>();
    for (Permitted part : parts) {
      if (part.label().getKind() == Kind.KIND_REQUEST
          && !ResponseDeadlines.body(part).getRequest().getReminder()) {
        for (Permit permit : part.permits()) {
          Room at = new Room(permit.recipient(), Exercise.of(part.label()));
          Share share = new Share(client, at);
          if (fits(share)) {
            attempts.computeIfAbsent(attempt, one -> new ArrayList<>()).add(share);
            count(share, 1);
          } else {
            refusals.add(refusal(at.recipient()));
          }
        }
      }
    }
    return refusals;
  }

  /** Ends what an attempt has in progress: it is committed, or will not be. */
  synchronized void giveBack(Object attempt) {
    List<Share> shares = attempts.remove(attempt);
    if (shares != null) {
      shares.forEach(share -> count(share, -1));
    }
  }

  private void count(Share share, int by) {
    for (Record one : List.of(share, share.room())) {
      int now = inProgress.getOrDefault(one, 0) + by;
      if (now > 0) {
        inProgress.put(one, now);
      } else {
        inProgress.remove(one);
      }
    }
  }

  /** What is in progress is read first: then it is committed, or still in progress. */
  private boolean fits(Share share) {
    long own = inProgress.getOrDefault(share, 0);
    long all = inProgress.getOrDefault(share.room(), 0);
    String agency = share.room().recipient().value();
    boolean exercise = share.room().exercise();
    return most.fits(
        own + book.openAt(agency, exercise, token(share.client())),
        all + book.openAt(agency, exercise));
  }

  private Refusal refusal(AgencyName recipient) {
    return new Refusal(
        recipient.value(),
        Code.LIMIT_REACHED,
        "",
        ("%s takes %d open requests of this agency, and this client has as many as are still free;"
                + " one ends when %s answers or refuses it, when it is recalled or expires"
                + " undelivered, or %d days after its answer_by")
            .formatted(recipient, most.most(), recipient, RequestTable.LISTED.toDays()));
  }
}
