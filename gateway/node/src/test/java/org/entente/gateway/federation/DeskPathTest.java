package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.proto.store.v1.InboxPage;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.AddWatchRequest;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.AnswerResult;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.CapGrpc;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.ChargeStep;
import org.entente.proto.v1.CreateOperationRequest;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.DeskAddress;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EraseRequest;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.FollowRemindersRequest;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.ListChargesRequest;
import org.entente.proto.v1.ListHitsRequest;
import org.entente.proto.v1.ListOperationsRequest;
import org.entente.proto.v1.ListRequestsRequest;
import org.entente.proto.v1.ListScoresRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.OpenRequest;
import org.entente.proto.v1.OperationMember;
import org.entente.proto.v1.OperationRole;
import org.entente.proto.v1.OperationUpdate;
import org.entente.proto.v1.OperationsGrpc;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RelatedRequest;
import org.entente.proto.v1.RemindRequest;
import org.entente.proto.v1.RequestSide;
import org.entente.proto.v1.RequestsGrpc;
import org.entente.proto.v1.RetentionGrpc;
import org.entente.proto.v1.RiskGrpc;
import org.entente.proto.v1.ScoreMessageRequest;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.ShowChainRequest;
import org.entente.proto.v1.ShowOperationRequest;
import org.entente.proto.v1.ShowScoresRequest;
import org.entente.proto.v1.SituationReport;
import org.entente.proto.v1.Subject;
import org.entente.proto.v1.TakeChargeRequest;
import org.entente.proto.v1.TaskingGrpc;
import org.entente.proto.v1.Wanted;
import org.entente.proto.v1.WatchGrpc;
import org.entente.proto.v1.WatchTerms;
import org.entente.proto.v1.WriteCapRequest;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

/**
 * Over real gateways: what is for one desk is nowhere shown to a client of another, which asks in
 * every way that there is; the general client has all of it.
 */
class DeskPathTest {
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("DE-7").setJustification("case 7").build();
  private static final String CONTAINER = "CSQU3054383";

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  @AutoClose("shutdownNow")
  private ManagedChannel narcotics;

  @AutoClose("shutdownNow")
  private ManagedChannel tobacco;

  private int drafts;

  @BeforeEach
  void start() throws IOException {
    federation.seat(DE, "narcotics");
    federation.seat(DE, "tobacco");
    federation.start(FR, DE);
    narcotics = federation.open(DE, "narcotics");
    tobacco = federation.open(DE, "tobacco");
  }

  private MessageId send(String headline, Consumer<Draft.Builder> change) {
    return federation.send(
        FR,
        headline,
        Duration.ofDays(3),
        draft -> {
          draft
              .getBodyBuilder()
              .getAlertBuilder()
              .addSubjects(Subject.newBuilder().setContainer(CONTAINER));
          change.accept(draft);
        });
  }

  private static Consumer<Draft.Builder> to(String... desks) {
    return draft -> {
      for (String desk : desks) {
        draft.getToBuilder().addDesks(desk(desk));
      }
      if (desks.length == 0) {
        draft.getToBuilder().addAgencies(DE);
      }
    };
  }

  private static DeskAddress desk(String name) {
    return DeskAddress.newBuilder().setAgency(DE).setDesk(name).build();
  }

  private List<String> received(ManagedChannel channel, int count, Filter filter) {
    OpenCursor cursor =
        OpenCursor.newBuilder().setCursor("all").setFromPosition(1).setFilter(filter).build();
    return RunningFederation.headlines(federation.receive(channel, DE, count, cursor));
  }

  private List<String> received(ManagedChannel channel, int count) {
    return received(channel, count, Filter.getDefaultInstance());
  }

  private static ByteString bytes(MessageId id) {
    return ByteString.copyFrom(id.bytes());
  }

  @Test
  void message_isGivenToItsDeskAndToTheGeneralClient() {
    send("for narcotics", to("narcotics"));
    send("for two", to("narcotics", "tobacco"));
    send("for nobody's", to("waste"));
    send("for all", to());
    assertEquals(
        List.of("for narcotics", "for two", "for nobody's", "for all"),
        received(federation.channel(DE), 4));
    assertEquals(List.of("for narcotics", "for two", "for all"), received(narcotics, 3));
    assertEquals(List.of("for two", "for all"), received(tobacco, 2));
    assertEquals(1.0, federation.metric(DE, "entente_desk_unstaffed_total"));
    Filter filter = Filter.newBuilder().addDesks("narcotics").build();
    assertEquals(List.of("for narcotics", "for two"), received(federation.channel(DE), 2, filter));
    assertEquals(List.of("for two"), received(tobacco, 1, filter));
  }

  /** Threat 86: without its desks, a message would be for every desk. */
  @Test
  void desks_removedOnTheDisk_leaveADamagedMessage_thatNoDeskGets() {
    send("for narcotics", to("narcotics"));
    send("for all", to());
    assertEquals(List.of("for narcotics", "for all"), received(federation.channel(DE), 2));
    assertEquals(0, quarantined());
    federation.stop(DE);
    try (Store store = RocksStore.open(federation.files().ledger(DE), RocksOptions.defaults())) {
      Batch batch = store.batch();
      try (Scan scan = store.scan(Table.INBOX, new byte[0], null)) {
        while (scan.hasNext()) {
          scan.next();
          batch.put(Table.INBOX, scan.key(), withoutDesks(scan.value()));
        }
      }
      store.commit(batch, Durability.SYNCED);
    }
    federation.start(DE);
    ManagedChannel reader = federation.open(DE, "tobacco");
    try {
      assertEquals(List.of("for all"), received(reader, 1));
      federation.await("it is quarantined", () -> quarantined() == 1);
    } finally {
      reader.shutdownNow();
    }
  }

  private double quarantined() {
    return federation
        .scrape(DE, "metrics")
        .lines()
        .filter(line -> line.startsWith("entente_quarantine_messages{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  /** A stored record without the field of its desks; the MAC stays behind the others. */
  private static byte[] withoutDesks(byte[] stored) {
    int end = stored.length - 16;
    try {
      InboxPage page = InboxPage.parseFrom(Arrays.copyOf(stored, end));
      InboxRecord record = InboxRecord.parseFrom(page.getMessages(0));
      InboxRecord without = record.toBuilder().clearSealedDesks().build();
      return record.getSealedDesks().isEmpty()
          ? stored
          : page.toBuilder()
              .setMessages(0, without.toByteString())
              .build()
              .toByteString()
              .concat(ByteString.copyFrom(stored, end, stored.length - end))
              .toByteArray();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void outcome_saysAtWhichDesks_andTheLabelNamesThem() {
    Draft draft = federation.draft("for narcotics", Duration.ofDays(3), DE);
    Draft.Builder directed = draft.toBuilder();
    to("narcotics").accept(directed);
    Outcome outcome = federation.publish(FR, directed.build());
    assertEquals(List.of("narcotics"), outcome.getAccepted().getPermits(0).getDesksList());
    Delivery delivery =
        federation
            .receive(narcotics, DE, 1, OpenCursor.newBuilder().setCursor("one").build())
            .get(0);
    assertEquals(List.of("narcotics"), delivery.getLabel().getDesksList());
  }

  private static Draft.Builder passingOn(MessageId id) {
    Draft.Builder draft = RunningFederation.alert("passed on", "passes-" + id);
    draft.addDerivedFrom(bytes(id));
    draft.getToBuilder().addAgencies(FR);
    return draft;
  }

  private static void open(ManagedChannel channel, MessageId id) {
    SearchGrpc.newBlockingStub(channel)
        .open(OpenRequest.newBuilder().setMessageId(bytes(id)).setOnBehalfOf(PERSON).build());
  }

  /** Every call that says something of a received message by its id. */
  private static Map<String, Executable> calls(ManagedChannel channel, MessageId id) {
    SearchGrpc.SearchBlockingStub search = SearchGrpc.newBlockingStub(channel);
    RiskGrpc.RiskBlockingStub risk = RiskGrpc.newBlockingStub(channel);
    TaskingGrpc.TaskingBlockingStub tasking = TaskingGrpc.newBlockingStub(channel);
    PublisherGrpc.PublisherBlockingStub publisher = PublisherGrpc.newBlockingStub(channel);
    return Map.of(
        "open",
        () -> open(channel, id),
        "related",
        () ->
            search.related(
                RelatedRequest.newBuilder().setMessageId(bytes(id)).setOnBehalfOf(PERSON).build()),
        "cap",
        () ->
            CapGrpc.newBlockingStub(channel)
                .writeCap(
                    WriteCapRequest.newBuilder()
                        .setMessageId(bytes(id))
                        .setOnBehalfOf(PERSON)
                        .build()),
        "scores",
        () ->
            risk.showScores(
                ShowScoresRequest.newBuilder()
                    .setMessageId(bytes(id))
                    .setOnBehalfOf(PERSON)
                    .build()),
        "score",
        () ->
            risk.scoreMessage(
                ScoreMessageRequest.newBuilder()
                    .setMessageId(bytes(id))
                    .setPerMille(700)
                    .setModel("model")
                    .setModelVersion("1")
                    .setAutomated(true)
                    .build()),
        "charge",
        () ->
            tasking.takeCharge(
                TakeChargeRequest.newBuilder()
                    .setMessageId(bytes(id))
                    .setStep(ChargeStep.CHARGE_STEP_TAKEN)
                    .setOnBehalfOf(PERSON)
                    .build()),
        "chain",
        () -> tasking.showChain(ShowChainRequest.newBuilder().setMessageId(bytes(id)).build()),
        "publish",
        () -> publisher.publish(PublishRequest.newBuilder().setDraft(passingOn(id)).build()),
        "explain",
        () -> publisher.explain(ExplainRequest.newBuilder().setDraft(passingOn(id)).build()));
  }

  private static String refusal(Executable call, MessageId id) {
    StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, call);
    return String.valueOf(refused.getMessage()).replace(id.toString(), "ID");
  }

  /** As for an id that nobody ever sent; whoever sits there is answered. */
  @Test
  void messageOfAnotherDesk_isAnsweredAsOneThatDoesNotExist_byEveryCall() throws Throwable {
    MessageId id = send("for narcotics", to("narcotics"));
    received(federation.channel(DE), 1);
    MessageId none = MessageId.parse("0198c0ffee0070008000000000000001");
    Map<String, Executable> absent = calls(tobacco, none);
    for (Map.Entry<String, Executable> call : calls(tobacco, id).entrySet()) {
      String said = refusal(call.getValue(), id);
      assertTrue(said.startsWith("NOT_FOUND"), call.getKey() + ": " + said);
      Executable other = Objects.requireNonNull(absent.get(call.getKey()));
      assertEquals(refusal(other, none), said, call.getKey());
    }
    for (Executable call : calls(narcotics, id).values()) {
      call.execute();
    }
    ListChargesRequest charges = ListChargesRequest.newBuilder().setOwn(true).build();
    assertEquals(
        List.of(bytes(id)),
        TaskingGrpc.newBlockingStub(narcotics).listCharges(charges).getChargesList().stream()
            .map(state -> state.getCharge().getMessageId())
            .toList());
    assertEquals(0, TaskingGrpc.newBlockingStub(tobacco).listCharges(charges).getChargesCount());
  }

  @Test
  void lists_ofAnotherDesk_sayNothingOfIt() {
    WatchGrpc.WatchBlockingStub watches = WatchGrpc.newBlockingStub(tobacco);
    for (ManagedChannel channel : List.of(narcotics, tobacco)) {
      WatchGrpc.newBlockingStub(channel)
          .addWatch(
              AddWatchRequest.newBuilder()
                  .setTerms(WatchTerms.newBuilder().addSubjects("container:" + CONTAINER))
                  .setExpiresAt(
                      Timestamps.fromMillis(
                          federation.clock.instant().plus(Duration.ofDays(5)).toEpochMilli()))
                  .setOnBehalfOf(PERSON)
                  .build());
    }
    MessageId id = send("for narcotics", to("narcotics"));
    MessageId all = send("for all", to());
    received(federation.channel(DE), 2);
    RiskGrpc.newBlockingStub(federation.channel(DE))
        .scoreMessage(
            ScoreMessageRequest.newBuilder()
                .setMessageId(bytes(id))
                .setPerMille(700)
                .setModel("model")
                .setModelVersion("1")
                .setAutomated(true)
                .build());
    ListHitsRequest hits = ListHitsRequest.newBuilder().setOnBehalfOf(PERSON).build();
    federation.await(
        "hits of the desk",
        () -> WatchGrpc.newBlockingStub(narcotics).listHits(hits).getHitsCount() == 2);
    assertEquals(
        List.of(bytes(all)),
        watches.listHits(hits).getHitsList().stream()
            .map(hit -> hit.getMessage().getMessageId())
            .toList());
    SearchRequest search =
        SearchRequest.newBuilder()
            .setSubject("container:" + CONTAINER)
            .setOnBehalfOf(PERSON)
            .build();
    federation.await("the index", () -> found(narcotics, search) == 2);
    assertEquals(1, found(tobacco, search));
    RelatedRequest related =
        RelatedRequest.newBuilder().setMessageId(bytes(all)).setOnBehalfOf(PERSON).build();
    assertEquals(1, SearchGrpc.newBlockingStub(narcotics).related(related).getRelatedCount());
    assertEquals(0, SearchGrpc.newBlockingStub(tobacco).related(related).getRelatedCount());
    ListScoresRequest scores = ListScoresRequest.newBuilder().setOnBehalfOf(PERSON).build();
    assertEquals(1, RiskGrpc.newBlockingStub(narcotics).listScores(scores).getScoresCount());
    assertEquals(0, RiskGrpc.newBlockingStub(tobacco).listScores(scores).getScoresCount());
  }

  private static int found(ManagedChannel channel, SearchRequest request) {
    return SearchGrpc.newBlockingStub(channel).search(request).getMessagesCount();
  }

  /**
   * A recall and an update name no desk by themselves, and speak of what not everybody may read.
   */
  @Test
  void whatFollowsAMessage_goesWhereThatWent() {
    MessageId id = send("for narcotics", to("narcotics"));
    MessageId changed = send("for narcotics, too", to("narcotics"));
    federation.receive(DE, 2);
    send(
        "changed",
        draft -> {
          to().accept(draft);
          draft
              .getLabelBuilder()
              .setReferences(bytes(changed))
              .setMessageType(org.entente.proto.v1.MessageType.MESSAGE_TYPE_UPDATE);
        });
    RetentionGrpc.newBlockingStub(federation.channel(FR))
        .recall(
            RecallRequest.newBuilder()
                .setMessageId(bytes(id))
                .setReason("the wrong container")
                .setOnBehalfOf(PERSON)
                .build());
    send("for all", to());
    OpenCursor cursor = OpenCursor.newBuilder().setCursor("all").setFromPosition(1).build();
    federation.await(
        "the recall", () -> status(() -> open(federation.channel(DE), id)).startsWith("NOT_FOUND"));
    List<Delivery> here = federation.receive(narcotics, DE, 4, cursor);
    assertTrue(here.stream().anyMatch(it -> it.getBody().hasRecall()));
    assertTrue(here.stream().anyMatch(it -> !it.getLabel().getReferences().isEmpty()));
    assertEquals(List.of("for all"), received(tobacco, 1));
  }

  private static String status(Executable call) {
    try {
      call.execute();
      return "OK";
    } catch (Throwable refused) {
      return String.valueOf(refused.getMessage());
    }
  }

  private MessageId ask() {
    drafts++;
    Draft.Builder draft =
        RequestSamples.draft(
            "request-" + drafts,
            RequestSamples.asks()
                .setCategory(Category.CATEGORY_PUBLIC_WARNING)
                .setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY),
            RequestSamples.request(
                Wanted.WANTED_HIT_NO_HIT, federation.clock.instant().plus(Duration.ofHours(9))),
            DE);
    to("narcotics").accept(draft);
    return federation.accepted(FR, draft.build());
  }

  private Draft answer(MessageId request, Consumer<Draft.Builder> change) {
    drafts++;
    Draft.Builder draft =
        RequestSamples.draft(
            "answer-" + drafts,
            RequestSamples.answers(request)
                .setCategory(Category.CATEGORY_PUBLIC_WARNING)
                .setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY),
            RequestSamples.answer(AnswerResult.ANSWER_RESULT_HIT),
            FR);
    change.accept(draft);
    return draft.build();
  }

  @Test
  void request_isOwedByItsDesk_whichIsReminded_andAnswersIt() {
    MessageId request = ask();
    federation.receive(DE, 1);
    ListRequestsRequest owed =
        ListRequestsRequest.newBuilder().setSide(RequestSide.REQUEST_SIDE_OWED).build();
    assertEquals(1, RequestsGrpc.newBlockingStub(narcotics).listRequests(owed).getRequestsCount());
    assertEquals(0, RequestsGrpc.newBlockingStub(tobacco).listRequests(owed).getRequestsCount());

    federation.pass(Duration.ofHours(2), Duration.ofHours(1));
    RequestsGrpc.newBlockingStub(federation.channel(FR))
        .remind(
            RemindRequest.newBuilder().setRequestId(bytes(request)).setOnBehalfOf(PERSON).build());
    assertTrue(federation.receive(DE, 1).get(0).getBody().getRequest().getReminder());
    FollowRemindersRequest reminders = FollowRemindersRequest.getDefaultInstance();
    assertTrue(RequestsGrpc.newBlockingStub(narcotics).followReminders(reminders).hasNext());
    assertTrue(!RequestsGrpc.newBlockingStub(tobacco).followReminders(reminders).hasNext());

    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                PublisherGrpc.newBlockingStub(tobacco)
                    .publish(
                        PublishRequest.newBuilder()
                            .setDraft(answer(request, draft -> {}))
                            .build()));
    assertTrue(String.valueOf(refused.getMessage()).startsWith("NOT_FOUND"), refused.toString());
    DeskAddress asking = DeskAddress.newBuilder().setAgency(FR).setDesk("risk").build();
    Outcome outcome =
        PublisherGrpc.newBlockingStub(narcotics)
            .publish(
                PublishRequest.newBuilder()
                    .setDraft(answer(request, draft -> draft.getToBuilder().addDesks(asking)))
                    .build())
            .getOutcome();
    assertTrue(outcome.hasAccepted(), outcome.toString());
    assertEquals(List.of("risk"), federation.receive(FR, 1).get(0).getLabel().getDesksList());
  }

  /**
   * A reminder has words about a request of which nobody can say any more for which desk it was.
   */
  @Test
  void reminderOfARequestThatIsErased_isForWhoSitsAtNoDesk() {
    MessageId request = ask();
    assertEquals(1, federation.receive(narcotics, DE, 1, fromTheFirst("before")).size());
    federation.receive(DE, 1);
    RetentionGrpc.newBlockingStub(federation.channel(DE))
        .erase(
            EraseRequest.newBuilder().setMessageId(bytes(request)).setOnBehalfOf(PERSON).build());
    federation.pass(Duration.ofHours(2), Duration.ofHours(1));
    RequestsGrpc.newBlockingStub(federation.channel(FR))
        .remind(
            RemindRequest.newBuilder().setRequestId(bytes(request)).setOnBehalfOf(PERSON).build());
    assertTrue(federation.receive(DE, 1).get(0).getBody().getRequest().getReminder());
    send("for all", to());
    assertEquals(List.of("for all"), received(narcotics, 1));
    assertEquals(List.of("for all"), received(tobacco, 1));
    ListRequestsRequest owed =
        ListRequestsRequest.newBuilder().setSide(RequestSide.REQUEST_SIDE_OWED).build();
    assertEquals(0, RequestsGrpc.newBlockingStub(narcotics).listRequests(owed).getRequestsCount());
    assertEquals(
        1,
        RequestsGrpc.newBlockingStub(federation.channel(DE)).listRequests(owed).getRequestsCount());
  }

  private static OpenCursor fromTheFirst(String cursor) {
    return OpenCursor.newBuilder().setCursor(cursor).setFromPosition(1).build();
  }

  private Draft.Builder report(ByteString operation, String text) {
    drafts++;
    Draft.Builder draft =
        federation.draft(text, Duration.ofDays(3), DE).toBuilder()
            .setIdempotencyKey("report-" + drafts)
            .setTo(Addressing.newBuilder().setOperation(operation))
            .setBody(
                Body.newBuilder()
                    .setOperationUpdate(
                        OperationUpdate.newBuilder()
                            .addReports(
                                SituationReport.newBuilder()
                                    .setAt(
                                        Timestamps.fromMillis(
                                            federation.clock.instant().toEpochMilli()))
                                    .setText(text))));
    draft.getLabelBuilder().setKind(Kind.KIND_OPERATION);
    return draft;
  }

  private static List<String> picture(ManagedChannel channel, ByteString operation) {
    return OperationsGrpc.newBlockingStub(channel)
        .showOperation(
            ShowOperationRequest.newBuilder()
                .setOperationId(operation)
                .setOnBehalfOf(PERSON)
                .build())
        .getEntriesList()
        .stream()
        .flatMap(entry -> entry.getUpdate().getReportsList().stream())
        .map(SituationReport::getText)
        .sorted()
        .toList();
  }

  /** The team that runs it sits at one desk of the agency; the others are not to know. */
  @Test
  void whatIsSaidInAnOperationToADesk_isForThatDesk_inItsPictureToo() {
    ByteString operation =
        OperationsGrpc.newBlockingStub(federation.channel(FR))
            .createOperation(
                CreateOperationRequest.newBuilder()
                    .setName("CALM HARBOUR")
                    .addMembers(
                        OperationMember.newBuilder()
                            .setAgency(DE)
                            .setRole(OperationRole.OPERATION_ROLE_PARTICIPANT))
                    .setEndsAt(
                        Timestamps.fromMillis(
                            federation.clock.instant().plus(Duration.ofDays(9)).toEpochMilli()))
                    .setOnBehalfOf(PERSON)
                    .build())
            .getOperation()
            .getOperationId();
    federation.await(
        "the roster",
        () ->
            OperationsGrpc.newBlockingStub(federation.channel(DE))
                    .listOperations(ListOperationsRequest.getDefaultInstance())
                    .getOperationsCount()
                == 1);
    Draft.Builder directed = report(operation, "for narcotics");
    to("narcotics").accept(directed);
    Outcome outcome = federation.publish(FR, directed.build());
    assertEquals(List.of("narcotics"), outcome.getAccepted().getPermits(0).getDesksList());
    assertTrue(federation.publish(FR, report(operation, "for all").build()).hasAccepted());
    federation.await(
        "both reports",
        () ->
            picture(federation.channel(DE), operation).equals(List.of("for all", "for narcotics")));
    assertEquals(List.of("for all", "for narcotics"), picture(narcotics, operation));
    assertEquals(List.of("for all"), picture(tobacco, operation));

    Draft.Builder elsewhere = report(operation, "for a desk of who takes no part");
    elsewhere
        .getToBuilder()
        .addDesks(DeskAddress.newBuilder().setAgency(RunningFederation.SG).setDesk("narcotics"));
    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> federation.publish(FR, elsewhere.build()));
    assertTrue(String.valueOf(refused.getMessage()).contains("OPERATION_ROLE"), refused.toString());
  }
}
