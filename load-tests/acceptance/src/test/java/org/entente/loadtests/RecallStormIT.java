package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.loadtests.federation.AuditResult;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.Machine;
import org.entente.loadtests.testkit.Patience;
import org.entente.loadtests.testkit.Publications;
import org.entente.loadtests.traffic.Clients;
import org.entente.loadtests.traffic.Publication;
import org.entente.loadtests.traffic.Tally;
import org.entente.loadtests.traffic.Watcher;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RecallResponse;
import org.entente.proto.v1.RetentionGrpc;
import org.entente.proto.v1.TrackRequest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand recalls reach a gateway at once, in the heap that the launcher gives it. */
@Tag("extended")
@Tag("chaos")
final class RecallStormIT {
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";
  private static final String US = "us.cbp";
  private static final String HUB = "x.hub";
  private static final int STORM = 10_000;
  private static final int OTHERS = 300;
  private static final int PER_SECOND = 1_000;
  private static final long QUIET_SECONDS = 60;
  private static final int CALLS = 64;

  /** Three times `limits.worker_threads`, and what the machine, Netty and RocksDB have. */
  private static final int MOST_THREADS = 3 * 64 + 100;

  private interface Exchange {
    void run() throws InterruptedException;
  }

  @TempDir private Path folder;

  /** Threat 69. */
  @Test
  void recallStorm_isExecutedWhole_whileOtherTrafficFlows() throws Exception {
    try (Federation federation =
        Federation.mint(ConfigurationHome.find(), folder, Machine.GATEWAY)) {
      allowManyCalls(federation.plan(FR).config());
      for (String agency : List.of(HUB, US, DE, FR)) {
        federation.start(List.of(agency));
      }
      List<ByteString> ids = published(federation);
      federation.kill(DE);
      recall(federation, ids);

      federation.start(List.of(DE));
      int threads = mostThreads(federation, () -> executeAmongOthers(federation, ids));

      assertTrue(threads < MOST_THREADS, threads + " threads");
      assertEquals(List.of(), federation.crashed(), "ended although nobody ended them");
      assertEquals(List.of(), federation.stop(), "did not stop when asked");
      AuditResult audit = AuditResult.verify(federation.plan(DE));
      assertTrue(audit.verified(), audit.said());
      assertEquals(
          STORM + 2 * OTHERS, audit.inboxMessages(), "the recalls and the others, no target");
    }
  }

  /** This test asks for the evidence of each message. */
  private static void allowManyCalls(Path config) throws IOException {
    String text = Files.readString(config);
    assertTrue(text.contains("call_cost: 10000\n"), config::toString);
    Files.writeString(config, text.replace("call_cost: 10000\n", "call_cost: 1000000\n"));
  }

  /** Everything that is recalled later has arrived on return. */
  private static List<ByteString> published(Federation federation) throws InterruptedException {
    Queue<ByteString> ids = new ConcurrentLinkedQueue<>();
    Tally tally = new Tally();
    Watcher watcher =
        new Watcher() {
          @Override
          public void answered(Publication publication, Outcome outcome) {
            ids.add(outcome.getMessageId());
          }
        };
    try (Clients clients = new Clients(federation, tally, watcher)) {
      clients.subscribe(List.of(DE));
      clients.publish(Publications.of(STORM, FR, DE), PER_SECOND);
      assertTrue(
          tally.awaitComplete(STORM, QUIET_SECONDS), () -> tally.missing().size() + " missing");
    }
    return List.copyOf(ids);
  }

  private static void recall(Federation federation, List<ByteString> ids)
      throws InterruptedException, ExecutionException {
    RetentionGrpc.RetentionFutureStub retention =
        RetentionGrpc.newFutureStub(federation.channel(FR, "supervisor"));
    Semaphore calls = new Semaphore(CALLS);
    List<ListenableFuture<RecallResponse>> answers = new ArrayList<>();
    for (ByteString id : ids) {
      calls.acquire();
      ListenableFuture<RecallResponse> answer =
          retention.recall(
              RecallRequest.newBuilder()
                  .setMessageId(id)
                  .setReason("the goods were genuine")
                  .setOnBehalfOf(
                      OnBehalfOf.newBuilder().setOfficer("FR-118").setJustification("report 7/26"))
                  .build());
      answer.addListener(calls::release, Runnable::run);
      answers.add(answer);
    }
    for (ListenableFuture<RecallResponse> answer : answers) {
      assertEquals(List.of(DE), answer.get().getRecipientsList());
    }
  }

  /** Messages of the same origin and of another one arrive while the recalls are executed. */
  private static void executeAmongOthers(Federation federation, List<ByteString> ids)
      throws InterruptedException {
    List<Publication> others = new ArrayList<>();
    for (int i = 0; i < OTHERS; i++) {
      for (String publisher : List.of(FR, US)) {
        String key = "later-" + publisher + "-" + i;
        others.add(Publication.of(key, publisher, key, Publications.draft(DE, "Later " + key)));
      }
    }
    Tally tally = new Tally();
    try (Clients clients = new Clients(federation, tally, Watcher.NONE)) {
      clients.subscribe(List.of(DE));
      clients.publish(others, PER_SECOND);
      assertTrue(
          tally.awaitComplete(others.size(), QUIET_SECONDS),
          () -> tally.missing().size() + " missing, ended: " + federation.crashed());
    }
    awaitExecuted(federation, ids);
  }

  /** The most threads that the recipient is seen to have while something is done. */
  private static int mostThreads(Federation federation, Exchange exchange)
      throws InterruptedException {
    Path tasks = Path.of("/proc/" + federation.pid(DE) + "/task");
    AtomicInteger most = new AtomicInteger();
    ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor();
    try {
      ScheduledFuture<?> unused =
          looking.scheduleAtFixedRate(
              () -> most.accumulateAndGet(entries(tasks), Math::max), 0, 50, TimeUnit.MILLISECONDS);
      exchange.run();
    } finally {
      looking.shutdownNow();
    }
    return most.get();
  }

  /** None once the process has ended, which is asserted elsewhere. */
  private static int entries(Path folder) {
    String[] names = folder.toFile().list();
    return names == null ? 0 : names.length;
  }

  private static void awaitExecuted(Federation federation, List<ByteString> ids) {
    EvidenceGrpc.EvidenceBlockingStub evidence =
        EvidenceGrpc.newBlockingStub(federation.channel(FR, "supervisor"));
    for (ByteString id : ids) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(QUIET_SECONDS);
      Optional<EvidenceItem> executed = Optional.empty();
      while (executed.isEmpty() && System.nanoTime() < end && federation.crashed().isEmpty()) {
        TrackRequest request = TrackRequest.newBuilder().setMessageId(id).build();
        executed =
            evidence.track(request).getItemsList().stream()
                .filter(item -> item.getKind() == EvidenceKind.EVIDENCE_KIND_ERASURE)
                .findFirst();
        if (executed.isEmpty()) {
          Patience.pause();
        }
      }
      assertEquals(
          Optional.of(""), executed.map(EvidenceItem::getCode), "ended: " + federation.crashed());
    }
  }
}
