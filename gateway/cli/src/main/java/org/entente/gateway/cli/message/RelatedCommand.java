package org.entente.gateway.cli.message;

import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.ListOptions;
import org.entente.gateway.cli.call.MessageCall;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.text.FoundMessageText;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.model.EnumNames;
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
  private static final Columns<RelatedMessage> MESSAGES =
      Columns.<RelatedMessage>of("related message", "related messages")
          .with("message", one -> MessageText.hex(one.getMessage().getMessageId()))
          .with("received", one -> Timestamps.toString(one.getMessage().getReceivedAt()))
          .with("from", one -> one.getMessage().getLabel().getOrigin())
          .with("kind", one -> EnumNames.word(one.getMessage().getLabel().getKind()))
          .with("category", one -> MessageText.category(one.getMessage().getLabel()))
          .with("case", one -> one.getMessage().getLabel().getCaseRef())
          .with("identifiers", one -> String.join(" ", one.getIdentifiersList()))
          .with("notes", one -> FoundMessageText.notes(one.getMessage()));

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
            MESSAGES,
            (token, size) -> calls.related(request.setPageToken(token).setPageSize(size).build()),
            RelatedResponse::getRelatedList,
            RelatedResponse::getNextPageToken);
    if (!page.getComplete()) {
      err()
          .println(
              page.hasReachesBackTo()
                  ? "not examined: messages received before "
                      + Timestamps.toString(page.getReachesBackTo())
                  : "not examined: messages that have only just arrived");
    }
  }
}
