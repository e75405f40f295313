package org.entente.gateway.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KeyBuilderTest {
  @Test
  void parts_built_areBigEndianAndPrefixed() {
    byte[] key =
        KeyBuilder.key()
            .u8(0xfe)
            .u16(0x0102)
            .u32(0xfffefdfcL)
            .u64(-2)
            .ascii("fr.x")
            .bytes(new byte[] {9})
            .done();

    assertEquals(
        "fe" + "0102" + "fffefdfc" + "fffffffffffffffe" + "0466722e78" + "09",
        HexFormat.of().formatHex(key));
  }

  @Test
  void reader_builtKey_givesPartsBack() {
    byte[] key =
        KeyBuilder.key()
            .u8(7)
            .ascii("")
            .u16(65535)
            .u32(1)
            .u64(Long.MIN_VALUE)
            .ascii("a")
            .u8(1)
            .done();

    KeyReader reader = KeyReader.of(key);
    assertEquals(7, reader.u8());
    assertEquals("", reader.ascii());
    assertEquals(65535, reader.u16());
    assertEquals(1, reader.u32());
    assertEquals(Long.MIN_VALUE, reader.u64());
    assertEquals("a", reader.ascii());
    assertThrows(IllegalStateException.class, reader::end);
    assertArrayEquals(new byte[] {1}, reader.rest());
    reader.end();
  }

  @Test
  void reader_shortKey_isRefused() {
    assertThrows(IllegalStateException.class, () -> KeyReader.of(new byte[7]).u64());
    assertThrows(IllegalStateException.class, () -> KeyReader.of(new byte[] {3, 'a'}).ascii());
    assertThrows(IllegalStateException.class, () -> KeyReader.of(new byte[0]).u8());
    assertThrows(IllegalStateException.class, () -> KeyReader.of(new byte[1]).bytes(2));
  }

  @Test
  void numbers_inKeys_keepTheirOrder() {
    assertAscending(Stream.of(0, 1, 127, 128, 255).map(n -> KeyBuilder.key().u8(n)));
    assertAscending(
        Stream.of(0, 1, 255, 256, 32767, 32768, 65535).map(n -> KeyBuilder.key().u16(n)));
    assertAscending(
        Stream.of(0L, 255L, 256L, 0x7fff_ffffL, 0x8000_0000L, 0xffff_ffffL)
            .map(n -> KeyBuilder.key().u32(n)));
    assertAscending(
        Stream.of(0L, 255L, 256L, Long.MAX_VALUE, Long.MIN_VALUE, -1L)
            .map(n -> KeyBuilder.key().u64(n)));
  }

  @Test
  void text_inKeys_keepsPartsApart() {
    assertAscending(
        Stream.of("", "a", "b", "aa", "ab", "zzz", "fr.customs")
            .flatMap(
                t ->
                    Stream.of(KeyBuilder.key().ascii(t).u8(0), KeyBuilder.key().ascii(t).u8(255))));
  }

  @Test
  void firstPart_decidesBeforeSecond() {
    assertAscending(
        Stream.of(
            KeyBuilder.key().u8(1).u64(-1),
            KeyBuilder.key().u8(2).u64(0),
            KeyBuilder.key().u8(2).u64(1).u8(0)));
  }

  @Test
  void values_outOfRange_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> KeyBuilder.key().u8(256));
    assertThrows(IllegalArgumentException.class, () -> KeyBuilder.key().u8(-1));
    assertThrows(IllegalArgumentException.class, () -> KeyBuilder.key().u16(65536));
    assertThrows(IllegalArgumentException.class, () -> KeyBuilder.key().u32(-1));
    assertThrows(IllegalArgumentException.class, () -> KeyBuilder.key().u32(1L << 32));
    assertThrows(IllegalArgumentException.class, () -> KeyBuilder.key().ascii("é"));
    assertThrows(IllegalArgumentException.class, () -> KeyBuilder.key().ascii("x".repeat(256)));
  }

  /** However long the parts are, whichever of them is the first that needs room. */
  @Test
  void parts_ofAnyLength_standAsTheyAre() {
    for (int first = 0; first < 120; first++) {
      byte[] begin = new byte[first];
      Arrays.fill(begin, (byte) 1);
      byte[] end = new byte[1_000];
      Arrays.fill(end, (byte) 2);
      byte[] key = KeyBuilder.key().bytes(begin).u64(3).ascii("ab").bytes(end).done();
      byte[] expected = new byte[first + 8 + 3 + end.length];
      Arrays.fill(expected, 0, first, (byte) 1);
      expected[first + 7] = 3;
      expected[first + 8] = 2;
      expected[first + 9] = 'a';
      expected[first + 10] = 'b';
      Arrays.fill(expected, first + 11, expected.length, (byte) 2);
      assertArrayEquals(expected, key);
    }
  }

  @Test
  void endOf_prefix_isLeastKeyAboveAllThatBeginWithIt() {
    assertArrayEquals(parse("0102"), KeyBuilder.endOf(parse("0101")));
    assertArrayEquals(parse("02"), KeyBuilder.endOf(parse("01ffff")));
    assertNull(KeyBuilder.endOf(parse("ffff")));
    assertNull(KeyBuilder.endOf(new byte[0]));
    byte[] end = KeyBuilder.endOf(parse("01ff"));
    assertTrue(Arrays.compareUnsigned(parse("01ffffffff"), end) < 0);
    assertTrue(Arrays.compareUnsigned(parse("02"), end) >= 0);
  }

  private static void assertAscending(Stream<KeyBuilder> keys) {
    List<byte[]> built = keys.map(KeyBuilder::done).toList();
    for (int i = 1; i < built.size(); i++) {
      assertTrue(
          Arrays.compareUnsigned(built.get(i - 1), built.get(i)) < 0,
          hex(built.get(i - 1)) + " is not before " + hex(built.get(i)));
    }
  }

  private static byte[] parse(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
