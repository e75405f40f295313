package org.entente.gateway.node.assembly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.BindableService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.entente.gateway.feature.Feature;
import org.entente.gateway.feature.release.ReleaseFeature;
import org.entente.gateway.feature.trace.TraceFeature;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.ledger.commit.WriterThread;
import org.entente.gateway.link.Timers;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.rpc.OfferedServices;
import org.entente.gateway.rpc.ServiceContext;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.NoCopies;
import org.entente.gateway.testkit.Results;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Problem;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A gateway is built and works whichever of its features is left out. */
class FeaturesTest {
  private static final NodeName DESK = new NodeName("desk");

  /** Services around a message's path: drafts, delivery, retention and policy. */
  private static final int OTHERS = 4;

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  private final MemoryStore.Disk disk = new MemoryStore.Disk();

  @AutoClose("shutdown")
  private final ExecutorService workers = Executors.newSingleThreadExecutor();

  @AutoClose("shutdown")
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();

  @Test
  void gateway_withoutAnyOneFeature_takesDrafts_andOffersTheServicesOfTheOthers()
      throws IOException {
    Set<String> all = services(Features.all(), "all");
    Map<String, String> offering = new TreeMap<>();
    for (Feature left : Features.all()) {
      String name = left.getClass().getSimpleName();
      Set<String> missing = new TreeSet<>(all);
      missing.removeAll(services(without(left), name));
      assertEquals(left instanceof TraceFeature, missing.isEmpty(), name + " offers " + missing);
      missing.forEach(service -> assertNull(offering.put(service, name), service));
    }
    Set<String> ofThePath = new TreeSet<>(all);
    ofThePath.removeAll(offering.keySet());
    assertEquals(OTHERS + offering.size(), all.size(), "of no feature: " + ofThePath);
  }

  @Test
  void gateway_withoutRelease_refusesWhatNeedsASecondPerson_andExplainsIt() throws IOException {
    Path agreement = federation.folder().resolve("agreements/warnings.yaml");
    Files.writeString(
        agreement,
        Files.readString(agreement).replace("  four_eyes: false\n", "  four_eyes: true\n"));
    Draft draft =
        federation.draft("needs two", Duration.ofHours(1), "de.customs").toBuilder()
            .setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer("FR-1"))
            .build();
    Problem problem =
        with(
            without(new ReleaseFeature()),
            core -> {
              assertEquals(
                  Code.SECOND_PERSON_REQUIRED,
                  Results.code(
                      core.intake()
                          .explaining()
                          .explain(DESK, ExplainRequest.newBuilder().setDraft(draft).build())));
              return core.intake().publish(DESK, draft).join().getInvalid();
            });
    assertEquals("SECOND_PERSON_REQUIRED", problem.getCode());
    assertEquals(
        "release by a second person is required by warnings; this gateway holds no drafts for"
            + " release",
        problem.getMessage());
    assertTrue(with(Features.all(), core -> core.intake().publish(DESK, draft).join()).hasHeld());
  }

  private static List<Feature> without(Feature left) {
    return Features.all().stream().filter(one -> one.getClass() != left.getClass()).toList();
  }

  /** The services of a gateway with these features, which has taken a draft. */
  private Set<String> services(List<Feature> features, String without) {
    return with(
        features,
        core -> {
          Outcome outcome =
              core.intake()
                  .publish(DESK, federation.draft(without, Duration.ofHours(1), "de.customs"))
                  .join();
          assertTrue(outcome.hasAccepted(), without + ": " + outcome);
          OfferedServices offered = core.clientServices();
          ServiceContext context =
              new ServiceContext(
                  offered.names(),
                  workers,
                  workers,
                  InstantSource.system(),
                  Timers.of(timers),
                  (client, method, why) -> {});
          return offered.services().stream()
              .map(service -> service.with(context))
              .map(BindableService::bindService)
              .map(service -> service.getServiceDescriptor().getName())
              .collect(Collectors.toSet());
        });
  }

  /** What a started gateway with these features gives. */
  private <T> T with(List<Feature> features, Function<GatewayCore, T> use) {
    ConfiguredFiles files =
        ConfiguredFiles.read(federation.config("fr.customs"), InstantSource.system());
    GatewayCore core =
        new GatewayCore(
            files,
            () -> new MemoryStore(disk),
            new NodeEnvironment(
                InstantSource.system(),
                new SecureRandom(),
                new NodeEnvironment.Executors(workers, workers, new WriterThread()),
                Timers.of(timers),
                new NoCopies(),
                OtherMachines.NONE,
                new Meters()),
            System::nanoTime,
            features);
    try {
      core.start();
      return use.apply(core);
    } finally {
      core.close();
      core.abandon();
    }
  }
}
