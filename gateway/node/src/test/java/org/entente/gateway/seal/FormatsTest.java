package org.entente.gateway.seal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.RecipientKeyId;
import org.entente.gateway.seal.format.Stanza;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.gateway.seal.statement.FulfilmentStatement;
import org.entente.gateway.seal.statement.KeyBundle;
import org.entente.gateway.seal.statement.NoticeStatement;
import org.entente.gateway.seal.statement.RosterStatement;
import org.entente.gateway.seal.statement.SessionAnnouncement;
import org.entente.gateway.seal.statement.SettledStatement;
import org.entente.gateway.seal.statement.VoidStatement;
import org.entente.gateway.seal.statement.WatermarkStatement;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What every parser owes: the same bytes again, or a refusal; never an exception. */
class FormatsTest {
  private static final long SEED = 20260301;

  /** Bytes that all rounds of one format may parse together: longer formats get fewer rounds. */
  private static final int PARSED_BYTES = 4_000_000;

  /** A format's name, a good example, and parsing followed by encoding. */
  private static final class Format {
    private final String name;
    private final byte[] good;
    private final Function<byte[], Optional<byte[]>> parseAndEncode;

    Format(String name, byte[] good, Function<byte[], Optional<byte[]>> parseAndEncode) {
      this.name = name;
      this.good = good;
      this.parseAndEncode = parseAndEncode;
    }
  }

  private static Stream<Format> formats() {
    FormatSamples samples = new FormatSamples();
    return Stream.of(
        new Format(
            "header",
            samples.envelope.header().encoded(),
            bytes -> EnvelopeHeader.parse(bytes).map(EnvelopeHeader::encoded)),
        new Format(
            "stanza", samples.stanza.encoded(), bytes -> Stanza.parse(bytes).map(Stanza::encoded)),
        new Format(
            "announcement",
            samples.announcement.encoded(),
            bytes -> SessionAnnouncement.parse(bytes).map(SessionAnnouncement::encoded)),
        new Format(
            "keyBundle",
            samples.keyBundle.encoded(),
            bytes -> KeyBundle.parse(bytes).map(KeyBundle::encoded)),
        new Format(
            "fulfilment",
            samples.fulfilment.encoded(),
            bytes -> FulfilmentStatement.parse(bytes).map(FulfilmentStatement::encoded)),
        new Format(
            "void",
            samples.voidStatement.encoded(),
            bytes -> VoidStatement.parse(bytes).map(VoidStatement::encoded)),
        new Format(
            "notice",
            samples.notice.encoded(),
            bytes -> NoticeStatement.parse(bytes).map(NoticeStatement::encoded)),
        new Format(
            "settled",
            samples.settled.encoded(),
            bytes -> SettledStatement.parse(bytes).map(SettledStatement::encoded)),
        new Format(
            "roster",
            samples.roster.encoded(),
            bytes -> RosterStatement.parse(bytes).map(RosterStatement::encoded)),
        new Format(
            "consent",
            samples.consent.encoded(),
            bytes -> ConsentStatement.parse(bytes).map(ConsentStatement::encoded)),
        new Format(
            "watermarks",
            samples.watermarks.encoded(),
            bytes -> WatermarkStatement.parse(bytes).map(WatermarkStatement::encoded)));
  }

  @TestFactory
  Stream<DynamicTest> format_encoded_parsesToTheSameBytes() {
    return formats()
        .map(
            format ->
                DynamicTest.dynamicTest(
                    format.name,
                    () ->
                        assertArrayEquals(
                            format.good, format.parseAndEncode.apply(format.good).orElseThrow())));
  }

  @TestFactory
  Stream<DynamicTest> format_mutated_parsesToTheSameBytesOrNot() {
    return formats().map(format -> DynamicTest.dynamicTest(format.name, () -> mutate(format)));
  }

  private static void mutate(Format format) {
    ByteMutation mutation = new ByteMutation(SEED);
    int rounds = PARSED_BYTES / format.good.length;
    int parsed = 0;
    for (int round = 0; round < rounds; round++) {
      byte[] mutated = mutation.of(format.good);
      Optional<byte[]> again = format.parseAndEncode.apply(mutated);
      if (again.isPresent()) {
        parsed++;
        assertArrayEquals(mutated, again.get(), "seed " + SEED + ", round " + round);
      }
    }
    // A loop in which nothing ever parsed would have tested little.
    assertTrue(parsed > 0 && parsed < rounds, format.name + " parsed " + parsed);
  }

  @TestFactory
  Stream<DynamicTest> format_everyPrefixAndExtension_isRefused() {
    return formats()
        .map(format -> DynamicTest.dynamicTest(format.name, () -> cutAndExtend(format)));
  }

  private static void cutAndExtend(Format format) {
    for (int length = 0; length <= format.good.length + 2; length += stride(format, length)) {
      if (length != format.good.length) {
        byte[] other = Arrays.copyOf(format.good, length);
        assertEquals(Optional.empty(), format.parseAndEncode.apply(other), "length " + length);
      }
    }
  }

  /** One at a time near both ends, wider in the middle of long keys and signatures. */
  private static int stride(Format format, int length) {
    return length > 300 && length < format.good.length - 100 ? 17 : 1;
  }

  @TestFactory
  Stream<DynamicTest> format_ofAnotherVersion_isRefused() {
    return formats()
        .map(
            format ->
                DynamicTest.dynamicTest(
                    format.name,
                    () -> {
                      for (int version : List.of(0, 2, 255)) {
                        byte[] other = format.good.clone();
                        other[0] = (byte) version;
                        assertEquals(Optional.empty(), format.parseAndEncode.apply(other));
                      }
                    }));
  }

  @Test
  void header_fieldsOutOfRange_areRefused() {
    byte[] good = new FormatSamples().envelope.header().encoded();
    int countAt = 4;
    int afterNames = 6 + 1 + "fr.customs".length() + 1 + "gw-1".length() + 16;
    refusesHeader(good, 2, 0);
    refusesHeader(good, 2, 5);
    refusesHeader(good, 3, 2);
    refusesHeader(good, 3, 0x80);
    refusesHeader(good, countAt, 0, 0);
    refusesHeader(good, countAt, 0x10, 0x01);
    refusesHeader(good, 7, 'F');
    refusesHeader(good, 7, 0xE9);
    refusesHeader(good, afterNames, 0x80);
    refusesHeader(good, afterNames + 8, 0, 0, 0, 0, 0, 0, 0, 0);
    refusesHeader(good, afterNames + 16, 0, 0, 0, 0);
    refusesHeader(good, afterNames + 16, 0x00, 0x80, 0x00, 0x01);
    refusesHeader(good, afterNames + 20, 0x04, 0x00, 0x00, 0x01);
    refusesHeader(good, afterNames + 20, 0xFF, 0xFF, 0xFF, 0xFF);
  }

  private static void refusesHeader(byte[] good, int at, int... values) {
    byte[] bad = good.clone();
    for (int i = 0; i < values.length; i++) {
      bad[at + i] = (byte) values[i];
    }
    assertEquals(Optional.empty(), EnvelopeHeader.parse(bad), "at " + at);
  }

  @Test
  void header_longestNames_fitsItsLimit() {
    EnvelopeFacts facts =
        new EnvelopeFacts(
            new AgencyName("fr.a" + "b".repeat(31)),
            new NodeName("a".repeat(32)),
            new CraftedEnvelopes().facts.id(),
            Lane.FLASH,
            true,
            0,
            Long.MAX_VALUE);

    assertEquals(
        EnvelopeHeader.MAX_BYTES,
        EnvelopeHeader.over(facts, 4096, new byte[1], new byte[1]).encoded().length);
  }

  @Test
  void keyBundle_withLowOrderPoint_isRefused() {
    FormatSamples samples = new FormatSamples();
    byte[] bytes = samples.keyBundle.encoded();
    byte[] key = samples.keyBundle.content().keys().get(0).key().encoded();
    int at = indexOf(bytes, key) + key.length - 32;
    Arrays.fill(bytes, at, at + 32, (byte) 0);
    byte[] badKey = Arrays.copyOfRange(bytes, at + 32 - key.length, at + 32);
    byte[] name = Sha256.hash(badKey);
    System.arraycopy(name, 0, bytes, at + 32 - key.length - 32, RecipientKeyId.SIZE);

    assertEquals(Optional.empty(), KeyBundle.parse(bytes));
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int at = 0; at <= bytes.length - part.length; at++) {
      if (Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    throw new AssertionError("not there");
  }
}
