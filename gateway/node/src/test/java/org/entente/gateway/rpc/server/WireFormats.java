package org.entente.gateway.rpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import org.entente.gateway.model.Problem;
import org.entente.gateway.testkit.Formats;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.PublishStreamRequest;

/** Requests of streams of drafts. */
public final class WireFormats {
  private WireFormats() {}

  /** All of them. */
  public static Formats all() {
    return new Formats("wire").with("drafts", WireFormats::drafts, WireFormats::requests);
  }

  private static List<byte[]> requests() {
    Draft one = Draft.newBuilder().setIdempotencyKey("k1").build();
    Draft other =
        one.toBuilder()
            .setBody(Body.newBuilder().setAlert(Alert.newBuilder().putExtra("a", "b")))
            .build();
    return List.of(
        new byte[0],
        PublishStreamRequest.newBuilder().addDrafts(one).addDrafts(other).build().toByteArray());
  }

  /** What the generated parser takes is taken, and the same; the fault of what is not is found. */
  private static boolean drafts(byte[] bytes) {
    DraftsRequest request = DraftsRequest.parse(bytes, null);
    boolean good = true;
    for (DraftsRequest.Entry entry : request.entries()) {
      Problem malformed = entry.unparsed();
      good &= malformed == null;
      assertTrue(malformed == null || !malformed.message().isEmpty());
    }
    try {
      List<Draft> drafts = PublishStreamRequest.parseFrom(bytes).getDraftsList();
      assertTrue(good);
      assertEquals(drafts, request.entries().stream().map(DraftsRequest.Entry::draft).toList());
    } catch (InvalidProtocolBufferException e) {
      assertFalse(MessageFault.in(PublishStreamRequest.getDescriptor(), bytes).message().isEmpty());
    }
    return good;
  }
}
