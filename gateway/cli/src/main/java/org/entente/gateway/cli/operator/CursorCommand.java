package org.entente.gateway.cli.operator;

import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.Listing;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.proto.v1.CursorState;
import org.entente.proto.v1.CursorsGrpc;
import org.entente.proto.v1.ForgetCursorRequest;
import org.entente.proto.v1.ForgetCursorResponse;
import org.entente.proto.v1.ListCursorsRequest;
import org.entente.proto.v1.ListCursorsResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists and forgets the durable cursors of a running gateway's subscribers. */
@Command(
    name = "cursor",
    description = {
      "Lists the durable cursors of subscribers with their positions; forgets unused ones.",
      "The client needs the scope `operator`."
    },
    mixinStandardHelpOptions = true,
    subcommands = {CursorCommand.ListAll.class, CursorCommand.Forget.class},
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = {
      "  entente cursor list --gateway 127.0.0.1:7442 --credentials de.customs/clients/operator",
      "  entente cursor forget desk night-shift --officer DE-3 --justification 'not used any more'"
          + " \\",
      "    --gateway 127.0.0.1:7442 --credentials de.customs/clients/operator"
    })
public final class CursorCommand {

  /** Lists the durable cursors. */
  @Command(
      name = "list",
      description = {
        "Lists the durable cursors by client and name.",
        "Shows whether each is open, the position of the oldest unacknowledged message, how many"
            + " messages",
        "are unacknowledged, and when this gateway received the oldest of them. The headline names"
            + " the",
        "ledger's last position."
      },
      mixinStandardHelpOptions = true)
  static final class ListAll extends ClientCall {
    @Option(names = "--client", paramLabel = "CLIENT", description = "only cursors of this client")
    private String client = "";

    private static final Columns<CursorState> CURSORS =
        Columns.<CursorState>of("cursor", "cursors")
            .with("client", CursorState::getClient)
            .with("cursor", CursorState::getCursor)
            .with("state", one -> one.getOpen() ? "open" : "closed")
            .with("next position", one -> Long.toString(one.getNextPosition()))
            .with("behind", ListAll::behind)
            .with(
                "oldest of",
                one ->
                    one.hasOldestReceivedAt()
                        ? Timestamps.toString(one.getOldestReceivedAt())
                        : "");

    @Override
    public void with(ManagedChannel channel) {
      ListCursorsResponse listed =
          CursorsGrpc.newBlockingStub(channel)
              .listCursors(ListCursorsRequest.newBuilder().setClient(client).build());
      Listing<CursorState> list = listing(CURSORS);
      listed.getCursorsList().forEach(list::add);
      list.end("last position " + listed.getLastPosition());
      if (listed.getMore()) {
        err().println("there are more; select with --client");
      }
    }

    private static String behind(CursorState cursor) {
      return (cursor.getMoreBehind() ? "more than " : "") + cursor.getMessagesBehind();
    }
  }

  /** Forgets a cursor. */
  @Command(
      name = "forget",
      description = {
        "Forgets a cursor that no stream holds open.",
        "It then no longer counts towards its client's limit. No message changes; a client that"
            + " opens",
        "the cursor again receives all messages that are still kept."
      },
      mixinStandardHelpOptions = true)
  static final class Forget extends ClientCall {
    @Parameters(index = "0", paramLabel = "CLIENT", description = "client that owns the cursor")
    private String client = "";

    @Parameters(index = "1", paramLabel = "CURSOR", description = "name of the cursor")
    private String cursor = "";

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      ForgetCursorResponse forgotten =
          CursorsGrpc.newBlockingStub(channel)
              .forgetCursor(
                  ForgetCursorRequest.newBuilder()
                      .setClient(client)
                      .setCursor(cursor)
                      .setOnBehalfOf(person.named())
                      .build());
      tell(
          forgotten,
          "forgot cursor %s of %s at position %d"
              .formatted(cursor, client, forgotten.getNextPosition()));
    }
  }
}
