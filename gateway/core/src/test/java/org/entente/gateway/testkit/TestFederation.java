package org.entente.gateway.testkit;

import java.net.URI;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.entente.gateway.crypto.CertificateAuthority;
import org.entente.gateway.crypto.EcKeys;
import org.entente.gateway.crypto.LeafProfile;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.AgencyKind;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.AuthorityCertificate;
import org.entente.gateway.trust.BundleContent;
import org.entente.gateway.trust.BundleSigner;
import org.entente.gateway.trust.BundleVerdict;
import org.entente.gateway.trust.BundleVerifier;
import org.entente.gateway.trust.Endpoint;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.RootKey;
import org.entente.gateway.trust.RootSet;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustRoots;
import org.jspecify.annotations.Nullable;

/**
 * A federation with fresh keys for tests: {@code de.customs}, {@code fr.customs}, {@code sg.police}
 * reached via the transit {@code x.hub}, and three roots of which two must sign.
 *
 * <p>Valid for seven days from the time given.
 */
public final class TestFederation {
  /** Its name. */
  /** When most tests begin. */
  public static final Instant START = Instant.parse("2026-03-01T08:00:00Z");

  public static final FederationName NAME = new FederationName("test.entente.example");

  /** How long bundles and certificates last. */
  public static final Duration LIFETIME = Duration.ofDays(7);

  private final SecureRandom random;
  private final Map<NoteKeyName, SigningPair> roots = new LinkedHashMap<>();
  private final Map<AgencyName, CertificateAuthority> authorities = new TreeMap<>();
  private final Map<AgencyName, SigningPair> signing = new TreeMap<>();
  private final Map<AgencyName, SigningPair> audit = new TreeMap<>();
  private final Map<AgencyName, Member> members = new TreeMap<>();
  private final Instant start;

  /** A federation whose validity starts now. */
  public TestFederation(Instant start) {
    this(start, new SecureRandom());
  }

  /** The same with keys out of this randomness. */
  public TestFederation(Instant start, SecureRandom random) {
    this.random = random;
    this.start = start;
    for (int i = 1; i <= 3; i++) {
      roots.put(rootName(i), SigningPair.generate(random));
    }
    join("de.customs", "DE", AgencyKind.CUSTOMS, Set.of(AgencyRole.MEMBER, AgencyRole.WITNESS));
    join("fr.customs", "FR", AgencyKind.CUSTOMS, Set.of(AgencyRole.MEMBER));
    join("sg.police", "SG", AgencyKind.POLICE, Set.of(AgencyRole.MEMBER), "x.hub");
    join("x.hub", null, AgencyKind.OTHER, Set.of(AgencyRole.TRANSIT));
  }

  /** Name of the i-th root, from 1. */
  public static NoteKeyName rootName(int i) {
    return new NoteKeyName("entente/" + NAME + "/root-" + i);
  }

  private void join(
      String agency,
      @Nullable String jurisdiction,
      AgencyKind kind,
      Set<AgencyRole> roles,
      String... via) {
    AgencyName name = new AgencyName(agency);
    members.put(name, mint(name, jurisdiction, kind, roles, via));
  }

  /** A member with fresh keys, which {@link #authority} and {@link #signing} then know. */
  public Member mint(
      AgencyName name,
      @Nullable String jurisdiction,
      AgencyKind kind,
      Set<AgencyRole> roles,
      String... via) {
    Instant end = start.plus(LIFETIME);
    SigningPair pair = SigningPair.generate(random);
    CertificateAuthority authority =
        CertificateAuthority.selfSigned(name + " CA", start, end, random);
    SigningPair auditPair = SigningPair.generate(random);
    signing.put(name, pair);
    audit.put(name, auditPair);
    authorities.put(name, authority);
    return new Member(
        name,
        jurisdiction,
        kind,
        roles,
        List.of(certificate(authority)),
        List.of(AgencyKey.of(pair.verifyingPair(), start, end)),
        List.of(AgencyKey.of(auditPair.verifyingPair(), start, end)),
        via.length > 0 ? List.of() : List.of(new Endpoint("127.0.0.1", 7443)),
        List.of(via).stream().map(AgencyName::new).toList(),
        List.of());
  }

  private static AuthorityCertificate certificate(CertificateAuthority authority) {
    try {
      return AuthorityCertificate.parse(authority.certificate().getEncoded());
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** When the federation's validity starts. */
  public Instant start() {
    return start;
  }

  /** The roots' private pairs by name. */
  public Map<NoteKeyName, SigningPair> roots() {
    return Map.copyOf(roots);
  }

  /** The private pairs of some roots, by number from 1. */
  public Map<NoteKeyName, SigningPair> roots(int... numbers) {
    Map<NoteKeyName, SigningPair> some = new LinkedHashMap<>();
    for (int i : numbers) {
      some.put(rootName(i), known(roots, rootName(i)));
    }
    return some;
  }

  /** The roots as a set of which two must sign. */
  public RootSet rootSet() {
    List<RootKey> keys = new ArrayList<>();
    roots.forEach((name, pair) -> keys.add(RootKey.of(name, pair)));
    return new RootSet(2, keys);
  }

  /** What nodes are configured with. */
  public TrustRoots trustRoots() {
    return new TrustRoots(NAME, rootSet());
  }

  /** The member of this name as it was minted. */
  public Member member(String name) {
    return known(members, new AgencyName(name));
  }

  /** An agency's CA. */
  public CertificateAuthority authority(String name) {
    return known(authorities, new AgencyName(name));
  }

  /** An agency's private signing pair. */
  public SigningPair signing(String name) {
    return known(signing, new AgencyName(name));
  }

  /** An agency's private audit pair. */
  public SigningPair audit(String name) {
    return known(audit, new AgencyName(name));
  }

  private static <K, V> V known(Map<K, V> map, K key) {
    V value = map.get(key);
    if (value == null) {
      throw new IllegalArgumentException("the test federation has no " + key);
    }
    return value;
  }

  /** The content with all four members. */
  public BundleContent content(long version) {
    return content(version, List.copyOf(members.values()));
  }

  /** The content with these members. */
  public BundleContent content(long version, List<Member> agencies) {
    Map<String, List<String>> groups =
        Map.of("EU", List.of("DE", "FR"), "CUSTOMS-UNION", List.of("EU", "TR"));
    return new BundleContent(
        NAME, version, start, start.plus(LIFETIME), rootSet(), new TreeMap<>(groups), agencies);
  }

  /** Verifies a content signed by roots 1 and 2, as if at the federation's start. */
  public TrustBundle bundle(BundleContent content) {
    byte[] note = BundleSigner.sign(content, roots(1, 2));
    return ((BundleVerdict.Verified)
            new BundleVerifier(trustRoots()).verify(note, null, content.issued()))
        .bundle();
  }

  /** A certificate issued by an agency's CA for any identity, valid for a time. */
  public X509Certificate certificate(String issuer, String spiffeId, Instant from, Instant to) {
    KeyPair keys = EcKeys.generate(random);
    URI identity = URI.create(spiffeId);
    LeafProfile profile =
        spiffeId.contains("/client/")
            ? LeafProfile.ofClient(identity, from, to)
            : LeafProfile.ofGateway(identity, List.of("localhost"), List.of(), from, to);
    return authority(issuer).issue(keys.getPublic(), profile, random);
  }
}
