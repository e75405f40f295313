package org.entente.gateway.seal;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.entente.proto.link.v1.SealedLabels;

/** What an origin could put under sealed labels instead of their one canonical encoding. */
final class OddLabels {
  private OddLabels() {}

  /** Plaintexts of labels that mean the same, or nearly, each in another encoding. */
  static Map<String, byte[]> all() {
    byte[] label = {1, 2, 3};
    byte[] right = new CraftedEnvelopes().plainLabels().build().toByteArray();
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("as it must be", right);
    all.put("with a later field", joined(right, field(out -> out.writeUInt64(3, 5))));
    all.put(
        "with later fields",
        joined(
            right,
            field(
                out -> {
                  out.writeUInt64(3, 5);
                  out.writeFixed32(4, 9);
                  out.writeFixed64(5, 9);
                  out.writeByteArray(6, label);
                  out.writeByteArray(6, label);
                  out.writeInt32(536_870_911, 1);
                })));
    all.put(
        "later fields descending",
        joined(right, field(out -> out.writeUInt64(4, 5)), field(out -> out.writeUInt64(3, 5))));
    all.put("a later field first", joined(field(out -> out.writeUInt64(3, 5)), right));
    all.put(
        "a later field of two types",
        joined(
            right,
            field(out -> out.writeUInt64(3, 5)),
            field(out -> out.writeByteArray(3, label))));
    all.put(
        "a later field of two types, other order",
        joined(
            right,
            field(out -> out.writeByteArray(3, label)),
            field(out -> out.writeUInt64(3, 5))));
    all.put("a later field as a group", joined(right, new byte[] {0x1b, 0x1c}));
    all.put("labels as a number after all", joined(right, field(out -> out.writeUInt64(1, 5))));
    all.put("lengths as fixed32 after all", joined(right, field(out -> out.writeFixed32(2, 5))));
    all.put(
        "lengths not packed",
        joined(field(out -> out.writeByteArray(1, label)), field(out -> out.writeUInt32(2, 4))));
    all.put(
        "lengths before labels",
        joined(new byte[] {0x12, 1, 4}, field(out -> out.writeByteArray(1, label))));
    all.put(
        "lengths in two runs",
        joined(field(out -> out.writeByteArray(1, label)), new byte[] {0x12, 1, 4, 0x12, 0}));
    all.put(
        "length as a longer varint",
        joined(field(out -> out.writeByteArray(1, label)), new byte[] {0x12, 2, (byte) 0x84, 0}));
    all.put(
        "length beyond 32 bits",
        joined(
            field(out -> out.writeByteArray(1, label)),
            new byte[] {
              0x12, 6, (byte) 0x84, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 1
            }));
    all.put(
        "length of 2^32 - 1",
        joined(
            field(out -> out.writeByteArray(1, label)), new byte[] {0x12, 5, -1, -1, -1, -1, 15}));
    all.put("tag as a longer varint", joined(new byte[] {(byte) 0x8a, 0, 3, 1, 2, 3, 0x12, 1, 4}));
    all.put(
        "length of a label as a longer varint",
        joined(new byte[] {0x0a, (byte) 0x83, 0, 1, 2, 3, 0x12, 1, 4}));
    all.put("field number 0", joined(right, new byte[] {0, 5}));
    all.put("wire type 6", joined(right, new byte[] {0x1e}));
    all.put("wire type 7", joined(right, new byte[] {0x1f}));
    all.put(
        "an empty label",
        joined(field(out -> out.writeByteArray(1, new byte[0])), new byte[] {0x12, 1, 4}));
    all.put(
        "the longest label",
        joined(field(out -> out.writeByteArray(1, new byte[65_536])), new byte[] {0x12, 1, 4}));
    all.put(
        "a label of a byte more",
        joined(field(out -> out.writeByteArray(1, new byte[65_537])), new byte[] {0x12, 1, 4}));
    all.put(
        "a number too many",
        SealedLabels.newBuilder()
            .addLabels(ByteString.copyFrom(label))
            .addBodyLengths(4)
            .addBodyLengths(0)
            .build()
            .toByteArray());
    all.put(
        "another length",
        SealedLabels.newBuilder()
            .addLabels(ByteString.copyFrom(label))
            .addBodyLengths(5)
            .build()
            .toByteArray());
    all.put("nothing", new byte[0]);
    return all;
  }

  private interface LabelWriter {
    void to(CodedOutputStream out) throws IOException;
  }

  private static byte[] field(LabelWriter writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      writing.to(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    return CraftedEnvelopes.joined(List.of(parts));
  }
}
