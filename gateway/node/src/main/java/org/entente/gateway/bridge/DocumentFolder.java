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
 * A folder into which a person saves documents of messages.
 *
 * <p>What another agency calls its document is text and never a path: a file is called by the
 * message's id, followed by what of that name is harmless, or as the person says. Nothing that is
 * there is replaced, a link is not followed, and only their owner may read the files. For use by
 * one thread.
 */
public final class DocumentFolder {
  /** Most bytes of a file's name where files are kept, with room for what others put behind it. */
  private static final int MOST_BYTES = 200;

  private static final String NAMELESS = "document";

  private final Path folder;

  private DocumentFolder(Path folder) {
    this.folder = folder;
  }

  /** Opens a folder; makes it, for its owner alone, if it is not there. */
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

  /** Whether a text is the name of a file, and leads nowhere else. */
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

  /** The file of that name, which must be one. */
  public Path file(String name) {
    if (!isFileName(name)) {
      throw new IllegalArgumentException("no name of a file");
    }
    return folder.resolve(name);
  }

  /** The file as which a document is saved unless a person names another. */
  public Path file(ByteString messageId, Document document) {
    String name =
        HexFormat.of().formatHex(messageId.toByteArray()) + "-" + harmless(document.getName());
    try {
      return folder.resolve(name);
    } catch (InvalidPathException e) {
      // A process that runs with the locale C or POSIX has no other letters in names.
      return folder.resolve(name.replaceAll("[^ -~]+", "_"));
    }
  }

  /** Whether something is there already under that name, be it a link to nothing. */
  public static boolean isThere(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Letters, digits, dots, hyphens and underscores of a name; an underscore for each run of
   * anything else. A name of a path keeps its last part, one that is nothing then is {@code
   * document}.
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
    // Some systems drop dots at the end, others hide what begins with one.
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

  /** As many characters as fit beside the id, the end of the name among them: it says the kind. */
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
