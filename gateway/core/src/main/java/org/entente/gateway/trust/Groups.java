package org.entente.gateway.trust;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.entente.gateway.model.InvalidValue;

/**
 * Named groups of jurisdictions, such as {@code EU} or {@code RILO-WE}; they nest and overlap.
 *
 * <p>A name of two letters could be mistaken for a state, so only the codes that ISO 3166-1
 * reserves for blocs or for users may name a group. A group that contains itself, even indirectly,
 * is refused. Immutable.
 */
final class Groups {
  /** Most groups in a bundle. */
  static final int MAX_GROUPS = 256;

  private static final int MAX_ENTRIES = 512;
  private static final Pattern NAME = Pattern.compile("[A-Z][A-Z0-9-]{1,31}");
  private static final Pattern CODE = Pattern.compile("[A-Z]{2}");
  private static final Pattern BLOC = Pattern.compile("EU|EZ|UN|AA|Q[M-Z]|X[A-Z]|ZZ");

  private final Map<String, NavigableSet<String>> jurisdictions;

  private Groups(Map<String, NavigableSet<String>> jurisdictions) {
    this.jurisdictions = jurisdictions;
  }

  /**
   * Resolves groups to the jurisdictions in them.
   *
   * @throws InvalidValue for a bad name, an entry that is neither a jurisdiction nor a group, or a
   *     cycle
   */
  static Groups resolve(Map<String, List<String>> named) {
    if (named.size() > MAX_GROUPS) {
      throw new InvalidValue("a bundle has at most " + MAX_GROUPS + " groups", "" + named.size());
    }
    named.forEach((name, entries) -> check(name, entries, named.keySet()));
    Map<String, NavigableSet<String>> resolved = new TreeMap<>();
    Deque<String> path = new ArrayDeque<>();
    named.keySet().forEach(name -> resolve(name, named, resolved, path));
    return new Groups(Collections.unmodifiableMap(resolved));
  }

  private static void check(String name, List<String> entries, Set<String> groups) {
    boolean stateLike = CODE.matcher(name).matches() && !BLOC.matcher(name).matches();
    if (!NAME.matcher(name).matches() || stateLike) {
      throw new InvalidValue(
          "a group's name has 2 to 32 characters of A-Z 0-9 and - and is not a country code", name);
    }
    if (entries.size() > MAX_ENTRIES || Set.copyOf(entries).size() != entries.size()) {
      throw new InvalidValue("a group has at most " + MAX_ENTRIES + " entries, none twice", name);
    }
    for (String entry : entries) {
      if (!groups.contains(entry) && !CODE.matcher(entry).matches()) {
        throw new InvalidValue(
            "group " + name + " holds two-letter jurisdictions and groups of this bundle", entry);
      }
    }
  }

  /** The number of groups bounds the depth, since a path never has a name twice. */
  private static NavigableSet<String> resolve(
      String name,
      Map<String, List<String>> named,
      Map<String, NavigableSet<String>> resolved,
      Deque<String> path) {
    NavigableSet<String> known = resolved.get(name);
    if (known != null) {
      return known;
    }
    if (path.contains(name)) {
      throw new InvalidValue("a group does not contain itself", name);
    }
    path.push(name);
    NavigableSet<String> all = new TreeSet<>();
    for (String entry : named.getOrDefault(name, List.of())) {
      if (named.containsKey(entry)) {
        all.addAll(resolve(entry, named, resolved, path));
      } else {
        all.add(entry);
      }
    }
    path.pop();
    NavigableSet<String> fixed = Collections.unmodifiableNavigableSet(all);
    resolved.put(name, fixed);
    return fixed;
  }

  /** Names of all groups. */
  Set<String> names() {
    return jurisdictions.keySet();
  }

  /** Jurisdictions in a group, nested groups resolved; none for an unknown name. */
  NavigableSet<String> jurisdictionsIn(String group) {
    return jurisdictions.getOrDefault(group, Collections.emptyNavigableSet());
  }
}
