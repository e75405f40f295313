package org.entente.gateway.ceremony;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Function;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.trust.BundleDraft;
import org.entente.gateway.trust.Fingerprint;
import org.entente.gateway.trust.JoinRequest;
import org.entente.gateway.trust.RootKey;
import org.entente.gateway.trust.TrustRoots;

/**
 * Reads and writes the files that people exchange in a ceremony. Every failure is a {@link
 * CeremonyProblem}.
 */
public final class CeremonyFiles {
  private CeremonyFiles() {}

  /** A draft, or a bundle that is signed. */
  public static BundleDraft bundle(Path file) {
    return read(file, SignedNote.MAX_BYTES, BundleDraft::parse);
  }

  /** A join request, signed with the keys that it names. */
  public static JoinRequest request(Path file) {
    return read(file, JoinRequest.MAX_BYTES, JoinRequest::verify);
  }

  /** The first roots of a federation. */
  public static TrustRoots roots(Path file) {
    return read(file, 1 << 20, bytes -> TrustRoots.parse(utf8(bytes)));
  }

  /** The public half of one root. */
  public static RootKey root(Path file) {
    return read(file, 1 << 16, bytes -> RootKey.parse(utf8(bytes)));
  }

  /** The fingerprint of the public key of the first certificate in a PEM file. */
  public static Fingerprint certificateKey(Path file) {
    return Fingerprint.ofKey(certificate(file));
  }

  /** The first certificate in a PEM file. */
  public static X509Certificate certificate(Path file) {
    return read(
        file,
        1 << 16,
        bytes -> {
          try {
            return Pem.certificates(utf8(bytes)).get(0);
          } catch (CertificateException e) {
            throw new InvalidValue("a certificate in PEM", String.valueOf(e.getMessage()));
          }
        });
  }

  /** Writes a new file. */
  public static void write(Path file, byte[] content) {
    writing(file, () -> PrivateFiles.write(file, content));
  }

  /** Writes a file, replacing an existing one. */
  public static void replace(Path file, byte[] content) {
    writing(file, () -> PrivateFiles.replace(file, content));
  }

  /** The bytes of a file, up to a limit. */
  public static byte[] bytes(Path file, int most) {
    return read(file, most, bytes -> bytes);
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void writing(Path file, Step step) {
    try {
      step.run();
    } catch (FileAlreadyExistsException e) {
      throw new CeremonyProblem(file + " already exists; name another file", e);
    } catch (IOException e) {
      throw new CeremonyProblem(file + " cannot be written: " + FileErrorText.words(e), e);
    }
  }

  private static <T> T read(Path file, int most, Function<byte[], T> parse) {
    try {
      if (Files.size(file) > most) {
        throw new CeremonyProblem(file + " has more than " + most + " bytes");
      }
      return parse.apply(Files.readAllBytes(file));
    } catch (InvalidValue e) {
      throw new CeremonyProblem(file + ": " + e.getMessage(), e);
    } catch (NoSuchFileException e) {
      throw new CeremonyProblem("there is no file " + file, e);
    } catch (IOException e) {
      throw new CeremonyProblem(file + " cannot be read: " + FileErrorText.words(e), e);
    }
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
