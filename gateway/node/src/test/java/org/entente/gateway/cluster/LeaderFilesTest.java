package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.entente.gateway.crypto.Sha256;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Attachments in three folders; machines that are down answer nothing. */
class LeaderFilesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String FILE = "0".repeat(32);
  private static final String OTHER = "1".repeat(32) + "-" + "2".repeat(32);

  private final Map<String, MirroredFolder> folders = new LinkedHashMap<>();
  private final Map<String, AtomicLong> terms = new LinkedHashMap<>();
  private final Map<String, Long> written = new ConcurrentHashMap<>();
  private final Map<String, Long> compared = new ConcurrentHashMap<>();
  private final Set<String> full = ConcurrentHashMap.newKeySet();
  private final Set<String> down = ConcurrentHashMap.newKeySet();

  /** What machines answer to those who read a file, instead of its bytes. */
  private final Map<String, String> reading = new ConcurrentHashMap<>();

  /** For which {@code c} waits before it says what it has. */
  private volatile CountDownLatch firstRead = new CountDownLatch(0);

  private final Set<String> hanging = ConcurrentHashMap.newKeySet();
  private final AtomicInteger hung = new AtomicInteger();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Path dir;
  private final LeaderFiles leader;

  LeaderFilesTest(@TempDir Path dir) throws IOException {
    this.dir = dir;
    for (String node : List.of("a", "b", "c")) {
      add(node);
    }
    leader = leader("a", 1);
  }

  private void add(String node) throws IOException {
    AtomicLong term = new AtomicLong();
    terms.put(node, term);
    folders.put(
        node, new MirroredFolder(dir.resolve(node), 0, term::get, dir.resolve(node + "-mark")));
  }

  @AfterEach
  void end() {
    ended.countDown();
    threads.shutdownNow();
  }

  private LeaderFiles leader(String own, long term) {
    return leader(own, term, () -> true, PATIENCE);
  }

  private LeaderFiles leader(String own, long term, BooleanSupplier leads, Duration patience) {
    Map<String, FileNode> others = new LinkedHashMap<>();
    folders.forEach(
        (node, folder) -> {
          term(node).set(term);
          if (!node.equals(own)) {
            others.put(node, new Reached(node, folder));
          }
        });
    return new LeaderFiles(folder(own), others, term, leads, patience, threads);
  }

  private AtomicLong term(String node) {
    return Optional.ofNullable(terms.get(node)).orElseThrow();
  }

  private MirroredFolder folder(String node) {
    return Optional.ofNullable(folders.get(node)).orElseThrow();
  }

  /** A machine that answers unless it is down. */
  private class Reached implements FileNode {
    private final String name;
    private final FileNode node;

    Reached(String name, FileNode node) {
      this.name = name;
      this.node = node;
    }

    private FileNode up() throws IOException {
      if (hanging.contains(name)) {
        hung.incrementAndGet();
        await(ended);
      }
      if (down.contains(name)) {
        throw new IOException(name + " is down");
      }
      return node;
    }

    @Override
    public Held held(long term, String file, long bytes) throws IOException {
      compared.merge(name, bytes, Long::sum);
      if (name.equals("c")) {
        await(firstRead);
      }
      return up().held(term, file, bytes);
    }

    @Override
    public void write(long term, String file, long offset, byte[] bytes) throws IOException {
      FileNode up = up();
      if (full.contains(name) && bytes.length > 0) {
        // It may have taken a part of them.
        up.write(term, file, offset, new byte[] {bytes[0]});
        throw new IOException("the disk of attachments.folder is full");
      }
      up.write(term, file, offset, bytes);
      written.merge(name, (long) bytes.length, Long::sum);
    }

    @Override
    public byte[] read(long term, String file, long offset, int most) throws IOException {
      firstRead.countDown();
      String instead = reading.get(name);
      return instead == null
          ? up().read(term, file, offset, most)
          : instead.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Map<String, Long> files(long term) throws IOException {
      return up().files(term);
    }

    @Override
    public void remove(long term, List<String> names) throws IOException {
      up().remove(term, names);
    }
  }

  private void put(String node, String file, String content) throws IOException {
    Files.createDirectories(dir.resolve(node));
    Files.writeString(dir.resolve(node).resolve(file), content);
  }

  private String content(String node, String file) throws IOException {
    Path path = dir.resolve(node).resolve(file);
    return Files.exists(path) ? Files.readString(path) : "";
  }

  private static byte[] hash(String content) {
    return Sha256.hash(content.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void copy_isOnMostMachines_alsoWithOneDown() throws IOException {
    down.add("c");
    put("a", FILE, "sealed");
    leader.copy(FILE);
    assertEquals("sealed", content("b", FILE));
    assertEquals("", content("c", FILE));
    assertFalse(leader.copyToAll(FILE));

    down.clear();
    // The first copy to it may still be failing.
    TestCluster.awaitTrue(() -> leader.copyToAll(FILE));
    assertEquals("sealed", content("c", FILE));
  }

  @Test
  void copyToAll_reachesThoseBehindOneThatIsDown() throws IOException {
    down.add("b");
    put("a", FILE, "sealed");
    assertFalse(leader.copyToAll(FILE));
    assertEquals("sealed", content("c", FILE));
  }

  /** The one that leaves has a file that another one has not. */
  @Test
  void nodeThatLeaves_leavesItsFilesOnMostOfTheOthers() throws IOException {
    down.add("b");
    put("a", FILE, "sealed");
    leader.copy(FILE);
    assertFalse(releases("c"), "a is not most of a and b");

    down.clear();
    // The first copy to it may still be failing.
    TestCluster.awaitTrue(() -> releases("c"));
    assertEquals("sealed", content("b", FILE));
  }

  private boolean releases(String node) {
    try {
      leader.release(node);
      return true;
    } catch (IOException e) {
      leader.settle(false);
      return false;
    }
  }

  /** What is written again after a failure is sealed anew: other bytes of the same length. */
  @Test
  void copy_afterOneThatFailed_comparesAgain() throws IOException {
    LeaderFiles ofFive = ofFive();
    down.addAll(Set.of("c", "d", "e"));
    put("a", FILE, "sealed once");
    assertThrows(IOException.class, () -> ofFive.copy(FILE));
    assertEquals("sealed once", content("b", FILE));

    put("a", FILE, "sealed anew");
    down.remove("c");
    ofFive.copy(FILE);
    assertEquals("sealed anew", content("b", FILE));
    assertEquals("sealed anew", content("c", FILE));
  }

  private LeaderFiles ofFive() throws IOException {
    for (String node : List.of("d", "e")) {
      add(node);
    }
    return leader("a", 1);
  }

  /** Each copy holds a part of its file in memory, here and there. */
  @Test
  void nodeThatJoins_getsOneFileAfterTheOther() throws IOException {
    List<String> files = List.of("a".repeat(32), "b".repeat(32), "c".repeat(32), "d".repeat(32));
    for (String file : files) {
      put("a", file, "sealed");
      assertTrue(leader.copyToAll(file));
    }
    down.add("c");
    add("d");
    term("d").set(1);
    AtomicInteger most = new AtomicInteger();
    leader.admit("c", "d", new OneWriting(folder("d"), most));
    assertEquals(1, most.get());
    for (String file : files) {
      assertEquals("sealed", content("d", file));
    }
  }

  /** The host of the old one swallows packets; the new one has no disk for attachments. */
  @Test
  @Timeout(15)
  void nodeThatJoins_andTakesNoAttachments_saysWhy_andNobodyWaitsForTheOldOne() throws IOException {
    for (String file : List.of(FILE, OTHER)) {
      put("a", file, "sealed");
      assertTrue(leader.copyToAll(file));
    }
    hanging.add("c");
    add("d");
    term("d").set(1);
    full.add("d");

    IOException why =
        assertThrows(
            IOException.class, () -> leader.admit("c", "d", new Reached("d", folder("d"))));

    assertEquals(
        "too few machines take attachment %s: d: the disk of attachments.folder is full"
            .formatted(FILE),
        why.getMessage());
    leader.settle(false);
    full.clear();
    full.add("b");
    String next = "3".repeat(32);
    put("a", next, "sealed ".repeat(9));
    why =
        assertThrows(
            IOException.class, () -> leader.admit("c", "d", new Reached("d", folder("d"))));
    assertEquals(
        "too few machines take attachment %s: b: the disk of attachments.folder is full"
            .formatted(next),
        why.getMessage());
    leader.settle(false);
    full.clear();
    leader.admit("c", "d", new Reached("d", folder("d")));
    assertEquals("sealed", content("d", OTHER));
  }

  /** Its second part arrives only when a patience is over. */
  @Test
  void nodeThatJoins_getsAFileThatTakesLonger_forAsLongAsItsPartsArrive() throws IOException {
    String large = "sealed ".repeat(MirroredFolder.CALL_BYTES / 7) + "and more";
    put("a", FILE, large);
    Semaphore parts = new Semaphore(0);
    Thread changing = Thread.currentThread();
    LeaderFiles waiting =
        leader(
            "a",
            1,
            () -> {
              if (Thread.currentThread().equals(changing)) {
                // The next round begins.
                parts.release();
              }
              return true;
            },
            Duration.ofSeconds(2));
    add("d");
    term("d").set(1);
    waiting.admit("c", "d", new OneByOne(folder("d"), parts));
    assertEquals(large, content("d", FILE));
    assertEquals(large, content("b", FILE));
  }

  /** The first write of an upload may have failed; the upload goes on. */
  @Test
  void fileWithoutBytes_endsNoChangeOfMachines() throws IOException {
    put("a", FILE, "");
    put("a", OTHER, "sealed");
    add("d");
    term("d").set(1);
    leader.admit("c", "d", new Reached("d", folder("d")));
    leader.settle(true);
    assertEquals("sealed", content("d", OTHER));
    leader.release("b");
    assertEquals("sealed", content("b", OTHER));
  }

  @Test
  void nodeThatJoins_andFallsSilent_isNamedWithTheFile() throws IOException {
    put("a", FILE, "sealed");
    LeaderFiles waiting = leader("a", 1, () -> true, Duration.ofSeconds(1));
    add("d");
    term("d").set(1);
    IOException why =
        assertThrows(
            IOException.class,
            () -> waiting.admit("c", "d", new OneByOne(folder("d"), new Semaphore(0))));
    assertEquals(
        "nothing of attachment %s reached d for 1 s: look at their network and disks"
            .formatted(FILE),
        why.getMessage());
  }

  /** A node that takes a part for each permit. */
  private final class OneByOne extends Reached {
    private final Semaphore permits;

    OneByOne(FileNode node, Semaphore permits) {
      super("d", node);
      this.permits = permits;
    }

    @Override
    public void write(long term, String file, long offset, byte[] bytes) throws IOException {
      try {
        permits.acquire();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      super.write(term, file, offset, bytes);
    }
  }

  /** Each copy has a part of its file in memory, here and there. */
  @Test
  @Timeout(15)
  void slowMachine_getsFewCopiesAtOnce_andHoldsUpNoOther() throws IOException {
    hanging.add("c");
    for (int i = 0; i < 3 * LeaderFiles.AT_ONCE; i++) {
      String file = "%032d".formatted(i);
      put("a", file, "sealed");
      leader.copy(file);
    }
    assertTrue(hung.get() <= LeaderFiles.AT_ONCE, () -> hung + " calls at once");
  }

  /** A node that takes long, and notes how many take from it at once. */
  private final class OneWriting extends Reached {
    private final AtomicInteger most;
    private final AtomicInteger now = new AtomicInteger();
    private final CountDownLatch together = new CountDownLatch(2);

    OneWriting(FileNode node, AtomicInteger most) {
      super("d", node);
      this.most = most;
    }

    @Override
    public void write(long term, String file, long offset, byte[] bytes) throws IOException {
      int writing = now.incrementAndGet();
      most.accumulateAndGet(writing, Math::max);
      if (writing > 1) {
        together.countDown();
      }
      try {
        // Long enough for another one, which must not come.
        var unused = together.await(200, TimeUnit.MILLISECONDS);
        super.write(term, file, offset, bytes);
      } catch (InterruptedException e) {
        throw new IOException(e);
      } finally {
        now.decrementAndGet();
      }
    }
  }

  @Test
  void copy_thatNoMajorityTakes_isRefused() throws IOException {
    down.addAll(Set.of("b", "c"));
    put("a", FILE, "sealed");
    String said = assertThrows(IOException.class, () -> leader.copy(FILE)).getMessage();
    assertEquals("1 of 3 machines have the file; at least 2 must", said);
  }

  @Test
  void furtherCopy_sendsWhatIsNew() throws IOException {
    put("a", FILE, "sealed");
    assertTrue(leader.copyToAll(FILE));
    put("a", FILE, "sealed more");
    assertTrue(leader.copyToAll(FILE));
    assertEquals("sealed more", content("b", FILE));
    assertEquals(Map.of("b", 11L, "c", 11L), written);
  }

  /** A file has up to 2 GiB, and is looked at every few seconds. */
  @Test
  void copy_toAMachineWhoseDiskIsFull_comparesOnce() throws IOException {
    put("a", FILE, "sealed");
    put("b", FILE, "seal");
    full.add("b");
    for (int look = 0; look < 3; look++) {
      assertFalse(leader.copyToAll(FILE));
    }
    full.clear();
    assertTrue(leader.copyToAll(FILE));
    assertEquals("sealed", content("b", FILE));
    assertEquals(Map.of("b", 6L, "c", 6L), compared, "bytes of which the hash was asked");
  }

  /** The rest that it may have taken is not of this file. */
  @Test
  void copy_thatAMachineTookInPart_isExactAfterwards() throws IOException {
    put("a", FILE, "sealed");
    assertTrue(leader.copyToAll(FILE));
    put("a", FILE, "sealed more");
    full.add("b");
    assertFalse(leader.copyToAll(FILE));
    assertEquals("sealed ", content("b", FILE));

    put("a", FILE, "sealed");
    assertTrue(leader.copyToAll(FILE));
    assertEquals("sealed", content("b", FILE));
  }

  /** An earlier leader wrote them, without a majority. */
  @Test
  void copy_replacesWhatDiffersOrIsLonger() throws IOException {
    put("a", FILE, "sealed");
    put("b", FILE, "others");
    put("c", FILE, "sealed, and what was never acknowledged");
    assertTrue(leader.copyToAll(FILE));
    assertEquals("sealed", content("b", FILE));
    assertEquals("sealed", content("c", FILE));
    assertEquals(0, written.getOrDefault("c", 0L), "it is only made shorter");
  }

  @Test
  void copy_ofAFileThatIsShortenedHere_shortensTheOthers() throws IOException {
    put("a", FILE, "sealed more");
    assertTrue(leader.copyToAll(FILE));
    put("a", FILE, "sealed");
    assertTrue(leader.copyToAll(FILE));
    assertEquals("sealed", content("b", FILE));
  }

  @Test
  void fileThatThisMachineLacks_staysOnTheOthers() throws IOException {
    put("b", FILE, "sealed");
    assertThrows(IOException.class, () -> leader.copy(FILE));
    assertFalse(leader.copyToAll(FILE));
    assertEquals("sealed", content("b", FILE));
  }

  @Test
  void nextLeader_goesOnWithAllThatWasCopied() throws IOException {
    down.add("b");
    put("a", FILE, "sealed");
    leader.copy(FILE);
    down.clear();
    down.add("a");
    LeaderFiles next = leader("b", 2);
    next.resume(FILE, 0, 11);
    assertEquals("sealed", content("b", FILE));

    put("c", FILE, "sealed more");
    next.resume(FILE, 6, 11);
    assertEquals("sealed more", content("b", FILE));
    down.add("c");
    assertThrows(IOException.class, () -> next.resume(FILE, 11, 11), "others may have more");
  }

  private static boolean restores(LeaderFiles files, String content, boolean replaceable)
      throws IOException {
    return files.restore(FILE, hash(content), content.length(), replaceable);
  }

  /** Its disk, or its owner, gives other bytes than those of which it told the hash. */
  @Test
  void lackingFile_thatAMachineDoesNotGive_isTakenFromAnother_andNeverLost() throws IOException {
    put("a", FILE, "half");
    put("b", FILE, "sealed");
    put("c", FILE, "sealed");
    reading.put("b", "forged");
    firstRead = new CountDownLatch(1);
    assertTrue(restores(leader, "sealed", false));
    assertEquals("sealed", content("a", FILE));

    put("a", FILE, "half");
    reading.put("c", "");
    for (boolean replaceable : List.of(false, true)) {
      IOException said =
          assertThrows(IOException.class, () -> restores(leader, "sealed", replaceable));
      assertTrue(String.valueOf(said.getMessage()).contains("do not give it"), said::toString);
    }
    reading.remove("c");
    assertTrue(restores(leader, "sealed", false));
  }

  /** Attack: it answers with bytes for as long as it is asked. */
  @Test
  @Timeout(15)
  void machineWhoseFileHasNoEnd_fillsNoDisk() throws IOException {
    put("a", FILE, "half");
    put("b", FILE, "sealed");
    down.add("c");
    reading.put("b", "sealed ".repeat(1 << 18));
    assertThrows(IOException.class, () -> restores(leader, "sealed", true));
    assertEquals("half", content("a", FILE));

    put("b", FILE, "sealed and more than the upload has");
    reading.clear();
    leader.resume(FILE, 4, 6);
    assertEquals("halfed", content("a", FILE));
  }

  @Test
  void lackingFile_isTakenFromAMachineThatHasItByItsHash() throws IOException {
    put("a", FILE, "half");
    put("b", FILE, "others");
    put("c", FILE, "sealed");
    assertTrue(restores(leader, "sealed", false));
    assertEquals("sealed", content("a", FILE));
    assertTrue(restores(leader, "sealed", false), "it is here");

    assertFalse(restores(leader, "lost", false), "all say that they do not have it");
    down.add("b");
    assertThrows(IOException.class, () -> restores(leader, "lost", false));
    assertFalse(restores(leader, "lost", true), "it can be had elsewhere");
    down.add("c");
    assertThrows(IOException.class, () -> restores(leader, "lost", true));
    assertEquals("sealed", content("a", FILE));
  }

  @Test
  void filesThatAreOver_areRemovedOnTheOthers() throws IOException {
    for (String node : List.of("b", "c")) {
      put(node, FILE, "sealed");
      put(node, OTHER, "over");
      Files.writeString(dir.resolve(node).resolve("notes.txt"), "an operator's");
    }
    put("b", "3".repeat(32), "only here");
    assertEquals(Set.of(FILE), leader.retain(name -> !name.equals(OTHER)));
    assertEquals("", content("b", OTHER));
    assertEquals("an operator's", content("b", "notes.txt"));
    assertEquals("only here", content("b", "3".repeat(32)));
  }

  @Test
  void leaderOfAnEarlierTerm_changesNothing() throws IOException {
    put("a", FILE, "sealed");
    LeaderFiles next = leader("b", 2);
    assertThrows(IOException.class, () -> leader.copy(FILE));
    assertEquals(Set.of(), leader.retain(name -> false));
    assertEquals("", content("c", FILE));
    assertTrue(next.isShared());
  }

  /** It was paused; Ratis has not told it yet. */
  @Test
  void leaderOfAnEarlierTerm_doesNotChangeWhatTheNextOneHasSeen() throws IOException {
    put("a", FILE, "sealed");
    folder("a").held(2, FILE, 0);
    assertEquals(1, term("a").get());

    assertThrows(IOException.class, () -> leader.change(FILE, () -> fail("it is followed")));
    assertThrows(IOException.class, () -> folder("a").write(1, FILE, 0, new byte[0]));
    assertThrows(IOException.class, () -> folder("a").remove(1, List.of(FILE)));
    assertEquals("sealed", content("a", FILE));
  }

  /** The next leader waits for the change, and none begins afterwards. */
  @Test
  void change_underWay_endsBeforeTheNextLeaderSeesTheFile() throws Exception {
    put("a", FILE, "sealed");
    CountDownLatch changing = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    Future<?> change =
        threads.submit(
            () -> {
              leader.change(
                  FILE,
                  () -> {
                    changing.countDown();
                    await(asked);
                    cut("a");
                  });
              return null;
            });
    await(changing);
    Future<FileNode.Held> seen =
        threads.submit(
            () -> {
              asked.countDown();
              return folder("a").held(2, FILE, 0);
            });

    assertEquals(0, seen.get().length());
    change.get();
  }

  private void cut(String node) {
    try {
      put(node, FILE, "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void leaderWhoseFolderIsNotMounted_saysSo() throws IOException {
    leader.requireHere();
    move("a", "a-away");
    assertThrows(IOException.class, leader::requireHere);
    move("a-away", "a");
    leader.requireHere();
  }

  @Test
  void machineWhoseFolderIsNotMounted_doesNotSayThatAFileIsLost() throws IOException {
    put("a", FILE, "half");
    move("c", "c-away");
    assertThrows(IOException.class, () -> restores(leader, "sealed", false));
    assertThrows(IOException.class, () -> folder("c").files(1));
    Files.createDirectories(dir.resolve("c"));
    String said =
        String.valueOf(
            assertThrows(IOException.class, () -> folder("c").write(1, FILE, 0, new byte[1]))
                .getMessage());
    assertTrue(
        said.startsWith(
            "attachments.folder: mount its disk; found no file entente-attachments in "),
        said);
    add("c");
    LeaderFiles restarted = leader("a", 1);
    assertThrows(IOException.class, () -> restores(restarted, "sealed", false));

    Files.delete(dir.resolve("c"));
    move("c-away", "c");
    put("c", FILE, "sealed");
    assertTrue(restores(leader, "sealed", false));
  }

  private void move(String from, String to) throws IOException {
    Files.move(dir.resolve(from), dir.resolve(to));
  }

  @Test
  void folder_takesNothingButAttachments_forItsOwnerOnly() throws IOException {
    MirroredFolder folder = folder("b");
    for (String name : List.of("../" + FILE, "notes.txt", FILE + "/x", "")) {
      assertThrows(IOException.class, () -> folder.write(1, name, 0, new byte[1]), name);
      assertThrows(IOException.class, () -> folder.read(1, name, 0, 1), name);
    }
    assertThrows(IOException.class, () -> folder.write(1, FILE, 1, new byte[1]), "a gap");
    folder.write(1, FILE, 0, new byte[] {1, 2});
    assertEquals(
        "[OWNER_READ, OWNER_WRITE]",
        Files.getPosixFilePermissions(dir.resolve("b").resolve(FILE)).stream()
            .sorted()
            .toList()
            .toString());
    assertArrayEquals(new byte[] {2}, folder.read(1, FILE, 1, 10));
    assertEquals(0, folder.read(1, FILE, 5, 10).length);

    MirroredFolder full =
        new MirroredFolder(dir.resolve("b"), Long.MAX_VALUE, () -> 1, dir.resolve("b-mark"));
    String said =
        assertThrows(IOException.class, () -> full.write(1, FILE, 2, new byte[1])).getMessage();
    assertEquals("the disk of attachments.folder is full", said);
  }
}
