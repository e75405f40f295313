package org.entente.loadtests.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.OnBehalfOf;

/** Text that cannot occur by chance, put into a draft, to be searched for where it must not be. */
public final class Markers {
  /** By the field in which it stands. */
  private static final Map<String, String> ALL =
      Map.of(
          "label.case_ref", "MARK-CASE-7c1e94d2",
          "label.legal_basis", "MARK-BASIS-5b0fa386",
          "label.source_ref", "MARK-SOURCE-e2d7710c",
          "body headline", "MARK-HEADLINE-91ac3f5e",
          "body description", "MARK-DESCRIPTION-d4480b27",
          "body extra", "MARK-EXTRA-08f6be19",
          "on_behalf_of.officer", "MARK-OFFICER-6a93c4ed",
          "on_behalf_of.justification", "MARK-WHY-b35d2f70");

  private Markers() {}

  /** The marker of a field. */
  public static String of(String field) {
    return Objects.requireNonNull(ALL.get(field), field);
  }

  /** The fields that are marked. */
  public static Set<String> fields() {
    return new TreeSet<>(ALL.keySet());
  }

  /** An alert to a recipient with a marker in every marked field. */
  public static Draft draft(String recipient) {
    Draft.Builder marked = Publications.draft(recipient, of("body headline")).toBuilder();
    marked
        .getLabelBuilder()
        .setCaseRef(of("label.case_ref"))
        .setLegalBasis(of("label.legal_basis"))
        .setSourceRef(of("label.source_ref"));
    AlertText.Builder text = marked.getBodyBuilder().getAlertBuilder().getTextsBuilder(0);
    text.setDescription(of("body description"));
    marked.getBodyBuilder().getAlertBuilder().putExtra("note", of("body extra"));
    return marked
        .setOnBehalfOf(
            OnBehalfOf.newBuilder()
                .setOfficer(of("on_behalf_of.officer"))
                .setJustification(of("on_behalf_of.justification")))
        .build();
  }

  /** The fields whose marker stands somewhere in these bytes. */
  public static Set<String> in(byte[] bytes) {
    Set<String> found = new TreeSet<>();
    ALL.forEach(
        (field, marker) -> {
          if (holds(bytes, marker)) {
            found.add(field);
          }
        });
    return found;
  }

  /** Whether ASCII text stands somewhere in these bytes. */
  public static boolean holds(byte[] bytes, String text) {
    // Latin 1 maps each byte to one character, so that ASCII is found in anything.
    return new String(bytes, StandardCharsets.ISO_8859_1).contains(text);
  }

  /**
   * Which files below a folder hold which markers, by the fields. A file that goes while gateways
   * run (replaced by its new version, or compacted) is passed over: what took its place is looked
   * at once they have stopped.
   */
  public static Map<String, Set<String>> inFiles(Path folder) throws IOException {
    Map<String, Set<String>> found = new TreeMap<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            try {
              Set<String> fields = in(Files.readAllBytes(file));
              if (!fields.isEmpty()) {
                found.put(folder.relativize(file).toString(), fields);
              }
            } catch (NoSuchFileException e) {
              return visitFileFailed(file, e);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }
        });
    return found;
  }
}
