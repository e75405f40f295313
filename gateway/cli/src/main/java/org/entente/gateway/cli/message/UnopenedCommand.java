package org.entente.gateway.cli.message;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.text.PrintHistory;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.MessageId;
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
      "The duty officer may want to call the recipient. A message stays listed until it is opened or"
          + " recalled, for at most seven days. The client needs the scope `evidence`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer =
        "  entente unopened --follow --gateway 127.0.0.1:7441 --credentials fr.customs/clients/supervisor")
public final class UnopenedCommand extends ClientCall {
  /** Key of a row; each is listed once. */
  private record UnopenedRow(ByteString message, String recipient) {}

  private final PrintHistory<UnopenedRow> printed = new PrintHistory<>();

  @Option(names = "--follow", description = "continue with new ones until interrupted")
  private boolean follow;

  @Override
  public void with(ManagedChannel channel) {
    if (follow) {
      follow(channel, () -> "message " + (printed.count() + 1), this::list);
    } else {
      list(channel);
    }
  }

  /** Each call begins with all current entries. */
  private void list(Channel channel) {
    EvidenceGrpc.newBlockingStub(channel)
        .watchUnopened(WatchUnopenedRequest.newBuilder().setFollow(follow).build())
        .forEachRemaining(
            message -> {
              if (printed.isNew(new UnopenedRow(message.getMessageId(), message.getRecipient()))) {
                out().println(line(message));
                out().flush();
              }
            });
  }

  private static String line(WatchUnopenedResponse message) {
    return "%s  %-12s %-9s  to be opened by %s, %s%s"
        .formatted(
            MessageId.of(message.getMessageId().toByteArray()),
            TerminalText.printable(message.getRecipient()),
            EnumNames.word(message.getLane()),
            Timestamps.toString(message.getOpenBy()),
            EnumNames.word(message.getProgress()),
            message.getExercise() ? "  (exercise)" : "");
  }
}
