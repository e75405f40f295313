package org.entente.gateway.cluster;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.store.LogPosition;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksReplica;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.StoreFailure.Kind;

/**
 * Where a node keeps its copy of the store, and how another node's copy takes its place.
 *
 * <pre>
 * data            the copy in use
 * data.receiving  a copy that is being received; worth nothing
 * data.received   a whole copy, synced; takes the place of data at the next opening
 * data.sending-n  a copy that is being sent
 * </pre>
 *
 * <p>A copy is renamed to {@code received} only when all of it is on disk. A crash before leaves
 * the old copy in use, one after the new copy. Opening removes whatever else is left.
 */
final class ReplicaFolder {
  private final Path data;
  private final RocksOptions options;
  private int sendings;

  ReplicaFolder(Path data, RocksOptions options) {
    this.data = data.toAbsolutePath().normalize();
    this.options = options;
  }

  /**
   * Opens the copy: the received one if there is one, else the present one, else an empty one.
   *
   * @throws StoreFailure if it cannot be opened
   */
  RocksReplica open() {
    try {
      Path received = beside("received");
      delete(beside("receiving"));
      if (Files.isDirectory(received)) {
        delete(data);
        move(received, data);
      }
    } catch (IOException e) {
      throw failure("cannot take the received copy", e);
    }
    return RocksReplica.open(data, options);
  }

  /** An empty folder, for its owner only, to receive a copy into. */
  Path newReceiving() throws IOException {
    Path receiving = beside("receiving");
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
    Path received = beside("received");
    delete(received);
    move(receiving, received);
    return position;
  }

  /** A folder that does not exist yet, for a copy to send. */
  synchronized Path nextSending() {
    sendings++;
    return beside("sending-" + sendings);
  }

  /** Removes what a crash left of copies that were being sent. */
  void clearSendings() throws IOException {
    Path parent = parent();
    if (!Files.isDirectory(parent)) {
      return;
    }
    try (var left = Files.newDirectoryStream(parent, data.getFileName() + ".sending-*")) {
      for (Path one : left) {
        delete(one);
      }
    }
  }

  private Path beside(String what) {
    return parent().resolve(data.getFileName() + "." + what);
  }

  private Path parent() {
    Path parent = data.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(data + " is no folder for a store");
    }
    return parent;
  }

  private static StoreFailure failure(String what, IOException e) {
    return new StoreFailure(Kind.IO, what + ": " + e.getMessage(), e);
  }

  private void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    force(parent());
  }

  private static void sync(Path folder) throws IOException {
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
