package org.entente.gateway.cli.call;

import com.google.protobuf.ByteString;
import com.google.protobuf.ProtocolMessageEnum;
import com.google.protobuf.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NameSuggestion;
import org.entente.proto.v1.Precedence;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.TypeConversionException;

/** Converters of options and parameters to values of the protos: ids, times and enums. */
public final class ValueConverters {
  private static final String STANAG_4406 = "[0-5]";

  private ValueConverters() {}

  /** Registers the converters for all arguments of a command and its subcommands. */
  public static CommandLine register(CommandLine line) {
    line.registerConverter(ByteString.class, ValueConverters::id);
    line.registerConverter(Timestamp.class, ValueConverters::time);
    // One converter for both types: JDK 17 crashes where it archives classes, and two equal method
    // references give an interface of picocli, whose classes are too old for an archive.
    ITypeConverter<Integer> whole = ValueConverters::wholeNumber;
    line.registerConverter(int.class, whole);
    line.registerConverter(Integer.class, whole);
    ITypeConverter<Long> longer = ValueConverters::longNumber;
    line.registerConverter(long.class, longer);
    line.registerConverter(Long.class, longer);
    for (ArgSpec argument : line.getCommandSpec().args()) {
      for (Class<?> type : argument.typeInfo().getAuxiliaryTypes()) {
        if (type.isEnum()) {
          register(line, type);
        }
      }
    }
    line.getSubcommands().values().forEach(ValueConverters::register);
    return line;
  }

  private static <T> void register(CommandLine line, Class<T> type) {
    line.registerConverter(type, word -> value(type, word));
  }

  private static ByteString id(String text) {
    try {
      return ByteString.copyFrom(MessageId.parse(text).bytes());
    } catch (InvalidValue e) {
      throw refused(text, "is no id; valid are 32 hex digits, as commands print them");
    }
  }

  private static Integer wholeNumber(String text) {
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw refused(text, "is no whole number of at most 2147483647, such as 12");
    }
  }

  private static Long longNumber(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException e) {
      throw refused(text, "is no whole number, such as 12");
    }
  }

  /** A day, or a day and a time in UTC. */
  private static Timestamp time(String text) {
    try {
      Instant at =
          text.indexOf('T') < 0
              ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
              : Instant.parse(text);
      return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
    } catch (DateTimeException e) {
      throw refused(
          text,
          "is no time; valid is a day or a time in UTC, as in 2026-03-01 or 2026-03-01T08:00:00Z");
    }
  }

  /**
   * The value that a word names, in any case and without the prefix; a precedence also by number.
   */
  private static <T> T value(Class<T> type, String word) {
    if (type == Precedence.class && word.matches(STANAG_4406)) {
      return type.cast(Precedence.forNumber(Integer.parseInt(word) + 1));
    }
    String name = word.strip().toUpperCase(Locale.ROOT);
    Map<String, T> values =
        Arrays.stream(type.getEnumConstants())
            .filter(ValueConverters::isValid)
            .collect(
                Collectors.toMap(
                    ValueConverters::name, it -> it, (one, other) -> one, LinkedHashMap::new));
    T value = values.get(name);
    if (value == null) {
      throw refused(word, NameSuggestion.noneOf(name, values.keySet()));
    }
    return value;
  }

  private static String name(Object value) {
    return value instanceof ProtocolMessageEnum ofProto
        ? EnumNames.word(ofProto)
        : ((Enum<?>) value).name();
  }

  private static boolean isValid(Object value) {
    String name = ((Enum<?>) value).name();
    return !name.equals("UNRECOGNIZED") && !name.endsWith("_UNSPECIFIED");
  }

  static TypeConversionException refused(String value, String why) {
    return new TypeConversionException("'" + InvalidValue.printable(value) + "' " + why);
  }
}
