package org.entente.gateway.bridge.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reader of JSON Lines: one JSON object a line, UTF-8, blank lines skipped.
 *
 * <p>A line is reported if it is too long, is not UTF-8, is not strict JSON (RFC 8259), repeats a
 * name, nests deeper than {@value #MAX_DEPTH} levels, or has a number that fits neither a {@code
 * long} nor a finite {@code double}. Reading continues with the next line. A null counts as absent.
 * The longest line allowed, {@value #MAX_LINE_BYTES} bytes, bounds memory. For use by one thread;
 * closing closes the stream.
 */
public final class JsonLines implements Closeable {
  /** Longest line, in bytes. */
  public static final int MAX_LINE_BYTES = 1 << 20;

  /** Deepest nesting of arrays and objects. */
  public static final int MAX_DEPTH = 32;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(100)
                  .maxNameLength(1_000)
                  .maxStringLength(MAX_LINE_BYTES)
                  .build())
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          // A table of names is shared by all lines: hostile names would make it fail for others.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private final String file;
  private final BoundedLineReader lines;

  /**
   * Reads from the stream.
   *
   * @param file its name in reports
   */
  public JsonLines(String file, InputStream in) {
    this.file = file;
    this.lines = new BoundedLineReader(in, MAX_LINE_BYTES);
  }

  /**
   * The next record, or the report on it; empty at the end.
   *
   * @throws IOException if the stream itself fails
   */
  public Optional<RecordReadResult> next() throws IOException {
    BoundedLineReader.Line line = lines.next();
    return line == null ? Optional.empty() : Optional.of(read(line));
  }

  private RecordReadResult read(BoundedLineReader.Line line) throws IOException {
    if (!line.readable()) {
      return new BadRecord(file, line.number(), "", line.problem());
    }
    try (JsonParser parser = JSON.createParser(line.text())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return bad(line, parser, "must be a JSON object");
      }
      Map<String, Object> fields = object(parser);
      if (parser.nextToken() != null) {
        return bad(line, parser, "has more text after the JSON object");
      }
      return new SourceRecord(file, line.number(), fields);
    } catch (NumberOutOfRange e) {
      return new BadRecord(file, line.number(), e.pointer, "has a number that is too large");
    } catch (JsonProcessingException e) {
      return new BadRecord(file, line.number(), "", "is not strict JSON: " + reason(e));
    }
  }

  private BadRecord bad(BoundedLineReader.Line line, JsonParser parser, String message) {
    return new BadRecord(
        file, line.number(), parser.getParsingContext().pathAsPointer().toString(), message);
  }

  private static String reason(JsonProcessingException e) {
    int column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
    return (column > 0 ? "column " + column + ": " : "") + e.getOriginalMessage();
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> out = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      Object value = value(parser, parser.nextToken());
      if (value != null) {
        out.put(name, value);
      }
    }
    return out;
  }

  private static List<Object> array(JsonParser parser) throws IOException {
    List<Object> out = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      Object value = value(parser, token);
      if (value != null) {
        out.add(value);
      }
    }
    return out;
  }

  private static @Nullable Object value(JsonParser parser, JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> parser.getText();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case VALUE_NUMBER_INT -> whole(parser);
      case VALUE_NUMBER_FLOAT -> decimal(parser);
      default -> throw new IllegalStateException("no value can begin with " + token);
    };
  }

  private static Object whole(JsonParser parser) throws IOException {
    if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw new NumberOutOfRange(parser);
    }
    return parser.getLongValue();
  }

  private static Object decimal(JsonParser parser) throws IOException {
    double value = parser.getDoubleValue();
    if (!Double.isFinite(value)) {
      throw new NumberOutOfRange(parser);
    }
    return value;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }

  /** Ends the reading of a line; never leaves the class. */
  private static final class NumberOutOfRange extends JsonProcessingException {
    private static final long serialVersionUID = 1L;
    private final String pointer;

    NumberOutOfRange(JsonParser parser) {
      super("number out of range");
      this.pointer = parser.getParsingContext().pathAsPointer().toString();
    }
  }
}
