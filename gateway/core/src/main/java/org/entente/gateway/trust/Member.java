package org.entente.gateway.trust;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.InvalidValue;
import org.jspecify.annotations.Nullable;

/**
 * Entry of one agency in the trust bundle.
 *
 * @param name the agency
 * @param jurisdiction ISO 3166-1 alpha-2 or bloc code, the name's prefix in upper case; null for an
 *     {@code x} agency
 * @param kind kind of authority
 * @param roles what it may do; at least one
 * @param authorities certificates of its CA, 1 to {@value #MAX_KEYS}
 * @param signing pairs that sign in the agency's name, 1 to {@value #MAX_KEYS}
 * @param audit pairs that sign its audit log's checkpoints, at most {@value #MAX_KEYS}
 * @param endpoints where its gateways listen for peers, at most {@value #MAX_ENDPOINTS}; empty when
 *     it only dials out
 * @param via transits through which it is reached, best first; empty when it is reached directly
 * @param revoked SHA-256 fingerprints (64 hex digits in lower case) of public keys whose
 *     certificates are no longer valid ({@link Fingerprint#ofKey}), at most {@value #MAX_REVOKED}
 */
@JsonPropertyOrder({
  "name",
  "jurisdiction",
  "kind",
  "roles",
  "ca",
  "signing",
  "audit",
  "endpoints",
  "via",
  "revoked"
})
public record Member(
    @JsonProperty(required = true) AgencyName name,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonSetter(nulls = Nulls.SET)
        @Nullable String jurisdiction,
    @JsonProperty(required = true) AgencyKind kind,
    @JsonProperty(required = true) Set<AgencyRole> roles,
    @JsonProperty(value = "ca", required = true) List<AuthorityCertificate> authorities,
    @JsonProperty(required = true) List<AgencyKey> signing,
    @JsonProperty(required = true) List<AgencyKey> audit,
    @JsonProperty(required = true) List<Endpoint> endpoints,
    @JsonProperty(required = true) List<AgencyName> via,
    @JsonProperty(required = true) List<String> revoked) {
  /** Most CA certificates, and most key pairs of each use. */
  public static final int MAX_KEYS = 8;

  /** Most endpoints. */
  public static final int MAX_ENDPOINTS = 16;

  /** Most transits. */
  public static final int MAX_VIA = 8;

  /** Most revoked keys of certificates; an agency that needs more replaces its CA. */
  public static final int MAX_REVOKED = 256;

  private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");

  public Member {
    roles = roles.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(roles));
    authorities = List.copyOf(authorities);
    signing = List.copyOf(signing);
    audit = List.copyOf(audit);
    endpoints = List.copyOf(endpoints);
    via = List.copyOf(via);
    revoked = List.copyOf(revoked);
    checkJurisdiction(name, jurisdiction);
    require(!roles.isEmpty(), "an agency has at least one role", name);
    bounded(authorities, 1, MAX_KEYS, "CA certificates");
    bounded(signing, 1, MAX_KEYS, "signing pairs");
    bounded(audit, 0, MAX_KEYS, "audit pairs");
    bounded(endpoints, 0, MAX_ENDPOINTS, "endpoints");
    bounded(via, 0, MAX_VIA, "transits");
    bounded(revoked, 0, MAX_REVOKED, "revoked certificates");
    requireSeparateKeys(name, signing, audit);
    require(!via.contains(name), "an agency is not reached through itself", name);
    for (String fingerprint : revoked) {
      if (!FINGERPRINT.matcher(fingerprint).matches()) {
        throw new InvalidValue("a fingerprint has 64 hex digits in lower case", fingerprint);
      }
    }
  }

  private static void checkJurisdiction(AgencyName name, @Nullable String jurisdiction) {
    String prefix = name.value().substring(0, name.value().indexOf('.'));
    String expected = prefix.equals("x") ? null : prefix.toUpperCase(Locale.ROOT);
    if (expected == null ? jurisdiction != null : !expected.equals(jurisdiction)) {
      throw new InvalidValue(
          expected == null
              ? name + " belongs to no state and has no jurisdiction"
              : "the jurisdiction of " + name + " is " + expected,
          String.valueOf(jurisdiction));
    }
  }

  /** A key in two pairs or with two uses would let one signature pass for another. */
  private static void requireSeparateKeys(
      AgencyName name, List<AgencyKey> signing, List<AgencyKey> audit) {
    List<AgencyKey> all = Stream.concat(signing.stream(), audit.stream()).toList();
    boolean separate =
        all.stream().map(AgencyKey::ed25519).distinct().count() == all.size()
            && all.stream().map(AgencyKey::mlDsa44).distinct().count() == all.size();
    require(separate, "an agency uses each key in one pair only", name);
  }

  private static void bounded(List<?> list, int min, int max, String what) {
    require(
        list.size() >= min && list.size() <= max && new HashSet<>(list).size() == list.size(),
        "an agency has " + min + " to " + max + " " + what + ", each once",
        list.size());
  }

  private static void require(boolean holds, String rule, Object found) {
    if (!holds) {
      throw new InvalidValue(rule, found.toString());
    }
  }

  /** Whether it has this role. */
  public boolean is(AgencyRole role) {
    return roles.contains(role);
  }

  /** Certificates of its CA that are in force at a time and not revoked. */
  public List<X509Certificate> authoritiesAt(Instant now) {
    return authorities.stream()
        .filter(authority -> authority.validAt(now))
        .map(AuthorityCertificate::x509)
        .filter(certificate -> !hasRevoked(certificate))
        .toList();
  }

  /** Both halves of every pair, encoded. */
  Stream<byte[]> publicKeys() {
    return Stream.concat(signing.stream(), audit.stream())
        .flatMap(key -> Stream.of(key.ed25519().encoded(), key.mlDsa44().encoded()));
  }

  /** Whether this certificate was revoked, or another one for its key. */
  public boolean hasRevoked(X509Certificate certificate) {
    return !revoked.isEmpty() && revoked.contains(Fingerprint.ofKey(certificate).hex());
  }
}
