package org.entente.gateway.feature.report;

import static org.entente.gateway.feature.report.AccountBench.AUDITOR;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.entente.gateway.audit.LogArchive;
import org.entente.gateway.audit.proof.LogProof;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditRecordCodec;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.gateway.testkit.TestFederation;
import org.entente.proto.v1.ContentState;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportResponse;
import org.entente.proto.v1.ExportedLeaf;
import org.entente.proto.v1.ExportedMessage;
import org.entente.proto.v1.OnBehalfOf;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports by period, subject and message: what they hold, and what they leave in the log. */
class AuditExporterTest {
  private static final String TERM = "person:DUPONT/MARIE";

  private final SecureRandom random = new SecureRandom();

  @AutoClose private final AccountBench fr;
  private int paid;

  AuditExporterTest(@TempDir Path folder) {
    fr = new AccountBench(new TestFederation(Instant.parse("2026-03-01T08:00:00Z")), FR, folder);
  }

  private Result<ExportResponse> page(AuditActor actor, ExportRequest request) {
    return fr.exporting.export(actor, request, () -> paid++);
  }

  private List<ExportedLeaf> export(ExportRequest request) {
    List<ExportedLeaf> out = new ArrayList<>();
    ExportRequest next = request;
    while (true) {
      ExportResponse page = StatusMapper.value(page(AUDITOR, next));
      assertBounded(page);
      out.addAll(page.getLeavesList());
      if (page.getNext().isEmpty()) {
        return out;
      }
      next = request.toBuilder().setAfter(page.getNext()).build();
    }
  }

  private static void assertBounded(ExportResponse page) {
    assertTrue(page.getLeavesCount() <= ExportPage.LEAVES);
    int messages = page.getLeavesList().stream().mapToInt(ExportedLeaf::getMessagesCount).sum();
    assertTrue(messages <= ExportPage.MESSAGES, messages + " messages");
    assertTrue(page.getSerializedSize() < 4 << 20, page.getSerializedSize() + " bytes");
  }

  private List<MessageId> collected(int messages) {
    List<MessageId> ids =
        IntStream.range(0, messages)
            .mapToObj(i -> MessageId.fresh(fr.now.toEpochMilli(), random))
            .toList();
    fr.record(
        AuditRecord.of(
            AuditType.RECEIVED,
            LawCategory.COLLECTION,
            fr.now,
            AuditActor.gateway(FR),
            new AuditSubject(null, ids, List.of(FR), null)));
    return ids;
  }

  private static List<MessageId> messages(List<ExportedLeaf> leaves) {
    return leaves.stream()
        .flatMap(leaf -> leaf.getMessagesList().stream())
        .map(one -> MessageId.of(one.getMessageId().toByteArray()))
        .toList();
  }

  private static ExportRequest period(Instant from, Instant to) {
    return ExportRequest.newBuilder()
        .setFrom(Timestamps.fromMillis(from.toEpochMilli()))
        .setTo(Timestamps.fromMillis(to.toEpochMilli()))
        .build();
  }

  private static AuditRecord record(ExportedLeaf leaf) {
    List<MessageId> messages =
        leaf.getMessagesList().stream()
            .map(one -> MessageId.of(one.getMessageId().toByteArray()))
            .toList();
    return AuditRecordCodec.decode(leaf.getRecord().toByteArray(), messages).orElseThrow();
  }

  private void name(MessageId id) {
    name(List.of(id));
  }

  private void name(List<MessageId> ids) {
    var tokens = fr.evidence.tokens(List.of(TERM), fr.now);
    fr.ledger
        .write(
            Lane.ROUTINE,
            tx -> {
              ids.forEach(id -> fr.ledger.subjects().put(tx, tokens, id));
              return ids;
            })
        .join();
  }

  @Test
  void period_hasItsLeavesAndNoOthers_overManyPages() {
    fr.accept(1, DE);
    Instant begin = fr.now.plusSeconds(1_000);
    fr.now = begin;
    for (int i = 0; i < 450; i++) {
      fr.accept(1, DE);
    }
    fr.now = begin.plusSeconds(10);
    fr.accept(1, DE);

    List<ExportedLeaf> found = export(period(begin, begin.plusSeconds(10)));

    assertEquals(450, found.size());
    assertEquals(1, found.get(0).getIndex());
    assertEquals(450, found.get(449).getIndex());
    assertEquals("entente/test.entente.example/fr.customs/gw-1", found.get(0).getOrigin());
    List<ExportedLeaf> own = export(period(begin.plusSeconds(10), begin.plusSeconds(11)));
    assertEquals(4, own.size(), "the last message, and three pages");
    assertEquals(
        "export of a period from 2026-03-01T08:17:40Z to 2026-03-01T08:17:50Z: 200 leaves",
        record(own.get(1)).outcome().detail());
    assertEquals(AUDITOR, record(own.get(1)).actor());
  }

  @Test
  void leaves_comeWithProofsThatHoldAndVerifyByTheLogsKeysAlone() {
    MessageId id = fr.accept(1, DE).get(0);
    fr.sign("de.customs");
    ExportRequest request =
        ExportRequest.newBuilder()
            .setMessageId(ByteString.copyFrom(id.bytes()))
            .setProofs(true)
            .build();

    ExportedLeaf leaf = export(request).get(0);

    CheckpointVerifier verifier = verifier();
    LogProof proof = LogProof.parse(leaf.getProof().toByteArray()).orElseThrow();
    assertTrue(proof.fault(verifier).isEmpty());
    assertEquals(
        leaf.getRecord(), ByteString.copyFrom(proof.opening().orElseThrow().encodedRecord()));
    assertTrue(proof.fault(verifier, leaf.getCommitment().toByteArray()).isEmpty());
  }

  private CheckpointVerifier verifier() {
    return new CheckpointVerifier(
        new LogOrigin(TestFederation.NAME, FR, AccountBench.GATEWAY),
        List.of(fr.federation.audit("fr.customs").verifyingPair()));
  }

  @Test
  void subject_isFoundByTheKeysOfItsBucketsOnly() {
    MessageId named = fr.accept(1, DE).get(0);
    MessageId other = fr.accept(1, SG).get(0);
    name(named);
    fr.now = fr.now.plus(Duration.ofDays(3));
    MessageId later = fr.accept(1, SG).get(0);
    name(later);
    ExportRequest request = ExportRequest.newBuilder().setSubject("person:Dupont/Marie").build();

    List<ExportedLeaf> found = export(request);

    assertEquals(2, found.size());
    assertEquals(List.of(named), record(found.get(0)).subject().messages());
    assertEquals(List.of(later), record(found.get(1)).subject().messages());
    assertEquals(ContentState.CONTENT_STATE_ENDED, found.get(0).getMessages(0).getState());
    AuditRecord own =
        fr.archive.record(new org.entente.gateway.audit.LogArchive.Place(1, 3)).orElseThrow();
    assertEquals(AuditType.OPERATOR_ACTION, own.type());
    assertEquals("export about a subject, by person: 2 leaves", own.outcome().detail());
    assertEquals(0, export(request.toBuilder().setSubject("person:Dupont/Marc").build()).size());

    fr.storageKeys.destroy(
        java.time.LocalDate.ofInstant(fr.now.plus(EvidenceRecords.KEPT), java.time.ZoneOffset.UTC));
    assertEquals(1, export(request).size());
    assertTrue(fr.about(other).size() == 1);
  }

  private List<AuditType> events(ExportRequest request) {
    return export(request).stream().map(leaf -> record(leaf).type()).toList();
  }

  @Test
  void events_areChosenByTypeClientAndOfficer_andTheLogDoesNotNameTheOfficer() {
    MessageId id = fr.accept(1, DE).get(0);
    collected(1);
    AuditActor other =
        AuditActor.client(
            FR, new NodeName("archive"), OnBehalfOf.newBuilder().setOfficer("FR-77").build());
    fr.record(
        AuditRecord.of(
            AuditType.OPENED,
            LawCategory.CONSULTATION,
            fr.now,
            other,
            new AuditSubject(null, List.of(id), List.of(), null)));

    assertEquals(
        List.of(AuditType.RECEIVED),
        events(ExportRequest.newBuilder().setEvent("RECEIVED").build()));
    assertEquals(
        List.of(AuditType.OPENED), events(ExportRequest.newBuilder().setClient("archive").build()));
    assertEquals(
        List.of(AuditType.OPENED), events(ExportRequest.newBuilder().setOfficer("FR-77").build()));
    assertEquals(
        List.of(),
        events(ExportRequest.newBuilder().setEvent("RECEIVED").setOfficer("FR-77").build()));
    ExportRequest about =
        ExportRequest.newBuilder().setMessageId(ByteString.copyFrom(id.bytes())).build();
    assertTrue(export(about).size() > 1);
    assertEquals(List.of(AuditType.OPENED), events(about.toBuilder().setOfficer("FR-77").build()));
    List<String> said =
        export(ExportRequest.newBuilder().setEvent("OPERATOR_ACTION").build()).stream()
            .map(leaf -> record(leaf).outcome().detail())
            .toList();
    assertTrue(
        said.contains("export of a period, only of client archive: 1 leaves"), said.toString());
    assertTrue(said.contains("export of a period, only of one officer: 1 leaves"), said.toString());
    assertTrue(said.stream().noneMatch(text -> text.contains("FR-77")), said.toString());
  }

  @Test
  void conditionsOnEvents_thatAreInvalid_areRefusedByTheirField() {
    ExportRequest.Builder request = ExportRequest.newBuilder();
    assertRefused(
        "event",
        "found NO_EVENT; valid is one of ACCEPTED, REFUSED",
        page(AUDITOR, request.clone().setEvent("NO_EVENT").build()));
    assertRefused(
        "client", "no client", page(AUDITOR, request.clone().setClient("no client").build()));
    assertRefused(
        "officer", "at most 80", page(AUDITOR, request.clone().setOfficer("9".repeat(81)).build()));
  }

  /** 2,500 leaves of 8 messages, whose ids are of different spans. */
  private List<MessageId> manyAboutTheSubject() {
    List<MessageId> all = new ArrayList<>();
    for (int i = 0; i < 2_500; i++) {
      fr.now = fr.now.plusMillis(16);
      all.addAll(collected(8));
    }
    name(all);
    return all;
  }

  @Test
  void subject_ofManyMessages_isShownOnceAndInOrder_andEachPagePaysForWhatItExamines() {
    List<MessageId> all = manyAboutTheSubject();
    ExportRequest request = ExportRequest.newBuilder().setSubject(TERM).build();

    assertEquals(200, StatusMapper.value(page(AUDITOR, request)).getLeavesCount());
    assertTrue(paid >= 20 && paid <= 40, paid + " times a thousand for 20,000 messages");
    paid = 0;
    List<ExportedLeaf> found = export(request);

    assertEquals(
        LongStream.range(0, 2_500).boxed().toList(),
        found.stream().map(ExportedLeaf::getIndex).toList());
    assertEquals(all, messages(found));
    assertTrue(paid >= 13 * 19, paid + " times");
    paid = 0;
    page(AUDITOR, request.toBuilder().setSubject("person:Dupont/Marc").build());
    assertEquals(0, paid);
    assertThrows(
        IllegalStateException.class,
        () ->
            fr.exporting.export(
                AUDITOR,
                request,
                () -> {
                  throw new IllegalStateException("does not pay");
                }));
  }

  @Test
  void places_aboutManyMessages_areHeldUpToABound_whateverTheirOrder() {
    List<MessageId> all = new ArrayList<>(manyAboutTheSubject());
    Collections.shuffle(all, new Random(1));
    List<Long> seen = new ArrayList<>();
    Optional<LogArchive.Place> from = Optional.of(new LogArchive.Place(1, 0));
    while (from.isPresent()) {
      NextPlaces places = new NextPlaces(fr.archive, from.get(), () -> {});
      for (MessageId id : all) {
        places.addAbout(id);
        assertTrue(places.held().size() <= NextPlaces.MOST);
      }
      places.held().forEach(place -> seen.add(place.index()));
      from = places.beyond();
    }
    assertEquals(LongStream.range(0, 2_500).boxed().toList(), seen);
  }

  @Test
  void erasedRecord_showsAsErasedAmongItsNeighbours_withAProofThatItIsInTheLog() {
    fr.accept(1, DE);
    fr.sign("de.customs");
    fr.now = fr.now.plus(Duration.ofDays(2));
    fr.accept(1, DE);
    fr.storageKeys.destroy(
        java.time.LocalDate.ofInstant(
            fr.now.minus(Duration.ofDays(2)).plus(Duration.ofDays(3650)),
            java.time.ZoneOffset.UTC));

    List<ExportedLeaf> found =
        export(
            ExportRequest.getDefaultInstance().toBuilder()
                .setTo(Timestamps.fromMillis(fr.now.toEpochMilli() + 1))
                .setProofs(true)
                .build());

    assertTrue(found.get(0).getRecord().isEmpty());
    assertEquals(32, found.get(0).getCommitment().size());
    LogProof proof = LogProof.parse(found.get(0).getProof().toByteArray()).orElseThrow();
    assertTrue(proof.opening().isEmpty());
    assertTrue(proof.fault(verifier(), found.get(0).getCommitment().toByteArray()).isEmpty());
    assertEquals(AuditType.ACCEPTED, record(found.get(1)).type());
  }

  private static void assertRefused(String field, String words, Result<ExportResponse> answer) {
    Result.Refused<?> refused = assertInstanceOf(Result.Refused.class, answer);
    assertEquals(field, refused.problem().field());
    assertTrue(refused.problem().message().contains(words), refused.problem().message());
  }

  @Test
  void requestWithoutReasonOrInAnotherForm_isRefusedAndGivesNothing() {
    ExportRequest all = ExportRequest.getDefaultInstance();
    assertRefused(
        "on_behalf_of.officer", "must name the officer", page(AuditActor.gateway(FR), all));
    OnBehalfOf silent = OnBehalfOf.newBuilder().setOfficer("FR-9").build();
    assertRefused(
        "on_behalf_of.justification",
        "must give a reason",
        page(AuditActor.client(FR, new NodeName("auditor"), silent), all));
    Instant now = fr.now;
    assertRefused("to", "must be after from", page(AUDITOR, period(now, now)));
    assertRefused(
        "from",
        "must be a valid timestamp",
        page(
            AUDITOR,
            all.toBuilder().setFrom(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE)).build()));
    assertRefused(
        "subject",
        "scheme \"ship\" is none of account, aeo, ",
        page(AUDITOR, all.toBuilder().setSubject("ship:CSQU3054384").build()));
    assertRefused(
        "message_id",
        "16 bytes",
        page(AUDITOR, all.toBuilder().setMessageId(ByteString.copyFromUtf8("short")).build()));
    for (String after :
        List.of("x", "1/0/0", "1/x/0/in", "0/0/0/in", "1/0/-1/in", "1/0/0/on", "1/00/0/in")) {
      assertRefused(
          "after",
          "the value of next from a previous page",
          page(AUDITOR, all.toBuilder().setAfter(after).build()));
    }
    assertEquals(0, fr.archive.size(1));
  }

  @Test
  void page_thatBeginsBeyondTheLogs_isRefused() {
    fr.accept(1, DE);
    ExportRequest all = ExportRequest.getDefaultInstance();

    for (String after :
        List.of("1/2/0/in", "1/999999999999999999/0/in", "2/0/0/in", "999999999/0/0/out")) {
      assertRefused(
          "after",
          "the value of next from a previous page",
          page(AUDITOR, all.toBuilder().setAfter(after).build()));
    }
    assertEquals(List.of(), export(all.toBuilder().setAfter("1/1/0/in").build()));
  }

  @Test
  void page_afterErasedLeaves_readsNoneOfThem() {
    Instant begin = fr.now;
    for (int i = 0; i < 300; i++) {
      fr.accept(1, DE);
    }
    fr.now = fr.now.plus(Duration.ofDays(2));
    fr.storageKeys.destroy(
        java.time.LocalDate.ofInstant(begin.plus(Duration.ofDays(3650)), java.time.ZoneOffset.UTC));
    ExportRequest inPeriod =
        period(Instant.EPOCH, fr.now.plusSeconds(1)).toBuilder().setAfter("1/299/0/in").build();
    ExportRequest notInIt =
        period(begin, fr.now.plusSeconds(1)).toBuilder().setAfter("1/299/0/out").build();
    long before = fr.store.reads();

    ExportResponse page = StatusMapper.value(page(AUDITOR, inPeriod));

    assertTrue(fr.store.reads() - before < 100, fr.store.reads() - before + " reads");
    assertEquals(299, page.getLeaves(0).getIndex());
    assertTrue(page.getLeaves(0).getRecord().isEmpty());
    assertEquals(1, page.getLeavesCount());
    page = StatusMapper.value(page(AUDITOR, notInIt));
    assertEquals(List.of(300L), page.getLeavesList().stream().map(ExportedLeaf::getIndex).toList());
  }

  @Test
  void leaf_ofMoreMessagesThanAPage_isInSeveralPages_completeAndInOrder() {
    collected(1);
    List<MessageId> many = collected(4_096);
    fr.accept(1, DE);
    fr.sign("de.customs");

    List<ExportedLeaf> found =
        export(period(Instant.EPOCH, fr.now).toBuilder().setProofs(true).build());
    List<ExportedLeaf> leaf = found.stream().filter(one -> one.getIndex() == 1).toList();

    assertEquals(many, messages(leaf));
    assertEquals(
        List.of(0, 1_999, 3_999), leaf.stream().map(ExportedLeaf::getFirstMessage).toList());
    for (ExportedLeaf part : leaf) {
      assertEquals(4_096, part.getMessageCount());
      assertEquals(leaf.get(0).getRecord(), part.getRecord());
      assertEquals(leaf.get(0).getProof(), part.getProof());
    }
    assertEquals(List.of(0L, 1L, 1L, 1L, 2L), found.stream().map(ExportedLeaf::getIndex).toList());
    ExportRequest one =
        ExportRequest.newBuilder().setMessageId(ByteString.copyFrom(many.get(7).bytes())).build();
    assertEquals(many, messages(export(one).subList(0, 3)));
  }

  @Test
  void leaves_outsideThePeriod_endAPageByTheirMessages() {
    for (int i = 0; i < 6; i++) {
      collected(4_096);
    }
    fr.now = fr.now.plusSeconds(10);
    fr.accept(1, DE);
    ExportRequest last = period(fr.now, fr.now.plusSeconds(1));

    ExportResponse page = StatusMapper.value(page(AUDITOR, last));

    assertEquals(0, page.getLeavesCount());
    assertEquals("1/5/0/out", page.getNext());
    assertEquals(19, paid, "times a thousand beyond 2,200");
    assertEquals(6, export(last).get(0).getIndex());
  }

  @Test
  void page_ofLongFacts_endsByItsBytes() {
    ExportPage page = new ExportPage(() -> {});
    List<MessageId> ids = IntStream.range(0, 10).mapToObj(i -> MessageId.fresh(i, random)).toList();
    Function<MessageId, ExportedMessage> facts =
        id ->
            ExportedMessage.newBuilder()
                .setMessageId(ByteString.copyFrom(id.bytes()))
                .addTerms(ExportedMessage.Terms.newBuilder().setCaseRef("x".repeat(1 << 20)))
                .build();

    assertEquals(OptionalInt.of(2), page.add(ExportedLeaf.newBuilder(), ids, 0, facts));
    assertEquals(OptionalInt.of(0), page.add(ExportedLeaf.newBuilder(), ids, 0, facts));
    assertEquals(
        OptionalInt.of(0),
        page.add(
            ExportedLeaf.newBuilder().setRecord(ByteString.copyFrom(new byte[2 << 20])),
            List.of(),
            0,
            facts));
    assertEquals(1, page.last().getLeavesCount());
    assertEquals(
        OptionalInt.of(5),
        new ExportPage(() -> {})
            .add(
                ExportedLeaf.newBuilder().setRecord(ByteString.copyFrom(new byte[4 << 20])),
                ids,
                4,
                facts),
        "a page has at least one message");
  }
}
