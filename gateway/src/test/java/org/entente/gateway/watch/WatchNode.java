package org.entente.gateway.watch;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.entente.gateway.ledger.AtRest;
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
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.Keys;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.Desked;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineStep;
import org.entente.proto.v1.AddWatchRequest;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Hit;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.ListHitsRequest;
import org.entente.proto.v1.ListHitsResponse;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Recall;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.Subject;
import org.entente.proto.v1.WatchState;
import org.entente.proto.v1.WatchTerms;

/** A recipient whose clients watch, over a disk that outlives it. */
final class WatchNode implements AutoCloseable {
  static final NodeName DESK = new NodeName("desk");
  static final NodeName OTHER = new NodeName("other-desk");
  static final String CONTAINER = "CSQU3054383";
  static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder()
          .setOfficer("DE-7")
          .setUnit("K 12")
          .setJustification("case 4 Js 12/26")
          .build();

  final MemoryStorageKeys keys = new MemoryStorageKeys();
  final RecordedLeaves leaves = new RecordedLeaves();
  final Set<String> mayWatch = new HashSet<>(List.of("desk", "other-desk"));
  private final SecureRandom random = new SecureRandom();
  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final ErasureJournal journal;
  volatile Instant now = Instant.parse("2026-11-25T10:00:00Z");
  MemoryStore store;
  Ledger ledger;
  ReceiveKit kit;
  Retention retention;
  Watches watches;

  WatchNode(Path folder) throws IOException {
    journal = ErasureJournal.open(folder.resolve("erasures"), 0);
    store = new MemoryStore(disk);
    ledger = QuietLedger.started(store, () -> now, leaves);
    kit = kit();
    retention = retention();
    watches = watches();
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

  private Watches watches() {
    return new Watches(
        new Watches.Parts(
            ReceiveKit.SELF,
            ledger,
            new InboxOpening(keys, ledger.inbox()),
            new AtRest(keys, random),
            Desked.none(keys),
            new LabelCheck(MessageLimits.defaults()),
            () -> now,
            new Meters()),
        mayWatch::contains);
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
    watches = watches();
  }

  // What is received -----------------------------------------------------------------------------

  static Body about(Subject.Builder... subjects) {
    Alert.Builder alert = Alert.newBuilder();
    for (Subject.Builder subject : subjects) {
      alert.addSubjects(subject);
    }
    return Body.newBuilder().setAlert(alert).build();
  }

  /** Receives a message, an IPR alert unless the label is made another. */
  MessageId received(Body body, Consumer<Label.Builder> change) {
    return received(Lane.ROUTINE, body, change);
  }

  /** The same in a lane: after a restart, the origin begins to count anew in each. */
  MessageId received(Lane lane, Body body, Consumer<Label.Builder> change) {
    Label.Builder label =
        Label.newBuilder()
            .setKind(Kind.KIND_ALERT)
            .setCategory(Category.CATEGORY_IPR)
            .setPurpose(Purpose.PURPOSE_IPR_ENFORCEMENT)
            .setStatus(Status.STATUS_ACTUAL);
    change.accept(label);
    return deliver(lane, label.build(), body, 30);
  }

  MessageId received(Subject.Builder... subjects) {
    return received(about(subjects), label -> {});
  }

  /** Receives an alert about the container that most tests watch for. */
  MessageId receivedContainer() {
    return received(Subject.newBuilder().setContainer(CONTAINER));
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

  /** The disk has changed what is stored of a message's body. */
  void spoil(MessageId id) {
    long position = requireNonNull(ledger.inbox().find(id)).position();
    byte[] key = Keys.key().u64(position).done();
    byte[] value = requireNonNull(store.get(Table.BODY, key)).clone();
    for (int i = 0; i < value.length; i++) {
      value[i] ^= 0x5a;
    }
    Batch batch = store.batch();
    batch.put(Table.BODY, key, value);
    store.commit(batch, Durability.SYNCED);
  }

  // What clients do ------------------------------------------------------------------------------

  static AddWatchRequest.Builder request(String... subjects) {
    return AddWatchRequest.newBuilder()
        .setTerms(WatchTerms.newBuilder().addAllSubjects(List.of(subjects)))
        .setOnBehalfOf(PERSON);
  }

  static AddWatchRequest.Builder filtered(Filter.Builder filter, String... subjects) {
    AddWatchRequest.Builder request = request(subjects);
    request.getTermsBuilder().setFilter(filter);
    return request;
  }

  static <T> T done(Watches.Answer<T> answer) {
    if (answer instanceof Watches.Answer.Done<T> done) {
      return done.response();
    }
    throw new AssertionError(answer);
  }

  WatchState watch(NodeName client, AddWatchRequest.Builder request) {
    return done(watches.add(client, request.build())).getWatch();
  }

  WatchState watch(String... subjects) {
    return watch(DESK, request(subjects));
  }

  static ListHitsRequest.Builder ask(long after) {
    return ListHitsRequest.newBuilder().setAfter(after).setOnBehalfOf(PERSON);
  }

  ListHitsResponse page(NodeName client, ListHitsRequest.Builder request) {
    return done(watches.hits(client, request.build()));
  }

  /** What was hit up to now for a client, oldest first. */
  List<MessageId> hits(NodeName client) {
    watches.round();
    return ids(page(client, ask(0).setPageSize(100)));
  }

  List<MessageId> hits() {
    return hits(DESK);
  }

  static List<MessageId> ids(ListHitsResponse response) {
    return response.getHitsList().stream()
        .map(Hit::getMessage)
        .map(found -> MessageId.of(found.getMessageId().toByteArray()))
        .toList();
  }

  @Override
  public void close() throws IOException {
    kit.close();
    ledger.close();
    journal.close();
  }
}
