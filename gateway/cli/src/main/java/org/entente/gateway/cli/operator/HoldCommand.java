package org.entente.gateway.cli.operator;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.MessageCall;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.text.MessageText;
import org.entente.proto.v1.HoldRequest;
import org.entente.proto.v1.HoldResponse;
import org.entente.proto.v1.LegalHold;
import org.entente.proto.v1.ListHoldsRequest;
import org.entente.proto.v1.ListHoldsResponse;
import org.entente.proto.v1.ReleaseHoldRequest;
import org.entente.proto.v1.ReleaseHoldResponse;
import org.entente.proto.v1.RetentionGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Places, releases and lists legal holds. */
@Command(
    name = "hold",
    description = {
      "Legal holds: keep received messages beyond their retention until the hold is released.",
      "The client needs the scope `retention`."
    },
    mixinStandardHelpOptions = true,
    subcommands = {HoldCommand.Place.class, HoldCommand.Release.class, HoldCommand.ListHolds.class},
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = {
      "  entente hold place 0197…3f --officer DE-7 --justification 'case 4 Js 12/26' \\",
      "    --gateway 127.0.0.1:7442 --credentials de.customs/clients/records",
      "  entente hold list --gateway 127.0.0.1:7442 --credentials de.customs/clients/records"
    })
public final class HoldCommand {

  /** Places a hold. */
  @Command(
      name = "place",
      description = "Places a hold on one message.",
      mixinStandardHelpOptions = true)
  static final class Place extends MessageCall {

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      HoldRequest request =
          HoldRequest.newBuilder().setMessageId(id()).setOnBehalfOf(person.named()).build();
      HoldResponse held = RetentionGrpc.newBlockingStub(channel).hold(request);
      tell(held, "held since " + Timestamps.toString(held.getSince()));
    }
  }

  /** Releases a hold. */
  @Command(
      name = "release",
      description = "Releases a hold. A message whose retention has ended is erased at once.",
      mixinStandardHelpOptions = true)
  static final class Release extends MessageCall {

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      ReleaseHoldResponse released =
          RetentionGrpc.newBlockingStub(channel)
              .releaseHold(
                  ReleaseHoldRequest.newBuilder()
                      .setMessageId(id())
                      .setOnBehalfOf(person.named())
                      .build());
      tell(
          released,
          released.hasErasedAt()
              ? "released, and erased at " + Timestamps.toString(released.getErasedAt())
              : "released; it is kept until its retention ends");
    }
  }

  /** Lists the holds. */
  @Command(
      name = "list",
      description = "Lists the messages under legal hold, with the reasons.",
      mixinStandardHelpOptions = true)
  static final class ListHolds extends ClientCall {
    private static final Columns<LegalHold> HOLDS =
        Columns.<LegalHold>of("hold", "holds")
            .with("message", one -> MessageText.hex(one.getMessageId()))
            .with("since", one -> Timestamps.toString(one.getSince()))
            .with("from", LegalHold::getOrigin)
            .with("recalled", one -> one.getRecalled() ? "recalled" : "")
            .with("reason", LegalHold::getReason);

    @Override
    public void with(ManagedChannel channel) {
      RetentionGrpc.RetentionBlockingStub calls = RetentionGrpc.newBlockingStub(channel);
      var unused =
          list(
              HOLDS,
              ByteString.EMPTY,
              after -> calls.listHolds(ListHoldsRequest.newBuilder().setAfter(after).build()),
              ListHoldsResponse::getHoldsList,
              page ->
                  page.getMore()
                      ? page.getHolds(page.getHoldsCount() - 1).getMessageId()
                      : ByteString.EMPTY);
    }
  }
}
