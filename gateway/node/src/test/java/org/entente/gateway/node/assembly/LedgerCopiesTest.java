package org.entente.gateway.node.assembly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlReadResult;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.store.FileMirror;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerCopiesTest {
  private static final String METRIC = "entente_backup_timestamp_seconds";
  private static final String CONFIG =
      """
      federation: test.entente.example
      agency: de.customs
      gateway: gw-1
      trust: { bundle: b, roots: r }
      tls: { certificate: c, key: k }
      keystore: "%3$s"
      data: "%4$s"
      audit: "%5$s"
      policy: { agreements: p }
      listen: { clients: "127.0.0.1:0", admin: "127.0.0.1:0" }
      clients: [ { name: desk, scopes: [search] } ]
      backup: { folder: "%1$s" }
      attachments: { folder: "%2$s" }
      """;

  private final Meters meters = new Meters();
  private final Queue<Runnable> tasks = new ArrayDeque<>();

  /** A new leader must serve, though the medium of backups hangs. */
  @Test
  void folderOfBackups_isReadByTheGivenThread_andNotByTheOneThatTakesOver(@TempDir Path dir) {
    Path folder = dir.resolve("backups");
    RocksBackups.Backup made;
    try (RocksStore store = RocksStore.open(dir.resolve("data"), RocksOptions.defaults())) {
      made = new RocksBackups(folder).add(store, "first", 7);
    }
    LedgerCopies copies =
        new LedgerCopies(
            config(folder),
            meters,
            (backups, note, keep) -> {
              throw new AssertionError("no backup is made");
            },
            FileMirror.ALONE::requireHere);
    copies.meter(tasks::add);
    assertEquals(List.of(), meters.values(METRIC), "unknown till then");

    tasks.remove().run();
    assertEquals(
        List.of(Meters.Sample.of((double) made.made().getEpochSecond())), meters.values(METRIC));
  }

  /** Each call would keep a thread, and its node in memory after the lead is lost. */
  @Test
  void backup_whileTheFolderIsNotReadYet_failsInTime(@TempDir Path dir) {
    LedgerCopies copies =
        new LedgerCopies(
            config(dir.resolve("backups")),
            meters,
            (backups, note, keep) -> {
              throw new AssertionError("the ledger is left alone");
            },
            FileMirror.ALONE::requireHere,
            Duration.ZERO);
    copies.meter(tasks::add);
    StoreFailure why = assertThrows(StoreFailure.class, () -> copies.add("next"));
    assertTrue(String.valueOf(why.getMessage()).contains("does not answer"), why.getMessage());
  }

  /** Each would keep a thread as long as the medium hangs. */
  @Test
  void backup_whileAnotherHangs_isRefused(@TempDir Path dir) {
    AtomicReference<LedgerCopies> self = new AtomicReference<>();
    LedgerCopies copies =
        new LedgerCopies(
            config(dir.resolve("backups")),
            meters,
            (backups, note, keep) -> {
              Objects.requireNonNull(self.get()).add("meanwhile");
              throw new AssertionError("two at a time");
            },
            FileMirror.ALONE::requireHere);
    self.set(copies);
    for (int i = 0; i < 2; i++) {
      StoreFailure why = assertThrows(StoreFailure.class, () -> copies.add("first"));
      assertTrue(
          String.valueOf(why.getMessage()).contains("a backup is being made"), why.getMessage());
    }
  }

  /** A backup without any would make the next ones remove all copies. */
  @Test
  void folderOfAttachments_thatIsNotMounted_failsTheBackup_andLeavesEarlierCopies(@TempDir Path dir)
      throws IOException {
    Path folder = dir.resolve("backups");
    AtomicBoolean mounted = new AtomicBoolean(true);
    Path file = Files.createDirectory(dir.resolve("files")).resolve("00".repeat(16));
    Files.write(file, new byte[] {1});
    try (RocksStore store = RocksStore.open(dir.resolve("data"), RocksOptions.defaults())) {
      LedgerCopies copies =
          new LedgerCopies(
              config(folder),
              meters,
              (backups, note, unused) -> backups.add(store, note, 1),
              () -> {
                if (!mounted.get()) {
                  throw new IOException("mount its disk");
                }
              });
      var first = copies.add("first");
      Path copy = folder.resolve("attachments").resolve(String.valueOf(file.getFileName()));
      assertTrue(Files.exists(copy), first::toString);

      mounted.set(false);
      Files.delete(file);
      for (int i = 0; i < 2; i++) {
        StoreFailure why = assertThrows(StoreFailure.class, () -> copies.add("next"));
        assertTrue(String.valueOf(why.getMessage()).contains("mount its disk"), why.getMessage());
      }
      assertTrue(Files.exists(copy));
    }
  }

  /** On one machine, too: the backup would say that it holds all attachments. */
  @Test
  void folderOfAttachments_ofOneMachine_thatIsNotMounted_failsTheBackup(@TempDir Path dir)
      throws IOException {
    NodeConfig config = config(dir.resolve("backups"));
    Path files = dir.resolve("files");
    String name = "00".repeat(16);
    LedgerStorage first = new LedgerStorage(config, new Meters());
    Store store = first.store();
    try {
      Files.write(files.resolve(name), new byte[] {1});
      var made = first.backups().add("first");
      assertTrue(Files.exists(dir.resolve("backups/attachments").resolve(name)), made::toString);
    } finally {
      store.close();
    }
    Files.move(files, dir.resolve("disk"));
    Files.createDirectory(files);
    LedgerStorage unmounted = new LedgerStorage(config, new Meters());
    Store again = unmounted.store();
    try {
      StoreFailure why =
          assertThrows(StoreFailure.class, () -> unmounted.backups().add("unmounted"));
      assertTrue(String.valueOf(why.getMessage()).contains("mount its disk"), why.getMessage());
      FileMirror uploads = unmounted.machines().files(0);
      assertThrows(IOException.class, uploads::requireHere, "nothing is written there");

      Files.delete(files);
      Files.move(dir.resolve("disk"), files);
      uploads.requireHere();
      assertEquals(3, unmounted.backups().add("mounted").number());
    } finally {
      again.close();
    }
  }

  private static NodeConfig config(Path backups) {
    YamlReadResult<?> read =
        new YamlFiles()
            .parse(
                "node.yaml",
                CONFIG
                    .formatted(
                        backups,
                        backups.resolveSibling("files"),
                        backups.resolveSibling("keys"),
                        backups.resolveSibling("ledger"),
                        backups.resolveSibling("audit"))
                    .getBytes(StandardCharsets.UTF_8),
                NodeConfig.class);
    return (NodeConfig) assertInstanceOf(YamlReadResult.Read.class, read).value();
  }
}
