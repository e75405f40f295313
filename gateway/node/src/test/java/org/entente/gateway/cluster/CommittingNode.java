package org.entente.gateway.cluster;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.NumberedCommits;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.StoreFailure;

/**
 * A process that is one node. While it leads it commits numbers and prints each once its commit has
 * returned.
 */
final class CommittingNode implements ClusterNode.Listener {
  static final int VALUE = 500;

  private final ExecutorService commits = Executors.newSingleThreadExecutor();

  private CommittingNode() {}

  /** Arguments: folder, node, start of certificates, then name and address of each node. */
  public static void main(String[] args) {
    Map<String, String> nodes = new TreeMap<>();
    for (int i = 3; i < args.length; i += 2) {
      nodes.put(args[i], args[i + 1]);
    }
    Path dir = Path.of(args[0]).resolve(args[1]);
    ClusterNode.start(
        new ClusterSettings(
            "kill",
            args[1],
            nodes,
            /* joins= */ null,
            new ClusterSettings.Folders(
                dir.resolve("log"), dir.resolve("data"), dir.resolve("mark")),
            new ClusterSettings.Limits(RocksOptions.defaults(), Duration.ofSeconds(1), 100_000),
            new NodeCertificates(Instant.parse(args[2])).of(NodeCertificates.OWN),
            null),
        TestCluster.withKeys(Keystore.open(dir.resolve("keys"), Instant::now, new SecureRandom())),
        new CommittingNode());
    System.out.println("runs");
  }

  @Override
  public void leads(ReplicatedStore store) {
    commits.execute(() -> commit(store));
  }

  private static void commit(ReplicatedStore store) {
    int count = NumberedCommits.count(store, VALUE);
    System.out.println("has " + count);
    try {
      while (true) {
        count++;
        store.commit(NumberedCommits.batch(store, count, VALUE), Durability.SYNCED);
        System.out.println(count);
      }
    } catch (StoreFailure e) {
      System.out.println("follows");
    }
  }

  @Override
  public void followsAgain() {
    // The store fails.
  }

  @Override
  public void stopped(Throwable why) {
    System.out.println("stopped " + why);
  }
}
