package org.entente.gateway.cli.message;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.util.Iterator;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.Listing;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.cli.text.PrintHistory;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.WatchUnopenedRequest;
import org.entente.proto.v1.WatchUnopenedResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists messages that no recipient has opened in time. */
@Command(
    name = "unopened",
    description = {
      "Lists messages of this agency that a recipient has not opened in time, oldest first.",
      "The duty officer may want to call the recipient. A message stays listed until it is opened"
          + " or recalled, for at most seven days. The client needs the scope `evidence`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer =
        "  entente unopened --follow --gateway 127.0.0.1:7441 --credentials"
            + " fr.customs/clients/supervisor")
public final class UnopenedCommand extends ClientCall {
  /** Key of a row; each is listed once. */
  private record UnopenedRow(ByteString message, String recipient) {}

  private static final Columns<WatchUnopenedResponse> MESSAGES =
      Columns.<WatchUnopenedResponse>of("unopened message", "unopened messages")
          .with("message", one -> MessageText.hex(one.getMessageId()))
          .with("recipient", WatchUnopenedResponse::getRecipient)
          .with("lane", one -> EnumNames.word(one.getLane()))
          .with("to be opened by", one -> Timestamps.toString(one.getOpenBy()))
          .with("status", one -> EnumNames.word(one.getProgress()))
          .with("", one -> one.getExercise() ? "(exercise)" : "");

  private final PrintHistory<UnopenedRow> printed = new PrintHistory<>();

  @Option(names = "--follow", description = "continue with new ones until interrupted")
  private boolean follow;

  @Override
  public void with(ManagedChannel channel) {
    if (follow) {
      follow(channel, () -> "message " + (printed.count() + 1), this::follow);
    } else {
      Listing<WatchUnopenedResponse> list = listing(MESSAGES);
      unopened(channel).forEachRemaining(list::add);
      list.end();
    }
  }

  /** Each call begins with all current entries. */
  private void follow(Channel channel) {
    unopened(channel)
        .forEachRemaining(
            message -> {
              if (printed.isNew(new UnopenedRow(message.getMessageId(), message.getRecipient()))) {
                tell(message, MESSAGES.line(message));
                out().flush();
              }
            });
  }

  private Iterator<WatchUnopenedResponse> unopened(Channel channel) {
    return EvidenceGrpc.newBlockingStub(channel)
        .watchUnopened(WatchUnopenedRequest.newBuilder().setFollow(follow).build());
  }
}
