package org.entente.gateway.link;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import org.entente.proto.link.v1.Delivery;

/** What the simulation queues: an id that never repeats, and the number end to end. */
record SimContent(long id, long originEpoch, long originSequence) {
  private static ByteString longs(long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length);
    for (long value : values) {
      bytes.putLong(value);
    }
    return ByteString.copyFrom(bytes.flip());
  }

  ByteString headerHash() {
    return HeaderHashes.ofHeader(longs(id));
  }

  Delivery delivery(long hopEpoch, long hopSequence) {
    return Delivery.newBuilder()
        .setHopEpoch(hopEpoch)
        .setHopSequence(hopSequence)
        .setHeader(longs(id))
        .setLabels(longs(originEpoch, originSequence))
        .setBodies(ByteString.copyFrom(new byte[(int) (id * 37 % 90)]))
        .build();
  }

  static SimContent of(Delivery delivery) {
    ByteBuffer labels = delivery.getLabels().asReadOnlyByteBuffer();
    return new SimContent(
        delivery.getHeader().asReadOnlyByteBuffer().getLong(), labels.getLong(), labels.getLong());
  }
}
