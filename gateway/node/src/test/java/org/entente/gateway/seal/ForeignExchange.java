package org.entente.gateway.seal;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.ForeignVerifier.OK;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.Code;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.RecipientKeyId;
import org.entente.gateway.seal.format.Stanza;
import org.entente.gateway.seal.statement.AddressedStanza;
import org.entente.gateway.testkit.ForeignVerifier.Case;

/**
 * Two agencies with new random keys, of which one has sealed and sent to the other; and how a
 * foreign verifier is asked about it.
 */
final class ForeignExchange {
  static final String MALFORMED = Code.MALFORMED.name();
  static final String BAD_SIGNATURE = Code.BAD_SIGNATURE.name();
  static final String CANNOT_OPEN = Code.CANNOT_OPEN.name();
  static final String HEADER_MISMATCH = Code.HEADER_MISMATCH.name();

  final SecureRandom random = new SecureRandom();
  final SealingParty.Trust trust = new SealingParty.Trust();
  final SealingParty fr = new SealingParty(FR, trust, Samples.CLOCK, use -> random);
  final SealingParty de = new SealingParty(DE, trust, Samples.CLOCK, use -> random);
  final Sealed sealed;
  final AddressedStanza addressed;
  final byte[] announcement;

  ForeignExchange() {
    fr.knowing(de);
    sealed = fr.seal(3, 60);
    addressed = fr.stanzaFor(de, sealed, 7);
    announcement = addressed.announcement().orElseThrow().encoded();
    de.accept(addressed);
  }

  static byte[][] parts(Envelope envelope, Stanza stanza) {
    return new byte[][] {
      envelope.header().encoded(),
      envelope.signature(),
      envelope.labels(),
      envelope.bodies(),
      stanza.encoded()
    };
  }

  /** A delivery as a recipient has it that learned the session before. */
  Case delivery(String name, byte[][] parts) {
    return learning(name, "envelope", announcement)
        .with("header", parts[0])
        .with("signature", parts[1])
        .with("labels", parts[2])
        .with("bodies", parts[3])
        .with("stanza", parts[4]);
  }

  /** A recipient's question that carries an announcement and all that the recipient knows. */
  Case learning(String name, String format, byte[] announced) {
    return new Case(format, name)
        .with("announcement", announced)
        .with("federation", Samples.FEDERATION.value())
        .with("agency", de.name.value())
        .with("seeds", de.holder.held().stream().map(key -> seed(key.id())).toList())
        .with("pairs", Map.of(fr.name.value(), List.of(hex(pairOf(fr)))))
        .with("now", Samples.NOW_MS);
  }

  private byte[] seed(RecipientKeyId id) {
    try (var key = de.holder.find(id).orElseThrow()) {
      return key.seed();
    }
  }

  static byte[] pairOf(SealingParty party) {
    return party.identity.pair().verifyingPair().encoded();
  }

  /** SHA-256 in hex: how the verifier names what it opened. */
  static String hash(byte[] bytes) {
    return hex(Sha256.hash(bytes));
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** This code's verdict on a delivery. */
  String open(byte[][] parts) {
    Optional<Envelope> envelope = Envelope.of(parts[0], parts[1], parts[2], parts[3]);
    Optional<Stanza> stanza = Stanza.parse(parts[4]);
    if (envelope.isEmpty() || stanza.isEmpty()) {
      return MALFORMED;
    }
    OpeningResult opening = de.open(envelope.get(), stanza.get());
    return opening instanceof OpeningResult.NotOpened not ? not.code().name() : OK;
  }

  /** This code's verdict on what may parse and then verify. */
  static String verdict(Optional<Boolean> signed) {
    return signed.map(good -> good ? OK : BAD_SIGNATURE).orElse(MALFORMED);
  }
}
