package org.entente.gateway.trust.gossip;

import static org.entente.gateway.testkit.TestFederation.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.BundleContent;
import org.entente.gateway.trust.BundleEdit;
import org.entente.gateway.trust.BundleSigner;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.RootKey;
import org.entente.gateway.trust.RootSet;
import org.entente.gateway.trust.TrustBundle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bundle that was put in place at one node reaches all that are linked with it. */
final class BundleGossipTest {
  private static final String DE = "de.customs";
  private static final String FR = "fr.customs";
  private static final String HUB = "x.hub";
  private static final String SG = "sg.police";

  @TempDir Path folder;

  private final TestFederation federation = new TestFederation(START);

  private byte[] signed(BundleContent content) {
    return BundleSigner.sign(content, federation.roots(1, 2));
  }

  private record Four(GossipNet.Node de, GossipNet.Node fr, GossipNet.Node sg, GossipNet.Node hub) {
    List<GossipNet.Node> all() {
      return List.of(de, fr, sg, hub);
    }
  }

  /** Four nodes with the first version: fr and de and the hub among each other, sg at the hub. */
  private Four four(GossipNet net) throws IOException {
    byte[] first = signed(federation.content(1));
    Four nodes =
        new Four(
            net.node(DE, first), net.node(FR, first), net.node(SG, first), net.node(HUB, first));
    net.link(FR, DE);
    net.link(FR, HUB);
    net.link(DE, HUB);
    net.link(HUB, SG);
    net.deliver();
    return nodes;
  }

  @Test
  void newerBundle_placedAtOneNode_reachesAllAlsoThroughATransit() throws IOException {
    GossipNet net = new GossipNet(federation, folder);
    Four nodes = four(net);
    nodes.fr().place(signed(federation.content(2)));
    nodes.all().forEach(node -> assertEquals(2, node.version(), node.name.value()));
    nodes.all().forEach(node -> assertEquals(List.of(), node.refused, node.name.value()));
    net.pass(2);
    assertEquals(2L, nodes.sg().gossip.versions().get(new AgencyName(HUB)));
  }

  @Test
  void node_awayMeanwhile_takesItWhenItsLinkIsUp() throws IOException {
    GossipNet net = new GossipNet(federation, folder);
    Four nodes = four(net);
    net.cut(HUB, SG);
    nodes.fr().place(signed(federation.content(2)));
    assertEquals(1, nodes.sg().version());
    net.link(HUB, SG);
    net.deliver();
    assertEquals(2, nodes.sg().version());
  }

  @Test
  void changesOfTheRoots_areTakenStepByStep() throws IOException {
    GossipNet net = new GossipNet(federation, folder);
    Four nodes = four(net);
    net.cut(HUB, SG);
    Map<NoteKeyName, SigningPair> second = freshRoots("second");
    Map<NoteKeyName, SigningPair> third = freshRoots("third");
    BundleContent two = rotated(nodes.fr().store.current().content(), second);
    nodes.fr().place(BundleSigner.sign(two, both(federation.roots(1, 2), second)));
    BundleContent three = rotated(two, third);
    nodes.fr().place(BundleSigner.sign(three, both(second, third)));
    BundleContent four = BundleEdit.after(three).build(START, START.plus(TestFederation.LIFETIME));
    nodes.de().place(BundleSigner.sign(four, third));
    assertEquals(4, nodes.hub().version());
    net.link(HUB, SG);
    net.deliver();
    assertEquals(4, nodes.sg().version());
    assertEquals(List.of(), nodes.sg().refused);
  }

  @Test
  void neighbour_thatWasBehind_hearsAgainWhatItHadToRefuse() throws IOException {
    GossipNet net = new GossipNet(federation, folder);
    Four nodes = four(net);
    net.pass(2);
    nodes.all().forEach(node -> assertEquals(List.of(), node.caughtUp));
    nodes.fr().place(signed(federation.content(2)));
    net.pass(3);
    assertEquals(List.of(new AgencyName(SG)), only(nodes.hub().caughtUp, SG));
    assertEquals(List.of(new AgencyName(DE)), only(nodes.fr().caughtUp, DE));
    net.pass(5);
    assertEquals(1, only(nodes.hub().caughtUp, SG).size(), "once for each bundle");
  }

  private static List<AgencyName> only(List<AgencyName> all, String one) {
    return all.stream().filter(name -> name.value().equals(one)).toList();
  }

  @Test
  void whoIsRemoved_isNotTold() throws IOException {
    GossipNet net = new GossipNet(federation, folder);
    Four nodes = four(net);
    List<Member> without =
        federation.content(2).agencies().stream()
            .filter(m -> !m.name().value().equals(SG))
            .toList();
    nodes.fr().place(signed(federation.content(2, without)));
    net.pass(3);
    assertEquals(2, nodes.hub().version());
    assertEquals(1, nodes.sg().version());
    assertEquals(1L, nodes.sg().gossip.versions().get(new AgencyName(HUB)));
    TrustBundle two = nodes.hub().store.current();
    net.say(HUB, nodes.sg(), new TrustMessage.InForce(2, two.hash()));
    net.pass(3);
    assertEquals(1, nodes.sg().version(), "not even if it heard of it and asks");
  }

  @Test
  void wordThatFoundNoRoom_isSaidInALaterRound() throws IOException {
    GossipNet net = new GossipNet(federation, folder);
    Four nodes = four(net);
    nodes.hub().mute = true;
    nodes.fr().place(signed(federation.content(2)));
    net.pass(2);
    assertEquals(1, nodes.sg().version());
    nodes.hub().mute = false;
    net.pass(12);
    assertEquals(2, nodes.hub().version());
    assertEquals(2, nodes.sg().version());
  }

  @Test
  void statementOfAWitness_reachesAllOnce_andFollowsEachBundle() throws IOException {
    GossipNet net = new GossipNet(federation, folder);
    Four nodes = four(net);
    AgencyName sg = new AgencyName(SG);
    assertEquals(FreshnessBoard.State.STALE, state(net, nodes.sg()));
    nodes.fr().gossip.state(federation.signing(FR));
    net.deliver();
    assertEquals(FreshnessBoard.State.STALE, state(net, nodes.sg()), "fr is no witness");
    nodes.de().gossip.state(federation.signing(DE));
    net.deliver();
    assertEquals(FreshnessBoard.State.FRESH, state(net, nodes.sg()));
    Instant first = nodes.sg().board.confirmed(nodes.sg().store.current(), sg).orElseThrow();
    assertEquals(START, first);
    net.jump(FreshnessBoard.APART);
    nodes.fr().place(signed(federation.content(2)));
    nodes.de().gossip.state(federation.signing(DE));
    net.deliver();
    assertEquals(
        net.now(), nodes.sg().board.confirmed(nodes.sg().store.current(), sg).orElseThrow());
    nodes.all().forEach(node -> assertEquals(List.of(), node.misspoken, node.name.value()));
    net.cut(HUB, SG);
    GossipNet.Node again = net.node(SG, signed(federation.content(2)));
    net.link(HUB, SG);
    net.deliver();
    assertEquals(FreshnessBoard.State.FRESH, state(net, again), "told at the start of a link");
  }

  private static FreshnessBoard.State state(GossipNet net, GossipNet.Node node) {
    return node.board.state(node.store.current(), node.name, net.now());
  }

  @Test
  void pairThatTheBundleDoesNotHave_statesNothing() throws IOException {
    GossipNet net = new GossipNet(federation, folder);
    Four nodes = four(net);
    nodes.de().gossip.state(SigningPair.generate(new SecureRandom()));
    net.deliver();
    assertTrue(nodes.fr().board.notes(nodes.fr().store.current()).isEmpty());
    assertFalse(nodes.de().board.notes(nodes.de().store.current()).iterator().hasNext());
  }

  private static BundleContent rotated(BundleContent from, Map<NoteKeyName, SigningPair> roots) {
    List<RootKey> keys = new ArrayList<>();
    roots.forEach((name, pair) -> keys.add(RootKey.of(name, pair)));
    return BundleEdit.after(from)
        .rotate(new RootSet(2, keys))
        .build(START, START.plus(TestFederation.LIFETIME));
  }

  private static Map<NoteKeyName, SigningPair> freshRoots(String generation) {
    Map<NoteKeyName, SigningPair> roots = new LinkedHashMap<>();
    for (int i = 1; i <= 2; i++) {
      roots.put(
          new NoteKeyName("entente/" + TestFederation.NAME + "/" + generation + "-" + i),
          SigningPair.generate(new SecureRandom()));
    }
    return roots;
  }

  private static Map<NoteKeyName, SigningPair> both(
      Map<NoteKeyName, SigningPair> old, Map<NoteKeyName, SigningPair> next) {
    Map<NoteKeyName, SigningPair> all = new LinkedHashMap<>(old);
    all.putAll(next);
    return all;
  }
}
