package org.entente.gateway.cli.message;

import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import org.entente.gateway.cli.call.MessageCall;
import org.entente.gateway.cli.text.ChainPositionText;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.proto.v1.ChainEntry;
import org.entente.proto.v1.ShowChainRequest;
import org.entente.proto.v1.ShowChainResponse;
import org.entente.proto.v1.TaskingGrpc;
import picocli.CommandLine.Command;

/** Shows the chain of messages that change each other. */
@Command(
    name = "chain",
    description = {
      "Shows a message's chain: which messages update, cancel, rectify or restrict which.",
      "The message is one that this agency sent or received. The client needs the scope `task`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  entente chain 0197…3f --gateway 127.0.0.1:7441 --credentials fr.customs/clients/desk"
    })
public final class ChainCommand extends MessageCall {
  @Override
  public void with(ManagedChannel channel) {
    ShowChainResponse chain =
        TaskingGrpc.newBlockingStub(channel)
            .showChain(ShowChainRequest.newBuilder().setMessageId(id()).build());
    out().println("of " + TerminalText.printable(chain.getOrigin()));
    chain.getEntriesList().forEach(entry -> out().println(line(entry)));
  }

  private static String line(ChainEntry entry) {
    String id = MessageText.hex(entry.getMessageId());
    if (entry.getReferences().isEmpty()) {
      return id;
    }
    return id
        + "  "
        + ChainPositionText.type(entry.getType())
        + " of "
        + MessageText.hex(entry.getReferences())
        + "  "
        + Timestamps.toString(entry.getAt())
        + (entry.getWithdrawn() ? "  withdrawn" : "");
  }
}
