package org.entente.gateway.cli.message;

import io.grpc.ManagedChannel;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.FilterOptions;
import org.entente.gateway.cli.call.MessageCall;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.text.FoundMessageText;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.TimeWord;
import org.entente.proto.v1.FoundMessage;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.SearchResponse;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Searches received messages. */
@Command(
    name = "search",
    description = {
      "Searches received messages, newest first; `open` shows one in full.",
      "A message must match every option, and any one value of a repeated option. The audit log"
          + " records",
      "each page, with the officer and the reason. The client needs the scope `search`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente search --subject container:CSQU3054383 --officer DE-7 --justification 'case 4 Js"
          + " 12/26' \\",
      "      --gateway 127.0.0.1:7442 --credentials de.customs/clients/desk",
      "  entente search --category IPR --origin fr.customs --from 2026-03-01 --headline 'toy"
          + " batteries' \\",
      "      --officer DE-7 --justification 'case 4 Js 12/26' --json --gateway … --credentials …"
    })
public final class SearchCommand extends ClientCall {
  private static final int PAGE = 100;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "received at or after this day or time, as in 2026-03-01T08:00:00Z")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "received before this day or time")
  private @Nullable String to;

  @Mixin private FilterOptions filter = new FilterOptions();

  @Option(
      names = "--subject",
      paramLabel = "SCHEME:VALUE",
      description = "subject of the message: container:…, vessel:…, person:FAMILY/GIVEN, …")
  private String subject = "";

  @Option(names = "--case", paramLabel = "REF", description = "the originator's case reference")
  private String caseRef = "";

  @Option(names = "--headline", paramLabel = "WORDS", description = "words of a headline")
  private String headline = "";

  @Option(
      names = "--in-reply-to",
      paramLabel = "MESSAGE",
      description = "only replies to this message, such as feedback; 32 hex digits")
  private String inReplyTo = "";

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
    SearchRequest.Builder request = request();
    int left = most;
    SearchResponse page;
    do {
      page = calls.search(request.setPageSize(Math.max(1, Math.min(PAGE, left))).build());
      page.getMessagesList().forEach(this::print);
      left -= page.getMessagesCount();
      request.setPageToken(page.getNextPageToken());
    } while (left > 0 && !page.getNextPageToken().isEmpty());
    if (left == most) {
      err().println("nothing found");
    }
    if (!page.getNextPageToken().isEmpty()) {
      err().println("there may be more; raise --most");
    }
    if (!page.getComplete()) {
      err().println(FoundMessageText.unsearched(page));
    }
  }

  private SearchRequest.Builder request() {
    SearchRequest.Builder request =
        SearchRequest.newBuilder()
            .setFilter(filter.filter())
            .setSubject(subject)
            .setCaseRef(caseRef)
            .setHeadline(headline)
            .setOnBehalfOf(person.because(justification));
    if (!inReplyTo.isEmpty()) {
      request.setInReplyTo(MessageCall.parse("--in-reply-to", inReplyTo));
    }
    if (from != null) {
      request.setReceivedFrom(TimeWord.of("--from", from));
    }
    if (to != null) {
      request.setReceivedTo(TimeWord.of("--to", to));
    }
    return request;
  }

  private void print(FoundMessage found) {
    out().println(json ? JsonText.of(found) : FoundMessageText.line(found));
  }
}
