package org.entente.loadtests.scenario.action;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Values of the protocol's enums, written in files without the enum's prefix. */
public final class ScenarioEnums {
  private static final String UNSPECIFIED = "UNSPECIFIED";

  private ScenarioEnums() {}

  public static String of(EnumValueDescriptor constant) {
    String first = constant.getType().getValues().get(0).getName();
    return constant.getName().substring(first.length() - UNSPECIFIED.length());
  }

  /** All valid words. */
  public static Set<String> all(EnumDescriptor type) {
    Set<String> words = new TreeSet<>();
    for (EnumValueDescriptor constant : type.getValues()) {
      if (constant.getNumber() != 0) {
        words.add(of(constant));
      }
    }
    return words;
  }

  /**
   * The value of a word.
   *
   * @throws IllegalStateException if the word is invalid, which is checked before the run
   */
  public static EnumValueDescriptor value(EnumDescriptor type, String word) {
    Optional<EnumValueDescriptor> value =
        type.getValues().stream().filter(it -> of(it).equals(word)).findFirst();
    return value.orElseThrow(
        () -> new IllegalStateException("checked before: " + word + " of " + type.getName()));
  }
}
