package org.entente.gateway.trust;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.entente.gateway.testkit.TestFederation;
import org.junit.jupiter.api.Test;

final class BundleChangesTest {
  private final TestFederation federation =
      new TestFederation(Instant.parse("2026-03-01T08:00:00Z"));
  private final BundleContent all = federation.content(1);

  private BundleContent changing(UnaryOperator<Member> change) {
    return federation.content(
        2, all.agencies().stream().map(m -> m.name().equals(FR) ? change.apply(m) : m).toList());
  }

  private static Member revoking(Member member, List<String> revoked) {
    return new Member(
        member.name(),
        member.jurisdiction(),
        member.kind(),
        member.roles(),
        member.authorities(),
        member.signing(),
        member.audit(),
        member.endpoints(),
        member.via(),
        revoked);
  }

  @Test
  void changes_againstNone_admitEveryMember() {
    assertEquals(4, BundleChanges.between(null, all).admitted().size());
    assertTrue(BundleChanges.between(null, all).withdrawn().isEmpty());
  }

  @Test
  void changes_ofTheSame_areNone() {
    assertEquals(
        new BundleChanges(List.of(), Set.of()), BundleChanges.between(all, federation.content(2)));
  }

  @Test
  void changes_memberLeaves_isWithdrawn() {
    List<Member> rest = all.agencies().stream().filter(m -> !m.name().equals(FR)).toList();
    BundleContent next = federation.content(2, rest);
    assertEquals(Set.of(FR), BundleChanges.between(all, next).withdrawn());
    assertEquals(List.of(), BundleChanges.between(all, next).admitted());
    assertEquals(List.of("member fr.customs"), BundleChanges.between(next, all).admitted());
  }

  @Test
  void changes_certificateRevoked_withdrawsAndItsReturnAdmits() {
    String fingerprint = "ab".repeat(32);
    BundleContent revoked = changing(member -> revoking(member, List.of(fingerprint)));
    assertEquals(Set.of(FR), BundleChanges.between(all, revoked).withdrawn());
    assertEquals(List.of(), BundleChanges.between(all, revoked).admitted());
    assertEquals(1, BundleChanges.between(revoked, all).admitted().size());
  }

  @Test
  void changes_keysReplaced_admitAndWithdraw() {
    Member fresh = federation.mint(FR, "FR", AgencyKind.CUSTOMS, Set.of(AgencyRole.MEMBER));
    BundleChanges changes = BundleChanges.between(all, changing(member -> fresh));
    assertEquals(
        List.of("CA of fr.customs", "signing pair of fr.customs", "audit pair of fr.customs"),
        changes.admitted());
    assertEquals(Set.of(FR), changes.withdrawn());
  }

  @Test
  void changes_groupOrRootsWidened_areAdmitted() {
    TreeMap<String, List<String>> groups = new TreeMap<>(all.groups());
    groups.put("EU", List.of("DE", "FR", "SG"));
    List<RootKey> roots = new ArrayList<>(all.roots().keys());
    roots.remove(2);
    BundleContent next =
        new BundleContent(
            all.federation(),
            2,
            all.issued(),
            all.expires(),
            new RootSet(2, roots),
            groups,
            all.agencies());
    assertEquals(
        List.of("group CUSTOMS-UNION", "group EU", "roots"),
        BundleChanges.between(all, next).admitted());
  }
}
