package org.entente.gateway.search;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.entente.gateway.ledger.CommitObserver;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.LedgerUnavailable;
import org.entente.gateway.meter.Meters;
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
import org.entente.gateway.testkit.Desked;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.FoundMessage;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenRequest;
import org.entente.proto.v1.OpenResponse;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Recall;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.SearchResponse;
import org.entente.proto.v1.Status;

/** A recipient whose received messages are searched, over a disk that outlives it. */
final class SearchNode implements AutoCloseable {
  static final NodeName DESK = new NodeName("desk");
  static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder()
          .setOfficer("DE-7")
          .setUnit("K 12")
          .setJustification("case 4 Js 12/26")
          .build();

  final MemoryStorageKeys keys = new MemoryStorageKeys();
  final RecordedLeaves leaves = new RecordedLeaves();
  private final SecureRandom random = new SecureRandom();
  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final ErasureJournal journal;
  private final int most;
  volatile Instant now = Instant.parse("2026-11-25T10:00:00Z");
  MemoryStore store;
  Ledger ledger;
  ReceiveKit kit;
  Retention retention;
  Indexing indexing;
  Searching searching;

  SearchNode(Path folder, int most) throws IOException {
    this.most = most;
    journal = ErasureJournal.open(folder.resolve("erasures"), 0);
    store = new MemoryStore(disk);
    ledger = new Ledger(store, leaves, () -> now, LedgerLimits.DEFAULT, new Quiet());
    ledger.start();
    kit = kit();
    retention = retention();
    indexing = indexing();
    indexing.round();
    searching = searching();
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

  /** Nobody at the desk, one client each at two. */
  Desks desks() {
    return new Desked()
        .client("narc", "narcotics")
        .client("both", "narcotics", "ipr")
        .only("strict", "narcotics")
        .over(keys);
  }

  InboxOpening opening() {
    return new InboxOpening(keys, ledger.inbox());
  }

  private Indexing indexing() {
    return new Indexing(ledger, opening(), () -> now, most);
  }

  private Searching searching() {
    return new Searching(
        new Searching.Parts(
            ReceiveKit.SELF,
            ledger,
            opening(),
            kit.evidence(),
            desks(),
            new LabelCheck(MessageLimits.defaults()),
            new Meters()),
        indexing);
  }

  /** What a killed process leaves is all that the next one has: no index. */
  void restart() {
    kit.close();
    indexing.close();
    ledger.halt("killed");
    ledger.close();
    disk.cutPower();
    store = new MemoryStore(disk);
    ledger = new Ledger(store, leaves, () -> now, LedgerLimits.DEFAULT, new Quiet());
    ledger.start();
    kit = kit();
    retention = retention();
    indexing = indexing();
    searching = searching();
  }

  static Body alert(String... headlines) {
    Alert.Builder alert = Alert.newBuilder();
    for (String headline : headlines) {
      alert.addTexts(AlertText.newBuilder().setLanguage("en").setHeadline(headline));
    }
    return Body.newBuilder().setAlert(alert).build();
  }

  /** Receives a message, an IPR alert unless the label is made another. */
  MessageId received(Body body, Consumer<Label.Builder> change) {
    Label.Builder label =
        Label.newBuilder()
            .setKind(Kind.KIND_ALERT)
            .setCategory(Category.CATEGORY_IPR)
            .setPurpose(Purpose.PURPOSE_IPR_ENFORCEMENT)
            .setStatus(Status.STATUS_ACTUAL);
    change.accept(label);
    return deliver(Lane.ROUTINE, label.build(), body, 30);
  }

  MessageId received(String headline) {
    return received(alert(headline), label -> {});
  }

  /** The same in another lane: after a restart, the origin begins to count anew in each. */
  MessageId receivedUrgently(String headline) {
    Label label = Label.newBuilder().setKind(Kind.KIND_ALERT).build();
    return deliver(Lane.PRIORITY, label, alert(headline), 30);
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

  static SearchRequest.Builder ask() {
    return SearchRequest.newBuilder().setOnBehalfOf(PERSON);
  }

  Searching.Answer<SearchResponse> answer(SearchRequest.Builder request) {
    return searching.search(DESK, request.build());
  }

  SearchResponse search(SearchRequest.Builder request) {
    Searching.Answer<SearchResponse> answer = answer(request);
    if (answer instanceof Searching.Answer.Shown<SearchResponse> shown) {
      return shown.response();
    }
    throw new AssertionError(answer);
  }

  /** What is found, newest first. */
  List<MessageId> found(SearchRequest.Builder request) {
    return ids(search(request));
  }

  static List<MessageId> ids(SearchResponse response) {
    return response.getMessagesList().stream()
        .map(FoundMessage::getMessageId)
        .map(id -> MessageId.of(id.toByteArray()))
        .toList();
  }

  Searching.Answer<OpenResponse> open(MessageId id) {
    return searching.open(DESK, id, OpenRequest.newBuilder().setOnBehalfOf(PERSON).build());
  }

  @Override
  public void close() throws IOException {
    kit.close();
    indexing.close();
    ledger.close();
    journal.close();
  }

  /** Remembers committed leaves. */
  private static final class Quiet implements CommitObserver {
    @Override
    public void committed(int changes, long bytes, long nanos) {}

    @Override
    public void failed(LedgerUnavailable why) {}
  }
}
