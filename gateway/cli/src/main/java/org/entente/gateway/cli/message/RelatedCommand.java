package org.entente.gateway.cli.message;

import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import org.entente.gateway.cli.call.ListOptions;
import org.entente.gateway.cli.call.MessageCall;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.text.FoundMessageText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.proto.v1.RelatedMessage;
import org.entente.proto.v1.RelatedRequest;
import org.entente.proto.v1.RelatedResponse;
import org.entente.proto.v1.SearchGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists received messages that share an identifier with a given one. */
@Command(
    name = "related",
    description = {
      "Lists received messages that share an identifier (container, plate, document, …) with one.",
      "The given message counts as opened. The audit log records each page, with the officer and the",
      "reason. The client needs the scope `search`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  entente related 0197…3f --officer DE-7 --justification 'case 4 Js 12/26' \\",
      "      --gateway 127.0.0.1:7442 --credentials de.customs/clients/desk"
    })
public final class RelatedCommand extends MessageCall {
  @Option(names = "--exercise", description = "exercise traffic instead of actual traffic")
  private boolean exercise;

  @Mixin private ListOptions list = new ListOptions();

  @Mixin private PersonOptions person = new PersonOptions();

  @Override
  public void with(ManagedChannel channel) {
    SearchGrpc.SearchBlockingStub calls = SearchGrpc.newBlockingStub(channel);
    RelatedRequest.Builder request =
        RelatedRequest.newBuilder()
            .setMessageId(id())
            .setExercise(exercise)
            .setOnBehalfOf(person.named());
    RelatedResponse page =
        list.print(
            this,
            (token, size) -> calls.related(request.setPageToken(token).setPageSize(size).build()),
            RelatedResponse::getRelatedList,
            RelatedCommand::line,
            RelatedResponse::getNextPageToken,
            "no related messages");
    if (!page.getComplete()) {
      err()
          .println(
              page.hasReachesBackTo()
                  ? "not examined: messages received before "
                      + Timestamps.toString(page.getReachesBackTo())
                  : "not examined: messages that have only just arrived");
    }
  }

  private static String line(RelatedMessage related) {
    return FoundMessageText.line(related.getMessage())
        + "  "
        + TerminalText.printable(String.join(" ", related.getIdentifiersList()));
  }
}
