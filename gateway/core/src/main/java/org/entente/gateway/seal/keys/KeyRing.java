package org.entente.gateway.seal.keys;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.seal.keys.KeystoreFailure.Kind;

/**
 * Content of a keystore at one moment: wrapped entries and the day keys that wrap them.
 *
 * <p>Changes make another ring and do no I/O. A ring holds only the day keys that its entries use.
 * Rings share secrets: before dropping a ring, wipe the secrets that its successor lacks.
 */
final class KeyRing {
  /** An entry's content and its form on disk. */
  record HeldEntry(EntryContent content, WrappedEntry wrapped) {
    KeyFacts facts() {
      return wrapped.facts();
    }
  }

  private final NavigableMap<KeyName, HeldEntry> held;
  private final NavigableMap<DayKeyId, SecretBytes> days;

  private KeyRing(NavigableMap<KeyName, HeldEntry> held, NavigableMap<DayKeyId, SecretBytes> days) {
    this.held = held;
    Set<DayKeyId> used =
        held.values().stream().map(h -> h.wrapped().key()).collect(Collectors.toSet());
    this.days = new TreeMap<>(days);
    this.days.keySet().retainAll(used);
  }

  static KeyRing empty() {
    return new KeyRing(new TreeMap<>(), new TreeMap<>());
  }

  /**
   * Reads a ring from the two files.
   *
   * @throws KeystoreFailure if an entry's day key is gone or does not open it
   */
  static KeyRing open(
      NavigableMap<KeyName, WrappedEntry> entries, NavigableMap<DayKeyId, SecretBytes> days) {
    NavigableMap<KeyName, HeldEntry> held = new TreeMap<>();
    entries.forEach(
        (name, wrapped) -> {
          SecretBytes day = days.get(wrapped.key());
          if (day == null) {
            throw new KeystoreFailure(
                Kind.DAMAGED,
                "the day key of "
                    + name
                    + " is missing: the file entries is older than days, or not of this keystore");
          }
          EntryContent content =
              wrapped
                  .unwrap(day)
                  .orElseThrow(
                      () -> new KeystoreFailure(Kind.DAMAGED, "the entry " + name + " is damaged"));
          held.put(name, new HeldEntry(content, wrapped));
        });
    return new KeyRing(held, days);
  }

  Optional<HeldEntry> find(KeyName name) {
    return Optional.ofNullable(held.get(name));
  }

  List<HeldEntry> entries() {
    return List.copyOf(held.values());
  }

  /** The files that hold secrets, by name. */
  Set<String> files() {
    return held.values().stream()
        .flatMap(h -> Optional.ofNullable(h.content().file()).stream())
        .map(SecretFile::name)
        .collect(Collectors.toSet());
  }

  /** The keys of parts of a key's data. */
  Set<KeyName> partsOf(KeyName whole) {
    return held.keySet().stream().filter(name -> name.isPartOf(whole)).collect(Collectors.toSet());
  }

  Collection<WrappedEntry> wrapped() {
    return held.values().stream().map(HeldEntry::wrapped).toList();
  }

  NavigableMap<DayKeyId, SecretBytes> days() {
    return days;
  }

  /** A ring with further entries, wrapped under the day's key. */
  KeyRing with(Map<KeyFacts, EntryContent> entries, int today, SecureRandom random) {
    EntryRewrapper rewrapping = new EntryRewrapper(today, random, Set.of());
    NavigableMap<KeyName, HeldEntry> next = new TreeMap<>(held);
    entries.forEach((facts, content) -> next.put(facts.name(), rewrapping.wrap(facts, content)));
    return new KeyRing(next, rewrapping.days);
  }

  /** A ring without some entries and without every day key that wrapped one of them. */
  KeyRing without(Set<KeyName> gone, int today, SecureRandom random) {
    return replacing(gone, keysOf(gone), today, random);
  }

  /** A ring without expired entries, with all others wrapped under the current day's key. */
  KeyRing at(Instant now, SecureRandom random) {
    Set<KeyName> gone = expired(now);
    int today = DayKeyId.dayOf(now);
    Set<DayKeyId> retired = keysOf(gone);
    days.keySet().stream().filter(key -> key.day() != today).forEach(retired::add);
    return replacing(gone, retired, today, random);
  }

  Set<KeyName> expired(Instant now) {
    return held.values().stream()
        .filter(h -> h.facts().isExpired(now))
        .map(h -> h.facts().name())
        .collect(Collectors.toSet());
  }

  private Set<DayKeyId> keysOf(Set<KeyName> names) {
    Set<DayKeyId> keys = new HashSet<>();
    held.forEach(
        (name, h) -> {
          if (names.contains(name)) {
            keys.add(h.wrapped().key());
          }
        });
    return keys;
  }

  private KeyRing replacing(
      Set<KeyName> gone, Set<DayKeyId> retired, int today, SecureRandom random) {
    EntryRewrapper rewrapping = new EntryRewrapper(today, random, retired);
    NavigableMap<KeyName, HeldEntry> next = new TreeMap<>();
    held.forEach(
        (name, h) -> {
          if (!gone.contains(name)) {
            boolean stays = !retired.contains(h.wrapped().key());
            next.put(name, stays ? h : rewrapping.wrap(h.facts(), h.content()));
          }
        });
    return new KeyRing(next, rewrapping.days);
  }

  /** Day keys of this ring and of another, which open the entries of both. */
  NavigableMap<DayKeyId, SecretBytes> daysWith(KeyRing other) {
    NavigableMap<DayKeyId, SecretBytes> both = new TreeMap<>(days);
    both.putAll(other.days);
    return both;
  }

  /** Wipes the secrets that {@code next} lacks. */
  void wipeWhatLacksIn(KeyRing next) {
    held.forEach(
        (name, h) -> {
          HeldEntry kept = next.held.get(name);
          // Rings share secrets; a replaced secret is another object.
          if (kept == null || kept.content() != h.content()) {
            h.content().close();
          }
        });
    days.forEach(
        (id, key) -> {
          if (!next.days.containsKey(id)) {
            key.close();
          }
        });
  }

  /** Wraps entries under a day's key, made on first use. */
  private final class EntryRewrapper {
    private final NavigableMap<DayKeyId, SecretBytes> days;
    private final int today;
    private final SecureRandom random;

    EntryRewrapper(int today, SecureRandom random, Set<DayKeyId> retired) {
      this.days = new TreeMap<>(KeyRing.this.days);
      this.days.keySet().removeAll(retired);
      this.today = today;
      this.random = random;
    }

    HeldEntry wrap(KeyFacts facts, EntryContent content) {
      Map.Entry<DayKeyId, SecretBytes> day = dayKey();
      return new HeldEntry(
          content, WrappedEntry.wrap(facts, content, day.getKey(), day.getValue(), random));
    }

    private Map.Entry<DayKeyId, SecretBytes> dayKey() {
      for (Map.Entry<DayKeyId, SecretBytes> day : days.entrySet()) {
        if (day.getKey().day() == today) {
          return day;
        }
      }
      DayKeyId id = new DayKeyId(today, random.nextLong());
      SecretBytes key = SecretBytes.random(random, Aes256Gcm.KEY_BYTES);
      days.put(id, key);
      return Map.entry(id, key);
    }
  }
}
