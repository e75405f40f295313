package org.entente.gateway.node.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A restored ledger comes into its place, and neither it nor the old one is ever without a name.
 */
class FolderExchangeTest {
  @TempDir private Path temp;
  private Path next;
  private Path place;
  private Path aside;

  @BeforeEach
  void folders() throws IOException {
    next = temp.resolve("data.restoring");
    place = temp.resolve("data");
    aside = temp.resolve("data.replaced");
    Files.writeString(Files.createDirectory(next).resolve("is"), "new");
    Files.writeString(Files.createDirectory(place).resolve("is"), "old");
  }

  @Test
  void folder_onThisMachinesDisk_comesIntoThePlaceAndTheOldOneAside() throws IOException {
    new FolderExchange(FolderExchange.OF_THIS_MACHINE).exchange(next, place, aside);

    assertEquals("new", Files.readString(place.resolve("is")));
    assertEquals("old", Files.readString(aside.resolve("is")));
    assertFalse(Files.exists(next));
  }

  @Test
  void mountPoint_isKnown_andNoOtherFolderIsOne() {
    assertTrue(FolderExchange.isMountPoint(Path.of("/proc")));
    assertTrue(FolderExchange.isMountPoint(Path.of("/")));
    assertFalse(FolderExchange.isMountPoint(place));
    assertFalse(FolderExchange.isMountPoint(temp.resolve("missing")));
  }

  @Test
  void emptyPlace_isTaken() throws IOException {
    Files.delete(place.resolve("is"));

    new FolderExchange(FolderExchange.OF_THIS_MACHINE).exchange(next, place, null);

    assertEquals("new", Files.readString(place.resolve("is")));
  }

  /** Names that are not synced may be lost in any combination; contents may not. */
  @Test
  void powerCut_atAnyStep_leavesBothUnderNamesThatWereSaid() {
    for (int step = 1; step <= 4; step++) {
      CutDisk disk = new CutDisk(step);

      assertThrows(IOException.class, () -> new FolderExchange(disk).exchange(next, place, aside));

      List<Map<String, String>> found = disk.afterThePowerCut();
      assertFalse(found.isEmpty());
      for (Map<String, String> names : found) {
        assertTrue(names.containsValue("new") && names.containsValue("old"), step + ": " + names);
        assertTrue(
            List.of("old", "new").contains(names.getOrDefault("data", "new")), step + ": " + names);
      }
    }
  }

  @Test
  void exchange_onReturn_outlivesAnyPowerCut() throws IOException {
    CutDisk disk = new CutDisk(Integer.MAX_VALUE);

    new FolderExchange(disk).exchange(next, place, aside);

    assertEquals(List.of(Map.of("data", "new", "data.replaced", "old")), disk.afterThePowerCut());
  }

  /** A folder of names in memory, whose power is cut before the n-th step. */
  private static final class CutDisk implements FolderExchange.Disk {
    private record Renaming(String from, String to) {}

    private final Map<String, String> durable =
        new TreeMap<>(Map.of("data", "old", "data.restoring", "new"));
    private final List<Renaming> pending = new ArrayList<>();
    private final int cutBefore;
    private int steps;

    CutDisk(int cutBefore) {
      this.cutBefore = cutBefore;
    }

    private void step() throws IOException {
      if (++steps == cutBefore) {
        throw new IOException("the power is cut");
      }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      step();
      pending.add(
          new Renaming(String.valueOf(from.getFileName()), String.valueOf(to.getFileName())));
    }

    @Override
    public void sync(Path folder) throws IOException {
      step();
      pending.forEach(one -> apply(one, durable));
      pending.clear();
    }

    /** Every state of the names that a power cut now could leave. */
    List<Map<String, String>> afterThePowerCut() {
      List<Map<String, String>> states = new ArrayList<>();
      for (int kept = 0; kept < 1 << pending.size(); kept++) {
        Map<String, String> names = new TreeMap<>(durable);
        for (int i = 0; i < pending.size(); i++) {
          if ((kept >> i & 1) == 1) {
            apply(pending.get(i), names);
          }
        }
        states.add(names);
      }
      return states;
    }

    /** What had the other name is lost: that is what an order without a sync between risks. */
    private static void apply(Renaming one, Map<String, String> names) {
      String content = names.remove(one.from());
      if (content != null) {
        names.put(one.to(), content);
      }
    }
  }
}
