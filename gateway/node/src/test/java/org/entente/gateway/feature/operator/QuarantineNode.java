package org.entente.gateway.feature.operator;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.entente.gateway.deliver.CursorLimits;
import org.entente.gateway.deliver.DeliveryLeaves;
import org.entente.gateway.deliver.Sink;
import org.entente.gateway.deliver.Subscription;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.deliver.UndeliverableMessages;
import org.entente.gateway.feature.Administration.QuarantineStages;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.QuarantineStage;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.receive.IngressRefusal;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.testkit.DeskClients;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.trace.MessageTracer;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.ClassificationEquivalent;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.SubscribeResponse;
import org.jspecify.annotations.Nullable;

/**
 * A recipient with a quarantine, over a disk that outlives it, whose policy has a defect: it throws
 * over messages whose headline says so, for as long as the defect is not mended.
 */
final class QuarantineNode implements AutoCloseable {
  static final NodeName OPERATOR = new NodeName("operator");
  static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("DE-3").setJustification("after the upgrade").build();
  static final String POISON = "poison";

  final MemoryStorageKeys keys = new MemoryStorageKeys();
  final RecordedLeaves leaves = new RecordedLeaves();
  final AtomicInteger judged = new AtomicInteger();
  private final SecureRandom random = new SecureRandom();
  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final ExecutorService executor = Executors.newFixedThreadPool(4);
  private final ErasureJournal journal;
  private final Policy policy = PolicyFixture.demo();
  private final QuarantineTable.Limits limits;
  volatile Instant now = Instant.parse("2026-11-25T10:00:00Z");
  volatile @Nullable Supplier<RuntimeException> defect = () -> new IllegalStateException("it says");
  volatile boolean refuses;
  volatile Function<Label, Optional<ClassificationEquivalent>> equivalents =
      label -> policy.equivalent(label, ReceiveKit.SELF);
  MemoryStore store;
  Ledger ledger;
  ReceiveKit kit;
  Quarantine quarantine;
  Subscriptions subscriptions;

  QuarantineNode(Path folder, QuarantineTable.Limits limits) throws IOException {
    this.limits = limits;
    journal = ErasureJournal.open(folder.resolve("erasures"), 0);
    store = new MemoryStore(disk);
    ledger = open();
    kit = kit();
    subscriptions = subscriptions();
    quarantine = quarantine();
  }

  private Ledger open() {
    LedgerLimits usual = LedgerLimits.DEFAULT;
    return QuietLedger.started(
        store,
        () -> now,
        leaves,
        new LedgerLimits(usual.maxWaiting(), usual.maxBatch(), usual.maxBatchBytes(), limits));
  }

  private ReceiveKit kit() {
    return new ReceiveKit(
        ledger, keys, keys, journal, (o, l, b) -> judge(b).map(IngressRefusal::open), () -> now);
  }

  private Optional<Refusal> judge(Body body) {
    judged.incrementAndGet();
    Supplier<RuntimeException> failure = defect;
    boolean meetsIt =
        body.getAlert().getTextsList().stream().anyMatch(t -> t.getHeadline().equals(POISON));
    if (failure != null && meetsIt) {
      throw failure.get();
    }
    return refuses
        ? Optional.of(new Refusal("de.customs", Code.NODE_RULE, "test", "not wanted"))
        : Optional.empty();
  }

  private UndeliverableMessages undeliverable() {
    return new UndeliverableMessages(
        ReceiveKit.SELF,
        ledger,
        new InboxOpener(keys, ledger.inbox()),
        kit.evidence(),
        kit.setting(),
        new Meters(),
        () -> {});
  }

  private Subscriptions subscriptions() {
    return new Subscriptions(
        ledger,
        new InboxOpener(keys, ledger.inbox()),
        undeliverable(),
        kit.evidence(),
        new DeliveryLeaves(ReceiveKit.SELF, Duration.ofSeconds(10), 10_000),
        new Subscriptions.Environment(
            () -> now,
            new Meters(),
            DeskClients.none(keys)::sight,
            label -> equivalents.apply(label),
            (tx, origin, id) -> Optional.empty(),
            MessageTracer.OFF),
        CursorLimits.DEFAULT);
  }

  private Quarantine quarantine() {
    return new Quarantine(
        ReceiveKit.SELF,
        ledger,
        kit.setting(),
        new LabelCheck(MessageLimits.defaults()),
        () -> now,
        new QuarantineStages(kit.setAside(), undeliverable(), new NothingSent()));
  }

  /** Leaves so many bytes on the disk. */
  void leave(long free) {
    disk.free(free);
    ledger.room().look();
  }

  /** What a killed process leaves is all that the next one has. */
  void restart() {
    kit.close();
    ledger.halt("killed");
    ledger.close();
    disk.cutPower();
    store = new MemoryStore(disk);
    ledger = open();
    kit = kit();
    subscriptions = subscriptions();
    quarantine = quarantine();
  }

  /** An alert; one whose headline is {@link #POISON} meets the defect. */
  Permitted alert(String headline) {
    return alert(headline, "");
  }

  /** The same with a description. */
  Permitted alert(String headline, String description) {
    AlertText text =
        AlertText.newBuilder()
            .setLanguage("en")
            .setHeadline(headline)
            .setDescription(description)
            .build();
    Body body = Body.newBuilder().setAlert(Alert.newBuilder().addTexts(text)).build();
    return PermittedFixture.alert(
        MessageId.fresh(ReceiveKit.ORIGIN, now.toEpochMilli(), random),
        ReceiveKit.ORIGIN,
        Lane.PRIORITY,
        body,
        now,
        ReceiveKit.SELF.value());
  }

  /** An alert that its originator has marked in a national scheme. */
  Permitted marked(String scheme, String marking) {
    return PermittedFixture.permitted(
        MessageId.fresh(ReceiveKit.ORIGIN, now.toEpochMilli(), random),
        ReceiveKit.ORIGIN,
        Lane.PRIORITY,
        Label.newBuilder()
            .setKind(Kind.KIND_ALERT)
            .setClassification(Classification.CLASSIFICATION_RESTRICTED)
            .setClassificationScheme(scheme)
            .setClassificationMarking(marking)
            .build(),
        Body.newBuilder()
            .setAlert(
                Alert.newBuilder()
                    .addTexts(AlertText.newBuilder().setLanguage("en").setHeadline("marked")))
            .build(),
        now,
        "sample",
        30,
        ReceiveKit.SELF.value());
  }

  /** A recall of a message, by its origin. */
  Permitted recallOf(MessageId target) {
    return PermittedFixture.recall(
        MessageId.fresh(ReceiveKit.ORIGIN, now.toEpochMilli(), random),
        target,
        ReceiveKit.ORIGIN,
        now,
        ReceiveKit.SELF.value());
  }

  /** The one envelope of a message. */
  Delivery sealed(Permitted message) {
    return kit.seal(message).get(0);
  }

  /** Brings a message as often as it takes to be set aside; its number in the quarantine. */
  long setAside(Permitted message) {
    Delivery delivery = sealed(message);
    for (int i = 0; i < 4; i++) {
      kit.handOver(delivery);
    }
    List<QuarantineTable.Entry> waiting = quarantine.list(false, 0, 100);
    return waiting.get(waiting.size() - 1).number();
  }

  boolean isKept(MessageId id) {
    return ledger.inbox().find(id) != null;
  }

  /** All that a new cursor is given until it has caught up. */
  List<SubscribeResponse> all(String cursor) {
    return all(cursor, 1);
  }

  /** The same, with so many deliveries in a response. */
  List<SubscribeResponse> all(String cursor, int batch) {
    return all(OpenCursor.newBuilder().setCursor(cursor).setBatch(batch).build());
  }

  /** The same of whatever cursor. */
  List<SubscribeResponse> all(OpenCursor open) {
    CatchUpSink taking = new CatchUpSink();
    Subscriptions.OpenResult opened = subscriptions.open("desk", open, taking);
    ((Subscriptions.OpenResult.Held) opened).subscription().wake();
    return taking.awaitCaughtUp();
  }

  /** Takes all, and nobody looks at it. */
  Sink nobody() {
    return new CatchUpSink();
  }

  /** An open cursor of the client {@code desk}, and what it was given before it had caught up. */
  record Stream(Subscription subscription, List<org.entente.proto.v1.Delivery> given) {}

  /** Opens a cursor and waits until it has caught up. */
  Stream stream(OpenCursor open) {
    CatchUpSink taking = new CatchUpSink();
    Subscriptions.OpenResult opened = subscriptions.open("desk", open, taking);
    Subscription subscription = ((Subscriptions.OpenResult.Held) opened).subscription();
    subscription.wake();
    return new Stream(
        subscription, taking.awaitCaughtUp().stream().map(SubscribeResponse::getDelivery).toList());
  }

  @Override
  public void close() throws IOException {
    kit.close();
    ledger.close();
    executor.shutdown();
    journal.close();
  }

  /** Takes what comes until the cursor has caught up. */
  private final class CatchUpSink implements Sink {
    private final List<SubscribeResponse> taken = new ArrayList<>();
    private boolean done;
    private @Nullable Problem ended;

    @Override
    public boolean ready() {
      return true;
    }

    @Override
    public synchronized void send(SubscribeResponse response) {
      if (response.hasCaughtUp()) {
        done = true;
        notifyAll();
      } else {
        taken.add(response);
      }
    }

    @Override
    public void schedule(Runnable turn, int passed) {
      executor.execute(turn);
    }

    @Override
    public synchronized void end(Problem problem) {
      ended = problem;
      notifyAll();
    }

    synchronized List<SubscribeResponse> awaitCaughtUp() {
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (!done && ended == null && System.nanoTime() < end) {
        try {
          wait(100);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          break;
        }
      }
      if (!done) {
        throw new AssertionError("not caught up, but ended with " + ended);
      }
      return List.copyOf(taken);
    }
  }

  /** This node sends nothing. */
  private static final class NothingSent implements QuarantineStage {
    @Override
    public Mutation<DecisionResult> retry(QuarantineRecord record, byte[] content) {
      throw new IllegalStateException("nothing is sent");
    }

    @Override
    public DecisionResult discard(Transaction tx, QuarantineRecord record, boolean expired) {
      throw new IllegalStateException("nothing is sent");
    }
  }
}
