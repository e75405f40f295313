package org.entente.gateway.feature.operator;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.function.Predicate;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.table.RetentionTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.ListErasedRequest;
import org.entente.proto.v1.ListErasedResponse;

/** Lists messages that were erased here, for clients that copied them. Safe for many threads. */
final class ErasedMessages {
  static final int MOST = 1_000;
  static final int DEFAULT = 256;

  private final Ledger ledger;
  private final Predicate<NodeName> seated;

  /**
   * A list over a ledger.
   *
   * @param seated whether a client is limited to desks
   */
  ErasedMessages(Ledger ledger, Predicate<NodeName> seated) {
    this.ledger = ledger;
    this.seated = seated;
  }

  Result<ListErasedResponse> page(NodeName client, ListErasedRequest request) {
    byte[] after = request.getAfter().toByteArray();
    if (after.length != 0 && after.length != RetentionTable.ERASED_BYTES) {
      return wrong(
          "after", InvalidValue.bytes(after.length), "empty, or `last` of an earlier page");
    }
    int size = request.getPageSize() == 0 ? DEFAULT : request.getPageSize();
    if (size < 1 || size > MOST) {
      return wrong("page_size", Integer.toUnsignedString(size), "0 to " + MOST);
    }
    ListErasedResponse.Builder page = ListErasedResponse.newBuilder().setLast(request.getAfter());
    if (seated.test(client)) {
      return Result.done(page.build());
    }
    // Else a place from before a restore, by a clock that was ahead, would hide all new erasures.
    byte[] from = ledger.retention().isBehindAllErased(after) ? new byte[0] : after;
    List<byte[]> places = ledger.retention().erasedAfter(from, size + 1);
    for (byte[] place : places.subList(0, Math.min(size, places.size()))) {
      page.addMessageIds(ByteString.copyFrom(place, Long.BYTES, MessageId.SIZE))
          .setLast(ByteString.copyFrom(place));
    }
    return Result.done(page.setMore(places.size() > size).build());
  }

  private static Result<ListErasedResponse> wrong(String field, String found, String valid) {
    return Result.refused(
        new Problem(Code.INVALID_FIELD, field, "found " + found + "; valid is " + valid));
  }
}
