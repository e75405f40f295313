package org.entente.gateway.cli.operator;

import com.google.protobuf.ProtocolMessageEnum;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.util.List;
import java.util.Locale;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.DiscardQuarantinedRequest;
import org.entente.proto.v1.DiscardQuarantinedResponse;
import org.entente.proto.v1.ListQuarantineRequest;
import org.entente.proto.v1.ListQuarantineResponse;
import org.entente.proto.v1.QuarantineGrpc;
import org.entente.proto.v1.QuarantineState;
import org.entente.proto.v1.QuarantinedMessage;
import org.entente.proto.v1.RetryQuarantinedRequest;
import org.entente.proto.v1.RetryQuarantinedResponse;
import org.entente.proto.v1.ShowQuarantinedRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists, shows, retries and discards quarantined messages. */
@Command(
    name = "quarantine",
    description = {
      "Lists, shows, retries and discards messages that the gateway quarantined.",
      "A gateway quarantines a message after repeated failures to process it. Shows no content. The",
      "client needs the scope `operator`."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      QuarantineCommand.ListAll.class,
      QuarantineCommand.Show.class,
      QuarantineCommand.Retry.class,
      QuarantineCommand.Discard.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = {
      "  entente quarantine list --gateway 127.0.0.1:7442 --credentials de.customs/clients/operator",
      "  entente quarantine retry 7 --officer DE-3 --justification 'upgraded to 0.1.1' \\",
      "    --gateway 127.0.0.1:7442 --credentials de.customs/clients/operator"
    })
public final class QuarantineCommand {

  private static String word(ProtocolMessageEnum value) {
    return EnumNames.word(value).toLowerCase(Locale.ROOT);
  }

  private static String agency(QuarantinedMessage message) {
    return message.getAgency().isEmpty() ? "unknown" : message.getAgency();
  }

  private static String line(QuarantinedMessage message) {
    return "%-6d  %-10s  %-9s  %-16s  %-9s  since %s  %s"
        .formatted(
            message.getNumber(),
            word(message.getStep()),
            word(message.getState()),
            agency(message),
            EnumNames.word(message.getLane()),
            Timestamps.toString(message.getSince()),
            message.getCode());
  }

  /** Lists the entries. */
  @Command(
      name = "list",
      description = {
        "Lists the entries that wait for a decision: number, step, state, agency, lane, time, reason."
      },
      mixinStandardHelpOptions = true)
  static final class ListAll extends ClientCall {
    @Option(
        names = "--decided",
        description = "list the entries decided in the last 90 days instead")
    private boolean decided;

    @Override
    public void with(ManagedChannel channel) {
      QuarantineGrpc.QuarantineBlockingStub calls = QuarantineGrpc.newBlockingStub(channel);
      ListQuarantineRequest.Builder request =
          ListQuarantineRequest.newBuilder().setDecided(decided);
      var unused =
          pages(
              "no entries",
              0L,
              after -> calls.listQuarantine(request.setAfter(after).build()),
              ListQuarantineResponse::getMessagesList,
              message -> print(line(message)),
              page ->
                  page.getMore() ? page.getMessages(page.getMessagesCount() - 1).getNumber() : 0L);
    }
  }

  /** A call about one entry. */
  abstract static class EntryCall extends ClientCall {
    @Parameters(paramLabel = "NUMBER", description = "number of the entry, from `quarantine list`")
    private long number;

    long number() {
      return number;
    }

    void say(String name, String text) {
      out().println(TerminalText.printable("%-9s %s".formatted(name, text)));
    }

    void told(QuarantinedMessage message, String text, boolean before, QuarantineState... wanted) {
      say(word(message.getState()), text + (before ? "; nothing changed" : ""));
      failUnless(List.of(wanted).contains(message.getState()));
    }
  }

  /** Shows one entry. */
  @Command(
      name = "show",
      description =
          "Shows one entry: the failing step, the reason, the number of tries, the messages, the time limit.",
      mixinStandardHelpOptions = true)
  static final class Show extends EntryCall {
    @Override
    public void with(ManagedChannel channel) {
      QuarantinedMessage message =
          QuarantineGrpc.newBlockingStub(channel)
              .showQuarantined(ShowQuarantinedRequest.newBuilder().setNumber(number()).build())
              .getMessage();
      say("number", Long.toString(message.getNumber()));
      say("step", word(message.getStep()));
      say("state", word(message.getState()));
      say("agency", agency(message));
      say("lane", EnumNames.word(message.getLane()));
      say("since", Timestamps.toString(message.getSince()));
      say("until", Timestamps.toString(message.getUntil()));
      say("reason", message.getCode() + ": " + message.getReason());
      say("tries", Integer.toString(message.getTries()));
      message.getMessageIdsList().forEach(id -> say("message", MessageText.hex(id)));
      if (message.hasDecidedAt()) {
        say("decided", Timestamps.toString(message.getDecidedAt()));
      }
    }
  }

  /** A decision about one entry. */
  abstract static class Decision extends EntryCall {

    @Mixin private PersonOptions person = new PersonOptions();

    org.entente.proto.v1.OnBehalfOf person() {
      return person.named();
    }
  }

  /** Retries one entry. */
  @Command(
      name = "retry",
      description = {
        "Retries one entry.",
        "It is delivered at most once, however often this is called. Exit code 1 if it fails again or is",
        "refused."
      },
      mixinStandardHelpOptions = true)
  static final class Retry extends Decision {
    @Override
    public void with(ManagedChannel channel) {
      RetryQuarantinedResponse told =
          QuarantineGrpc.newBlockingStub(channel)
              .retryQuarantined(
                  RetryQuarantinedRequest.newBuilder()
                      .setNumber(number())
                      .setOnBehalfOf(person())
                      .build());
      told(
          told.getMessage(),
          told.getText(),
          told.getBefore(),
          QuarantineState.QUARANTINE_STATE_RELEASED);
    }
  }

  /** Discards one entry. */
  @Command(
      name = "discard",
      description = {
        "Discards one entry permanently.",
        "Its sender is told that it was not delivered. Exit code 1 if it was delivered or refused before."
      },
      mixinStandardHelpOptions = true)
  static final class Discard extends Decision {
    @Override
    public void with(ManagedChannel channel) {
      DiscardQuarantinedResponse told =
          QuarantineGrpc.newBlockingStub(channel)
              .discardQuarantined(
                  DiscardQuarantinedRequest.newBuilder()
                      .setNumber(number())
                      .setOnBehalfOf(person())
                      .build());
      told(
          told.getMessage(),
          told.getText(),
          told.getBefore(),
          QuarantineState.QUARANTINE_STATE_DISCARDED,
          QuarantineState.QUARANTINE_STATE_EXPIRED,
          QuarantineState.QUARANTINE_STATE_GONE);
    }
  }
}
