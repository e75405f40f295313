package org.entente.certsdev;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.trust.Endpoint;
import org.entente.gateway.trust.Member;

/** A change of a federation's members, for the next version of its trust bundle. */
public sealed interface MembershipChange {
  /** The members after the change. */
  List<Member> apply(List<Member> members);

  /**
   * An agency joins, or replaces the one of its name.
   *
   * @param member the member minted by {@link MintedFederation#admit}
   */
  record Add(Member member) implements MembershipChange {
    @Override
    public List<Member> apply(List<Member> members) {
      List<Member> changed = new ArrayList<>(members);
      changed.removeIf(each -> each.name().equals(member.name()));
      changed.add(member);
      changed.sort((a, b) -> a.name().compareTo(b.name()));
      return changed;
    }
  }

  /**
   * An agency leaves.
   *
   * @param agency a member that is not a transit of another member
   */
  record Remove(AgencyName agency) implements MembershipChange {
    @Override
    public List<Member> apply(List<Member> members) {
      List<Member> changed = new ArrayList<>(members);
      if (!changed.removeIf(each -> each.name().equals(agency))) {
        throw new InvalidValue("a member of the federation", agency.value());
      }
      return changed;
    }
  }

  /**
   * A certificate is revoked.
   *
   * @param agency its owner
   * @param fingerprint SHA-256 of the certificate, 64 hex digits in lower case
   */
  record Revoke(AgencyName agency, String fingerprint) implements MembershipChange {
    @Override
    public List<Member> apply(List<Member> members) {
      return replaced(
          members,
          agency,
          member -> {
            List<String> revoked = new ArrayList<>(member.revoked());
            revoked.add(fingerprint);
            return with(member, member.endpoints(), revoked);
          });
    }
  }

  /**
   * An agency's gateways have new addresses.
   *
   * @param agency a member
   * @param endpoints the addresses; empty if it only dials out
   */
  record Move(AgencyName agency, List<Endpoint> endpoints) implements MembershipChange {
    public Move {
      endpoints = List.copyOf(endpoints);
    }

    @Override
    public List<Member> apply(List<Member> members) {
      return replaced(members, agency, member -> with(member, endpoints, member.revoked()));
    }
  }

  private static List<Member> replaced(
      List<Member> members, AgencyName agency, java.util.function.UnaryOperator<Member> change) {
    if (members.stream().noneMatch(member -> member.name().equals(agency))) {
      throw new InvalidValue("a member of the federation", agency.value());
    }
    return members.stream()
        .map(member -> member.name().equals(agency) ? change.apply(member) : member)
        .toList();
  }

  private static Member with(Member member, List<Endpoint> endpoints, List<String> revoked) {
    return new Member(
        member.name(),
        member.jurisdiction(),
        member.kind(),
        member.roles(),
        member.authorities(),
        member.signing(),
        member.audit(),
        endpoints,
        member.via(),
        revoked);
  }
}
