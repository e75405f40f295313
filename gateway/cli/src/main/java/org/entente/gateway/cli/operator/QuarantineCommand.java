package org.entente.gateway.cli.operator;

import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.ProtocolMessageEnum;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.text.MessageText;
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
      "A gateway quarantines a message after repeated failures to process it. Shows no content."
          + " The",
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
      "  entente quarantine list --gateway 127.0.0.1:7442 --credentials"
          + " de.customs/clients/operator",
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

  /** Lists the entries. */
  @Command(
      name = "list",
      description = {
        "Lists the entries that wait for a decision: number, step, state, agency, lane, time,"
            + " reason."
      },
      mixinStandardHelpOptions = true)
  static final class ListAll extends ClientCall {
    @Option(
        names = "--decided",
        description = "list the entries decided in the last 90 days instead")
    private boolean decided;

    private static final Columns<QuarantinedMessage> ENTRIES =
        Columns.<QuarantinedMessage>of("entry", "entries")
            .with("number", one -> Long.toString(one.getNumber()))
            .with("step", one -> word(one.getStep()))
            .with("state", one -> word(one.getState()))
            .with("agency", QuarantineCommand::agency)
            .with("lane", one -> EnumNames.word(one.getLane()))
            .with("since", one -> Timestamps.toString(one.getSince()))
            .with("code", QuarantinedMessage::getCode);

    @Override
    public void with(ManagedChannel channel) {
      QuarantineGrpc.QuarantineBlockingStub calls = QuarantineGrpc.newBlockingStub(channel);
      ListQuarantineRequest.Builder request =
          ListQuarantineRequest.newBuilder().setDecided(decided);
      var unused =
          list(
              ENTRIES,
              0L,
              after -> calls.listQuarantine(request.setAfter(after).build()),
              ListQuarantineResponse::getMessagesList,
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

    static String line(String name, String text) {
      return "%-9s %s".formatted(name, text);
    }

    void told(
        MessageOrBuilder answer,
        QuarantinedMessage message,
        String text,
        boolean before,
        QuarantineState... wanted) {
      String line = line(word(message.getState()), text + (before ? "; nothing changed" : ""));
      tell(answer, line);
      failUnless(List.of(wanted).contains(message.getState()));
    }
  }

  /** Shows one entry. */
  @Command(
      name = "show",
      description =
          "Shows one entry: the failing step, the reason, the number of tries, the messages, the"
              + " time limit.",
      mixinStandardHelpOptions = true)
  static final class Show extends EntryCall {
    @Override
    public void with(ManagedChannel channel) {
      QuarantinedMessage message =
          QuarantineGrpc.newBlockingStub(channel)
              .showQuarantined(ShowQuarantinedRequest.newBuilder().setNumber(number()).build())
              .getMessage();
      List<String> lines = new ArrayList<>();
      lines.add(line("number", Long.toString(message.getNumber())));
      lines.add(line("step", word(message.getStep())));
      lines.add(line("state", word(message.getState())));
      lines.add(line("agency", agency(message)));
      lines.add(line("lane", EnumNames.word(message.getLane())));
      lines.add(line("since", Timestamps.toString(message.getSince())));
      lines.add(line("until", Timestamps.toString(message.getUntil())));
      lines.add(line("reason", message.getCode() + ": " + message.getReason()));
      lines.add(line("tries", Integer.toString(message.getTries())));
      message.getMessageIdsList().forEach(id -> lines.add(line("message", MessageText.hex(id))));
      if (message.hasDecidedAt()) {
        lines.add(line("decided", Timestamps.toString(message.getDecidedAt())));
      }
      tell(message, lines.toArray(String[]::new));
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
        "It is delivered at most once, however often this is called. Exit code 1 if it fails again"
            + " or is",
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
          told,
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
        "Its sender is told that it was not delivered. Exit code 1 if it was delivered or refused"
            + " before."
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
          told,
          told.getMessage(),
          told.getText(),
          told.getBefore(),
          QuarantineState.QUARANTINE_STATE_DISCARDED,
          QuarantineState.QUARANTINE_STATE_EXPIRED,
          QuarantineState.QUARANTINE_STATE_GONE);
    }
  }
}
