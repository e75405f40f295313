package org.entente.gateway.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MutableCoercionConfig;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.entente.gateway.model.FileErrorText;
import org.jspecify.annotations.Nullable;

/**
 * Strict reader of YAML files into records whose components are written in {@code snake_case}.
 *
 * <p>Refused: unknown fields, duplicate keys, anchors, aliases and tags, several documents, fields
 * without a value, numbers such as {@code 010} and {@code 0x10}, text for a number or a bool and
 * the reverse, files over {@value #MAX_BYTES} bytes or not UTF-8. A component annotated
 * {@code @JsonProperty(required = true)} must be present; other absent components are null (lists
 * too). A file that is refused names every such problem, up to {@value BindingProblems#MOST}; one
 * that is not well-formed only the first. Understands agency, node and federation names, {@link
 * java.time.Instant}, {@link java.time.LocalDate}, {@link java.time.Duration} (ISO 8601) and {@link
 * Path}. Immutable; safe for use by several threads.
 */
public final class YamlFiles {
  /** Largest file, in bytes. */
  public static final int MAX_BYTES = 1 << 20;

  /** Shared, so that its cached type information serves every reader. */
  private static final YAMLMapper MAPPER =
      YAMLMapper.builder(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .disable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
          // The country code NO is text, not false.
          .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .withCoercionConfig(LogicalType.Textual, YamlFiles::refuseScalars)
          .addModule(new ValueModule())
          .build();

  private static void refuseScalars(MutableCoercionConfig config) {
    config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
    config.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
    config.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
  }

  /**
   * Whether a file of a folder is meant to be YAML: it ends in {@code .yaml} or {@code .yml},
   * however written, and is not hidden, as the files of editors and of version control are.
   */
  public static boolean isMeant(Path file) {
    String name = String.valueOf(file.getFileName());
    String lower = name.toLowerCase(Locale.ROOT);
    return !name.startsWith(".") && (lower.endsWith(".yaml") || lower.endsWith(".yml"));
  }

  /** The problem with a name that is meant to be YAML and does not end in {@code .yaml}. */
  public static Optional<ConfigProblem> misnamed(Path file) {
    String name = String.valueOf(file.getFileName());
    return isMeant(file) && !name.endsWith(".yaml")
        ? Optional.of(
            ConfigProblem.ofFile(
                file.toString(),
                "ends in " + name.substring(name.lastIndexOf('.')),
                "a name in .yaml"))
        : Optional.empty();
  }

  /** Reads a file. */
  public <T> YamlReadResult<T> read(Path file, Class<T> type) {
    byte[] content;
    try {
      if (Files.size(file) > MAX_BYTES) {
        return unreadable(
            ConfigProblem.ofFile(
                file.toString(), Files.size(file) + " bytes", "at most " + MAX_BYTES + " bytes"));
      }
      content = Files.readAllBytes(file);
    } catch (IOException e) {
      String wrong = "cannot be read: " + FileErrorText.words(e) + FileErrorText.access(e);
      String valid = "a readable file" + FileErrorText.nearest(e);
      return unreadable(ConfigProblem.ofFile(file.toString(), wrong, valid));
    }
    return parse(file.toString(), content, type);
  }

  /**
   * Writes a value so that {@link #read} restores it; absent fields and empty lists are left out.
   *
   * @param value a record of this package's kind
   */
  public static String print(Object value) {
    try {
      return YAMLMapper.builder(
              YAMLFactory.builder()
                  .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                  .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                  .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                  .build())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_EMPTY, JsonInclude.Include.NON_EMPTY))
          .addModule(
              new SimpleModule()
                  .addSerializer(Path.class, new ToStringSerializer(Path.class))
                  .addSerializer(Instant.class, new ToStringSerializer(Instant.class)))
          .build()
          .writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the value has no YAML form", e);
    }
  }

  /** Parses the content of a file with this name. */
  public <T> YamlReadResult<T> parse(String file, byte[] content, Class<T> type) {
    if (content.length > MAX_BYTES) {
      return unreadable(
          ConfigProblem.ofFile(file, content.length + " bytes", "at most " + MAX_BYTES + " bytes"));
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      return unreadable(ConfigProblem.ofFile(file, "not UTF-8", "UTF-8"));
    }
    return parse(file, text, type);
  }

  private <T> YamlReadResult<T> parse(String file, String text, Class<T> type) {
    FieldPositions positions;
    try (YAMLParser parser = MAPPER.getFactory().createParser(text)) {
      positions = new PositionScan(file, text, parser).scan();
    } catch (PositionScan.ScanFailure e) {
      return new YamlReadResult.Unreadable<>(e.problems());
    } catch (JsonParseException e) {
      return unreadable(JacksonProblemMapper.syntax(file, e));
    } catch (IOException e) {
      return unreadable(ConfigProblem.ofFile(file, JacksonProblemMapper.firstLine(e), "YAML"));
    }
    return bind(text, type, positions);
  }

  private <T> YamlReadResult<T> bind(String text, Class<T> type, FieldPositions positions) {
    if (!positions.shape("").equals("a mapping")) {
      return unreadable(positions.problem("", positions.shape(""), "a mapping of fields"));
    }
    try {
      return new YamlReadResult.Read<>(MAPPER.readValue(text, type), positions);
    } catch (JsonMappingException e) {
      return new YamlReadResult.Unreadable<>(
          BindingProblems.of(MAPPER, text, type, positions, e), rest(text, type, positions));
    } catch (JsonProcessingException e) {
      return unreadable(JacksonProblemMapper.syntax(positions.file(), e));
    }
  }

  /** What can be read if the unknown fields are left out. */
  private static <T> YamlReadResult.@Nullable Read<T> rest(
      String text, Class<T> type, FieldPositions positions) {
    try {
      T value =
          MAPPER
              .readerFor(type)
              .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
              .readValue(text);
      return new YamlReadResult.Read<>(value, positions);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private static <T> YamlReadResult<T> unreadable(ConfigProblem problem) {
    return new YamlReadResult.Unreadable<>(List.of(problem));
  }
}
