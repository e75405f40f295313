package org.entente.gateway.seal.keys;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.seal.keys.KeystoreFailure.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Store of a node's secret keys, in a folder outside the ledger and outside its backups.
 *
 * <p><b>Files.</b> {@code entries} holds the secrets, each sealed under a day key; {@code days}
 * holds the day keys, optionally under a passphrase ({@link Protection}). Both are rewritten whole
 * and replaced atomically, so that neither is ever half written; {@link KeyFile} and {@link
 * WrappedEntry} describe the bytes. Only their owner may access folder and files; otherwise the
 * keystore refuses to open. {@code lock} keeps a second process out.
 *
 * <p><b>How long a secret lives.</b> An entry lives until its own expiry, or until it is destroyed.
 * A day key wraps on one UTC day: the first {@link #expire} of another day wraps the living entries
 * again and destroys it. Destroying an entry destroys its day key too, after the other entries
 * under that key are wrapped again. So an old copy of {@code entries}, from a backup or a freed
 * block, opens only together with a copy of {@code days} of its own day: keep those copies
 * separate, or keep none. Keys that must outlive the node's disk (agency pair, signing keys) have
 * their own escrow.
 *
 * <p><b>Order of writing.</b> First {@code days} with old and new keys, then {@code entries}, then
 * {@code days} without the old keys. A crash in between leaves unused day keys; opening removes
 * them. A change is on the disk when its call returns. A failed change may or may not be: the
 * keystore then accepts no further change until opened again, but still reads.
 *
 * <p>Safe for use by many threads. The opener closes it, which wipes its memory; later use is a bug
 * and throws {@link IllegalStateException}.
 */
public final class Keystore implements AutoCloseable {
  private static final String LOCK = "lock";

  /** Replacement of a file of the folder. */
  @FunctionalInterface
  interface FileReplacement {
    void replace(String name, byte[] content) throws IOException;
  }

  private final InstantSource clock;
  private final SecureRandom random;
  private final FileChannel lock;
  private final FileReplacement files;
  private Protection protection;
  private KeyRing ring;
  private @Nullable KeystoreFailure failure;
  private boolean closed;

  private Keystore(
      InstantSource clock,
      SecureRandom random,
      FileChannel lock,
      FileReplacement files,
      Protection protection,
      KeyRing ring) {
    this.clock = clock;
    this.random = random;
    this.lock = lock;
    this.files = files;
    this.protection = protection;
    this.ring = ring;
  }

  /**
   * Opens the keystore in {@code folder}, or makes an empty one.
   *
   * @throws KeystoreFailure if it is damaged, locked, of a newer format, open to others, or the
   *     disk refuses
   */
  public static Keystore open(Path folder, InstantSource clock, SecureRandom random) {
    return open(folder, null, clock, random);
  }

  /**
   * The same with a passphrase. A keystore without a passphrase is protected by this one from then
   * on.
   *
   * @param passphrase UTF-8, closed by the caller; null for none
   * @throws KeystoreFailure also with {@link Kind#PASSPHRASE}
   */
  public static Keystore open(
      Path folder, @Nullable SecretBytes passphrase, InstantSource clock, SecureRandom random) {
    try {
      PrivateFolder opened = PrivateFolder.open(folder);
      return open(opened, passphrase, clock, random, opened::replace);
    } catch (IOException e) {
      throw failure("opening " + folder, e);
    }
  }

  /**
   * Kinds of the keys in {@code folder}, for inspection without lock or passphrase. Opens no key
   * and changes nothing. None if there is no keystore.
   *
   * @throws KeystoreFailure if it is damaged, of a newer format, or cannot be read
   */
  public static Set<KeyKind> kindsIn(Path folder) {
    try {
      Path entries = folder.resolve(KeyFile.ENTRIES);
      Set<KeyKind> kinds = EnumSet.noneOf(KeyKind.class);
      if (Files.exists(entries)) {
        KeyFile.parseEntries(Files.readAllBytes(entries))
            .keySet()
            .forEach(name -> kinds.add(name.kind()));
      }
      return kinds;
    } catch (IOException e) {
      throw failure("reading " + folder, e);
    }
  }

  static Keystore open(
      PrivateFolder folder,
      @Nullable SecretBytes passphrase,
      InstantSource clock,
      SecureRandom random,
      FileReplacement files)
      throws IOException {
    FileChannel lock = lock(folder);
    Protection protection = Protection.by(passphrase, random);
    boolean opened = false;
    try {
      KeyRing ring = read(folder, files, protection);
      Keystore keystore = new Keystore(clock, random, lock, files, protection, ring);
      opened = true;
      return keystore;
    } finally {
      if (!opened) {
        protection.close();
        lock.close();
      }
    }
  }

  private static FileChannel lock(PrivateFolder folder) throws IOException {
    FileChannel channel = folder.channel(LOCK);
    @Nullable FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw new KeystoreFailure(
          Kind.LOCKED, "the keystore " + folder.path("") + " is already open");
    }
    return channel;
  }

  private static KeyRing read(PrivateFolder folder, FileReplacement files, Protection protection)
      throws IOException {
    folder.removeUnfinished(KeyFile.DAYS);
    folder.removeUnfinished(KeyFile.ENTRIES);
    byte[] onDisk = folder.read(KeyFile.DAYS);
    byte[] entries = folder.read(KeyFile.ENTRIES);
    if (onDisk == null && entries == null) {
      return begin(files, protection);
    }
    if (onDisk == null) {
      throw new KeystoreFailure(Kind.DAMAGED, "the keystore lacks its file " + KeyFile.DAYS);
    }
    byte[] dayBytes = protection.unprotect(onDisk);
    NavigableMap<DayKeyId, SecretBytes> days = KeyFile.parseDays(dayBytes);
    Arrays.fill(dayBytes, (byte) 0);
    if (entries == null) {
      if (days.isEmpty()) {
        // A crash while the keystore was being created.
        return begin(files, protection);
      }
      throw new KeystoreFailure(Kind.DAMAGED, "the keystore lacks its file " + KeyFile.ENTRIES);
    }
    KeyRing ring = KeyRing.open(KeyFile.parseEntries(entries), days);
    if (!ring.days().equals(days) || !protection.holds(onDisk)) {
      write(files, protection, ring.days());
      days.keySet().removeAll(ring.days().keySet());
      days.values().forEach(SecretBytes::close);
    }
    return ring;
  }

  /** Writes days first: entries without days always mean damage. */
  private static KeyRing begin(FileReplacement files, Protection protection) throws IOException {
    KeyRing ring = KeyRing.empty();
    write(files, protection, ring.days());
    files.replace(KeyFile.ENTRIES, KeyFile.encodeEntries(ring.wrapped()));
    return ring;
  }

  /**
   * Adds a key. The keystore keeps a copy; the caller closes its own.
   *
   * @throws IllegalArgumentException if the entry has expired or its name is taken: a key is never
   *     replaced
   * @throws KeystoreFailure if it could not be written
   */
  public synchronized void put(KeyEntry entry) {
    requireOpen();
    Instant now = clock.instant();
    if (entry.isExpired(now)) {
      throw new IllegalArgumentException(entry.name() + " has expired");
    }
    if (ring.find(entry.name()).isPresent()) {
      throw new IllegalArgumentException(entry.name() + " already exists");
    }
    change(ring.with(entry.copy(), DayKeyId.dayOf(now), random));
  }

  /** A copy of a key, which the caller closes; empty if there is none or it has expired. */
  public synchronized Optional<KeyEntry> get(KeyKind kind, String id) {
    requireOpen();
    Instant now = clock.instant();
    return ring.find(new KeyName(kind, id))
        .filter(entry -> !entry.isExpired(now))
        .map(KeyEntry::copy);
  }

  /** Copies of all living keys of a kind, by id, which the caller closes. */
  public synchronized List<KeyEntry> list(KeyKind kind) {
    requireOpen();
    Instant now = clock.instant();
    return ring.entries().stream()
        .filter(entry -> entry.kind() == kind && !entry.isExpired(now))
        .map(KeyEntry::copy)
        .toList();
  }

  /**
   * Destroys a key together with the day key that wrapped it. On return no file of the keystore
   * holds or opens it, not even with an old copy of {@code entries}.
   *
   * @return the erasure, or empty if there was no such key
   * @throws KeystoreFailure if it could not be written; the key may or may not be gone then
   */
  public synchronized Optional<Erasure> destroy(KeyKind kind, String id) {
    requireOpen();
    KeyName name = new KeyName(kind, id);
    if (ring.find(name).isEmpty()) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    change(ring.without(Set.of(name), DayKeyId.dayOf(now), random));
    return Optional.of(new Erasure(kind, id, now));
  }

  /**
   * Replaces the secrets of some keys, and destroys the old ones as {@link #destroy} does, with one
   * write of the files. Ignores keys that do not exist.
   *
   * @param secrets by id; copied
   * @return ids of the replaced keys
   * @throws KeystoreFailure if it could not be written; either secret may be stored then
   */
  public synchronized Set<String> replace(KeyKind kind, Map<String, SecretBytes> secrets) {
    requireOpen();
    Instant now = clock.instant();
    List<KeyEntry> replacing = new ArrayList<>();
    secrets.forEach(
        (id, secret) ->
            ring.find(new KeyName(kind, id))
                .filter(old -> !old.isExpired(now))
                .map(
                    old ->
                        new KeyEntry(
                            kind,
                            id,
                            old.created(),
                            old.expires(),
                            SecretBytes.takeOver(secret.reveal())))
                .ifPresent(replacing::add));
    if (replacing.isEmpty()) {
      return Set.of();
    }
    int today = DayKeyId.dayOf(now);
    Set<KeyName> names = replacing.stream().map(KeyEntry::name).collect(Collectors.toSet());
    KeyRing next = ring.without(names, today, random);
    for (KeyEntry entry : replacing) {
      next = next.with(entry, today, random);
    }
    change(next);
    return replacing.stream().map(KeyEntry::id).collect(Collectors.toSet());
  }

  /**
   * Destroys the entries that have expired at {@code now}, as {@link #destroy} does, and the day
   * keys of other days. Call it at least daily. A clock that is ahead destroys too early: the
   * caller checks it first.
   *
   * @return the erasures, by name
   * @throws KeystoreFailure as {@link #destroy}
   */
  public synchronized List<Erasure> expire(Instant now) {
    requireOpen();
    List<Erasure> erased =
        ring.expired(now).stream()
            .sorted()
            .map(name -> new Erasure(name.kind(), name.id(), now))
            .toList();
    KeyRing next = ring.at(now, random);
    if (!erased.isEmpty() || !next.days().equals(ring.days())) {
      change(next);
    }
    return erased;
  }

  /**
   * Protects the keystore with another passphrase, or with none. On return the old one opens no
   * file of the keystore; it still opens old copies of {@code days}.
   *
   * @param passphrase UTF-8, closed by the caller; null for none
   * @throws KeystoreFailure if it could not be written; either passphrase may apply then
   */
  public synchronized void protect(@Nullable SecretBytes passphrase) {
    requireOpen();
    Protection next = Protection.by(passphrase, random);
    try {
      write(files, next, ring.days());
    } catch (IOException e) {
      next.close();
      failure = failure("writing", e);
      throw failure;
    }
    protection.close();
    protection = next;
  }

  /** The entries without their secrets. */
  public synchronized List<Description> describe() {
    requireOpen();
    return ring.entries().stream()
        .map(entry -> new Description(entry.kind(), entry.id(), entry.created(), entry.expires()))
        .toList();
  }

  /**
   * A key without its secret.
   *
   * @param expires when it ends, or {@link KeyEntry#NEVER}
   */
  public record Description(KeyKind kind, String id, Instant created, Instant expires) {}

  private void change(KeyRing next) {
    if (failure != null) {
      throw new KeystoreFailure(
          Kind.FAILED_EARLIER,
          "the keystore must be opened again after an earlier failure",
          failure);
    }
    try {
      NavigableMap<DayKeyId, SecretBytes> both = ring.daysWith(next);
      if (!both.equals(ring.days())) {
        write(files, protection, both);
      }
      files.replace(KeyFile.ENTRIES, KeyFile.encodeEntries(next.wrapped()));
      if (!both.equals(next.days())) {
        write(files, protection, next.days());
      }
    } catch (IOException e) {
      failure = failure("writing", e);
      throw failure;
    }
    KeyRing before = ring;
    ring = next;
    before.wipeWhatLacksIn(next);
  }

  private static void write(
      FileReplacement files, Protection protection, NavigableMap<DayKeyId, SecretBytes> days)
      throws IOException {
    byte[] bytes = KeyFile.encodeDays(days);
    byte[] onDisk = protection.protect(bytes);
    try {
      files.replace(KeyFile.DAYS, onDisk);
    } finally {
      Arrays.fill(bytes, (byte) 0);
      Arrays.fill(onDisk, (byte) 0);
    }
  }

  private static KeystoreFailure failure(String doing, IOException cause) {
    return new KeystoreFailure(Kind.IO, "the keystore: " + doing + ": " + cause, cause);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the keystore is closed");
    }
  }

  /** Wipes the secrets in memory and releases the folder; closing again does nothing. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    ring.wipeWhatLacksIn(KeyRing.empty());
    protection.close();
    try {
      lock.close();
    } catch (IOException e) {
      throw failure("closing", e);
    }
  }
}
