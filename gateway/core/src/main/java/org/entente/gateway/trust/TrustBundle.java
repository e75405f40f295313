package org.entente.gateway.trust;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.note.SignedNote;
import org.jspecify.annotations.Nullable;

/**
 * A trust bundle with verified signatures: the federation's members and their entries.
 *
 * <p>Only {@link BundleVerifier} makes one, so an instance proves the check. Whether it is still
 * usable depends on the time: see {@link #stateAt}. Immutable and safe for use by many threads; two
 * are equal when their signed text is.
 */
public final class TrustBundle {
  private final BundleContent content;
  private final SignedNote note;
  private final byte[] encoded;
  private final String hash;
  private final Map<AgencyName, Member> members;
  private final Groups groups;

  TrustBundle(BundleContent content, SignedNote note) {
    this.content = content;
    this.note = note;
    this.encoded = note.encode();
    this.hash = hash(note.text());
    this.members = content.byName();
    this.groups = Groups.resolve(content.groups());
  }

  /** SHA-256 of a bundle's signed text in hex. */
  static String hash(String text) {
    return HexFormat.of().formatHex(Sha256.hash(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** What the roots signed. */
  public BundleContent content() {
    return content;
  }

  /** The federation. */
  public FederationName federation() {
    return content.federation();
  }

  /** The version, which rises with each change. */
  public long version() {
    return content.version();
  }

  /** SHA-256 of the signed text, 64 hex digits; excludes signatures. */
  public String hash() {
    return hash;
  }

  /** The signed note for peers, a new array. */
  public byte[] noteBytes() {
    return encoded.clone();
  }

  /** Whether a file holds exactly the signed note for peers. */
  boolean isIn(byte[] file) {
    return Arrays.equals(file, encoded);
  }

  /** The bundle's state at a time, given the grace period. */
  public TrustState stateAt(Instant now, Duration grace) {
    if (!now.isAfter(content.expires())) {
      return TrustState.CURRENT;
    }
    return now.isAfter(content.expires().plus(grace)) ? TrustState.EXPIRED : TrustState.GRACE;
  }

  /** The members by name, in the order of names. */
  public Map<AgencyName, Member> members() {
    return members;
  }

  /** An agency's entry; empty if it is not a member. */
  public Optional<Member> agency(AgencyName name) {
    return Optional.ofNullable(members.get(name));
  }

  /** Whether the agency is in the bundle. */
  public boolean isMember(AgencyName name) {
    return members.containsKey(name);
  }

  /** Whether the agency may forward envelopes that it cannot read. */
  public boolean isTransit(AgencyName name) {
    return has(name, AgencyRole.TRANSIT);
  }

  /** Whether the agency has this role. */
  public boolean has(AgencyName name, AgencyRole role) {
    Member member = members.get(name);
    return member != null && member.is(role);
  }

  /** Agencies with the role {@link AgencyRole#MEMBER}, which send and receive messages. */
  public NavigableSet<AgencyName> agencies() {
    return having(AgencyRole.MEMBER);
  }

  /** Agencies that have a role. */
  public NavigableSet<AgencyName> having(AgencyRole role) {
    NavigableSet<AgencyName> having = new TreeSet<>();
    members.values().stream()
        .filter(member -> member.is(role))
        .forEach(member -> having.add(member.name()));
    return Collections.unmodifiableNavigableSet(having);
  }

  /** The agency's jurisdiction, such as {@code FR}; empty if it has none or is not a member. */
  public Optional<String> jurisdiction(AgencyName name) {
    return agency(name).map(Member::jurisdiction);
  }

  /** Names of all groups. */
  public Set<String> groups() {
    return groups.names();
  }

  /**
   * Members with the role {@link AgencyRole#MEMBER} whose jurisdiction is this code or in the group
   * of this name; none for an unknown name.
   */
  public NavigableSet<AgencyName> agenciesIn(String jurisdictionOrGroup) {
    NavigableSet<String> codes = groups.jurisdictionsIn(jurisdictionOrGroup);
    NavigableSet<AgencyName> in = new TreeSet<>();
    for (Member member : members.values()) {
      String code = member.jurisdiction();
      boolean here = code != null && (code.equals(jurisdictionOrGroup) || codes.contains(code));
      if (here && member.is(AgencyRole.MEMBER)) {
        in.add(member.name());
      }
    }
    return Collections.unmodifiableNavigableSet(in);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TrustBundle that && note.text().equals(that.note.text());
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return "trust bundle of " + federation() + ", version " + version() + ", " + hash;
  }
}
