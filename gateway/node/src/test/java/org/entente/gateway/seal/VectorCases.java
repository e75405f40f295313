package org.entente.gateway.seal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.crypto.XWingPrivateKey;
import org.entente.gateway.crypto.XWingPublicKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.seal.format.BodyAddress;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.Stanza;
import org.entente.gateway.seal.format.Suite;
import org.entente.proto.link.v1.SealedLabels;

/**
 * Cases of the vectors that a reader must judge after parsing: what an origin or a transit could
 * make of the samples, with the verdict that is right.
 */
final class VectorCases {
  private static final String CANNOT_OPEN = Code.CANNOT_OPEN.name();
  private static final int TOO_LONG_FOR_A_FILE = 1000;

  /** Signs "torsion" with the samples' gateway key; its R has a component of order 8. */
  private static final String TORSION =
      "13ffc152c710f4403709608057168cbf99970c067f16ea9411ad1bf02f010f13"
          + "3eb095fb33080a6f78313eb93b8f375745efc0b42353530f8273624c22bb8508";

  /** The same with R of order 1. */
  private static final String NO_COMMITMENT =
      "0100000000000000000000000000000000000000000000000000000000000000"
          + "acc52d59d0550239a00e0827020b3ad54a4cc911d019126d82f28f75f6b06a0b";

  private static final BigInteger ORDER =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

  private final FormatSamples samples;

  VectorCases(FormatSamples samples) {
    this.samples = samples;
  }

  /** All cases, as the vectors pin them. */
  List<Map<String, Object>> all() {
    List<Map<String, Object>> all = new ArrayList<>();
    all.addAll(contents());
    all.addAll(deliveries());
    all.addAll(signatures());
    all.addAll(recipientKeys());
    return all;
  }

  private static Map<String, Object> entry(String format, String why, String expect) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("format", format);
    entry.put("why", why);
    entry.put("expect", expect);
    return entry;
  }

  private static List<Map<String, Object>> contents() {
    List<Map<String, Object>> all = new ArrayList<>();
    OddLabels.all()
        .forEach(
            (why, plain) -> {
              if (plain.length < TOO_LONG_FOR_A_FILE) {
                boolean good = why.equals("as it must be") || why.startsWith("with ");
                Envelope envelope = new CraftedEnvelopes().withLabels(plain);
                all.add(content("labels: " + why, envelope, good ? "ok" : CANNOT_OPEN));
              }
            });
    CraftedEnvelopes crafted = new CraftedEnvelopes();
    byte[] body = new byte[85];
    byte[] labels =
        crafted.sealedLabels(
            SealedLabels.newBuilder()
                .addLabels(ByteString.copyFrom(crafted.label))
                .addBodyLengths(body.length)
                .build()
                .toByteArray());
    BodyAddress address = new BodyAddress(crafted.facts.origin(), crafted.facts.id(), 0);
    byte[] sealed = CraftedEnvelopes.sealed(crafted.key.bodyKey(0), address, body);
    byte[] right = CraftedEnvelopes.padded(crafted.key, List.of(sealed));
    byte[] zeros = Arrays.copyOf(sealed, right.length);
    byte[] another = right.clone();
    another[right.length - 1] ^= 1;
    byte[] spoilt = right.clone();
    spoilt[0] ^= 1;
    all.add(content("bodies: padded", crafted.envelope(1, labels, right), "ok"));
    all.add(content("bodies: not padded", crafted.envelope(1, labels, sealed), CANNOT_OPEN));
    all.add(content("bodies: padded with zeros", crafted.envelope(1, labels, zeros), CANNOT_OPEN));
    all.add(content("bodies: another padding", crafted.envelope(1, labels, another), CANNOT_OPEN));
    all.add(
        content(
            "bodies: a byte more",
            crafted.envelope(1, labels, Arrays.copyOf(right, right.length + 1)),
            CANNOT_OPEN));
    all.add(content("two messages counted", crafted.envelope(2, labels, right), CANNOT_OPEN));
    all.add(
        content(
            "bodies: the body does not open, its label does",
            crafted.envelope(1, labels, spoilt),
            "ok"));
    return all;
  }

  private static Map<String, Object> content(String why, Envelope envelope, String expect) {
    CraftedEnvelopes crafted = new CraftedEnvelopes();
    Map<String, Object> entry = entry("content", why, expect);
    put(entry, envelope);
    entry.put("content_key", hex(crafted.key.reveal()));
    entry.put("gateway_key", hex(crafted.signingKey.verifyingKey().encoded()));
    return entry;
  }

  private static void put(Map<String, Object> entry, Envelope envelope) {
    entry.put("header", hex(envelope.header().encoded()));
    entry.put("signature", hex(envelope.signature()));
    entry.put("labels", hex(envelope.labels()));
    entry.put("bodies", hex(envelope.bodies()));
  }

  private List<Map<String, Object>> deliveries() {
    byte[] good = samples.announcement.encoded();
    byte[] body = Arrays.copyOf(good, good.length - 2484);
    byte[] lowOrder = body.clone();
    Arrays.fill(lowOrder, body.length - 32, body.length, (byte) 0);
    byte[] otherFederation = body.clone();
    otherFederation[4] ^= 1;
    byte[] stripped = good.clone();
    Arrays.fill(stripped, body.length, body.length + 64, (byte) 0);
    byte[] half = good.clone();
    Arrays.fill(half, body.length + 64, good.length, (byte) 0);
    byte[] renumbered = samples.stanza.encoded();
    renumbered[33]++;
    byte[] olderEpoch = samples.stanza.encoded();
    olderEpoch[25]--;
    byte[] laterEpoch = samples.stanza.encoded();
    laterEpoch[25]++;
    byte[] stanza = samples.stanza.encoded();
    return List.of(
        delivery("enc of low order, rightly signed", signed(lowOrder), stanza, "NEED_REWRAP"),
        delivery("another federation", signed(otherFederation), stanza, "HEADER_MISMATCH"),
        delivery("Ed25519 half stripped", stripped, stanza, "BAD_SIGNATURE"),
        delivery("ML-DSA-44 half stripped", half, stanza, "BAD_SIGNATURE"),
        delivery("stanza numbered anew", good, renumbered, CANNOT_OPEN),
        delivery("stanza of an older epoch", good, olderEpoch, CANNOT_OPEN),
        delivery("stanza of a later epoch", good, laterEpoch, CANNOT_OPEN),
        carried("carried by another, as bound", stanza, "ok"),
        carried("carried by another, without binding", unbound(stanza), "NEED_REWRAP"),
        carried("carried by another, numbered anew", renumbered, "NEED_REWRAP"),
        carried("carried by another, of an older epoch", olderEpoch, "NEED_REWRAP"),
        carried("carried by another, binding spoilt", spoilt(stanza), "NEED_REWRAP"));
  }

  private Map<String, Object> carried(String why, byte[] stanza, String expect) {
    Map<String, Object> entry = delivery(why, samples.announcement.encoded(), stanza, expect);
    entry.put("carrier", DE.value());
    return entry;
  }

  private static byte[] unbound(byte[] stanza) {
    byte[] out = Arrays.copyOf(stanza, Stanza.BYTES);
    out[1] = 0;
    return out;
  }

  private static byte[] spoilt(byte[] stanza) {
    byte[] out = stanza.clone();
    out[Stanza.BYTES] ^= 1;
    return out;
  }

  private byte[] signed(byte[] body) {
    byte[] message = Suite.message(Suite.ANNOUNCEMENT, body);
    return CraftedEnvelopes.joined(List.of(body, samples.pair.sign(message).encoded()));
  }

  private Map<String, Object> delivery(
      String why, byte[] announcement, byte[] stanza, String expect) {
    Map<String, Object> entry = entry("envelope", why, expect);
    put(entry, samples.envelope);
    entry.put("stanza", hex(stanza));
    entry.put("announcement", hex(announcement));
    return entry;
  }

  private List<Map<String, Object>> signatures() {
    byte[] message = "torsion".getBytes(US_ASCII);
    byte[] good = samples.signingKey.sign(message);
    byte[] key = samples.gateway.key().encoded();
    byte[] beyond = good.clone();
    BigInteger s = littleEndian(Arrays.copyOfRange(good, 32, 64)).add(ORDER);
    byte[] bigEndian = s.toByteArray();
    for (int i = 0; i < 32; i++) {
      int from = bigEndian.length - 1 - i;
      beyond[32 + i] = from >= 0 ? bigEndian[from] : 0;
    }
    byte[] identity = new byte[32];
    identity[0] = 1;
    byte[] nothing = new byte[64];
    nothing[0] = 1;
    String refused = Code.BAD_SIGNATURE.name();
    return List.of(
        signature("as it must be", key, message, good, "ok"),
        signature("R with a small component", key, message, unhex(TORSION), refused),
        signature("R of order 1", key, message, unhex(NO_COMMITMENT), refused),
        signature("S not reduced", key, message, beyond, refused),
        signature("key of order 1", identity, message, nothing, Code.MALFORMED.name()));
  }

  private static BigInteger littleEndian(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return new BigInteger(1, reversed);
  }

  private static Map<String, Object> signature(
      String why, byte[] key, byte[] message, byte[] signature, String expect) {
    Map<String, Object> entry = entry("ed25519", why, expect);
    entry.put("key", hex(key));
    entry.put("message", hex(message));
    entry.put("signature", hex(signature));
    return entry;
  }

  private List<Map<String, Object>> recipientKeys() {
    byte[] good = samples.recipientKey.publicKey().encoded();
    byte[] unreduced = good.clone();
    unreduced[0] = (byte) 0xFF;
    unreduced[1] |= 0x0F;
    byte[] lowOrder = good.clone();
    Arrays.fill(lowOrder, 1184, 1216, (byte) 0);
    byte[] notCanonical = good.clone();
    Arrays.fill(notCanonical, 1184, 1216, (byte) 0xFF);
    String refused = Code.MALFORMED.name();
    List<Map<String, Object>> all = new ArrayList<>();
    all.add(recipientKey("as it must be", good, "ok"));
    all.add(recipientKey("ML-KEM coefficient not reduced", unreduced, refused));
    all.add(recipientKey("X25519 point of low order", lowOrder, refused));
    all.add(recipientKey("X25519 point not canonical", notCanonical, refused));
    return all;
  }

  private static Map<String, Object> recipientKey(String why, byte[] key, String expect) {
    Map<String, Object> entry = entry("recipient_key", why, expect);
    entry.put("key", hex(key));
    return entry;
  }

  /** This code's verdict on a pinned case: "ok" or a code. */
  String judge(JsonNode entry) {
    return switch (entry.path("format").asText()) {
      case "content" -> judgeContent(entry);
      case "envelope" -> judgeDelivery(entry);
      case "ed25519" ->
          Ed25519VerifyingKey.parse(bytes(entry, "key"))
              .map(key -> key.verify(bytes(entry, "message"), bytes(entry, "signature")))
              .map(good -> good ? "ok" : Code.BAD_SIGNATURE.name())
              .orElse(Code.MALFORMED.name());
      case "recipient_key" ->
          XWingPublicKey.parse(bytes(entry, "key")).isPresent() ? "ok" : Code.MALFORMED.name();
      default -> throw new AssertionError(entry.path("format").asText());
    };
  }

  private static Envelope envelope(JsonNode entry) {
    return Envelope.of(
            bytes(entry, "header"),
            bytes(entry, "signature"),
            bytes(entry, "labels"),
            bytes(entry, "bodies"))
        .orElseThrow();
  }

  private static String judgeContent(JsonNode entry) {
    ContentKey key = ContentKey.takeOver(bytes(entry, "content_key"));
    return new Opener(count -> {}).openLabels(envelope(entry), key).isPresent()
        ? "ok"
        : CANNOT_OPEN;
  }

  private String judgeDelivery(JsonNode entry) {
    MemoryKeyHolder holder = new MemoryKeyHolder();
    holder.keep(
        samples.published.validity(), XWingPrivateKey.fromSeed(samples.recipientKey.seed()));
    RecipientSessions sessions =
        new RecipientSessions(Samples.FEDERATION, SG, this::pairsOf, holder, Samples.CLOCK, 4);
    Optional<Problem> refused = sessions.accept(bytes(entry, "announcement")).refusal();
    if (refused.isPresent()) {
      return refused.get().code().name();
    }
    Stanza stanza = Stanza.parse(bytes(entry, "stanza")).orElseThrow();
    AgencyName carrier = entry.has("carrier") ? new AgencyName(entry.path("carrier").asText()) : FR;
    OpeningResult opening =
        new Opener(count -> {}).open(carrier, envelope(entry), stanza, sessions);
    return opening instanceof OpeningResult.NotOpened not ? not.code().name() : "ok";
  }

  private List<VerifyingPair> pairsOf(AgencyName agency) {
    return agency.equals(FR) ? List.of(samples.pair.verifyingPair()) : List.of();
  }

  private static byte[] bytes(JsonNode entry, String field) {
    return unhex(entry.path(field).asText());
  }

  private static byte[] unhex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
