package org.entente.gateway.cli.message;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.MessageCall;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.call.SaveOptions;
import org.entente.gateway.cli.text.MessageText;
import org.entente.proto.v1.DecideRequest;
import org.entente.proto.v1.HeldMessage;
import org.entente.proto.v1.ListHeldRequest;
import org.entente.proto.v1.ListHeldResponse;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.ReadHeldRequest;
import org.entente.proto.v1.ReadHeldResponse;
import org.entente.proto.v1.ReleaseGrpc;
import org.entente.proto.v1.ReleaseGrpc.ReleaseBlockingStub;
import org.entente.proto.v1.Verdict;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists, shows, approves and denies messages held for a second person. */
@Command(
    name = "release",
    description = {
      "Four-eyes rule: lists, shows, approves and denies messages held for a second person.",
      "The client needs the scope `release`. The officer must not be the one who published the"
          + " message."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      ReleaseCommand.ListHeld.class,
      ReleaseCommand.Show.class,
      ReleaseCommand.Approve.class,
      ReleaseCommand.Deny.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = {
      "  entente release list --gateway 127.0.0.1:7441 --credentials fr.customs/clients/supervisor",
      "  entente release show 0197…3f --gateway … --credentials … --officer FR-118 \\",
      "      --justification 'case 12/26'",
      "  entente release approve 0197…3f --gateway … --credentials … --officer FR-118 \\",
      "      --justification 'order of the prosecutor, 14/26'"
    })
public final class ReleaseCommand {

  private static ReleaseBlockingStub stub(ManagedChannel channel) {
    return ReleaseGrpc.newBlockingStub(channel);
  }

  /** Lists held messages. */
  @Command(
      name = "list",
      description = "Lists held messages, oldest first, without content.",
      mixinStandardHelpOptions = true)
  static final class ListHeld extends ClientCall {
    private static final Columns<HeldMessage> MESSAGES =
        Columns.<HeldMessage>of("held message", "held messages")
            .with("message", one -> MessageText.hex(one.getMessageId()))
            .with("since", one -> Timestamps.toString(one.getSince()))
            .with("until", one -> Timestamps.toString(one.getHeld().getUntil()))
            .with("client", HeldMessage::getClient)
            .with("officer", one -> one.getOnBehalfOf().getOfficer())
            .with("to", ListHeld::recipients)
            .with("reason", one -> one.getHeld().getReason());

    @Override
    public void with(ManagedChannel channel) {
      ReleaseBlockingStub stub = stub(channel);
      var unused =
          list(
              MESSAGES,
              ByteString.EMPTY,
              after -> stub.listHeld(ListHeldRequest.newBuilder().setAfter(after).build()),
              ListHeldResponse::getMessagesList,
              page ->
                  page.getMore()
                      ? page.getMessages(page.getMessagesCount() - 1).getMessageId()
                      : ByteString.EMPTY);
    }

    private static String recipients(HeldMessage message) {
      return message.getPermitsList().stream()
          .map(MessageText::line)
          .collect(Collectors.joining(", "));
    }
  }

  /** A person's call about one message. */
  private abstract static class ReleaseCall extends MessageCall {
    @Mixin private PersonOptions person = new PersonOptions();

    OnBehalfOf person() {
      return person.named();
    }

    void decide(ReleaseBlockingStub stub, Verdict verdict, Predicate<Outcome> done) {
      Outcome outcome =
          stub.decide(
                  DecideRequest.newBuilder()
                      .setMessageId(id())
                      .setVerdict(verdict)
                      .setOnBehalfOf(person())
                      .build())
              .getOutcome();
      List<String> lines = new ArrayList<>();
      outcome
          .getAccepted()
          .getPermitsList()
          .forEach(permit -> lines.add("to " + MessageText.line(permit)));
      outcome.getAccepted().getRefusalsList().forEach(it -> lines.add(MessageText.line(it)));
      outcome.getRefused().getRefusalsList().forEach(it -> lines.add(MessageText.line(it)));
      tell(outcome, lines.toArray(String[]::new));
      refuseUnless(done.test(outcome));
    }
  }

  /** Shows one held message. */
  @Command(
      name = "show",
      description =
          "Shows one held message with all fields of its draft. The audit log records the"
              + " consultation.",
      mixinStandardHelpOptions = true)
  static final class Show extends ReleaseCall {

    @Mixin private SaveOptions saving = new SaveOptions();

    @Override
    public void with(ManagedChannel channel) {
      saving.check();
      ReadHeldResponse shown =
          stub(channel)
              .readHeld(
                  ReadHeldRequest.newBuilder().setMessageId(id()).setOnBehalfOf(person()).build());
      tell(shown, HeldMessageText.lines(shown).toArray(String[]::new));
      if (saving.asked()) {
        out().flush();
        err().println(saving.save(id(), shown.getDraft().getBody()));
      }
    }
  }

  /** Approves a held message. */
  @Command(
      name = "approve",
      description = {
        "Approves a held message, which is then sent.",
        "The gateway evaluates policy again; the exit code is 3 if it refuses the message now."
      },
      mixinStandardHelpOptions = true)
  static final class Approve extends ReleaseCall {

    @Override
    public void with(ManagedChannel channel) {
      decide(stub(channel), Verdict.VERDICT_RELEASE, Outcome::hasAccepted);
    }
  }

  /** Denies a held message. */
  @Command(
      name = "deny",
      description = "Denies a held message permanently. The publisher is told the reason.",
      mixinStandardHelpOptions = true)
  static final class Deny extends ReleaseCall {

    @Override
    public void with(ManagedChannel channel) {
      decide(stub(channel), Verdict.VERDICT_DENY, Outcome::hasRefused);
    }
  }
}
