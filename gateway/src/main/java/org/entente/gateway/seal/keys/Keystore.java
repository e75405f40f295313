package org.entente.gateway.seal.keys;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.seal.keys.KeystoreFailure.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The secret keys of a node, in a folder outside the ledger and outside its backups.
 *
 * <p><b>Files.</b> {@code entries} holds the secrets, each sealed under a day key; {@code days}
 * holds the day keys. Both are rewritten whole and replaced atomically, so that neither is ever
 * half written; the bytes are in {@link KeyFile} and {@link WrappedEntry}. Folder and files are for
 * their owner only, and refused if others may enter. {@code lock} keeps a second process out.
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
  interface Replacing {
    void replace(String name, byte[] content) throws IOException;
  }

  private final InstantSource clock;
  private final SecureRandom random;
  private final FileChannel lock;
  private final Replacing files;
  private KeyRing ring;
  private @Nullable KeystoreFailure failure;
  private boolean closed;

  private Keystore(
      InstantSource clock, SecureRandom random, FileChannel lock, Replacing files, KeyRing ring) {
    this.clock = clock;
    this.random = random;
    this.lock = lock;
    this.files = files;
    this.ring = ring;
  }

  /**
   * Opens the keystore in {@code folder}, making an empty one where there is none.
   *
   * @throws KeystoreFailure if it is damaged, locked, of a newer format, open to others, or the
   *     disk refuses
   */
  public static Keystore open(Path folder, InstantSource clock, SecureRandom random) {
    try {
      PrivateFolder opened = PrivateFolder.open(folder);
      return open(opened, clock, random, opened::replace);
    } catch (IOException e) {
      throw failure("opening " + folder, e);
    }
  }

  static Keystore open(
      PrivateFolder folder, InstantSource clock, SecureRandom random, Replacing files)
      throws IOException {
    FileChannel lock = lock(folder);
    boolean opened = false;
    try {
      Keystore keystore = new Keystore(clock, random, lock, files, read(folder, files));
      opened = true;
      return keystore;
    } finally {
      if (!opened) {
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

  private static KeyRing read(PrivateFolder folder, Replacing files) throws IOException {
    folder.removeUnfinished(KeyFile.DAYS);
    folder.removeUnfinished(KeyFile.ENTRIES);
    byte[] dayBytes = folder.read(KeyFile.DAYS);
    byte[] entries = folder.read(KeyFile.ENTRIES);
    if (dayBytes == null && entries == null) {
      return begin(files);
    }
    if (dayBytes == null) {
      throw new KeystoreFailure(Kind.DAMAGED, "the keystore has lost its file " + KeyFile.DAYS);
    }
    NavigableMap<DayKeyId, SecretBytes> days = KeyFile.parseDays(dayBytes);
    Arrays.fill(dayBytes, (byte) 0);
    if (entries == null) {
      if (days.isEmpty()) {
        // A crash while it was begun.
        return begin(files);
      }
      throw new KeystoreFailure(Kind.DAMAGED, "the keystore has lost its file " + KeyFile.ENTRIES);
    }
    KeyRing ring = KeyRing.open(KeyFile.parseEntries(entries), days);
    if (!ring.days().equals(days)) {
      write(files, ring.days());
      days.keySet().removeAll(ring.days().keySet());
      days.values().forEach(SecretBytes::close);
    }
    return ring;
  }

  /** The days first: entries without days are always damage. */
  private static KeyRing begin(Replacing files) throws IOException {
    KeyRing ring = KeyRing.empty();
    write(files, ring.days());
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

  private void change(KeyRing next) {
    if (failure != null) {
      throw new KeystoreFailure(
          Kind.FAILED_EARLIER, "the keystore must be opened again after a failure", failure);
    }
    try {
      NavigableMap<DayKeyId, SecretBytes> both = ring.daysWith(next);
      if (!both.equals(ring.days())) {
        write(files, both);
      }
      files.replace(KeyFile.ENTRIES, KeyFile.encodeEntries(next.wrapped()));
      if (!both.equals(next.days())) {
        write(files, next.days());
      }
    } catch (IOException e) {
      failure = failure("writing", e);
      throw failure;
    }
    KeyRing before = ring;
    ring = next;
    before.wipeWhatLacksIn(next);
  }

  private static void write(Replacing files, NavigableMap<DayKeyId, SecretBytes> days)
      throws IOException {
    byte[] bytes = KeyFile.encodeDays(days);
    try {
      files.replace(KeyFile.DAYS, bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
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
    try {
      lock.close();
    } catch (IOException e) {
      throw failure("closing", e);
    }
  }
}
