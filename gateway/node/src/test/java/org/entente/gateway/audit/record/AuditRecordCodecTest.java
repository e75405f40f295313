package org.entente.gateway.audit.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.junit.jupiter.api.Test;

/** Audit records and their stored form. */
class AuditRecordCodecTest {

  private static final AuditActor GATEWAY = AuditActor.gateway(AuditFixture.AGENCY);

  @Test
  void record_ofEveryTypeAndCategory_readsBackTheSame() {
    for (AuditType type : AuditType.values()) {
      for (LawCategory category : LawCategory.values()) {
        assertReadsBack(
            AuditRecord.of(type, category, AuditFixture.NOW, GATEWAY, AuditSubject.NODE));
      }
    }
  }

  @Test
  void record_withEveryField_readsBackTheSame() {
    assertReadsBack(AuditFixture.record(new Random(1)).refused(Code.NOT_COVERED, "purposes"));
    assertReadsBack(
        AuditRecord.of(
            AuditType.DELIVERED_RANGE,
            LawCategory.DISCLOSURE,
            AuditFixture.NOW.plusNanos(1_999_999),
            new AuditActor(AuditFixture.AGENCY, new NodeName("desk"), null),
            AuditSubject.of(Lane.FLASH, 0, Long.MAX_VALUE)));
    assertReadsBack(
        AuditRecord.ofNode(AuditType.NODE_START, Instant.EPOCH, GATEWAY, "version 0.1.0"));
    AuditPerson unexplained = new AuditPerson("o-1", "", null);
    assertReadsBack(
        AuditRecord.of(
            AuditType.OPENED,
            LawCategory.CONSULTATION,
            AuditFixture.NOW,
            new AuditActor(AuditFixture.PEER, null, unexplained),
            AuditSubject.of(EnvelopeId.of(new byte[16]), List.of(), List.of(AuditFixture.PEER))));
    assertReadsBack(
        AuditRecord.of(
            AuditType.OPENED,
            LawCategory.CONSULTATION,
            AuditFixture.NOW,
            GATEWAY,
            new AuditSubject(null, List.of(MessageId.of(new byte[16])), List.of(), null)));
  }

  private static void assertReadsBack(AuditRecord record) {
    byte[] encoded = AuditRecordCodec.encode(record);
    List<MessageId> messages = record.subject().messages();
    assertEquals(Optional.of(record), AuditRecordCodec.decode(encoded, messages));
  }

  @Test
  void numbers_onDisk_areThoseOfTheProto() {
    for (AuditType type : AuditType.values()) {
      assertEquals(
          "AUDIT_TYPE_" + type,
          org.entente.proto.store.v1.AuditType.forNumber(type.number()).name());
    }
    for (LawCategory category : LawCategory.values()) {
      assertEquals(
          "LAW_CATEGORY_" + category,
          org.entente.proto.store.v1.LawCategory.forNumber(category.number()).name());
    }
  }

  @Test
  void decode_seededMutations_neverThrows() {
    long seed = 0xc0decL;
    Random random = new Random(seed);
    byte[] original = AuditRecordCodec.encode(AuditFixture.record(random));
    int read = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = Arrays.copyOf(original, 1 + random.nextInt(original.length));
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      read += AuditRecordCodec.decode(bytes).isPresent() ? 1 : 0;
    }
    assertTrue(read < 20_000, "seed " + seed);
  }

  @Test
  void decode_unknownTypeOrNoActor_isEmpty() {
    org.entente.proto.store.v1.AuditRecord.Builder record =
        org.entente.proto.store.v1.AuditRecord.newBuilder()
            .setTypeValue(1)
            .setLawCategoryValue(1)
            .setActor(
                org.entente.proto.store.v1.AuditActor.newBuilder()
                    .setAgency(AuditFixture.AGENCY.value()));
    assertTrue(decodes(record));
    assertFalse(decodes(record.clone().setTypeValue(0)));
    assertFalse(decodes(record.clone().setTypeValue(99)));
    assertFalse(decodes(record.clone().setLawCategoryValue(8)));
    assertFalse(decodes(record.clone().setAtMs(-1)));
    assertFalse(decodes(record.clone().clearActor()));
  }

  private static boolean decodes(org.entente.proto.store.v1.AuditRecord.Builder record) {
    return AuditRecordCodec.decode(record.build().toByteArray()).isPresent();
  }

  @Test
  void record_beyondItsBounds_isRefused() {
    assertThrows(InvalidValue.class, () -> new AuditPerson("", "u", null));
    assertThrows(InvalidValue.class, () -> new AuditPerson("o".repeat(81), "u", null));
    assertThrows(InvalidValue.class, () -> new AuditPerson("o", "u", "j".repeat(501)));
    // Characters, and not the halves of pairs: what the check of drafts lets in can be recorded.
    String eighty = "\uD835\uDC05".repeat(80);
    assertEquals(eighty, new AuditPerson(eighty, eighty, null).officer());
    assertThrows(InvalidValue.class, () -> AuditSubject.of(Lane.FLASH, 2, 1));
    assertThrows(InvalidValue.class, () -> new AuditRecord.Outcome("", "d".repeat(501)));
    assertThrows(
        InvalidValue.class,
        () -> AuditRecord.ofNode(AuditType.NODE_STOP, Instant.EPOCH.minusMillis(1), GATEWAY, ""));
  }

  /** Or a long reason would undo the change that it explains. */
  @Test
  void detail_thatIsTooLong_isCutBetweenCharacters() {
    String pair = "\uD835\uDC05";
    AuditRecord record = AuditFixture.record(new Random(1));
    assertEquals(pair.repeat(500), record.saying(pair.repeat(500)).outcome().detail());
    String cut = pair.repeat(499) + "…";
    assertEquals(cut, record.saying(pair.repeat(501)).outcome().detail());
    assertReadsBack(record.refused(Code.NOT_COVERED, pair.repeat(900)));
    assertEquals(
        cut,
        AuditRecord.ofNode(AuditType.SETTLED, AuditFixture.NOW, GATEWAY, pair.repeat(501))
            .outcome()
            .detail());
  }

  @Test
  void person_printed_isHidden() {
    String shown = AuditFixture.record(new Random(1)).toString();
    assertFalse(shown.contains(AuditFixture.OFFICER), shown);
    assertFalse(shown.contains(AuditFixture.JUSTIFICATION), shown);
  }
}
