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
 * The secret keys of a node, in a folder outside the ledger and outside its backups.
 *
 * <p><b>Files.</b> {@code entries} holds the secrets, each sealed under a day key; {@code days}
 * holds the day keys, under a passphrase where one is given ({@link Protection}). Both are
 * rewritten whole and replaced atomically, so that neither is ever half written; the bytes are in
 * {@link KeyFile} and {@link WrappedEntry}. Folder and files are for their owner only, and refused
 * if others may enter. {@code lock} keeps a second process out.
 *
 * <p><b>How long a secret lives.</b> An entry lives until its own expiry, or until it is destroyed.
 * A day key wraps on one UTC day: the first {@link #expire} of another day wraps the living entries
 * anew and destroys it. Whenever an entry goes, its day key goes too and the entries that shared it
 * are wrapped anew. So an old copy of {@code entries}, from a backup or a freed block, opens only
 * together with a copy of {@code days} of its own day: keep those apart, or keep no copies. What
 * has to outlive the node's disk (agency pair, signing keys) has its own escrow.
 *
 * <p><b>Order of writing.</b> First {@code days} with old and new keys, then {@code entries}, then
 * {@code days} without the old keys. A crash in between leaves day keys that nothing uses; opening
 * removes them. A change that has returned is on the disk. One that failed is undecided: the
 * keystore then takes no further change until opened again, and goes on reading.
 *
 * <p>Safe for use by many threads. Closed by whoever opened it, which wipes its memory; use after
 * that is a bug and ends in {@link IllegalStateException}.
 */
public final class Keystore implements AutoCloseable {
  private static final String LOCK = "lock";

  /** How a file of the folder is replaced. */
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
   * Opens the keystore in {@code folder}, making an empty one where there is none.
   *
   * @throws KeystoreFailure if it is damaged, locked, of a newer format, open to others, or the
   *     disk refuses
   */
  public static Keystore open(Path folder, InstantSource clock, SecureRandom random) {
    return open(folder, null, clock, random);
  }

  /**
   * The same with a passphrase. A keystore that has none yet is protected by it from now on.
   *
   * @param passphrase UTF-8, which the caller closes; null for none
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
   * Kinds of the keys in {@code folder}, for a look from outside: it takes no lock and no
   * passphrase, opens no key and changes nothing. None where there is no keystore.
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
          Kind.LOCKED, "the keystore " + folder.path("") + " is open elsewhere");
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
      throw new KeystoreFailure(Kind.DAMAGED, "the keystore has lost its file " + KeyFile.DAYS);
    }
    byte[] dayBytes = protection.unprotect(onDisk);
    NavigableMap<DayKeyId, SecretBytes> days = KeyFile.parseDays(dayBytes);
    Arrays.fill(dayBytes, (byte) 0);
    if (entries == null) {
      if (days.isEmpty()) {
        // A crash while it was begun.
        return begin(files, protection);
      }
      throw new KeystoreFailure(Kind.DAMAGED, "the keystore has lost its file " + KeyFile.ENTRIES);
    }
    KeyRing ring = KeyRing.open(KeyFile.parseEntries(entries), days);
    if (!ring.days().equals(days) || !protection.holds(onDisk)) {
      write(files, protection, ring.days());
      days.keySet().removeAll(ring.days().keySet());
      days.values().forEach(SecretBytes::close);
    }
    return ring;
  }

  /** The days first: entries without days are always damage. */
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
      throw new IllegalArgumentException(entry.name() + " is there already");
    }
    change(ring.with(entry.copy(), DayKeyId.dayOf(now), random));
  }

  /** A copy of the key of this name, which the caller closes; empty if none or expired. */
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
   * holds or opens it, nor does any old copy of {@code entries} together with them.
   *
   * @return what was erased, or empty if there was no such key
   * @throws KeystoreFailure if it could not be written; whether the key is gone is then undecided
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
   * Puts other secrets in the place of those of some keys, and destroys the old ones as {@link
   * #destroy} does, all in one writing of the files. Keys that are not there stay so.
   *
   * @param secrets by id; copied
   * @return ids of the keys that were there
   * @throws KeystoreFailure if it could not be written; which of the two is there is then undecided
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
   * Destroys what has expired at {@code now}, as {@link #destroy} does, and the day keys of other
   * days. To be called at least daily. A clock that is wrong towards the future destroys too early:
   * the caller checks it first.
   *
   * @return what was erased, by name
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
   * Protects the keystore by another passphrase, or by none. On return no file of it opens with the
   * old one; old copies of {@code days} still do.
   *
   * @param passphrase UTF-8, which the caller closes; null for none
   * @throws KeystoreFailure if it could not be written; which of the two holds is then undecided
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

  /** What the keystore holds, without the secrets. */
  public synchronized List<Description> describe() {
    requireOpen();
    return ring.entries().stream()
        .map(entry -> new Description(entry.kind(), entry.id(), entry.created(), entry.expires()))
        .toList();
  }

  /**
   * A key without its secret.
   *
   * @param expires when it ceases to be, or {@link KeyEntry#NEVER}
   */
  public record Description(KeyKind kind, String id, Instant created, Instant expires) {}

  private void change(KeyRing next) {
    if (failure != null) {
      throw new KeystoreFailure(
          Kind.FAILED_EARLIER, "the keystore must be opened again after a failure", failure);
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

  /** Wipes the secrets in memory and lets others open the folder; closing again does nothing. */
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
