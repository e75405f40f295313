package org.entente.gateway.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.account.Work;
import org.entente.gateway.audit.record.OpenedLeaf;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.transmit.EvidenceTimeouts;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.store.v1.UnopenedRecord;
import org.entente.proto.v1.AuditGrpc;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.FollowRequest;
import org.entente.proto.v1.FollowResponse;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Progress;
import org.entente.proto.v1.ReadRecordRequest;
import org.entente.proto.v1.ReadRecordResponse;
import org.entente.proto.v1.ReadTileRequest;
import org.entente.proto.v1.RecipientProgress;
import org.entente.proto.v1.TrackRequest;
import org.entente.proto.v1.WatchUnopenedRequest;
import org.entente.proto.v1.WatchUnopenedResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The Evidence and the Audit service. */
class ReadingServicesTest {
  private static final String DE = "de.customs";

  @AutoClose private final Edge edge = new Edge();
  private final ManagedChannel channel = edge.calling("all");

  private static void assertRefused(String reason, String field, Executable call) {
    Refusals.assertRefused(
        reason.equals("NOT_FOUND") ? Status.Code.NOT_FOUND : Status.Code.INVALID_ARGUMENT,
        reason,
        field,
        call);
  }

  private List<EvidenceItem> track(byte[] id) {
    return EvidenceGrpc.newBlockingStub(channel)
        .track(TrackRequest.newBuilder().setMessageId(ByteString.copyFrom(id)).build())
        .getItemsList();
  }

  @Test
  void track_knownMessage_tellsItsItemsOldestFirst() throws Exception {
    MessageId id = MessageId.fresh(1_000, new SecureRandom());
    MessageId other = MessageId.fresh(1_000, new SecureRandom());
    long now = System.currentTimeMillis();
    EvidenceItem accepted =
        edge.behind.evidence.item(
            EvidenceKind.EVIDENCE_KIND_SUBMISSION_ACCEPTANCE, id, "", new byte[32], now);
    EvidenceItem delivered =
        edge.behind.evidence.item(
            EvidenceKind.EVIDENCE_KIND_DELIVERY, id, "de.customs", new byte[32], now + 5);
    add(accepted);
    add(edge.behind.evidence.item(accepted.getKind(), other, "", new byte[32], now));
    add(delivered);
    assertEquals(List.of(accepted, delivered), track(id.bytes()));
  }

  private void add(EvidenceItem item) throws Exception {
    edge.behind
        .ledger
        .write(
            Lane.ROUTINE,
            tx -> {
              edge.behind.evidence.keep(tx, edge.behind.ledger.evidence(), item);
              return 1;
            })
        .get(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private EvidenceItem said(MessageId id, EvidenceKind kind, String by) {
    return edge
        .behind
        .evidence
        .item(kind, id, by.equals("fr.customs") ? "" : DE, new byte[32], System.currentTimeMillis())
        .toBuilder()
        .setAgency(by)
        .build();
  }

  private void send(MessageId id) {
    SentFacts facts =
        SentFacts.newBuilder().addRecipients(DE).setOpenByMs(5_000).setExpiresAtMs(9_000).build();
    edge.behind.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          EvidenceTimeouts.begin(tx, edge.behind.ledger, edge.behind.evidence, id, facts);
          return id;
        });
  }

  @Test
  void follow_tellsWhatIsKnownThenWhatBecomesKnown_andEndsWhenNothingMoreIsExpected()
      throws Exception {
    MessageId id = MessageId.fresh(1_000, new SecureRandom());
    send(id);
    Iterator<FollowResponse> steps = follow(id);
    assertEquals(
        EvidenceKind.EVIDENCE_KIND_SUBMISSION_ACCEPTANCE, steps.next().getItem().getKind());
    for (EvidenceKind kind :
        List.of(EvidenceKind.EVIDENCE_KIND_RELAY_ACCEPTANCE, EvidenceKind.EVIDENCE_KIND_DELIVERY)) {
      add(said(id, kind, kind == EvidenceKind.EVIDENCE_KIND_DELIVERY ? DE : "x.hub"));
      assertEquals(kind, steps.next().getItem().getKind());
    }
    assertEquals(Progress.PROGRESS_DELIVERED, progress(id).getProgress());
    add(said(id, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, DE));
    assertEquals(EvidenceKind.EVIDENCE_KIND_RETRIEVAL, steps.next().getItem().getKind());
    FollowResponse last = steps.next();
    assertEquals(List.of(progress(id)), last.getSettled().getRecipientsList(), "as track tells it");
    assertEquals(Progress.PROGRESS_RETRIEVED, progress(id).getProgress());
    assertFalse(steps.hasNext());
  }

  private Iterator<FollowResponse> follow(MessageId id) {
    return EvidenceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS)
        .follow(FollowRequest.newBuilder().setMessageId(ByteString.copyFrom(id.bytes())).build());
  }

  private RecipientProgress progress(MessageId id) {
    return EvidenceGrpc.newBlockingStub(channel)
        .track(TrackRequest.newBuilder().setMessageId(ByteString.copyFrom(id.bytes())).build())
        .getRecipients(0);
  }

  @Test
  void track_whatContradictsItself_standsAsItWasSaid() throws Exception {
    MessageId id = MessageId.fresh(1_000, new SecureRandom());
    send(id);
    EvidenceItem delivered = said(id, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    EvidenceItem refused = said(id, EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, DE);
    add(delivered);
    add(refused);
    List<EvidenceItem> known = track(id.bytes());
    assertEquals(EvidenceKind.EVIDENCE_KIND_SUBMISSION_ACCEPTANCE, known.get(0).getKind());
    assertEquals(List.of(delivered, refused), known.subList(1, known.size()));
    assertTrue(progress(id).getContradicted());
    assertEquals(Progress.PROGRESS_DELIVERED, progress(id).getProgress());
  }

  @Test
  void follow_unknownMessage_isNotFound() {
    MessageId id = MessageId.fresh(1_000, new SecureRandom());
    assertRefused("NOT_FOUND", "message_id", () -> follow(id).hasNext());
  }

  private void list(MessageId id) {
    edge.behind.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          edge.behind
              .ledger
              .awaited()
              .list(
                  tx,
                  UnopenedRecord.newBuilder()
                      .setMessageId(ByteString.copyFrom(id.bytes()))
                      .setRecipient(DE)
                      .setLane(Lane.FLASH.number())
                      .setOpenByMs(5_000)
                      .build());
          return id;
        });
  }

  private Iterator<WatchUnopenedResponse> unopened(boolean follow) {
    return EvidenceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS)
        .watchUnopened(WatchUnopenedRequest.newBuilder().setFollow(follow).build());
  }

  @Test
  void unopened_areToldOldestFirst_andThoseThatFollow() {
    List<ByteString> ids = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      MessageId id = MessageId.fresh(1_000, new SecureRandom());
      ids.add(ByteString.copyFrom(id.bytes()));
      list(id);
    }
    Iterator<WatchUnopenedResponse> watch = unopened(true);
    for (ByteString id : ids) {
      assertEquals(id, watch.next().getMessageId());
    }
    MessageId next = MessageId.fresh(1_000, new SecureRandom());
    send(next);
    list(next);
    WatchUnopenedResponse told = watch.next();
    assertEquals(ByteString.copyFrom(next.bytes()), told.getMessageId());
    assertEquals(DE, told.getRecipient());
    assertEquals(org.entente.proto.v1.Lane.LANE_FLASH, told.getLane());
    assertEquals(5, told.getOpenBy().getSeconds());
    List<ByteString> all = new ArrayList<>();
    unopened(false).forEachRemaining(one -> all.add(one.getMessageId()));
    ids.add(told.getMessageId());
    assertEquals(ids, all, "without following the stream ends");
  }

  @Test
  void track_unknownMessage_isNotFound() {
    MessageId id = MessageId.fresh(1_000, new SecureRandom());
    assertRefused("NOT_FOUND", "message_id", () -> track(id.bytes()));
  }

  @Test
  void track_malformedId_isInvalid() {
    assertRefused("INVALID_FIELD", "message_id", () -> track(new byte[15]));
    assertRefused("INVALID_FIELD", "message_id", () -> track(new byte[0]));
  }

  private byte[] tile(String path) {
    return AuditGrpc.newBlockingStub(channel)
        .readTile(ReadTileRequest.newBuilder().setPath(path).build())
        .getContent()
        .toByteArray();
  }

  @Test
  void readTile_resources_areThoseOfTheSignedLog() {
    edge.behind.appendLeaves(3);
    assertArrayEquals(edge.behind.audit.checkpoint().orElseThrow().encode(), tile("checkpoint"));
    assertEquals(3 * 32, tile("tile/0/000.p/3").length);
    assertEquals(3 * 34, tile("tile/entries/000.p/3").length);
  }

  /** Threat 55. */
  @Test
  void readTile_pathsThatLeadElsewhere_areNotFoundOrInvalid() {
    edge.behind.appendLeaves(3);
    for (String path : List.of("../checkpoint", "/etc/passwd", "tile/0/000", "tile/0/001.p/3")) {
      assertRefused("NOT_FOUND", "path", () -> tile(path));
    }
    assertRefused("INVALID_FIELD", "path", () -> tile(""));
    assertRefused("INVALID_FIELD", "path", () -> tile("t".repeat(201)));
  }

  private ReadRecordResponse record(long index) {
    return AuditGrpc.newBlockingStub(channel)
        .readRecord(ReadRecordRequest.newBuilder().setIndex(index).build());
  }

  @Test
  void readRecord_leaf_isOpenedUntilItIsErased() {
    edge.behind.appendLeaves(2);
    byte[] kept = Objects.requireNonNull(edge.behind.leaves.get(1L));
    ReadRecordResponse read = record(1);
    assertArrayEquals(
        kept,
        OpenedLeaf.encode(
            read.getSeed().toByteArray(),
            read.getMessageIds().toByteArray(),
            read.getRecord().toByteArray()));
    assertEquals(32, read.getSeed().size());
    edge.behind.leaves.remove(1L);
    assertEquals(ReadRecordResponse.getDefaultInstance(), record(1));
    assertTrue(record(0).getRecord().size() > 0);
  }

  @Test
  void readRecord_leafThatDoesNotMatch_isADefectAndNotShown() {
    edge.behind.appendLeaves(1);
    byte[] changed = Objects.requireNonNull(edge.behind.leaves.get(0L)).clone();
    changed[40] ^= 1;
    edge.behind.leaves.put(0L, changed);
    Refusals.Details details =
        Refusals.of(assertThrows(StatusRuntimeException.class, () -> record(0)));
    assertEquals("INTERNAL", details.reason());
  }

  @Test
  void readRecord_beyondTheLog_isNotFound() {
    edge.behind.appendLeaves(1);
    assertRefused("NOT_FOUND", "index", () -> record(1));
    assertRefused("NOT_FOUND", "index", () -> record(-1));
  }

  @Test
  void export_aboutASubjectOfManyMessages_costsMore() {
    String term = "person:DUPONT/MARIE";
    SecureRandom random = new SecureRandom();
    edge.behind.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          Instant now = Instant.ofEpochMilli(tx.nowMillis());
          for (int i = 0; i < 2_100; i++) {
            edge.behind
                .ledger
                .subjects()
                .put(
                    tx,
                    edge.behind.evidence.tokens(List.of(term), now),
                    MessageId.fresh(now.toEpochMilli(), random));
          }
          return term;
        });
    ExportRequest request =
        ExportRequest.newBuilder()
            .setSubject(term)
            .setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer("FR-9").setJustification("order"))
            .build();

    assertEquals(
        "", AuditGrpc.newBlockingStub(channel).export(request).getNext(), "no leaf is about them");

    assertEquals(3L * CallCost.SEARCH.units(), edge.accounts().of("all").used(Work.CALL_COST));
  }
}
