package org.entente.gateway.cli.message;

import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.text.ChainPositionText;
import org.entente.gateway.cli.text.FoundMessageText;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.Addressed;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.FoundMessage;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.SearchResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists the received messages of a case in the order in which they were written. */
@Command(
    name = "thread",
    description = {
      "Lists the received messages of one case, in the order of writing, with their replies.",
      "The audit log records it with the officer and the reason, like any search. The client needs the",
      "scope `search`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  entente thread ZGR-2026-1180 --officer DE-7 --justification 'case 4 Js 12/26' \\",
      "      --gateway 127.0.0.1:7442 --credentials de.customs/clients/desk"
    })
public final class ThreadCommand extends ClientCall {
  private static final int PAGE = 100;
  private static final int MOST = 1_000;

  @Parameters(paramLabel = "CASE", description = "the originator's case reference, in any spelling")
  private String caseRef = "";

  @Option(names = "--exercise", description = "exercise traffic instead of actual traffic")
  private boolean exercise;

  @Option(names = "--json", description = "print one JSON object per line")
  private boolean json;

  @Mixin private PersonOptions person = new PersonOptions();

  @Override
  public void with(ManagedChannel channel) {
    SearchGrpc.SearchBlockingStub calls = SearchGrpc.newBlockingStub(channel);
    SearchRequest.Builder request =
        SearchRequest.newBuilder()
            .setFilter(Filter.newBuilder().setExercise(exercise))
            .setCaseRef(caseRef)
            .setPageSize(PAGE)
            .setOnBehalfOf(person.named());
    List<FoundMessage> found = new ArrayList<>();
    SearchResponse page =
        pages(
            "nothing found",
            "",
            token -> calls.search(request.setPageToken(token).build()),
            SearchResponse::getMessagesList,
            found::add,
            it -> found.size() < MOST ? it.getNextPageToken() : "");
    found.sort(
        Comparator.comparing(
                (FoundMessage one) -> one.getLabel().getCreatedAt(), Timestamps.comparator())
            .thenComparing(one -> MessageText.hex(one.getMessageId())));
    found.forEach(one -> out().println(json ? JsonText.of(one) : line(one)));
    tell(found, page);
  }

  private void tell(List<FoundMessage> found, SearchResponse page) {
    if (!page.getNextPageToken().isEmpty()) {
      err().println("only the newest " + found.size() + " are shown");
    }
    if (!page.getComplete()) {
      err().println(FoundMessageText.unsearched(page));
    }
  }

  private static String line(FoundMessage found) {
    Label label = found.getLabel();
    StringBuilder line =
        new StringBuilder(
            "%s  %s  %-12s %-12s %-22s"
                .formatted(
                    Timestamps.toString(label.getCreatedAt()),
                    MessageText.hex(found.getMessageId()),
                    label.getOrigin(),
                    EnumNames.word(label.getMessageType()),
                    EnumNames.word(label.getRequestedAction())));
    if (label.getAddressed() == Addressed.ADDRESSED_INFORMATION) {
      line.append("  for information");
    }
    if (!label.getInReplyTo().isEmpty()) {
      line.append("  in reply to ").append(MessageText.hex(label.getInReplyTo()));
    }
    line.append(ChainPositionText.behind(ChainPositionText.of(label)));
    line.append(ChainPositionText.behind(ChainPositionText.of(found.getStanding())));
    return TerminalText.printable(line.toString());
  }
}
