package org.entente.gateway.cli.message;

import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import org.entente.gateway.cli.call.MessageCall;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.text.FoundMessageText;
import org.entente.gateway.cli.text.JsonText;
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
      "The given message counts as opened. The audit log records each page, with the officer and"
          + " the",
      "reason. The client needs the scope `search`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  entente related 0197…3f --officer DE-7 --justification 'case 4 Js 12/26' \\",
      "      --gateway 127.0.0.1:7442 --credentials de.customs/clients/desk"
    })
public final class RelatedCommand extends MessageCall {
  private static final int PAGE = 100;

  @Option(names = "--exercise", description = "exercise traffic instead of actual traffic")
  private boolean exercise;

  @Option(
      names = "--most",
      defaultValue = "50",
      description = "most messages to list (default: ${DEFAULT-VALUE})")
  private int most = 50;

  @Option(names = "--json", description = "print one JSON object per line")
  private boolean json;

  @Option(names = "--justification", required = true, description = "reason; recorded")
  private String justification = "";

  @Mixin private PersonOptions person = new PersonOptions();

  @Override
  public void with(ManagedChannel channel) {
    SearchGrpc.SearchBlockingStub calls = SearchGrpc.newBlockingStub(channel);
    RelatedRequest.Builder request =
        RelatedRequest.newBuilder()
            .setMessageId(id())
            .setExercise(exercise)
            .setOnBehalfOf(person.because(justification));
    int left = most;
    RelatedResponse page;
    do {
      page = calls.related(request.setPageSize(Math.max(1, Math.min(PAGE, left))).build());
      page.getRelatedList().forEach(this::print);
      left -= page.getRelatedCount();
      request.setPageToken(page.getNextPageToken());
    } while (left > 0 && !page.getNextPageToken().isEmpty());
    if (left == most) {
      err().println("no related messages");
    }
    if (!page.getNextPageToken().isEmpty()) {
      err().println("there may be more; raise --most");
    }
    if (!page.getComplete()) {
      err()
          .println(
              page.hasReachesBackTo()
                  ? "not examined: messages received before "
                      + Timestamps.toString(page.getReachesBackTo())
                  : "not examined: messages that have only just arrived");
    }
  }

  private void print(RelatedMessage related) {
    out()
        .println(
            json
                ? JsonText.of(related)
                : FoundMessageText.line(related.getMessage())
                    + "  "
                    + TerminalText.printable(String.join(" ", related.getIdentifiersList())));
  }
}
