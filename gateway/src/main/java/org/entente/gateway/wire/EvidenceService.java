package org.entente.gateway.wire;

import io.grpc.stub.StreamObserver;
import java.util.List;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.ledger.EvidenceBook;
import org.entente.gateway.ledger.EvidenceRecords;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.TrackRequest;
import org.entente.proto.v1.TrackResponse;

/** The Evidence service over what the ledger knows of the agency's own messages. */
final class EvidenceService extends EvidenceGrpc.EvidenceImplBase {
  private final EvidenceBook book;
  private final EvidenceRecords records;

  EvidenceService(EvidenceBook book, EvidenceRecords records) {
    this.book = book;
    this.records = records;
  }

  @Override
  public void track(TrackRequest request, StreamObserver<TrackResponse> observer) {
    Caller.require(Scope.EVIDENCE);
    MessageId id = id(request);
    List<EvidenceItem> items = records.open(book.read(id));
    if (items.isEmpty()) {
      throw Statuses.exception(
          new Problem(Code.NOT_FOUND, "message_id", "nothing is known of message " + id));
    }
    observer.onNext(TrackResponse.newBuilder().addAllItems(items).build());
    observer.onCompleted();
  }

  private static MessageId id(TrackRequest request) {
    try {
      return MessageId.of(request.getMessageId().toByteArray());
    } catch (InvalidValue e) {
      throw Statuses.exception(
          new Problem(Code.INVALID_FIELD, "message_id", String.valueOf(e.getMessage())));
    }
  }
}
