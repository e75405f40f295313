package org.entente.gateway.seal;

import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.crypto.HpkeExport;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.seal.format.BodyAddress;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.FieldReader;
import org.entente.gateway.seal.format.Stanza;
import org.entente.gateway.seal.format.Suite;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.gateway.seal.statement.FulfilmentStatement;
import org.entente.gateway.seal.statement.KeyBundle;
import org.entente.gateway.seal.statement.SessionAnnouncement;
import org.entente.gateway.seal.statement.SessionTerms;
import org.entente.gateway.seal.statement.SettledStatement;
import org.entente.gateway.seal.statement.VoidStatement;
import org.entente.gateway.seal.statement.WatermarkStatement;
import org.entente.gateway.testkit.ForeignVerifier;
import org.junit.jupiter.api.Test;

/**
 * Suite 1 as pinned in {@code vectors/suite1.json}. A difference here breaks every gateway that
 * runs: only a deliberate change of a format replaces the file.
 */
class VectorsTest {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final String FILE = "/vectors/suite1.json";

  private final FormatSamples samples = new FormatSamples();

  @Test
  void suite1_madeFromTheSeeds_isAsPinned() throws IOException {
    JsonNode made = JSON.valueToTree(vectors());
    // For a deliberate addition: what the file would be lies in the build folder.
    Path folder = Files.createDirectories(Path.of("target", "vectors"));
    JSON.writeValue(folder.resolve("suite1.json").toFile(), made);

    assertEquals(pinned(), made);
  }

  @Test
  void suite1_pinnedBytes_openToThePinnedMessages() throws IOException {
    JsonNode pinned = pinned();
    Envelope envelope =
        Envelope.of(
                bytes(pinned, "envelope", "header"),
                bytes(pinned, "envelope", "signature"),
                bytes(pinned, "envelope", "labels"),
                bytes(pinned, "envelope", "bodies"))
            .orElseThrow();
    SessionAnnouncement announcement =
        SessionAnnouncement.parse(bytes(pinned, "session", "announcement")).orElseThrow();
    Stanza stanza = Stanza.parse(bytes(pinned, "session", "stanza")).orElseThrow();
    SecretBytes secret = SecretBytes.takeOver(bytes(pinned, "session", "wrapping_key"));
    RecipientSession session =
        new RecipientSession(announcement, samples.pair.verifyingPair(), new WrappingKey(secret));

    ContentKey key = session.unwrap(envelope.header(), stanza).orElseThrow();
    OpenedLabels labels = new Opener(count -> {}).openLabels(envelope, key).orElseThrow();

    assertTrue(envelope.isSignedBy(samples.gateway.key()));
    assertTrue(announcement.isSignedBy(List.of(samples.pair.verifyingPair())));
    for (int i = 0; i < labels.count(); i++) {
      JsonNode message = pinned.path("inputs").path("messages").path(i);
      assertArrayEquals(hex(message.path("label")), labels.label(i).toByteArray());
      assertArrayEquals(hex(message.path("body")), labels.openBody(i).orElseThrow());
    }
  }

  @Test
  void suite1_pinnedMalformed_isRefused() throws IOException {
    JsonNode malformed = pinned().path("malformed");
    assertTrue(malformed.size() >= 20);
    for (JsonNode entry : malformed) {
      assertFalse(
          parses(entry.path("format").asText(), hex(entry.path("bytes"))),
          entry.path("why").asText());
    }
  }

  @Test
  void suite1_pinnedCases_areJudgedAsStated() throws IOException {
    JsonNode cases = pinned().path("cases_judged");
    VectorCases judge = new VectorCases(samples);
    assertTrue(cases.size() >= 40);
    for (JsonNode entry : cases) {
      assertEquals(entry.path("expect").asText(), judge.judge(entry), entry.path("why").asText());
    }
  }

  /** The second implementation, in Node, on the same file. */
  @Test
  void suite1_pinned_isJudgedAsStatedByTheForeignVerifier() throws URISyntaxException {
    Path file = Path.of(Objects.requireNonNull(VectorsTest.class.getResource(FILE)).toURI());

    String report = ForeignVerifier.require().report(file);

    assertTrue(report.contains(" 0 broken; 0 not as expected"), report);
    System.out.println(FILE + " in Node: " + report.lines().reduce((a, b) -> b).orElseThrow());
  }

  private boolean parses(String format, byte[] bytes) {
    Optional<?> parsed =
        switch (format) {
          case "header" -> EnvelopeHeader.parse(bytes);
          case "stanza" -> Stanza.parse(bytes);
          case "announcement" -> SessionAnnouncement.parse(bytes);
          case "key_bundle" -> KeyBundle.parse(bytes);
          case "fulfilment" -> FulfilmentStatement.parse(bytes);
          case "void" -> VoidStatement.parse(bytes);
          case "settled" -> SettledStatement.parse(bytes);
          case "consent" -> ConsentStatement.parse(bytes);
          case "watermarks" -> WatermarkStatement.parse(bytes);
          default -> throw new AssertionError(format);
        };
    return parsed.isPresent();
  }

  private Map<String, Object> vectors() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put(
        "about", "Entente, sealing suite 1; formats in docs/develop/wire-format.md; bytes in hex");
    all.put("inputs", inputs());
    all.put("envelope", envelope());
    all.put("session", session());
    all.put("key_bundle", hex(samples.keyBundle.encoded()));
    all.put("fulfilment", hex(samples.fulfilment.encoded()));
    all.put("void", hex(samples.voidStatement.encoded()));
    all.put("settled", hex(samples.settled.encoded()));
    all.put("consent", hex(samples.consent.encoded()));
    all.put("watermarks", hex(samples.watermarks.encoded()));
    all.put("local", local());
    all.put("malformed", malformed());
    all.put("cases_judged", new VectorCases(samples).all());
    return all;
  }

  private Map<String, Object> inputs() {
    Map<String, Object> inputs = new LinkedHashMap<>();
    EnvelopeFacts facts = samples.envelope.header().facts();
    inputs.put("federation", Samples.FEDERATION.value());
    inputs.put("sender", facts.origin().value());
    inputs.put("recipient", SG.value());
    inputs.put("now", Samples.NOW_MS);
    inputs.put("envelope_id", hex(facts.id().bytes()));
    inputs.put("gateway_ed25519_public", hex(samples.gateway.key().encoded()));
    inputs.put("gateway_ed25519_seed", hex(samples.signingKey.seed()));
    inputs.put("agency_pair_seeds", hex(samples.pair.seeds()));
    inputs.put("agency_pair_public", hex(samples.pair.verifyingPair().encoded()));
    inputs.put("recipient_xwing_seed", hex(samples.recipientKey.seed()));
    List<Map<String, Object>> messages = new ArrayList<>();
    for (SealingItem item : samples.batch.items()) {
      messages.add(Map.of("label", hex(item.label()), "body", hex(item.body())));
    }
    inputs.put("messages", messages);
    return inputs;
  }

  private Map<String, Object> envelope() {
    Envelope envelope = samples.envelope;
    ContentKey key = samples.sealed.contentKey();
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("content_key", hex(key.reveal()));
    out.put("header", hex(envelope.header().encoded()));
    out.put("header_hash", hex(envelope.header().hash()));
    out.put("signature", hex(envelope.signature()));
    out.put("labels", hex(envelope.labels()));
    EnvelopeFacts facts = envelope.header().facts();
    out.put(
        "labels_plaintext",
        hex(key.openLabels(facts.origin(), facts.id(), envelope.labels()).orElseThrow()));
    out.put("bodies", hex(envelope.bodies()));
    out.put("body_keys", List.of(hex(key.bodyKey(0).reveal()), hex(key.bodyKey(1).reveal())));
    return out;
  }

  private Map<String, Object> session() {
    SessionTerms terms = samples.announcement.terms();
    SecretBytes wrappingKey =
        HpkeExport.fromSender(
                samples.recipientKey,
                samples.announcement.enc(),
                terms.hpkeInfo(),
                Suite.WRAPPING_KEY,
                WrappingKey.BYTES)
            .orElseThrow();
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("announcement", hex(samples.announcement.encoded()));
    out.put("session_id", samples.announcement.id().toString());
    out.put("hpke_info", hex(terms.hpkeInfo()));
    out.put("wrapping_key", hex(wrappingKey.reveal()));
    out.put("stanza", hex(samples.stanza.encoded()));
    return out;
  }

  private Map<String, Object> local() {
    SecretBytes storageKey = SecretBytes.random(FormatSamples.random("storage key"), 32);
    EnvelopeFacts facts = samples.envelope.header().facts();
    SealingItem item = samples.batch.items().get(1);
    byte[] record =
        new LocalSeal(FormatSamples.random("local record"))
            .seal(
                new BodyAddress(facts.origin(), facts.id(), 1),
                BucketKey.of(storageKey),
                samples.sealed.contentKey().bodyKey(1),
                ByteString.copyFrom(item.label()))
            .orElseThrow();
    byte[] outbox =
        new OutboxSeal(FormatSamples.random("outbox"))
            .seal(samples.envelope.header(), storageKey, samples.sealed.contentKey());
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("key", hex(storageKey.reveal()));
    out.put("record_of_message_1", hex(record));
    out.put("outbox_key", hex(outbox));
    return out;
  }

  private List<Map<String, String>> malformed() {
    List<Map<String, String>> all = new ArrayList<>();
    byte[] header = samples.envelope.header().encoded();
    String h = "header";
    all.add(changed(h, header, "version 2", 0, 2));
    all.add(changed(h, header, "suite 0", 1, 0));
    all.add(changed(h, header, "suite 2", 1, 2));
    all.add(changed(h, header, "lane 0", 2, 0));
    all.add(changed(h, header, "lane 5", 2, 5));
    all.add(changed(h, header, "unknown flag", 3, 2));
    all.add(changed(h, header, "no messages", 4, 0, 0));
    all.add(changed(h, header, "4097 messages", 4, 0x10, 0x01));
    all.add(changed(h, header, "upper case in the origin", 7, 'F'));
    all.add(changed(h, header, "name longer than the header", 6, 255));
    all.add(changed(h, header, "created in the year 292278994 and beyond", 38, 0x80));
    all.add(changed(h, header, "expires before it was created", 46, 0, 0, 0, 0, 0, 0, 0, 1));
    all.add(changed(h, header, "expires in the year 10000", 46, u64(FieldReader.LAST_TIME + 1)));
    all.add(changed(h, header, "labels of more than 8 MiB", 54, 0, 0x80, 0, 1));
    all.add(changed(h, header, "bodies of more than 64 MiB", 58, 4, 0, 0, 1));
    all.add(resized(h, header, "cut", -1));
    all.add(resized(h, header, "extended", 1));
    byte[] stanza = samples.stanza.encoded();
    all.add(changed("stanza", stanza, "version 0", 0, 0));
    all.add(changed("stanza", stanza, "unknown flag", 1, 3));
    all.add(changed("stanza", stanza, "flag of a binding missing", 1, 0));
    all.add(resized("stanza", stanza, "binding missing", -64));
    all.add(changed("stanza", stanza, "epoch 0", 18, 0, 0, 0, 0, 0, 0, 0, 0));
    all.add(changed("stanza", stanza, "sequence 2^63", 26, 0x80, 0, 0, 0, 0, 0, 0, 0));
    all.add(resized("stanza", stanza, "cut", -1));
    all.add(resized("stanza", stanza, "extended", 1));
    addAnnouncements(all);
    addKeyBundles(all);
    byte[] voids = samples.voidStatement.encoded();
    int number = voids.length - 64 - 49;
    all.add(changed("void", voids, "suite 2", 1, 2));
    all.add(spliced("void", voids, "addressed to nobody", 2 + 21 + 11 + 5, 10, 0));
    all.add(changed("void", voids, "numbers not ascending", number + 8, 1));
    all.add(changed("void", voids, "lane 9", number + 8, 9));
    byte[] settled = samples.settled.encoded();
    int lane = settled.length - 64 - 9;
    all.add(changed("settled", settled, "lane 9", lane, 9));
    all.add(changed("settled", settled, "settled below 1", lane + 1, 0, 0, 0, 0, 0, 0, 0, 1));
    all.add(changed("settled", settled, "numbers not ascending", lane - 1, 2, 1));
    byte[] consent = samples.consent.encoded();
    int purposes = consent.length - 64 - 8 - 2;
    int until = consent.length - 64 - 8;
    all.add(changed("consent", consent, "until 10000", until, u64(FieldReader.LAST_TIME + 1)));
    all.add(changed("consent", consent, "purpose 0", purposes, 0));
    all.add(changed("consent", consent, "purposes not ascending", purposes, 5, 1));
    all.add(changed("consent", consent, "jurisdictions not ascending", purposes - 7, 'U', 'S'));
    all.add(changed("consent", consent, "a jurisdiction that is no code", purposes - 7, 'g'));
    all.add(changed("consent", consent, "no purposes", purposes - 2, 0, 0));
    byte[] watermarks = samples.watermarks.encoded();
    int held = watermarks.length - 64 - 2 * 49;
    int range = held - 2 - 32;
    all.add(changed("watermarks", watermarks, "range meets the watermark", range + 7, 41));
    all.add(changed("watermarks", watermarks, "range ends before it starts", range + 31, 43));
    all.add(changed("watermarks", watermarks, "ranges meet", range + 23, 43));
    all.add(changed("watermarks", watermarks, "held numbers not ascending", held + 7, 3, 4));
    all.add(changed("watermarks", watermarks, "held in lane 9", held + 8, 9));
    all.add(changed("watermarks", watermarks, "held number 0", held + 9, 0, 0, 0, 0, 0, 0, 0, 0));
    all.add(changed("watermarks", watermarks, "1025 held", held - 2, 4, 1));
    return all;
  }

  private void addAnnouncements(List<Map<String, String>> all) {
    byte[] good = samples.announcement.encoded();
    String a = "announcement";
    // Names of 20, 10, 4 and 9 bytes stand before the time of issue.
    int issued = 2 + 21 + 11 + 5 + 10;
    int gatewayKey = issued + 8;
    int keyId = gatewayKey + 32;
    int times = keyId + 16;
    int epoch = times + 16;
    int expires = epoch + 8;
    all.add(spliced(a, good, "addressed to nobody", issued - 10, 10, 0));
    all.add(changed(a, good, "suite 2", 1, 2));
    all.add(changed(a, good, "gateway key of order 1", gatewayKey, order1()));
    all.add(changed(a, good, "key ends before it begins", times + 8, 0, 0, 0, 0, 0, 0, 0, 1));
    all.add(changed(a, good, "epoch 0", epoch, 0, 0, 0, 0, 0, 0, 0, 0));
    all.add(changed(a, good, "expires when it was issued", expires, u64(Samples.NOW_MS)));
    all.add(changed(a, good, "lives 24 h and a millisecond", issued, u64(Samples.NOW_MS - 1)));
    all.add(resized(a, good, "cut", -1));
    all.add(resized(a, good, "extended", 1));
  }

  private void addKeyBundles(List<Map<String, String>> all) {
    byte[] good = samples.keyBundle.encoded();
    String k = "key_bundle";
    // Names of 20, 9 and 4 bytes and an empty one stand before; then 8 bytes of time.
    int gateways = 2 + 21 + 10 + 5 + 1 + 8;
    int keys = gateways + 2 + 5 + 32;
    all.add(spliced(k, good, "addressed to one", gateways - 9, 1, 4, 'x', '.', 'p', 'o'));
    all.add(changed(k, good, "no gateways", gateways, 0, 0));
    all.add(changed(k, good, "17 gateways", gateways, 0, 17));
    all.add(changed(k, good, "gateway key of order 1", gateways + 7, order1()));
    all.add(changed(k, good, "no keys", keys, 0, 0));
    all.add(changed(k, good, "nine keys", keys, 0, 9));
    all.add(changed(k, good, "key id of another key", keys + 2, 0));
    all.add(changed(k, good, "keys not ascending", keys + 2 + 24, u64(FieldReader.LAST_TIME)));
    all.add(resized(k, good, "cut", -1));
    addFulfilments(all);
  }

  private void addFulfilments(List<Map<String, String>> all) {
    byte[] good = samples.fulfilment.encoded();
    String f = "fulfilment";
    // As in a key bundle.
    int count = 2 + 21 + 10 + 5 + 1 + 8;
    all.add(changed(f, good, "65 obligations", count, 0, 65));
    all.add(changed(f, good, "obligation 0", count + 2, 0, 0));
    all.add(changed(f, good, "obligations not ascending", count + 4, 0, 1));
    all.add(changed(f, good, "an obligation fewer than counted", count, 0, 5));
    all.add(resized(f, good, "longer", 1));
  }

  private static int[] order1() {
    int[] values = new int[32];
    values[0] = 1;
    return values;
  }

  private static int[] u64(long value) {
    int[] values = new int[8];
    for (int i = 0; i < 8; i++) {
      values[i] = (int) (value >>> (56 - 8 * i)) & 0xFF;
    }
    return values;
  }

  private static Map<String, String> changed(
      String format, byte[] good, String why, int at, int... values) {
    byte[] bytes = good.clone();
    for (int i = 0; i < values.length; i++) {
      bytes[at + i] = (byte) values[i];
    }
    return entry(format, why, bytes);
  }

  /** {@code removed} bytes give way to others. */
  private static Map<String, String> spliced(
      String format, byte[] good, String why, int at, int removed, int... values) {
    byte[] between = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      between[i] = (byte) values[i];
    }
    byte[] before = Arrays.copyOf(good, at);
    byte[] after = Arrays.copyOfRange(good, at + removed, good.length);
    return entry(format, why, CraftedEnvelopes.joined(List.of(before, between, after)));
  }

  private static Map<String, String> resized(String format, byte[] good, String why, int by) {
    return entry(format, why, Arrays.copyOf(good, good.length + by));
  }

  private static Map<String, String> entry(String format, String why, byte[] bytes) {
    Map<String, String> entry = new LinkedHashMap<>();
    entry.put("format", format);
    entry.put("why", why);
    entry.put("bytes", hex(bytes));
    return entry;
  }

  private static JsonNode pinned() throws IOException {
    try (InputStream in = VectorsTest.class.getResourceAsStream(FILE)) {
      return JSON.readTree(Objects.requireNonNull(in, FILE));
    }
  }

  private static byte[] bytes(JsonNode vectors, String group, String name) {
    return hex(vectors.path(group).path(name));
  }

  private static byte[] hex(JsonNode node) {
    return HexFormat.of().parseHex(node.asText());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
