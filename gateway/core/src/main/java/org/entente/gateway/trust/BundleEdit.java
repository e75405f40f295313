package org.entente.gateway.trust;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.InvalidValue;
import org.jspecify.annotations.Nullable;

/**
 * Editor for the next content of a trust bundle, before anyone signs.
 *
 * <p>Pure; {@link #build} refuses contradictory content. Not safe for use by many threads.
 */
public final class BundleEdit {
  private final FederationName federation;
  private final long version;
  private RootSet roots;
  private final NavigableMap<String, List<String>> groups;
  private final NavigableMap<AgencyName, Member> members;

  private BundleEdit(
      FederationName federation,
      long version,
      RootSet roots,
      NavigableMap<String, List<String>> groups,
      Map<AgencyName, Member> members) {
    this.federation = federation;
    this.version = version;
    this.roots = roots;
    this.groups = new TreeMap<>(groups);
    this.members = new TreeMap<>(members);
  }

  /** The first version of a federation. */
  public static BundleEdit first(TrustRoots roots) {
    return new BundleEdit(roots.federation(), 1, roots.roots(), new TreeMap<>(), Map.of());
  }

  /** The version after one that is in force. */
  public static BundleEdit after(BundleContent content) {
    return of(content, content.version() + 1);
  }

  /** Continues an unsigned draft under its version. */
  public static BundleEdit resume(BundleContent draft) {
    return of(draft, draft.version());
  }

  private static BundleEdit of(BundleContent content, long version) {
    return new BundleEdit(
        content.federation(), version, content.roots(), content.groups(), content.byName());
  }

  /** The federation. */
  public FederationName federation() {
    return federation;
  }

  /**
   * Adds an agency, or replaces its keys. Its revoked certificates stay revoked.
   *
   * @param keepOld whether its current CA certificates and pairs stay valid alongside the new ones
   * @throws InvalidValue if the request is of another federation
   */
  public BundleEdit admit(JoinRequest request, boolean keepOld) {
    if (!request.federation().equals(federation)) {
      throw new InvalidValue("the request is to join " + federation, request.federation().value());
    }
    Member next = request.agency();
    @Nullable Member before = members.get(next.name());
    return put(before == null ? next : succeed(before, next, keepOld));
  }

  /** Adds an agency, or replaces the one of its name. */
  public BundleEdit put(Member member) {
    members.put(member.name(), member);
    return this;
  }

  private static Member succeed(Member before, Member next, boolean keepOld) {
    return new Member(
        next.name(),
        next.jurisdiction(),
        next.kind(),
        next.roles(),
        keepOld ? union(next.authorities(), before.authorities()) : next.authorities(),
        keepOld ? union(next.signing(), before.signing()) : next.signing(),
        keepOld ? union(next.audit(), before.audit()) : next.audit(),
        next.endpoints(),
        next.via(),
        union(before.revoked(), next.revoked()));
  }

  private static <T> List<T> union(Collection<T> first, Collection<T> second) {
    LinkedHashSet<T> all = new LinkedHashSet<>(first);
    all.addAll(second);
    return List.copyOf(all);
  }

  /**
   * Removes an agency.
   *
   * @throws InvalidValue if it is not a member
   */
  public BundleEdit remove(AgencyName agency) {
    require(agency);
    members.remove(agency);
    return this;
  }

  /**
   * Revokes all certificates of an agency for one public key.
   *
   * @param key as {@link Fingerprint#ofKey} makes it
   * @throws InvalidValue if the agency is not a member
   */
  public BundleEdit revoke(AgencyName agency, Fingerprint key) {
    Member member = require(agency);
    List<String> revoked = union(member.revoked(), List.of(key.hex()));
    return put(with(member, member.endpoints(), revoked));
  }

  /**
   * Gives an agency's gateways other addresses; none if it only dials out.
   *
   * @throws InvalidValue if the agency is not a member
   */
  public BundleEdit move(AgencyName agency, List<Endpoint> endpoints) {
    Member member = require(agency);
    return put(with(member, endpoints, member.revoked()));
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

  /**
   * Sets other roots or another threshold, which sign the versions after this one.
   *
   * @throws InvalidValue if a root of these has the name of a present one and other keys: it must
   *     sign this version beside the present one, and a bundle has one signer of each name
   */
  public BundleEdit rotate(RootSet next) {
    for (RootKey key : next.keys()) {
      if (roots.keys().stream().anyMatch(it -> it.name().equals(key.name()) && !it.equals(key))) {
        throw new InvalidValue(
            "a root with new keys has a name of its own; its holder makes it again with another"
                + " --name (entente federation root-key)",
            key.name() + ", whose name a present root has");
      }
    }
    roots = next;
    return this;
  }

  /** Sets the entries of a group; an empty list removes it. */
  public BundleEdit group(String name, List<String> entries) {
    if (entries.isEmpty()) {
      groups.remove(name);
    } else {
      groups.put(name, entries);
    }
    return this;
  }

  /**
   * The content; both times are cut to whole seconds.
   *
   * @throws InvalidValue if it is inconsistent, or its validity is too long
   */
  public BundleContent build(Instant issued, Instant expires) {
    return new BundleContent(
        federation,
        version,
        issued.truncatedTo(ChronoUnit.SECONDS),
        expires.truncatedTo(ChronoUnit.SECONDS),
        roots,
        groups,
        List.copyOf(members.values()));
  }

  private Member require(AgencyName agency) {
    @Nullable Member member = members.get(agency);
    if (member == null) {
      throw new InvalidValue("the agency is a member of " + federation, agency.value());
    }
    return member;
  }
}
