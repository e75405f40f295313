package org.entente.gateway.risk;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.entente.gateway.ledger.InboxBook;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.Mishap;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.LabelCheck;
import org.entente.gateway.policy.MessageLimits;
import org.entente.gateway.policy.Permitted;
import org.entente.gateway.policy.PermittedFixture;
import org.entente.gateway.receive.InboxOpening;
import org.entente.gateway.retain.ErasureJournal;
import org.entente.gateway.retain.Retention;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.Desked;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineStep;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.ListScoresRequest;
import org.entente.proto.v1.ListScoresResponse;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Recall;
import org.entente.proto.v1.Score;
import org.entente.proto.v1.ScoreMessageRequest;
import org.entente.proto.v1.ScoredMessage;
import org.entente.proto.v1.ShowScoresRequest;
import org.entente.proto.v1.Status;

/** A recipient whose clients score what it receives, over a disk that outlives it. */
final class RiskNode implements AutoCloseable {
  static final NodeName ENGINE = new NodeName("risk-engine");
  static final NodeName OTHER = new NodeName("other-engine");
  static final NodeName DESK = new NodeName("desk");
  static final NodeName OFFICE = new NodeName("records");
  static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder()
          .setOfficer("DE-7")
          .setUnit("K 12")
          .setJustification("case 4 Js 12/26")
          .build();

  final MemoryStorageKeys keys = new MemoryStorageKeys();
  final RecordedLeaves leaves = new RecordedLeaves();
  final Meters meters = new Meters();
  private final SecureRandom random = new SecureRandom();
  private final ExecutorService streams = Executors.newCachedThreadPool();
  final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final ErasureJournal journal;
  volatile Set<String> indicators = Set.of();
  volatile Instant now = Instant.parse("2026-11-25T10:00:00Z");
  MemoryStore store;
  Ledger ledger;
  ReceiveKit kit;
  Retention retention;
  Scores scores;

  RiskNode(Path folder) throws IOException {
    journal = ErasureJournal.open(folder.resolve("erasures"), 0);
    store = new MemoryStore(disk);
    ledger = QuietLedger.started(store, () -> now, leaves);
    kit = kit();
    retention = retention();
    scores = scores();
  }

  private ReceiveKit kit() {
    return new ReceiveKit(ledger, keys, keys, journal, (o, l, b) -> Optional.empty(), () -> now);
  }

  private Retention retention() {
    return new Retention(
        ReceiveKit.SELF,
        ledger,
        keys,
        keys,
        kit.erasing(),
        new LabelCheck(MessageLimits.defaults()),
        random);
  }

  private Scores scores() {
    return new Scores(
        new Scores.Parts(
            ReceiveKit.SELF,
            ledger,
            new InboxOpening(keys, ledger.inbox()),
            Desked.none(keys),
            new LabelCheck(MessageLimits.defaults()),
            () -> indicators,
            new Bands(Map.of(300, "MEDIUM", 700, "HIGH")),
            random,
            meters,
            streams));
  }

  /** What a killed process leaves is all that the next one has. */
  void restart() {
    kit.close();
    ledger.halt("killed");
    ledger.close();
    disk.cutPower();
    store = new MemoryStore(disk);
    ledger = QuietLedger.started(store, () -> now, leaves);
    kit = kit();
    retention = retention();
    scores = scores();
  }

  // What is received -----------------------------------------------------------------------------

  /** Receives an IPR alert unless the label is made another. */
  MessageId received(Consumer<Label.Builder> change) {
    return received(Lane.ROUTINE, change);
  }

  /** The same in a lane: after a restart, the origin begins to count anew in each. */
  MessageId received(Lane lane, Consumer<Label.Builder> change) {
    Label.Builder label =
        Label.newBuilder()
            .setKind(Kind.KIND_ALERT)
            .setCategory(Category.CATEGORY_IPR)
            .setPurpose(Purpose.PURPOSE_IPR_ENFORCEMENT)
            .setStatus(Status.STATUS_ACTUAL);
    change.accept(label);
    return deliver(
        lane, label.build(), Body.newBuilder().setAlert(Alert.getDefaultInstance()).build(), 30);
  }

  MessageId received() {
    return received(label -> {});
  }

  /** Its origin changes a message. */
  MessageId changed(MessageType type, MessageId target) {
    now = now.plusSeconds(1);
    return received(
        label -> label.setMessageType(type).setReferences(ByteString.copyFrom(target.bytes())));
  }

  private MessageId deliver(Lane lane, Label label, Body body, int retentionDays) {
    Permitted message =
        PermittedFixture.permitted(
            MessageId.fresh(now.toEpochMilli(), random),
            ReceiveKit.ORIGIN,
            lane,
            label,
            body,
            now,
            "test",
            retentionDays,
            ReceiveKit.SELF.value());
    kit.deliver(message);
    return message.messageId();
  }

  /** Its origin takes a message back. */
  void recalled(MessageId target) {
    Body recall =
        Body.newBuilder()
            .setRecall(
                Recall.newBuilder()
                    .setMessageId(ByteString.copyFrom(target.bytes()))
                    .setReason("the goods were genuine"))
            .build();
    deliver(Lane.FLASH, Label.newBuilder().setKind(Kind.KIND_RECALL).build(), recall, 365);
    kit.settle();
  }

  /** Delivery has given a message up until an operator decides. */
  void setAside(MessageId id) {
    InboxBook.Placed placed = requireNonNull(ledger.inbox().find(id));
    boolean aside =
        ledger.commit(
            Lane.ROUTINE,
            tx ->
                kit.setting()
                    .put(
                        tx,
                        new Mishap(Code.DAMAGED, "test"),
                        QuarantineRecord.newBuilder()
                            .setStep(QuarantineStep.QUARANTINE_STEP_DELIVERING)
                            .setLane(placed.lane().number())
                            .setPosition(placed.position())
                            .setUntilMs(Long.MAX_VALUE)
                            .setAgency(ReceiveKit.ORIGIN.value())
                            .addMessageIds(placed.record().getMessageId()),
                        new byte[0]));
    if (!aside) {
      throw new AssertionError("no room");
    }
  }

  // What clients do ------------------------------------------------------------------------------

  static ScoreMessageRequest.Builder request(MessageId id, int perMille, String model) {
    return ScoreMessageRequest.newBuilder()
        .setMessageId(ByteString.copyFrom(id.bytes()))
        .setPerMille(perMille)
        .setModel(model)
        .setModelVersion("1.0")
        .setAutomated(true);
  }

  static <T> T done(Answer<T> answer) {
    if (answer instanceof Answer.Done<T> done) {
      return done.response();
    }
    throw new AssertionError(answer);
  }

  Score score(NodeName client, ScoreMessageRequest.Builder request) {
    return done(scores.score(client, request.build())).getScore();
  }

  Score score(MessageId id, int perMille, String model) {
    return score(ENGINE, request(id, perMille, model));
  }

  static ShowScoresRequest.Builder ask(MessageId id) {
    return ShowScoresRequest.newBuilder()
        .setMessageId(ByteString.copyFrom(id.bytes()))
        .setOnBehalfOf(PERSON);
  }

  /** The scores of a message, the latest first. */
  List<Score> show(MessageId id) {
    return done(scores.show(DESK, ask(id).build())).getScoresList();
  }

  static ListScoresRequest.Builder ask() {
    return ListScoresRequest.newBuilder().setPageSize(100).setOnBehalfOf(PERSON);
  }

  ListScoresResponse list(ListScoresRequest.Builder request) {
    return done(scores.list(DESK, request.build()));
  }

  /** Numbers of the scores that are listed, the latest first. */
  List<Long> numbers(ListScoresRequest.Builder request) {
    return numbers(list(request).getScoresList());
  }

  List<Long> numbers() {
    return numbers(ask());
  }

  static List<Long> numbers(List<ScoredMessage> scored) {
    return scored.stream().map(it -> it.getScore().getNumber()).toList();
  }

  /** What the table of scores holds, as Latin-1 text. */
  List<String> stored() {
    List<String> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.SCORE, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        out.add(new String(scan.value(), StandardCharsets.ISO_8859_1));
      }
    }
    return out;
  }

  @Override
  public void close() throws IOException {
    kit.close();
    ledger.close();
    journal.close();
    streams.shutdownNow();
  }
}
