package org.entente.gateway.bridge;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.Normalizer;
import java.util.HexFormat;
import org.entente.proto.v1.Document;

/**
 * A folder into which a person saves messages' documents.
 *
 * <p>Another agency's name for its document is text and never a path: a file is named by the
 * message's id and the harmless part of that name, or as the person chooses. Existing files are
 * never replaced, links are not followed, and only the owner may read the files. For use by one
 * thread.
 */
public final class DocumentFolder {
  /** Most bytes of a stored file's name, with room for suffixes. */
  private static final int MOST_BYTES = 200;

  private static final String NAMELESS = "document";

  private final Path folder;

  private DocumentFolder(Path folder) {
    this.folder = folder;
  }

  /** Opens a folder; creates it, accessible to its owner only, if it does not exist. */
  public static DocumentFolder open(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
        throw new NotDirectoryException(folder.toString());
      }
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    return new DocumentFolder(folder);
  }

  /** Whether a text is a plain file name without a path. */
  public static boolean isFileName(String name) {
    if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
      return false;
    }
    try {
      return Path.of(name).getNameCount() == 1 && bytes(name) <= MOST_BYTES;
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** The file with this name. */
  public Path file(String name) {
    if (!isFileName(name)) {
      throw new IllegalArgumentException("is not a plain file name");
    }
    return folder.resolve(name);
  }

  /** The file in which a document is saved unless a person chooses another. */
  public Path file(ByteString messageId, Document document) {
    String name =
        HexFormat.of().formatHex(messageId.toByteArray()) + "-" + harmless(document.getName());
    try {
      return folder.resolve(name);
    } catch (InvalidPathException e) {
      // A process in the locale C or POSIX supports only ASCII in file names.
      return folder.resolve(name.replaceAll("[^ -~]+", "_"));
    }
  }

  /** Whether something with this path exists, including a dangling link. */
  public static boolean isThere(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * The letters, digits, dots, hyphens and underscores of a name; every run of other characters
   * becomes an underscore. A path keeps its last part. A name that becomes empty is replaced by
   * {@code document}.
   */
  static String harmless(String name) {
    String part = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    StringBuilder out = new StringBuilder();
    Normalizer.normalize(part, Normalizer.Form.NFC)
        .codePoints()
        .forEach(
            c -> {
              if (isHarmless(c)) {
                out.appendCodePoint(c);
              } else if (out.isEmpty() || out.charAt(out.length() - 1) != '_') {
                out.append('_');
              }
            });
    String kept = cut(out.toString());
    // Some systems drop trailing dots, others hide names with leading dots.
    kept = kept.replaceFirst("^[._]+", "").replaceFirst("[._]+$", "");
    return kept.isEmpty() ? NAMELESS : kept;
  }

  private static boolean isHarmless(int c) {
    int type = Character.getType(c);
    return Character.isLetterOrDigit(c)
        || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || "._-".indexOf(c) >= 0;
  }

  /**
   * As many characters as fit next to the id, including the end of the name, which has the
   * extension.
   */
  private static String cut(String name) {
    int most = MOST_BYTES - 33;
    if (bytes(name) <= most) {
      return name;
    }
    int dot = name.lastIndexOf('.');
    String end = dot >= 0 && bytes(name.substring(dot)) <= 16 ? name.substring(dot) : "";
    StringBuilder out = new StringBuilder();
    int[] characters = name.codePoints().toArray();
    for (int c : characters) {
      String one = Character.toString(c);
      if (bytes(out.toString()) + bytes(one) + bytes(end) > most) {
        break;
      }
      out.append(one);
    }
    return out + end;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
