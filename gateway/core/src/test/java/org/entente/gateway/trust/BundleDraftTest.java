package org.entente.gateway.trust;

import static org.entente.gateway.testkit.TestFederation.START;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.testkit.TestFederation;
import org.junit.jupiter.api.Test;

final class BundleDraftTest {
  private final TestFederation federation = new TestFederation(START);
  private final RootSet roots = federation.rootSet();
  private final BundleDraft draft = BundleDraft.of(federation.content(1));

  private BundleDraft signed(BundleDraft by, int root) {
    NoteKeyName name = TestFederation.rootName(root);
    return by.signedBy(
        roots, name, java.util.Objects.requireNonNull(federation.roots(root).get(name)));
  }

  @Test
  void draft_signedOneAfterTheOther_isTheBundleThatNodesAccept() {
    BundleDraft one = signed(BundleDraft.parse(draft.encode()), 1);
    assertFalse(one.isComplete(roots));
    assertInstanceOf(
        BundleVerdict.Refused.class,
        new BundleVerifier(federation.trustRoots()).verify(one.encode(), null, START));

    BundleDraft two = signed(BundleDraft.parse(one.encode()), 3);
    assertTrue(two.isComplete(roots));
    assertEquals(
        List.of(TestFederation.rootName(1), TestFederation.rootName(3)), two.signedBy(roots));
    assertEquals(draft.fingerprint(), two.fingerprint());
    assertInstanceOf(
        BundleVerdict.Verified.class,
        new BundleVerifier(federation.trustRoots()).verify(two.encode(), null, START));
  }

  @Test
  void root_signingTwice_isRefused() {
    BundleDraft one = signed(draft, 1);
    InvalidValue refused = assertThrows(InvalidValue.class, () -> signed(one, 1));
    assertTrue(String.valueOf(refused.getMessage()).contains("once"), refused.getMessage());
  }

  /** Anyone who passes the file on could otherwise keep a root from signing. */
  @Test
  void falseLineUnderARootsName_isReplacedWhenTheRootSigns() {
    BundleDraft other =
        BundleDraft.of(
            BundleEdit.after(federation.content(1))
                .build(START, START.plus(TestFederation.LIFETIME)));
    String lines = new String(signed(other, 1).encode(), StandardCharsets.UTF_8);
    String text = new String(draft.encode(), StandardCharsets.UTF_8);
    String both = text + lines.substring(lines.indexOf("\n\n") + 2);
    BundleDraft forged = BundleDraft.parse(both.getBytes(StandardCharsets.UTF_8));
    assertTrue(forged.falseSignature(roots).isPresent());
    assertArrayEquals(signed(draft, 1).encode(), signed(forged, 1).encode());
  }

  @Test
  void stranger_underARootsNameOrItsOwn_cannotSign() {
    SigningPair stranger = SigningPair.generate(new SecureRandom());
    assertThrows(
        InvalidValue.class, () -> draft.signedBy(roots, TestFederation.rootName(1), stranger));
    assertThrows(
        InvalidValue.class,
        () -> draft.signedBy(roots, new NoteKeyName("entente/mallory"), stranger));
  }

  @Test
  void text_changedUnderSignatures_countsForNobody() {
    String note = new String(signed(draft, 1).encode(), StandardCharsets.UTF_8);
    String changed = note.replace("\"fr.customs\"", "\"fr.customx\"");
    BundleDraft forged = BundleDraft.parse(changed.getBytes(StandardCharsets.UTF_8));
    assertEquals(List.of(), forged.signedBy(roots));
    assertTrue(forged.falseSignature(roots).isPresent());
    assertTrue(
        BundleDescription.show(forged, roots).stream().anyMatch(line -> line.contains("FALSE")),
        "a false signature is shown as such");
  }

  @Test
  void rotation_isCompleteOnlyWithOldAndNewThreshold() {
    NoteKeyName dora = new NoteKeyName("entente/" + TestFederation.NAME + "/dora");
    SigningPair pair = SigningPair.generate(new SecureRandom());
    RootSet next = new RootSet(2, List.of(roots.keys().get(0), RootKey.of(dora, pair)));
    BundleDraft rotated =
        BundleDraft.of(
            BundleEdit.after(federation.content(1))
                .rotate(next)
                .build(START, START.plus(TestFederation.LIFETIME)));
    BundleDraft byOld = signed(signed(rotated, 2), 3);
    assertFalse(byOld.isComplete(roots), "no new root has signed");
    BundleDraft byOneNew = byOld.signedBy(roots, dora, pair);
    assertFalse(byOneNew.isComplete(roots), "one of two new roots is short");
    assertTrue(signed(byOneNew, 1).isComplete(roots));
  }

  @Test
  void draft_mutated_reencodesOrIsRefused() {
    for (BundleDraft each : List.of(draft, signed(draft, 1))) {
      byte[] bytes = each.encode();
      assertArrayEquals(bytes, BundleDraft.parse(bytes).encode());
      List<byte[]> variants =
          new ArrayList<>(List.of(new byte[0], "\n\n".getBytes(StandardCharsets.UTF_8)));
      for (int i = 0; i < bytes.length; i += 37) {
        byte[] flipped = bytes.clone();
        flipped[i] ^= 1;
        variants.add(flipped);
        variants.add(java.util.Arrays.copyOf(bytes, i));
      }
      for (byte[] variant : variants) {
        try {
          assertArrayEquals(variant, BundleDraft.parse(variant).encode());
        } catch (InvalidValue refused) {
          assertFalse(String.valueOf(refused.getMessage()).isEmpty());
        }
      }
    }
  }

  @Test
  void fingerprint_readAloud_isTakenHoweverItIsTyped() {
    Fingerprint fingerprint = draft.fingerprint();
    assertEquals(79, fingerprint.toString().length());
    assertEquals(fingerprint, Fingerprint.parse(fingerprint.toString()));
    assertEquals(
        fingerprint,
        Fingerprint.parse(
            fingerprint.toString().toUpperCase(java.util.Locale.ROOT).replace(' ', '-')));
    assertThrows(InvalidValue.class, () -> Fingerprint.parse(fingerprint.hex().substring(1)));
  }
}
