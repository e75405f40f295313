package org.entente.gateway.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The form of a batch between machines. */
class BatchCodecTest {
  private static final List<Table> TABLES = List.of(Table.values());

  @Test
  void batch_encoded_hasTheDocumentedBytes() {
    Batch batch =
        new Batch()
            .put(Table.META, new byte[] {1}, new byte[] {2, 3})
            .delete(Table.INBOX, new byte[] {4})
            .deleteRange(Table.META, new byte[] {5}, new byte[] {6});

    assertEquals(
        "02"
            + "044d455441"
            + "05494e424f58"
            + "01000000000101000000020203"
            + "02010000000104"
            + "030000000001050000000106",
        HexFormat.of().formatHex(BatchCodec.encode(batch)));
  }

  @Test
  void batch_random_isTheSameAfterwards() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      Batch batch = random(random);
      byte[] encoded = BatchCodec.encode(batch);
      Batch decoded = BatchCodec.decode(encoded);
      assertEquals(changes(batch), changes(decoded), "seed " + seed);
    }
  }

  /** Whatever is accepted is what an encoder would have written. */
  @Test
  void bytes_seededMutations_areRefusedOrEncodedTheSame() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int accepted = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = BatchCodec.encode(random(random));
      for (int i = 0; i < 1 + random.nextInt(3); i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(8);
      }
      byte[] mutated =
          random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
      try {
        assertArrayEquals(mutated, BatchCodec.encode(BatchCodec.decode(mutated)), "seed " + seed);
        accepted++;
      } catch (IllegalArgumentException e) {
        assertTrue(e.getMessage() != null && !e.getMessage().isEmpty());
      }
    }
    assertTrue(accepted > 0 && accepted < 20_000, accepted + ", seed " + seed);
  }

  @Test
  void bytes_thatNoEncoderWrites_areRefused() {
    for (String hex :
        List.of(
            "",
            "01",
            "01044d455441",
            "02044d455441044d455441020000000000",
            "01044d455442020000000000",
            "01044d455441040000000000",
            "01044d455441020100000000",
            "01044d4554410200ffffffff",
            "01044d455441030000000001060000000105")) {
      byte[] bytes = HexFormat.of().parseHex(hex);
      assertThrows(IllegalArgumentException.class, () -> BatchCodec.decode(bytes), hex);
    }
  }

  private static Batch random(Random random) {
    Batch batch = new Batch();
    for (int i = random.nextInt(6); i > 0; i--) {
      Table table = TABLES.get(random.nextInt(TABLES.size()));
      byte[] key = bytes(random, 5);
      switch (random.nextInt(3)) {
        case 0 -> batch.put(table, key, bytes(random, 20));
        case 1 -> batch.delete(table, key);
        default -> batch.deleteRange(table, key, bytes(random, 5));
      }
    }
    return batch;
  }

  private static byte[] bytes(Random random, int most) {
    byte[] bytes = new byte[random.nextInt(most)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static List<String> changes(Batch batch) {
    List<String> changes = new ArrayList<>();
    batch.applyTo(
        new Batch.Target() {
          @Override
          public void put(Table table, byte[] key, byte[] value) {
            changes.add("put " + table + hex(key) + hex(value));
          }

          @Override
          public void delete(Table table, byte[] key) {
            changes.add("delete " + table + hex(key));
          }

          @Override
          public void deleteRange(Table table, byte[] from, byte[] to) {
            changes.add("range " + table + hex(from) + hex(to));
          }
        });
    return changes;
  }

  private static String hex(byte[] bytes) {
    return " " + HexFormat.of().formatHex(bytes);
  }
}
