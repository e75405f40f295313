package org.entente.gateway.seal;

import static org.entente.gateway.testkit.Agencies.FR;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.BodyAddress;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.FieldWriter;
import org.entente.gateway.seal.format.Padme;
import org.entente.proto.link.v1.SealedLabels;

/**
 * Envelopes that {@code Sealer} would not make, signed by an origin that does not play by the
 * rules.
 */
final class CraftedEnvelopes {
  final EnvelopeFacts facts;
  final ContentKey key = key("crafted");
  final Ed25519SigningKey signingKey;
  final byte[] label;
  final byte[] body;

  CraftedEnvelopes() {
    this(
        new EnvelopeFacts(
            FR,
            Samples.GW,
            EnvelopeId.fresh(Samples.NOW_MS, new SeededRandom("crafted")),
            Lane.PRIORITY,
            false,
            Samples.NOW_MS,
            Samples.NOW_MS + Samples.HOUR_MS),
        Samples.gatewayKey(FR),
        new byte[] {1, 2, 3},
        new byte[] {4, 5, 6, 7});
  }

  /** With any one label and body. */
  CraftedEnvelopes(EnvelopeFacts facts, Ed25519SigningKey signingKey, byte[] label, byte[] body) {
    this.facts = facts;
    this.signingKey = signingKey;
    this.label = label;
    this.body = body;
  }

  static ContentKey key(String seed) {
    byte[] bytes = new byte[ContentKey.BYTES];
    new SeededRandom(seed).nextBytes(bytes);
    return ContentKey.takeOver(bytes);
  }

  /** What the labels of the one message would rightly be. */
  SealedLabels.Builder plainLabels() {
    return SealedLabels.newBuilder()
        .addLabels(ByteString.copyFrom(label))
        .addBodyLengths(body.length);
  }

  byte[] sealedBody() {
    return sealed(key.bodyKey(0), new BodyAddress(facts.origin(), facts.id(), 0), body);
  }

  static byte[] sealed(BodyKey key, BodyAddress address, byte[] body) {
    byte[] sealed = new byte[body.length + Aes256Gcm.TAG_BYTES];
    key.seal(address, body, sealed, 0);
    return sealed;
  }

  /** The bodies of the one message, rightly padded. */
  byte[] bodies() {
    return padded(key, List.of(sealedBody()));
  }

  static byte[] padded(ContentKey key, List<byte[]> sealedBodies) {
    List<byte[]> parts = new ArrayList<>(sealedBodies);
    int length = sealedBodies.stream().mapToInt(part -> part.length).sum();
    parts.add(key.padding(Padme.paddedLength(length) - length));
    return joined(parts);
  }

  static byte[] joined(List<byte[]> parts) {
    FieldWriter out = new FieldWriter(0);
    parts.forEach(out::fixed);
    return out.toBytes();
  }

  byte[] sealedLabels(byte[] plain) {
    return key.sealLabels(facts.origin(), facts.id(), plain, new SeededRandom("salt"));
  }

  /** An envelope over any plaintext of labels. */
  Envelope withLabels(byte[] plain) {
    return envelope(1, sealedLabels(plain), bodies());
  }

  /** An envelope over any sealed parts, rightly committed and signed. */
  Envelope envelope(int count, byte[] labels, byte[] bodies) {
    EnvelopeHeader header = EnvelopeHeader.over(facts, count, labels, bodies);
    return new Envelope(header, header.sign(signingKey), labels, bodies);
  }
}
