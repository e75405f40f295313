package org.entente.gateway.note;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.entente.gateway.crypto.MlDsa44SigningKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names, ids and vkeys of note keys. */
class NoteKeyTest {

  private final List<NoteSigner> signers = NoteFixture.oneOfEach();

  @Test
  void vkey_everyType_readsBackAsTheSameKey() {
    for (NoteSigner signer : signers) {
      NoteVerifier verifier = signer.verifier();
      assertEquals(Optional.of(verifier), NoteVerifier.parse(verifier.vkey()));
    }
  }

  @Test
  void keyId_foreignMlDsaLog_isTheOneThatAnotherImplementationComputes() {
    // The published test key of FiloSottile/torchwood's witness tests, and the id it gives it.
    byte[] seed =
        HexFormat.of().parseHex("2886adc2b0eabfce67c0472939127998bf886cf256bfee8ba76a253fce1146e0");
    NoteKeyName name = new NoteKeyName("example.com/mldsa-log");
    NoteSigner signer = NoteSigner.mlDsa44Cosignature(name, MlDsa44SigningKey.fromSeed(seed));
    assertTrue(signer.verifier().vkey().startsWith("example.com/mldsa-log+b5df45c5+BuhtcL97l3dc"));
  }

  @Test
  void keyId_oneKeyUnderTwoTypesOrNames_differs() {
    NoteKeyName other = new NoteKeyName("other.example");
    List<NoteVerifier> keys =
        List.of(
            NoteSigner.ed25519(NoteFixture.NAME, NoteFixture.ed25519(1)).verifier(),
            NoteSigner.ed25519Cosignature(NoteFixture.NAME, NoteFixture.ed25519(1)).verifier(),
            NoteSigner.ed25519(other, NoteFixture.ed25519(1)).verifier(),
            NoteSigner.mlDsa44Cosignature(NoteFixture.NAME, NoteFixture.mlDsa44(1)).verifier(),
            NoteSigner.mlDsa44Note(NoteFixture.NAME, NoteFixture.mlDsa44(1)).verifier());
    HashSet<Integer> ids = new HashSet<>();
    keys.forEach(key -> assertTrue(ids.add(key.keyId())));
    assertNotEquals(keys.get(0), keys.get(1));
  }

  @Test
  void vkey_ownNoteType_carriesTheLongIdentifier() {
    String vkey = signers.get(3).verifier().vkey();
    byte[] material = Base64.getDecoder().decode(vkey.split("[+]", 3)[2]);
    String identifier = new String(material, 0, 26, StandardCharsets.ISO_8859_1);
    assertEquals("\u00ffentente/v1 ml-dsa-44 note", identifier);
    assertEquals(26 + 1312, material.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "name",
        "name+530d903a",
        // Wrong id, upper-case id, short id, unknown type, no key, a key of the wrong length.
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+A+kyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AQ==",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",
        "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        " example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
      })
  void vkey_malformed_isRefused(String vkey) {
    assertTrue(NoteVerifier.parse(vkey).isEmpty());
  }

  @Test
  void vkey_seededMutations_writesTheSameTextOrRefuses() {
    long seed = 0x5eed58L;
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      String vkey = signers.get(round % 2).verifier().vkey();
      byte[] bytes = SignedNoteTest.mutate(vkey.getBytes(StandardCharsets.UTF_8), random);
      String mutated = new String(bytes, StandardCharsets.UTF_8);
      Optional<NoteVerifier> parsed = NoteVerifier.parse(mutated);
      parsed.ifPresent(key -> assertEquals(mutated, key.vkey(), "seed " + seed));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a+b", "a\n", "a\u0085", "a\u3000b", "a\u2028", "\ud800"})
  void keyName_spacesPlusOrControls_isRefused(String name) {
    assertTrue(NoteKeyName.parse(name).isEmpty());
    assertThrows(IllegalArgumentException.class, () -> new NoteKeyName(name));
  }

  @Test
  void keyName_longerThanAnMlDsaCosignerName_cannotCosign() {
    NoteKeyName longName = new NoteKeyName("n".repeat(256));
    NoteSigner cosigner = NoteSigner.mlDsa44Cosignature(longName, NoteFixture.mlDsa44(1));
    String text = NoteFixture.CHECKPOINT.text();
    assertThrows(IllegalArgumentException.class, () -> cosigner.sign(text, NoteFixture.NOW));
  }

  @Test
  void signer_printed_showsNoKey() {
    String shown = signers.get(0).toString();
    assertTrue(shown.contains(NoteFixture.NAME.value()));
    assertFalse(shown.contains("0101010101"));
  }
}
