package org.entente.gateway.cluster;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.store.LogPosition;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksReplica;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.StoreFailure.Kind;

/**
 * Where a node keeps its copy of the store, and how another node's copy takes its place.
 *
 * <pre>
 * data/copy       the copy in use
 * data/receiving  a copy that is being received; worth nothing
 * data/received   a whole copy, synced; takes the place of the copy at the next opening
 * data/sending-n  a copy that is being sent
 * data/alone      a whole ledger for this machine alone, while `cluster end` puts it into data
 * </pre>
 *
 * <p>A copy is renamed to {@code received} only when all of it is on disk. A crash before leaves
 * the old copy in use, one after the new copy. Opening removes whatever else is left. The folder
 * itself is never replaced, so that a disk may be mounted there.
 */
final class ReplicaFolder {
  /** Names all other files of a ledger: without it there is none. */
  static final String CURRENT = "CURRENT";

  private static final String RECEIVED = "received";

  private final Path data;
  private final RocksOptions options;
  private int sendings;

  ReplicaFolder(Path data, RocksOptions options) {
    this.data = data.toAbsolutePath().normalize();
    this.options = options;
  }

  /** The copy in use of a node that keeps its copies in {@code data}. */
  static Path copyIn(Path data) {
    return data.resolve("copy");
  }

  /** Where the ledger for a machine alone is, while it is put into the folder itself. */
  static Path aloneIn(Path data) {
    return data.resolve("alone");
  }

  /** Whether the folder itself holds the ledger of a machine alone. */
  static boolean holdsLedger(Path data) {
    return Files.exists(data.resolve(CURRENT));
  }

  /** Whether the folder holds the copy of a node, and not the ledger of a machine alone. */
  static boolean holdsCopy(Path data) {
    return !holdsLedger(data)
        && (Files.isDirectory(copyIn(data)) || Files.isDirectory(data.resolve(RECEIVED)));
  }

  /** The command that was begun and is to be repeated; empty if none is. */
  static Optional<String> unfinished(Path data) {
    if (holdsLedger(data)) {
      return Optional.empty();
    }
    if (Files.isDirectory(aloneIn(data)) && !Files.isDirectory(copyIn(data))) {
      return Optional.of("`entente cluster end` was interrupted: repeat it");
    }
    return Files.isDirectory(data.resolve(RECEIVED)) && !filesIn(data).isEmpty()
        ? Optional.of("`entente cluster init` was interrupted: repeat it")
        : Optional.empty();
  }

  /** The files that lie in the folder itself: those of the ledger of a machine alone. */
  static List<Path> filesIn(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw failure("cannot list " + folder, e);
    }
  }

  /**
   * Opens the copy: the received one if there is one, else the present one, else an empty one.
   *
   * @throws StoreFailure if it cannot be opened, or a machine alone used the folder
   */
  RocksReplica open() {
    unfinished(data)
        .ifPresent(
            why -> {
              throw new StoreFailure(Kind.OTHER_FORMAT, data + ": " + why, null);
            });
    if (RocksStore.isIn(data)) {
      throw new StoreFailure(
          Kind.OTHER_FORMAT,
          data
              + " holds the ledger of a machine alone; `entente cluster init` makes it that of a"
              + " cluster of one; a machine that joins another cluster begins with an empty folder",
          null);
    }
    Path copy = copyIn(data);
    try {
      Path received = inside(RECEIVED);
      delete(inside("receiving"));
      // An interrupted `cluster end` that was not repeated: the copy still counts.
      delete(aloneIn(data));
      if (Files.isDirectory(received)) {
        delete(copy);
        move(received, copy);
      }
    } catch (IOException e) {
      throw failure("cannot take the received copy", e);
    }
    return RocksReplica.open(copy, options);
  }

  /** Where a whole copy is until the next opening. */
  Path receivedCopy() {
    return inside(RECEIVED);
  }

  /** An empty folder, for its owner only, to receive a copy into. */
  Path newReceiving() throws IOException {
    Path receiving = inside("receiving");
    delete(receiving);
    PrivateFiles.folder(receiving);
    return receiving;
  }

  /**
   * Makes a received copy the one that the next opening takes. On return that is durable.
   *
   * @param least the index that it must have reached
   * @return the position of the copy
   * @throws IOException if it has not
   * @throws StoreFailure if it is no copy of this release's format
   */
  LogPosition received(Path receiving, long least) throws IOException {
    LogPosition position;
    try (RocksReplica copy = RocksReplica.open(receiving, options)) {
      position = copy.position();
    }
    if (position.index() < least) {
      throw new IOException("a copy up to " + position.index() + "; needed is " + least);
    }
    sync(receiving);
    Path received = inside(RECEIVED);
    delete(received);
    move(receiving, received);
    return position;
  }

  /** A folder that does not exist yet, for a copy to send. */
  synchronized Path nextSending() {
    sendings++;
    return inside("sending-" + sendings);
  }

  /** Removes what a crash left of copies that were being sent. */
  void clearSendings() throws IOException {
    if (!Files.isDirectory(data)) {
      return;
    }
    try (var left = Files.newDirectoryStream(data, "sending-*")) {
      for (Path one : left) {
        delete(one);
      }
    }
  }

  private Path inside(String what) {
    return data.resolve(what);
  }

  private static StoreFailure failure(String what, IOException e) {
    return new StoreFailure(Kind.IO, what + ": " + e.getMessage(), e);
  }

  private void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    force(data);
  }

  /** Makes a folder durable with all files in it. */
  static void sync(Path folder) throws IOException {
    try (var files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        force(file);
      }
    }
    force(folder);
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Removes a folder with all it holds, if it is there. */
  static void delete(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      PrivateFiles.clear(folder);
      Files.delete(folder);
    }
  }
}
