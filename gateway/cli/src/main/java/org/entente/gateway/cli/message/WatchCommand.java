package org.entente.gateway.cli.message;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.util.List;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.FilterOptions;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.call.RequestField;
import org.entente.gateway.cli.text.FoundMessageText;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.AddWatchRequest;
import org.entente.proto.v1.AddWatchResponse;
import org.entente.proto.v1.Hit;
import org.entente.proto.v1.ListHitsRequest;
import org.entente.proto.v1.ListHitsResponse;
import org.entente.proto.v1.ListWatchesRequest;
import org.entente.proto.v1.ListWatchesResponse;
import org.entente.proto.v1.RemoveWatchRequest;
import org.entente.proto.v1.RemoveWatchResponse;
import org.entente.proto.v1.WatchGrpc;
import org.entente.proto.v1.WatchState;
import org.entente.proto.v1.WatchTerms;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Adds, removes and lists watches, and lists their hits. */
@Command(
    name = "watch",
    description = {
      "Watch lists: reports received messages that name a watched identifier.",
      "Each client sees its own watches and hits. The client needs the scope `watch`."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      WatchCommand.Add.class,
      WatchCommand.Remove.class,
      WatchCommand.ListWatches.class,
      WatchCommand.Hits.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = {
      "  entente watch add --subject container:CSQU3054383 --subject plate:FR/AB-123-CD \\",
      "      --officer FR-12 --justification 'case 12/26' \\",
      "      --gateway 127.0.0.1:7441 --credentials fr.customs/clients/desk",
      "  entente watch hits --officer FR-12 --justification 'case 12/26' --gateway … --credentials"
          + " …"
    })
public final class WatchCommand {
  private static final int PAGE = 100;

  private static final Columns<WatchState> WATCHES =
      Columns.<WatchState>of("watch", "watches")
          .with("watch", one -> Long.toString(one.getWatch()))
          .with("until", one -> Timestamps.toString(one.getExpiresAt()))
          .with("subjects", one -> String.join(" ", one.getTerms().getSubjectsList()))
          .with("title", one -> one.getTerms().getTitle())
          .with("officer", one -> one.getOnBehalfOf().getOfficer())
          .with("justification", one -> one.getOnBehalfOf().getJustification());

  /** Adds a watch. */
  @Command(
      name = "add",
      description = "Adds a watch for messages received from now on.",
      mixinStandardHelpOptions = true)
  static final class Add extends ClientCall {
    @Option(
        names = "--subject",
        required = true,
        paramLabel = "SCHEME:VALUE",
        description = "subject to watch for, as in `search`; may be repeated: any one is a hit")
    private List<String> subjects = List.of();

    @Option(names = "--title", paramLabel = "TEXT", description = "title of the watch")
    private String title = "";

    @RequestField("expires_at")
    @Option(
        names = "--until",
        paramLabel = "TIME",
        description =
            "end of the watch, a day or a time, at most 366 days away (default: 366 days)")
    private @Nullable Timestamp until;

    @Mixin private FilterOptions filter = new FilterOptions();

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      AddWatchRequest.Builder request =
          AddWatchRequest.newBuilder()
              .setTerms(
                  WatchTerms.newBuilder()
                      .addAllSubjects(subjects)
                      .setFilter(filter.filter())
                      .setTitle(title))
              .setOnBehalfOf(person.named());
      if (until != null) {
        request.setExpiresAt(until);
      }
      AddWatchResponse added = WatchGrpc.newBlockingStub(channel).addWatch(request.build());
      tell(added, "watch " + WATCHES.line(added.getWatch()));
    }
  }

  /** Removes a watch. */
  @Command(
      name = "remove",
      description = "Ends a watch. Its hits remain listed.",
      mixinStandardHelpOptions = true)
  static final class Remove extends ClientCall {
    @Parameters(paramLabel = "WATCH", description = "number of the watch")
    private long watch;

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      RemoveWatchResponse removed =
          WatchGrpc.newBlockingStub(channel)
              .removeWatch(
                  RemoveWatchRequest.newBuilder()
                      .setWatch(watch)
                      .setOnBehalfOf(person.named())
                      .build());
      tell(removed, "watch " + removed.getWatch() + " has ended");
    }
  }

  /** Lists the watches. */
  @Command(
      name = "list",
      description = "Lists the client's watches.",
      mixinStandardHelpOptions = true)
  static final class ListWatches extends ClientCall {
    @Override
    public void with(ManagedChannel channel) {
      WatchGrpc.WatchBlockingStub calls = WatchGrpc.newBlockingStub(channel);
      ListWatchesRequest.Builder request = ListWatchesRequest.newBuilder().setPageSize(PAGE);
      var unused =
          list(
              WATCHES,
              0L,
              last -> calls.listWatches(request.setAfter(last).build()),
              ListWatchesResponse::getWatchesList,
              page -> page.getMore() ? page.getWatches(page.getWatchesCount() - 1).getWatch() : 0L);
    }
  }

  /** Lists the hits. */
  @Command(
      name = "hits",
      description = {
        "Lists the hits of the client's watches, oldest first, without content; `open` shows a"
            + " message.",
        "The audit log records each page that shows a hit."
      },
      mixinStandardHelpOptions = true)
  static final class Hits extends ClientCall {
    @Option(
        names = "--after",
        paramLabel = "HIT",
        defaultValue = "0",
        description = "only hits with a greater number (default: all that are kept)")
    private long after;

    private static final Columns<Hit> HITS =
        Columns.<Hit>of("hit", "hits")
            .with("hit", one -> Long.toString(one.getHit()))
            .with("watch", one -> Long.toString(one.getWatch()))
            .with("subjects", one -> String.join(" ", one.getSubjectsList()))
            .with("message", one -> MessageText.hex(one.getMessage().getMessageId()))
            .with("received", one -> Timestamps.toString(one.getMessage().getReceivedAt()))
            .with("from", one -> one.getMessage().getLabel().getOrigin())
            .with("kind", one -> EnumNames.word(one.getMessage().getLabel().getKind()))
            .with("category", one -> MessageText.category(one.getMessage().getLabel()))
            .with("case", one -> one.getMessage().getLabel().getCaseRef())
            .with("notes", one -> FoundMessageText.notes(one.getMessage()));

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      WatchGrpc.WatchBlockingStub calls = WatchGrpc.newBlockingStub(channel);
      ListHitsRequest.Builder request =
          ListHitsRequest.newBuilder().setPageSize(PAGE).setOnBehalfOf(person.named());
      ListHitsResponse page =
          list(
              HITS,
              after,
              last -> calls.listHits(request.setAfter(last).build()),
              ListHitsResponse::getHitsList,
              last -> last.getMore() ? last.getNextAfter() : after);
      if (after < page.getForgottenUpTo()) {
        err().println("no longer kept: hits up to " + page.getForgottenUpTo());
      }
    }
  }
}
