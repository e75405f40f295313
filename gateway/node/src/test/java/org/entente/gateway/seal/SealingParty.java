package org.entente.gateway.seal;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.entente.gateway.batch.BatchKey;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.batch.Sealer;
import org.entente.gateway.batch.SealingBatch;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.AgencyIdentity;
import org.entente.gateway.seal.format.AgencyPairSource;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.Stanza;
import org.entente.gateway.seal.statement.AddressedStanza;
import org.entente.gateway.seal.statement.KeyBundle;
import org.entente.gateway.testkit.Results;

/** One agency with one gateway, and everything of sealing that such a gateway has. */
final class SealingParty {
  final AgencyName name;
  final AgencyIdentity identity;
  final Ed25519SigningKey signingKey;
  final GatewayKey gateway;
  final MemoryKeyHolder holder = new MemoryKeyHolder();
  final RecipientKeys recipientKeys;
  final PeerKeys peerKeys;
  final SenderSessions outgoing;
  final RecipientSessions incoming;
  final Sealer sealer;
  final AtomicInteger opened = new AtomicInteger();
  final Opener opener = new Opener(opened::addAndGet);
  private final InstantSource clock;

  /** The trust bundle of a test: who signs for whom. */
  static final class Trust implements AgencyPairSource {
    private final Map<AgencyName, List<VerifyingPair>> pairs = new ConcurrentHashMap<>();

    @Override
    public List<VerifyingPair> of(AgencyName agency) {
      return pairs.getOrDefault(agency, List.of());
    }

    void expel(AgencyName agency) {
      pairs.remove(agency);
    }

    void list(AgencyName agency, SigningPair... all) {
      pairs.put(agency, Arrays.stream(all).map(SigningPair::verifyingPair).toList());
    }
  }

  /** A party whose keys are the same in every run. */
  SealingParty(AgencyName name, Trust trust, InstantSource clock) {
    this(name, trust, clock, SeededRandom::new);
  }

  /**
   * A party with keys from elsewhere.
   *
   * @param randomness for each use that it names
   */
  SealingParty(
      AgencyName name,
      Trust trust,
      InstantSource clock,
      Function<String, SecureRandom> randomness) {
    this.name = name;
    this.clock = clock;
    SigningPair pair = SigningPair.generate(randomness.apply("pair of " + name));
    trust.pairs.put(name, List.of(pair.verifyingPair()));
    identity = new AgencyIdentity(Samples.FEDERATION, name, pair);
    signingKey = Ed25519SigningKey.generate(randomness.apply("gateway of " + name));
    gateway = new GatewayKey(Samples.GW, signingKey.verifyingKey());
    SecureRandom random = randomness.apply("randomness of " + name);
    recipientKeys = new RecipientKeys(holder, KeySchedule.DEFAULT, random, clock);
    recipientKeys.renew();
    peerKeys = new PeerKeys(Samples.FEDERATION, trust);
    outgoing =
        new SenderSessions(identity, gateway, peerKeys, SessionLimits.DEFAULT, random, clock);
    incoming = new RecipientSessions(Samples.FEDERATION, name, trust, holder, clock, 4);
    sealer = new Sealer(name, Samples.GW, signingKey, random, clock);
  }

  KeyBundle bundle() {
    return recipientKeys.bundle(identity, List.of(gateway));
  }

  /** Takes the other's key bundle. */
  SealingParty knowing(SealingParty other) {
    peerKeys.offer(other.bundle().encoded(), clock.millis());
    return this;
  }

  AddressedStanza stanzaFor(SealingParty recipient, Sealed sealed, long sequence) {
    OriginNumber number = new OriginNumber(1, sealed.key().lane(), sequence);
    return outgoing
        .wrap(sealed.envelope().header(), recipient.name, number, sealed.contentKey())
        .orElseThrow();
  }

  /** Takes an announcement that must be good. */
  RecipientSession accept(AddressedStanza addressed) {
    byte[] bytes = addressed.announcement().orElseThrow().encoded();
    return Results.value(incoming.accept(bytes));
  }

  /** Opens what came over the origin's own link. */
  OpeningResult open(Envelope envelope, Stanza stanza) {
    return opener.open(envelope.header().facts().origin(), envelope, stanza, incoming);
  }

  /** Opens what another agency brought. */
  OpeningResult openFrom(AgencyName carrier, Envelope envelope, Stanza stanza) {
    return opener.open(carrier, envelope, stanza, incoming);
  }

  /** Signs bindings as this party's gateway. */
  BindingSigner bindings() {
    return new BindingSigner(Samples.FEDERATION, signingKey);
  }

  Sealed seal(int count, int bodyBytes) {
    return sealer.seal(Samples.batch(count, bodyBytes));
  }

  Sealed seal(Lane lane) {
    BatchKey key = Samples.batchKey(lane);
    return sealer.seal(new SealingBatch(key, List.of(Samples.item(key, 1, 100, 500))));
  }
}
