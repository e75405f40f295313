package org.entente.gateway.cluster;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.seal.keys.KeyDescription;
import org.entente.gateway.seal.keys.KeyKind;

/**
 * What makes the keys of one node those of another.
 *
 * @param put keys that the one lacks, or has with another secret or another end
 * @param gone keys that only the one has
 */
record KeyDifference(List<KeyDescription> put, List<KeyDescription> gone) {
  private record Name(KeyKind kind, String id) {
    static Name of(KeyNode.Print print) {
      return new Name(print.key().kind(), print.key().id());
    }
  }

  /** What changes {@code from} into {@code to}. */
  static KeyDifference between(List<KeyNode.Print> from, List<KeyNode.Print> to) {
    Set<KeyNode.Print> held = Set.copyOf(from);
    Set<Name> wanted = to.stream().map(Name::of).collect(Collectors.toSet());
    return new KeyDifference(
        to.stream().filter(one -> !held.contains(one)).map(KeyNode.Print::key).toList(),
        from.stream()
            .filter(one -> !wanted.contains(Name.of(one)))
            .map(KeyNode.Print::key)
            .toList());
  }

  /** Keys of {@code other} that {@code own} has under the same name with another secret. */
  static List<KeyDescription> conflicts(List<KeyNode.Print> own, List<KeyNode.Print> other) {
    Map<Name, String> hashes = new HashMap<>();
    own.forEach(one -> hashes.put(Name.of(one), one.hash()));
    return other.stream()
        .filter(one -> !hashes.getOrDefault(Name.of(one), one.hash()).equals(one.hash()))
        .map(KeyNode.Print::key)
        .toList();
  }
}
