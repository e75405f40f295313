package org.entente.gateway.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

/** The form of a SPIFFE ID (SPIFFE-ID, section 2): no encoding, port, query, fragment or dots. */
final class SpiffeUri {
  private static final int MAX_BYTES = 2048;
  private static final Pattern FORM =
      Pattern.compile("spiffe://[a-z0-9._-]{1,255}(/[A-Za-z0-9._-]+)+");
  private static final Pattern DOTS = Pattern.compile("/\\.{1,2}(/|$)");

  private SpiffeUri() {}

  /** The ID if {@code text} is one of a workload, that is, has a path. */
  static Optional<URI> parse(String text) {
    if (text.length() > MAX_BYTES
        || !US_ASCII.newEncoder().canEncode(text)
        || !FORM.matcher(text).matches()
        || DOTS.matcher(text).find()) {
      return Optional.empty();
    }
    return Optional.of(URI.create(text));
  }
}
