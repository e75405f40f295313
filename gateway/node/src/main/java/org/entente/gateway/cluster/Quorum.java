package org.entente.gateway.cluster;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which other machines are, with this one, most of a cluster. While one joins, leaves, or takes the
 * place of another, that is most of the machines before and most of those after: what either has
 * can be found by either.
 *
 * @param before names of the other machines
 * @param after names of those that will be; the same while nothing changes
 */
record Quorum(Set<String> before, Set<String> after) {
  /** Copies the sets. */
  Quorum {
    before = Set.copyOf(before);
    after = Set.copyOf(after);
  }

  /** A cluster whose machines do not change. */
  static Quorum of(Collection<String> others) {
    return new Quorum(Set.copyOf(others), Set.copyOf(others));
  }

  /** One machine is about to take the place of another, or to join if that is empty. */
  Quorum replacing(String old, String next) {
    return new Quorum(
        before, Stream.concat(remaining(old), Stream.of(next)).collect(Collectors.toSet()));
  }

  /** One machine is about to leave. */
  Quorum without(String old) {
    return new Quorum(before, remaining(old).collect(Collectors.toSet()));
  }

  private Stream<String> remaining(String old) {
    return before.stream().filter(one -> !one.equals(old));
  }

  /** Whether this machine and those named are enough. */
  boolean isReachedWith(Collection<String> others) {
    return isMost(before, others, 1) && isMost(after, others, 1);
  }

  /** Whether those named are enough without this machine. */
  boolean isReachedBy(Collection<String> others) {
    return isMost(before, others, 0) && isMost(after, others, 0);
  }

  /** Whether whatever was enough includes this machine or one of those named. */
  boolean isMetBy(Collection<String> others) {
    Set<String> missing =
        before.stream().filter(one -> !others.contains(one)).collect(Collectors.toSet());
    return !isMost(before, missing, 0);
  }

  private static boolean isMost(Set<String> machines, Collection<String> some, int own) {
    long count = own + machines.stream().filter(some::contains).count();
    return count > (machines.size() + 1) / 2;
  }

  /** How many of the machines before are most of them, this one included. */
  int most() {
    return (before.size() + 1) / 2 + 1;
  }
}
