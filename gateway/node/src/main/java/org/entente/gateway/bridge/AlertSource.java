package org.entente.gateway.bridge;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.entente.gateway.bridge.AlertFiles.AlertFile;
import org.entente.gateway.bridge.AlertFiles.Format;
import org.entente.gateway.bridge.cap.CapReader;
import org.entente.gateway.bridge.cap.CapTerms;
import org.entente.gateway.bridge.format.AlertItem;
import org.entente.gateway.bridge.format.BadRecord;
import org.entente.gateway.bridge.format.CapAlert;
import org.entente.gateway.bridge.format.CapReadResult;
import org.entente.gateway.bridge.format.DraftLines;
import org.entente.gateway.bridge.format.JsonLines;
import org.entente.gateway.bridge.format.RecordReadResult;
import org.entente.gateway.bridge.format.SourceRecord;
import org.entente.gateway.bridge.mapping.MappingFile;
import org.entente.gateway.bridge.mapping.MappingInput;
import org.entente.gateway.bridge.mapping.MappingLoader;
import org.entente.gateway.bridge.mapping.RecordMapping;
import org.entente.gateway.cel.ExpressionCompiler;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlReadResult;
import org.entente.gateway.model.FileErrorText;
import org.jspecify.annotations.Nullable;

/**
 * Reads drafts from a file or a folder, one record at a time; a record that gives no draft gives a
 * report instead.
 *
 * <p>It reads JSON Lines ({@code .jsonl}, {@code .ndjson}) and CAP ({@code .cap}, {@code .xml}). A
 * single file with another name is judged by its content. A folder's files are read in the order of
 * their names; files with other names and subfolders are ignored. JSON Lines contain an agency's
 * own records if there is a mapping for them, and otherwise drafts: {@code {"publisher":
 * "fr.customs", "draft": {…}}} in protobuf JSON form. Fields without a place in CAP come from the
 * caller's terms, if any, otherwise from a mapping: {@code cap.yaml} of the folder of mappings
 * unless another is given.
 *
 * <p>The longest record allowed bounds memory. For use by one thread; the caller closes it.
 */
public final class AlertSource implements Iterator<AlertItem>, Closeable {

  /** The result of opening. */
  public sealed interface OpenResult {

    /** The source is open; the caller closes it. */
    record Opened(AlertSource source) implements OpenResult {}

    /** The source could not be opened; at least one problem. Nothing remains open. */
    record NotOpened(List<ConfigProblem> problems) implements OpenResult {
      public NotOpened {
        problems = List.copyOf(problems);
      }

      /** The problems, one a line. */
      @Override
      public String toString() {
        return problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n"));
      }
    }
  }

  private static final String CAP_MAPPING = "cap.yaml";

  private final Deque<AlertFile> files;
  private final @Nullable RecordMapping records;
  private final @Nullable Function<CapAlert, AlertItem> cap;
  private final boolean asked;
  private @Nullable JsonLines lines;
  private String file = "";
  private @Nullable AlertItem next;

  private AlertSource(
      List<AlertFile> files,
      @Nullable RecordMapping records,
      @Nullable Function<CapAlert, AlertItem> cap,
      boolean asked) {
    this.files = new ArrayDeque<>(files);
    this.records = records;
    this.cap = cap;
    this.asked = asked;
  }

  /**
   * Opens a file or a folder.
   *
   * @param path the file or folder
   * @param mapping the mapping file; null for drafts and for CAP with the default mapping
   * @param mappings folder of the default mappings, {@code config/mappings}
   */
  public static OpenResult open(Path path, @Nullable Path mapping, Path mappings) {
    return open(path, mapping, mappings, null);
  }

  /**
   * Opens a file or a folder.
   *
   * @param path the file or folder
   * @param mapping the mapping file; null for drafts
   * @param mappings folder of the default mappings, {@code config/mappings}
   * @param terms the fields without a place in CAP, instead of a CAP mapping; may be null
   */
  public static OpenResult open(
      Path path, @Nullable Path mapping, Path mappings, @Nullable CapTerms terms) {
    List<AlertFile> files;
    try {
      files = AlertFiles.list(path);
    } catch (IOException e) {
      return notOpened(path, "cannot be read: " + FileErrorText.words(e));
    }
    if (files.isEmpty()) {
      return notOpened(path, "contains neither JSON Lines nor CAP");
    }
    return terms == null
        ? open(path, files, mapping, mappings)
        : openOnTerms(path, files, mapping, terms);
  }

  /**
   * Opens a file or a folder of drafts to ask policy about and not to send. Drafts may then lack
   * key and body, and be requests and answers.
   */
  public static OpenResult openToAsk(
      Path path, @Nullable Path mapping, Path mappings, @Nullable CapTerms terms) {
    OpenResult opening = open(path, mapping, mappings, terms);
    return opening instanceof OpenResult.Opened opened
        ? new OpenResult.Opened(opened.source().toAsk())
        : opening;
  }

  /** The same files, unread. */
  private AlertSource toAsk() {
    return new AlertSource(List.copyOf(files), records, cap, true);
  }

  private static OpenResult openOnTerms(
      Path path, List<AlertFile> files, @Nullable Path mapping, CapTerms terms) {
    if (!has(files, Format.CAP)) {
      return notOpened(path, "contains no CAP; the given terms are only for CAP");
    }
    Loader loader = new Loader();
    RecordMapping records = mapping == null ? null : loader.load(mapping);
    if (takes(records, MappingInput.CAP)) {
      String wrong = "is a mapping of CAP, but terms are given";
      String valid = "either the mapping or the terms";
      loader.problems.add(ConfigProblem.ofFile(String.valueOf(mapping), wrong, valid));
    } else if (records != null && !has(files, Format.JSON_LINES)) {
      loader.problems.add(notMapped(mapping, path));
    }
    return loader.problems.isEmpty()
        ? new OpenResult.Opened(new AlertSource(files, records, terms::apply, false))
        : new OpenResult.NotOpened(loader.problems);
  }

  private static boolean has(List<AlertFile> files, Format format) {
    return files.stream().anyMatch(file -> file.format() == format);
  }

  private static ConfigProblem notMapped(@Nullable Path mapping, Path path) {
    String wrong = "no file of " + path + " has the format that it maps";
    return ConfigProblem.ofFile(String.valueOf(mapping), wrong, "another mapping");
  }

  private static OpenResult open(
      Path path, List<AlertFile> files, @Nullable Path mapping, Path mappings) {
    Loader loader = new Loader();
    RecordMapping given = mapping == null ? null : loader.load(mapping);
    RecordMapping records = takes(given, MappingInput.JSON_LINES) ? given : null;
    RecordMapping cap = takes(given, MappingInput.CAP) ? given : null;
    boolean hasCap = has(files, Format.CAP);
    if ((records != null && !has(files, Format.JSON_LINES)) || (cap != null && !hasCap)) {
      loader.problems.add(notMapped(mapping, path));
    }
    if (hasCap && cap == null && loader.problems.isEmpty()) {
      cap = loader.load(mappings.resolve(CAP_MAPPING));
      if (cap != null && cap.input() != MappingInput.CAP) {
        String wrong = "is not a mapping of CAP";
        loader.problems.add(
            ConfigProblem.ofFile(mappings + "/" + CAP_MAPPING, wrong, "input: cap"));
      }
    }
    return loader.problems.isEmpty()
        ? new OpenResult.Opened(
            new AlertSource(files, records, cap == null ? null : cap::apply, false))
        : new OpenResult.NotOpened(loader.problems);
  }

  private static boolean takes(@Nullable RecordMapping mapping, MappingInput input) {
    return mapping != null && mapping.input() == input;
  }

  private static OpenResult notOpened(Path path, String wrong) {
    String valid =
        "a .jsonl or .ndjson file of JSON Lines, a .cap or .xml file, or a folder of them";
    return new OpenResult.NotOpened(List.of(ConfigProblem.ofFile(path.toString(), wrong, valid)));
  }

  @Override
  public boolean hasNext() {
    while (next == null && (lines != null || !files.isEmpty())) {
      next = advance();
    }
    return next != null;
  }

  @Override
  public AlertItem next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    AlertItem item = next;
    next = null;
    if (item == null) {
      throw new IllegalStateException("hasNext said that there is one");
    }
    return item;
  }

  /** The next item, or null if a file just ended. A file that fails is reported and skipped. */
  private @Nullable AlertItem advance() {
    try {
      return lines == null ? begin(files.remove()) : line(lines);
    } catch (IOException e) {
      closeQuietly();
      return new BadRecord(
          file, 0, "", "cannot be read: " + FileErrorText.words(e) + FileErrorText.nearest(e));
    }
  }

  private @Nullable AlertItem begin(AlertFile begun) throws IOException {
    file = begun.name();
    if (begun.format() == Format.JSON_LINES) {
      lines = new JsonLines(begun.name(), Files.newInputStream(begun.path()));
      return null;
    }
    try (InputStream in = Files.newInputStream(begun.path())) {
      CapReadResult reading = CapReader.read(begun.name(), in);
      if (reading instanceof BadRecord bad) {
        return bad;
      }
      return Objects.requireNonNull(cap, "opened without a mapping").apply((CapAlert) reading);
    }
  }

  private @Nullable AlertItem line(JsonLines open) throws IOException {
    Optional<RecordReadResult> reading = open.next();
    if (reading.isEmpty()) {
      close();
      return null;
    }
    if (reading.get() instanceof SourceRecord record) {
      return records == null ? DraftLines.read(record, asked) : records.apply(record);
    }
    return (BadRecord) reading.get();
  }

  private void closeQuietly() {
    try {
      close();
    } catch (IOException e) {
      // The file is already reported as unreadable; continue with the next one.
      lines = null;
    }
  }

  /** Ends reading; remaining items are dropped. */
  @Override
  public void close() throws IOException {
    JsonLines open = lines;
    lines = null;
    if (open != null) {
      open.close();
    }
  }

  /** Loads mappings and keeps their problems. */
  private static final class Loader {
    private final YamlFiles yaml = new YamlFiles();
    private final ExpressionCompiler expressions = new ExpressionCompiler();
    private final List<ConfigProblem> problems = new ArrayList<>();

    @Nullable RecordMapping load(Path file) {
      YamlReadResult<RecordMapping> reading =
          MappingLoader.load(yaml.read(file, MappingFile.class), expressions);
      if (reading instanceof YamlReadResult.Read<RecordMapping> read) {
        return read.value();
      }
      problems.addAll(((YamlReadResult.Unreadable<RecordMapping>) reading).problems());
      return null;
    }
  }
}
