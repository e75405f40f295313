package org.entente.gateway.feature.watch;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.DeskClients;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.ReceivingNode;
import org.entente.gateway.testkit.Results;
import org.entente.proto.v1.AddWatchRequest;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Hit;
import org.entente.proto.v1.ListHitsRequest;
import org.entente.proto.v1.ListHitsResponse;
import org.entente.proto.v1.Subject;
import org.entente.proto.v1.WatchState;
import org.entente.proto.v1.WatchTerms;

/** A recipient whose clients watch, over a disk that outlives it. */
final class WatchNode extends ReceivingNode {
  static final NodeName DESK = new NodeName("desk");
  static final NodeName OTHER = new NodeName("other-desk");
  static final String CONTAINER = "CSQU3054383";
  final Set<String> mayWatch = new HashSet<>(List.of("desk", "other-desk"));
  final Meters meters = new Meters();

  /** How far the machine's clock is ahead of the time by which watches end. */
  Duration leap = Duration.ZERO;

  Watches watches;

  WatchNode(Path folder) throws IOException {
    super(folder);
    watches = watches();
  }

  @Override
  protected void opened() {
    watches = watches();
  }

  private Watches watches() {
    return new Watches(
        new WatchParts(
            ReceiveKit.SELF,
            ledger,
            opening(),
            DeskClients.none(keys),
            new LabelCheck(MessageLimits.defaults()),
            () -> now,
            () -> now.minus(leap),
            meters),
        new RecordSeal(keys, random),
        mayWatch::contains);
  }

  // What is received -----------------------------------------------------------------------------

  static Body about(Subject.Builder... subjects) {
    Alert.Builder alert = Alert.newBuilder();
    for (Subject.Builder subject : subjects) {
      alert.addSubjects(subject);
    }
    return Body.newBuilder().setAlert(alert).build();
  }

  MessageId received(Subject.Builder... subjects) {
    return received(about(subjects), label -> {});
  }

  /** Receives an alert about the container that most tests watch for. */
  MessageId receivedContainer() {
    return received(Subject.newBuilder().setContainer(CONTAINER));
  }

  /** The disk has changed what is stored of a message's body. */
  void spoil(MessageId id) {
    long position = requireNonNull(ledger.inbox().find(id)).position();
    byte[] key = KeyBuilder.key().u64(position).done();
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

  static <T> T done(Result<T> answer) {
    return Results.value(answer);
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
}
