package org.entente.gateway.node.assembly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.BindableService;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import org.entente.gateway.feature.Feature;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.ledger.commit.WriterThread;
import org.entente.gateway.link.Timers;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.rpc.ServiceContext;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.proto.v1.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A gateway is built and works whichever of its features is left out. */
class FeaturesTest {
  @RegisterExtension final RunningFederation federation = new RunningFederation();

  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final ExecutorService workers = Executors.newSingleThreadExecutor();
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void close() {
    workers.shutdown();
    timers.shutdown();
  }

  @Test
  void gateway_withoutAnyOneFeature_takesDrafts_andOffersTheServicesOfTheOthers()
      throws IOException {
    Set<String> all = new TreeSet<>();
    int features = Features.all().size();
    for (int out = 0; out < features; out++) {
      List<Feature> others = new ArrayList<>(Features.all());
      Feature left = others.remove(out);
      Set<String> offered = services(others, left.getClass().getSimpleName());
      all.addAll(offered);
      assertEquals(features + 11, offered.size(), left + ": " + offered);
    }
    assertEquals(features + 12, all.size(), "each feature offers one service: " + all);
  }

  /** The services of a gateway with these features, which has taken a draft. */
  private Set<String> services(List<Feature> features, String without) {
    ConfiguredFiles files =
        ConfiguredFiles.read(federation.config("fr.customs"), InstantSource.system());
    GatewayCore core =
        new GatewayCore(
            files,
            () -> new MemoryStore(disk),
            new NodeEnvironment(
                InstantSource.system(),
                new SecureRandom(),
                workers,
                workers,
                new WriterThread(),
                Timers.of(timers),
                new Meters()),
            System::nanoTime,
            features);
    try {
      core.start();
      Outcome outcome =
          core.intake()
              .publish(
                  new NodeName("desk"),
                  federation.draft(without, Duration.ofHours(1), "de.customs"))
              .join();
      assertTrue(outcome.hasAccepted(), without + ": " + outcome);
      GatewayCore.OfferedServices offered = core.clientServices(new NoCopies());
      ServiceContext context =
          new ServiceContext(
              offered.names(),
              workers,
              InstantSource.system(),
              Timers.of(timers),
              (client, method, why) -> {});
      return offered.services().stream()
          .map(service -> service.with(context))
          .map(BindableService::bindService)
          .map(service -> service.getServiceDescriptor().getName())
          .collect(Collectors.toSet());
    } finally {
      core.close();
      core.abandon();
    }
  }

  private static final class NoCopies implements LedgerBackups.Copies {
    @Override
    public RocksBackups.Backup add(String note) {
      throw new StoreFailure(StoreFailure.Kind.IO, "no backups here", null);
    }

    @Override
    public List<RocksBackups.Backup> list() {
      return List.of();
    }
  }
}
