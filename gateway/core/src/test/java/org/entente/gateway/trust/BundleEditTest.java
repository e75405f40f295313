package org.entente.gateway.trust;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.TestFederation.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.testkit.TestFederation;
import org.junit.jupiter.api.Test;

final class BundleEditTest {
  private static final Instant END = START.plus(Duration.ofDays(30));
  private static final Fingerprint STOLEN = Fingerprint.of("a certificate");

  private final TestFederation federation = new TestFederation(START);
  private final BundleContent all = federation.content(4);

  private JoinRequest request(Member member) {
    return new JoinRequest(TestFederation.NAME, START, member);
  }

  private Member fresh(String name) {
    return federation.mint(
        new AgencyName(name),
        name.substring(0, 2).toUpperCase(java.util.Locale.ROOT),
        AgencyKind.CUSTOMS,
        Set.of(AgencyRole.MEMBER));
  }

  @Test
  void first_hasVersionOneAndMembersInOrder() {
    BundleContent content =
        BundleEdit.first(federation.trustRoots())
            .admit(request(federation.member("fr.customs")), false)
            .admit(request(federation.member("de.customs")), false)
            .group("EU", List.of("DE", "FR"))
            .build(START.plusMillis(17), END.plusMillis(3));
    assertEquals(1, content.version());
    assertEquals(START, content.issued());
    assertEquals(List.of("de.customs", "fr.customs"), names(content));
  }

  private static List<String> names(BundleContent content) {
    return content.agencies().stream().map(member -> member.name().value()).toList();
  }

  @Test
  void draft_goneOnWith_keepsItsVersion() {
    BundleContent next = BundleEdit.after(all).remove(FR).build(START, END);
    assertEquals(5, next.version());
    assertEquals(
        5,
        BundleEdit.resume(next)
            .admit(request(fresh("fr.customs")), false)
            .build(START, END)
            .version());
    assertFalse(names(next).contains("fr.customs"));
    assertThrows(InvalidValue.class, () -> BundleEdit.after(next).remove(FR));
    assertThrows(InvalidValue.class, () -> BundleEdit.after(next).revoke(FR, STOLEN));
  }

  @Test
  void transit_removedWhileOthersAreReachedThroughIt_isRefused() {
    BundleEdit edit = BundleEdit.after(all).remove(new AgencyName("x.hub"));
    assertThrows(InvalidValue.class, () -> edit.build(START, END));
  }

  @Test
  void returningAgency_keepsWhatWasRevokedAndOnlyThenItsOldKeys() {
    BundleContent revoked = BundleEdit.after(all).revoke(FR, STOLEN).build(START, END);
    Member fresh = fresh("fr.customs");
    Member replaced =
        BundleEdit.after(revoked)
            .admit(request(fresh), false)
            .build(START, END)
            .member(FR)
            .orElseThrow();
    assertEquals(fresh.signing(), replaced.signing());
    assertEquals(List.of(STOLEN.hex()), replaced.revoked(), "coming back restores no certificate");
    Member beside =
        BundleEdit.after(revoked)
            .admit(request(fresh), true)
            .build(START, END)
            .member(FR)
            .orElseThrow();
    assertEquals(2, beside.signing().size());
    assertEquals(2, beside.authorities().size());
  }

  @Test
  void pairThatEndsEarlier_isSaidOnce_andIsNeitherNewNorGone() {
    Member before = all.member(FR).orElseThrow();
    AgencyKey pair = before.signing().get(0);
    Instant earlier = pair.notAfter().minus(Duration.ofDays(1));
    Member after =
        with(
            before,
            List.of(AgencyKey.of(pair.pair(), pair.notBefore(), earlier)),
            before.endpoints());

    List<String> words =
        BundleDescription.diff(all, BundleEdit.after(all).put(after).build(START, END));

    assertEquals(1, words.size(), words::toString);
    assertTrue(
        words.get(0).startsWith("fr.customs: signing pair ")
            && words
                .get(0)
                .endsWith("becomes valid from %s until %s".formatted(pair.notBefore(), earlier)),
        words.get(0));
  }

  /** A root holder sees when a new pair begins to count. */
  @Test
  void pair_isShownWithTheStartAndTheEndOfItsValidity() {
    Member before = all.member(FR).orElseThrow();
    AgencyKey signing = before.signing().get(0);
    Instant later = signing.notBefore().plus(Duration.ofDays(2));
    AgencyKey next =
        AgencyKey.of(fresh("fr.customs").signing().get(0).pair(), later, signing.notAfter());
    Member after = with(before, List.of(next), before.endpoints());
    String validity = " from " + later + " until " + signing.notAfter();
    List<String> shown = BundleDescription.member(after);
    assertTrue(shown.stream().anyMatch(line -> line.endsWith(validity)), shown::toString);
    List<String> words =
        BundleDescription.diff(all, BundleEdit.after(all).put(after).build(START, END));
    assertEquals(2, words.size(), words::toString);
    assertTrue(words.get(0).startsWith("fr.customs: new signing pair "), words.get(0));
    assertTrue(words.get(0).endsWith(validity), words.get(0));
  }

  @Test
  void otherOrder_hasALine() {
    Endpoint one = new Endpoint("127.0.0.1", 7443);
    Endpoint two = new Endpoint("127.0.0.1", 7444);
    AgencyKey signing = all.member(FR).orElseThrow().signing().get(0);
    AgencyKey other = fresh("fr.customs").signing().get(0);
    BundleContent before =
        BundleEdit.after(all)
            .put(with(all.member(FR).orElseThrow(), List.of(signing, other), List.of(one, two)))
            .build(START, END);
    AgencyKey shorter =
        AgencyKey.of(signing.pair(), signing.notBefore(), signing.notAfter().minusSeconds(60));
    List<String> words =
        BundleDescription.diff(
            before,
            BundleEdit.after(before)
                .put(with(all.member(FR).orElseThrow(), List.of(other, shorter), List.of(two, one)))
                .rotate(new RootSet(2, reversed(all.roots().keys())))
                .build(START, END));
    assertEquals(4, words.size(), words::toString);
    assertTrue(words.get(0).contains("becomes valid from"), words.get(0));
    assertTrue(
        words.get(1).startsWith("fr.customs: in another order: signing pair "), words.get(1));
    assertEquals(
        "fr.customs: in another order: endpoint " + two + ", endpoint " + one, words.get(2));
    assertTrue(words.get(3).startsWith("roots: in another order: root "), words.get(3));
  }

  /** Neither of the two could sign the version beside the other. */
  @Test
  void rootWithNewKeysUnderAPresentName_isRefused() {
    RootKey present = all.roots().keys().get(0);
    RootKey again = RootKey.of(present.name(), SigningPair.generate(new SecureRandom()));
    InvalidValue refused =
        assertThrows(
            InvalidValue.class, () -> BundleEdit.after(all).rotate(new RootSet(1, List.of(again))));
    assertTrue(
        String.valueOf(refused.getMessage()).contains(present.name().value()),
        refused.getMessage());
    assertEquals(
        new RootSet(1, List.of(present)),
        BundleEdit.after(all).rotate(new RootSet(1, List.of(present))).build(START, END).roots());
  }

  @Test
  void entry_differsFromItsRequestByAllButKeysItHadAndRevocations() {
    Member before = all.member(FR).orElseThrow();
    Member asked = fresh("fr.customs");
    Member said =
        BundleEdit.after(all)
            .admit(request(asked), true)
            .revoke(FR, STOLEN)
            .build(START, END)
            .member(FR)
            .orElseThrow();
    assertEquals(List.of(), BundleDescription.beyond(asked, before, said));
    List<String> unknown = BundleDescription.beyond(asked, asked, said);
    assertEquals(3, unknown.size(), unknown::toString);
    assertFalse(BundleDescription.beyond(asked, before, before).isEmpty());
    assertFalse(
        BundleDescription.beyond(asked, before, with(asked, asked.signing(), List.of())).isEmpty());
  }

  private static List<RootKey> reversed(List<RootKey> keys) {
    List<RootKey> out = new ArrayList<>(keys);
    Collections.reverse(out);
    return out;
  }

  private static Member with(Member member, List<AgencyKey> signing, List<Endpoint> endpoints) {
    return new Member(
        member.name(),
        member.jurisdiction(),
        member.kind(),
        member.roles(),
        member.authorities(),
        signing,
        member.audit(),
        endpoints,
        member.via(),
        member.revoked());
  }

  @Test
  void everyChange_isSaidInWords() {
    BundleContent later = BundleEdit.after(all).build(START, END);
    assertEquals(List.of(), BundleDescription.diff(all, later));
    BundleContent changed =
        BundleEdit.after(all)
            .remove(new AgencyName("sg.police"))
            .admit(request(fresh("it.customs")), false)
            .admit(request(fresh("fr.customs")), true)
            .revoke(new AgencyName("de.customs"), STOLEN)
            .group("EU", List.of("DE", "FR", "IT"))
            .rotate(new RootSet(1, all.roots().keys().subList(0, 2)))
            .build(START, END);
    String words = String.join("\n", BundleDescription.diff(all, changed));
    for (String each :
        List.of(
            "sg.police leaves",
            "it.customs joins",
            "fr.customs: new signing pair",
            "fr.customs: new CA",
            "de.customs: new revocation of certificate " + STOLEN,
            "group EU: [DE, FR, IT], was [DE, FR]",
            "roots: no longer root " + TestFederation.rootName(3),
            "roots: 1 must sign, was 2")) {
      assertTrue(words.contains(each), each + " in\n" + words);
    }
    assertFalse(words.contains("fr.customs: no longer"), words);
  }
}
