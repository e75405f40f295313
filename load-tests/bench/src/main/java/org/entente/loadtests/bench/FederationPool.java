package org.entente.loadtests.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.certsdev.FederationSpec;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.Machine;
import org.entente.loadtests.federation.ThrowawayFolder;

/**
 * A new federation for each scenario, so that scenarios do not affect each other. Thread-safe:
 * closing from another thread ends the processes of the running scenario.
 */
final class FederationPool implements AutoCloseable {
  private final ConfigurationHome home;
  private final Path folder;
  private final Machine machine;
  private final Set<Federation> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * A pool without federations.
   *
   * @param folder parent of the federations' folders
   * @param machine JVM settings of the gateways
   */
  FederationPool(ConfigurationHome home, Path folder, Machine machine) {
    this.home = home;
    this.folder = folder;
    this.machine = machine;
  }

  /**
   * A federation whose gateways do not run yet; closing it ends them and deletes their files.
   *
   * @param further agencies whose gateways never run
   */
  Ground mint(String scenario, List<FederationSpec.Agency> further) {
    Path own = folder.resolve(scenario);
    Ground ground = new Ground(own, Federation.mint(home, own, machine, further));
    open.add(ground.federation);
    if (closed) {
      ground.close();
      throw new CommandFailure("stopped before " + scenario + " began");
    }
    return ground;
  }

  @Override
  public void close() {
    closed = true;
    open.forEach(Federation::close);
  }

  /** One federation and its folder. */
  final class Ground implements AutoCloseable {
    private final Path own;
    private final Federation federation;

    private Ground(Path own, Federation federation) {
      this.own = own;
      this.federation = federation;
    }

    Federation federation() {
      return federation;
    }

    @Override
    public void close() {
      federation.close();
      open.remove(federation);
      ThrowawayFolder.delete(own);
    }
  }
}
