package org.entente.gateway.trust;

import static org.entente.gateway.testkit.TestFederation.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.TrustStore.OpenResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrustStoreTest {
  @TempDir Path folder;

  private final TestFederation federation = new TestFederation(START);
  private final BundleVerifier verifier = new BundleVerifier(federation.trustRoots());
  private Instant now = START;

  private Path bundleFile() {
    return folder.resolve("trust-bundle.note");
  }

  private Path acceptedFile() {
    return folder.resolve("data").resolve("accepted.note");
  }

  private void publish(BundleContent content) throws IOException {
    Files.write(bundleFile(), BundleSigner.sign(content, federation.roots(1, 2)));
  }

  private OpenResult open() throws IOException {
    return TrustStore.open(verifier, bundleFile(), acceptedFile(), () -> now);
  }

  private TrustStore opened() throws IOException {
    return assertInstanceOf(OpenResult.Opened.class, open()).store();
  }

  private static void assertRefused(BundleFault fault, BundleVerdict verdict) {
    assertEquals(fault, assertInstanceOf(BundleVerdict.Refused.class, verdict).fault());
  }

  @Test
  void store_withoutAnyBundle_staysClosed() throws IOException {
    OpenResult.Closed closed = assertInstanceOf(OpenResult.Closed.class, open());
    assertEquals(BundleFault.MALFORMED, closed.refused().fault());
    assertTrue(closed.refused().reason().contains("there is no such file"));
  }

  @Test
  void reload_newerBundle_isInForceAndListenersKnow() throws IOException {
    publish(federation.content(1));
    TrustStore store = opened();
    List<String> told = new ArrayList<>();
    store.onChange((old, next) -> told.add(old.version() + " to " + next.version()));
    store.reload();
    assertEquals(List.of(), told);
    publish(federation.content(2));
    assertInstanceOf(BundleVerdict.Verified.class, store.reload());
    assertEquals(2, store.current().version());
    assertEquals(List.of("1 to 2"), told);
  }

  @Test
  void listenerThatFails_keepsTheBundleFromNoOther() throws IOException {
    publish(federation.content(1));
    TrustStore store = opened();
    List<String> told = new ArrayList<>();
    store.onChange(
        (old, next) -> {
          throw new IllegalStateException("expected by the test");
        });
    store.onChange((old, next) -> told.add(old.version() + " to " + next.version()));
    publish(federation.content(2));
    assertThrows(IllegalStateException.class, store::reload);
    assertEquals(List.of("1 to 2"), told);
    assertEquals(2, store.current().version());
  }

  @Test
  void reload_refusedBundle_changesNothing() throws IOException {
    publish(federation.content(2));
    TrustStore store = opened();
    store.onChange(
        (old, next) -> {
          throw new AssertionError("nothing changed");
        });
    publish(federation.content(1));
    assertRefused(BundleFault.ROLLBACK, store.reload());
    Files.writeString(bundleFile(), "garbage");
    assertRefused(BundleFault.MALFORMED, store.reload());
    Files.delete(bundleFile());
    assertRefused(BundleFault.MALFORMED, store.reload());
    assertEquals(2, store.current().version());
  }

  @Test
  void offer_fromPeer_passesTheSameRules() throws IOException {
    publish(federation.content(1));
    TrustStore store = opened();
    byte[] weak = BundleSigner.sign(federation.content(2), federation.roots(3));
    assertRefused(BundleFault.THRESHOLD, store.offer(weak));
    byte[] good = BundleSigner.sign(federation.content(2), federation.roots(2, 3));
    assertInstanceOf(BundleVerdict.Verified.class, store.offer(good));
    assertEquals(2, store.current().version());
    // What a peer handed over survives a restart, though the operator's file is still the old one.
    OpenResult.Opened again = assertInstanceOf(OpenResult.Opened.class, open());
    assertEquals(2, again.store().current().version());
    assertEquals(
        Optional.of(BundleFault.ROLLBACK), again.refused().map(BundleVerdict.Refused::fault));
  }

  /** Threat 51. */
  @Test
  void restart_withOlderBundle_refusesIt() throws IOException {
    publish(federation.content(3));
    opened();
    publish(federation.content(2));
    OpenResult.Opened again = assertInstanceOf(OpenResult.Opened.class, open());
    assertEquals(3, again.store().current().version());
    assertEquals(BundleFault.ROLLBACK, again.refused().orElseThrow().fault());
  }

  @Test
  void restart_withOtherBundleOfTheVersion_isEquivocation() throws IOException {
    publish(federation.content(3));
    opened();
    publish(federation.content(3, federation.content(3).agencies().subList(0, 2)));
    OpenResult.Opened again = assertInstanceOf(OpenResult.Opened.class, open());
    assertEquals(BundleFault.EQUIVOCATION, again.refused().orElseThrow().fault());
    assertEquals(4, again.store().current().members().size());
  }

  @Test
  void restart_withDamagedMemory_staysClosed() throws IOException {
    publish(federation.content(3));
    opened();
    byte[] bytes = Files.readAllBytes(acceptedFile());
    bytes[bytes.length / 2] ^= 1;
    Files.write(acceptedFile(), bytes);
    assertInstanceOf(OpenResult.Closed.class, open());
  }

  @Test
  void restart_afterRotation_keepsTheNewRoots() throws IOException {
    publish(federation.content(1));
    TrustStore store = opened();
    Map<NoteKeyName, SigningPair> fresh = new LinkedHashMap<>();
    List<RootKey> keys = new ArrayList<>();
    for (String name : List.of("fresh-1", "fresh-2")) {
      SigningPair pair = SigningPair.generate(new java.security.SecureRandom());
      fresh.put(new NoteKeyName(name), pair);
      keys.add(RootKey.of(new NoteKeyName(name), pair));
    }
    Map<NoteKeyName, SigningPair> both = new LinkedHashMap<>(federation.roots());
    both.putAll(fresh);
    RootSet roots = new RootSet(2, keys);
    assertInstanceOf(
        BundleVerdict.Verified.class, store.offer(BundleSigner.sign(content(2, roots), both)));
    TrustStore again = opened();
    assertEquals(2, again.current().version());
    assertRefused(
        BundleFault.THRESHOLD,
        again.offer(BundleSigner.sign(federation.content(3), federation.roots())));
    assertInstanceOf(
        BundleVerdict.Verified.class, again.offer(BundleSigner.sign(content(3, roots), fresh)));
  }

  /** Threat 83: an attacker who can write the audit folder puts own roots in force. */
  @Test
  void restart_withAcceptedBundleOfOtherRoots_staysClosed() throws IOException {
    publish(federation.content(1));
    opened();
    Map<NoteKeyName, SigningPair> own = pairs("own-1", "own-2");
    byte[] forged = BundleSigner.sign(content(9, roots(own)), own);
    Files.write(acceptedFile(), forged);
    OpenResult.Closed closed = assertInstanceOf(OpenResult.Closed.class, open());
    assertEquals(BundleFault.THRESHOLD, closed.refused().fault());
    assertTrue(closed.refused().reason().contains("accepted"), closed.refused()::reason);
    assertEquals(Optional.empty(), TrustStore.remembered(verifier, acceptedFile()));

    // Nor do rotations of his own help, whether the old roots signed them or not.
    Files.write(acceptedFile().resolveSibling("accepted.note.rotation-2"), forged);
    assertInstanceOf(OpenResult.Closed.class, open());
    Files.write(
        acceptedFile().resolveSibling("accepted.note.rotation-2"),
        BundleSigner.sign(content(2, roots(own)), own));
    assertInstanceOf(OpenResult.Closed.class, open());
    Files.write(bundleFile(), BundleSigner.sign(content(10, roots(own)), own));
    assertInstanceOf(OpenResult.Closed.class, open());
  }

  @Test
  void restart_afterManyRotations_findsTheWayFromTheConfiguredRoots() throws IOException {
    publish(federation.content(1));
    TrustStore store = opened();
    Map<NoteKeyName, SigningPair> signing = federation.roots();
    for (int version = 2; version < 40; version += 2) {
      Map<NoteKeyName, SigningPair> next = pairs("next-" + version);
      Map<NoteKeyName, SigningPair> both = new LinkedHashMap<>(signing);
      both.putAll(next);
      assertVerified(store.offer(BundleSigner.sign(content(version, roots(next)), both)));
      assertVerified(store.offer(BundleSigner.sign(content(version + 1, roots(next)), next)));
      signing = next;
    }
    assertEquals(39, opened().current().version());
    // A step that is missing leaves no way.
    Files.delete(acceptedFile().resolveSibling("accepted.note.rotation-20"));
    assertInstanceOf(OpenResult.Closed.class, open());
  }

  /** The first bundle that a node is given may change the roots already. */
  @Test
  void restart_afterAFirstBundleOfOtherRoots_findsTheWay() throws IOException {
    Map<NoteKeyName, SigningPair> next = pairs("next-1");
    Map<NoteKeyName, SigningPair> both = new LinkedHashMap<>(federation.roots());
    both.putAll(next);
    Files.write(bundleFile(), BundleSigner.sign(content(4, roots(next)), both));
    TrustStore store = opened();
    assertVerified(store.offer(BundleSigner.sign(content(5, roots(next)), next)));
    assertEquals(5, opened().current().version());
  }

  /** An operator may configure the roots of now; then the way begins with them. */
  @Test
  void restart_withTheRootsOfNowConfigured_needsNoEarlierRotation() throws IOException {
    publish(federation.content(1));
    TrustStore store = opened();
    Map<NoteKeyName, SigningPair> next = pairs("next-1");
    Map<NoteKeyName, SigningPair> both = new LinkedHashMap<>(federation.roots());
    both.putAll(next);
    BundleVerifier ofNow =
        new BundleVerifier(new TrustRoots(federation.trustRoots().federation(), roots(next)));
    byte[] change = BundleSigner.sign(content(2, roots(next)), both);
    // Before it was accepted: it is in the configured file, and both sets of roots signed it.
    Files.write(bundleFile(), change);
    TrustStore changed =
        assertInstanceOf(
                OpenResult.Opened.class,
                TrustStore.open(ofNow, bundleFile(), acceptedFile(), () -> now))
            .store();
    assertEquals(2, changed.current().version());
    assertVerified(store.offer(change));
    assertVerified(store.offer(BundleSigner.sign(content(3, roots(next)), next)));
    Files.delete(acceptedFile().resolveSibling("accepted.note.rotation-2"));
    assertInstanceOf(
        OpenResult.Opened.class, TrustStore.open(ofNow, bundleFile(), acceptedFile(), () -> now));
  }

  /** The machine stopped after a change of roots was kept, and before the bundle was. */
  @Test
  void restart_betweenTheTwoFilesOfAChangeOfRoots_goesOnWithTheBundleBefore() throws IOException {
    publish(federation.content(1));
    opened();
    Map<NoteKeyName, SigningPair> next = pairs("next-1");
    Map<NoteKeyName, SigningPair> both = new LinkedHashMap<>(federation.roots());
    both.putAll(next);
    byte[] change = BundleSigner.sign(content(2, roots(next)), both);
    Files.write(acceptedFile().resolveSibling("accepted.note.rotation-2"), change);
    TrustStore store = opened();
    assertEquals(1, store.current().version());
    assertVerified(store.offer(change));
    assertEquals(2, opened().current().version());
  }

  private static void assertVerified(BundleVerdict verdict) {
    assertInstanceOf(BundleVerdict.Verified.class, verdict, verdict::toString);
  }

  private static Map<NoteKeyName, SigningPair> pairs(String... names) {
    Map<NoteKeyName, SigningPair> pairs = new LinkedHashMap<>();
    for (String name : names) {
      pairs.put(new NoteKeyName(name), SigningPair.generate(new java.security.SecureRandom()));
    }
    return pairs;
  }

  private static RootSet roots(Map<NoteKeyName, SigningPair> pairs) {
    List<RootKey> keys =
        pairs.entrySet().stream().map(one -> RootKey.of(one.getKey(), one.getValue())).toList();
    return new RootSet(keys.size(), keys);
  }

  /** Threats 51 and 52. */
  @Test
  void state_asTimePasses_goesThroughGraceToExpired() throws IOException {
    publish(federation.content(1));
    TrustStore store = opened();
    assertEquals(TrustState.CURRENT, store.state());
    now = START.plus(TestFederation.LIFETIME).plusSeconds(1);
    assertEquals(TrustState.GRACE, store.state());
    assertEquals(TrustState.GRACE, opened().state());
    now = now.plus(BundleVerifier.MAX_GRACE);
    assertEquals(TrustState.EXPIRED, store.state());
    OpenResult.Opened late = assertInstanceOf(OpenResult.Opened.class, open());
    assertEquals(TrustState.EXPIRED, late.store().state());
    assertEquals(BundleFault.EXPIRED, late.refused().orElseThrow().fault());
  }

  /** Threat 53. */
  @Test
  void clock_setBackAnHour_doesNotCloseARestartingNode() throws IOException {
    publish(federation.content(1));
    opened();
    now = START.minus(Duration.ofHours(1));
    OpenResult.Opened again = assertInstanceOf(OpenResult.Opened.class, open());
    assertTrue(again.refused().isEmpty());
    assertEquals(TrustState.CURRENT, again.store().state());
  }

  private BundleContent content(long version, RootSet roots) {
    BundleContent base = federation.content(version);
    return new BundleContent(
        base.federation(),
        version,
        base.issued(),
        base.expires(),
        roots,
        base.groups(),
        base.agencies());
  }

  /** A peer that missed the change of roots is handed that step before what came after it. */
  @Test
  void rotation_isKeptForPeersThatMissedIt_overARestart() throws IOException {
    publish(federation.content(1));
    TrustStore store = opened();
    RootSet old = federation.rootSet();
    RootSet next = new RootSet(1, old.keys().subList(0, 2));
    BundleContent rotated =
        BundleEdit.after(store.current().content())
            .rotate(next)
            .build(now, now.plus(TestFederation.LIFETIME));
    byte[] step = BundleSigner.sign(rotated, federation.roots(1, 2));
    assertInstanceOf(BundleVerdict.Verified.class, store.offer(step));
    BundleContent after = BundleEdit.after(rotated).build(now, now.plus(TestFederation.LIFETIME));
    byte[] last = BundleSigner.sign(after, federation.roots(2));
    assertInstanceOf(BundleVerdict.Verified.class, store.offer(last));

    for (TrustStore each : List.of(store, opened())) {
      assertEquals(2, each.nextAfter(1).orElseThrow().version());
      assertEquals(3, each.nextAfter(2).orElseThrow().version());
      assertEquals(Optional.empty(), each.nextAfter(4));
      assertEquals(
          2, each.withHash(each.nextAfter(1).orElseThrow().hash()).orElseThrow().version());
      assertEquals(Optional.empty(), each.withHash("00"));
    }
    TrustBundle first = federation.bundle(federation.content(1));
    assertRefused(BundleFault.THRESHOLD, verifier.verify(last, first, now));
  }

  /**
   * The operator's file is older than what came over a link, and its roots do not sign any more.
   */
  @Test
  void reload_fileFromBeforeTheRootsChanged_isOlderAndNotUnsigned() throws IOException {
    publish(federation.content(1));
    TrustStore store = opened();
    RootSet next = new RootSet(1, federation.rootSet().keys().subList(2, 3));
    BundleContent rotated =
        BundleEdit.after(store.current().content())
            .rotate(next)
            .build(now, now.plus(TestFederation.LIFETIME));
    store.offer(BundleSigner.sign(rotated, federation.roots()));
    assertRefused(BundleFault.ROLLBACK, store.reload());
    OpenResult.Opened again = assertInstanceOf(OpenResult.Opened.class, open());
    assertEquals(2, again.store().current().version());
    assertEquals(BundleFault.ROLLBACK, again.refused().orElseThrow().fault());
    publish(federation.content(3));
    assertRefused(BundleFault.THRESHOLD, store.reload());
    Files.writeString(bundleFile(), "garbage");
    assertRefused(BundleFault.MALFORMED, store.reload());
  }
}
