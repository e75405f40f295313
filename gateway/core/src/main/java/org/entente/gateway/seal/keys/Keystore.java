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
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.seal.keys.KeystoreFailure.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Store of a node's secret keys, in a folder outside the ledger and outside its backups.
 *
 * <p><b>Files.</b> {@code entries} holds the secrets, each sealed under a day key; {@code days}
 * holds the day keys, optionally under a passphrase ({@link Protection}). A long secret of a kind
 * that grows lies in a {@link SecretFile} of its own, and {@code entries} holds only its key, name
 * and hash, so that a change of one such secret does not write the others again. {@code entries}
 * and {@code days} are rewritten whole and replaced atomically, so that neither is ever half
 * written; {@link KeyFile} and {@link WrappedEntry} describe the bytes. Only their owner may access
 * folder and files; otherwise the keystore refuses to open. {@code lock} keeps a second process
 * out.
 *
 * <p><b>How long a secret lives.</b> An entry lives until its own expiry, or until it is destroyed.
 * A day key wraps on one UTC day: the first {@link #expire} of another day wraps the living entries
 * again and destroys it. Destroying or replacing an entry destroys its day key too, after the other
 * entries under that key are wrapped again. So an old copy of {@code entries}, from a backup or a
 * freed block, opens only together with a copy of {@code days} of its own day: keep those copies
 * separate, or keep none. An old copy of a secret's own file opens only together with both. Keys
 * that must outlive the node's disk (agency pair, signing keys) have their own escrow.
 *
 * <p><b>Order of writing.</b> First the new files of secrets, synced; then {@code days} with old
 * and new keys, {@code entries}, and {@code days} without the old keys; then the old files of
 * secrets are removed. A crash in between leaves unused day keys or files; opening removes them. A
 * change is on the disk when its call returns. A failed change may or may not be: before the next
 * one, or at {@link #mend}, the keystore writes the entries in force again. Until that succeeds it
 * accepts no change, but still reads.
 *
 * <p><b>Copies.</b> The nodes of a cluster keep the same secrets, each in its own keystore under
 * its own day keys: {@link KeyMirror} is told of each change of the leader's, {@link #follow} makes
 * it in the others'.
 *
 * <p>Safe for use by many threads. The opener closes it, which wipes its memory; later use is a bug
 * and throws {@link IllegalStateException}.
 */
public final class Keystore implements AutoCloseable {
  private static final String LOCK = "lock";

  private InstantSource clock;
  private final SecureRandom random;
  private final FileChannel lock;
  private final PrivateFolder folder;
  private final KeyFileWriter files;
  private Protection protection;
  private KeyRing ring;
  private @Nullable KeystoreFailure failure;
  private @Nullable KeyMirror mirror;
  private boolean closed;

  private Keystore(
      InstantSource clock,
      SecureRandom random,
      FileChannel lock,
      PrivateFolder folder,
      KeyFileWriter files,
      Protection protection,
      KeyRing ring) {
    this.clock = clock;
    this.random = random;
    this.lock = lock;
    this.folder = folder;
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
      return open(opened, passphrase, clock, random, opened);
    } catch (IOException e) {
      throw failure("opening " + folder, e);
    }
  }

  /**
   * Requires that a start could read the keystore in {@code folder}, if there is one. For
   * inspection beside a running gateway: takes no lock and changes nothing.
   *
   * @throws KeystoreFailure if it is damaged, of a newer format, open to others, or protected by
   *     another passphrase
   */
  public static void requireReadable(
      Path folder, @Nullable SecretBytes passphrase, SecureRandom random) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Protection protection = Protection.by(passphrase, random)) {
      byte[] days = PrivateFolder.open(folder).read(KeyFile.DAYS);
      if (days != null) {
        Arrays.fill(protection.unprotect(days), (byte) 0);
      }
    } catch (IOException e) {
      throw failure("reading " + folder, e);
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
      KeyFileWriter files)
      throws IOException {
    FileChannel lock = lock(folder);
    Protection protection = Protection.by(passphrase, random);
    boolean opened = false;
    try {
      KeyRing ring = read(folder, files, protection);
      Keystore keystore = new Keystore(clock, random, lock, folder, files, protection, ring);
      opened = true;
      return keystore;
    } finally {
      if (!opened) {
        protection.close();
        lock.close();
      }
    }
  }

  /** The folder of its files; what lies there in addition is lost and restored with the keys. */
  public Path folder() {
    return folder.path("");
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

  private static KeyRing read(PrivateFolder folder, KeyFileWriter files, Protection protection)
      throws IOException {
    folder.removeUnfinished(KeyFile.DAYS);
    folder.removeUnfinished(KeyFile.ENTRIES);
    byte[] onDisk = folder.read(KeyFile.DAYS);
    byte[] entries = folder.read(KeyFile.ENTRIES);
    if (onDisk == null && entries == null) {
      return begin(folder, files, protection);
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
        return begin(folder, files, protection);
      }
      throw new KeystoreFailure(Kind.DAMAGED, "the keystore lacks its file " + KeyFile.ENTRIES);
    }
    KeyRing ring = KeyRing.open(KeyFile.parseEntries(entries), days);
    for (KeyRing.HeldEntry held : ring.entries()) {
      secret(folder, held).close();
    }
    if (!ring.days().equals(days) || !protection.holds(onDisk)) {
      write(files, protection, ring.days());
      days.keySet().removeAll(ring.days().keySet());
      days.values().forEach(SecretBytes::close);
    }
    removeUnnamed(folder, files, ring);
    return ring;
  }

  /** Removes files of secrets that a crash left; no entry opens them. */
  private static void removeUnnamed(PrivateFolder folder, KeyFileWriter files, KeyRing ring)
      throws IOException {
    Set<String> unnamed = new TreeSet<>(folder.secretFiles());
    unnamed.removeAll(ring.files());
    remove(files, unnamed);
  }

  private static void remove(KeyFileWriter files, Set<String> names) throws IOException {
    for (String name : names) {
      files.delete(name);
    }
    if (!names.isEmpty()) {
      files.sync();
    }
  }

  /** A copy of an entry's secret, which the caller closes. */
  private static SecretBytes secret(PrivateFolder folder, KeyRing.HeldEntry held)
      throws IOException {
    SecretFile file = held.content().file();
    if (file == null) {
      return SecretBytes.takeOver(held.content().secret().reveal());
    }
    byte[] content = folder.read(file.name());
    if (content == null) {
      throw new KeystoreFailure(
          Kind.DAMAGED,
          "the keystore lacks the file " + file.name() + " of " + held.facts().name());
    }
    return file.open(held.content().secret(), content)
        .orElseThrow(
            () ->
                new KeystoreFailure(
                    Kind.DAMAGED,
                    "the keystore's file "
                        + file.name()
                        + " of "
                        + held.facts().name()
                        + " is damaged"));
  }

  private KeyEntry entry(KeyRing.HeldEntry held) {
    KeyFacts facts = held.facts();
    try {
      return new KeyEntry(
          facts.name().kind(),
          facts.name().id(),
          facts.created(),
          facts.expires(),
          secret(folder, held));
    } catch (IOException e) {
      throw failure("reading", e);
    }
  }

  /** Writes days first: entries without days always mean damage. */
  private static KeyRing begin(PrivateFolder folder, KeyFileWriter files, Protection protection)
      throws IOException {
    KeyRing ring = KeyRing.empty();
    removeUnnamed(folder, files, ring);
    write(files, protection, ring.days());
    files.replace(KeyFile.ENTRIES, KeyFile.encodeEntries(ring.wrapped()));
    return ring;
  }

  /** Tells time by another clock from now on, such as one that does not follow a jump. */
  public synchronized void tellTimeBy(InstantSource other) {
    clock = other;
  }

  /** The time by which keys are added, used and listed. */
  public synchronized Instant now() {
    return clock.instant();
  }

  /** Tells {@code other} of each further change, which may refuse it; see {@link KeyMirror}. */
  public synchronized void mirrorTo(KeyMirror other) {
    mirror = other;
  }

  /** Whether other machines follow this keystore, or may have its keys. */
  public synchronized boolean isMirrored() {
    return mirror != null;
  }

  /**
   * Makes a change of another keystore here too, in one change of the files: puts keys, replacing
   * those of their names, and destroys others as {@link #destroy} does. No mirror is told.
   *
   * @param put closed by the caller
   * @param gone those of them that are not here are passed over
   * @throws KeystoreFailure as {@link #replace}
   */
  public synchronized void follow(Collection<KeyEntry> put, Collection<KeyDescription> gone) {
    requireOpen();
    Set<KeyName> names = new HashSet<>();
    for (KeyDescription one : gone) {
      KeyName name = one.name();
      if (ring.find(name).isPresent()) {
        names.addAll(ring.partsOf(name));
        names.add(name);
      }
    }
    if (!put.isEmpty() || !names.isEmpty()) {
      store(put, names, Telling.NOBODY);
    }
  }

  /**
   * Nodes that have not confirmed that they made all changes so far; none without a mirror. Waits
   * as long as the mirror does, and meanwhile lets others change the keystore.
   */
  public List<String> unconfirmed() {
    KeyMirror told;
    synchronized (this) {
      requireOpen();
      told = mirror;
    }
    return told == null ? List.of() : told.unconfirmed();
  }

  /**
   * Requires that no node still has what was destroyed here.
   *
   * @throws KeystoreFailure naming the nodes that have not confirmed it
   */
  public void requireConfirmed() {
    List<String> missing = unconfirmed();
    if (!missing.isEmpty()) {
      throw new KeystoreFailure(
          Kind.IO,
          "keys are destroyed here, but these nodes have not confirmed that they destroyed theirs: "
              + String.join(", ", missing)
              + "; start them, or have two officers attest that the keystores of those that left"
              + " are destroyed (`entente cluster attest-destroyed`)");
    }
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
    store(List.of(entry), Set.of(), Telling.MIRROR);
  }

  /** A copy of a key, which the caller closes; empty if there is none or it has expired. */
  public synchronized Optional<KeyEntry> get(KeyKind kind, String id) {
    requireOpen();
    Instant now = clock.instant();
    return ring.find(new KeyName(kind, id))
        .filter(held -> !held.facts().isExpired(now))
        .map(this::entry);
  }

  /** The same of a key that is still in the files, although it may have expired. */
  public synchronized Optional<KeyEntry> getUndestroyed(KeyKind kind, String id) {
    requireOpen();
    return ring.find(new KeyName(kind, id)).map(this::entry);
  }

  /** Copies of all living keys of a kind, by id, which the caller closes. */
  public synchronized List<KeyEntry> list(KeyKind kind) {
    requireOpen();
    Instant now = clock.instant();
    return ring.entries().stream()
        .filter(held -> held.facts().name().kind() == kind && !held.facts().isExpired(now))
        .map(this::entry)
        .toList();
  }

  /**
   * Destroys a key together with the day key that wrapped it, and the keys of its parts. On return
   * no file of the keystore holds or opens it, not even with an old copy of {@code entries}.
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
    Set<KeyName> gone = new HashSet<>(ring.partsOf(name));
    gone.add(name);
    announce(List.of(), gone);
    change(ring.without(gone, DayKeyId.dayOf(now), random), List.of());
    announced();
    return Optional.of(new Erasure(kind, id, now));
  }

  /**
   * Adds keys or replaces those of their names, with one change of the files. Destroys each secret
   * that is replaced as {@link #destroy} does, expired ones too.
   *
   * @param entries closed by the caller
   * @throws KeystoreFailure if it could not be written; either secrets may be stored then
   */
  public synchronized void replace(Collection<KeyEntry> entries) {
    requireOpen();
    if (!entries.isEmpty()) {
      store(entries, Set.of(), Telling.MIRROR);
    }
  }

  /** Whether the mirror is told of a change. */
  private enum Telling {
    MIRROR,
    NOBODY
  }

  private void store(Collection<KeyEntry> entries, Set<KeyName> gone, Telling telling) {
    if (telling == Telling.MIRROR) {
      announce(entries, gone);
    }
    int today = DayKeyId.dayOf(clock.instant());
    Set<KeyName> replaced =
        entries.stream()
            .map(KeyEntry::name)
            .filter(name -> ring.find(name).isPresent())
            .collect(Collectors.toCollection(HashSet::new));
    replaced.addAll(gone);
    Map<KeyFacts, EntryContent> contents = new LinkedHashMap<>();
    List<SecretFile.Unwritten> unwritten = new ArrayList<>();
    for (KeyEntry entry : entries) {
      if (EntryContent.isForFile(entry)) {
        SecretFile.Unwritten file = SecretFile.seal(entry.secret(), random);
        unwritten.add(file);
        contents.put(KeyFacts.of(entry), EntryContent.of(file));
      } else {
        contents.put(KeyFacts.of(entry), EntryContent.of(entry.secret()));
      }
    }
    KeyRing kept = replaced.isEmpty() ? ring : ring.without(replaced, today, random);
    change(kept.with(contents, today, random), unwritten);
    if (telling == Telling.MIRROR) {
      announced();
    }
  }

  /** Tells the mirror before anything changes here. */
  private void announce(Collection<KeyEntry> put, Set<KeyName> gone) {
    KeyMirror told = mirror;
    if (told == null) {
      return;
    }
    mend();
    try {
      told.change(List.copyOf(put), describe(gone));
    } catch (IOException e) {
      throw failure("copying to other nodes", e);
    }
  }

  private void announced() {
    KeyMirror told = mirror;
    if (told == null) {
      return;
    }
    try {
      told.changed();
    } catch (IOException e) {
      throw failure("noting a change", e);
    }
  }

  private List<KeyDescription> describe(Set<KeyName> names) {
    return describe().stream().filter(key -> names.contains(key.name())).toList();
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
    if (!erased.isEmpty()) {
      announce(List.of(), ring.expired(now));
    }
    KeyRing next = ring.at(now, random);
    if (!erased.isEmpty() || !next.days().equals(ring.days())) {
      change(next, List.of());
    }
    if (!erased.isEmpty()) {
      announced();
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
  public synchronized List<KeyDescription> describe() {
    requireOpen();
    return ring.entries().stream()
        .map(KeyRing.HeldEntry::facts)
        .map(
            facts ->
                new KeyDescription(
                    facts.name().kind(), facts.name().id(), facts.created(), facts.expires()))
        .toList();
  }

  private void change(KeyRing next, List<SecretFile.Unwritten> unwritten) {
    mend();
    Set<String> old = new TreeSet<>(ring.files());
    old.removeAll(next.files());
    try {
      write(next, unwritten);
      KeyRing before = ring;
      ring = next;
      before.wipeWhatLacksIn(next);
      remove(files, old);
    } catch (IOException e) {
      failure = failure("writing", e);
      throw failure;
    }
  }

  /** Why the last change failed, while the files may differ from the entries in force. */
  public synchronized Optional<KeystoreFailure> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * Makes the files those of the entries in force, if a change has failed; otherwise does nothing.
   *
   * @throws KeystoreFailure with {@link Kind#FAILED_EARLIER} if they still cannot be written
   */
  public synchronized void mend() {
    requireOpen();
    KeystoreFailure earlier = failure;
    if (earlier == null) {
      return;
    }
    try {
      rewrite();
      failure = null;
    } catch (IOException | KeystoreFailure e) {
      throw new KeystoreFailure(
          Kind.FAILED_EARLIER,
          "the keystore accepts no change: " + e.getMessage() + "; first: " + earlier.getMessage(),
          earlier);
    }
  }

  /**
   * Writes all files again. Whichever entries are on the disk, the day keys on it open them; they
   * stay until the entries in force have replaced these.
   */
  private void rewrite() throws IOException {
    folder.removeUnfinished(KeyFile.DAYS);
    folder.removeUnfinished(KeyFile.ENTRIES);
    byte[] onDisk = folder.read(KeyFile.DAYS);
    if (onDisk == null) {
      throw new KeystoreFailure(Kind.DAMAGED, "the keystore lacks its file " + KeyFile.DAYS);
    }
    byte[] dayBytes = protection.unprotect(onDisk);
    NavigableMap<DayKeyId, SecretBytes> days = KeyFile.parseDays(dayBytes);
    Arrays.fill(dayBytes, (byte) 0);
    try {
      NavigableMap<DayKeyId, SecretBytes> both = new TreeMap<>(days);
      both.putAll(ring.days());
      write(files, protection, both);
      files.replace(KeyFile.ENTRIES, KeyFile.encodeEntries(ring.wrapped()));
      write(files, protection, ring.days());
      removeUnnamed(folder, files, ring);
    } finally {
      days.values().forEach(SecretBytes::close);
    }
  }

  private void write(KeyRing next, List<SecretFile.Unwritten> unwritten) throws IOException {
    for (SecretFile.Unwritten secret : unwritten) {
      files.create(secret.file().name(), secret.content());
    }
    if (!unwritten.isEmpty()) {
      files.sync();
    }
    NavigableMap<DayKeyId, SecretBytes> both = ring.daysWith(next);
    if (!both.equals(ring.days())) {
      write(files, protection, both);
    }
    files.replace(KeyFile.ENTRIES, KeyFile.encodeEntries(next.wrapped()));
    if (!both.equals(next.days())) {
      write(files, protection, next.days());
    }
  }

  private static void write(
      KeyFileWriter files, Protection protection, NavigableMap<DayKeyId, SecretBytes> days)
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
