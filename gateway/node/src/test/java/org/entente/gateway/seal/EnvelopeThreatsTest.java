package org.entente.gateway.seal;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.entente.gateway.batch.BatchKey;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.batch.SealingBatch;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.batch.UnpermittedItems;
import org.entente.gateway.crypto.ChunkedEncryption;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.seal.format.BodyAddress;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.Padme;
import org.entente.proto.link.v1.SealedLabels;
import org.junit.jupiter.api.Test;

/** Attacks 33 and 42 to 47 of the design's section 13, as far as an envelope alone meets them. */
class EnvelopeThreatsTest {
  private final CraftedEnvelopes crafted = new CraftedEnvelopes();
  private final Opener opener = new Opener(count -> {});

  private boolean opens(Envelope envelope) {
    return opener.openLabels(envelope, crafted.key).isPresent();
  }

  /** All that follows rests on this: the rightly made envelope of the same parts opens. */
  @Test
  void craftedEnvelope_madeByTheRules_opens() {
    Envelope envelope = crafted.withLabels(crafted.plainLabels().build().toByteArray());

    OpenedLabels labels = opener.openLabels(envelope, crafted.key).orElseThrow();

    assertArrayEquals(crafted.label, labels.label(0).toByteArray());
    assertArrayEquals(crafted.body, labels.openBody(0).orElseThrow());
  }

  @Test
  void header_suiteDowngraded_isNotParsed() {
    byte[] header =
        Samples.sealer(FR, "33").seal(Samples.batch(1, 10)).envelope().header().encoded();
    for (int suite = 0; suite < 256; suite++) {
      header[1] = (byte) suite;
      assertEquals(suite == 1, EnvelopeHeader.parse(header).isPresent());
    }
  }

  @Test
  void contentKey_randomnessRepeatedAfterSnapshot_doesNotRepeat() {
    Sealed once = Samples.sealer(FR, "snapshot").seal(Samples.batch(1, 100));
    SealingItem other = Samples.item(Samples.batch(1, 1).key(), 999, 100, 100);
    Sealed resumed =
        Samples.sealer(FR, "snapshot").seal(new SealingBatch(other.key(), List.of(other)));

    // The generator did repeat: the identifiers are the same.
    assertEquals(once.envelope().header().facts().id(), resumed.envelope().header().facts().id());
    assertNotEquals(once.contentKey(), resumed.contentKey());
  }

  @Test
  void contentKey_bordersOfLabelAndBodyMoved_doesNotRepeat() {
    BatchKey key = Samples.batch(1, 1).key();
    SealingItem one = Samples.item(key, 1, 50, 50);
    byte[] joined = CraftedEnvelopes.joined(List.of(one.label(), one.body()));
    SealingItem moved =
        UnpermittedItems.of(
            key,
            one.id(),
            one.expiresAtMs(),
            Arrays.copyOf(joined, 60),
            Arrays.copyOfRange(joined, 60, 100));
    Sealed first = Samples.sealer(FR, "moved").seal(new SealingBatch(key, List.of(one)));
    Sealed second = Samples.sealer(FR, "moved").seal(new SealingBatch(key, List.of(moved)));

    assertNotEquals(first.contentKey(), second.contentKey());
  }

  @Test
  void labels_chunksCutSwappedOrAdded_doNotOpen() {
    byte[] plain = manyLabels().build().toByteArray();
    byte[] sealed = crafted.sealedLabels(plain);
    int first = 56;
    int second = first + ChunkedEncryption.CHUNK_BYTES + 16;
    int third = second + ChunkedEncryption.CHUNK_BYTES + 16;
    byte[] chunk1 = Arrays.copyOfRange(sealed, first, second);
    byte[] chunk2 = Arrays.copyOfRange(sealed, second, third);
    byte[] head = Arrays.copyOf(sealed, first);
    byte[] tail = Arrays.copyOfRange(sealed, third, sealed.length);

    assertTrue(opensManyLabels(sealed));
    assertFalse(opensManyLabels(Arrays.copyOf(sealed, second)), "cut after the first chunk");
    assertFalse(
        opensManyLabels(CraftedEnvelopes.joined(List.of(head, chunk2, chunk1, tail))), "swapped");
    assertFalse(
        opensManyLabels(CraftedEnvelopes.joined(List.of(head, chunk1, tail))), "one left out");
    assertFalse(
        opensManyLabels(CraftedEnvelopes.joined(List.of(head, chunk1, chunk1, chunk2, tail))),
        "repeated");
    assertFalse(opensManyLabels(CraftedEnvelopes.joined(List.of(sealed, tail))), "extended");
  }

  private static SealedLabels.Builder manyLabels() {
    SealedLabels.Builder labels = SealedLabels.newBuilder();
    for (int i = 0; i < 400; i++) {
      labels.addLabels(ByteString.copyFrom(new byte[100])).addBodyLengths(0);
    }
    return labels;
  }

  private boolean opensManyLabels(byte[] sealedLabels) {
    List<byte[]> bodies = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      BodyAddress address = new BodyAddress(crafted.facts.origin(), crafted.facts.id(), i);
      bodies.add(CraftedEnvelopes.sealed(crafted.key.bodyKey(i), address, new byte[0]));
    }
    return opens(crafted.envelope(400, sealedLabels, CraftedEnvelopes.padded(crafted.key, bodies)));
  }

  @Test
  void bodies_swapped_doNotOpen() {
    Sealed sealed = Samples.sealer(FR, "swap").seal(Samples.batch(2, 100));
    byte[] bodies = sealed.envelope().bodies().clone();
    byte[] first = Arrays.copyOf(bodies, 116);
    System.arraycopy(bodies, 116, bodies, 0, 116);
    System.arraycopy(first, 0, bodies, 116, 116);
    Envelope swapped =
        new Envelope(
            EnvelopeHeader.over(
                sealed.envelope().header().facts(), 2, sealed.envelope().labels(), bodies),
            sealed.envelope().signature(),
            sealed.envelope().labels(),
            bodies);

    OpenedLabels labels = opener.openLabels(swapped, sealed.contentKey()).orElseThrow();

    assertEquals(Optional.empty(), labels.openBody(0));
    assertEquals(Optional.empty(), labels.openBody(1));
  }

  @Test
  void body_ofAnotherPlaceOrEnvelope_doesNotOpen() {
    Sealed sealed = Samples.sealer(FR, "place").seal(Samples.batch(2, 100));
    OpenedLabels labels = opener.openLabels(sealed.envelope(), sealed.contentKey()).orElseThrow();
    BodyAddress right = labels.address(1);
    byte[] body = labels.sealedBody(1).toByteArray();

    assertTrue(labels.bodyKey(1).open(right, body).isPresent());
    assertFalse(labels.bodyKey(0).open(right, body).isPresent());
    assertFalse(labels.bodyKey(1).open(new BodyAddress(DE, right.envelope(), 1), body).isPresent());
    assertFalse(labels.bodyKey(1).open(labels.address(0), body).isPresent());
  }

  @Test
  void region_bodiesOfManyLengths_showsFewLengths() {
    TreeSet<Integer> seen = new TreeSet<>();
    for (int body = 0; body < 8192; body++) {
      int region = Padme.paddedLength(body + 16);
      assertTrue(region - (body + 16) <= 0.12 * (body + 16), "body of " + body);
      seen.add(region);
    }

    assertTrue(seen.size() <= 120, seen.size() + " lengths");
    assertEquals(region(1000), region(1008));
    assertEquals(region(5000), region(5090));
  }

  private static int region(int bodyBytes) {
    return Samples.sealer(FR, "length")
        .seal(Samples.batch(1, bodyBytes))
        .envelope()
        .header()
        .bodiesLength();
  }

  @Test
  void padding_otherThanTheKeystream_doesNotOpen() {
    byte[] labels = crafted.sealedLabels(crafted.plainLabels().build().toByteArray());
    byte[] body = crafted.sealedBody();
    byte[] longer = Arrays.copyOf(body, Padme.paddedLength(200));
    byte[] keystream = crafted.key.padding(longer.length - body.length);
    System.arraycopy(keystream, 0, longer, body.length, keystream.length);
    BodyAddress address = new BodyAddress(crafted.facts.origin(), crafted.facts.id(), 0);
    byte[] padded =
        CraftedEnvelopes.padded(
            crafted.key,
            List.of(CraftedEnvelopes.sealed(crafted.key.bodyKey(0), address, new byte[85])));
    byte[] zeroes = padded.clone();
    Arrays.fill(zeroes, 101, zeroes.length, (byte) 0);
    byte[] labelsOf85 =
        crafted.sealedLabels(crafted.plainLabels().setBodyLengths(0, 85).build().toByteArray());

    assertTrue(padded.length > 101, "this region has padding");
    assertTrue(opens(crafted.envelope(1, labelsOf85, padded)));
    assertFalse(opens(crafted.envelope(1, labelsOf85, zeroes)), "other padding");
    assertFalse(opens(crafted.envelope(1, labels, longer)), "more padding");
    assertFalse(opens(crafted.envelope(1, labelsOf85, Arrays.copyOf(padded, 101))), "none");
  }

  @Test
  void labels_encodedInAnotherWay_doNotOpen() throws IOException {
    SealedLabels two =
        crafted.plainLabels().addLabels(ByteString.copyFromUtf8("x")).addBodyLengths(0).build();
    BodyAddress second = new BodyAddress(crafted.facts.origin(), crafted.facts.id(), 1);
    byte[] bodies =
        CraftedEnvelopes.padded(
            crafted.key,
            List.of(
                crafted.sealedBody(),
                CraftedEnvelopes.sealed(crafted.key.bodyKey(1), second, new byte[0])));
    byte[] canonical = two.toByteArray();
    byte[] lengthsFirst =
        written(
            out -> {
              writeLengths(out, two);
              writeLabels(out, two);
            });
    byte[] unpacked =
        written(
            out -> {
              writeLabels(out, two);
              out.writeUInt32(2, two.getBodyLengths(0));
              out.writeUInt32(2, two.getBodyLengths(1));
            });
    byte[] twice =
        written(
            out -> {
              writeLabels(out, two);
              out.writeTag(2, 2);
              out.writeUInt32NoTag(3);
              out.writeRawByte(0x84);
              out.writeRawByte(0x00);
              out.writeRawByte(0x00);
            });
    byte[] same =
        written(
            out -> {
              writeLabels(out, two);
              writeLengths(out, two);
            });

    assertArrayEquals(canonical, same);
    for (byte[] other : List.of(lengthsFirst, unpacked, twice)) {
      assertEquals(two, SealedLabels.parseFrom(other), "another encoding of the same");
      assertFalse(opens(crafted.envelope(2, crafted.sealedLabels(other), bodies)));
    }
    assertTrue(opens(crafted.envelope(2, crafted.sealedLabels(canonical), bodies)));
  }

  private interface PartWriter {
    void to(CodedOutputStream out) throws IOException;
  }

  private static byte[] written(PartWriter writing) throws IOException {
    var bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    writing.to(out);
    out.flush();
    return bytes.toByteArray();
  }

  private static void writeLabels(CodedOutputStream out, SealedLabels labels) throws IOException {
    for (ByteString label : labels.getLabelsList()) {
      out.writeBytes(1, label);
    }
  }

  private static void writeLengths(CodedOutputStream out, SealedLabels labels) throws IOException {
    out.writeTag(2, 2);
    out.writeUInt32NoTag(labels.getBodyLengthsCount());
    for (int length : labels.getBodyLengthsList()) {
      out.writeUInt32NoTag(length);
    }
  }

  @Test
  void labels_thatDisagreeWithTheHeader_doNotOpen() {
    ByteString huge = ByteString.copyFrom(new byte[EnvelopeHeader.MAX_LABEL_BYTES + 1]);
    List<SealedLabels> bad =
        List.of(
            SealedLabels.getDefaultInstance(),
            crafted.plainLabels().addLabels(ByteString.copyFromUtf8("x")).build(),
            crafted.plainLabels().addBodyLengths(0).build(),
            crafted.plainLabels().clearBodyLengths().build(),
            crafted.plainLabels().setLabels(0, ByteString.EMPTY).build(),
            crafted.plainLabels().setLabels(0, huge).build(),
            crafted.plainLabels().setBodyLengths(0, 3).build(),
            crafted.plainLabels().setBodyLengths(0, 5).build(),
            crafted.plainLabels().setBodyLengths(0, -1).build(),
            crafted.plainLabels().setBodyLengths(0, -16).build(),
            crafted.plainLabels().setBodyLengths(0, Integer.MAX_VALUE).build());
    for (SealedLabels labels : bad) {
      assertFalse(opens(crafted.withLabels(labels.toByteArray())), labels::toString);
    }
  }

  @Test
  void labels_thatAreNoProtobuf_doNotOpen() {
    assertFalse(opens(crafted.withLabels(new byte[] {(byte) 0xFF})));
    assertFalse(opens(crafted.withLabels(new byte[] {0x0A, 0x7F})));
  }

  @Test
  void labels_ofAnotherOriginOrEnvelope_doNotOpen() {
    byte[] plain = crafted.plainLabels().build().toByteArray();
    byte[] elsewhere =
        crafted.key.sealLabels(DE, crafted.facts.id(), plain, new SeededRandom("elsewhere"));
    byte[] otherEnvelope =
        crafted.key.sealLabels(
            FR,
            EnvelopeId.fresh(1, new SeededRandom("other")),
            plain,
            new SeededRandom("elsewhere"));

    assertFalse(opens(crafted.envelope(1, elsewhere, crafted.bodies())));
    assertFalse(opens(crafted.envelope(1, otherEnvelope, crafted.bodies())));
  }

  @Test
  void secrets_printed_areHidden() {
    Sealed sealed = Samples.sealer(FR, "hidden").seal(Samples.batch(1, 10));

    assertEquals("[hidden]", sealed.contentKey().toString());
    assertEquals("[hidden]", sealed.contentKey().bodyKey(0).toString());
  }
}
