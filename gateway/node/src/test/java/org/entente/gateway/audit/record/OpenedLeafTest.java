package org.entente.gateway.audit.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.MessageId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contents of leaves, and what others may see of them. */
class OpenedLeafTest {
  private static final byte[] SEED = Sha256.hash(new byte[] {7});

  private final Random random = new Random(24);

  private List<MessageId> ids(int count) {
    return Stream.generate(() -> MessageId.fresh(1, random)).limit(count).toList();
  }

  private static AuditRecord record(List<MessageId> ids) {
    return AuditRecord.of(
        AuditType.SEARCHED,
        LawCategory.CONSULTATION,
        AuditFixture.NOW,
        AuditActor.gateway(AuditFixture.AGENCY),
        new AuditSubject(null, ids, List.of(AuditFixture.PEER), null));
  }

  private static OpenedLeaf reopened(byte[] content, OpenedLeaf made) {
    return OpenedLeaf.of(content, ShownLeaf.commitment(made.shown().encode()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 7, 64, 65})
  void leaf_namesEachOfItsMessages_andNoOther(int count) {
    List<MessageId> ids = ids(count);
    OpenedLeaf made = OpenedLeaf.of(SEED, record(ids));
    OpenedLeaf leaf = reopened(made.bytes(), made);
    assertTrue(leaf.matches());
    assertEquals(Optional.of(record(ids)), leaf.record());

    ShownLeaf shown = ShownLeaf.parse(leaf.shown().encode()).orElseThrow();
    assertEquals(Optional.of(record(List.of())), shown.record());
    MessageId stranger = ids(1).get(0);
    assertTrue(leaf.path(stranger).isEmpty());
    for (MessageId id : ids) {
      MessagePath path = MessagePath.parse(leaf.path(id).orElseThrow().encode()).orElseThrow();
      assertTrue(shown.names(id, path), id::toString);
      assertFalse(shown.names(stranger, path), id::toString);
    }
  }

  @Test
  void message_costsItsIdAlone_andIsNotInWhatIsShown() {
    OpenedLeaf none = OpenedLeaf.of(SEED, record(List.of()));
    OpenedLeaf one = OpenedLeaf.of(SEED, record(ids(1)));

    assertEquals(none.bytes().length + MessageId.SIZE, one.bytes().length);
    assertEquals(none.shown().encode().length, one.shown().encode().length);
    assertArrayEquals(none.encodedRecord(), one.encodedRecord());
  }

  /** Two leaves about one message cannot be linked, nor two places of one leaf. */
  @Test
  void blinds_differByLeafAndPlace_andGiveNoOther() {
    MessageId id = ids(1).get(0);
    byte[] otherSeed = Sha256.hash(new byte[] {8});
    List<String> all =
        List.of(
            hex(MessageTree.blind(SEED, 0)),
            hex(MessageTree.blind(SEED, 1)),
            hex(MessageTree.blind(otherSeed, 0)),
            hex(Arrays.copyOf(OpenedLeaf.of(SEED, record(List.of(id))).shown().encode(), 32)),
            hex(SEED));
    assertEquals(5, all.stream().distinct().count());
    assertNotEquals(
        MessageTree.leafHash(MessageTree.blind(SEED, 0), id),
        MessageTree.leafHash(MessageTree.blind(SEED, 1), id));
  }

  @Test
  void content_changedCutOrOfAnotherCount_matchesNothing() {
    OpenedLeaf made = OpenedLeaf.of(SEED, record(ids(3)));
    byte[] content = made.bytes();
    for (int i = 0; i < content.length; i++) {
      byte[] changed = content.clone();
      changed[i] ^= 1;
      OpenedLeaf leaf = reopened(changed, made);
      assertFalse(leaf.matches());
      assertTrue(leaf.record().isEmpty());
      assertFalse(reopened(Arrays.copyOf(content, i), made).matches());
    }
    byte[] many = content.clone();
    Arrays.fill(many, 32, 36, (byte) 0xff);
    assertFalse(reopened(many, made).matches());
  }

  @Test
  void path_ofAnotherLength_isNone() {
    assertTrue(MessagePath.parse(new byte[35]).isEmpty());
    assertTrue(MessagePath.parse(new byte[37]).isEmpty());
    assertTrue(MessagePath.parse(new byte[36 + 33 * 32]).isEmpty());
    assertTrue(MessagePath.parse(new byte[36 + 32 * 32]).isPresent());
    assertTrue(ShownLeaf.parse(new byte[67]).isEmpty());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
