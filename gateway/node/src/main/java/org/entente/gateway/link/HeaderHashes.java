package org.entente.gateway.link;

import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Header hashes. */
final class HeaderHashes {
  /** The hash that stands for a void: SHA-256 of no bytes. */
  static final ByteString VOID = ofHeader(ByteString.EMPTY);

  private HeaderHashes() {}

  /** SHA-256 of a header's exact bytes. */
  static ByteString ofHeader(ByteString header) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(header.asReadOnlyByteBuffer());
      return ByteString.copyFrom(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
