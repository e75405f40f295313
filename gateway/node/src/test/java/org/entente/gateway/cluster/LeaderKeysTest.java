package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.seal.keys.KeyDescription;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.seal.keys.KeystoreFailure;
import org.entente.gateway.store.StoreFailure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The rules on keys (K, F, P, A) with three keystores; those that are down answer nothing. */
class LeaderKeysTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String KEY = "outbox-2026-03-01";

  private final SecureRandom random = new SecureRandom();
  private final Map<String, NodeKeys> nodes = new LinkedHashMap<>();
  private final Set<String> down = ConcurrentHashMap.newKeySet();
  private final Set<String> deaf = ConcurrentHashMap.newKeySet();
  private final CountDownLatch slow = new CountDownLatch(1);
  private volatile boolean slowB;
  private volatile boolean slowC;

  /** A question for the state of c stays on its way until {@code releasedC}. */
  private volatile boolean slowStateOfC;

  /** A key is needed, and refused, at each attempt to catch up b. */
  private volatile boolean refusedAtB;

  private final CountDownLatch reachedC = new CountDownLatch(1);
  private final CountDownLatch releasedC = new CountDownLatch(1);
  private final Set<String> hanging = ConcurrentHashMap.newKeySet();
  private final AtomicInteger lostFetches = new AtomicInteger();
  private volatile String givesOneKeyOnly = "";

  /** A node that the leader of term 9 asks while another one fetches keys. */
  private volatile String followed = "";

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> outside = new CopyOnWriteArrayList<>();
  private LeaderKeys leader;

  private final Path dir;

  LeaderKeysTest(@TempDir Path dir) throws IOException {
    this.dir = dir;
    for (String name : List.of("a", "b", "c")) {
      open(name);
    }
    TestCluster.withKeys(node("a").keystore());
    leader = leader("a", 1);
  }

  private void open(String name) throws IOException {
    Keystore keystore = Keystore.open(dir.resolve(name), () -> NOW, random);
    nodes.put(name, new NodeKeys(name, keystore, mark(name), KeyNode.newRun()));
  }

  private Path mark(String name) {
    return dir.resolve(name + "-mark");
  }

  @AfterEach
  void close() throws InterruptedException {
    threads.shutdownNow();
    // They may still write to keystores, whose folders JUnit deletes next.
    assertTrue(threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    nodes.values().forEach(node -> node.keystore().close());
  }

  private LeaderKeys leader(String name, long term) {
    return leader(name, term, PATIENCE);
  }

  private LeaderKeys leader(String name, long term, Duration patience) {
    Map<String, KeyNode> others = new TreeMap<>();
    nodes
        .keySet()
        .forEach(
            other -> {
              if (!other.equals(name)) {
                others.put(other, new Reached(other));
              }
            });
    return new LeaderKeys(node(name), others, former -> outside, term, patience, threads);
  }

  private NodeKeys node(String name) {
    return Optional.ofNullable(nodes.get(name)).orElseThrow();
  }

  /** A node over a network that may not reach it. */
  private final class Reached implements KeyNode {
    private final String name;

    Reached(String name) {
      this.name = name;
    }

    private NodeKeys reached() throws IOException {
      if (hanging.contains(name)) {
        awaitSlow();
      }
      if (down.contains(name)) {
        slow.countDown();
        throw new IOException(name + " is down");
      }
      return node(name);
    }

    @Override
    public State state(long term) throws IOException {
      if (slowStateOfC && name.equals("c")) {
        await(releasedC);
      }
      return reached().state(term);
    }

    @Override
    public List<KeyEntry> fetch(long term, List<KeyDescription> names) throws IOException {
      NodeKeys node = reached();
      if (lostFetches.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw new IOException(name + " fell silent");
      }
      if (!followed.isEmpty()) {
        node(followed).state(9);
      }
      if (name.equals(givesOneKeyOnly)) {
        down.add(name);
        return node.fetch(term, names.stream().filter(one -> one.id().equals(KEY)).toList());
      }
      return node.fetch(term, names);
    }

    @Override
    public Held change(Change change) throws IOException {
      if (slowB && name.equals("b")) {
        awaitSlow();
      }
      if (refusedAtB && name.equals("b") && change.after() != null && change.before() == null) {
        assertThrows(KeystoreFailure.class, () -> node("a").keystore().put(key(KEY)));
      }
      if (slowC && name.equals("c") && change.after() != null && change.before() == null) {
        reachedC.countDown();
        await(releasedC);
      }
      Held held = reached().change(change);
      if (deaf.contains(name)) {
        throw new IOException("the answer of " + name + " is lost");
      }
      return held;
    }
  }

  private void awaitSlow() throws IOException {
    await(slow);
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private KeyEntry key(String id) {
    return new KeyEntry(KeyKind.OUTBOX, id, NOW, KeyEntry.NEVER, SecretBytes.random(random, 32));
  }

  private Optional<KeyEntry> held(String node, String id) {
    return node(node).keystore().get(KeyKind.OUTBOX, id);
  }

  /** Others are set up without keys. */
  private void begun() throws IOException {
    leader.begin(() -> true);
    assertEquals(List.of(), leader.unconfirmed());
  }

  /** It missed all before: no call to it is left that could still reach it. */
  private void cIsReachedAgain() {
    assertEquals(List.of("c"), leader.unconfirmed());
    down.clear();
  }

  private LeaderKeys follow(String name, long term) throws IOException {
    leader.end();
    leader = leader(name, term);
    leader.begin(() -> true);
    return leader;
  }

  /** With short pauses between questions. */
  private void followOften(String name, long term) throws IOException {
    leader.end();
    leader = leader(name, term, Duration.ofMillis(100));
    leader.begin(() -> true);
  }

  @Test
  void key_ofTheLeader_isKeptByOthersBeforeItCanBeNamed() throws IOException {
    begun();
    KeyEntry key = key(KEY);
    node("a").keystore().put(key);

    assertEquals(List.of(), leader.unconfirmed());
    for (String name : nodes.keySet()) {
      assertEquals(Optional.of(key), held(name, KEY));
    }
    assertEquals(node("a").tag(), node("b").tag());
  }

  /** It has no threads any more, but may still be asked for a key. */
  @Test
  void key_thatComesWhileTheNodeStops_isRefusedAsOneThatTooFewCanKeep() throws IOException {
    begun();
    threads.shutdown();

    KeystoreFailure why =
        assertThrows(KeystoreFailure.class, () -> node("a").keystore().put(key(KEY)));
    assertTrue(String.valueOf(why.getMessage()).contains("1 of 3 nodes"), why.getMessage());
    assertEquals(Optional.empty(), held("a", KEY));
  }

  /** Rule K. */
  @Test
  void key_thatTooFewNodesCanKeep_isRefusedAndNotHere() throws IOException {
    begun();
    down.addAll(List.of("b", "c"));

    KeystoreFailure why =
        assertThrows(KeystoreFailure.class, () -> node("a").keystore().put(key(KEY)));
    assertTrue(String.valueOf(why.getMessage()).contains("1 of 3 nodes"), why.getMessage());
    assertEquals(Optional.empty(), held("a", KEY));
    assertEquals(Optional.empty(), node("a").keystore().failure(), "its files are in order");

    down.clear();
    leader.catchUp();
    KeyEntry key = key(KEY);
    node("a").keystore().put(key);
    assertEquals(List.of(), leader.unconfirmed());
    assertEquals(Optional.of(key), held("c", KEY));
  }

  @Test
  void changesThatAreRefused_keepNoNodeFromBeingCaughtUp() throws IOException {
    begun();
    down.addAll(List.of("b", "c"));
    assertThrows(KeystoreFailure.class, () -> node("a").keystore().put(key(KEY)));
    down.remove("b");
    refusedAtB = true;
    leader.catchUp();
    refusedAtB = false;

    KeyEntry key = key(KEY);
    node("a").keystore().put(key);
    assertEquals(Optional.of(key), held("b", KEY));
  }

  /** Others made it, but their answers were lost. */
  @Test
  void change_thatFailed_leavesNoTwoStatesOfOneName() throws IOException {
    begun();
    deaf.addAll(List.of("b", "c"));
    assertThrows(KeystoreFailure.class, () -> node("a").keystore().put(key(KEY)));
    assertTrue(held("b", KEY).isPresent());

    deaf.clear();
    down.add("b");
    leader.catchUp();

    assertEquals(Optional.empty(), held("c", KEY));
    assertNotEquals(node("b").tag(), node("c").tag());
  }

  /** A call to it was under way for long. */
  @Test
  void machineThatWasRemoved_getsNoKeyAnyMore() throws Exception {
    begun();
    down.add("c");
    node("a").keystore().put(key(KEY));
    cIsReachedAgain();
    slowStateOfC = true;
    leader.look();

    leader.release("c");
    leader.settle(/* changed= */ true);
    releasedC.countDown();

    threads.shutdown();
    assertTrue(threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    assertEquals(Optional.empty(), held("c", KEY));
  }

  /** Rule F. */
  @Test
  void nextLeader_thatMissedAKey_hasItBeforeItServes() throws IOException {
    begun();
    down.add("c");
    KeyEntry key = key(KEY);
    node("a").keystore().put(key);
    assertEquals(Optional.empty(), held("c", KEY));
    cIsReachedAgain();
    down.add("a");

    follow("c", 2);

    assertEquals(Optional.of(key), held("c", KEY));
    assertEquals(List.of("a"), leader.unconfirmed());
  }

  /** The cluster would lose this node too, after the one that failed. */
  @Test
  void nextLeader_whoseFetchIsLost_asksAgain() throws IOException {
    begun();
    down.add("c");
    KeyEntry key = key(KEY);
    node("a").keystore().put(key);
    cIsReachedAgain();
    lostFetches.set(2);

    followOften("c", 2);

    assertEquals(Optional.of(key), held("c", KEY));
  }

  /** It was paused, and does not know yet that another one leads. */
  @Test
  void nextLeader_thatIsFollowedWhileItFetches_changesNoKey() throws IOException {
    begun();
    down.add("c");
    node("a").keystore().put(key(KEY));
    KeyTag before = node("c").tag();
    cIsReachedAgain();
    down.add("a");
    followed = "c";

    IOException why = assertThrows(IOException.class, () -> follow("c", 2));

    assertEquals("term 2 is over: this node is in term 9", why.getMessage());
    assertEquals(Optional.empty(), held("c", KEY));
    assertEquals(before, node("c").tag());
  }

  /** Node a has a newer state that nobody else has, and falls silent when it has given a part. */
  @Test
  void nextLeader_thatGotAPartOfANewerState_takesWhatOthersHave() throws IOException {
    begun();
    KeyEntry named = key(KEY);
    node("a").keystore().put(named);
    assertEquals(List.of(), leader.unconfirmed());
    node("a").keystore().follow(List.of(key(KEY), key("outbox-2026-03-02")), List.of());
    node("a").keep(new KeyTag(1, 99));
    givesOneKeyOnly = "a";

    followOften("c", 2);

    assertEquals(Optional.of(named), held("c", KEY));
    assertEquals(Optional.empty(), held("c", "outbox-2026-03-02"));
  }

  @Test
  void nodesThatAnswerButGiveNoKeys_areNotAskedForEver() throws IOException {
    begun();
    down.add("c");
    node("a").keystore().put(key(KEY));
    cIsReachedAgain();
    lostFetches.set(Integer.MAX_VALUE);

    IOException why = assertThrows(IOException.class, () -> followOften("c", 2));
    assertTrue(String.valueOf(why.getMessage()).contains("do not give"), why.getMessage());
  }

  /** The last leader may hang instead of being gone: its machine accepts calls and answers none. */
  @Test
  @Timeout(15)
  void nextLeader_doesNotWaitForANodeThatHangs() throws IOException {
    begun();
    KeyEntry key = key(KEY);
    node("a").keystore().put(key);
    hanging.add("a");

    leader = leader("b", 2);
    leader.begin(() -> true);

    assertEquals(1, slow.getCount(), "it answered");
    assertEquals(Optional.of(key), held("b", KEY));
    assertEquals(Optional.of(key), held("c", KEY));
  }

  /** Node a made a key that nobody else kept; c and b then made and used another of its name. */
  @Test
  void key_thatNoLeaderCouldName_isReplacedByTheOneThatWasNamed() throws IOException {
    begun();
    down.addAll(List.of("b", "c"));
    // As a leader leaves it that dies between its own disk and the others'.
    node("a").keystore().follow(List.of(key(KEY)), List.of());
    down.clear();
    down.add("a");
    follow("c", 2);
    KeyEntry named = key(KEY);
    node("c").keystore().put(named);
    down.clear();
    down.add("b");

    follow("a", 3);

    assertEquals(Optional.of(named), held("a", KEY));
  }

  /** Rules P and A. */
  @Test
  void node_thatMissedADestruction_isNamedAndDestroysBeforeItLeads() throws IOException {
    begun();
    node("a").keystore().put(key(KEY));
    assertEquals(List.of(), leader.unconfirmed());
    down.add("c");

    assertTrue(node("a").keystore().destroy(KeyKind.OUTBOX, KEY).isPresent());
    assertEquals(List.of("c"), node("a").keystore().unconfirmed());
    KeystoreFailure why =
        assertThrows(KeystoreFailure.class, () -> node("a").keystore().requireConfirmed());
    assertTrue(String.valueOf(why.getMessage()).contains("theirs: c;"), why.getMessage());
    assertTrue(held("c", KEY).isPresent());

    down.clear();
    follow("c", 2);
    assertEquals(Optional.empty(), held("c", KEY));
    assertEquals(List.of(), leader.unconfirmed());
    assertEquals(Optional.empty(), held("a", KEY));
  }

  @Test
  void node_thatReturns_isCaughtUpAndConfirms() throws IOException {
    begun();
    node("a").keystore().put(key(KEY));
    down.add("c");
    node("a").keystore().destroy(KeyKind.OUTBOX, KEY);
    KeyEntry other = key("outbox-2026-03-02");
    node("a").keystore().put(other);
    down.clear();

    assertEquals(List.of(), node("a").keystore().unconfirmed());
    node("a").keystore().requireConfirmed();
    assertEquals(Optional.empty(), held("c", KEY));
    assertEquals(Optional.of(other), held("c", "outbox-2026-03-02"));
  }

  @Test
  @Timeout(15)
  void node_thatIsSlowToCatchUp_holdsUpNoChange() throws Exception {
    begun();
    down.add("c");
    node("a").keystore().put(key(KEY));
    cIsReachedAgain();
    slowC = true;
    Future<?> catchingUp = threads.submit(leader::catchUp);
    reachedC.await();

    KeyEntry other = key("outbox-2026-03-02");
    node("a").keystore().put(other);

    releasedC.countDown();
    catchingUp.get();
    assertEquals(List.of(), leader.unconfirmed());
    assertEquals(Optional.of(other), held("c", other.id()));
    assertTrue(held("c", KEY).isPresent());
  }

  /** Otherwise every change is refused until c has all keys. */
  @Test
  @Timeout(60)
  void node_thatMissedAChange_isCaughtUp_whileAnotherOneStillIs() throws Exception {
    begun();
    down.add("c");
    node("a").keystore().put(key(KEY));
    cIsReachedAgain();
    slowC = true;
    leader.look();
    reachedC.await();
    deaf.add("b");
    assertThrows(KeystoreFailure.class, () -> node("a").keystore().put(key("lost")));
    deaf.clear();
    assertEquals(List.of("b", "c"), leader.lacking());

    leader.look();
    TestCluster.awaitTrue(() -> leader.lacking().equals(List.of("c")));
    KeyEntry other = key("outbox-2026-03-02");
    node("a").keystore().put(other);

    assertEquals(Optional.of(other), held("b", other.id()));
    releasedC.countDown();
    assertEquals(List.of(), leader.unconfirmed());
    assertHeldByAll(other);
  }

  /** The leader that serves has them; before, a loss of that one would lose what c missed. */
  @Test
  void node_thatLostItsKeystore_countsForNoChange_andGetsAllKeysAtTheNextLook() throws IOException {
    begun();
    down.add("c");
    KeyEntry key = key(KEY);
    node("a").keystore().put(key);
    lose("b", List.of("entries", "days", "cluster-state"));
    assertEquals(Optional.empty(), held("b", KEY));

    KeystoreFailure why =
        assertThrows(KeystoreFailure.class, () -> node("a").keystore().put(key("new")));
    assertTrue(String.valueOf(why.getMessage()).contains("1 of 3 nodes"), why.getMessage());
    assertEquals(List.of("b", "c"), leader.lacking());
    leader.look();
    TestCluster.awaitTrue(() -> leader.lacking().equals(List.of("c")));

    assertEquals(Optional.of(key), held("b", KEY));
  }

  /** Most nodes had made the first change, so that the second did not wait for b. */
  @Test
  void node_thatIsStillAtAChange_makesTheNextOneToo() throws IOException {
    begun();
    slowB = true;
    node("a").keystore().put(key(KEY));
    down.add("c");

    // That c is asked in vain lets b go on.
    KeyEntry other = key("outbox-2026-03-02");
    node("a").keystore().put(other);

    assertEquals(Optional.of(other), held("b", "outbox-2026-03-02"));
    assertEquals(List.of("c"), node("a").keystore().unconfirmed());
  }

  /** Its disk was not mounted, or its operator emptied the folder; b had the newest keys. */
  @Test
  void node_thatLostItsKeystore_destroysNoKeyOfOthersAsALeader() throws IOException {
    begun();
    KeyEntry key = key(KEY);
    node("a").keystore().put(key);
    lose("b", List.of("entries", "days", "cluster-state"));

    follow("b", 2);

    assertEquals(List.of(), leader.unconfirmed());
    assertHeldByAll(key);
  }

  @Test
  void node_thatLostItsKeysButNotTheirState_destroysNoKeyOfOthersAsALeader() throws IOException {
    begun();
    KeyEntry key = key(KEY);
    node("a").keystore().put(key);
    lose("b", List.of("entries", "days"));

    follow("b", 2);

    assertEquals(List.of(), leader.unconfirmed());
    assertHeldByAll(key);
  }

  @Test
  void nodes_thatAllLostTheirKeys_haveNoLeader() throws IOException {
    begun();
    for (String name : nodes.keySet()) {
      lose(name, List.of("entries", "days"));
    }

    leader = leader("b", 2);
    IOException why = assertThrows(IOException.class, () -> leader.begin(() -> true));
    assertTrue(String.valueOf(why.getMessage()).contains("agency pair"), why.getMessage());
  }

  /** Only a, which is away, still has the key that a and b kept. */
  @Test
  void node_thatLostItsKeystore_doesNotCountForOneThatIsAway() throws IOException {
    begun();
    KeyEntry key = keyOfAAndB();
    lose("b", List.of("entries", "days", "cluster-state"));

    assertWaits("c");
    down.clear();
    leader.begin(() -> true);

    assertEquals(List.of(), leader.unconfirmed());
    assertHeldByAll(key);
  }

  @Test
  void node_whoseOldKeystoreWasRestored_doesNotCountForOneThatIsAway() throws IOException {
    begun();
    List<String> files = List.of("entries", "days", "cluster-state");
    Map<String, byte[]> old = new TreeMap<>();
    for (String file : files) {
      old.put(file, Files.readAllBytes(dir.resolve("b").resolve(file)));
    }
    KeyEntry key = keyOfAAndB();
    node("b").keystore().close();
    for (String file : files) {
      Files.write(dir.resolve("b").resolve(file), old.getOrDefault(file, new byte[0]));
    }
    open("b");

    assertWaits("c");
    down.clear();
    leader.begin(() -> true);

    assertEquals(List.of(), leader.unconfirmed());
    assertHeldByAll(key);
  }

  /** Its operator gives up what only the node that is away may have. */
  @Test
  void node_thatLostItsKeystoreAndItsMark_counts() throws IOException {
    begun();
    keyOfAAndB();
    Files.delete(mark("b"));
    lose("b", List.of("entries", "days", "cluster-state"));

    follow("c", 2);

    assertEquals(List.of("a"), leader.unconfirmed());
  }

  /** Afterwards a is away. */
  private KeyEntry keyOfAAndB() {
    KeyEntry key = key(KEY);
    down.add("c");
    node("a").keystore().put(key);
    cIsReachedAgain();
    down.add("a");
    return key;
  }

  /** Nobody serves, and no key is changed. */
  private void assertWaits(String name) {
    leader.end();
    leader = leader(name, 2);
    List<Boolean> asked = new ArrayList<>();
    IOException why =
        assertThrows(
            IOException.class, () -> leader.begin(() -> asked.add(true) && asked.size() < 2));
    assertEquals("this node no longer leads", why.getMessage());
    assertEquals(List.of("a", "b"), leader.awaited());
  }

  /** Its operator restored an old copy of the keys, but not of their state. */
  @Test
  void node_thatWasRestarted_isComparedBeforeItCounts() throws IOException {
    begun();
    KeyEntry key = key(KEY);
    node("a").keystore().put(key);
    assertEquals(List.of(), leader.unconfirmed());
    byte[] entries = Files.readAllBytes(dir.resolve("b/entries"));
    byte[] days = Files.readAllBytes(dir.resolve("b/days"));
    node("a").keystore().destroy(KeyKind.OUTBOX, KEY);
    assertEquals(List.of(), leader.unconfirmed());
    node("b").keystore().close();
    Files.write(dir.resolve("b/entries"), entries);
    Files.write(dir.resolve("b/days"), days);
    open("b");
    assertEquals(Optional.of(key), held("b", KEY));

    assertEquals(List.of(), leader.unconfirmed());

    assertEquals(Optional.empty(), held("b", KEY));
  }

  /** Its disk was replaced: the former one may have keys, whichever machine leads. */
  @Test
  void keystore_thatIsReplaced_isKnownToAll_asOneThatMayHaveKeys() throws IOException {
    begun();
    node("a").keystore().put(key(KEY));
    MachineKeystore before = node("b").self();
    assertEquals(List.of(), leader.former());
    lose("b", List.of("entries", "days", "cluster-state", "cluster-keystores"));
    MachineKeystore after = node("b").self();
    assertNotEquals(before, after);
    lose("b", List.of());
    assertEquals(after, node("b").self(), "it has not been lost once more");

    assertEquals(List.of(), leader.unconfirmed());

    assertEquals(List.of(before), leader.former());
    for (String name : nodes.keySet()) {
      assertTrue(node(name).known().containsAll(List.of(before, after)), name);
    }
    follow("c", 2);
    assertEquals(List.of(), leader.unconfirmed());
    assertEquals(List.of(before), leader.former());
  }

  /** The files are those of the one keystore, but the newest keys are elsewhere. */
  @Test
  void keystore_thatIsAnOldCopy_isAnother() throws IOException {
    begun();
    MachineKeystore before = node("b").self();
    Path state = dir.resolve("b/cluster-state");
    byte[] old = Files.readAllBytes(state);
    node("a").keystore().put(key(KEY));
    assertEquals(List.of(), leader.unconfirmed());
    node("b").keystore().close();
    Files.write(state, old);
    open("b");

    assertEquals(List.of(), leader.unconfirmed());

    assertEquals(List.of(before), leader.former());
    node("b").keystore().close();
    open("b");
    assertEquals(List.of(), leader.unconfirmed());
    assertEquals(List.of(before), leader.former(), "it is the same since");
  }

  /** Both have keys, and none of them is the other. */
  @Test
  void keystore_ofAnotherMachine_isRefused_andStaysWhatItIs() throws IOException {
    begun();
    assertEquals(List.of(), leader.unconfirmed());
    long own = node("b").self().id();
    node("b").keystore().close();
    Path register = dir.resolve("b/cluster-keystores");
    byte[] before = Files.readAllBytes(register);
    Files.copy(dir.resolve("a/cluster-keystores"), register, StandardCopyOption.REPLACE_EXISTING);

    try (Keystore copy = Keystore.open(dir.resolve("b"), () -> NOW, random)) {
      StoreFailure refused =
          assertThrows(
              StoreFailure.class, () -> new NodeKeys("b", copy, mark("b"), KeyNode.newRun()));
      assertTrue(String.valueOf(refused.getMessage()).contains("that of the machine a"));
    }
    Files.write(register, before);
    open("b");
    assertEquals(own, node("b").self().id());
  }

  /** Were it lost together with the leader, nobody would have it destroyed. */
  @Test
  void keystore_getsNoKeys_beforeMostNodesKnowOfIt() throws IOException {
    open("d");
    open("e");
    leader = leader("a", 1);
    begun();
    KeyEntry key = key(KEY);
    node("a").keystore().put(key);
    assertEquals(List.of(), leader.unconfirmed());
    down.addAll(List.of("c", "d", "e"));
    lose("b", List.of("entries", "days", "cluster-state", "cluster-keystores"));

    leader.catchUp();
    leader.catchUp();
    assertEquals(Optional.empty(), held("b", KEY));

    down.remove("c");
    leader.catchUp();
    leader.catchUp();
    assertEquals(Optional.of(key), held("b", KEY));
    assertTrue(node("c").known().contains(node("b").self()));
  }

  /** It has keys from the beginning, and another one may be set up under its name. */
  @Test
  void keystoreOfANodeThatTookNoPlace_isKnownToAll() throws IOException {
    begun();
    down.add("c");
    open("d");
    MachineKeystore first = node("d").self();
    leader.admit("c", "d", new Reached("d"));
    assertEquals(List.of(), leader.former());
    leader.settle(false);
    assertEquals(List.of(first), leader.former());
    assertTrue(node("b").known().contains(first));

    lose("d", List.of("entries", "days", "cluster-state", "cluster-keystores"));
    leader.admit("c", "d", new Reached("d"));
    leader.settle(true);

    assertEquals(
        List.of("c", "d"), leader.former().stream().map(MachineKeystore::machine).toList());
    assertTrue(leader.former().contains(first));
  }

  /** Whoever goes on alone needs to know of it. */
  @Test
  void node_thatDoesNotKnowOfAKeystore_isNotConfirmed() throws IOException {
    begun();
    down.add("b");
    lose("c", List.of("entries", "days", "cluster-state", "cluster-keystores"));

    assertEquals(List.of("b"), leader.unconfirmed());
    down.clear();
    assertEquals(List.of(), leader.unconfirmed());
  }

  /** Restarts a node without some of its files. */
  private void lose(String name, List<String> files) throws IOException {
    node(name).keystore().close();
    for (String file : files) {
      Files.deleteIfExists(dir.resolve(name).resolve(file));
    }
    open(name);
  }

  private void assertHeldByAll(KeyEntry key) {
    for (String name : nodes.keySet()) {
      assertEquals(Optional.of(key), held(name, key.id()), name);
    }
  }

  /** Their operators set them up; each has what the others lack. */
  @Test
  void firstLeader_takesTheKeysOfAll() throws IOException {
    KeyEntry first = key("first");
    KeyEntry second = key("second");
    node("b").keystore().put(first);
    node("c").keystore().put(second);

    begun();

    for (String name : nodes.keySet()) {
      assertEquals(Optional.of(first), held(name, "first"));
      assertEquals(Optional.of(second), held(name, "second"));
    }
  }

  @Test
  void firstLeader_whereNodesWereSetUpDifferently_doesNotServe() {
    node("b").keystore().put(key(KEY));
    node("c").keystore().put(key(KEY));

    IOException why = assertThrows(IOException.class, () -> leader.begin(() -> true));
    assertTrue(String.valueOf(why.getMessage()).contains("OUTBOX " + KEY), why.getMessage());
  }

  @Test
  void firstLeader_withoutAllNodes_waitsAndGivesUpWithItsLead() {
    down.add("b");
    List<Boolean> asked = new ArrayList<>();

    IOException why =
        assertThrows(
            IOException.class, () -> leader.begin(() -> asked.add(true) && asked.size() < 2));
    assertEquals("this node no longer leads", why.getMessage());
    assertEquals(List.of("b"), leader.awaited());
  }

  @Test
  void leader_thatWasFollowed_changesNoKeyAnywhere() throws IOException {
    begun();
    LeaderKeys before = leader;
    leader = leader("b", 2);
    leader.begin(() -> true);
    // It begins with one answer; a node that it has not reached yet could still make the change.
    leader.catchUp();

    assertThrows(KeystoreFailure.class, () -> node("a").keystore().put(key(KEY)));
    before.end();
    assertThrows(KeystoreFailure.class, () -> node("a").keystore().put(key(KEY)));
    for (String name : nodes.keySet()) {
      assertEquals(Optional.empty(), held(name, KEY));
    }
  }

  /** A call that the network held up must not bring back what was destroyed meanwhile. */
  @Test
  void call_thatComesLate_isRefused() throws IOException {
    NodeKeys node = node("b");
    node.change(new KeyNode.Change(1, 2, null, null, List.of(), List.of(), List.of()));

    assertThrows(
        IOException.class,
        () ->
            node.change(
                new KeyNode.Change(1, 1, null, null, List.of(key(KEY)), List.of(), List.of())));
    assertEquals(Optional.empty(), held("b", KEY));
  }
}
