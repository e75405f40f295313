package org.entente.gateway.seal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Document;
import org.entente.proto.v1.Label;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Threat 46 as the peer sees it, over the whole of receiving: once a secret has been used, what
 * failed is not to be told from anything else that could have.
 */
class OneOutcomeTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final SecureRandom random = new SecureRandom();
  private final MemoryStorageKeys keys = new MemoryStorageKeys();
  private final Ledger ledger = QuietLedger.over(new MemoryStore(), () -> NOW);

  @AutoClose("closeWithLedger")
  private final ReceiveKit kit;

  OneOutcomeTest(@TempDir Path folder) throws IOException {
    ErasureJournal journal =
        ErasureJournal.open(folder.resolve("erasures"), NOW.getEpochSecond() / 86_400);
    ledger.start();
    kit =
        new ReceiveKit(
            ledger, keys, keys, journal, (origin, label, body) -> Optional.empty(), () -> NOW);
  }

  @Test
  void receipt_whateverFailsAfterTheKeyIsUsed_isTheSame() {
    Receipt expected =
        Receipt.newBuilder()
            .setResult(Result.RESULT_REFUSED)
            .setCode(Code.CANNOT_OPEN.name())
            .build();
    for (Map.Entry<String, Delivery> bad : failures().entrySet()) {
      assertEquals(expected, withoutNumber(kit.handOver(bad.getValue())), bad.getKey());
    }

    CraftedEnvelopes good = crafted(label(), body());
    Receipt receipt = kit.handOver(deliver(good, good.withLabels(plain(good))));
    assertEquals(
        Result.RESULT_COMMITTED, receipt.getResult(), "what is right is taken: " + receipt);
  }

  private Map<String, Delivery> failures() {
    CraftedEnvelopes right = crafted(label(), body());
    Envelope envelope = right.withLabels(plain(right));
    Map<String, Delivery> all = new LinkedHashMap<>();
    all.put("stanza spoiled", spoiled(deliver(right, envelope)));
    all.put(
        "stanza of another content key", kit.address(envelope, CraftedEnvelopes.key("another")));
    all.put("labels not sealed", deliver(right, right.envelope(1, new byte[200], right.bodies())));
    all.put("labels no protobuf", deliver(right, right.withLabels(new byte[] {-1})));
    byte[] more = right.plainLabels().addLabels(ByteString.copyFromUtf8("x")).build().toByteArray();
    all.put("labels miscounted", deliver(right, right.withLabels(more)));
    byte[] sealed = right.sealedLabels(plain(right));
    byte[] bodies = right.bodies();
    byte[] otherwise = changed(bodies, bodies.length - 1);
    all.put("bodies wrongly padded", deliver(right, right.envelope(1, sealed, otherwise)));
    byte[] spoiled = changed(right.sealedBody(), 0);
    byte[] padded = CraftedEnvelopes.padded(right.key, List.of(spoiled));
    all.put("body not authentic", deliver(right, right.envelope(1, sealed, padded)));
    put(all, "label no protobuf", new byte[] {-1}, body());
    put(
        all,
        "label without an id",
        Label.newBuilder().setOrigin("x").build().toByteArray(),
        body());
    put(all, "body no protobuf", label(), new byte[] {-1});
    return all;
  }

  private void put(Map<String, Delivery> all, String what, byte[] label, byte[] body) {
    CraftedEnvelopes crafted = crafted(label, body);
    all.put(what, deliver(crafted, crafted.withLabels(plain(crafted))));
  }

  private CraftedEnvelopes crafted(byte[] label, byte[] body) {
    long now = NOW.toEpochMilli();
    EnvelopeFacts facts =
        new EnvelopeFacts(
            ReceiveKit.ORIGIN,
            ReceiveKit.originGateway(),
            EnvelopeId.fresh(now, random),
            Lane.PRIORITY,
            false,
            now,
            now + Samples.HOUR_MS);
    return new CraftedEnvelopes(facts, kit.originKey(), label, body);
  }

  private Delivery deliver(CraftedEnvelopes crafted, Envelope envelope) {
    return kit.address(envelope, crafted.key);
  }

  private static byte[] plain(CraftedEnvelopes crafted) {
    return crafted.plainLabels().build().toByteArray();
  }

  /** A label that agrees with its header; this node's policy takes anything. */
  private byte[] label() {
    return Label.newBuilder()
        .setMessageId(ByteString.copyFrom(MessageId.fresh(NOW.toEpochMilli(), random).bytes()))
        .setOrigin(ReceiveKit.ORIGIN.value())
        .setLaneValue(Lane.PRIORITY.number())
        .setRetentionDays(1)
        .build()
        .toByteArray();
  }

  private static byte[] body() {
    return Body.newBuilder()
        .setDocument(Document.newBuilder().setName("n".repeat(1_000)))
        .build()
        .toByteArray();
  }

  private static Delivery spoiled(Delivery delivery) {
    byte[] stanza = delivery.getStanzas(0).getStanza().toByteArray();
    stanza[stanza.length - 1] ^= 1;
    Delivery.Builder out = delivery.toBuilder();
    out.getStanzasBuilder(0).setStanza(ByteString.copyFrom(stanza));
    return out.build();
  }

  private static byte[] changed(byte[] bytes, int at) {
    byte[] copy = bytes.clone();
    copy[at] ^= 1;
    return copy;
  }

  /** Hop number and header hash name the delivery, which the peer knows. */
  private static Receipt withoutNumber(Receipt receipt) {
    return receipt.toBuilder().clearHopEpoch().clearHopSequence().clearHeaderHash().build();
  }
}
