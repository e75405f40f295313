package org.entente.gateway.trust;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.entente.gateway.model.AgencyName;
import org.jspecify.annotations.Nullable;

/**
 * Differences between two bundles: admissions and withdrawals. Used for the audit log, for streams
 * that must close, and for the rule that grace admits nothing new.
 *
 * @param admitted newly trusted items, one line each: members, roles, keys, CAs, entries of groups,
 *     roots, validity
 * @param withdrawn agencies that left, lost a role, key or CA, or had a certificate revoked
 */
public record BundleChanges(List<String> admitted, Set<AgencyName> withdrawn) {
  public BundleChanges {
    admitted = List.copyOf(admitted);
    withdrawn = Set.copyOf(withdrawn);
  }

  /** Compares two contents of one federation; without an old one, everything is admitted. */
  public static BundleChanges between(@Nullable BundleContent old, BundleContent next) {
    List<String> admitted = new ArrayList<>();
    Set<AgencyName> withdrawn = new HashSet<>();
    for (Member member : next.agencies()) {
      Member before = old == null ? null : old.byName().get(member.name());
      if (before == null) {
        admitted.add("member " + member.name());
      } else {
        compare(before, member, admitted, withdrawn);
      }
    }
    if (old != null) {
      Set<AgencyName> left = new HashSet<>(old.byName().keySet());
      left.removeAll(next.byName().keySet());
      withdrawn.addAll(left);
      compareGroups(old, next, admitted);
      if (!old.roots().equals(next.roots())) {
        admitted.add("roots");
      }
    }
    return new BundleChanges(admitted, withdrawn);
  }

  private static void compare(
      Member before, Member after, List<String> admitted, Set<AgencyName> withdrawn) {
    String who = " of " + after.name();
    boolean lost = false;
    lost |= compare(before, after, Member::roles, "role", who, admitted);
    lost |= compare(before, after, Member::authorities, "CA", who, admitted);
    lost |= compare(before, after, Member::signing, "signing pair", who, admitted);
    lost |= compare(before, after, Member::audit, "audit pair", who, admitted);
    lost |= !before.revoked().containsAll(after.revoked());
    List<String> restored = new ArrayList<>(before.revoked());
    restored.removeAll(after.revoked());
    restored.forEach(fingerprint -> admitted.add("restored certificate " + fingerprint + who));
    if (before.kind() != after.kind()) {
      admitted.add("kind" + who);
    }
    if (lost) {
      withdrawn.add(after.name());
    }
  }

  /** Records new items; true when an item is gone. */
  private static boolean compare(
      Member before,
      Member after,
      Function<Member, ? extends Collection<?>> part,
      String what,
      String who,
      List<String> admitted) {
    for (Object item : part.apply(after)) {
      if (!part.apply(before).contains(item)) {
        admitted.add(what + who);
      }
    }
    return !part.apply(after).containsAll(part.apply(before));
  }

  private static void compareGroups(BundleContent old, BundleContent next, List<String> admitted) {
    Groups before = Groups.resolve(old.groups());
    Groups after = Groups.resolve(next.groups());
    for (String group : after.names()) {
      if (!before.jurisdictionsIn(group).containsAll(after.jurisdictionsIn(group))) {
        admitted.add("group " + group);
      }
    }
  }
}
