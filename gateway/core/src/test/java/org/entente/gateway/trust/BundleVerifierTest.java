package org.entente.gateway.trust;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.TestFederation.START;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.note.NoteSignature;
import org.entente.gateway.note.NoteSigner;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.testkit.TestFederation;
import org.junit.jupiter.api.Test;

final class BundleVerifierTest {
  private static final Instant END = START.plus(TestFederation.LIFETIME);

  private final TestFederation federation = new TestFederation(START);
  private final BundleVerifier verifier = new BundleVerifier(federation.trustRoots());

  private byte[] signed(BundleContent content) {
    return BundleSigner.sign(content, federation.roots(1, 2));
  }

  private static void assertRefused(BundleFault fault, BundleVerdict verdict) {
    assertEquals(
        fault, assertInstanceOf(BundleVerdict.Refused.class, verdict).fault(), "" + verdict);
  }

  private static TrustBundle verified(BundleVerdict verdict) {
    return assertInstanceOf(BundleVerdict.Verified.class, verdict, "" + verdict).bundle();
  }

  private static SignedNote note(byte[] bytes) {
    return SignedNote.parse(bytes).asNote().orElseThrow();
  }

  private static byte[] keeping(byte[] bytes, Predicate<NoteSignature> kept) {
    SignedNote note = note(bytes);
    return SignedNote.of(note.text(), note.signatures().stream().filter(kept).toList()).encode();
  }

  @Test
  void bundle_signedByThreshold_isVerifiedAndKeepsItsBytes() {
    byte[] bytes = signed(federation.content(7));
    TrustBundle bundle = verified(verifier.verify(bytes, null, START));
    assertArrayEquals(bytes, bundle.noteBytes());
    assertEquals(federation.content(7), bundle.content());
    assertEquals(7, bundle.version());
    assertTrue(note(bytes).text().startsWith("entente/test.entente.example/trust-bundle\n{\n"));
    assertEquals(TrustState.CURRENT, bundle.stateAt(END, verifier.grace()));
  }

  @Test
  void bundle_signedByAllRoots_isVerified() {
    byte[] bytes = BundleSigner.sign(federation.content(1), federation.roots());
    verified(verifier.verify(bytes, null, START));
  }

  @Test
  void bundle_oneRootShort_refused() {
    for (int root = 1; root <= 3; root++) {
      byte[] bytes = BundleSigner.sign(federation.content(1), federation.roots(root));
      assertRefused(BundleFault.THRESHOLD, verifier.verify(bytes, null, START));
    }
  }

  /** Threat 34. */
  @Test
  void bundle_signatureOfPairStripped_doesNotCount() {
    byte[] bytes = signed(federation.content(1));
    for (NoteSignature stripped : note(bytes).signatures()) {
      byte[] rest = keeping(bytes, signature -> !signature.equals(stripped));
      assertRefused(BundleFault.THRESHOLD, verifier.verify(rest, null, START));
    }
  }

  /** Threat 34: two halves of different roots are no pair. */
  @Test
  void bundle_halvesOfDifferentRoots_doNotMakeAPair() {
    byte[] bytes = BundleSigner.sign(federation.content(1), federation.roots(1, 2, 3));
    List<NoteSignature> all = note(bytes).signatures();
    // Lines are: root 1 classical, root 1 quantum, root 2 classical, and so on.
    byte[] mixed = keeping(bytes, s -> List.of(0, 1, 2, 5).contains(all.indexOf(s)));
    assertRefused(BundleFault.THRESHOLD, verifier.verify(mixed, null, START));
  }

  /** Threat 56. */
  @Test
  void bundle_sameRootSignsTwice_isNotTwoRoots() {
    SignedNote note = note(BundleSigner.sign(federation.content(1), federation.roots(1)));
    StringBuilder twice = new StringBuilder(note.text()).append('\n');
    for (int i = 0; i < 2; i++) {
      note.signatures().forEach(signature -> twice.append(signature.line()).append('\n'));
    }
    BundleVerdict verdict = verifier.verify(twice.toString().getBytes(UTF_8), null, START);
    assertRefused(BundleFault.MALFORMED, verdict);
  }

  /** Threat 56: one holder under a second name is unknown, and cannot be configured as a root. */
  @Test
  void bundle_rootUnderSecondName_isNotTwoRoots() {
    SigningPair pair = federation.roots(1).values().iterator().next();
    NoteKeyName alias = new NoteKeyName("entente/alias");
    Map<NoteKeyName, SigningPair> both = new LinkedHashMap<>(federation.roots(1));
    both.put(alias, pair);
    byte[] bytes = BundleSigner.sign(federation.content(1), both);
    assertRefused(BundleFault.THRESHOLD, verifier.verify(bytes, null, START));
    List<RootKey> keys = new ArrayList<>(federation.rootSet().keys());
    keys.add(RootKey.of(alias, pair));
    assertThrows(IllegalArgumentException.class, () -> new RootSet(2, keys));
  }

  /** Threat 56. */
  @Test
  void bundle_signaturesOfStrangers_areIgnored() {
    Map<NoteKeyName, SigningPair> signers = new LinkedHashMap<>(federation.roots(1, 2));
    signers.put(new NoteKeyName("stranger"), SigningPair.generate(new SecureRandom()));
    verified(verifier.verify(BundleSigner.sign(federation.content(1), signers), null, START));
    signers.keySet().remove(TestFederation.rootName(2));
    byte[] short1 = BundleSigner.sign(federation.content(1), signers);
    assertRefused(BundleFault.THRESHOLD, verifier.verify(short1, null, START));
  }

  @Test
  void bundle_rootNameWithForeignKey_isNoRoot() {
    Map<NoteKeyName, SigningPair> signers = new HashMap<>(federation.roots(1));
    signers.put(TestFederation.rootName(2), SigningPair.generate(new SecureRandom()));
    byte[] bytes = BundleSigner.sign(federation.content(1), signers);
    assertRefused(BundleFault.THRESHOLD, verifier.verify(bytes, null, START));
  }

  /** Threat 51. */
  @Test
  void bundle_olderThanInForce_refused() {
    TrustBundle current = federation.bundle(federation.content(5));
    byte[] older = signed(federation.content(4));
    assertRefused(BundleFault.ROLLBACK, verifier.verify(older, current, START));
  }

  @Test
  void bundle_sameVersionOtherContent_isEquivocation() {
    TrustBundle current = federation.bundle(federation.content(5));
    List<Member> fewer = federation.content(5).agencies().subList(0, 2);
    byte[] other = signed(federation.content(5, fewer));
    assertRefused(BundleFault.EQUIVOCATION, verifier.verify(other, current, START));
  }

  @Test
  void bundle_equivocationWithoutThreshold_isNoAlarm() {
    TrustBundle current = federation.bundle(federation.content(5));
    List<Member> fewer = federation.content(5).agencies().subList(0, 2);
    byte[] forged = BundleSigner.sign(federation.content(5, fewer), federation.roots(3));
    assertRefused(BundleFault.THRESHOLD, verifier.verify(forged, current, START));
  }

  @Test
  void bundle_sameContentSignedByOtherRoots_isTheSame() {
    TrustBundle current = federation.bundle(federation.content(5));
    byte[] again = BundleSigner.sign(federation.content(5), federation.roots(2, 3));
    assertEquals(current, verified(verifier.verify(again, current, START)));
  }

  @Test
  void bundle_ofOtherFederation_refused() {
    TrustRoots elsewhere =
        new TrustRoots(new FederationName("other.example"), federation.rootSet());
    byte[] bytes = signed(federation.content(1));
    assertRefused(
        BundleFault.WRONG_FEDERATION, new BundleVerifier(elsewhere).verify(bytes, null, START));
  }

  @Test
  void bundle_originLineOfOtherFederation_refused() {
    String text = note(signed(federation.content(1))).text();
    String swapped = text.replaceFirst("entente/test", "entente/best");
    assertRefused(BundleFault.MALFORMED, verifier.verify(signText(swapped), null, START));
  }

  /** Threat 53: a signer's clock may be ahead by minutes, ours behind by no more. */
  @Test
  void bundle_issuedInTheFuture_refusedUnlessInForceAlready() {
    byte[] bytes = signed(federation.content(1));
    Instant hourBack = START.minus(Duration.ofHours(1));
    assertRefused(BundleFault.NOT_YET_VALID, verifier.verify(bytes, null, hourBack));
    verified(verifier.verify(bytes, null, START.minus(BundleVerifier.SKEW)));
    TrustBundle current = federation.bundle(federation.content(1));
    verified(verifier.verify(bytes, current, hourBack));
  }

  /** Threats 51 and 52: a withheld bundle is a bundle that expires. */
  @Test
  void bundle_expired_goesOnForGraceAndNoLonger() {
    TrustBundle current = federation.bundle(federation.content(1));
    byte[] same = current.noteBytes();
    Instant lastSecond = END.plus(BundleVerifier.MAX_GRACE);
    BundleVerdict inGrace = verifier.verify(same, current, END.plusSeconds(1));
    assertEquals(TrustState.GRACE, ((BundleVerdict.Verified) inGrace).state());
    verified(verifier.verify(same, current, lastSecond));
    Instant after = lastSecond.plusSeconds(1);
    assertRefused(BundleFault.EXPIRED, verifier.verify(same, current, after));
    assertEquals(TrustState.GRACE, current.stateAt(lastSecond, verifier.grace()));
    assertEquals(TrustState.EXPIRED, current.stateAt(after, verifier.grace()));
  }

  @Test
  void bundle_expired_doesNotStartANode() {
    byte[] bytes = signed(federation.content(1));
    assertRefused(BundleFault.EXPIRED, verifier.verify(bytes, null, END.plusSeconds(1)));
  }

  @Test
  void bundle_inGrace_admitsNoMemberAndNoKey() {
    List<Member> all = federation.content(1).agencies();
    List<Member> withoutFr = all.stream().filter(m -> !m.name().equals(FR)).toList();
    TrustBundle current = federation.bundle(federation.content(1, withoutFr));
    Instant grace = END.plusSeconds(60);
    byte[] admitsMember = signed(federation.content(2, all));
    assertRefused(BundleFault.GRACE_ADMITS_NOTHING, verifier.verify(admitsMember, current, grace));
    Member rekeyed = federation.mint(FR, "FR", AgencyKind.CUSTOMS, Set.of(AgencyRole.MEMBER));
    TrustBundle complete = federation.bundle(federation.content(1, all));
    List<Member> swapped = all.stream().map(m -> m.name().equals(FR) ? rekeyed : m).toList();
    byte[] admitsKey = signed(federation.content(2, swapped));
    assertRefused(BundleFault.GRACE_ADMITS_NOTHING, verifier.verify(admitsKey, complete, grace));
  }

  @Test
  void bundle_inGrace_mayStillWithdraw() {
    List<Member> all = federation.content(1).agencies();
    List<Member> withoutFr = all.stream().filter(m -> !m.name().equals(FR)).toList();
    TrustBundle current = federation.bundle(federation.content(1, all));
    byte[] withdraws = signed(federation.content(2, withoutFr));
    TrustBundle next = verified(verifier.verify(withdraws, current, END.plusSeconds(60)));
    assertFalse(next.isMember(FR));
  }

  @Test
  void grace_beyond72Hours_cannotBeConfigured() {
    Duration tooLong = BundleVerifier.MAX_GRACE.plusSeconds(1);
    assertThrows(
        IllegalArgumentException.class, () -> new BundleVerifier(federation.trustRoots(), tooLong));
    BundleVerifier strict = new BundleVerifier(federation.trustRoots(), Duration.ZERO);
    TrustBundle current = federation.bundle(federation.content(1));
    assertRefused(
        BundleFault.EXPIRED, strict.verify(current.noteBytes(), current, END.plusSeconds(1)));
  }

  @Test
  void rotation_signedByOldAndNew_isVerifiedAndThenOnlyNewSign() {
    Map<NoteKeyName, SigningPair> fresh = freshRoots();
    BundleContent rotated = withRoots(federation.content(2), rootSet(fresh));
    TrustBundle current = federation.bundle(federation.content(1));
    Map<NoteKeyName, SigningPair> both = new LinkedHashMap<>(federation.roots(1, 2));
    both.putAll(fresh);
    TrustBundle next = verified(verifier.verify(BundleSigner.sign(rotated, both), current, START));
    BundleContent third = withRoots(federation.content(3), rootSet(fresh));
    verified(verifier.verify(BundleSigner.sign(third, fresh), next, START));
    byte[] byOld = BundleSigner.sign(federation.content(3), federation.roots());
    assertRefused(BundleFault.THRESHOLD, verifier.verify(byOld, next, START));
  }

  @Test
  void rotation_withoutOldThreshold_refused() {
    Map<NoteKeyName, SigningPair> fresh = freshRoots();
    BundleContent rotated = withRoots(federation.content(2), rootSet(fresh));
    TrustBundle current = federation.bundle(federation.content(1));
    Map<NoteKeyName, SigningPair> signers = new LinkedHashMap<>(federation.roots(1));
    signers.putAll(fresh);
    byte[] bytes = BundleSigner.sign(rotated, signers);
    assertRefused(BundleFault.THRESHOLD, verifier.verify(bytes, current, START));
    assertRefused(BundleFault.THRESHOLD, verifier.verify(bytes, null, START));
  }

  @Test
  void rotation_withoutNewThreshold_refused() {
    Map<NoteKeyName, SigningPair> fresh = freshRoots();
    BundleContent rotated = withRoots(federation.content(2), rootSet(fresh));
    Map<NoteKeyName, SigningPair> signers = new LinkedHashMap<>(federation.roots());
    NoteKeyName one = fresh.keySet().iterator().next();
    signers.put(one, fresh.get(one));
    byte[] bytes = BundleSigner.sign(rotated, signers);
    TrustBundle current = federation.bundle(federation.content(1));
    assertRefused(BundleFault.ROTATION, verifier.verify(bytes, current, START));
    assertRefused(BundleFault.ROTATION, verifier.verify(bytes, null, START));
  }

  /** Lowering the threshold is a rotation that the old threshold must have signed. */
  @Test
  void rotation_loweredThreshold_needsTheOldOne() {
    RootSet lax = new RootSet(1, federation.rootSet().keys());
    byte[] bytes = BundleSigner.sign(withRoots(federation.content(2), lax), federation.roots(1));
    TrustBundle current = federation.bundle(federation.content(1));
    assertRefused(BundleFault.THRESHOLD, verifier.verify(bytes, current, START));
  }

  /** Threats 47 and 51: whatever is changed, nothing else verifies. */
  @Test
  void bundle_mutated_neverVerifiesAsOther() {
    long seed = new SecureRandom().nextLong();
    Random random = new Random(seed);
    byte[] bytes = signed(federation.content(1));
    TrustBundle original = verified(verifier.verify(bytes, null, START));
    for (int round = 0; round < 400; round++) {
      byte[] mutated = TextMutations.mutate(bytes, random);
      BundleVerdict verdict = verifier.verify(mutated, null, START);
      if (verdict instanceof BundleVerdict.Verified verified) {
        // A stranger's signature may be added or garbled in a line that nobody knows, no more.
        assertEquals(original, verified.bundle(), "seed " + seed + " round " + round);
        assertArrayEquals(mutated, verified.bundle().noteBytes(), "seed " + seed);
      }
    }
  }

  private byte[] signText(String text) {
    List<NoteSignature> signatures = new ArrayList<>();
    federation
        .roots(1, 2)
        .forEach(
            (name, pair) -> {
              signatures.add(NoteSigner.ed25519(name, pair.ed25519()).sign(text, START));
              signatures.add(NoteSigner.mlDsa44Note(name, pair.mlDsa44()).sign(text, START));
            });
    return SignedNote.of(text, signatures).encode();
  }

  private static Map<NoteKeyName, SigningPair> freshRoots() {
    Map<NoteKeyName, SigningPair> fresh = new LinkedHashMap<>();
    for (int i = 0; i < 2; i++) {
      fresh.put(new NoteKeyName("fresh-" + i), SigningPair.generate(new SecureRandom()));
    }
    return fresh;
  }

  private static RootSet rootSet(Map<NoteKeyName, SigningPair> pairs) {
    List<RootKey> keys = new ArrayList<>();
    pairs.forEach((name, pair) -> keys.add(RootKey.of(name, pair)));
    return new RootSet(2, keys);
  }

  private static BundleContent withRoots(BundleContent content, RootSet roots) {
    return new BundleContent(
        content.federation(),
        content.version(),
        content.issued(),
        content.expires(),
        roots,
        content.groups(),
        content.agencies());
  }
}
