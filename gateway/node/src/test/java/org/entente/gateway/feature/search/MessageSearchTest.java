package org.entente.gateway.feature.search;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.receive.KeptLabels;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.Results;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineStep;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Commodity;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Feedback;
import org.entente.proto.v1.FeedbackResult;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Intelligence;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenRequest;
import org.entente.proto.v1.OpenResponse;
import org.entente.proto.v1.Person;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.SearchResponse;
import org.entente.proto.v1.Severity;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.Subject;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searching a ledger of messages that a real sender has sealed. */
class MessageSearchTest {
  private static final NodeName OFFICE = new NodeName("records");
  private static final int MOST = 20;

  @AutoClose private final SearchNode node;

  MessageSearchTest(@TempDir Path folder) throws IOException {
    node = new SearchNode(folder, MOST);
  }

  private static SearchRequest.Builder ask() {
    return SearchNode.ask();
  }

  private static SearchRequest.Builder filter(Filter.Builder filter) {
    return ask().setFilter(filter);
  }

  private static Timestamp at(Instant time) {
    return Timestamps.fromMillis(time.toEpochMilli());
  }

  private static Problem refused(Result<?> answer) {
    return Results.problem(answer);
  }

  private static void assertRefused(Code code, String field, Result<?> answer) {
    assertEquals(code, refused(answer).code());
    assertEquals(field, refused(answer).field());
  }

  // By what it is found --------------------------------------------------------------------------

  @Test
  void message_isFoundByEachOfItsFields_andByNoOtherValue() {
    MessageId other = node.received("something else");
    node.now = node.now.plusSeconds(60);
    Instant received = node.now;
    Body body =
        SearchNode.alert("Counterfeit batteries", "Piles contrefaites à Göteborg").toBuilder()
            .setAlert(
                SearchNode.alert("Counterfeit batteries", "Piles contrefaites à Göteborg")
                    .getAlert()
                    .toBuilder()
                    .addSubjects(Subject.newBuilder().setContainer("CSQU3054383"))
                    .addSubjects(
                        Subject.newBuilder()
                            .setPerson(
                                Person.newBuilder()
                                    .setFamilyName("Dupont")
                                    .setGivenNames("Marie"))))
            .build();
    MessageId id =
        node.received(
            body,
            label ->
                label
                    .setCategory(Category.CATEGORY_NARCOTICS)
                    .setSeverity(Severity.SEVERITY_SEVERE)
                    .setCaseRef("DNRED-2026/417")
                    .addJurisdictions("US-CA"));
    node.now = node.now.plusSeconds(60);

    List<MessageId> only = List.of(id);
    assertEquals(List.of(id, other), node.found(ask()), "newest first");
    assertEquals(only, node.found(ask().setReceivedFrom(at(received))));
    assertEquals(List.of(other), node.found(ask().setReceivedTo(at(received))));
    assertEquals(
        only, node.found(filter(Filter.newBuilder().addCategories(Category.CATEGORY_NARCOTICS))));
    assertEquals(
        List.of(),
        node.found(filter(Filter.newBuilder().addCategories(Category.CATEGORY_WILDLIFE))));
    assertEquals(
        only,
        node.found(filter(Filter.newBuilder().addJurisdictions("US-CA").addJurisdictions("JP"))));
    assertEquals(
        only, node.found(filter(Filter.newBuilder().setMinimumSeverity(Severity.SEVERITY_SEVERE))));
    assertEquals(
        List.of(),
        node.found(filter(Filter.newBuilder().setMinimumSeverity(Severity.SEVERITY_EXTREME))));
    assertEquals(
        List.of(id, other), node.found(filter(Filter.newBuilder().addOrigins("fr.customs"))));
    assertEquals(List.of(), node.found(filter(Filter.newBuilder().addOrigins("us.cbp"))));
    assertEquals(
        List.of(), node.found(filter(Filter.newBuilder().addKinds(Kind.KIND_INTELLIGENCE))));
    assertEquals(only, node.found(ask().setCaseRef("dnred 2026 417")));
    assertEquals(List.of(), node.found(ask().setCaseRef("DNRED-2026/418")));
    assertEquals(only, node.found(ask().setSubject("container:CSQU 305438-3")));
    assertEquals(List.of(), node.found(ask().setSubject("container:TEXU3070079")));
    assertEquals(only, node.found(ask().setSubject("person:DUPONT/marie")));
    assertEquals(only, node.found(ask().setHeadline("batteries COUNTERFEIT")));
    assertEquals(only, node.found(ask().setHeadline("goteborg")), "in any language, bare");
    assertEquals(List.of(), node.found(ask().setHeadline("batteries genuine")), "all words");
    assertEquals(
        only, node.found(ask().setHeadline("batteries").setCaseRef("DNRED-2026/417")), "and");
  }

  @Test
  void intelligence_isFoundByItsHeadline_andNotByItsText() {
    MessageId id =
        node.received(
            Body.newBuilder()
                .setIntelligence(
                    Intelligence.newBuilder()
                        .setHeadline("Route through Trieste")
                        .setText("the informant said so"))
                .build(),
            label -> label.setKind(Kind.KIND_INTELLIGENCE));
    assertEquals(List.of(id), node.found(ask().setHeadline("trieste")));
    assertEquals(List.of(), node.found(ask().setHeadline("informant")));
  }

  @Test
  void pages_goOnWhereTheLastEnded_whateverArrivesMeanwhile() {
    MessageId first = node.received("one");
    MessageId second = node.received("two");
    MessageId third = node.received("three");
    SearchResponse page = node.search(ask().setPageSize(2));
    assertEquals(List.of(third, second), SearchNode.ids(page));
    node.received("four");
    SearchResponse last = node.search(ask().setPageSize(2).setPageToken(page.getNextPageToken()));
    assertEquals(List.of(first), SearchNode.ids(last));
    assertEquals("", last.getNextPageToken());
  }

  @Test
  void questions_thatAreNone_areRefusedByField_andLeaveNoTrace() {
    node.received("one");
    int leaves = node.leaves.count();
    assertRefused(Code.INVALID_FIELD, "page_size", node.answer(ask().setPageSize(101)));
    assertRefused(Code.INVALID_FIELD, "page_size", node.answer(ask().setPageSize(-1)));
    for (String token : List.of("x\u001b[31m", "-1", "0", "fffffffffffffffffffff")) {
      assertRefused(Code.INVALID_FIELD, "page_token", node.answer(ask().setPageToken(token)));
    }
    assertRefused(Code.INVALID_FIELD, "subject", node.answer(ask().setSubject("CSQU3054383")));
    assertRefused(Code.INVALID_FIELD, "subject", node.answer(ask().setSubject("person:Dupont")));
    assertRefused(Code.INVALID_FIELD, "case_ref", node.answer(ask().setCaseRef("///")));
    assertRefused(Code.INVALID_FIELD, "headline", node.answer(ask().setHeadline("*")));
    assertRefused(
        Code.INVALID_FIELD, "headline", node.answer(ask().setHeadline("word ".repeat(17))));
    assertRefused(Code.INVALID_FIELD, "headline", node.answer(ask().setHeadline("w".repeat(201))));
    assertRefused(
        Code.INVALID_FIELD,
        "received_from",
        node.answer(ask().setReceivedFrom(Timestamp.newBuilder().setNanos(-1))));
    assertRefused(
        Code.INVALID_FIELD,
        "received_to",
        node.answer(ask().setReceivedFrom(at(node.now)).setReceivedTo(at(node.now))));
    assertRefused(
        Code.INVALID_FIELD,
        "filter.origins",
        node.answer(filter(Filter.newBuilder().addAllOrigins(Collections.nCopies(65, "a")))));
    assertRefused(
        Code.INVALID_FIELD,
        "filter.minimum_severity",
        node.answer(filter(Filter.newBuilder().setMinimumSeverityValue(99))));
    assertEquals(leaves, node.leaves.count());
  }

  @Test
  void feedback_isFoundByTheMessageThatItAnswers_andByPlaceAndGoods() {
    MessageId own = MessageId.fresh(node.now.toEpochMilli(), new SecureRandom());
    Body body =
        Body.newBuilder()
            .setFeedback(
                Feedback.newBuilder()
                    .setResult(FeedbackResult.FEEDBACK_RESULT_SEIZURE)
                    .setPlace("DEHAM")
                    .addGoods(Commodity.newBuilder().setHsCode("640299").setBrand("Voltara")))
            .build();
    MessageId feedback =
        node.received(
            body,
            label ->
                label.setKind(Kind.KIND_FEEDBACK).setInReplyTo(ByteString.copyFrom(own.bytes())));
    node.received("another");
    SearchRequest.Builder byAnswered = ask().setInReplyTo(ByteString.copyFrom(own.bytes()));
    assertEquals(List.of(feedback), node.found(byAnswered));
    assertEquals("by in_reply_to: 1 shown", node.leaves.last().outcome().detail());
    for (String subject : List.of("place:DEHAM", "hs:6402", "brand:voltara")) {
      assertEquals(List.of(feedback), node.found(ask().setSubject(subject)), subject);
    }
    assertRefused(
        Code.INVALID_FIELD,
        "in_reply_to",
        node.answer(ask().setInReplyTo(ByteString.copyFrom(new byte[15]))));
  }

  /** The syntax of no query language means anything, and no text of a message reaches a log. */
  @Test
  void hostileText_isWordsAndNothingElse() {
    String hostile = "<script>alert(1)</script>\r\n{\"level\":\"ERROR\"} \u001b[31mFAKE\u202e";
    MessageId id = node.received(hostile);
    MessageId other = node.received("harmless");
    assertEquals(List.of(id), node.found(ask().setHeadline("script")));
    assertEquals(List.of(id), node.found(ask().setHeadline("\u001b[31mFAKE\r\n")));
    assertFalse(node.leaves.last().toString().contains("FAKE"), node.leaves.last()::toString);
    assertEquals(List.of(), node.found(ask().setHeadline("harmless OR script")));
    assertEquals(List.of(), node.found(ask().setHeadline("harm*")));
    assertEquals(List.of(other), node.found(ask().setHeadline("+harmless")));
    assertEquals(List.of(), node.found(ask().setHeadline("headline:harmless")));
  }

  // Who asks, and why ----------------------------------------------------------------------------

  @Test
  void personAndReason_areRequired_ofEachCall() {
    MessageId id = node.received("one");
    int leaves = node.leaves.count();
    OnBehalfOf nobody = SearchNode.PERSON.toBuilder().clearOfficer().build();
    OnBehalfOf noReason = SearchNode.PERSON.toBuilder().setJustification("  ").build();
    assertRefused(
        Code.INVALID_FIELD, "on_behalf_of.officer", node.answer(ask().setOnBehalfOf(nobody)));
    assertRefused(
        Code.INVALID_FIELD,
        "on_behalf_of.justification",
        node.answer(ask().setOnBehalfOf(noReason)));
    assertRefused(
        Code.INVALID_FIELD,
        "on_behalf_of.justification",
        node.reading()
            .open(SearchNode.DESK, id, OpenRequest.newBuilder().setOnBehalfOf(noReason).build()));
    assertEquals(leaves, node.leaves.count());
    assertTrue(node.kit.owed().stream().noneMatch(MessageSearchTest::isRetrieval));
  }

  @Test
  void search_isOnRecord_withPersonReasonAndWhatWasShown_andWithoutWhatWasAsked() {
    MessageId id = node.received("batteries");
    node.search(ask().setHeadline("batteries"));
    AuditRecord leaf = node.leaves.last();
    assertEquals(AuditType.SEARCHED, leaf.type());
    assertEquals(LawCategory.CONSULTATION, leaf.category());
    assertEquals(SearchNode.DESK, leaf.actor().client());
    AuditPerson person = requireNonNull(leaf.actor().onBehalfOf());
    assertEquals("DE-7", person.officer());
    assertEquals("case 4 Js 12/26", person.justification());
    assertEquals(List.of(id), leaf.subject().messages());
    assertEquals("by headline: 1 shown", leaf.outcome().detail());
    node.search(
        ask().setSubject("person:Dupont/Marie").setCaseRef("12").setReceivedFrom(at(node.now)));
    assertEquals("by time, person, case: 0 shown", node.leaves.last().outcome().detail());
    node.search(filter(Filter.newBuilder().addLanesValue(Lane.FLASH.number())));
    assertEquals("by lane: 0 shown", node.leaves.last().outcome().detail());
  }

  @Test
  void opening_isOnRecord_andTheOriginHearsOfTheFirst() {
    MessageId id = node.received("batteries");
    OpenResponse opened = Results.value(node.open(id));
    assertEquals("batteries", opened.getBody().getAlert().getTexts(0).getHeadline());
    assertEquals("fr.customs", opened.getMessage().getLabel().getOrigin());
    AuditRecord leaf = node.leaves.last();
    assertEquals(AuditType.OPENED, leaf.type());
    assertEquals(List.of(id), leaf.subject().messages());
    assertEquals("DE-7", requireNonNull(leaf.actor().onBehalfOf()).officer());
    node.open(id);
    List<EvidenceItem> told =
        node.kit.owed().stream().filter(MessageSearchTest::isRetrieval).toList();
    assertEquals(1, told.size());
    assertEquals("desk", told.get(0).getRetrievedBy());
  }

  private static boolean isRetrieval(EvidenceItem item) {
    return item.getKind() == EvidenceKind.EVIDENCE_KIND_RETRIEVAL;
  }

  // What is not found any more -------------------------------------------------------------------

  private void assertGone(MessageId id) {
    assertFalse(node.found(ask()).contains(id));
    assertEquals(Code.NOT_FOUND, refused(node.open(id)).code());
  }

  @Test
  void erased_isNotFoundFromThatMomentOn_andLeavesTheMemory() {
    // Few removed among many: they would stay in memory until something else makes room.
    for (int i = 0; i < 12; i++) {
      node.received("other");
    }
    MessageId id = node.received("erased");
    MessageId kept = node.received("kept");
    assertEquals(List.of(kept, id), node.found(ask()).subList(0, 2));
    Results.value(node.retention.erase(OFFICE, id, SearchNode.PERSON));
    assertEquals(List.of(), node.found(ask().setHeadline("erased")));
    assertGone(id);
    assertEquals(13, node.indexing.ready().index().size());
    assertTrue(node.indexing.ready().index().holdsRemoved());
    node.now = node.now.plus(SearchIndex.PURGED_EVERY);
    node.indexing.round();
    assertFalse(node.indexing.ready().index().holdsRemoved());
    assertEquals(13, node.found(ask()).size());
    assertEquals(List.of(kept), node.found(ask().setHeadline("kept")));
  }

  /** As after the last client with the scope is gone: nothing would take what is noted. */
  @Test
  void indexThatIsForgotten_notesNoRemovals_andIsBuiltAgain() {
    MessageId id = node.received("erased");
    MessageId kept = node.received("kept");
    assertEquals(List.of(kept, id), node.found(ask()));
    node.indexing.forget();
    assertEquals(0, node.indexing.size());
    Results.value(node.retention.erase(OFFICE, id, SearchNode.PERSON));
    assertEquals(0, node.indexing.noted());
    node.indexing.round();
    assertEquals(List.of(kept), node.found(ask()));
    Results.value(node.retention.erase(OFFICE, kept, SearchNode.PERSON));
    assertEquals(1, node.indexing.noted());
    assertGone(kept);
  }

  /** What nobody is given any more is not built upon either: a draft that names it is refused. */
  @Test
  void recalled_isNotPassedOn_underALegalHoldEither() {
    MessageId kept = node.received("kept");
    MessageId held = node.received("held");
    node.retention.hold(OFFICE, held, SearchNode.PERSON);
    KeptLabels labels = new KeptLabels(node.ledger, node.opening(), node.desks());
    assertEquals("fr.customs", labels.label(held).orElseThrow().getOrigin());
    node.recalled(held);
    assertEquals(Optional.empty(), labels.label(held));
    assertTrue(labels.label(kept).isPresent());
    node.retention.erase(OFFICE, kept, SearchNode.PERSON);
    assertEquals(Optional.empty(), labels.label(kept));
  }

  @Test
  void recalled_isNotFound_underALegalHoldEither() {
    MessageId id = node.received("recalled");
    MessageId held = node.received("held");
    node.retention.hold(OFFICE, held, SearchNode.PERSON);
    assertEquals(List.of(held, id), node.found(ask()), "a hold hides nothing");
    node.recalled(id);
    node.recalled(held);
    assertGone(id);
    assertGone(held);
    assertEquals(
        2,
        node.found(filter(Filter.newBuilder().addKinds(Kind.KIND_RECALL))).size(),
        "recalls are");
  }

  @Test
  void withoutItsKey_isNotFound() {
    MessageId late = node.received("late");
    LocalDate first = LocalDate.ofInstant(ReceiveKit.keptUntil(node.now), ZoneOffset.UTC);
    node.now = node.now.plus(Duration.ofDays(2));
    node.kit.renewKeys();
    MessageId ended = node.received("ended");
    assertEquals(List.of(ended, late), node.found(ask()), "it was to be delivered within a day");
    node.keys.destroy(LocalDate.ofInstant(ReceiveKit.keptUntil(node.now), ZoneOffset.UTC));
    assertGone(ended);
    assertEquals(List.of(late), node.found(ask()));
    node.keys.destroy(first);
    assertGone(late);
  }

  private InboxTable.PlacedRecord placed(MessageId id) {
    return requireNonNull(node.ledger.inbox().find(id));
  }

  @Test
  void setAside_isNotFound_andOpeningSaysWhoDecides() {
    MessageId id = node.received("aside");
    assertEquals(List.of(id), node.found(ask()));
    InboxTable.PlacedRecord placed = placed(id);
    boolean aside =
        node.ledger.commit(
            Lane.ROUTINE,
            tx ->
                node.kit
                    .setting()
                    .put(
                        tx,
                        new ProcessingFailure(Code.DAMAGED, "test"),
                        QuarantineRecord.newBuilder()
                            .setStep(QuarantineStep.QUARANTINE_STEP_DELIVERING)
                            .setLane(placed.lane().number())
                            .setPosition(placed.position())
                            .setUntilMs(Long.MAX_VALUE)
                            .setAgency("fr.customs")
                            .addMessageIds(placed.record().getMessageId()),
                        new byte[0]));
    assertTrue(aside);
    assertEquals(List.of(), node.found(ask()));
    assertEquals(Code.QUARANTINED, refused(node.open(id)).code());
  }

  @Test
  void damaged_isPassedOver_andTheOthersAreFound() {
    MessageId before = node.received("before");
    MessageId damaged = node.received("damaged");
    MessageId after = node.received("after");
    spoil(Table.BODY, KeyBuilder.key().u64(placed(damaged).position()).done());
    InboxTable.PlacedRecord record = placed(before);
    node.restart();
    assertEquals(List.of(after, before), node.found(rebuilt()));
    assertEquals(Code.DAMAGED, refused(node.open(damaged)).code());
    byte[] key = KeyBuilder.key().u8(record.lane().number()).u64(record.position()).done();
    spoil(Table.INBOX, key);
    assertEquals(List.of(after), node.found(ask()));
    node.restart();
    assertEquals(List.of(after), node.found(rebuilt()));
  }

  private void spoil(Table table, byte[] key) {
    byte[] value = requireNonNull(node.store.get(table, key)).clone();
    for (int i = 0; i < value.length; i++) {
      value[i] ^= 0x5a;
    }
    Batch batch = node.store.batch();
    batch.put(table, key, value);
    node.store.commit(batch, Durability.SYNCED);
  }

  @Test
  void exerciseAndActualTraffic_neverMix() {
    MessageId actual = node.received("one");
    MessageId exercise =
        node.received(SearchNode.alert("two"), label -> label.setStatus(Status.STATUS_EXERCISE));
    assertEquals(List.of(actual), node.found(ask()));
    assertEquals(List.of(exercise), node.found(filter(Filter.newBuilder().setExercise(true))));
    assertEquals(Code.NOT_FOUND, refused(node.open(exercise)).code());
  }

  // What the index reaches -----------------------------------------------------------------------

  private SearchRequest.Builder rebuilt() {
    node.indexing.round();
    return ask();
  }

  @Test
  void restart_rebuildsTheIndexFromTheLedger_andSaysWhatItDoesNotHoldYet() {
    MessageId first = node.received("one");
    node.now = node.now.plusSeconds(60);
    MessageId second = node.received("two");
    node.restart();
    node.now = node.now.plusSeconds(60);
    SearchResponse early = node.search(ask());
    assertEquals(List.of(), early.getMessagesList());
    assertFalse(early.getComplete());
    assertEquals(at(node.now), early.getReachesBackTo());
    MessageId third = node.receivedUrgently("three");
    assertEquals(List.of(third), node.found(ask()), "what arrives is found at once");
    SearchResponse whole = node.search(rebuilt());
    assertEquals(List.of(third, second, first), SearchNode.ids(whole));
    assertTrue(whole.getComplete());
    assertFalse(whole.hasReachesBackTo());
    assertFalse(node.indexing.isBuilding());
  }

  @Test
  void fullIndex_keepsTheNewest_andSaysHowFarItReaches() {
    for (int i = 0; i < MOST; i++) {
      node.now = node.now.plusSeconds(1);
      node.received("message " + i);
    }
    assertTrue(node.search(ask()).getComplete());
    assertEquals(MOST, node.search(ask()).getMessagesCount());
    for (int i = 0; i < 5; i++) {
      node.now = node.now.plusSeconds(1);
      node.received("later " + i);
    }
    SearchResponse full = node.search(ask().setPageSize(100));
    assertTrue(full.getMessagesCount() <= MOST, "" + full.getMessagesCount());
    assertTrue(full.getMessagesCount() >= MOST - 2, "" + full.getMessagesCount());
    assertFalse(full.getComplete());
    Timestamp oldest = full.getMessages(full.getMessagesCount() - 1).getReceivedAt();
    assertEquals(oldest, full.getReachesBackTo());
    assertTrue(
        node.search(ask().setReceivedFrom(Timestamps.fromMillis(Timestamps.toMillis(oldest) + 1)))
            .getComplete());
    node.restart();
    SearchResponse again = node.search(rebuilt());
    assertEquals(MOST, again.getMessagesCount());
    assertFalse(again.getComplete());
  }

  @Test
  void alert_withoutTexts_isIndexedAllTheSame() {
    MessageId id =
        node.received(Body.newBuilder().setAlert(Alert.getDefaultInstance()).build(), label -> {});
    assertEquals(List.of(id), node.found(ask()));
  }
}
