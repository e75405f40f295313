package org.entente.gateway.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.entente.proto.link.v1.Deliveries;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.SealedLabels;
import org.entente.proto.link.v1.Stanza;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Body;
import org.junit.jupiter.api.Test;

/** Elements are counted without being made: threat 92. */
class ElementCountTest {
  private static int count(Descriptor type, byte[] bytes) throws InvalidProtocolBufferException {
    ElementCount count = new ElementCount(Integer.MAX_VALUE);
    assertTrue(count.takes(type, bytes));
    return count.counted();
  }

  @Test
  void elements_areCountedAtEveryDepth() throws IOException {
    Stanza stanza =
        Stanza.newBuilder()
            .setRecipient("de.customs")
            .setStanza(ByteString.copyFromUtf8("s"))
            .build();
    Delivery delivery = Delivery.newBuilder().setHopEpoch(1).addStanzas(stanza).build();
    Frame frame =
        Frame.newBuilder()
            .setDeliveries(Deliveries.newBuilder().addDeliveries(delivery).addDeliveries(delivery))
            .build();
    assertEquals(1 + 2 * (1 + 1 + 1 + 2), count(Frame.getDescriptor(), frame.toByteArray()));
    Alert alert = Alert.newBuilder().putExtra("a", "b").putExtra("c", "d").build();
    assertEquals(
        1 + 2 * 3,
        count(Body.getDescriptor(), Body.newBuilder().setAlert(alert).build().toByteArray()));
  }

  @Test
  void packedNumbers_andFieldsThatTheTypeDoesNotKnow_count() throws IOException {
    SealedLabels.Builder labels = SealedLabels.newBuilder();
    for (int i = 0; i < 800; i++) {
      labels.addBodyLengths(1);
    }
    assertEquals(1 + 800 / 8, count(SealedLabels.getDescriptor(), labels.build().toByteArray()));
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .addField(
                900,
                UnknownFieldSet.Field.newBuilder()
                    .addVarint(1)
                    .addFixed64(2)
                    .addLengthDelimited(ByteString.copyFromUtf8("x"))
                    .build())
            .build();
    assertEquals(3, count(Frame.getDescriptor(), unknown.toByteArray()));
  }

  /** A MiB of empty elements, which a parser makes 35 MiB of. */
  @Test
  void emptyElements_beyondTheLimit_areNotWithin_alsoOverMessagesThatShareIt() throws IOException {
    byte[] empty = new byte[2 * 500];
    for (int i = 0; i < empty.length; i += 2) {
      empty[i] = (byte) (Deliveries.DELIVERIES_FIELD_NUMBER << 3 | 2);
    }
    assertEquals(500, count(Deliveries.getDescriptor(), empty));
    assertFalse(new ElementCount(499).takes(Deliveries.getDescriptor(), empty));
    ElementCount shared = new ElementCount(1_250);
    assertTrue(shared.takes(Deliveries.getDescriptor(), empty));
    assertTrue(shared.takes(Deliveries.getDescriptor(), CodedInputStream.newInstance(empty)));
    assertFalse(shared.takes(Deliveries.getDescriptor(), empty));
    assertTrue(ElementCount.canExceed(empty.length, 499));
    assertFalse(ElementCount.canExceed(empty.length, 500));
  }

  private interface Writing {
    void to(CodedOutputStream out) throws IOException;
  }

  private static byte[] written(Writing writing) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    writing.to(out);
    out.flush();
    return bytes.toByteArray();
  }

  private static void assertMalformed(byte[] bytes) {
    assertThrows(
        InvalidProtocolBufferException.class,
        () -> new ElementCount(1_000).takes(Body.getDescriptor(), bytes));
  }

  @Test
  void groups_cutBytes_andDeepNesting_areMalformed() throws IOException {
    assertMalformed(written(out -> out.writeTag(900, WireFormat.WIRETYPE_START_GROUP)));
    assertMalformed(written(out -> out.writeTag(900, WireFormat.WIRETYPE_END_GROUP)));
    byte[] whole =
        Body.newBuilder().setAlert(Alert.newBuilder().putExtra("a", "b")).build().toByteArray();
    for (int cut = 1; cut < whole.length; cut++) {
      assertMalformed(Arrays.copyOf(whole, cut));
    }
  }

  @Test
  void nesting_beyondItsLimit_isMalformed() throws IOException {
    Descriptor recursive = DescriptorProto.getDescriptor();
    DescriptorProto.Builder nested = DescriptorProto.newBuilder();
    for (int i = 1; i < 64; i++) {
      nested = DescriptorProto.newBuilder().addNestedType(nested);
    }
    assertEquals(63, count(recursive, nested.build().toByteArray()));
    byte[] deeper = DescriptorProto.newBuilder().addNestedType(nested).build().toByteArray();
    assertThrows(
        InvalidProtocolBufferException.class,
        () -> new ElementCount(1_000).takes(recursive, deeper));
  }
}
