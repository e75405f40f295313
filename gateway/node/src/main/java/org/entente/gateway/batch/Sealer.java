package org.entente.gateway.batch;

import com.google.protobuf.UnsafeByteOperations;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.seal.BodyKey;
import org.entente.gateway.seal.ContentKey;
import org.entente.gateway.seal.format.BodyAddress;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.FieldWriter;
import org.entente.gateway.seal.format.Padme;
import org.entente.proto.link.v1.SealedLabels;

/**
 * Makes envelopes: seals a batch's labels and bodies under a fresh content key, pads, commits and
 * signs. Suite 1.
 *
 * <p>Keeps no state: the result holds the only copy of the content key. Safe for use by many
 * threads.
 */
public final class Sealer {
  private static final int HEDGE_BYTES = 32;

  private final AgencyName origin;
  private final NodeName gateway;
  private final Ed25519SigningKey signingKey;
  private final SecretBytes hedge;
  private final SecureRandom random;
  private final InstantSource clock;

  /**
   * Creates a sealer with its own hedge secret, drawn now and never stored.
   *
   * @param origin this agency
   * @param gateway this gateway, whose {@code signingKey} signs the headers
   */
  public Sealer(
      AgencyName origin,
      NodeName gateway,
      Ed25519SigningKey signingKey,
      SecureRandom random,
      InstantSource clock) {
    this.origin = origin;
    this.gateway = gateway;
    this.signingKey = signingKey;
    this.hedge = SecretBytes.random(random, HEDGE_BYTES);
    this.random = random;
    this.clock = clock;
  }

  /** Seals a batch into one envelope, signed. */
  public Sealed seal(SealingBatch batch) {
    EnvelopeFacts facts = facts(batch);
    byte[] labels = plainLabels(batch.items());
    ContentKey key = freshKey(facts.id(), labels, batch.items());
    byte[] sealedLabels = key.sealLabels(origin, facts.id(), labels, random);
    byte[] sealedBodies = sealBodies(key, facts.id(), batch.items());
    EnvelopeHeader header =
        EnvelopeHeader.over(facts, batch.items().size(), sealedLabels, sealedBodies);
    Envelope envelope = new Envelope(header, header.sign(signingKey), sealedLabels, sealedBodies);
    return new Sealed(envelope, key, batch);
  }

  private EnvelopeFacts facts(SealingBatch batch) {
    long now = clock.millis();
    // A message that expired after the policy decision is still sealed: the outbox withdraws it,
    // which leaves evidence. The label carries the message's own expiry.
    long expires =
        batch.items().stream().mapToLong(SealingItem::expiresAtMs).reduce(now + 1, Math::max);
    EnvelopeId id = EnvelopeId.fresh(now, random);
    BatchKey key = batch.key();
    return new EnvelopeFacts(origin, gateway, id, key.lane(), key.exercise(), now, expires);
  }

  private static byte[] plainLabels(List<SealingItem> items) {
    SealedLabels.Builder labels = SealedLabels.newBuilder();
    for (SealingItem item : items) {
      labels.addLabels(UnsafeByteOperations.unsafeWrap(item.label()));
      labels.addBodyLengths(item.body().length);
    }
    return labels.build().toByteArray();
  }

  private ContentKey freshKey(EnvelopeId id, byte[] labels, List<SealingItem> items) {
    byte[] length = new FieldWriter(4).u32(labels.length).toBytes();
    Sha256 content = new Sha256().update(length).update(labels);
    for (SealingItem item : items) {
      content.update(item.body());
    }
    byte[] fresh = new byte[HEDGE_BYTES];
    random.nextBytes(fresh);
    return ContentKey.hedged(hedge, fresh, id, content.digest());
  }

  private byte[] sealBodies(ContentKey key, EnvelopeId id, List<SealingItem> items) {
    int length = 0;
    for (SealingItem item : items) {
      length = Math.addExact(length, item.bodyBytes());
    }
    byte[] bodies = new byte[Padme.paddedLength(length)];
    int at = 0;
    List<BodyKey> keys = key.bodyKeys(items.size());
    try {
      for (int i = 0; i < items.size(); i++) {
        keys.get(i).seal(new BodyAddress(origin, id, i), items.get(i).body(), bodies, at);
        at += items.get(i).bodyBytes();
      }
    } finally {
      keys.forEach(BodyKey::close);
    }
    byte[] padding = key.padding(bodies.length - at);
    System.arraycopy(padding, 0, bodies, at, padding.length);
    return bodies;
  }
}
