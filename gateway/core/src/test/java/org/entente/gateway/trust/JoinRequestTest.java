package org.entente.gateway.trust;

import static org.entente.gateway.testkit.TestFederation.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.note.NoteSignature;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.testkit.TestFederation;
import org.junit.jupiter.api.Test;

final class JoinRequestTest {
  private static final Instant END = START.plus(Duration.ofDays(30));

  private final SecureRandom random = new SecureRandom();
  private final TestFederation federation = new TestFederation(START);
  private final SigningPair signing = SigningPair.generate(random);
  private final SigningPair audit = SigningPair.generate(random);
  private final JoinRequest request =
      new JoinRequest(TestFederation.NAME, START, member(key(signing), key(audit)));
  private final byte[] note = request.sign(pairs(signing, audit));

  private static AgencyKey key(SigningPair pair) {
    return AgencyKey.of(pair.verifyingPair(), START, END);
  }

  private Member member(AgencyKey signs, AgencyKey audits) {
    Member like = federation.member("fr.customs");
    return new Member(
        like.name(),
        like.jurisdiction(),
        like.kind(),
        like.roles(),
        like.authorities(),
        List.of(signs),
        List.of(audits),
        like.endpoints(),
        like.via(),
        List.of());
  }

  private static Map<String, SigningPair> pairs(SigningPair... pairs) {
    Map<String, SigningPair> byId = new HashMap<>();
    for (SigningPair pair : pairs) {
      byId.put(pair.verifyingPair().id(), pair);
    }
    return byId;
  }

  @Test
  void request_signedWithItsKeys_isItself() {
    JoinRequest read = JoinRequest.verify(note);
    assertEquals(request, read);
    assertEquals(request.fingerprint(), read.fingerprint());
  }

  @Test
  void request_changedByWhoeverCarriedIt_isRefused() {
    String text = new String(note, StandardCharsets.UTF_8);
    String forged = text.replace("127.0.0.1:7443", "127.0.0.2:7443");
    assertFalse(forged.equals(text));
    assertThrows(
        InvalidValue.class, () -> JoinRequest.verify(forged.getBytes(StandardCharsets.UTF_8)));
  }

  /** Someone else's public keys, which the asker does not hold. */
  @Test
  void request_namingKeysOfAnother_isRefused() {
    AgencyKey stolen = federation.member("de.customs").signing().get(0);
    JoinRequest squatting = new JoinRequest(TestFederation.NAME, START, member(stolen, key(audit)));
    SignedNote whole = SignedNote.parse(note).asNote().orElseThrow();
    String text = squattingText(squatting);
    byte[] forged = SignedNote.of(text, whole.signatures()).encode();
    InvalidValue refused = assertThrows(InvalidValue.class, () -> JoinRequest.verify(forged));
    assertTrue(String.valueOf(refused.getMessage()).contains("signed"), refused.getMessage());
    assertThrows(IllegalArgumentException.class, () -> squatting.sign(pairs(signing, audit)));
  }

  private static String squattingText(JoinRequest request) {
    return "entente/" + TestFederation.NAME + "/join-request\n" + new TrustJson().print(request);
  }

  @Test
  void request_withoutAnyOneOfItsSignatures_isRefused() {
    SignedNote whole = SignedNote.parse(note).asNote().orElseThrow();
    assertEquals(4, whole.signatures().size());
    for (NoteSignature stripped : whole.signatures()) {
      List<NoteSignature> rest =
          whole.signatures().stream().filter(each -> !each.equals(stripped)).toList();
      byte[] bytes = SignedNote.of(whole.text(), rest).encode();
      assertThrows(InvalidValue.class, () -> JoinRequest.verify(bytes), stripped.toString());
    }
  }

  @Test
  void request_ofAnotherFederation_isNotAdmitted() {
    BundleEdit edit =
        BundleEdit.first(
            new TrustRoots(
                new org.entente.gateway.model.FederationName("other.example"),
                federation.rootSet()));
    assertThrows(InvalidValue.class, () -> edit.admit(request, false));
  }

  @Test
  void signedTextOfAnotherKind_isNoRequest() {
    byte[] bundle = BundleSigner.sign(federation.content(1), federation.roots(1, 2));
    assertThrows(InvalidValue.class, () -> JoinRequest.verify(bundle));
  }

  @Test
  void request_mutated_isRefusedOrTheSame() {
    for (int i = 0; i < note.length; i += 41) {
      byte[] flipped = note.clone();
      flipped[i] ^= 1;
      assertThrows(InvalidValue.class, () -> JoinRequest.verify(flipped), "byte " + i);
    }
  }
}
