package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.FolderCopy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that begins with one node, grows, and shrinks again. */
class ClusterGrowthTest {
  private static final int VALUE = 100_000;
  private static final Duration SILENT = Duration.ofSeconds(4);

  @TempDir private Path dir;

  @Test
  void nodeAlone_growsToThree_survivesALoss_andShrinksToOne() throws IOException {
    try (TestCluster cluster = new TestCluster(dir, 1, 1_000_000).startAll()) {
      TestCluster.Lead first = cluster.awaitLead();
      commit(first, 1, 20);
      KeyEntry key = outboxKey();
      cluster.keystore("n1").put(key);
      cluster.erasures("n1").append(new byte[] {1});

      String second = cluster.startNew("n2");
      ClusterNode leader = cluster.node("n1");
      leader.requireAnswer("n2", second);
      ByteString meanwhile = ByteString.copyFrom(new byte[] {2});
      cluster.erasures("n1").afterSending = () -> leader.sendErasures(List.of(meanwhile));
      leader.add("n2", second);
      assertTrue(cluster.erasures("n2").records.contains(meanwhile), "one that began meanwhile");
      cluster.erasures("n1").afterSending = () -> {};
      cluster.erasures("n2").records.remove(meanwhile);
      commit(first, 21, 25);
      leader.add("n3", cluster.startNew("n3"));
      commit(first, 26, 30);

      Set<String> three = Set.of("n1", "n2", "n3");
      for (String node : three) {
        TestCluster.awaitTrue(() -> cluster.node(node).machines().keySet().equals(three));
        assertEquals(
            List.of(ByteString.copyFrom(new byte[] {1})), cluster.erasures(node).records, node);
        assertEquals(Optional.of(key), cluster.keystore(node).get(key.kind(), key.id()), node);
      }
      assertEquals(List.of(), cluster.keystore("n1").unconfirmed());
      cluster.stop("n1");
      TestCluster.Lead next = cluster.awaitLead();
      assertHolds(next, 30);
      commit(next, 31, 35);
      cluster.start("n1");
      ClusterNode last = cluster.node(next.node());
      TestCluster.awaitTrue(() -> hears(last, "n1"));
      TestCluster.Lead now = cluster.currentLead(next);
      assertEquals(next.node(), now.node());
      name(now, "n1", FormerMachines.Step.LEAVES);
      ClusterNode leaves = cluster.node("n1");
      assertFalse(last.hasLeft());
      TestCluster.awaitTrue(leaves::hasLeft);
      last.remove("n1");
      assertEquals(List.of("n1"), cluster.keystore(now.node()).unconfirmed(), "rule A");
      commit(now, 36, 40);
      String other = now.node().equals("n2") ? "n3" : "n2";
      last.remove(other);
      cluster.stop("n1");
      cluster.stop(other);
      commit(now, 41, 45);

      cluster.stop(now.node());
      cluster.startAsTheOnlyOne(now.node());
      assertHolds(cluster.awaitLead(), 45);
      long commits = cluster.node(now.node()).position().commits();
      cluster.stop(now.node());
      cluster.ledger(now.node()).end(commits);
      try (RocksStore alone =
          RocksStore.open(cluster.folders(now.node()).data(), RocksOptions.defaults())) {
        assertArrayEquals(value(45), alone.get(Table.INBOX, key(45)));
      }
    }
  }

  private static boolean hears(ClusterNode leader, String other) {
    return leader
        .status()
        .flatMap(status -> status.machine(other))
        .flatMap(ClusterStatus.Machine::silence)
        .filter(silence -> silence.compareTo(SILENT) <= 0)
        .isPresent();
  }

  /** Its leader would have nobody to ask. */
  @Test
  void node_isNotRemoved_ifTooFewAnswerThen() {
    try (TestCluster cluster = new TestCluster(dir, 3, 64 << 20).startAll()) {
      TestCluster.Lead lead = cluster.awaitLead();
      String stays = cluster.others(lead.node()).get(0);
      String silent = cluster.others(lead.node()).get(1);
      ClusterNode leader = cluster.node(lead.node());
      TestCluster.awaitTrue(() -> hears(leader, stays) && hears(leader, silent));
      assertTrue(
          leader.status().orElseThrow().goesOnWithout(stays, ClusterGrowthTest::hasAnswered));

      cluster.stop(silent);

      TestCluster.awaitTrue(() -> !hears(leader, silent));
      assertFalse(
          leader.status().orElseThrow().goesOnWithout(stays, ClusterGrowthTest::hasAnswered));
      assertTrue(
          leader.status().orElseThrow().goesOnWithout(silent, ClusterGrowthTest::hasAnswered));
      assertFalse(
          leader.status().orElseThrow().goesOnWithout(silent, one -> false),
          "the one that stays is far behind");
    }
  }

  private static boolean hasAnswered(ClusterStatus.Machine one) {
    return one.silence().filter(silence -> silence.compareTo(SILENT) <= 0).isPresent();
  }

  /** As two clusters that began with copies of one ledger. */
  @Test
  void node_thatWaitsForAnotherCluster_isRefused() throws IOException {
    try (TestCluster cluster = new TestCluster(dir, 1, 64 << 20).startAll()) {
      TestCluster.Lead lead = cluster.awaitLead();
      cluster.expect("00000000000000000000000000000000");
      String address = cluster.startNew("n2");
      ClusterNode leader = cluster.node("n1");

      IOException why = assertThrows(IOException.class, () -> leader.requireAnswer("n2", address));
      assertTrue(String.valueOf(why.getMessage()).contains("of another cluster"), why::toString);
      assertEquals(Set.of(), leader.connected());
      assertThrows(IOException.class, () -> leader.add("n2", address));
      assertEquals(Set.of(), leader.connected());
      assertEquals(Set.of("n1"), leader.machines().keySet());
      assertEquals(List.of(), cluster.keystore("n2").list(KeyKind.AGENCY_PAIR));
      commit(lead, 1, 3);
    }
  }

  /** Its configuration names no other; its log does. */
  @Test
  void nodeOfALargerCluster_doesNotLeadAlone_byItsConfiguration() throws IOException {
    try (TestCluster cluster = new TestCluster(dir, 1, 64 << 20).startAll()) {
      TestCluster.Lead lead = cluster.awaitLead();
      cluster.node("n1").add("n2", cluster.startNew("n2"));
      commit(lead, 1, 3);
      cluster.stop("n2");
      cluster.stop("n1");

      for (String node : List.of("n1", "n2")) {
        cluster.startAsTheOnlyOne(node);
        assertEquals(Set.of("n1", "n2"), cluster.node(node).machines().keySet(), node);
        cluster.stop(node);
      }
      delete(cluster.folders("n2"));
      StoreFailure why = assertThrows(StoreFailure.class, () -> cluster.startAsTheOnlyOne("n2"));
      assertTrue(String.valueOf(why.getMessage()).contains("are missing"), why::toString);
      ReplicaFolder.delete(cluster.folders("n2").data());
      assertThrows(StoreFailure.class, () -> cluster.startAsTheOnlyOne("n2"));
    }
  }

  /** It was killed before its first flush: the copy does not show that there were entries. */
  @Test
  void firstNode_thatLostItsLogAndItsMark_doesNotLeadAgain() throws IOException {
    Path killed = dir.resolve("as-it-was");
    try (TestCluster cluster = new TestCluster(dir, 1, 64 << 20)) {
      Path copy = cluster.folders("n1").data().resolve("copy");
      FolderCopy.of(copy, killed);
      cluster.start("n1");
      commit(cluster.awaitLead(), 1, 3);
      cluster.stop("n1");
      ReplicaFolder.delete(copy);
      FolderCopy.of(killed, copy);

      StoreFailure marked = assertThrows(StoreFailure.class, () -> cluster.start("n1"));
      assertTrue(String.valueOf(marked.getMessage()).contains("node was at"), marked::toString);
      delete(cluster.folders("n1"));
      StoreFailure why = assertThrows(StoreFailure.class, () -> cluster.start("n1"));
      assertTrue(String.valueOf(why.getMessage()).contains("has led its cluster"), why::toString);
    }
  }

  /** Log and mark, with the mark of its keys. */
  private static void delete(ClusterSettings.Folders folders) throws IOException {
    ReplicaFolder.delete(folders.log());
    Files.delete(folders.mark());
    Files.deleteIfExists(folders.keyMark());
  }

  private static void name(TestCluster.Lead lead, String node, FormerMachines.Step step) {
    lead.store()
        .commit(
            new Batch().put(Table.META, FormerMachines.key(node), FormerMachines.value(step)),
            Durability.SYNCED);
  }

  private static KeyEntry outboxKey() {
    return new KeyEntry(
        KeyKind.OUTBOX,
        "outbox-2026-03-01",
        Instant.now(),
        KeyEntry.NEVER,
        SecretBytes.random(new SecureRandom(), KeyEntry.LEAST_SECRET_BYTES));
  }

  private static void commit(TestCluster.Lead lead, int from, int to) {
    for (int number = from; number <= to; number++) {
      lead.store()
          .commit(new Batch().put(Table.INBOX, key(number), value(number)), Durability.SYNCED);
    }
  }

  private static void assertHolds(TestCluster.Lead lead, int count) {
    for (int number = 1; number <= count; number++) {
      assertArrayEquals(value(number), lead.store().get(Table.INBOX, key(number)), "" + number);
    }
  }

  private static byte[] key(int number) {
    return KeyBuilder.key().u32(number).done();
  }

  private static byte[] value(int number) {
    return KeyBuilder.key(VALUE).u32(number).bytes(new byte[VALUE - 4]).done();
  }
}
