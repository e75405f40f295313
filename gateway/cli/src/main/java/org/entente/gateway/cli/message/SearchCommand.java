package org.entente.gateway.cli.message;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.FilterOptions;
import org.entente.gateway.cli.call.ListOptions;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.call.RequestField;
import org.entente.gateway.cli.text.FoundMessageText;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.model.EnumNames;
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
  private static final Columns<FoundMessage> MESSAGES =
      Columns.<FoundMessage>of("message", "messages")
          .with("message", one -> MessageText.hex(one.getMessageId()))
          .with("received", one -> Timestamps.toString(one.getReceivedAt()))
          .with("from", one -> one.getLabel().getOrigin())
          .with("kind", one -> EnumNames.word(one.getLabel().getKind()))
          .with("category", one -> MessageText.category(one.getLabel()))
          .with("case", one -> one.getLabel().getCaseRef())
          .with("notes", FoundMessageText::notes);

  @RequestField("received_from")
  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "received at or after this day or time, as in 2026-03-01T08:00:00Z")
  private @Nullable Timestamp from;

  @RequestField("received_to")
  @Option(names = "--to", paramLabel = "TIME", description = "received before this day or time")
  private @Nullable Timestamp to;

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
  private ByteString inReplyTo = ByteString.EMPTY;

  @Mixin private ListOptions list = new ListOptions();

  @Mixin private PersonOptions person = new PersonOptions();

  @Override
  public void with(ManagedChannel channel) {
    SearchGrpc.SearchBlockingStub calls = SearchGrpc.newBlockingStub(channel);
    SearchRequest.Builder request = request();
    SearchResponse page =
        list.print(
            this,
            MESSAGES,
            (token, size) -> calls.search(request.setPageToken(token).setPageSize(size).build()),
            SearchResponse::getMessagesList,
            SearchResponse::getNextPageToken);
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
            .setOnBehalfOf(person.named());
    request.setInReplyTo(inReplyTo);
    if (from != null) {
      request.setReceivedFrom(from);
    }
    if (to != null) {
      request.setReceivedTo(to);
    }
    return request;
  }
}
