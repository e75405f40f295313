package org.entente.gateway.feature.attachment;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.store.Store;

/**
 * Copies of attachments beside the backups of the ledger. A file that two backups hold is there
 * once, since a complete file never changes. Copies are sealed like the files: without the key in
 * the ledger they tell nothing. Who writes the medium of the backups may put links there: none is
 * followed. For one thread.
 */
public final class AttachmentCopies {
  private static final String FOLDER = "attachments";
  private static final String LIST = "backup-";
  private static final Pattern FINISHED_LIST = Pattern.compile(LIST + "([0-9]{1,9})");
  private static final String UNFINISHED = ".copying";
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path files;
  private final AttachmentFolder live;
  private final Path copies;

  /**
   * The copies of a folder.
   *
   * @param files {@code attachments.folder}
   * @param backups {@code backup.folder}
   */
  public AttachmentCopies(Path files, Path backups) {
    this.files = files;
    this.live = new AttachmentFolder(files);
    this.copies = backups.resolve(FOLDER);
  }

  /**
   * Adds what a backup needs, durably, and removes what no backup needs any more. To be called when
   * the ledger has been copied: each file that the copy names is then there, unless it is over.
   *
   * @param number of the backup
   * @param kept numbers of all backups, this one included
   * @throws IOException if a folder cannot be read or written; earlier copies are unharmed
   */
  public void add(int number, Set<Integer> kept) throws IOException {
    Files.createDirectories(
        copies, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    requireNoLink(copies);
    // First, as the disk may have no room for further files otherwise.
    prune(kept, spared(number, kept));
    List<String> names = new ArrayList<>();
    for (String name : live.names()) {
      if (copied(files.resolve(name), copies.resolve(name))) {
        names.add(name);
      }
    }
    Path unfinished = copies.resolve(LIST + number + UNFINISHED);
    Files.deleteIfExists(unfinished);
    Files.write(
        unfinished, names, US_ASCII, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    sync(unfinished);
    Files.move(unfinished, list(number), StandardCopyOption.ATOMIC_MOVE);
    sync(copies);
    prune(kept, Set.of());
  }

  /** What this backup is about to need, and the newest copy as long as no kept backup has one. */
  private Set<String> spared(int number, Set<Integer> kept) throws IOException {
    Set<String> spared = new HashSet<>(live.names());
    boolean copied = kept.stream().anyMatch(one -> one != number && has(one));
    if (!copied) {
      Optional<Integer> newest = newestList();
      if (newest.isPresent()) {
        spared.addAll(names(newest.get()));
        spared.add(LIST + newest.get());
      }
    }
    return spared;
  }

  private Optional<Integer> newestList() throws IOException {
    try (Stream<Path> all = Files.list(copies)) {
      return all.map(path -> FINISHED_LIST.matcher(String.valueOf(path.getFileName())))
          .filter(Matcher::matches)
          .map(list -> Integer.valueOf(list.group(1)))
          .max(Comparator.naturalOrder());
    }
  }

  /** Puts a copy in place unless one of this length is there; false if the file is gone. */
  private static boolean copied(Path from, Path to) throws IOException {
    try {
      requireFile(from);
      if (isFile(to) && Files.size(to) >= Files.size(from)) {
        return true;
      }
      Path unfinished = to.resolveSibling(to.getFileName() + UNFINISHED);
      Files.copy(from, unfinished, StandardCopyOption.REPLACE_EXISTING, LinkOption.NOFOLLOW_LINKS);
      // Another process may have put a link there since.
      requireFile(unfinished);
      sync(unfinished);
      Files.move(unfinished, to, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (NoSuchFileException e) {
      // It was removed meanwhile, with its record.
      return false;
    }
  }

  private static boolean isFile(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static void requireFile(Path path) throws IOException {
    BasicFileAttributes found =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    requireNoLink(path);
    if (!found.isRegularFile()) {
      throw new IOException(path + " is no file; remove it");
    }
  }

  private static void requireNoLink(Path path) throws IOException {
    if (Files.isSymbolicLink(path)) {
      throw new IOException(path + " is a symbolic link, which may lead anywhere; remove it");
    }
  }

  private static void sync(Path path) throws IOException {
    StandardOpenOption how =
        Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
    try (FileChannel channel = FileChannel.open(path, how)) {
      channel.force(true);
    }
  }

  private Path list(int number) {
    return copies.resolve(LIST + number);
  }

  private void prune(Set<Integer> kept, Set<String> spared) throws IOException {
    Set<String> needed = new HashSet<>(spared);
    for (int number : kept) {
      needed.addAll(names(number));
      needed.add(LIST + number);
    }
    try (var all = Files.list(copies)) {
      for (Path one : all.toList()) {
        if (!needed.contains(String.valueOf(one.getFileName()))) {
          Files.delete(one);
        }
      }
    }
  }

  private List<String> names(int number) throws IOException {
    // A backup of a time without attachments has no list.
    if (!Files.exists(list(number), LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    requireFile(list(number));
    return Files.readAllLines(list(number), US_ASCII);
  }

  /** Whether a backup has a copy of all attachments of its time: none if copying them failed. */
  public boolean has(int number) {
    return isFile(list(number));
  }

  /**
   * What is wrong with the copies of a backup; empty if nothing is. Reads all of them: a later
   * backup keeps a copy that is there, and a medium changes bytes without a word.
   *
   * @param ledger the ledger of this backup, which says what the files were; no key is needed
   * @throws IOException if one cannot be read
   */
  public Optional<String> fault(int number, Store ledger) throws IOException {
    Set<String> listed = new HashSet<>(names(number));
    List<String> damaged = new ArrayList<>();
    AttachmentTable.complete(
        ledger,
        (name, sha256) -> {
          // A file that was over when the ledger had been copied is not listed.
          if (listed.contains(name) && !sha256.equals(hash(copies.resolve(name)))) {
            damaged.add(name);
          }
        });
    return damaged.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "%s is damaged or missing, and %d more: remove each that attachments.folder has, and"
                    .formatted(copies.resolve(damaged.get(0)), damaged.size() - 1)
                + " the next backup copies it again");
  }

  /** The hash of a file; empty if it is not there. */
  private static ByteString hash(Path copy) throws IOException {
    if (!isFile(copy)) {
      return ByteString.EMPTY;
    }
    Sha256 digest = new Sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(copy, LinkOption.NOFOLLOW_LINKS)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return ByteString.copyFrom(digest.digest());
  }

  /**
   * What was restored.
   *
   * @param restored number of files
   * @param missing names of files whose copy is missing; what {@code attachments.folder} has of
   *     them stays
   */
  public record Restoration(int restored, List<String> missing) {
    public Restoration {
      missing = List.copyOf(missing);
    }
  }

  /**
   * Restores files of a backup that are missing or shorter, durably. If it {@link #has} no copy,
   * the files of the newest copy are restored: that is what is left.
   *
   * @throws IOException if a folder or a copy cannot be read or written
   */
  public Restoration restore(int number) throws IOException {
    List<String> names = restorable(number);
    if (names.isEmpty()) {
      return new Restoration(0, List.of());
    }
    live.make();
    int restored = 0;
    List<String> missing = new ArrayList<>();
    for (String name : names) {
      Path file = files.resolve(AttachmentFolder.checked(name));
      long before = Files.exists(file) ? Files.size(file) : 0;
      if (!copied(copies.resolve(name), file)) {
        missing.add(name);
      } else if (Files.size(file) > before) {
        restored++;
      }
    }
    live.sync();
    return new Restoration(restored, missing);
  }

  private List<String> restorable(int number) throws IOException {
    requireNoLink(copies);
    if (has(number) || !Files.isDirectory(copies)) {
      return names(number);
    }
    Optional<Integer> newest = newestList();
    return newest.isPresent() ? names(newest.get()) : List.of();
  }
}
