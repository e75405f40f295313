package org.entente.gateway.feature.ipr;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.Locale;
import org.entente.gateway.model.MessageId;

/** Converts between values of the protos and of the gateway. */
final class IprProtoMapper {
  private IprProtoMapper() {}

  static ByteString bytes(MessageId id) {
    return ByteString.copyFrom(id.bytes());
  }

  static MessageId id(ByteString bytes) {
    return MessageId.of(bytes.toByteArray());
  }

  static Timestamp time(Instant at) {
    return Timestamps.fromMillis(at.toEpochMilli());
  }

  static Instant instant(Timestamp at) {
    return Instant.ofEpochMilli(Timestamps.toMillis(at));
  }

  /** A value of an enum in lower case, without the prefix of its enum. */
  static String word(Enum<?> value, String prefix) {
    return value.name().replace(prefix, "").toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
