package org.entente.gateway.seal;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The numbers and fixed texts of suite 1. Each text begins what it separates, so that no key signs,
 * derives or authenticates one thing that could be read as another.
 */
final class Suite {
  /** Version that every format of this package begins with. */
  static final int FORMAT_VERSION = 1;

  /** X-Wing, HKDF-SHA256, AES-256-GCM, Cobblestone-256, Ed25519, ML-DSA-44. */
  static final int NUMBER = 1;

  // Signed messages.
  static final byte[] ENVELOPE = ascii("entente/v1 envelope\0");
  static final byte[] ANNOUNCEMENT = ascii("entente/v1 announcement\0");
  static final byte[] KEY_BUNDLE = ascii("entente/v1 key bundle\0");
  static final byte[] VOID = ascii("entente/v1 void\0");
  static final byte[] SETTLED = ascii("entente/v1 settled\0");
  static final byte[] ROSTER = ascii("entente/v1 roster\0");
  static final byte[] WATERMARKS = ascii("entente/v1 watermarks\0");
  static final byte[] FULFILMENT = ascii("entente/v1 fulfilment\0");
  static final byte[] CONSENT = ascii("entente/v1 consent\0");

  // Hashed.
  static final byte[] CONTENT = ascii("entente/v1 content");

  // HPKE.
  static final byte[] SESSION = ascii("entente/v1 session\0");
  static final byte[] WRAPPING_KEY = ascii("entente/v1 wrapping key");

  // Derived from a wrapping key.
  static final byte[] WRAP = ascii("entente/v1 wrap");

  // Derived from a content key, or authenticated under what was.
  static final byte[] LABEL = ascii("entente/v1 label");
  static final byte[] BODY = ascii("entente/v1 body");
  static final byte[] PAD = ascii("entente/v1 pad");

  // Kept by one gateway for itself.
  static final byte[] LOCAL = ascii("entente/v1 local");
  static final byte[] LOCAL_WRAP = ascii("entente/v1 local wrap");
  static final byte[] LOCAL_LABEL = ascii("entente/v1 local label");
  static final byte[] LOCAL_ANNOTATION = ascii("entente/v1 local annotation");
  static final byte[] LOCAL_ANNOTATION_TAG = ascii("entente/v1 local annotation tag");
  static final byte[] BUCKET_RECORDS = ascii("entente/v1 bucket records");
  static final byte[] BUCKET_MESSAGES = ascii("entente/v1 bucket messages");
  static final byte[] OUTBOX = ascii("entente/v1 outbox");
  static final byte[] CUSTODY = ascii("entente/v1 custody");

  private Suite() {}

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
