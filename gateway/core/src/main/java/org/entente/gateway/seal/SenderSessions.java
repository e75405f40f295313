package org.entente.gateway.seal;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.seal.format.AgencyIdentity;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.PublishedKey;
import org.entente.gateway.seal.format.SessionId;
import org.entente.gateway.seal.format.Stanza;
import org.entente.gateway.seal.statement.AddressedStanza;
import org.entente.gateway.seal.statement.SessionTerms;
import org.jspecify.annotations.Nullable;

/**
 * This agency's sessions to its recipients: one live session for each recipient, which makes
 * stanzas at transmission.
 *
 * <p>A session is renewed after an hour, after 2^20 envelopes, for a greater epoch, when its key
 * has ended, and at restart, since nothing is stored. Making one takes almost a millisecond and
 * delays that recipient only. Safe for use by many threads.
 */
public final class SenderSessions {
  private final AgencyIdentity identity;
  private final GatewayKey gateway;
  private final RecipientKeySource keys;
  private final SessionLimits limits;
  private final SecureRandom random;
  private final InstantSource clock;
  private final Map<AgencyName, Slot> slots = new ConcurrentHashMap<>();

  /** Holder of the live session, guarded by its own monitor. */
  private static final class Slot {
    private @Nullable SenderSession session;
  }

  /** Starts without sessions; {@code gateway} signs the envelopes. */
  public SenderSessions(
      AgencyIdentity identity,
      GatewayKey gateway,
      RecipientKeySource keys,
      SessionLimits limits,
      SecureRandom random,
      InstantSource clock) {
    this.identity = identity;
    this.gateway = gateway;
    this.keys = keys;
    this.limits = limits;
    this.random = random;
    this.clock = clock;
  }

  /**
   * A stanza under the recipient's live session, which is made if necessary. Empty if no key of the
   * recipient is in force; the envelope then waits.
   *
   * @throws IllegalArgumentException if the header is another gateway's or another lane's
   */
  public Optional<AddressedStanza> wrap(
      EnvelopeHeader header, AgencyName recipient, OriginNumber number, ContentKey key) {
    EnvelopeFacts facts = header.facts();
    if (!facts.origin().equals(identity.agency())
        || !facts.gateway().equals(gateway.name())
        || facts.lane() != number.lane()) {
      throw new IllegalArgumentException(header + " is not " + gateway.name() + "'s " + number);
    }
    Slot slot = slots.computeIfAbsent(recipient, unused -> new Slot());
    synchronized (slot) {
      SenderSession session = liveSession(slot, recipient, number.epoch());
      if (session == null) {
        return Optional.empty();
      }
      Stanza stanza = session.wrap(header, number, key);
      return Optional.of(
          new AddressedStanza(
              stanza,
              session.isConfirmed() ? Optional.empty() : Optional.of(session.announcement())));
    }
  }

  private @Nullable SenderSession liveSession(Slot slot, AgencyName recipient, long epoch) {
    long now = clock.millis();
    if (slot.session != null && isLive(slot.session, epoch, now)) {
      return slot.session;
    }
    if (slot.session != null) {
      slot.session.close();
      slot.session = null;
    }
    Optional<PublishedKey> key = keys.keyOf(recipient, now);
    if (key.isPresent()) {
      slot.session = open(recipient, key.get(), epoch, now);
    }
    return slot.session;
  }

  private boolean isLive(SenderSession session, long epoch, long now) {
    SessionTerms terms = session.terms();
    return terms.epoch() >= epoch
        && session.envelopes() < limits.envelopes()
        && now >= terms.issuedAtMs()
        && now < terms.issuedAtMs() + limits.renewAfter().toMillis()
        && now < terms.expiresAtMs();
  }

  private SenderSession open(AgencyName recipient, PublishedKey key, long epoch, long now) {
    SessionTerms.Parties parties =
        new SessionTerms.Parties(identity.federation(), identity.agency(), gateway, recipient);
    long expires = Math.min(now + SessionTerms.MAX_LIFE_MS, key.validity().notAfterMs());
    SessionTerms terms = new SessionTerms(parties, key.validity(), epoch, now, expires);
    return SenderSession.open(terms, key, identity.pair(), random);
  }

  /** Records that the recipient holds a session, so its announcement is no longer sent. */
  public void confirm(AgencyName recipient, SessionId session) {
    inSlot(
        recipient,
        slot -> {
          if (slot.session != null && slot.session.announcement().id().equals(session)) {
            slot.session.setConfirmed(true);
          }
        });
  }

  /** Sends announcements again, after the recipient reported an unknown session. */
  public void announceAgain(AgencyName recipient) {
    inSlot(
        recipient,
        slot -> {
          if (slot.session != null) {
            slot.session.setConfirmed(false);
          }
        });
  }

  /** Ends the live sessions to a recipient: the next stanza is made under a new one. */
  public void renew(AgencyName recipient) {
    inSlot(
        recipient,
        slot -> {
          if (slot.session != null) {
            slot.session.close();
            slot.session = null;
          }
        });
  }

  /** The same for every recipient, as when this agency signs with another pair. */
  public void renewAll() {
    slots.keySet().forEach(this::renew);
  }

  /** Wipes the secrets of sessions that are no longer usable; call it regularly. */
  public void closeEnded() {
    long now = clock.millis();
    for (Slot slot : slots.values()) {
      synchronized (slot) {
        if (slot.session != null && !isLive(slot.session, slot.session.terms().epoch(), now)) {
          slot.session.close();
          slot.session = null;
        }
      }
    }
  }

  private void inSlot(AgencyName recipient, Consumer<Slot> action) {
    Slot slot = slots.get(recipient);
    if (slot != null) {
      synchronized (slot) {
        action.accept(slot);
      }
    }
  }
}
