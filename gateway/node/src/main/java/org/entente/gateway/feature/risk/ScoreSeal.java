package org.entente.gateway.feature.risk;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.AnnotationKey;
import org.entente.gateway.store.KeyBuilder;
import org.entente.proto.store.v1.ScoreRecord;
import org.entente.proto.v1.Score;

/**
 * Seals scores at rest: each under its message's key and for its place, so that it cannot be opened
 * at another message or number. Safe for use by several threads.
 */
record ScoreSeal(SecureRandom random) {
  private static final byte[] CONTEXT = "score".getBytes(StandardCharsets.US_ASCII);

  /** The tag that represents a client and its model for a message. */
  static ByteString tag(AnnotationKey key, String client, String model) {
    return ByteString.copyFrom(key.tag(KeyBuilder.key().ascii(client).ascii(model).done()));
  }

  /** What stands for a client at a message. */
  static ByteString clientTag(AnnotationKey key, String client) {
    return ByteString.copyFrom(key.tag(KeyBuilder.key().ascii(client).done()));
  }

  ScoreRecord seal(AnnotationKey key, Score score, long atMillis) {
    MessageId id = MessageId.of(score.getMessageId().toByteArray());
    byte[] sealed = key.seal(random, place(id, score.getNumber()), score.toByteArray());
    return ScoreRecord.newBuilder()
        .setMessageId(score.getMessageId())
        .setAtMs(atMillis)
        .setSealedScore(ByteString.copyFrom(sealed))
        .build();
  }

  /** A score; empty if it cannot be opened. */
  static Optional<Score> open(AnnotationKey key, MessageId id, long number, ScoreRecord record) {
    return key.open(place(id, number), record.getSealedScore().toByteArray())
        .map(
            bytes -> {
              return CorruptRecord.parse(Score.parser(), bytes, "SCORE");
            });
  }

  private static byte[] place(MessageId id, long number) {
    return KeyBuilder.key().bytes(CONTEXT).bytes(id.bytes()).u64(number).done();
  }
}
