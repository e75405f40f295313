package org.entente.gateway.cli.call;

import com.google.protobuf.ByteString;
import picocli.CommandLine.Parameters;

/** A call about one message. */
public abstract class MessageCall extends ClientCall {
  @RequestField({"message_id", "label.in_reply_to"})
  @Parameters(paramLabel = "MESSAGE", description = "id of the message, 32 hex digits")
  private ByteString id = ByteString.EMPTY;

  public ByteString id() {
    return id;
  }
}
