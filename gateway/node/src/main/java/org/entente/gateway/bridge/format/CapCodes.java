package org.entente.gateway.bridge.format;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import java.util.Locale;
import java.util.Map;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Certainty;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Severity;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.Urgency;

/**
 * Maps CAP's code words to the enum values of {@code entente.v1}, which are named by these words in
 * upper case after the name of the enum.
 */
public final class CapCodes {
  /** The CAP category closest to ours; those not listed become Security. */
  private static final Map<Category, String> CATEGORIES =
      Map.of(
          Category.CATEGORY_HAZARDOUS, "Safety",
          Category.CATEGORY_WILDLIFE, "Env",
          Category.CATEGORY_WASTE, "Env",
          Category.CATEGORY_TRAFFICKING, "Rescue",
          Category.CATEGORY_PUBLIC_WARNING, "Safety",
          Category.CATEGORY_OTHER, "Other");

  private CapCodes() {}

  public static Status status(String word) {
    return Status.forNumber(number(Status.getDescriptor(), word));
  }

  public static MessageType messageType(String word) {
    return MessageType.forNumber(number(MessageType.getDescriptor(), word));
  }

  public static Severity severity(String word) {
    return Severity.forNumber(number(Severity.getDescriptor(), word));
  }

  public static Urgency urgency(String word) {
    return Urgency.forNumber(number(Urgency.getDescriptor(), word));
  }

  /** CAP 1.1's deprecated "Very Likely" is read as "Likely", following its section 3.2.2. */
  public static Certainty certainty(String word) {
    String known = word.equals("Very Likely") ? "Likely" : word;
    return Certainty.forNumber(number(Certainty.getDescriptor(), known));
  }

  public static String category(Category category) {
    return CATEGORIES.getOrDefault(category, "Security");
  }

  /** The word for a value, or the given word for an unspecified or unknown value. */
  public static String word(EnumValueDescriptor value, String unspecified) {
    if (value.getNumber() <= 0) {
      return unspecified;
    }
    String name = value.getName().substring(prefix(value.getType()).length());
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  private static int number(EnumDescriptor type, String word) {
    EnumValueDescriptor value = type.findValueByName(prefix(type) + word.toUpperCase(Locale.ROOT));
    if (value == null) {
      throw new IllegalArgumentException("CapForm must not accept " + word);
    }
    return value.getNumber();
  }

  /** {@code MESSAGE_TYPE_} for {@code MessageType}. */
  static String prefix(EnumDescriptor type) {
    return type.getName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT) + "_";
  }
}
