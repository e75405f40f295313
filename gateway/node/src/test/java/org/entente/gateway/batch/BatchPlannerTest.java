package org.entente.gateway.batch;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.ElementCount;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.seal.Samples;
import org.entente.gateway.seal.SeededRandom;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.junit.jupiter.api.Test;

/** What may share an envelope, and in which order envelopes are made. */
class BatchPlannerTest {
  private static final BatchKey FLASH = Samples.batchKey(Lane.FLASH);
  private static final BatchKey ROUTINE = Samples.batchKey(Lane.ROUTINE);

  private int next;

  private SealingItem item(BatchKey key) {
    return Samples.item(key, next++, 50, 100);
  }

  @Test
  void group_flashAfterRoutine_comesFirst() {
    List<SealingItem> waiting = List.of(item(ROUTINE), item(ROUTINE), item(FLASH), item(ROUTINE));

    List<SealingBatch> batches = BatchPlanner.group(waiting, 64, 1 << 20);

    assertEquals(List.of(FLASH, ROUTINE), batches.stream().map(SealingBatch::key).toList());
    assertEquals(List.of(waiting.get(0), waiting.get(1), waiting.get(3)), batches.get(1).items());
  }

  @Test
  void group_moreThanTheLimits_isSplit() {
    List<SealingItem> waiting = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      waiting.add(item(FLASH));
    }

    assertEquals(List.of(4, 4, 2), sizes(BatchPlanner.group(waiting, 4, 1 << 20)));
    assertEquals(
        List.of(3, 3, 3, 1), sizes(BatchPlanner.group(waiting, 64, 3 * waiting.get(0).size())));
    assertEquals(10, BatchPlanner.group(waiting, 64, 1).size());
  }

  /** An envelope with more would be refused by its recipients. */
  @Test
  void group_moreElementsThanAnEnvelopeMayHave_isSplit() {
    int each = 2_600;
    Alert.Builder alert = Alert.newBuilder();
    for (int i = 0; i < each; i++) {
      alert.addTexts(AlertText.newBuilder().setHeadline("h"));
    }
    byte[] body = Body.newBuilder().setAlert(alert).build().toByteArray();
    List<SealingItem> waiting = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      byte[] label = Label.newBuilder().setCaseRef("c").build().toByteArray();
      waiting.add(new SealingItem(FLASH, item(FLASH).id(), Long.MAX_VALUE, label, body));
    }
    int elements = waiting.get(0).elements();
    assertEquals(1 + 1 + 2 * each, elements);
    int fit = ElementCount.MOST / elements;
    assertEquals(List.of(fit, fit, 60 - 2 * fit), sizes(BatchPlanner.group(waiting, 64, 4 << 20)));
  }

  /** Further ones would be refused by their recipients. Other messages do not count. */
  @Test
  void group_moreRecallsAndChangesThanAnEnvelopeMayHave_isSplit() {
    Label change = Label.newBuilder().setReferences(ByteString.copyFromUtf8("target")).build();
    Label recall = Label.newBuilder().setKind(Kind.KIND_RECALL).build();
    List<Label> others =
        Stream.of(Kind.KIND_ROSTER, Kind.KIND_CONSENT, Kind.KIND_CHARGE)
            .map(kind -> Label.newBuilder().setKind(kind).build())
            .toList();
    List<SealingItem> waiting = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      waiting.add(permitted(change));
      waiting.add(permitted(i % 2 == 0 ? recall : others.get(i % 3)));
      waiting.add(permitted(Label.getDefaultInstance()));
    }
    assertEquals(List.of(96, 24), sizes(BatchPlanner.group(waiting, 4_096, 1 << 20)));
  }

  private static SealingItem permitted(Label label) {
    Body body = Body.getDefaultInstance();
    Instant now = Instant.parse("2026-11-25T10:00:00Z");
    MessageId id = MessageId.fresh(now.toEpochMilli(), new Random(1));
    return SealingItem.of(
        PermittedFixture.permitted(id, FR, Lane.ROUTINE, label, body, now, "a", 10, DE.value()));
  }

  private static List<Integer> sizes(List<SealingBatch> batches) {
    return batches.stream().map(batch -> batch.items().size()).toList();
  }

  @Test
  void group_ofAnything_losesAndMixesNothing() {
    Random random = new Random(5);
    List<BatchKey> keys = new ArrayList<>();
    for (Lane lane : Lane.all()) {
      for (boolean exercise : new boolean[] {false, true}) {
        keys.add(new BatchKey(List.of(DE), "a", 10, lane, exercise));
        keys.add(new BatchKey(List.of(DE), "a", 11, lane, exercise));
        keys.add(new BatchKey(List.of(DE), "b", 10, lane, exercise));
        keys.add(new BatchKey(List.of(SG), "a", 10, lane, exercise));
      }
    }
    List<SealingItem> waiting = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      waiting.add(item(keys.get(random.nextInt(keys.size()))));
    }

    List<SealingBatch> batches = BatchPlanner.group(waiting, 17, 2000);

    Set<SealingItem> seen = new HashSet<>();
    for (SealingBatch batch : batches) {
      int before = -1;
      for (SealingItem item : batch.items()) {
        assertEquals(batch.key(), item.key());
        assertTrue(seen.add(item));
        assertTrue(waiting.indexOf(item) > before, "order of arrival");
        before = waiting.indexOf(item);
      }
    }
    assertEquals(waiting.size(), seen.size());
    assertEquals(
        batches.stream().map(batch -> batch.key().lane()).sorted().toList(),
        batches.stream().map(batch -> batch.key().lane()).toList());
  }

  @Test
  void group_largestLabels_fitOneEnvelopeEach() {
    List<SealingItem> waiting = new ArrayList<>();
    for (int i = 0; i < 130; i++) {
      waiting.add(Samples.item(FLASH, i, EnvelopeHeader.MAX_LABEL_BYTES, 0));
    }

    List<SealingBatch> batches = BatchPlanner.group(waiting, 4096, Integer.MAX_VALUE);

    assertEquals(2, batches.size());
    Sealed sealed = Samples.sealer(FR, "large").seal(batches.get(0));
    assertTrue(sealed.envelope().header().labelsLength() <= EnvelopeHeader.MAX_LABELS_BYTES);
  }

  @Test
  void batch_ofMixedKeysOrNothing_cannotBeMade() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new SealingBatch(FLASH, List.of(item(FLASH), item(ROUTINE))));
    assertThrows(IllegalArgumentException.class, () -> new SealingBatch(FLASH, List.of()));
  }

  @Test
  void batchKey_recipientsInAnyOrder_areTheSame() {
    assertEquals(
        new BatchKey(List.of(DE, SG), "a", 1, Lane.FLASH, false),
        new BatchKey(List.of(SG, DE), "a", 1, Lane.FLASH, false));
  }

  @Test
  void item_ofPermittedMessage_keepsWhatWasPermitted() {
    MessageId id = MessageId.fresh(Samples.NOW_MS, new SeededRandom("permitted"));
    Body body = Body.newBuilder().setAlert(Alert.getDefaultInstance()).build();
    Permitted permitted =
        PermittedFixture.alert(
            id, FR, Lane.IMMEDIATE, body, Samples.NOW, "de.customs", "sg.police");

    SealingItem item = SealingItem.of(permitted);

    assertEquals(
        new BatchKey(
            List.of(new AgencyName("de.customs"), new AgencyName("sg.police")),
            "test",
            30,
            Lane.IMMEDIATE,
            false),
        item.key());
    assertEquals(id, item.id());
    assertEquals(permitted.expires().toEpochMilli(), item.expiresAtMs());
    assertArrayEquals(permitted.label().toByteArray(), item.label());
    assertArrayEquals(body.toByteArray(), item.body());
  }
}
