package org.entente.gateway.wire;

import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.ledger.EvidenceBook;
import org.entente.gateway.ledger.EvidenceRecords;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.HeldMessage;
import org.entente.proto.v1.TrackRequest;
import org.entente.proto.v1.TrackResponse;

/** The Evidence service over what the ledger knows of the agency's own messages. */
final class EvidenceService extends EvidenceGrpc.EvidenceImplBase {
  private final EvidenceBook book;
  private final EvidenceRecords records;
  private final Function<MessageId, Optional<HeldMessage>> held;

  EvidenceService(
      EvidenceBook book, EvidenceRecords records, Function<MessageId, Optional<HeldMessage>> held) {
    this.book = book;
    this.records = records;
    this.held = held;
  }

  @Override
  public void track(TrackRequest request, StreamObserver<TrackResponse> observer) {
    Caller.require(Scope.EVIDENCE);
    MessageId id = ReleaseService.id("message_id", request.getMessageId());
    Optional<HeldMessage> waits = held.apply(id);
    List<EvidenceItem> items = records.open(book.read(id));
    if (items.isEmpty() && waits.isEmpty()) {
      throw Statuses.exception(
          new Problem(Code.NOT_FOUND, "message_id", "nothing is known of message " + id));
    }
    TrackResponse.Builder response = TrackResponse.newBuilder().addAllItems(items);
    if (items.isEmpty() && waits.isPresent()) {
      response.setHeld(waits.get().getHeld());
    }
    observer.onNext(response.build());
    observer.onCompleted();
  }
}
