package org.entente.gateway.cli.message;

import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.Listing;
import org.entente.gateway.cli.call.MessageCall;
import org.entente.gateway.cli.text.ChainPositionText;
import org.entente.gateway.cli.text.MessageText;
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
  private static final Columns<ChainEntry> MESSAGES =
      Columns.<ChainEntry>of("message in the chain", "messages in the chain")
          .with("message", one -> MessageText.hex(one.getMessageId()))
          .with(
              "type",
              one -> one.getReferences().isEmpty() ? "" : ChainPositionText.type(one.getType()))
          .with("of", ChainCommand::changed)
          .with("at", one -> one.hasAt() ? Timestamps.toString(one.getAt()) : "")
          .with("", one -> one.getWithdrawn() ? "withdrawn" : "");

  @Override
  public void with(ManagedChannel channel) {
    ShowChainResponse chain =
        TaskingGrpc.newBlockingStub(channel)
            .showChain(ShowChainRequest.newBuilder().setMessageId(id()).build());
    Listing<ChainEntry> list = listing(MESSAGES);
    chain.getEntriesList().forEach(list::add);
    list.end("of " + chain.getOrigin());
  }

  private static String changed(ChainEntry entry) {
    return entry.getReferences().isEmpty() ? "" : MessageText.hex(entry.getReferences());
  }
}
