package org.entente.gateway.receive;

import static org.entente.gateway.testkit.Agencies.HUB;
import static org.entente.gateway.testkit.Agencies.SG;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.commit.WriterExecutor;
import org.entente.gateway.ledger.commit.WriterThread;
import org.entente.gateway.ledger.record.DiskThresholds;
import org.entente.gateway.ledger.sequence.OriginWindow;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.policy.terms.ExerciseRetention;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.testkit.DeskClients;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.testkit.SettableClock;
import org.entente.gateway.transmit.EvidenceTimeouts;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Recall;
import org.entente.proto.v1.Status;

/**
 * A gateway of {@code de.customs} that receives, over a store in memory, with links to {@code
 * fr.customs}, {@code sg.police} and the transit {@code x.hub}. Three envelopes of an agency may be
 * set aside. The client {@code clerk} sits at the desk {@code border}. One thread.
 */
final class RecipientNode implements AutoCloseable {
  static final AgencyName SELF = ReceiveKit.SELF;
  static final AgencyName ORIGIN = ReceiveKit.ORIGIN;

  /** Behind the transit. */
  static final AgencyName FAR = new AgencyName("us.cbp");

  /** Transits that lead to {@link #FAR}. */
  final List<AgencyName> transitsOfFar = new ArrayList<>(List.of(HUB));

  static final NodeName CLERK = new NodeName("clerk");
  static final Lane LANE = Lane.PRIORITY;

  /** Most bytes in custody of one origin. */
  static final long CUSTODY_BYTES = 64 << 10;

  static final int GATEWAY_KEYS = 20;

  static final Instant START = Instant.parse("2026-11-25T10:00:00Z");

  final SecureRandom random = new SecureRandom();
  final MemoryStorageKeys keys = new MemoryStorageKeys();
  final RecordedLeaves leaves = new RecordedLeaves();
  final SettableClock clock = new SettableClock(START);
  final MemoryStore.Disk disk;
  final MemoryStore store;
  final Writer writer = new Writer();
  final Ledger ledger;
  final Set<AgencyName> strangers = new HashSet<>();
  final ReceiveKit kit;
  private final ErasureJournal journal;
  volatile IngressCheck ingress = (origin, label, body) -> Optional.empty();
  volatile TransitCheck transit = (facts, recipient, size) -> Optional.empty();

  RecipientNode(Path folder) throws IOException {
    this(folder, new MemoryStore.Disk());
  }

  /** The same over a disk, as after a restart that knows no keys of before. */
  RecipientNode(Path folder, MemoryStore.Disk disk) throws IOException {
    this.disk = disk;
    store = new MemoryStore(disk);
    ledger =
        QuietLedger.started(
            store,
            clock,
            leaves,
            new LedgerLimits(
                1_000,
                100,
                1 << 20,
                new QuarantineTable.Limits(12, 1 << 20),
                DiskThresholds.DEFAULT,
                CUSTODY_BYTES,
                GATEWAY_KEYS),
            writer);
    journal = ErasureJournal.open(folder.resolve("erasures"), 0);
    kit =
        new ReceiveKit(
            ledger,
            keys,
            keys,
            journal,
            (origin, label, body) -> ingress.refusal(origin, label, body),
            clock,
            new ReceiveKit.Surroundings(
                Set.of(ORIGIN, SG, HUB),
                agency -> agency.equals(FAR) ? transitsOfFar : List.of(),
                agency -> !strangers.contains(agency),
                new CurrentCheck(),
                new DeskClients().client(CLERK.value(), "border"),
                new ExerciseRetention(7)));
  }

  /** The writer's thread; a test can stop its timers, so that what can wait for a commit does. */
  static final class Writer implements WriterExecutor {
    private final WriterThread thread = new WriterThread();
    volatile boolean isPatient;

    @Override
    public void execute(Runnable task) {
      thread.execute(task);
    }

    @Override
    public <T> T await(CompletableFuture<T> future) {
      return thread.await(future);
    }

    @Override
    public long nanos() {
      return thread.nanos();
    }

    @Override
    public void after(Duration delay, Runnable task) {
      if (!isPatient) {
        thread.after(delay, task);
      }
    }

    @Override
    public void close() {
      thread.close();
    }
  }

  private final class CurrentCheck implements TransitCheck {
    @Override
    public Optional<Refusal> refusal(EnvelopeFacts facts, AgencyName recipient, int size) {
      return transit.refusal(facts, recipient, size);
    }
  }

  MessageId id() {
    return MessageId.fresh(ORIGIN, clock.millis(), random);
  }

  static ByteString bytes(MessageId id) {
    return ByteString.copyFrom(id.bytes());
  }

  static Body text(String headline) {
    return Body.newBuilder()
        .setAlert(
            Alert.newBuilder()
                .addTexts(AlertText.newBuilder().setLanguage("en").setHeadline(headline)))
        .build();
  }

  Permitted alert(String headline) {
    return alert(text(headline), label -> {});
  }

  Permitted alert(Body body, Consumer<Label.Builder> change) {
    return message(LANE, Kind.KIND_ALERT, body, change);
  }

  Permitted message(Lane lane, Kind kind, Body body, Consumer<Label.Builder> change) {
    return message(id(), lane, kind, body, change);
  }

  Permitted message(MessageId id, Lane lane, Kind kind, Body body, Consumer<Label.Builder> change) {
    Label.Builder label =
        Label.newBuilder()
            .setKind(kind)
            .setCategory(Category.CATEGORY_IPR)
            .setPurpose(Purpose.PURPOSE_IPR_ENFORCEMENT)
            .setStatus(Status.STATUS_ACTUAL);
    change.accept(label);
    return PermittedFixture.permitted(
        id, ORIGIN, lane, label.build(), body, clock.instant(), "test", 30, SELF.value());
  }

  /** A delivery whose path is another. */
  static Delivery via(Delivery delivery, AgencyName... path) {
    Delivery.Builder out = delivery.toBuilder().clearPath();
    for (AgencyName agency : path) {
      out.addPath(agency.value());
    }
    return out.build();
  }

  Permitted recallOf(MessageId target) {
    return recallOf(target, Lane.FLASH);
  }

  Permitted recallOf(MessageId target, Lane lane) {
    return message(
        lane,
        Kind.KIND_RECALL,
        Body.newBuilder().setRecall(Recall.newBuilder().setMessageId(bytes(target))).build(),
        Label.Builder::clearCategory);
  }

  /** Seals at the origin and hands over. */
  Receipt deliver(Permitted message) {
    Receipt receipt = kit.deliver(message).get(0);
    // What follows from the commit comes before the next one.
    ledger.commit(Lane.ROUTINE, tx -> tx);
    return receipt;
  }

  /** Delivers an alert that is kept. */
  Permitted kept(String headline) {
    Permitted message = alert(headline);
    deliver(message);
    placed(message.messageId());
    return message;
  }

  /** Where a message stands that is here. */
  InboxTable.PlacedRecord placed(MessageId id) {
    return Objects.requireNonNull(ledger.inbox().find(id), "in the inbox");
  }

  boolean isHere(MessageId id) {
    return ledger.inbox().find(id) != null;
  }

  InboxRecord record(MessageId id) {
    return placed(id).record();
  }

  /** What the origin is owed last. */
  EvidenceItem lastOwed() {
    List<EvidenceItem> owed = kit.owed();
    return owed.get(owed.size() - 1);
  }

  /** What the origin is owed last, in short. */
  String lastSaid() {
    EvidenceItem last = lastOwed();
    return last.getKind().name().replace("EVIDENCE_KIND_", "")
        + (last.getCode().isEmpty() ? "" : " " + last.getCode() + ": " + last.getReason());
  }

  List<AuditRecord> leaves(AuditType type) {
    return leaves.all().stream().filter(leaf -> leaf.type() == type).toList();
  }

  /** What was received in an epoch of a lane. */
  OriginWindow window(Lane lane, long epoch) {
    return ledger.windows().read(ORIGIN, lane).in(epoch).orElseThrow();
  }

  /** A message of this agency that goes to these. */
  MessageId sent(boolean exercise, AgencyName... recipients) {
    MessageId id = id();
    SentFacts.Builder facts =
        SentFacts.newBuilder()
            .setLane(LANE.number())
            .setExercise(exercise)
            .setExpiresAtMs(clock.millis() + 86_400_000);
    for (AgencyName recipient : recipients) {
      facts.addRecipients(recipient.value());
    }
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          EvidenceTimeouts.begin(tx, ledger, kit.evidence(), id, facts.build());
          return id;
        });
    return id;
  }

  static EnvelopeHeader header(Delivery delivery) {
    return EnvelopeHeader.parse(delivery.getHeader().toByteArray()).orElseThrow();
  }

  static long day(Instant at) {
    return LocalDate.ofInstant(at, ZoneOffset.UTC).toEpochDay();
  }

  @Override
  public void close() throws IOException {
    kit.close();
    ledger.close();
    journal.close();
  }
}
