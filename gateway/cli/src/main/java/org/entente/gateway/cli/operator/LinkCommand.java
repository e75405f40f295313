package org.entente.gateway.cli.operator;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.LaneState;
import org.entente.proto.v1.LinkState;
import org.entente.proto.v1.LinksGrpc;
import org.entente.proto.v1.ListLinksRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.PauseLinkRequest;
import org.entente.proto.v1.ResumeLaneRequest;
import org.entente.proto.v1.UnpauseLinkRequest;
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
      "  entente link pause de.customs --officer FR-3 --justification 'their maintenance, ticket 12' \\",
      "    --gateway 127.0.0.1:7441 --credentials fr.customs/clients/operator",
      "  entente link resume de.customs FLASH --officer FR-3 --justification 'restored, ticket 13' \\",
      "    --gateway 127.0.0.1:7441 --credentials fr.customs/clients/operator"
    })
public final class LinkCommand {

  /** Lists the links with their lanes. */
  @Command(
      name = "list",
      description = {
        "Lists each link with the state of its lanes.",
        "Shows whether it is up, at which end it is paused, which alarm stopped it, how many envelopes",
        "wait and since when, how many are in flight, and the round-trip time."
      },
      mixinStandardHelpOptions = true)
  static final class ListAll extends ClientCall {
    @Override
    public void with(ManagedChannel channel) {
      for (LinkState link :
          LinksGrpc.newBlockingStub(channel)
              .listLinks(ListLinksRequest.getDefaultInstance())
              .getLinksList()) {
        out().println(TerminalText.printable(line(link)));
        link.getLanesList().forEach(lane -> out().println(TerminalText.printable(line(lane))));
      }
    }

    private static String line(LinkState link) {
      return "%-16s  %s%s%s%s"
          .formatted(
              link.getPeer(),
              link.getUp() ? "up" : "down",
              at("  paused here since ", link.hasPausedSince(), link.getPausedSince()),
              at("  paused there since ", link.hasPausedByPeerSince(), link.getPausedByPeerSince()),
              at("  last contact ", link.hasLastContact(), link.getLastContact()));
    }

    private static String line(LaneState lane) {
      boolean stopped = !lane.getStoppedCode().isEmpty();
      String state = lane.getConnected() ? "connected" : "not connected";
      return "  %-10s%-14s%d waiting%s, %d in flight%s%s"
          .formatted(
              EnumNames.word(lane.getLane()),
              stopped ? "stopped" : state,
              lane.getBacklog(),
              at(" since ", lane.hasOldestQueued(), lane.getOldestQueued()),
              lane.getInFlight(),
              lane.hasRoundTrip()
                  ? ", round trip " + Durations.toMillis(lane.getRoundTrip()) + " ms"
                  : "",
              stopped
                  ? "; %s since %s: %s"
                      .formatted(
                          lane.getStoppedCode(),
                          Timestamps.toString(lane.getStoppedSince()),
                          lane.getStoppedText())
                  : "");
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

    void say(boolean before, String had, String has) {
      out().println(TerminalText.printable(peer + (before ? had + "; nothing changed" : has)));
    }
  }

  /** Pauses a link. */
  @Command(
      name = "pause",
      description = {
        "Pauses a link in both directions until `unpause`, also across restarts.",
        "Messages wait in the ledgers of both ends, publishing continues, and the peer is told that this",
        "is not an outage."
      },
      mixinStandardHelpOptions = true)
  static final class Pause extends Change {
    @Override
    public void with(ManagedChannel channel) {
      boolean before =
          LinksGrpc.newBlockingStub(channel)
              .pauseLink(
                  PauseLinkRequest.newBuilder().setPeer(peer()).setOnBehalfOf(person()).build())
              .getBefore();
      say(before, " was paused before", " paused");
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
      boolean before =
          LinksGrpc.newBlockingStub(channel)
              .unpauseLink(
                  UnpauseLinkRequest.newBuilder().setPeer(peer()).setOnBehalfOf(person()).build())
              .getBefore();
      say(before, " was not paused", " continues");
    }
  }

  /** Resumes a lane. */
  @Command(
      name = "resume",
      description = {
        "Resumes a lane that an alarm stopped.",
        "Waiting messages are sent again in a new epoch; recipients drop those that they already have.",
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
      boolean before =
          LinksGrpc.newBlockingStub(channel)
              .resumeLane(
                  ResumeLaneRequest.newBuilder()
                      .setPeer(peer())
                      .setLane(lane)
                      .setOnBehalfOf(person())
                      .build())
              .getBefore();
      say(
          before,
          " " + EnumNames.word(lane) + " was not stopped",
          " " + EnumNames.word(lane) + " continues");
    }
  }
}
