package org.entente.gateway.seal;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.entente.gateway.crypto.HpkeExport;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.crypto.XWingPrivateKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Result;
import org.entente.gateway.seal.format.AgencyPairSource;
import org.entente.gateway.seal.format.RecipientKeyId;
import org.entente.gateway.seal.format.SessionId;
import org.entente.gateway.seal.format.Suite;
import org.entente.gateway.seal.statement.SessionAnnouncement;
import org.entente.gateway.seal.statement.SessionTerms;

/**
 * The sessions of other agencies to this one, by origin and session id. In memory only: senders
 * announce lost sessions again.
 *
 * <p>Each origin has a bounded number, with the least recently used evicted first, so no origin can
 * evict another's. Safe for use by many threads.
 */
public final class RecipientSessions {
  /** Default number of sessions for each origin. */
  public static final int DEFAULT_PER_ORIGIN = 256;

  private final FederationName federation;
  private final AgencyName self;
  private final AgencyPairSource pairs;
  private final RecipientKeyHolder keys;
  private final InstantSource clock;
  private final int perOrigin;
  private final Map<AgencyName, HeldSessions> byOrigin = new ConcurrentHashMap<>();

  /** Starts without sessions. */
  public RecipientSessions(
      FederationName federation,
      AgencyName self,
      AgencyPairSource pairs,
      RecipientKeyHolder keys,
      InstantSource clock,
      int perOrigin) {
    this.federation = federation;
    this.self = self;
    this.pairs = pairs;
    this.keys = keys;
    this.clock = clock;
    this.perOrigin = perOrigin;
  }

  /**
   * Accepts an announcement: verifies it against the sender's pairs and decapsulates. About 0.4 ms
   * for a new session, one hash for a known one.
   *
   * @return the session, held newly or already before; refused with {@code MALFORMED}, {@code
   *     HEADER_MISMATCH} (another federation, recipient or time), {@code UNKNOWN_PEER}, {@code
   *     BAD_SIGNATURE} or {@code NEED_REWRAP} (key no longer held here). It depends on public facts
   *     only: no opening was tried.
   */
  public Result<RecipientSession> accept(byte[] bytes) {
    Optional<SessionAnnouncement> parsed = SessionAnnouncement.parse(bytes);
    if (parsed.isEmpty()) {
      return refused(Code.MALFORMED);
    }
    SessionAnnouncement announcement = parsed.get();
    if (!isForHereAndNow(announcement.terms())) {
      return refused(Code.HEADER_MISMATCH);
    }
    AgencyName sender = announcement.terms().parties().sender();
    Optional<RecipientSession> held = find(sender, announcement.id());
    if (held.isPresent() && held.get().isAnnouncedBy(announcement)) {
      return Result.done(held.get());
    }
    return establish(announcement, pairs.of(sender));
  }

  private boolean isForHereAndNow(SessionTerms terms) {
    long now = clock.millis();
    return terms.parties().federation().equals(federation)
        && terms.parties().recipient().equals(self)
        && terms.issuedAtMs() <= now + PeerKeys.CLOCK_ALLOWANCE_MS
        && !hasEnded(terms, now);
  }

  private static boolean hasEnded(SessionTerms terms, long now) {
    return now - PeerKeys.CLOCK_ALLOWANCE_MS >= terms.expiresAtMs();
  }

  private Result<RecipientSession> establish(
      SessionAnnouncement announcement, List<VerifyingPair> senderPairs) {
    if (senderPairs.isEmpty()) {
      return refused(Code.UNKNOWN_PEER);
    }
    Optional<VerifyingPair> signer = announcement.signer(senderPairs);
    if (signer.isEmpty()) {
      return refused(Code.BAD_SIGNATURE);
    }
    Optional<RecipientSession> session = decapsulate(announcement, signer.get());
    if (session.isEmpty()) {
      return refused(Code.NEED_REWRAP);
    }
    SessionTerms terms = announcement.terms();
    AgencyName sender = terms.parties().sender();
    RecipientSession kept = heldOf(sender).add(session.get());
    if (!pairs.of(sender).contains(signer.get())) {
      // The pair was withdrawn meanwhile; a session must not outlive trust in its signer.
      closeUnfounded();
      return refused(Code.BAD_SIGNATURE);
    }
    if (keys.held().stream().noneMatch(key -> key.id().equals(terms.key().id()))) {
      // The key was destroyed meanwhile; a session must not outlive its key.
      forgetKey(terms.key().id());
      return refused(Code.NEED_REWRAP);
    }
    return Result.done(kept);
  }

  private static <T> Result<T> refused(Code code) {
    return Result.refused(code, "", "this announcement opens no session here");
  }

  /** Empty if the key is gone, or if the sender's agency signed an invalid enc. */
  private Optional<RecipientSession> decapsulate(
      SessionAnnouncement announcement, VerifyingPair signer) {
    SessionTerms terms = announcement.terms();
    Optional<XWingPrivateKey> found = keys.find(terms.key().id());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (XWingPrivateKey key = found.get()) {
      return HpkeExport.fromSender(
              key, announcement.enc(), terms.hpkeInfo(), Suite.WRAPPING_KEY, WrappingKey.BYTES)
          .map(secret -> new RecipientSession(announcement, signer, new WrappingKey(secret)));
    }
  }

  /**
   * An origin's session with this id; empty if it was never announced, has ended, was evicted, or
   * its key was destroyed.
   */
  public Optional<RecipientSession> find(AgencyName origin, SessionId id) {
    HeldSessions held = byOrigin.get(origin);
    return held == null ? Optional.empty() : held.find(id, clock.millis());
  }

  /** Wipes all sessions for a recipient key. Call it when the key is destroyed. */
  public void forgetKey(RecipientKeyId key) {
    byOrigin.values().forEach(held -> held.closeIf(s -> s.terms().key().id().equals(key)));
  }

  /**
   * Wipes sessions signed with a pair that is no longer valid for their sender: its agency left, or
   * the pair was replaced or has expired. Call it on every change of trust bundle, and regularly.
   */
  public void closeUnfounded() {
    byOrigin.forEach(
        (origin, held) -> {
          List<VerifyingPair> good = pairs.of(origin);
          held.closeIf(session -> !good.contains(session.signer()));
        });
  }

  /** Wipes sessions that have ended; call it regularly. */
  public void closeEnded() {
    long now = clock.millis();
    byOrigin.values().forEach(held -> held.closeIf(session -> hasEnded(session.terms(), now)));
  }

  private HeldSessions heldOf(AgencyName origin) {
    return byOrigin.computeIfAbsent(origin, name -> new HeldSessions(perOrigin));
  }

  /** The sessions of one origin, least recently used first. */
  private static final class HeldSessions {
    private final int most;
    private final LinkedHashMap<SessionId, RecipientSession> sessions =
        new LinkedHashMap<>(16, 0.75f, true);

    HeldSessions(int most) {
      this.most = most;
    }

    synchronized RecipientSession add(RecipientSession session) {
      RecipientSession present = sessions.get(session.id());
      if (present != null && present.isSameAs(session)) {
        session.close();
        return present;
      }
      if (present != null) {
        present.close();
      }
      sessions.put(session.id(), session);
      while (sessions.size() > most) {
        var eldest = sessions.entrySet().iterator();
        eldest.next().getValue().close();
        eldest.remove();
      }
      return session;
    }

    synchronized Optional<RecipientSession> find(SessionId id, long now) {
      RecipientSession session = sessions.get(id);
      if (session == null || hasEnded(session.terms(), now)) {
        return Optional.empty();
      }
      return Optional.of(session);
    }

    synchronized void closeIf(Predicate<RecipientSession> condition) {
      var each = sessions.values().iterator();
      while (each.hasNext()) {
        RecipientSession session = each.next();
        if (condition.test(session)) {
          session.close();
          each.remove();
        }
      }
    }
  }
}
