package org.entente.gateway.identity;

import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.entente.gateway.crypto.Certificates;
import org.entente.gateway.crypto.EcKeys;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Result;
import org.entente.gateway.trust.AuthorityCertificate;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.jspecify.annotations.Nullable;

/**
 * The checks that gateways' and clients' certificates have in common: one SPIFFE identity, of this
 * federation, whose agency is a member and whose agency's CA issued the certificate (RFC 5280,
 * section 6; X509-SVID). All keys are on P-256.
 *
 * <p>The trust bundle lists revocations, so there is no OCSP query. Stateless.
 */
final class CertificateCheck {
  private static final int MAX_CHAIN = 4;

  /** Path validation makes a node of each combination of the policies along a chain. */
  private static final int MAX_POLICIES = 4;

  /** Path validation compares the subtrees of two certificates with the cube of their number. */
  private static final int MAX_SUBTREES = 16;

  private static final int URI_NAME = 6;
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_CERT_SIGN = 5;

  /** OID of TLS server authentication (RFC 5280, section 4.2.1.12). */
  static final String SERVER = "1.3.6.1.5.5.7.3.1";

  /** OID of TLS client authentication. */
  static final String CLIENT = "1.3.6.1.5.5.7.3.2";

  private CertificateCheck() {}

  /** A certificate that passed. */
  record Passed(SpiffeId id, String fingerprint) {}

  /**
   * What a certificate is for. The codes are for faults of a certificate that its agency's CA did
   * issue; every other fault is {@code IDENTITY_MISMATCH}.
   *
   * @param purposes extended key usages that it must have
   * @param unknown its agency is not a member
   * @param expired it has expired
   * @param revoked the trust bundle revokes it
   */
  record Role(Set<String> purposes, Code unknown, Code expired, Code revoked) {
    Role {
      purposes = Set.copyOf(purposes);
    }
  }

  /**
   * Checks a chain.
   *
   * @param mismatch why the caller has no use for an identity; empty if it has. Asked before the
   *     path is validated, which costs most
   */
  static Result<Passed> check(
      List<X509Certificate> chain,
      Role role,
      Function<SpiffeId, Optional<String>> mismatch,
      TrustBundle bundle,
      Instant now) {
    if (chain.isEmpty() || chain.size() > MAX_CHAIN) {
      return failed("a chain has 1 to " + MAX_CHAIN + " certificates");
    }
    X509Certificate leaf = chain.get(0);
    SpiffeId id;
    try {
      id = SpiffeId.parse(onlyUri(leaf));
    } catch (InvalidValue e) {
      return failed(String.valueOf(e.getMessage()));
    }
    if (!id.federation().equals(bundle.federation())) {
      return failed(
          "the certificate is of federation " + id.federation() + ", not " + bundle.federation());
    }
    Optional<Member> member = bundle.agency(id.agency());
    if (member.isEmpty()) {
      return Result.refused(
          role.unknown(),
          "",
          id.agency() + " is not a member in version " + bundle.version() + " of the trust bundle");
    }
    return checkAgainst(member.get(), id, chain, role, mismatch.apply(id), now);
  }

  private static Result<Passed> checkAgainst(
      Member member,
      SpiffeId id,
      List<X509Certificate> chain,
      Role role,
      Optional<String> mismatch,
      Instant now) {
    String fingerprint = fingerprint(chain.get(0));
    if (chain.stream().anyMatch(certificate -> member.hasRevoked(certificate))) {
      return Result.refused(
          role.revoked(), "", "the certificate of " + id + " was revoked by the trust bundle");
    }
    Instant end = chain.get(0).getNotAfter().toInstant();
    boolean expired = now.isAfter(end);
    // Of an expired one, everything else is checked as of its last second: nobody but the agency's
    // CA can make one that is only expired.
    Instant at = expired ? end : now;
    Optional<String> fault =
        leafFault(chain.get(0), role.purposes(), at)
            .or(() -> mismatch)
            .or(() -> pathFault(member, chain, at));
    if (fault.isEmpty() && expired) {
      return Result.refused(role.expired(), "", "the certificate of " + id + " ended at " + end);
    }
    return fault
        .map(reason -> CertificateCheck.<Passed>failed("the certificate of " + id + " " + reason))
        .orElseGet(() -> Result.done(new Passed(id, fingerprint)));
  }

  private static <T> Result<T> failed(String reason) {
    return Result.refused(Code.IDENTITY_MISMATCH, "", reason);
  }

  /** The one URI name; other DNS names and addresses are allowed and ignored. */
  private static String onlyUri(X509Certificate leaf) {
    Collection<List<?>> names;
    try {
      names = leaf.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      throw new InvalidValue("subject alternative names are well-formed", "malformed names");
    }
    List<String> uris =
        names == null
            ? List.of()
            : names.stream()
                .filter(name -> name.get(0).equals(URI_NAME))
                .map(name -> String.valueOf(name.get(1)))
                .toList();
    if (uris.size() != 1) {
      throw new InvalidValue("a certificate names exactly one URI", uris.size() + " URIs");
    }
    return uris.get(0);
  }

  private static Optional<String> leafFault(
      X509Certificate leaf, Set<String> purposes, Instant now) {
    Instant first = leaf.getNotBefore().toInstant();
    if (now.isBefore(first)) {
      return Optional.of("is valid only from " + first);
    }
    boolean @Nullable [] usage = leaf.getKeyUsage();
    if (leaf.getBasicConstraints() >= 0 || usage == null || usage[KEY_CERT_SIGN]) {
      return Optional.of("is a CA certificate, or lacks key usages");
    }
    if (!usage[DIGITAL_SIGNATURE] || !purposes(leaf).containsAll(purposes)) {
      return Optional.of("lacks the key usages for TLS in its role");
    }
    return Optional.empty();
  }

  private static boolean hasOtherKey(X509Certificate certificate) {
    return !EcKeys.isP256(certificate.getPublicKey());
  }

  /**
   * Whether path validation of a chain of such certificates has a small bound: a member could
   * otherwise end this process, before a single signature is verified.
   */
  private static boolean isCheapToValidate(X509Certificate certificate) {
    try {
      return certificate.getEncoded().length <= AuthorityCertificate.MAX_BYTES
          && !Certificates.mapsPolicies(certificate)
          && Certificates.policies(certificate) <= MAX_POLICIES
          && Certificates.subtrees(certificate) <= MAX_SUBTREES;
    } catch (CertificateException e) {
      return false;
    }
  }

  private static List<String> purposes(X509Certificate leaf) {
    try {
      List<String> purposes = leaf.getExtendedKeyUsage();
      return purposes == null ? List.of() : purposes;
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }

  /** Why the chain does not lead to a CA of this member; empty if it does. */
  private static Optional<String> pathFault(
      Member member, List<X509Certificate> chain, Instant now) {
    // Path validation does not look at an anchor's own validity, nor is an anchor always shown.
    Set<X509Certificate> valid = Set.copyOf(member.authoritiesAt(now));
    if (valid.isEmpty()) {
      return Optional.of("cannot be checked: no CA certificate of its agency is valid now");
    }
    List<X509Certificate> path = chain.stream().filter(c -> !valid.contains(c)).toList();
    if (chain.stream().anyMatch(CertificateCheck::hasOtherKey)) {
      return Optional.of("or one above it has a key that is not on P-256");
    }
    if (!path.stream().allMatch(CertificateCheck::isCheapToValidate)) {
      return Optional.of(
          ("or one above it is larger than %d bytes, maps policies, or has more than %d policies"
                  + " or %d name constraints")
              .formatted(AuthorityCertificate.MAX_BYTES, MAX_POLICIES, MAX_SUBTREES));
    }
    try {
      PKIXParameters parameters =
          new PKIXParameters(
              valid.stream().map(ca -> new TrustAnchor(ca, null)).collect(Collectors.toSet()));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      CertPath certPath = CertificateFactory.getInstance("X.509").generateCertPath(path);
      CertPathValidator.getInstance("PKIX").validate(certPath, parameters);
      return Optional.empty();
    } catch (CertPathValidatorException e) {
      return Optional.of("was not issued by the CA of its agency (" + e.getReason() + ")");
    } catch (GeneralSecurityException | RuntimeException e) {
      // Java's validation of name constraints throws what it does not expect: constraints of one
      // type that have nothing in common, or that are of a type which it does not compare.
      return Optional.of("cannot be checked: " + e.getClass().getSimpleName());
    }
  }

  private static String fingerprint(X509Certificate certificate) {
    try {
      return HexFormat.of().formatHex(Sha256.hash(certificate.getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was parsed encodes", e);
    }
  }
}
