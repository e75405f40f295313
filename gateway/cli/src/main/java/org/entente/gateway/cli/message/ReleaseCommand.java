package org.entente.gateway.cli.message;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.util.function.Predicate;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.MessageCall;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.call.SaveOptions;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.MessageId;
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
    @Override
    public void with(ManagedChannel channel) {
      ReleaseBlockingStub stub = stub(channel);
      var unused =
          pages(
              "no held messages",
              ByteString.EMPTY,
              after -> stub.listHeld(ListHeldRequest.newBuilder().setAfter(after).build()),
              ListHeldResponse::getMessagesList,
              message -> out().println(line(message)),
              page ->
                  page.getMore()
                      ? page.getMessages(page.getMessagesCount() - 1).getMessageId()
                      : ByteString.EMPTY);
    }

    private static String line(HeldMessage message) {
      return "%s  since %s until %s  by %s for %s  to %s: %s"
          .formatted(
              MessageId.of(message.getMessageId().toByteArray()),
              Timestamps.toString(message.getSince()),
              Timestamps.toString(message.getHeld().getUntil()),
              TerminalText.printable(message.getClient()),
              TerminalText.printable(message.getOnBehalfOf().getOfficer()),
              message.getPermitsList().stream().map(MessageText::line).toList(),
              TerminalText.printable(message.getHeld().getReason()));
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
      outcome
          .getAccepted()
          .getPermitsList()
          .forEach(permit -> out().println("to " + MessageText.line(permit)));
      outcome.getAccepted().getRefusalsList().forEach(r -> out().println(MessageText.line(r)));
      outcome.getRefused().getRefusalsList().forEach(r -> out().println(MessageText.line(r)));
      refuseUnless(done.test(outcome));
    }
  }

  /** Shows one held message. */
  @Command(
      name = "show",
      description =
          "Shows one held message in full, as JSON. The audit log records the consultation.",
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
      JsonText.pretty(shown).lines().forEach(out()::println);
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
        "Approves a held message. Policy is evaluated again; exit code 1 if it refuses now."
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
