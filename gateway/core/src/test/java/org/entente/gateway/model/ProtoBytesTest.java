package org.entente.gateway.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProtoBytesTest {
  private static final byte[] BYTES = new byte[1_000];

  static {
    new Random(1).nextBytes(BYTES);
  }

  @Test
  void array_ofAStringWithOneOfItsOwn_isThat() {
    assertSame(BYTES, ProtoBytes.array(UnsafeByteOperations.unsafeWrap(BYTES)));
  }

  @Test
  void array_ofAPart_OfPieces_OfABuffer_andOfNothing_hasTheirBytes() {
    ByteString all = ByteString.copyFrom(BYTES);
    byte[] part = ProtoBytes.array(UnsafeByteOperations.unsafeWrap(BYTES).substring(10, 990));
    assertArrayEquals(Arrays.copyOfRange(BYTES, 10, 990), part);
    assertArrayEquals(all.concat(all).toByteArray(), ProtoBytes.array(all.concat(all)));
    ByteBuffer direct = ByteBuffer.allocateDirect(BYTES.length).put(BYTES).flip();
    assertArrayEquals(BYTES, ProtoBytes.array(UnsafeByteOperations.unsafeWrap(direct)));
    assertArrayEquals(new byte[0], ProtoBytes.array(ByteString.EMPTY));
  }

  @Test
  void message_hasPartsOfTheArray_andIsRefusedLikeAnyOther() throws Exception {
    byte[] encoded = BytesValue.of(ByteString.copyFrom(BYTES)).toByteArray();
    BytesValue parsed = ProtoBytes.parse(BytesValue.parser(), encoded);
    assertEquals(BytesValue.parseFrom(encoded), parsed);
    encoded[encoded.length - 1] ^= 1;
    assertEquals(encoded[encoded.length - 1], parsed.getValue().byteAt(BYTES.length - 1));
    byte[] cut = Arrays.copyOf(encoded, encoded.length - 1);
    assertThrows(
        InvalidProtocolBufferException.class, () -> ProtoBytes.parse(BytesValue.parser(), cut));
    byte[] endsAGroup = {(1 << 3) | 4};
    assertThrows(
        InvalidProtocolBufferException.class,
        () -> ProtoBytes.parse(BytesValue.parser(), endsAGroup));
  }
}
