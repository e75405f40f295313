package org.entente.gateway.cli.message;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.MessageCall;
import org.entente.gateway.cli.call.OfficerOptions;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.proto.v1.Charge;
import org.entente.proto.v1.ChargeState;
import org.entente.proto.v1.ChargeStep;
import org.entente.proto.v1.ListChargesRequest;
import org.entente.proto.v1.ListChargesResponse;
import org.entente.proto.v1.TakeChargeRequest;
import org.entente.proto.v1.TakeChargeResponse;
import org.entente.proto.v1.TaskingGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes messages in charge, gives them back and lists who acts on them. */
@Command(
    name = "charge",
    description = {
      "Tells the originator who here acts on a received message; lists who acts on sent messages.",
      "Only the originator is told. The client needs the scope `task`."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      ChargeCommand.Take.class,
      ChargeCommand.GiveBack.class,
      ChargeCommand.ListCharges.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = {
      "  entente charge take 0197…3f --officer DE-7 --unit 'ZKA Hamburg' --note 'team is on its"
          + " way' \\",
      "    --gateway 127.0.0.1:7442 --credentials de.customs/clients/desk",
      "  entente charge list --gateway 127.0.0.1:7441 --credentials fr.customs/clients/desk"
    })
public final class ChargeCommand {

  /** One line that describes a charge. */
  static String line(Charge charge) {
    return TerminalText.printable(
        MessageText.hex(charge.getMessageId())
            + (" " + step(charge) + " by ")
            + charge.getOfficer()
            + (charge.getUnit().isEmpty() ? "" : ", " + charge.getUnit())
            + (charge.getNote().isEmpty() ? "" : ": " + charge.getNote()));
  }

  private static String step(Charge charge) {
    return charge.getStep() == ChargeStep.CHARGE_STEP_TAKEN ? "TAKEN IN CHARGE" : "GIVEN BACK";
  }

  /** Takes a message in charge or gives it back. */
  abstract static class Step extends MessageCall {
    @Option(names = "--note", description = "note to the originator; one line, unclassified")
    private String note = "";

    @Option(names = "--justification", description = "reason; recorded here only")
    private String justification = "";

    @Mixin private OfficerOptions person = new OfficerOptions();

    abstract ChargeStep step();

    @Override
    public void with(ManagedChannel channel) {
      TakeChargeResponse sent =
          TaskingGrpc.newBlockingStub(channel)
              .takeCharge(
                  TakeChargeRequest.newBuilder()
                      .setMessageId(id())
                      .setStep(step())
                      .setNote(note)
                      .setOnBehalfOf(person.because(justification))
                      .build());
      tell(sent, "charge " + MessageText.hex(sent.getChargeId()) + " to " + sent.getOriginator());
    }
  }

  /** Takes a message in charge. */
  @Command(
      name = "take",
      description =
          "Takes a message in charge: tells the originator that an officer here acts on it.",
      mixinStandardHelpOptions = true)
  static final class Take extends Step {
    @Override
    ChargeStep step() {
      return ChargeStep.CHARGE_STEP_TAKEN;
    }
  }

  /** Gives a message back. */
  @Command(
      name = "back",
      description =
          "Gives a message back: tells the originator that no officer here acts on it any more.",
      mixinStandardHelpOptions = true)
  static final class GiveBack extends Step {
    @Override
    ChargeStep step() {
      return ChargeStep.CHARGE_STEP_GIVEN_BACK;
    }
  }

  /** Lists charges. */
  @Command(
      name = "list",
      description = {
        "Lists the latest charge by each recipient of each of this agency's messages;",
        "with --own, the officers here who act on received messages, and whom the gateway told."
      },
      mixinStandardHelpOptions = true)
  static final class ListCharges extends ClientCall {
    @Parameters(
        arity = "0..1",
        paramLabel = "MESSAGE",
        description = "only of this message, 32 hex digits")
    private ByteString id = ByteString.EMPTY;

    @Option(
        names = "--own",
        description = "list this agency's officers who act on received messages")
    private boolean own;

    private static final Columns<ChargeState> CHARGES =
        Columns.<ChargeState>of("charge", "charges")
            .with("message", one -> MessageText.hex(one.getCharge().getMessageId()))
            .with("step", one -> step(one.getCharge()))
            .with("agency", ChargeState::getAgency)
            .with("at", one -> Timestamps.toString(one.getCharge().getAt()))
            .with("officer", one -> one.getCharge().getOfficer())
            .with("unit", one -> one.getCharge().getUnit())
            .with("note", one -> one.getCharge().getNote());

    @Override
    public void with(ManagedChannel channel) {
      ListChargesRequest.Builder request =
          ListChargesRequest.newBuilder().setMessageId(id).setOwn(own);
      TaskingGrpc.TaskingBlockingStub calls = TaskingGrpc.newBlockingStub(channel);
      var unused =
          list(
              CHARGES,
              ByteString.EMPTY,
              token -> calls.listCharges(request.setPageToken(token).build()),
              ListChargesResponse::getChargesList,
              ListChargesResponse::getNextPageToken);
    }
  }
}
