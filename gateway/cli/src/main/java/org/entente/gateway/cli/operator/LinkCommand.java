package org.entente.gateway.cli.operator;

import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.Listing;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.text.CountText;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.LaneState;
import org.entente.proto.v1.LinkState;
import org.entente.proto.v1.LinksGrpc;
import org.entente.proto.v1.ListLinksRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.PauseLinkRequest;
import org.entente.proto.v1.PauseLinkResponse;
import org.entente.proto.v1.ResumeLaneRequest;
import org.entente.proto.v1.ResumeLaneResponse;
import org.entente.proto.v1.UnpauseLinkRequest;
import org.entente.proto.v1.UnpauseLinkResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists, pauses, unpauses and resumes the links of a running gateway. */
@Command(
    name = "link",
    description = {
      "Shows a running gateway's links, pauses them for maintenance, and resumes stopped lanes.",
      "The client needs the scope `operator`."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      LinkCommand.ListAll.class,
      LinkCommand.Pause.class,
      LinkCommand.Unpause.class,
      LinkCommand.Resume.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = {
      "  entente link list --gateway 127.0.0.1:7441 --credentials fr.customs/clients/operator",
      "  entente link pause de.customs --officer FR-3 --justification 'their maintenance, ticket"
          + " 12' \\",
      "    --gateway 127.0.0.1:7441 --credentials fr.customs/clients/operator",
      "  entente link resume de.customs FLASH --officer FR-3 --justification 'restored, ticket 13'"
          + " \\",
      "    --gateway 127.0.0.1:7441 --credentials fr.customs/clients/operator"
    })
public final class LinkCommand {

  /** Lists the links with their lanes. */
  @Command(
      name = "list",
      description = {
        "Lists each link with the state of its lanes.",
        "Shows whether it is up, at which end it is paused, which alarm stopped it, how many"
            + " envelopes",
        "wait in its queue and since when, how many bytes of mail the peer does not hold yet, how"
            + " many",
        "are in flight, and the round-trip time. Mail is queued when the agency was linked once;"
            + " until",
        "then only its bytes are counted."
      },
      mixinStandardHelpOptions = true)
  static final class ListAll extends ClientCall {
    private static final Columns<LinkLane> LANES =
        Columns.<LinkLane>of("lane", "lanes")
            .with("peer", one -> one.link().getPeer())
            .with("link", one -> one.link().getUp() ? "up" : "down")
            .with("lane", one -> EnumNames.word(one.lane().getLane()))
            .with("state", one -> state(one.lane()))
            .with("waiting", one -> Long.toString(one.lane().getBacklog()))
            .with(
                "since", one -> at("", one.lane().hasOldestQueued(), one.lane().getOldestQueued()))
            .with("undelivered", one -> undelivered(one.lane()))
            .with("in flight", one -> Long.toString(one.lane().getInFlight()))
            .with("round trip", one -> roundTrip(one.lane()))
            .with("notes", ListAll::notes);

    /** A lane with its link; a link without lanes has one that is empty. */
    private record LinkLane(LinkState link, LaneState lane) {}

    @Override
    public void with(ManagedChannel channel) {
      List<LinkState> links =
          LinksGrpc.newBlockingStub(channel)
              .listLinks(ListLinksRequest.getDefaultInstance())
              .getLinksList();
      if (json()) {
        links.forEach(this::tell);
        return;
      }
      Listing<LinkLane> list = listing(LANES, one -> JsonText.of(one.link()));
      links.stream().flatMap(ListAll::lanes).forEach(list::add);
      list.end();
    }

    private static Stream<LinkLane> lanes(LinkState link) {
      return link.getLanesCount() == 0
          ? Stream.of(new LinkLane(link, LaneState.getDefaultInstance()))
          : link.getLanesList().stream().map(lane -> new LinkLane(link, lane));
    }

    private static String state(LaneState lane) {
      if (!lane.getStoppedCode().isEmpty()) {
        return "stopped";
      }
      return lane.getConnected() ? "connected" : "not connected";
    }

    private static String undelivered(LaneState lane) {
      return CountText.of(lane.getUndeliveredBytes(), "byte");
    }

    private static String roundTrip(LaneState lane) {
      return lane.hasRoundTrip() ? Durations.toMillis(lane.getRoundTrip()) + " ms" : "";
    }

    private static String notes(LinkLane one) {
      LinkState link = one.link();
      LaneState lane = one.lane();
      return Stream.of(
              lane.getStoppedCode().isEmpty()
                  ? ""
                  : "%s since %s: %s"
                      .formatted(
                          lane.getStoppedCode(),
                          Timestamps.toString(lane.getStoppedSince()),
                          lane.getStoppedText()),
              link.getAddress().isEmpty() ? "" : "at " + link.getAddress(),
              at("paused here since ", link.hasPausedSince(), link.getPausedSince()),
              at("paused there since ", link.hasPausedByPeerSince(), link.getPausedByPeerSince()),
              at("last contact ", link.hasLastContact(), link.getLastContact()))
          .filter(note -> !note.isEmpty())
          .collect(Collectors.joining("; "));
    }

    private static String at(String words, boolean known, Timestamp at) {
      return known ? words + Timestamps.toString(at) : "";
    }
  }

  /** A call that changes one link. */
  abstract static class Change extends ClientCall {
    @Parameters(index = "0", paramLabel = "PEER", description = "the agency at the other end")
    private String peer = "";

    @Mixin private PersonOptions person = new PersonOptions();

    String peer() {
      return peer;
    }

    OnBehalfOf person() {
      return person.named();
    }

    void say(MessageOrBuilder answer, boolean before, String had, String has) {
      tell(answer, peer + (before ? had + "; nothing changed" : has));
    }
  }

  /** Pauses a link. */
  @Command(
      name = "pause",
      description = {
        "Pauses a link in both directions until `unpause`, also across restarts.",
        "Messages wait in the ledgers of both ends, publishing continues, and the peer is told that"
            + " this",
        "is not an outage."
      },
      mixinStandardHelpOptions = true)
  static final class Pause extends Change {
    @Override
    public void with(ManagedChannel channel) {
      PauseLinkResponse paused =
          LinksGrpc.newBlockingStub(channel)
              .pauseLink(
                  PauseLinkRequest.newBuilder().setPeer(peer()).setOnBehalfOf(person()).build());
      say(paused, paused.getBefore(), " was paused before", " paused");
    }
  }

  /** Unpauses a link. */
  @Command(
      name = "unpause",
      description = "Ends the pause of a link; waiting messages are sent at once.",
      mixinStandardHelpOptions = true)
  static final class Unpause extends Change {
    @Override
    public void with(ManagedChannel channel) {
      UnpauseLinkResponse continued =
          LinksGrpc.newBlockingStub(channel)
              .unpauseLink(
                  UnpauseLinkRequest.newBuilder().setPeer(peer()).setOnBehalfOf(person()).build());
      say(continued, continued.getBefore(), " was not paused", " continues");
    }
  }

  /** Resumes a lane. */
  @Command(
      name = "resume",
      description = {
        "Resumes a lane that an alarm stopped.",
        "Waiting messages are sent again in a new epoch; recipients drop those that they already"
            + " have.",
        "The operator at the other end must do the same."
      },
      mixinStandardHelpOptions = true)
  static final class Resume extends Change {
    @Parameters(
        index = "1",
        paramLabel = "LANE",
        description = "FLASH, IMMEDIATE, PRIORITY or ROUTINE")
    private Lane lane = Lane.LANE_UNSPECIFIED;

    @Override
    public void with(ManagedChannel channel) {
      ResumeLaneResponse resumed =
          LinksGrpc.newBlockingStub(channel)
              .resumeLane(
                  ResumeLaneRequest.newBuilder()
                      .setPeer(peer())
                      .setLane(lane)
                      .setOnBehalfOf(person())
                      .build());
      say(
          resumed,
          resumed.getBefore(),
          " " + EnumNames.word(lane) + " was not stopped",
          " " + EnumNames.word(lane) + " continues");
    }
  }
}
