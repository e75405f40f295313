package org.entente.gateway.seal;

import static org.entente.gateway.seal.ForeignExchange.BAD_SIGNATURE;
import static org.entente.gateway.seal.ForeignExchange.CANNOT_OPEN;
import static org.entente.gateway.seal.ForeignExchange.HEADER_MISMATCH;
import static org.entente.gateway.seal.ForeignExchange.MALFORMED;
import static org.entente.gateway.seal.ForeignExchange.hash;
import static org.entente.gateway.seal.ForeignExchange.hex;
import static org.entente.gateway.testkit.ForeignVerifier.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.entente.gateway.batch.BatchKey;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.batch.SealingBatch;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.Stanza;
import org.entente.gateway.testkit.FieldDamage;
import org.entente.gateway.testkit.ForeignVerifier;
import org.entente.gateway.testkit.ForeignVerifier.Case;
import org.entente.gateway.testkit.ForeignVerifier.CaseTally;
import org.entente.gateway.testkit.ForeignVerifier.Comparison;
import org.junit.jupiter.api.Test;

/**
 * Envelopes sealed under new random keys, as the verifier in Node sees them: it opens the same
 * messages, and comes to this code's verdict on every damaged delivery, code for code.
 */
class ForeignEnvelopeTest {
  private static final long SEED = System.nanoTime();

  private final ForeignVerifier foreign = ForeignVerifier.require();
  private final ForeignExchange exchange = new ForeignExchange();
  private final FieldDamage damage = new FieldDamage(SEED);
  private final ByteMutation mutation = new ByteMutation(SEED);

  @Test
  void envelopes_ofNewKeys_openToTheSameMessages() {
    List<Sealed> all = new ArrayList<>();
    for (int bodyBytes : new int[] {0, 1, 17, 1000, 70_000}) {
      all.add(exchange.fr.seal(bodyBytes % 5 + 1, bodyBytes));
    }
    BatchKey key = Samples.batchKey(Lane.FLASH);
    List<SealingItem> longLabel = List.of(Samples.item(key, 1, 50_000, 10));
    all.add(exchange.fr.sealer.seal(new SealingBatch(key, longLabel)));
    List<Case> cases = new ArrayList<>();
    List<OpeningResult.Opened> opened = new ArrayList<>();
    for (Sealed sealed : all) {
      Stanza stanza = exchange.fr.stanzaFor(exchange.de, sealed, 100 + cases.size()).stanza();
      cases.add(exchange.delivery("envelope", ForeignExchange.parts(sealed.envelope(), stanza)));
      opened.add((OpeningResult.Opened) exchange.de.open(sealed.envelope(), stanza));
    }

    List<ForeignVerifier.Answer> answers = foreign.ask(cases);

    for (int i = 0; i < all.size(); i++) {
      assertEquals(OK, answers.get(i).verdict());
      assertSame(opened.get(i).labels(), answers.get(i).value());
    }
  }

  private static void assertSame(OpenedLabels here, JsonNode there) {
    assertEquals(here.count(), there.path("labels").size());
    for (int i = 0; i < here.count(); i++) {
      assertEquals(hash(here.label(i).toByteArray()), there.at("/labels/" + i).asText());
      assertEquals(hash(here.openBody(i).orElseThrow()), there.at("/bodies/" + i).asText());
    }
  }

  @Test
  void delivery_damagedAnywhere_isRefusedByBothForTheSameReason() {
    byte[][] good = ForeignExchange.parts(exchange.sealed.envelope(), exchange.addressed.stanza());
    int[][] fields = {
      {1, 1, 1, 1, 2, 1, 10, 1, 4, 16, 8, 8, 4, 4, 32},
      {32, 32},
      {24, 32, good[2].length - 72, 16},
      {76, 76, 76, good[3].length - 228},
      {1, 1, 16, 8, 8, 32, 16}
    };
    Comparison cases = new Comparison(SEED);
    for (int part = 0; part < good.length; part++) {
      for (FieldDamage.Damaged damaged : damage.of(good[part], fields[part])) {
        add(cases, good, part, damaged.bytes(), damaged.how());
      }
      for (int round = 0; round < 60; round++) {
        add(cases, good, part, mutation.of(good[part]), "mutation " + round);
      }
    }

    cases.refusedBy(foreign, 600, CANNOT_OPEN, MALFORMED, BAD_SIGNATURE, HEADER_MISMATCH);
  }

  private void add(Comparison cases, byte[][] good, int part, byte[] bytes, String how) {
    byte[][] parts = good.clone();
    parts[part] = bytes;
    cases.add(exchange.delivery("part " + part + " " + how, parts), exchange.open(parts));
  }

  @Test
  void parts_ofAnotherDelivery_areRefusedByBoth() {
    byte[][] good = ForeignExchange.parts(exchange.sealed.envelope(), exchange.addressed.stanza());
    Sealed another = exchange.fr.seal(3, 60);
    byte[][] other =
        ForeignExchange.parts(
            another.envelope(), exchange.fr.stanzaFor(exchange.de, another, 8).stanza());
    Comparison cases = new Comparison(SEED);
    for (int mask = 1; mask < (1 << good.length) - 1; mask++) {
      byte[][] mixed = good.clone();
      for (int part = 0; part < good.length; part++) {
        mixed[part] = (mask >> part & 1) == 1 ? other[part] : good[part];
      }
      cases.add(
          exchange.delivery("mixed " + Integer.toBinaryString(mask), mixed), exchange.open(mixed));
    }

    cases.refusedBy(foreign, 30, CANNOT_OPEN, BAD_SIGNATURE, HEADER_MISMATCH);
  }

  /** An origin that does not keep to the format, but signs and commits to what it made. */
  @Test
  void labels_craftedByTheirOrigin_areJudgedAlike() {
    Comparison cases = new Comparison(SEED);
    for (Map.Entry<String, byte[]> plain : OddLabels.all().entrySet()) {
      add(cases, plain.getKey(), new CraftedEnvelopes().withLabels(plain.getValue()));
    }
    CraftedEnvelopes crafted = new CraftedEnvelopes();
    byte[] right = crafted.plainLabels().build().toByteArray();
    for (int round = 0; round < 200; round++) {
      byte[] plain = mutation.of(right);
      add(cases, "plaintext mutated to " + hex(plain), new CraftedEnvelopes().withLabels(plain));
    }
    byte[] bodies = crafted.bodies();
    for (FieldDamage.Damaged damaged : damage.of(bodies, 4, 16, bodies.length - 20)) {
      add(
          cases,
          "bodies " + damaged.how(),
          damaged.bytes().length == 0
              ? crafted.withLabels(right)
              : crafted.envelope(1, crafted.sealedLabels(right), damaged.bytes()));
    }
    for (int count : new int[] {2, 4096}) {
      add(cases, "count " + count, crafted.envelope(count, crafted.sealedLabels(right), bodies));
    }

    CaseTally tally = foreign.agree(cases);

    assertTrue(tally.of(OK) >= 3 && tally.of(CANNOT_OPEN) >= 150, tally.toString());
  }

  private static void add(Comparison cases, String name, Envelope envelope) {
    CraftedEnvelopes crafted = new CraftedEnvelopes();
    boolean opens = new Opener(n -> {}).openLabels(envelope, crafted.key).isPresent();
    cases.add(
        new Case("content", name)
            .with("header", envelope.header().encoded())
            .with("signature", envelope.signature())
            .with("labels", envelope.labels())
            .with("bodies", envelope.bodies())
            .with("content_key", crafted.key.reveal())
            .with("gateway_key", crafted.signingKey.verifyingKey().encoded()),
        opens,
        CANNOT_OPEN);
  }
}
