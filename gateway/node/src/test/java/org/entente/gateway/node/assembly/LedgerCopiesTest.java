package org.entente.gateway.node.assembly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlReadResult;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
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
      keystore: s
      data: d
      audit: a
      policy: { agreements: p }
      listen: { clients: "127.0.0.1:0", admin: "127.0.0.1:0" }
      clients: [ { name: desk, scopes: [search] } ]
      backup: { folder: "%s" }
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
            });
    copies.meter(tasks::add);
    assertEquals(List.of(), meters.values(METRIC), "unknown till then");

    tasks.remove().run();
    assertEquals(
        List.of(Meters.Sample.of((double) made.made().getEpochSecond())), meters.values(METRIC));
  }

  private static NodeConfig config(Path backups) {
    YamlReadResult<?> read =
        new YamlFiles()
            .parse(
                "node.yaml",
                CONFIG.formatted(backups).getBytes(StandardCharsets.UTF_8),
                NodeConfig.class);
    return (NodeConfig) assertInstanceOf(YamlReadResult.Read.class, read).value();
  }
}
