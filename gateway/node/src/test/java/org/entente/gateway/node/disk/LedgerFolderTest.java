package org.entente.gateway.node.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.store.RocksStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerFolderTest {
  /** Nobody is left without a way, and nothing is cut out. */
  @Test
  void damagedLedger_isRefused_andTheErrorSaysWhatIsLeftToDo(@TempDir Path dir) throws IOException {
    Path data = dir.resolve("data");
    try (RocksStore made = LedgerFolder.open(data)) {
      made.verify();
    }
    Path manifest = data.resolve(Files.readString(data.resolve("CURRENT")).strip());
    try (FileChannel file = FileChannel.open(manifest, StandardOpenOption.WRITE)) {
      file.truncate(file.size() - 1);
    }
    List<Path> before = files(data);
    String why =
        String.valueOf(
            assertThrows(StartProblem.class, () -> LedgerFolder.open(data)).getMessage());
    for (String way :
        List.of(
            manifest.toString(),
            "nothing was changed",
            "`entente backup restore --replace`",
            "rename the folder",
            "`entente audit new-log --ledger-lost`")) {
      assertTrue(why.contains(way), way + " in " + why);
    }
    assertEquals(before, files(data));
    Files.move(data, dir.resolve("data.damaged"));
    try (RocksStore empty = LedgerFolder.open(data)) {
      empty.verify();
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
