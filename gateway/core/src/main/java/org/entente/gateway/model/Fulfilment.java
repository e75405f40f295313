package org.entente.gateway.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.entente.proto.v1.Obligation;

/**
 * Obligations that an agency's gateway can fulfil. Values that only a later release knows stay as
 * numbers, so that they are neither lost nor a reason for refusal. Immutable.
 *
 * @param stated whether the agency stated them itself; otherwise they are assumed
 * @param numbers numbers of {@link Obligation}, ascending, each once, from 1 to {@link #MAX_NUMBER}
 */
public record Fulfilment(boolean stated, List<Integer> numbers) {
  /** Most obligations that an agency can say it fulfils. */
  public static final int MAX_OBLIGATIONS = 64;

  /** Greatest number of an obligation. */
  public static final int MAX_NUMBER = 0xFFFF;

  /**
   * Obligations assumed of an agency that has stated none: numbers 1 to 4, whatever later releases
   * add.
   */
  public static final Fulfilment UNSTATED = new Fulfilment(false, List.of(1, 2, 3, 4));

  public Fulfilment {
    numbers = List.copyOf(numbers);
    if (!isAllowed(numbers)) {
      throw new IllegalArgumentException("not obligations: " + numbers);
    }
  }

  private static boolean isAllowed(List<Integer> numbers) {
    int before = 0;
    for (int number : numbers) {
      if (number <= before || number > MAX_NUMBER) {
        return false;
      }
      before = number;
    }
    return numbers.size() <= MAX_OBLIGATIONS;
  }

  /** All obligations of this release except those that the node's configuration excludes. */
  public static Fulfilment ofRelease(Set<Obligation> cannot) {
    return new Fulfilment(
        true,
        implemented()
            .filter(one -> !cannot.contains(one))
            .map(Obligation::getNumber)
            .sorted()
            .toList());
  }

  /** The obligations that this release implements. */
  public static Stream<Obligation> implemented() {
    return Stream.of(Obligation.values())
        .filter(one -> one != Obligation.UNRECOGNIZED && one != Obligation.OBLIGATION_UNSPECIFIED);
  }

  /** The given obligations that it lacks. */
  public List<Obligation> lacking(Collection<Obligation> obligations) {
    List<Obligation> lacking = new ArrayList<>();
    for (Obligation one : obligations) {
      if (one == Obligation.UNRECOGNIZED || !numbers.contains(one.getNumber())) {
        lacking.add(one);
      }
    }
    return lacking;
  }

  /** Text for people; an obligation unknown to this release appears as its number. */
  public String words() {
    String known =
        String.join(
            ", ",
            numbers.stream()
                .map(
                    number -> {
                      Obligation one = Obligation.forNumber(number);
                      return one == null ? "number " + number : EnumNames.word(one);
                    })
                .toList());
    String some = known.isEmpty() ? "none" : known;
    return stated ? some : some + " (assumed; the agency has stated none)";
  }

  /**
   * The obligations of a configuration.
   *
   * @param names as in agreements, such as {@code ONWARD_WITH_CONSENT}
   * @throws IllegalArgumentException if a name is unknown or repeated; the message says what is
   *     valid
   */
  public static Set<Obligation> parse(String field, List<String> names) {
    Set<Obligation> out = new TreeSet<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      Obligation one =
          EnumNames.parse(Obligation.getDescriptor(), name)
              .map(value -> Obligation.forNumber(value.getNumber()))
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          field
                              + " has \""
                              + InvalidValue.printable(name)
                              + "\"; valid: "
                              + NameSuggestion.oneOf(
                                  name, EnumNames.names(Obligation.getDescriptor()))));
      if (!out.add(one)) {
        throw new IllegalArgumentException(field + " has " + name + " twice");
      }
    }
    return out;
  }
}
