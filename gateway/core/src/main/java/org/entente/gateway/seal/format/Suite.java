package org.entente.gateway.seal.format;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Numbers and domain-separation texts of suite 1. Each input to a signature, derivation or
 * authentication begins with its text, so that none can be read as another.
 */
public final class Suite {
  /** Version at the start of every format of this package. */
  public static final int FORMAT_VERSION = 1;

  /** X-Wing, HKDF-SHA256, AES-256-GCM, Cobblestone-256, Ed25519, ML-DSA-44. */
  public static final int NUMBER = 1;

  // Signed messages.
  static final byte[] ENVELOPE = ascii("entente/v1 envelope\0");
  public static final byte[] BINDING = ascii("entente/v1 binding\0");
  public static final byte[] ANNOUNCEMENT = ascii("entente/v1 announcement\0");
  public static final byte[] KEY_BUNDLE = ascii("entente/v1 key bundle\0");
  public static final byte[] VOID = ascii("entente/v1 void\0");
  public static final byte[] SETTLED = ascii("entente/v1 settled\0");
  public static final byte[] NOTICE = ascii("entente/v1 notice\0");
  public static final byte[] ROSTER = ascii("entente/v1 roster\0");
  public static final byte[] WATERMARKS = ascii("entente/v1 watermarks\0");
  public static final byte[] FULFILMENT = ascii("entente/v1 fulfilment\0");
  public static final byte[] CONSENT = ascii("entente/v1 consent\0");

  // Hashed.
  static final byte[] CONTENT = ascii("entente/v1 content");

  // HPKE.
  public static final byte[] SESSION = ascii("entente/v1 session\0");
  public static final byte[] WRAPPING_KEY = ascii("entente/v1 wrapping key");

  // Derived from a wrapping key.
  public static final byte[] WRAP = ascii("entente/v1 wrap");

  // Derived from a content key, or authenticated under a derived key.
  public static final byte[] LABEL = ascii("entente/v1 label");
  public static final byte[] BODY = ascii("entente/v1 body");
  public static final byte[] PAD = ascii("entente/v1 pad");

  // For a gateway's own stored data.
  public static final byte[] LOCAL = ascii("entente/v1 local");
  public static final byte[] LOCAL_WRAP = ascii("entente/v1 local wrap");
  public static final byte[] LOCAL_ANNOTATION = ascii("entente/v1 local annotation");
  public static final byte[] LOCAL_ANNOTATION_TAG = ascii("entente/v1 local annotation tag");
  public static final byte[] BUCKET_RECORDS = ascii("entente/v1 bucket records");
  public static final byte[] BUCKET_MESSAGES = ascii("entente/v1 bucket messages");
  public static final byte[] OUTBOX = ascii("entente/v1 outbox");
  public static final byte[] CUSTODY = ascii("entente/v1 custody");

  private Suite() {}

  /** What a signature covers: a domain, then a body. */
  public static byte[] message(byte[] domain, byte[] body) {
    return new FieldWriter(domain.length + body.length).fixed(domain).fixed(body).toBytes();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
