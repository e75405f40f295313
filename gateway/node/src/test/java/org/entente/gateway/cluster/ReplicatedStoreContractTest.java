package org.entente.gateway.cluster;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract of a store, kept by the leader of three nodes; each reopening restarts all of them.
 */
@Tag("extended")
@Tag("cluster")
class ReplicatedStoreContractTest extends StoreContract {
  ReplicatedStoreContractTest(@TempDir Path dir) {
    super(new Opening(dir, 3));
  }

  @AfterEach
  void stop() {
    ((Opening) opening()).cluster.close();
  }

  /** Starts the cluster, or stops and starts it again. */
  record Opening(TestCluster cluster) implements Supplier<Store> {
    Opening(Path dir, int size) {
      this(new TestCluster(dir, size, 64 << 20));
    }

    @Override
    public Store get() {
      cluster.close();
      return cluster.startAll().awaitLead().store();
    }
  }
}
