package org.entente.gateway.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.AuditGrpc;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.ReadRecordRequest;
import org.entente.proto.v1.ReadRecordResponse;
import org.entente.proto.v1.ReadTileRequest;
import org.entente.proto.v1.TrackRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The Evidence and the Audit service. */
class ReadingServicesTest {
  private final Edge edge = new Edge();
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    channel = edge.channel(edge.startClients().address(), edge.client("all"));
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  private static void assertRefused(String reason, String field, Executable call) {
    Refusals.Details details = Refusals.of(assertThrows(StatusRuntimeException.class, call));
    assertEquals(reason, details.reason());
    assertEquals(field, details.field());
    Status.Code status =
        reason.equals("NOT_FOUND") ? Status.Code.NOT_FOUND : Status.Code.INVALID_ARGUMENT;
    assertEquals(status, details.status());
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
    add(id, accepted);
    add(other, edge.behind.evidence.item(accepted.getKind(), other, "", new byte[32], now));
    add(id, delivered);
    assertEquals(List.of(accepted, delivered), track(id.bytes()));
  }

  private void add(MessageId id, EvidenceItem item) throws Exception {
    edge.behind
        .ledger
        .write(
            Lane.ROUTINE,
            tx -> {
              edge.behind.ledger.evidence().add(tx, id, edge.behind.evidence.seal(item));
              return 1;
            })
        .get(Answers.PATIENCE_SECONDS, TimeUnit.SECONDS);
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
    assertEquals(ByteString.copyFrom(kept), read.getBlind().concat(read.getRecord()));
    assertEquals(32, read.getBlind().size());
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
}
