package org.entente.gateway.trust.gossip;

import static org.entente.gateway.testkit.TestFederation.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.AgencyKind;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.BundleContent;
import org.entente.gateway.trust.BundleDraft;
import org.entente.gateway.trust.BundleFault;
import org.entente.gateway.trust.BundleSigner;
import org.entente.gateway.trust.Fingerprint;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.gossip.TrustMessage.FreshnessNotice;
import org.entente.gateway.trust.gossip.TrustMessage.InForce;
import org.entente.gateway.trust.gossip.TrustMessage.Part;
import org.entente.gateway.trust.gossip.TrustMessage.PartRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Threat 51 over links: a member whose gateway lies about trust bundles. The hub is the attacker;
 * fr is its victim, and de an honest neighbour of fr.
 */
final class BundleGossipAttackTest {
  private static final String DE = "de.customs";
  private static final String FR = "fr.customs";
  private static final String HUB = "x.hub";
  private static final String GOOD = Fingerprint.of("a bundle that is said to exist").hex();

  @TempDir Path folder;

  private final TestFederation federation = new TestFederation(START);
  private GossipNet net;
  private GossipNet.Node fr;

  @BeforeEach
  void begin() throws IOException {
    net = new GossipNet(federation, folder);
    fr = net.node(FR, signed(federation.content(2)));
    net.link(FR, HUB);
    net.deliver();
  }

  private byte[] signed(BundleContent content) {
    return BundleSigner.sign(content, federation.roots(1, 2));
  }

  private void claim(long version, String hash) {
    net.say(HUB, fr, new InForce(version, hash));
  }

  /** Hands over a note in parts, as it is asked for them. */
  private void handOver(byte[] note, String hash) {
    int offset = 0;
    while (offset < note.length) {
      int end = Math.min(note.length, offset + BundleExchange.PART_BYTES);
      ByteBuffer bytes = ByteBuffer.wrap(Arrays.copyOfRange(note, offset, end));
      net.say(HUB, fr, new Part(hash, offset, note.length, bytes));
      offset = end;
    }
  }

  private void assertUnharmed() {
    assertEquals(2, fr.version());
    assertEquals(federation.bundle(federation.content(2)).hash(), fr.store.current().hash());
  }

  private GossipNet.Node honest() throws IOException {
    GossipNet.Node de = net.node(DE, signed(federation.content(3)));
    net.link(FR, DE);
    net.deliver();
    return de;
  }

  @Test
  void rollback_anOldBundleHandedOverAsNew_isRefusedAndTheLinkGoesOn() throws IOException {
    byte[] old = signed(federation.content(1));
    claim(9, GOOD);
    handOver(old, GOOD);
    assertEquals(List.of(BundleFault.ROLLBACK), fr.refused);
    assertUnharmed();
    claim(9, GOOD);
    assertEquals(1, fr.asked(HUB), "not asked for the same again");
    honest();
    assertEquals(3, fr.version(), "from whoever has it");
  }

  @Test
  void freeze_neighbourThatSaysItHasNothingNewer_isShownByAWitness() {
    claim(2, fr.store.current().hash());
    net.pass(5);
    TrustBundle three = federation.bundle(federation.content(3));
    byte[] statement =
        Freshness.state(three, new AgencyName(DE), federation.signing(DE), net.now());
    net.say(HUB, fr, new FreshnessNotice(ByteBuffer.wrap(statement)));
    assertEquals(
        FreshnessBoard.State.BEHIND, fr.board.state(fr.store.current(), fr.name, net.now()));
    net.jump(FreshnessBoard.STALE);
    assertUnharmed();
  }

  @Test
  void freeze_neighbourThatPassesOnNothing_isShownByTheSilenceOfWitnesses() {
    byte[] statement =
        Freshness.state(fr.store.current(), new AgencyName(DE), federation.signing(DE), net.now());
    net.say(HUB, fr, new FreshnessNotice(ByteBuffer.wrap(statement)));
    assertEquals(
        FreshnessBoard.State.FRESH, fr.board.state(fr.store.current(), fr.name, net.now()));
    net.jump(FreshnessBoard.STALE);
    net.say(HUB, fr, new FreshnessNotice(ByteBuffer.wrap(statement)));
    assertEquals(
        FreshnessBoard.State.STALE, fr.board.state(fr.store.current(), fr.name, net.now()));
  }

  @Test
  void equivocation_twoBundlesOfOneVersion_isProvenOnceOnBothSides() throws IOException {
    List<Member> without =
        federation.content(2).agencies().stream()
            .filter(m -> !m.name().value().equals(HUB))
            .toList();
    // Without the hub nobody is reached through it.
    List<Member> direct = without.stream().filter(m -> m.via().isEmpty()).toList();
    GossipNet.Node de = net.node(DE, signed(federation.content(2, direct)));
    String before = fr.store.current().hash();
    net.link(FR, DE);
    net.deliver();
    net.pass(3);
    assertEquals(before, fr.store.current().hash(), "the first one stays");
    assertEquals(1, fr.contradictions.size());
    assertEquals(1, de.contradictions.size());
    BundleGossip.Contradiction found = fr.contradictions.get(0);
    assertEquals(de.store.current().hash(), found.hash());
    assertEquals(
        found.hash(), BundleDraft.parse(found.note().orElseThrow().array()).fingerprint().hex());
    assertTrue(fr.gossip.contradiction().isPresent());
    fr.place(signed(federation.content(3)));
    assertTrue(fr.gossip.contradiction().isEmpty(), "over with the next version");
  }

  @Test
  void versionOutOfAllBounds_isNoWord_andTheHighestCostsNothingButFetches() {
    assertTrue(isNoWord(Long.MAX_VALUE));
    assertTrue(isNoWord(BundleContent.MAX_VERSION + 1));
    assertTrue(isNoWord(0));
    assertTrue(isNoWord(-1));
    claim(BundleContent.MAX_VERSION, GOOD);
    handOver(signed(federation.content(2)), GOOD);
    assertUnharmed();
    claim(BundleContent.MAX_VERSION, GOOD);
    net.pass(60);
    assertEquals(1, fr.asked(HUB));
  }

  private static boolean isNoWord(long version) {
    try {
      new InForce(version, GOOD);
      return false;
    } catch (org.entente.gateway.model.InvalidValue e) {
      return true;
    }
  }

  @Test
  void endlessParts_endWithTheTotalThatWasSaidFirst() {
    claim(9, GOOD);
    byte[] full = new byte[BundleExchange.PART_BYTES];
    int total = SignedNote.MAX_BYTES;
    for (int i = 0; i < 3 * total / full.length; i++) {
      Part part = new Part(GOOD, i * full.length, total, ByteBuffer.wrap(full));
      net.say(HUB, fr, part);
    }
    assertEquals(List.of(BundleFault.MALFORMED), fr.refused);
    assertEquals(2 * total / full.length, fr.misspoken.size(), "the rest was not asked for");
    assertUnharmed();
  }

  @Test
  void floodOfParts_nobodyAskedFor_isDropped() throws IOException {
    byte[] three = signed(federation.content(3));
    for (int i = 0; i < 1_000; i++) {
      handOver(three, GOOD);
    }
    assertEquals(1_000, fr.misspoken.size());
    assertTrue(fr.misspoken.stream().allMatch(Code.MALFORMED::equals));
    assertUnharmed();
    honest();
    assertEquals(3, fr.version());
  }

  @Test
  void slowTrickle_ofTheBundleThatOthersHave_holdsUpNobody() throws IOException {
    TrustBundle three = federation.bundle(federation.content(3));
    claim(3, three.hash());
    assertNotNull(fr.lastAsked(HUB));
    byte[] full = new byte[BundleExchange.PART_BYTES];
    net.say(HUB, fr, new Part(three.hash(), 0, SignedNote.MAX_BYTES, ByteBuffer.wrap(full)));
    honest();
    assertEquals(2, fr.version(), "it is being fetched");
    net.pass(5);
    assertEquals(3, fr.version(), "seconds later");
  }

  @Test
  void rubbishUnderTheHashOfAGoodBundle_bindsOnlyItsSender() throws IOException {
    TrustBundle three = federation.bundle(federation.content(3));
    claim(3, three.hash());
    byte[] stripped =
        SignedNote.of(
                SignedNote.parse(three.noteBytes()).asNote().orElseThrow().text(),
                SignedNote.parse(three.noteBytes())
                    .asNote()
                    .orElseThrow()
                    .signatures()
                    .subList(0, 2))
            .encode();
    handOver(stripped, three.hash());
    assertEquals(List.of(BundleFault.THRESHOLD), fr.refused);
    assertUnharmed();
    honest();
    assertEquals(3, fr.version());
  }

  @Test
  void bundleOfAnotherFederation_isRefused() {
    // Other roots under another name; what they signed is in order there.
    BundleContent base = federation.content(3);
    BundleContent other =
        new BundleContent(
            new org.entente.gateway.model.FederationName("other.example"),
            3,
            base.issued(),
            base.expires(),
            base.roots(),
            base.groups(),
            base.agencies());
    claim(3, GOOD);
    handOver(signed(other), GOOD);
    assertEquals(List.of(BundleFault.WRONG_FEDERATION), fr.refused);
    assertUnharmed();
  }

  @Test
  void bundleThatTheRootsDidNotSign_isRefused() {
    claim(3, GOOD);
    handOver(BundleSigner.sign(federation.content(3), federation.roots(1)), GOOD);
    assertEquals(List.of(BundleFault.THRESHOLD), fr.refused);
    assertUnharmed();
  }

  @Test
  void expiredBundleInGrace_thatAdmitsAMember_isRefused() throws IOException {
    net.jump(TestFederation.LIFETIME.plus(Duration.ofHours(1)));
    BundleContent base = federation.content(3);
    List<Member> more = new java.util.ArrayList<>(base.agencies());
    more.add(
        federation.mint(
            new AgencyName("be.customs"),
            "BE",
            AgencyKind.CUSTOMS,
            java.util.Set.of(AgencyRole.MEMBER)));
    more.sort((a, b) -> a.name().compareTo(b.name()));
    claim(3, GOOD);
    handOver(signed(federation.content(3, more)), GOOD);
    assertEquals(List.of(BundleFault.GRACE_ADMITS_NOTHING), fr.refused);
    assertUnharmed();
    honestInGrace();
  }

  /** One that only takes away is good in grace. */
  private void honestInGrace() {
    List<Member> fewer =
        federation.content(3).agencies().stream()
            .filter(m -> !m.name().value().equals("sg.police"))
            .toList();
    TrustBundle three = federation.bundle(federation.content(3, fewer));
    claim(3, three.hash());
    handOver(three.noteBytes(), three.hash());
    assertEquals(3, fr.version());
  }

  @Test
  void requestsWithoutEnd_areAnsweredSoOftenAMinute() {
    for (int i = 0; i < 1_000; i++) {
      net.say(HUB, fr, new PartRequest(1, "", 0));
    }
    long parts =
        fr.toStrangers.getOrDefault(new AgencyName(HUB), List.of()).stream()
            .filter(Part.class::isInstance)
            .count();
    assertEquals(2 * SignedNote.MAX_BYTES / BundleExchange.PART_BYTES, parts);
  }

  @Test
  void claimsThatChangeWithEveryWord_areBelievedSoOften() {
    for (int i = 0; i < 1_000; i++) {
      claim(9, Fingerprint.of("claim " + i).hex());
      net.pass(1);
    }
    long most = 2L * BundleExchange.FAILURES * (1 + 1_000 / BundleExchange.REFUSED_FOR.toSeconds());
    assertTrue(fr.asked(HUB) <= most, fr.asked(HUB) + " requests");
    assertUnharmed();
  }

  @Test
  void statementsWithoutEnd_areNotPassedOn() throws IOException {
    GossipNet.Node de = net.node(DE, signed(federation.content(2)));
    net.link(FR, DE);
    net.deliver();
    for (int i = 0; i < 50; i++) {
      byte[] note =
          Freshness.state(
              federation.bundle(federation.content(2 + i % 2)),
              new AgencyName(DE),
              federation.signing(DE),
              net.now().plusSeconds(i));
      net.say(HUB, fr, new FreshnessNotice(ByteBuffer.wrap(note)));
    }
    assertEquals(List.of(), fr.misspoken);
    byte[] passedOn = de.board.notes(de.store.current()).get(0);
    Freshness first = Results.value(Freshness.verify(passedOn, de.store.current(), net.now()));
    assertEquals(net.now(), first.stated(), "the first");
    net.say(HUB, fr, new FreshnessNotice(ByteBuffer.wrap(new byte[100])));
    assertEquals(List.of(Code.MALFORMED), fr.misspoken);
  }

  @Test
  void witness_namingOtherBundlesWithoutEnd_isOneContradiction() {
    for (int i = 0; i < 5; i++) {
      net.jump(FreshnessBoard.APART);
      net.say(HUB, fr, new FreshnessNotice(ByteBuffer.wrap(invented(i))));
    }
    assertEquals(List.of(), fr.misspoken);
    assertEquals(1, fr.contradictions.size());
  }

  /** Names a bundle of the version in force that nobody has. */
  private byte[] invented(int which) {
    String without = which % 2 == 0 ? FR : "sg.police";
    List<Member> members = new ArrayList<>(federation.content(2).agencies());
    members.removeIf(member -> member.name().value().equals(without));
    TrustBundle other = federation.bundle(federation.content(2, members));
    return Freshness.state(other, new AgencyName(DE), federation.signing(DE), net.now());
  }

  @Test
  void falseStatementsWithoutEnd_areLookedAtSoOftenAMinute() {
    for (int i = 0; i < 3 * BundleGossip.STATEMENTS_A_MINUTE; i++) {
      net.say(HUB, fr, new FreshnessNotice(ByteBuffer.wrap(new byte[100])));
    }
    assertEquals(BundleGossip.STATEMENTS_A_MINUTE, fr.misspoken.size());
    net.jump(Duration.ofMinutes(1));
    net.say(HUB, fr, new FreshnessNotice(ByteBuffer.wrap(new byte[100])));
    assertEquals(BundleGossip.STATEMENTS_A_MINUTE + 1, fr.misspoken.size());
  }
}
