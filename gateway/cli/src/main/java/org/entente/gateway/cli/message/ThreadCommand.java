package org.entente.gateway.cli.message;

import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.text.ChainPositionText;
import org.entente.gateway.cli.text.FoundMessageText;
import org.entente.gateway.cli.text.MessageText;
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
      "The audit log records it with the officer and the reason, like any search. The client needs"
          + " the",
      "scope `search`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  entente thread ZGR-2026-1180 --officer DE-7 --justification 'case 4 Js 12/26' \\",
      "      --gateway 127.0.0.1:7442 --credentials de.customs/clients/desk"
    })
public final class ThreadCommand extends ClientCall {
  private static final Columns<FoundMessage> MESSAGES =
      Columns.<FoundMessage>of("message", "messages")
          .with("created", one -> Timestamps.toString(one.getLabel().getCreatedAt()))
          .with("message", one -> MessageText.hex(one.getMessageId()))
          .with("from", one -> one.getLabel().getOrigin())
          .with("type", one -> EnumNames.word(one.getLabel().getMessageType()))
          .with("requested", one -> EnumNames.word(one.getLabel().getRequestedAction()))
          .with("notes", ThreadCommand::notes);

  private static final int PAGE = 100;
  private static final int MOST = 1_000;

  @Parameters(paramLabel = "CASE", description = "the originator's case reference, in any spelling")
  private String caseRef = "";

  @Option(names = "--exercise", description = "exercise traffic instead of actual traffic")
  private boolean exercise;

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
            "",
            token -> calls.search(request.setPageToken(token).build()),
            SearchResponse::getMessagesList,
            found::add,
            it -> found.size() < MOST ? it.getNextPageToken() : "");
    found.sort(
        Comparator.comparing(
                (FoundMessage one) -> one.getLabel().getCreatedAt(), Timestamps.comparator())
            .thenComparing(one -> MessageText.hex(one.getMessageId())));
    list(MESSAGES, found);
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

  private static String notes(FoundMessage found) {
    Label label = found.getLabel();
    String addressed =
        label.getAddressed() == Addressed.ADDRESSED_INFORMATION ? "for information" : "";
    String answers =
        label.getInReplyTo().isEmpty()
            ? ""
            : "  in reply to " + MessageText.hex(label.getInReplyTo());
    return (addressed
            + answers
            + ChainPositionText.behind(ChainPositionText.of(label))
            + ChainPositionText.behind(ChainPositionText.of(found.getStanding())))
        .strip();
  }
}
