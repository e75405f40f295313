package org.entente.gateway.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.function.Function;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NodeName;

/** Deserialisers of values that are written as one text. */
final class ValueModule extends SimpleModule {
  private static final long serialVersionUID = 1L;
  private static final LocalDate LAST_DAY = LocalDate.of(9999, 12, 31);
  private static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59.999999999Z");

  ValueModule() {
    super("entente-values");
    text(AgencyName.class, AgencyName::new);
    text(NodeName.class, NodeName::new);
    text(FederationName.class, FederationName::new);
    text(
        Instant.class,
        time(
            "a time such as 2026-01-31T12:00:00Z, in the years 1970 to 9999",
            text -> between(Instant.EPOCH, Instant.parse(text), LAST_TIME)));
    text(
        LocalDate.class,
        time(
            "a date such as 2026-01-31, in the years 1970 to 9999",
            text -> between(LocalDate.EPOCH, LocalDate.parse(text), LAST_DAY)));
    text(Duration.class, time("an ISO 8601 duration such as PT24H", Duration::parse));
  }

  /** Of a year with more digits, a calculation can overflow that adds a day. */
  private static <T extends Comparable<? super T>> T between(T first, T time, T last) {
    if (time.compareTo(first) < 0 || time.compareTo(last) > 0) {
      throw new DateTimeException(time + " is out of range");
    }
    return time;
  }

  private static <T> Function<String, T> time(String form, Function<String, T> parse) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (DateTimeException e) {
        throw new InvalidValue(form, text);
      }
    };
  }

  private <T> void text(Class<T> type, Function<String, T> parse) {
    addDeserializer(type, new TextDeserializer<>(type, parse));
  }

  /** Reads a text; an {@link InvalidValue} becomes a problem of the field. */
  private static final class TextDeserializer<T> extends StdDeserializer<T> {
    private static final long serialVersionUID = 1L;
    private final transient Function<String, T> parse;

    TextDeserializer(Class<T> type, Function<String, T> parse) {
      super(type);
      this.parse = parse;
    }

    @Override
    public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        return context.reportInputMismatch(this, "text expected");
      }
      try {
        return parse.apply(parser.getText());
      } catch (InvalidValue e) {
        throw context.instantiationException(handledType(), e);
      }
    }
  }
}
