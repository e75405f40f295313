package org.entente.gateway.node.assembly;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.entente.gateway.cluster.ClusterLedger;
import org.entente.gateway.cluster.ClusterNode;
import org.entente.gateway.cluster.ClusterSettings;
import org.entente.gateway.cluster.ReplicatedStore;
import org.entente.gateway.config.ClusterConfig;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.StoreFailure;

/**
 * A stopped machine becomes a cluster of one, or a machine alone again. Both keep the ledger, its
 * keys, audit log and erasure journal, and can be repeated after an interruption.
 */
public final class ClusterOfOne {
  /** Of the last machine, to apply its log and to lead; it asks nobody. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Path configFile;
  private final InstantSource clock;
  private final ConfiguredFiles files;
  private final NodeConfig config;
  private final ClusterConfig cluster;

  /**
   * Prepares for the machine that a configuration describes.
   *
   * @throws StartProblem if the configuration cannot be read, or has no section `cluster`
   */
  public ClusterOfOne(Path configFile, InstantSource clock) {
    this.configFile = configFile;
    this.clock = clock;
    files = ConfiguredFiles.read(configFile, clock);
    config = files.config();
    ClusterConfig section = config.cluster();
    if (section == null) {
      throw new StartProblem(
          "cluster: the configuration needs the section `cluster` (docs/operate/cluster.md)");
    }
    cluster = section;
  }

  /**
   * Makes the ledger of this machine alone that of a cluster of this machine.
   *
   * @return the id of the cluster
   * @throws StartProblem if the gateway runs, or saying what is in the way; the ledger is unharmed
   */
  public String begin() {
    if (cluster.nodes().size() != 1 || cluster.joins()) {
      throw new StartProblem(
          "cluster.nodes must have this machine alone, and cluster.join must not be true: others"
              + " join when it runs (docs/operate/cluster.md)");
    }
    try (Keystore keystore = files.keystore(new SecureRandom())) {
      return ledger(keystore).begin(cluster.node(), new SecureRandom());
    } catch (StoreFailure e) {
      throw new StartProblem("cluster: " + e.getMessage(), e);
    }
  }

  /**
   * Makes the copy of the last machine of a cluster the ledger of this machine alone.
   *
   * @throws StartProblem if the gateway runs, or the cluster has other machines, or saying what is
   *     in the way; the ledger is unharmed
   */
  public void end() {
    long commits = ClusterSettings.Folders.holdsCopy(config.data()) ? applyLog() : 0;
    try (Keystore keystore = files.keystore(new SecureRandom())) {
      ledger(keystore).end(commits);
    } catch (StoreFailure e) {
      throw new StartProblem("cluster: " + e.getMessage(), e);
    }
  }

  /** While the keystore is open here, no gateway runs. */
  private ClusterLedger ledger(Keystore keystore) {
    return new ClusterLedger(
        ClusterMembership.folders(config, cluster), keystore.folder(), RocksOptions.defaults());
  }

  /**
   * Leads the cluster for a moment: what its log has, and the copy has not, is acknowledged. How
   * many commits that are; they are on disk only if the flush at the end succeeds.
   */
  private long applyLog() {
    Leads leads = new Leads();
    try (ClusterMembership membership =
        new ClusterMembership(
            ConfiguredFiles.read(configFile, clock), cluster, clock, new Meters(), leads)) {
      requireLast(membership.names());
      var unused = leads.begun.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      requireLast(membership.names());
      return membership.commits();
    } catch (ExecutionException | TimeoutException e) {
      throw new StartProblem("cluster: this machine does not lead: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartProblem("cluster: interrupted", e);
    }
  }

  private void requireLast(List<String> machines) {
    if (!machines.equals(List.of(cluster.node()))) {
      throw new StartProblem(
          ("cluster: its machines are %s; only the last one ends it: remove the others first, with"
                  + " `entente cluster remove` at the running leader")
              .formatted(String.join(", ", machines.stream().sorted().toList())));
    }
  }

  /** Serves nobody. */
  private static final class Leads implements ClusterNode.Listener {
    private final CompletableFuture<ReplicatedStore> begun = new CompletableFuture<>();

    @Override
    public void leads(ReplicatedStore store) {
      begun.complete(store);
    }

    @Override
    public void followsAgain() {
      // Nothing was opened.
    }

    @Override
    public void stopped(Throwable why) {
      begun.completeExceptionally(why);
    }
  }
}
