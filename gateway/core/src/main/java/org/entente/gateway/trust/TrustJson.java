package org.entente.gateway.trust;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.crypto.MlDsa44VerifyingKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.note.NoteVerifier;

/**
 * Canonical JSON form of the records of this package: two spaces of indentation, fields in declared
 * order, newline at the end.
 *
 * <p>Guarantee: {@link #parse} fails or returns a value whose {@link #print} is the parsed text.
 * Comparing the two excludes every leniency of the reader (order, escapes, numbers, white space,
 * repeated fields). Immutable and safe for use by many threads.
 */
public final class TrustJson {
  private static final int MAX_TEXT = 4 << 20;

  /** Shared, so that readers and writers reuse its cached type information. */
  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(limits())
                  // A table of names is shared by all texts: hostile ones would make it fail.
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .defaultSetterInfo(JsonSetter.Value.forValueNulls(Nulls.FAIL, Nulls.FAIL))
          .addModule(types())
          .build();

  private final DefaultPrettyPrinter printer;

  public TrustJson() {
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    this.printer = new DefaultPrettyPrinter().withObjectIndenter(lines).withArrayIndenter(lines);
  }

  private static StreamReadConstraints limits() {
    return StreamReadConstraints.builder()
        .maxDocumentLength(MAX_TEXT)
        .maxNestingDepth(8)
        .maxNumberLength(20)
        .maxNameLength(64)
        .maxStringLength(4 * AuthorityCertificate.MAX_BYTES)
        .build();
  }

  private static SimpleModule types() {
    SimpleModule module = new SimpleModule("entente-trust");
    add(module, FederationName.class, FederationName::new, FederationName::value);
    add(module, AgencyName.class, AgencyName::new, AgencyName::value);
    add(module, Instant.class, TrustJson::seconds, Instant::toString);
    add(module, Endpoint.class, Endpoint::parse, Endpoint::toString);
    add(
        module,
        AuthorityCertificate.class,
        AuthorityCertificate::parseBase64,
        AuthorityCertificate::base64);
    add(
        module,
        Ed25519VerifyingKey.class,
        text ->
            Ed25519VerifyingKey.parse(base64(text))
                .orElseThrow(() -> new InvalidValue("an Ed25519 public key in Base 64", text)),
        key -> Base64.getEncoder().encodeToString(key.encoded()));
    add(
        module,
        MlDsa44VerifyingKey.class,
        text ->
            MlDsa44VerifyingKey.parse(base64(text))
                .orElseThrow(() -> new InvalidValue("an ML-DSA-44 public key in Base 64", text)),
        key -> Base64.getEncoder().encodeToString(key.encoded()));
    add(
        module,
        NoteVerifier.class,
        text ->
            NoteVerifier.parse(text)
                .orElseThrow(() -> new InvalidValue("a vkey of a signed note", text)),
        NoteVerifier::vkey);
    return module;
  }

  private static Instant seconds(String text) {
    try {
      Instant instant = Instant.parse(text);
      // 20 characters exclude fractions and years of five digits.
      if (text.length() == 20 && instant.toString().equals(text)) {
        return instant;
      }
    } catch (DateTimeException e) {
      // Falls through to the common refusal.
    }
    throw new InvalidValue("a time in UTC with whole seconds, such as 2026-01-31T08:00:00Z", text);
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidValue("Base 64", text);
    }
  }

  private static <T> void add(
      SimpleModule module, Class<T> type, Function<String, T> parse, Function<T, String> print) {
    module.addDeserializer(type, new TextReader<>(type, parse));
    module.addSerializer(type, new TextWriter<>(type, print));
  }

  /**
   * Reads a value from its canonical text form.
   *
   * @throws InvalidValue with the field and what would be valid
   */
  public <T> T parse(String text, Class<T> type) {
    T value;
    try {
      value = MAPPER.readValue(text, type);
    } catch (JsonProcessingException e) {
      throw new InvalidValue(explain(e), "not JSON of this form");
    }
    if (value == null || !print(value).equals(text)) {
      throw new InvalidValue(
          "JSON is in its canonical form: declared order, two spaces, no repeated fields",
          "another form of the same content");
    }
    return value;
  }

  /** The canonical text form of a value, with a final newline. */
  public String print(Object value) {
    try {
      return MAPPER.writer(printer).writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("trust's records have a JSON form", e);
    }
  }

  private static String explain(JsonProcessingException e) {
    Throwable cause = e;
    while (cause != null && !(cause instanceof InvalidValue)) {
      cause = cause.getCause();
    }
    String reason =
        cause instanceof InvalidValue invalid
            ? String.valueOf(invalid.getMessage())
            : InvalidValue.printable(e.getOriginalMessage());
    if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      return InvalidValue.printable(path(mapping)) + ": " + reason;
    }
    return reason;
  }

  private static String path(JsonMappingException e) {
    return e.getPath().stream()
        .map(
            step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
        .collect(Collectors.joining("."))
        .replace(".[", "[");
  }

  /** Reads a type from a JSON string only. */
  private static final class TextReader<T> extends StdDeserializer<T> {
    private static final long serialVersionUID = 1L;
    private final transient Function<String, T> parse;

    TextReader(Class<T> type, Function<String, T> parse) {
      super(type);
      this.parse = parse;
    }

    @Override
    public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      if (!parser.hasToken(com.fasterxml.jackson.core.JsonToken.VALUE_STRING)) {
        throw JsonMappingException.from(parser, "a JSON string is expected here");
      }
      try {
        return parse.apply(parser.getText());
      } catch (InvalidValue e) {
        throw JsonMappingException.from(parser, "invalid value", e);
      }
    }
  }

  /** Writes a type as a JSON string. */
  private static final class TextWriter<T> extends StdSerializer<T> {
    private static final long serialVersionUID = 1L;
    private final transient Function<T, String> print;

    TextWriter(Class<T> type, Function<T, String> print) {
      super(type);
      this.print = print;
    }

    @Override
    public void serialize(T value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(print.apply(value));
    }
  }
}
