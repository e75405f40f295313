package org.entente.gateway.note;

import static org.entente.gateway.testkit.ForeignVerifier.OK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.MlDsa44SigningKey;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.testkit.FieldDamage;
import org.entente.gateway.testkit.ForeignVerifier;
import org.entente.gateway.testkit.ForeignVerifier.Case;
import org.entente.gateway.testkit.ForeignVerifier.CaseTally;
import org.entente.gateway.testkit.ForeignVerifier.Comparison;
import org.junit.jupiter.api.Test;

/** Signed notes of every key type, under new keys, as the verifier in Node sees them. */
class ForeignNoteTest {
  private static final long SEED = System.nanoTime();
  private static final String MALFORMED = "MALFORMED";
  private static final String BAD_SIGNATURE = "BAD_SIGNATURE";

  private final ForeignVerifier foreign = ForeignVerifier.require();
  private final FieldDamage damage = new FieldDamage(SEED);
  private final SecureRandom random = new SecureRandom();
  private final List<NoteSigner> signers =
      List.of(
          NoteSigner.ed25519(NoteFixture.NAME, Ed25519SigningKey.generate(random)),
          NoteSigner.ed25519Cosignature(NoteFixture.NAME, Ed25519SigningKey.generate(random)),
          NoteSigner.mlDsa44Cosignature(NoteFixture.NAME, MlDsa44SigningKey.generate(random)),
          NoteSigner.mlDsa44Note(NoteFixture.NAME, MlDsa44SigningKey.generate(random)));
  private final List<NoteVerifier> known = NoteFixture.verifiers(signers);

  private static void add(Comparison cases, String name, byte[] bytes, List<NoteVerifier> keys) {
    SignedNote.ParseResult parse = SignedNote.parse(bytes);
    String verdict =
        parse
            .asNote()
            .map(note -> note.verify(keys).refusal().isPresent() ? BAD_SIGNATURE : OK)
            .orElse(MALFORMED);
    cases.add(
        new Case("note", name)
            .with("bytes", bytes)
            .with("vkeys", (Object) keys.stream().map(NoteVerifier::vkey).toList()),
        verdict);
  }

  @Test
  void note_ofEveryType_verifiesForWhoKnowsAnyOfItsKeys() {
    byte[] note = NoteFixture.sign(NoteFixture.CHECKPOINT.text(), signers).encode();
    Comparison cases = new Comparison(SEED);
    for (int mask = 1; mask < 16; mask++) {
      List<NoteVerifier> some = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        if ((mask >> i & 1) == 1) {
          some.add(known.get(i));
        }
      }
      add(cases, "keys " + mask, note, some);
    }

    assertEquals(15, foreign.agree(cases).of(OK));
  }

  @Test
  void note_damagedAnywhere_isJudgedAlike() {
    byte[] note = NoteFixture.sign(NoteFixture.CHECKPOINT.text(), signers).encode();
    Comparison cases = new Comparison(SEED);
    for (FieldDamage.Damaged damaged : damage.ofLines(note)) {
      add(cases, damaged.how(), damaged.bytes(), known);
    }
    for (FieldDamage.Damaged damaged : damage.anywhere(note, 400)) {
      add(cases, damaged.how(), damaged.bytes(), known);
    }

    CaseTally tally = foreign.agree(cases);

    assertTrue(tally.of(MALFORMED) >= 100 && tally.of(BAD_SIGNATURE) >= 50, "seed " + SEED + tally);
  }

  /** Text that no checkpoint has: cosignatures cannot be over it, notes can. */
  @Test
  void note_overOtherTexts_isJudgedAlike() {
    Comparison cases = new Comparison(SEED);
    List<NoteSigner> ofNotes = List.of(signers.get(0), signers.get(3));
    List<String> texts =
        List.of(
            "\n",
            "one line\n",
            "with\n\nan empty line\n",
            "\u00e9\u2014\ud83d\ude00\ufeff\n",
            "\ufeffa mark first\n",
            "delete \u007f and next line \u0085\n",
            NoteFixture.CHECKPOINT.text() + "an extension\n");
    for (String text : texts) {
      add(cases, text, NoteFixture.sign(text, ofNotes).encode(), known);
    }
    for (long seconds : new long[] {253_402_300_799L, 253_402_300_800L}) {
      Instant at = Instant.ofEpochSecond(seconds);
      String text = NoteFixture.CHECKPOINT.text();
      SignedNote dated =
          SignedNote.of(text, signers.stream().map(signer -> signer.sign(text, at)).toList());
      add(cases, at.toString(), dated.encode(), known);
    }
    SignedNote good = NoteFixture.sign(NoteFixture.CHECKPOINT.text(), signers);
    for (String text : texts) {
      String other = text + '\n' + good.signatures().get(1).line() + '\n';
      add(cases, "cosigned " + text, other.getBytes(StandardCharsets.UTF_8), known);
    }

    assertEquals(texts.size() + 1, foreign.agree(cases).of(OK), "and the last second of 9999");
  }

  @Test
  void vkey_damagedOrOddlyNamed_isJudgedAlike() {
    Comparison cases = new Comparison(SEED);
    for (NoteVerifier key : known) {
      byte[] vkey = key.vkey().getBytes(StandardCharsets.UTF_8);
      int name = key.name().value().length();
      addVkey(cases, key.vkey());
      for (FieldDamage.Damaged damaged : damage.of(vkey, name, 1, 8, 1, vkey.length - name - 10)) {
        addVkey(cases, new String(damaged.bytes(), StandardCharsets.UTF_8));
      }
      for (FieldDamage.Damaged damaged : damage.anywhere(vkey, 30)) {
        addVkey(cases, new String(damaged.bytes(), StandardCharsets.UTF_8));
      }
    }
    for (int c = 1; c <= 0x3100; c += c < 0x100 || (c >= 0x1FF0 && c < 0x2100) ? 1 : 0x10) {
      addNamed(cases, "n" + Character.toString(c) + "e");
    }
    for (int c : new int[] {0x1680, 0x180e, 0x3000, 0xfeff, 0x1f600}) {
      addNamed(cases, Character.toString(c));
    }

    CaseTally tally = foreign.agree(cases);

    assertTrue(tally.of(OK) > 300 && tally.of(MALFORMED) > 200, "seed " + SEED + tally);
  }

  private static void addVkey(Comparison cases, String vkey) {
    cases.add(
        new Case("vkey", vkey).with("vkey", (Object) vkey),
        NoteVerifier.parse(vkey).isPresent(),
        MALFORMED);
  }

  /** A vkey whose id is right for its name, whatever the name. */
  private void addNamed(Comparison cases, String name) {
    byte[] key = known.get(0).publicKey();
    byte[] material = NoteKeyType.ED25519.material(key);
    byte[] id = Sha256.hash((name + '\n').getBytes(StandardCharsets.UTF_8), material);
    addVkey(
        cases,
        name
            + '+'
            + HexFormat.of().formatHex(id, 0, 4)
            + '+'
            + Base64.getEncoder().encodeToString(material));
  }
}
