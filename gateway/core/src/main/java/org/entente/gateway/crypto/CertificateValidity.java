package org.entente.gateway.crypto;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/**
 * When a certificate is valid, and when a person should renew it.
 *
 * @param from its first second
 * @param until its last second
 */
public record CertificateValidity(Instant from, Instant until) {
  private static final Duration AHEAD = Duration.ofDays(7);

  /** The validity of a certificate. */
  public static CertificateValidity of(X509Certificate certificate) {
    return new CertificateValidity(
        certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
  }

  /** Whether its end is near or past: in 7 days, or a quarter of its life if that is less. */
  public boolean endsSoon(Instant now) {
    return endsWithin(AHEAD, now);
  }

  /** Whether its end is past or this near, or nearer than a quarter of its life if that is less. */
  public boolean endsWithin(Duration ahead, Instant now) {
    Duration quarter = Duration.between(from, until).dividedBy(4);
    return !now.isBefore(until.minus(quarter.compareTo(ahead) < 0 ? quarter : ahead));
  }

  /** Whether it has ended. */
  public boolean hasEnded(Instant now) {
    return now.isAfter(until);
  }

  /** Its end in words: {@code ends on …} or {@code ended on …}. */
  public String end(Instant now) {
    return (hasEnded(now) ? "ended on " : "ends on ") + until;
  }
}
