package org.entente.gateway.cli.call;

import com.google.protobuf.ByteString;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import picocli.CommandLine.Parameters;

/** A call about one message. */
public abstract class MessageCall extends ClientCall {
  @Parameters(paramLabel = "MESSAGE", description = "message id, 32 hex digits")
  private String id = "";

  public ByteString id() {
    return parse("MESSAGE", id);
  }

  /**
   * Parses a message id.
   *
   * @param where the option or parameter, for the error
   */
  public static ByteString parse(String where, String id) {
    try {
      return ByteString.copyFrom(MessageId.parse(id).bytes());
    } catch (InvalidValue e) {
      throw new UsageError(where + ": " + e.getMessage(), e);
    }
  }
}
