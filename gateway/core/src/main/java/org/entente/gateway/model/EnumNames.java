package org.entente.gateway.model;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.ProtocolMessageEnum;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Names of enum values in agreements and reasons: without the prefix of the protos, such as {@code
 * IPR} for {@code CATEGORY_IPR}.
 */
public final class EnumNames {
  /** A cache, since every message needs names; bounded by the number of values in the protos. */
  private static final Map<EnumValueDescriptor, String> WORDS = new ConcurrentHashMap<>();

  private EnumNames() {}

  /** The name of a value. */
  public static String word(ProtocolMessageEnum value) {
    return ((Enum<?>) value).name().equals("UNRECOGNIZED")
        ? "UNRECOGNIZED"
        : word(value.getValueDescriptor());
  }

  public static String word(EnumValueDescriptor value) {
    return WORDS.computeIfAbsent(value, EnumNames::withoutPrefix);
  }

  private static String withoutPrefix(EnumValueDescriptor value) {
    String prefix = prefix(value.getType());
    String name = value.getName();
    return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
  }

  /** The names of values, separated by commas, in the order of their numbers. */
  public static String words(Collection<? extends ProtocolMessageEnum> values) {
    return values.stream()
        .sorted((a, b) -> Integer.compare(a.getNumber(), b.getNumber()))
        .map(EnumNames::word)
        .collect(Collectors.joining(", "));
  }

  /** All names of an enum except "unspecified". */
  public static String all(EnumDescriptor type) {
    return String.join(", ", names(type));
  }

  /** All names of an enum except "unspecified", in the order of the protos. */
  public static List<String> names(EnumDescriptor type) {
    return type.getValues().stream()
        .filter(value -> value.getNumber() != 0)
        .map(EnumNames::word)
        .toList();
  }

  /** The value with a name; never "unspecified". */
  public static Optional<EnumValueDescriptor> parse(EnumDescriptor type, String word) {
    return type.getValues().stream()
        .filter(value -> value.getNumber() != 0 && word(value).equals(word))
        .findFirst();
  }

  private static String prefix(EnumDescriptor type) {
    return type.getName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT) + "_";
  }
}
