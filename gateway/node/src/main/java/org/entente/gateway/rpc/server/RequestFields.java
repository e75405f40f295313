package org.entente.gateway.rpc.server;

import com.google.protobuf.ByteString;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.jspecify.annotations.Nullable;

/** Reads fields that many requests have; each method ends the call if the field is invalid. */
public final class RequestFields {
  private RequestFields() {}

  /** The id of the last entry of the page before; null for the first page. */
  public static @Nullable MessageId after(ByteString bytes) {
    return bytes.isEmpty() ? null : id("after", bytes);
  }

  /** The id of a message. */
  public static MessageId id(String field, ByteString bytes) {
    try {
      return MessageId.of(bytes.toByteArray());
    } catch (InvalidValue e) {
      throw StatusMapper.exception(
          new Problem(Code.INVALID_FIELD, field, String.valueOf(e.getMessage())));
    }
  }
}
