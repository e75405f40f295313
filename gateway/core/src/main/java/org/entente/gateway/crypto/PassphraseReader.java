package org.entente.gateway.crypto;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.model.StartProblem;
import org.jspecify.annotations.Nullable;

/** Reads passphrases from an environment variable or a file. */
public final class PassphraseReader {
  /** Fewest characters. */
  static final int LEAST = 12;

  private static final int MOST_BYTES = 1_024;

  private PassphraseReader() {}

  /**
   * The passphrase in an environment variable or, if that is null, in a file. The caller closes the
   * passphrase.
   *
   * @throws StartProblem if there is none, it is too short, or others may read its file
   */
  public static SecretBytes read(@Nullable String environment, @Nullable Path file) {
    if (environment != null) {
      String value = System.getenv(environment);
      if (value == null) {
        throw new StartProblem("passphrase: the environment has no variable " + environment);
      }
      return checked(value.getBytes(StandardCharsets.UTF_8), "environment variable " + environment);
    }
    return read(Objects.requireNonNull(file, "neither variable nor file"));
  }

  /**
   * The passphrase in a file, which the caller closes.
   *
   * @throws StartProblem if there is none, it is too short, or others may read its file
   */
  public static SecretBytes read(Path file) {
    try {
      Set<PosixFilePermission> granted = Files.getPosixFilePermissions(file);
      boolean others =
          granted.stream().anyMatch(permission -> !permission.name().startsWith("OWNER_"));
      if (others) {
        throw new StartProblem(
            "passphrase: " + file + " has permissions for others than its owner; run chmod 600");
      }
      if (Files.size(file) > MOST_BYTES) {
        throw new StartProblem("passphrase: " + file + " has more than " + MOST_BYTES + " bytes");
      }
      byte[] content = Files.readAllBytes(file);
      try {
        return checked(Arrays.copyOf(content, withoutLineEnd(content)), file.toString());
      } finally {
        Arrays.fill(content, (byte) 0);
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  static StartProblem unreadable(Path file, IOException e) {
    return new StartProblem(
        "passphrase: "
            + file
            + " cannot be read: "
            + FileErrorText.words(e)
            + FileErrorText.access(e),
        e);
  }

  private static int withoutLineEnd(byte[] content) {
    int length = content.length;
    if (length > 0 && content[length - 1] == '\n') {
      length--;
    }
    if (length > 0 && content[length - 1] == '\r') {
      length--;
    }
    return length;
  }

  private static SecretBytes checked(byte[] bytes, String where) {
    SecretBytes secret = SecretBytes.takeOver(bytes);
    int characters;
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      characters = text.length();
      Arrays.fill(text.array(), '\0');
    } catch (CharacterCodingException e) {
      secret.close();
      throw new StartProblem("passphrase: " + where + " is not UTF-8", e);
    }
    if (characters < LEAST || bytes.length > MOST_BYTES) {
      secret.close();
      throw new StartProblem(
          "passphrase: " + where + " has " + characters + " characters; at least " + LEAST);
    }
    return secret;
  }
}
