package org.entente.gateway.node.keys;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.entente.gateway.batch.Sealer;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Fulfilment;
import org.entente.gateway.seal.KeySchedule;
import org.entente.gateway.seal.Opener;
import org.entente.gateway.seal.PeerFulfilments;
import org.entente.gateway.seal.PeerKeys;
import org.entente.gateway.seal.RecipientKeys;
import org.entente.gateway.seal.RecipientSessions;
import org.entente.gateway.seal.SenderSessions;
import org.entente.gateway.seal.SessionLimits;
import org.entente.gateway.seal.format.AgencyIdentity;
import org.entente.gateway.seal.format.AgencyPairSource;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.keys.KeystoreFailure;
import org.entente.gateway.seal.statement.FulfilmentStatement;
import org.entente.gateway.seal.statement.KeyBundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The node's sealing parts, made from its keys. Safe for many threads. */
public final class SealingParts {
  private static final Logger LOG = LoggerFactory.getLogger(SealingParts.class);

  public final Ed25519SigningKey gatewayKey;
  public final Sealer sealer;
  public final Opener opener;
  public final PeerKeys peerKeys;
  public final PeerFulfilments peerFulfilments;
  public final SenderSessions senderSessions;
  public final RecipientSessions recipientSessions;

  private final RecipientKeys recipientKeys;
  private final AgencyIdentity identity;
  private final GatewayKey published;
  private final InstantSource clock;
  private final Fulfilment fulfils;
  private volatile byte[] bundle = new byte[0];
  private volatile byte[] fulfilment = new byte[0];

  /** The last renewal failed, and the keys in force are used. */
  private boolean unchanged;

  public SealingParts(
      FederationName federation,
      PeerName self,
      KeyProvider keys,
      SigningPair pair,
      AgencyPairSource pairs,
      Fulfilment fulfils,
      SecureRandom random,
      InstantSource clock,
      Meters meters) {
    this.clock = clock;
    this.fulfils = fulfils;
    identity = new AgencyIdentity(federation, self.agency(), pair);
    gatewayKey = keys.gatewayKey();
    published = new GatewayKey(self.node(), gatewayKey.verifyingKey());
    sealer = new Sealer(self.agency(), self.node(), gatewayKey, random, clock);
    opener =
        new Opener(
            count -> {
              for (int i = 0; i < count; i++) {
                meters.opened();
              }
            });
    peerKeys = new PeerKeys(federation, pairs);
    peerFulfilments = new PeerFulfilments(federation, pairs);
    senderSessions =
        new SenderSessions(identity, published, peerKeys, SessionLimits.DEFAULT, random, clock);
    recipientSessions =
        new RecipientSessions(
            federation,
            self.agency(),
            pairs,
            keys.recipientKeys(),
            clock,
            RecipientSessions.DEFAULT_PER_ORIGIN);
    recipientKeys =
        new RecipientKeys(
            keys.recipientKeys(), KeySchedule.DEFAULT.aheadBy(keys.ahead()), random, clock);
    // Destroys nothing yet: the caller of renewKeys decides whether the clock can be believed.
    renewKeys(Instant.EPOCH);
  }

  /**
   * From now on, signs with another pair of the agency: the key bundle to announce, and every
   * session from the next stanza on.
   */
  public synchronized void signWith(SigningPair pair) {
    identity.signWith(pair);
    senderSessions.renewAll();
    // A node that was suspended may have no key in force, and a bundle must name one.
    recipientKeys.renew(0);
    publish();
  }

  /**
   * Ends everything signed by another agency's pair that is no longer trusted: sessions to this
   * agency, the key bundle, sessions to the keys in that bundle, and the statement of fulfilled
   * obligations.
   */
  public void recheck() {
    recipientSessions.closeUnfounded();
    peerKeys.forgetUnfounded().forEach(senderSessions::renew);
    peerFulfilments.forgetUnfounded();
  }

  private void publish() {
    KeyBundle made = recipientKeys.bundle(identity, List.of(published));
    fulfilment = FulfilmentStatement.beside(made, fulfils, identity).encoded();
    bundle = made.encoded();
  }

  /**
   * Makes the recipient keys that are due, and destroys those whose grace ended by {@code now};
   * returns whether a new bundle must be announced. Where another machine must make each change
   * first, and is away, those that were made ahead come into force all the same.
   *
   * @throws KeystoreFailure if no key is in force, and none can be made
   */
  public synchronized boolean renewKeys(Instant now) {
    boolean made = false;
    try {
      RecipientKeys.Renewal renewal = recipientKeys.renew(now.toEpochMilli());
      renewal.destroyed().forEach(recipientSessions::forgetKey);
      made = renewal.made().isPresent();
      unchanged = false;
    } catch (KeystoreFailure e) {
      if (!recipientKeys.hasKeyInForce()) {
        throw e;
      }
      if (!unchanged) {
        LOG.warn("recipient keys can be neither made nor destroyed now: {}", e.getMessage());
      }
      unchanged = true;
    }
    recipientSessions.closeEnded();
    senderSessions.closeEnded();
    if (made || !speaksForNow()) {
      publish();
      return true;
    }
    return false;
  }

  /** The agency's pair in force. */
  public SigningPair pair() {
    return identity.pair();
  }

  /**
   * Whether the key bundle is valid now: a clock that jumped forward and back leaves a bundle of
   * future keys, and a key that was made ahead comes into force.
   */
  private boolean speaksForNow() {
    long now = clock.millis();
    return KeyBundle.parse(bundle)
        .filter(own -> own.content().keys().stream().anyMatch(key -> key.validity().isInForce(now)))
        .filter(recipientKeys::isUpToDate)
        .isPresent();
  }

  /**
   * The signed statement of the obligations fulfilled here, as exact bytes; callers must not modify
   * it.
   */
  public byte[] fulfilment() {
    return fulfilment;
  }

  /** The agency's signed key bundle in force, as exact bytes; callers must not modify it. */
  public byte[] keyBundle() {
    return bundle;
  }
}
