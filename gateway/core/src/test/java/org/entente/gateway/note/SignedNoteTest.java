package org.entente.gateway.note;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The note format (C2SP signed-note), and threat 56: notes with duplicate or unknown keys. */
class SignedNoteTest {

  /** The example of the specification. */
  private static final String SPEC_VKEY =
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

  private static final String SPEC_LINE =
      "— example.com/foo"
          + " Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

  private static final String SPEC_NOTE = "This is an example message.\n\n" + SPEC_LINE;
  private static final String LINE = "— a.example AAAAAQI=\n";

  private final List<NoteSigner> signers = NoteFixture.oneOfEach();
  private final List<NoteVerifier> verifiers = NoteFixture.verifiers(signers);
  private final SignedNote note = NoteFixture.sign(NoteFixture.CHECKPOINT.text(), signers);

  @Test
  void specificationExample_itsOwnKey_verifies() {
    NoteVerifier key = NoteVerifier.parse(SPEC_VKEY).orElseThrow();
    SignedNote parsed = parse(SPEC_NOTE);

    assertEquals("This is an example message.\n", parsed.text());
    assertInstanceOf(NoteCheck.Verified.class, parsed.verify(List.of(key)));
    assertEquals(SPEC_VKEY, key.vkey());
  }

  @Test
  void specificationExample_anotherText_isRefused() {
    NoteVerifier key = NoteVerifier.parse(SPEC_VKEY).orElseThrow();
    SignedNote parsed = parse("This is another message.\n\n" + SPEC_LINE);

    assertRefused("does not verify", parsed.verify(List.of(key)));
  }

  @Test
  void note_everySignatureType_verifiesAndTellsItsTime() {
    NoteCheck check = note.verify(verifiers);

    long seconds = NoteFixture.NOW.getEpochSecond();
    assertEquals(verifiers, check.signed().stream().map(NoteCheck.Signed::key).toList());
    assertEquals(
        List.of(0L, seconds, seconds, 0L),
        check.signed().stream().map(NoteCheck.Signed::seconds).toList());
    assertTrue(((NoteCheck.Verified) check).by(verifiers.get(2)));
  }

  @Test
  void text_withEmptyLines_endsAtTheLastOne() {
    assertEquals("a\n\nb\n", parse("a\n\nb\n\n" + LINE).text());
    assertEquals("a\n\n", parse("a\n\n\n" + LINE).text());
    assertEquals("\n", parse("\n\n" + LINE).text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        "text\n— a.example AAAAAQI=\n",
        "text\n\n— a.example AAAAAQI=",
        "text\n\n— a.example AAAAAQI=\n\n",
        "text\n\n— a.example AAAAAQI=\nrest\n",
        "text\n\n- a.example AAAAAQI=\n",
        "text\n\n—  AAAAAQI=\n",
        "text\n\n— AAAAAQI=\n",
        "text\n\n—a.example AAAAAQI=\n",
        "text\n\n— a.example  AAAAAQI=\n",
        "text\n\n— a.example AAAAAQI= \n",
        "text\n\n— a+b AAAAAQI=\n",
        "text\n\n— a\u00a0b AAAAAQI=\n",
        "text\n\n— a\u2003b AAAAAQI=\n",
        "text\n\n— a.example AAAAAQ==\n",
        "text\n\n— a.example AAAA\n",
        "text\n\n— a.example AAAAAQI\n",
        "text\n\n— a.example AAAAAQJ=\n",
        "text\n\n— a.example AAAAAQI=\r\n",
        "text\t\n\n— a.example AAAAAQI=\n",
        "te\u0000xt\n\n— a.example AAAAAQI=\n"
      })
  void parse_whatNoEncoderWrites_isRefused(String bytes) {
    assertInstanceOf(
        SignedNote.ParseResult.Malformed.class, SignedNote.parse(bytes.getBytes(UTF_8)));
  }

  @Test
  void parse_brokenUtf8_isRefused() {
    byte[] bytes = ("tex?\n\n" + LINE).getBytes(UTF_8);
    bytes[3] = (byte) 0xc3;
    assertInstanceOf(SignedNote.ParseResult.Malformed.class, SignedNote.parse(bytes));
  }

  @Test
  void parse_repeatedLine_isRefused() {
    assertEquals(
        new SignedNote.ParseResult.Malformed("signature line 2 repeats another"),
        SignedNote.parse(("text\n\n" + LINE + LINE).getBytes(UTF_8)));
  }

  @Test
  void parse_beyondLimits_isRefused() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < SignedNote.MAX_SIGNATURES; i++) {
      lines.append("— w").append(i).append(" AAAAAQI=\n");
    }
    byte[] most = ("text\n\n" + lines).getBytes(UTF_8);
    byte[] tooMany = ("text\n\n" + lines + LINE).getBytes(UTF_8);
    byte[] tooLong = ("x".repeat(SignedNote.MAX_BYTES) + "\n\n" + LINE).getBytes(UTF_8);

    assertInstanceOf(SignedNote.ParseResult.Parsed.class, SignedNote.parse(most));
    assertInstanceOf(SignedNote.ParseResult.Malformed.class, SignedNote.parse(tooMany));
    assertInstanceOf(SignedNote.ParseResult.Malformed.class, SignedNote.parse(tooLong));
  }

  @Test
  void verify_unknownKeys_areIgnored() {
    NoteSigner stranger = NoteSigner.ed25519(new NoteKeyName("w.example"), NoteFixture.ed25519(9));
    NoteSigner namesake = NoteSigner.ed25519(NoteFixture.NAME, NoteFixture.ed25519(9));
    NoteSignature first = note.signatures().get(0);
    NoteSignature sameId =
        new NoteSignature(stranger.verifier().name(), first.keyId(), new byte[5]);
    SignedNote more =
        note.with(
            List.of(
                stranger.sign(note.text(), NoteFixture.NOW),
                namesake.sign(note.text(), NoteFixture.NOW),
                sameId));

    assertEquals(7, more.signatures().size());
    assertEquals(4, more.verify(verifiers).signed().size());
  }

  @Test
  void verify_onlyUnknownKeys_isRefused() {
    NoteVerifier stranger =
        NoteVerifier.ed25519(NoteFixture.NAME, NoteFixture.ed25519(9).verifyingKey());
    assertRefused("no signature of a known key", note.verify(List.of(stranger)));
    assertRefused("no signature of a known key", note.verify(List.of()));
  }

  @Test
  void verify_knownKeyWithBadSignature_refusesTheWholeNote() {
    for (int i = 0; i < 4; i++) {
      List<NoteSignature> lines = new ArrayList<>(note.signatures());
      NoteSignature good = lines.get(i);
      byte[] bytes = good.signature();
      bytes[bytes.length / 2] ^= 1;
      lines.set(i, new NoteSignature(good.name(), good.keyId(), bytes));
      assertRefused("does not verify", SignedNote.of(note.text(), lines).verify(verifiers));
    }
  }

  @Test
  void verify_knownKeyTwice_isRefused() {
    NoteSigner cosigner = signers.get(1);
    SignedNote twice =
        note.with(List.of(cosigner.sign(note.text(), NoteFixture.NOW.plusSeconds(1))));
    assertRefused("more than one signature", twice.verify(verifiers));
  }

  @Test
  void verify_signatureCutOrExtended_isRefused() {
    for (NoteSignature good : note.signatures()) {
      byte[] bytes = good.signature();
      for (int length : new int[] {1, 7, 8, 64, bytes.length - 1, bytes.length + 1}) {
        if (length != bytes.length) {
          NoteSignature cut =
              new NoteSignature(good.name(), good.keyId(), Arrays.copyOf(bytes, length));
          assertRefused(
              "does not verify", SignedNote.of(note.text(), List.of(cut)).verify(verifiers));
        }
      }
    }
  }

  @Test
  void cosignature_timeBeyond63Bits_isRefused() {
    NoteSignature good = note.signatures().get(1);
    byte[] bytes = good.signature();
    bytes[0] = (byte) 0x80;
    NoteSignature late = new NoteSignature(good.name(), good.keyId(), bytes);
    assertRefused("does not verify", SignedNote.of(note.text(), List.of(late)).verify(verifiers));
  }

  /** The twenty-ninth look: nobody who read one later could hold its time. */
  @Test
  void cosignature_datedAfterTheYear9999_isRefused() {
    Instant last = Instant.parse("9999-12-31T23:59:59Z");
    for (NoteSigner cosigner : signers.subList(1, 3)) {
      List<NoteVerifier> key = List.of(cosigner.verifier());
      NoteSignature latest = cosigner.sign(note.text(), last);
      NoteCheck check = SignedNote.of(note.text(), List.of(latest)).verify(key);
      assertEquals(last.getEpochSecond(), check.signed().get(0).seconds());
      NoteSignature after = cosigner.sign(note.text(), last.plusSeconds(1));
      assertRefused(
          "is dated after the year 9999", SignedNote.of(note.text(), List.of(after)).verify(key));
    }
  }

  @Test
  void cosignature_overOtherText_cannotBeMadeNorVerified() {
    NoteSigner cosigner = signers.get(2);
    assertThrows(IllegalArgumentException.class, () -> cosigner.sign("text\n", NoteFixture.NOW));
    SignedNote moved = SignedNote.of("text\n", List.of(note.signatures().get(2)));
    assertRefused("does not verify", moved.verify(verifiers));
  }

  @Test
  void signature_underAnotherTypeOfTheSameKey_doesNotVerify() {
    NoteSigner plain = NoteSigner.ed25519(NoteFixture.NAME, NoteFixture.ed25519(2));
    byte[] stamped = note.signatures().get(1).signature();
    NoteSignature moved =
        new NoteSignature(
            NoteFixture.NAME, plain.verifier().keyId(), Arrays.copyOfRange(stamped, 8, 72));
    assertRefused(
        "does not verify",
        SignedNote.of(note.text(), List.of(moved)).verify(List.of(plain.verifier())));
  }

  @Test
  void of_whatWouldNotParse_throws() {
    List<NoteSignature> lines = note.signatures();
    assertThrows(IllegalArgumentException.class, () -> SignedNote.of("no newline", lines));
    assertThrows(IllegalArgumentException.class, () -> SignedNote.of("a\tb\n", lines));
    assertThrows(IllegalArgumentException.class, () -> SignedNote.of("text\n", List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> SignedNote.of("text\n", List.of(lines.get(0), lines.get(0))));
  }

  @Test
  void parse_seededMutations_encodesToTheSameBytesOrRefuses() {
    long seed = 0x5eed56L;
    Random random = new Random(seed);
    byte[][] originals = {SPEC_NOTE.getBytes(UTF_8), note.encode()};
    int parsed = 0;
    for (int round = 0; round < 40_000; round++) {
      byte[] bytes = mutate(originals[round % 2], random);
      Optional<SignedNote> result = SignedNote.parse(bytes).asNote();
      if (result.isPresent()) {
        assertArrayEquals(bytes, result.get().encode(), "seed " + seed + " round " + round);
        parsed++;
      }
    }
    assertTrue(parsed > 1_000, "only " + parsed + " mutations parsed");
    assertTrue(parsed < 39_000, parsed + " mutations parsed");
  }

  @Test
  void verify_seededMutations_neverVerifiesAnotherText() {
    long seed = 0x5eed57L;
    Random random = new Random(seed);
    byte[] original = note.encode();
    int header = note.text().getBytes(UTF_8).length;
    for (int round = 0; round < 500; round++) {
      byte[] bytes = original.clone();
      bytes[random.nextInt(header)] ^= (byte) (1 << random.nextInt(7));
      SignedNote.parse(bytes)
          .asNote()
          .ifPresent(mutated -> assertTrue(mutated.verify(verifiers).refusal().isPresent()));
    }
  }

  /** One to three edits: a byte changed, removed, doubled, or replaced by one that matters. */
  static byte[] mutate(byte[] original, Random random) {
    byte[] bytes = original.clone();
    byte[] special = " \n+=—AQ/0\t\u00a0".getBytes(UTF_8);
    for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
      int at = random.nextInt(bytes.length);
      byte[] tail = Arrays.copyOfRange(bytes, at, bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = special[random.nextInt(special.length)];
        case 2 ->
            bytes = concat(Arrays.copyOf(bytes, at), Arrays.copyOfRange(tail, 1, tail.length));
        default -> bytes = concat(Arrays.copyOf(bytes, at + 1), tail);
      }
    }
    return bytes;
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static SignedNote parse(String note) {
    return SignedNote.parse(note.getBytes(UTF_8)).asNote().orElseThrow();
  }

  private static void assertRefused(String why, NoteCheck check) {
    assertTrue(
        check.refusal().filter(reason -> reason.contains(why)).isPresent(), () -> "" + check);
  }
}
