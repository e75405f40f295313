package org.entente.gateway.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.entente.proto.v1.Obligation;

/**
 * Which obligations an agency's gateway can fulfil. Values that a later release knows stay as
 * numbers, so that nothing of what an agency says is lost or a reason to refuse it. Immutable.
 *
 * @param stated whether the agency says so itself; otherwise its release is from before that
 * @param numbers numbers of {@link Obligation}, ascending, each once, from 1 to {@link #MAX_NUMBER}
 */
public record Fulfilment(boolean stated, List<Integer> numbers) {
  /** Most obligations that an agency can say it fulfils. */
  public static final int MAX_OBLIGATIONS = 64;

  /** The greatest number that one can have. */
  public static final int MAX_NUMBER = 0xFFFF;

  /**
   * What an agency is taken to fulfil that says nothing: the obligations of releases from before
   * this was said, neither more nor fewer, whatever later ones add.
   */
  public static final Fulfilment UNSTATED = new Fulfilment(false, List.of(1, 2, 3, 4));

  public Fulfilment {
    numbers = List.copyOf(numbers);
    if (!isAllowed(numbers)) {
      throw new IllegalArgumentException("not obligations: " + numbers);
    }
  }

  /** Whether a list is one of obligations as this class holds them. */
  public static boolean isAllowed(List<Integer> numbers) {
    int before = 0;
    for (int number : numbers) {
      if (number <= before || number > MAX_NUMBER) {
        return false;
      }
      before = number;
    }
    return numbers.size() <= MAX_OBLIGATIONS;
  }

  /** All that this release implements, less what the node's configuration says it cannot. */
  public static Fulfilment ofRelease(Set<Obligation> cannot) {
    return new Fulfilment(
        true,
        implemented()
            .filter(one -> !cannot.contains(one))
            .map(Obligation::getNumber)
            .sorted()
            .toList());
  }

  /** What this release implements. */
  public static Stream<Obligation> implemented() {
    return Stream.of(Obligation.values())
        .filter(one -> one != Obligation.UNRECOGNIZED && one != Obligation.OBLIGATION_UNSPECIFIED);
  }

  /** Those of some obligations that it does not have. */
  public List<Obligation> lacking(Collection<Obligation> obligations) {
    List<Obligation> lacking = new ArrayList<>();
    for (Obligation one : obligations) {
      if (one == Obligation.UNRECOGNIZED || !numbers.contains(one.getNumber())) {
        lacking.add(one);
      }
    }
    return lacking;
  }

  /** As people read it; what this release does not know stands as its number. */
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
    return stated ? some : some + " (it says nothing; its release is from before that)";
  }

  /**
   * The obligations of a configuration.
   *
   * @param names as agreements' documentation writes them, such as {@code ONWARD_WITH_CONSENT}
   * @throws IllegalArgumentException naming what is wrong and what would be valid
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
                              + EnumNames.all(Obligation.getDescriptor())));
      if (!out.add(one)) {
        throw new IllegalArgumentException(field + " has " + name + " twice");
      }
    }
    return out;
  }
}
