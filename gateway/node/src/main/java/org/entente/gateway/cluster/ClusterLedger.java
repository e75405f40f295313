package org.entente.gateway.cluster;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
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
 * The ledger of a stopped machine, which becomes that of a cluster of one, or that of a machine
 * alone again. The caller holds the keystore, so that no gateway runs.
 *
 * <p>A ledger is moved, never deleted, and one rename decides which one counts:
 *
 * <pre>
 * begin  data/received             a copy of the ledger, with the id of the cluster, is made
 *        data/CURRENT              goes to data/ledger-before-ID: from now on the copy counts
 *        data/*                    all other files of the ledger follow it
 * end    data/alone                a ledger is made of the copy
 *        data/copy                 becomes data/copy-of-ID: from now on data/alone counts
 *        data/alone/*              all files but CURRENT go to data; the log and the marks go
 *        data/alone/CURRENT        goes to data
 * </pre>
 *
 * <p>What is made is on disk before that rename, and made again by a repetition before it. After it
 * a repetition goes on where the last one stopped, and no gateway starts until it is done.
 */
public final class ClusterLedger {
  /** The two operations on the disk after each of which everything may end. */
  interface Disk {
    /** Renames a file or a folder atomically. */
    void rename(Path from, Path to) throws IOException;

    /** Makes the names in a folder durable. */
    void sync(Path folder) throws IOException;
  }

  private static final Disk OF_THIS_MACHINE =
      new Disk() {
        @Override
        public void rename(Path from, Path to) throws IOException {
          Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void sync(Path folder) throws IOException {
          try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
          }
        }
      };

  private final ClusterSettings.Folders folders;
  private final Path data;
  private final Path copy;
  private final Path alone;
  private final Path keyTag;
  private final RocksOptions options;
  private final ReplicaFolder folder;
  private final Disk disk;

  /**
   * The ledger in the folders of a machine.
   *
   * @param keystore its folder
   */
  public ClusterLedger(ClusterSettings.Folders folders, Path keystore, RocksOptions options) {
    this(folders, keystore, options, OF_THIS_MACHINE);
  }

  ClusterLedger(ClusterSettings.Folders folders, Path keystore, RocksOptions options, Disk disk) {
    this.folders = folders;
    this.options = options;
    this.disk = disk;
    data = folders.data().toAbsolutePath().normalize();
    copy = ReplicaFolder.copyIn(data);
    alone = ReplicaFolder.aloneIn(data);
    keyTag = keystore.resolve(NodeKeys.FILE);
    folder = new ReplicaFolder(data, options);
  }

  /**
   * Makes the ledger of a machine alone that of a cluster of this machine. May be repeated until
   * the machine has started.
   *
   * @param machine the name of this machine in the cluster
   * @return the id of the cluster
   * @throws StoreFailure saying what is in the way, or which disk failed
   */
  public String begin(String machine, SecureRandom random) {
    try {
      if (ReplicaFolder.holdsLedger(data)) {
        requireNothingOfACluster();
        // Left by `end`, which moved all of it: it would say that this was interrupted.
        ReplicaFolder.delete(alone);
        ClusterId id = ClusterId.random(random, machine);
        makeCopy(id);
        Path before = before(id);
        PrivateFiles.folder(before);
        disk.sync(data);
        move(List.of(data.resolve(ReplicaFolder.CURRENT)), data, before);
      }
      ClusterId id = begun(machine);
      move(ReplicaFolder.filesIn(data), data, before(id));
      folder.open().close();
      return id.id();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private Path before(ClusterId id) {
    return data.resolve("ledger-before-" + id.id());
  }

  /** With a log or a mark of an earlier cluster the machine would not start. */
  private void requireNothingOfACluster() throws IOException {
    if (Files.isDirectory(copy)) {
      throw refused(data + " holds a ledger and the copy of one: move the one away that is older");
    }
    List<Path> logs = logs();
    if (!logs.isEmpty()) {
      throw refused("cluster.log: found " + logs.get(0) + ofAnEarlierOne());
    }
    for (Path mark : List.of(folders.mark(), folders.keyMark())) {
      if (Files.exists(mark)) {
        throw refused("cluster.mark: found " + mark + ofAnEarlierOne());
      }
    }
  }

  private static String ofAnEarlierOne() {
    return "; if it is of an earlier cluster, of which no machine runs any more, move it away";
  }

  /** The logs that Ratis keeps, each in a folder of its own; a disk may have other folders. */
  private List<Path> logs() throws IOException {
    if (!Files.isDirectory(folders.log())) {
      return List.of();
    }
    try (Stream<Path> inside = Files.list(folders.log())) {
      return inside.filter(one -> Files.isDirectory(one.resolve("current"))).sorted().toList();
    }
  }

  private void makeCopy(ClusterId id) throws IOException {
    if (Files.exists(keyTag)) {
      // Terms begin anew. The file stays: it says that this keystore is one of a cluster.
      KeyTag.START.keep(keyTag);
    }
    Path receiving = folder.newReceiving();
    Files.delete(receiving);
    try (RocksStore ledger = RocksStore.open(data, options)) {
      RocksReplica.create(ledger, receiving, options, id.put());
    }
    folder.received(receiving, LogPosition.OF_A_LEDGER.index());
  }

  /** The id of a ledger that has become that of a cluster of this machine, which did not start. */
  private ClusterId begun(String machine) {
    if (!ReplicaFolder.holdsCopy(data)) {
      throw refused(data + " holds no ledger: mount its disk, or start the gateway once alone");
    }
    Path received = folder.receivedCopy();
    Path made = Files.isDirectory(received) ? received : copy;
    try (RocksReplica replica = RocksReplica.open(made, options)) {
      Optional<ClusterId> id =
          ClusterId.of(replica.store()).filter(it -> it.first().equals(machine));
      if (id.isEmpty() || !replica.position().equals(LogPosition.OF_A_LEDGER)) {
        throw refused(made + " is the ledger of a cluster already");
      }
      return id.get();
    }
  }

  /**
   * Makes the copy of the last machine of a cluster the ledger of a machine alone. The caller has
   * made sure that it is the last one, and has applied its whole log. May be repeated.
   *
   * @param commits that the log has, and so the copy must have, since the log is removed
   * @throws StoreFailure saying what is in the way, or which disk failed
   */
  public void end(long commits) {
    try {
      if (Files.isDirectory(copy)) {
        makeLedger(commits);
      }
      if (!Files.isDirectory(alone)) {
        if (!ReplicaFolder.holdsLedger(data)) {
          throw refused(data + " holds no copy of a cluster's ledger: mount its disk");
        }
        return;
      }
      if (!ReplicaFolder.holdsLedger(data)) {
        Path current = alone.resolve(ReplicaFolder.CURRENT);
        move(
            ReplicaFolder.filesIn(alone).stream().filter(it -> !it.equals(current)).toList(),
            alone,
            data);
        // All of it is in the copy.
        for (Path log : logs()) {
          ReplicaFolder.delete(log);
        }
        Files.deleteIfExists(folders.mark());
        Files.deleteIfExists(folders.keyMark());
        move(List.of(current), alone, data);
      }
      Files.delete(alone);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void makeLedger(long commits) throws IOException {
    if (ReplicaFolder.holdsLedger(data)) {
      throw refused(data + " holds a ledger and the copy of one: move the one away that is older");
    }
    Path making = folder.newReceiving();
    Files.delete(making);
    Optional<ClusterId> id;
    try (RocksReplica replica = RocksReplica.open(copy, options)) {
      long applied = replica.position().commits();
      if (applied < commits) {
        throw refused(
            "%s has %d commits, and cluster.log has %d: the last flush of the copy failed; look at"
                    .formatted(copy, applied, commits)
                + " the disk of data, and repeat the command");
      }
      id = ClusterId.of(replica.store());
      replica.createStore(making, options, ClusterId.remove());
    }
    ReplicaFolder.sync(making);
    ReplicaFolder.delete(alone);
    disk.rename(making, alone);
    disk.sync(data);
    Path former = data.resolve("copy-of-" + id.map(ClusterId::id).orElse("cluster"));
    disk.rename(copy, former);
    disk.sync(data);
  }

  private void move(List<Path> files, Path from, Path into) throws IOException {
    for (Path file : files) {
      disk.rename(file, into.resolve(file.getFileName()));
    }
    disk.sync(into);
    disk.sync(from);
  }

  private static StoreFailure refused(String why) {
    return new StoreFailure(Kind.OTHER_FORMAT, why, null);
  }

  private StoreFailure failed(IOException e) {
    return new StoreFailure(Kind.IO, data + ": " + e.getMessage(), e);
  }
}
