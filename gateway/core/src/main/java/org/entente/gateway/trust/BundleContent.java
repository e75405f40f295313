package org.entente.gateway.trust;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.InvalidValue;

/**
 * Content of a trust bundle, which the roots sign: members, groups, roots and validity. Always
 * consistent.
 *
 * <p>No two agencies share a key or CA, since each could then pose as the other.
 *
 * @param federation the federation
 * @param version 1 to 2^53-1 (exact in every JSON reader); rises with each change
 * @param issued when it was signed
 * @param expires when it ends, at most {@link #MAX_LIFETIME} later
 * @param roots roots that sign the next one
 * @param groups group name to jurisdictions and groups, sorted by name
 * @param agencies members sorted by name, at most {@value #MAX_AGENCIES}
 */
@JsonPropertyOrder({"federation", "version", "issued", "expires", "roots", "groups", "agencies"})
public record BundleContent(
    @JsonProperty(required = true) FederationName federation,
    @JsonProperty(required = true) long version,
    @JsonProperty(required = true) Instant issued,
    @JsonProperty(required = true) Instant expires,
    @JsonProperty(required = true) RootSet roots,
    @JsonProperty(required = true) NavigableMap<String, List<String>> groups,
    @JsonProperty(required = true) List<Member> agencies) {
  /** Longest validity. With grace, it limits how long an attacker can replay an old bundle. */
  public static final Duration MAX_LIFETIME = Duration.ofDays(92);

  /** Most agencies. */
  public static final int MAX_AGENCIES = 512;

  public static final long MAX_VERSION = (1L << 53) - 1;

  public BundleContent {
    NavigableMap<String, List<String>> copied = new TreeMap<>();
    groups.forEach((name, entries) -> copied.put(name, List.copyOf(entries)));
    groups = Collections.unmodifiableNavigableMap(copied);
    agencies = List.copyOf(agencies);
    if (version < 1 || version > MAX_VERSION) {
      throw new InvalidValue("a version is 1 to 2^53-1", Long.toString(version));
    }
    if (!expires.isAfter(issued) || expires.isAfter(issued.plus(MAX_LIFETIME))) {
      throw new InvalidValue(
          "a bundle expires after its issue, at most " + MAX_LIFETIME.toDays() + " days later",
          issued + " to " + expires);
    }
    Groups.resolve(groups);
    requireSorted(agencies);
    requireTransits(agencies);
    requireOwn(
        agencies,
        member -> member.authorities().stream().map(ca -> new PublicKey(ca.publicKey())),
        "CA key");
    requireOwn(agencies, member -> member.publicKeys().map(PublicKey::new), "signing key");
    requireApart(roots, agencies);
  }

  private static void requireSorted(List<Member> agencies) {
    if (agencies.isEmpty() || agencies.size() > MAX_AGENCIES) {
      throw new InvalidValue(
          "a bundle has 1 to " + MAX_AGENCIES + " agencies", Integer.toString(agencies.size()));
    }
    for (int i = 1; i < agencies.size(); i++) {
      if (agencies.get(i - 1).name().compareTo(agencies.get(i).name()) >= 0) {
        throw new InvalidValue(
            "agencies are sorted by name, each once", agencies.get(i).name().value());
      }
    }
  }

  private static void requireTransits(List<Member> agencies) {
    Set<AgencyName> transits =
        agencies.stream()
            .filter(member -> member.is(AgencyRole.TRANSIT))
            .map(Member::name)
            .collect(Collectors.toSet());
    for (Member member : agencies) {
      for (AgencyName via : member.via()) {
        if (!transits.contains(via)) {
          throw new InvalidValue(
              member.name() + " is reached via agencies with the role TRANSIT", via.value());
        }
      }
    }
  }

  /** Checks that no agency uses a root's key: a root signs only bundles. */
  private static void requireApart(RootSet roots, List<Member> agencies) {
    Set<PublicKey> rootKeys =
        roots.verifiers().map(key -> new PublicKey(key.publicKey())).collect(Collectors.toSet());
    for (Member member : agencies) {
      if (member.publicKeys().map(PublicKey::new).anyMatch(rootKeys::contains)) {
        throw new InvalidValue("no agency signs with a key of a root", member.name().value());
      }
    }
  }

  private static void requireOwn(
      List<Member> agencies, Function<Member, Stream<PublicKey>> keys, String what) {
    Set<PublicKey> seen = new HashSet<>();
    for (Member member : agencies) {
      // Within an agency a CA key may occur twice: a renewed certificate can keep the key.
      Set<PublicKey> own = keys.apply(member).collect(Collectors.toSet());
      if (!Collections.disjoint(seen, own)) {
        throw new InvalidValue("no two agencies share a " + what, member.name().value());
      }
      seen.addAll(own);
    }
  }

  /** An agency's entry; empty if it is not a member. */
  public Optional<Member> member(AgencyName name) {
    return agencies.stream().filter(member -> member.name().equals(name)).findFirst();
  }

  /** The members by name, in order. */
  Map<AgencyName, Member> byName() {
    Map<AgencyName, Member> byName = new LinkedHashMap<>();
    agencies.forEach(member -> byName.put(member.name(), member));
    return Collections.unmodifiableMap(byName);
  }

  /** An encoded key, compared by value. */
  private record PublicKey(ByteBuffer encoded) {
    PublicKey(byte[] encoded) {
      this(ByteBuffer.wrap(encoded));
    }
  }
}
