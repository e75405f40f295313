package org.entente.gateway.bridge.format;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.bridge.AlertSource;
import org.entente.gateway.bridge.cap.CapReader;
import org.entente.gateway.bridge.mapping.MappingFile;
import org.entente.gateway.bridge.mapping.MappingLoader;
import org.entente.gateway.bridge.mapping.RecordMapping;
import org.entente.gateway.cel.ExpressionCompiler;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlReadResult;
import org.jspecify.annotations.Nullable;

/** What the tests of this package do again and again. */
public final class FeedFixture {
  private static final YamlFiles YAML = new YamlFiles();
  private static final ExpressionCompiler EXPRESSIONS = new ExpressionCompiler();

  private FeedFixture() {}

  /** A file or folder of the repository. */
  public static Path repository(String relative) {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve(relative)) && Files.exists(folder.resolve("proto"))) {
        return folder.resolve(relative);
      }
    }
    throw new IllegalStateException("no " + relative + " above the working directory");
  }

  public static Path mappings() {
    return repository("config/mappings");
  }

  /** Everything that a source gives. */
  public static List<AlertItem> all(Path path, @Nullable Path mapping) {
    AlertSource.OpenResult opening = AlertSource.open(path, mapping, mappings());
    List<AlertItem> items = new ArrayList<>();
    try (AlertSource source =
        assertInstanceOf(AlertSource.OpenResult.Opened.class, opening, opening::toString)
            .source()) {
      source.forEachRemaining(items::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return items;
  }

  public static AlertDraft draft(AlertItem item) {
    return assertInstanceOf(AlertDraft.class, item, item::toString);
  }

  public static BadRecord bad(Object item) {
    return assertInstanceOf(BadRecord.class, item, item::toString);
  }

  public static RecordMapping mapping(String yaml) {
    YamlReadResult<RecordMapping> reading = read(yaml);
    if (reading instanceof YamlReadResult.Read<RecordMapping> read) {
      return read.value();
    }
    throw new AssertionError(reading.toString());
  }

  /** What is wrong with the mapping. */
  public static List<ConfigProblem> problems(String yaml) {
    YamlReadResult<RecordMapping> reading = read(yaml);
    if (reading instanceof YamlReadResult.Unreadable<RecordMapping> unreadable) {
      return unreadable.problems();
    }
    throw new AssertionError("the mapping has no problem");
  }

  private static YamlReadResult<RecordMapping> read(String yaml) {
    return MappingLoader.load(
        YAML.parse("m.yaml", yaml.getBytes(StandardCharsets.UTF_8), MappingFile.class),
        EXPRESSIONS);
  }

  public static YamlReadResult<RecordMapping> load(Path file) {
    return MappingLoader.load(YAML.read(file, MappingFile.class), EXPRESSIONS);
  }

  public static CapReadResult cap(String xml) {
    return cap(xml.getBytes(StandardCharsets.UTF_8));
  }

  public static CapReadResult cap(byte[] xml) {
    try {
      return CapReader.read("a.cap", new ByteArrayInputStream(xml));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static CapAlert capAlert(String xml) {
    CapReadResult reading = cap(xml);
    return assertInstanceOf(CapAlert.class, reading, reading::toString);
  }

  public static List<RecordReadResult> lines(byte[] bytes) {
    List<RecordReadResult> out = new ArrayList<>();
    try (JsonLines lines = new JsonLines("a.jsonl", new ByteArrayInputStream(bytes))) {
      for (var next = lines.next(); next.isPresent(); next = lines.next()) {
        out.add(next.get());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out;
  }

  static List<RecordReadResult> lines(String text) {
    return lines(text.getBytes(StandardCharsets.UTF_8));
  }
}
