package org.entente.gateway.cli.operation;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.call.RequestField;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.cli.text.OperationText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.ChangeOperationRequest;
import org.entente.proto.v1.ChangeOperationResponse;
import org.entente.proto.v1.CloseOperationRequest;
import org.entente.proto.v1.CloseOperationResponse;
import org.entente.proto.v1.CreateOperationRequest;
import org.entente.proto.v1.CreateOperationResponse;
import org.entente.proto.v1.ListOperationsRequest;
import org.entente.proto.v1.ListOperationsResponse;
import org.entente.proto.v1.Operation;
import org.entente.proto.v1.OperationEntry;
import org.entente.proto.v1.OperationMember;
import org.entente.proto.v1.OperationRole;
import org.entente.proto.v1.OperationsGrpc;
import org.entente.proto.v1.OperationsGrpc.OperationsBlockingStub;
import org.entente.proto.v1.ShowOperationRequest;
import org.entente.proto.v1.ShowOperationResponse;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands for joint operations and their updates. */
@Command(
    name = "operation",
    description = {
      "Joint operations: founds and leads them, and shows the updates of those that it takes part"
          + " in.",
      "The client needs the scope `operate_jointly`. To publish an update (objectives, resources,"
          + " task, report, outcome) it needs `publish`: an update is an ordinary message, subject"
          + " to agreements."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      OperationCommand.Create.class,
      OperationCommand.Members.class,
      OperationCommand.Close.class,
      OperationCommand.ListAll.class,
      OperationCommand.Show.class,
      OperationCommand.Hash.class,
      OperationUpdateCommands.Objectives.class,
      OperationUpdateCommands.Resources.class,
      OperationUpdateCommands.Task.class,
      OperationUpdateCommands.Report.class,
      OperationUpdateCommands.Outcome.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = {
      "  entente operation create --name 'CALM HARBOUR' --participant de.customs \\",
      "      --ends 2030-03-31 --officer FR-118 --justification 'joint inspection 7/26' \\",
      "      --gateway 127.0.0.1:7441 --credentials fr.customs/clients/supervisor",
      "  entente operation show 0197…3f --gateway … --credentials … --officer FR-118 \\",
      "      --justification 'joint inspection 7/26'"
    })
public final class OperationCommand {

  private static OperationsBlockingStub stub(ManagedChannel channel) {
    return OperationsGrpc.newBlockingStub(channel);
  }

  /** Members besides the lead. */
  private static final class MemberOptions {
    @RequestField("members")
    @Option(
        names = "--participant",
        paramLabel = "AGENCY",
        description = "publishes and receives; may be repeated")
    private List<String> participants = List.of();

    @RequestField("members")
    @Option(
        names = "--observer",
        paramLabel = "AGENCY",
        description = "receives only; may be repeated")
    private List<String> observers = List.of();

    List<OperationMember> members() {
      List<OperationMember> out = new ArrayList<>();
      participants.forEach(it -> out.add(member(it, OperationRole.OPERATION_ROLE_PARTICIPANT)));
      observers.forEach(it -> out.add(member(it, OperationRole.OPERATION_ROLE_OBSERVER)));
      return out;
    }
  }

  private static OperationMember member(String agency, OperationRole role) {
    return OperationMember.newBuilder().setAgency(agency).setRole(role).build();
  }

  /** Founds an operation. */
  @Command(
      name = "create",
      description = "Founds an operation led by this agency and sends its roster to all members.",
      mixinStandardHelpOptions = true)
  static final class Create extends ClientCall {
    @Option(
        names = "--name",
        required = true,
        description = "cover name: 1 to 32 characters of A-Z 0-9 space and -")
    private String name = "";

    @Mixin private MemberOptions others = new MemberOptions();

    @Option(
        names = "--starts",
        paramLabel = "TIME",
        description = "start, a day or a time (default: now)")
    private @Nullable Timestamp starts;

    @Option(
        names = "--ends",
        required = true,
        paramLabel = "TIME",
        description = "end, a day or a time, at most ten years away")
    private Timestamp ends = Timestamp.getDefaultInstance();

    @Option(names = "--exercise", description = "exercise; never mixes with actual traffic")
    private boolean exercise;

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      CreateOperationRequest.Builder request =
          CreateOperationRequest.newBuilder()
              .setName(name)
              .addAllMembers(others.members())
              .setEndsAt(ends)
              .setExercise(exercise)
              .setOnBehalfOf(person.named());
      if (starts != null) {
        request.setStartsAt(starts);
      }
      CreateOperationResponse founded = stub(channel).createOperation(request.build());
      tell(founded, lines(founded.getOperation(), founded.getMessageId()));
    }
  }

  /** A call about one operation. */
  private abstract static class OneOperation extends ClientCall {
    @Parameters(index = "0", paramLabel = "OPERATION", description = "operation id, 32 hex digits")
    private ByteString id = ByteString.EMPTY;

    ByteString id() {
      return id;
    }

    Operation listed(ManagedChannel channel) {
      ListOperationsResponse all =
          stub(channel).listOperations(ListOperationsRequest.getDefaultInstance());
      return all.getOperationsList().stream()
          .filter(operation -> operation.getOperationId().equals(id))
          .findFirst()
          .orElseThrow(
              () ->
                  new CommandFailure(
                      "operation "
                          + MessageText.hex(id)
                          + " is not known here; `operation list` shows the known ones"));
    }
  }

  /** Changes the members. */
  @Command(
      name = "members",
      description = {
        "Signs the next roster, which names all members including this agency.",
        "A member that is not named leaves. --lead appoints another lead; such a roster changes no"
            + " other member."
      },
      mixinStandardHelpOptions = true)
  static final class Members extends OneOperation {
    @Mixin private MemberOptions others = new MemberOptions();

    @RequestField("members")
    @Option(
        names = "--lead",
        paramLabel = "AGENCY",
        description = "the new lead (default: this agency)")
    private @Nullable String lead;

    @Option(
        names = "--ends",
        paramLabel = "TIME",
        description = "new end, a day or a time (default: unchanged)")
    private @Nullable Timestamp ends;

    @Mixin private ConfirmationOptions compared = new ConfirmationOptions();

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      Operation seen = listed(channel);
      ChangeOperationRequest.Builder request =
          ChangeOperationRequest.newBuilder()
              .setOperationId(id())
              .addAllMembers(others.members())
              .addMembers(
                  member(lead == null ? lead(seen) : lead, OperationRole.OPERATION_ROLE_LEAD))
              .setSeenNumber(seen.getNumber())
              .setUnconfirmed(compared.unconfirmed)
              .setOnBehalfOf(person.named());
      if (ends != null) {
        request.setEndsAt(ends);
      }
      ChangeOperationResponse changed = stub(channel).changeOperation(request.build());
      tell(changed, lines(changed.getOperation(), changed.getMessageId()));
    }

    private static String lead(Operation operation) {
      return operation.getMembersList().stream()
          .filter(member -> member.getRole() == OperationRole.OPERATION_ROLE_LEAD)
          .map(OperationMember::getAgency)
          .findFirst()
          .orElse("");
    }
  }

  /** Closes an operation. */
  @Command(
      name = "close",
      description = "Signs the last roster; after it, nothing is published in the operation.",
      mixinStandardHelpOptions = true)
  static final class Close extends OneOperation {

    @Mixin private ConfirmationOptions compared = new ConfirmationOptions();

    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      CloseOperationResponse closed =
          stub(channel)
              .closeOperation(
                  CloseOperationRequest.newBuilder()
                      .setOperationId(id())
                      .setUnconfirmed(compared.unconfirmed)
                      .setOnBehalfOf(person.named())
                      .build());
      tell(closed, lines(closed.getOperation(), ByteString.EMPTY));
    }
  }

  /** Lists the known operations. */
  @Command(
      name = "list",
      description = "Lists the operations, newest first, with their members and without content.",
      mixinStandardHelpOptions = true)
  static final class ListAll extends ClientCall {
    private static final Columns<Operation> OPERATIONS =
        Columns.<Operation>of("operation", "operations")
            .with("operation", one -> MessageText.hex(one.getOperationId()))
            .with("name", Operation::getName)
            .with("state", one -> EnumNames.word(one.getState()))
            .with("from", one -> Timestamps.toString(one.getStartsAt()))
            .with("until", one -> Timestamps.toString(one.getEndsAt()))
            .with("roster", one -> Long.toString(one.getNumber()))
            .with("members", OperationCommand::members)
            .with("", one -> one.getExercise() ? "EXERCISE" : "")
            .with("unconfirmed by", one -> String.join(", ", one.getUnconfirmedByList()));

    @Override
    public void with(ManagedChannel channel) {
      ListOperationsResponse all =
          stub(channel).listOperations(ListOperationsRequest.getDefaultInstance());
      list(OPERATIONS, all.getOperationsList());
      if (all.getMore()) {
        err().println("there are more");
      }
    }
  }

  /** Shows an operation with its updates. */
  @Command(
      name = "show",
      description =
          "Shows an operation with its updates, newest first. The audit log records the"
              + " consultation.",
      mixinStandardHelpOptions = true)
  static final class Show extends OneOperation {
    @Mixin private PersonOptions person = new PersonOptions();

    @Override
    public void with(ManagedChannel channel) {
      ShowOperationRequest.Builder request =
          ShowOperationRequest.newBuilder().setOperationId(id()).setOnBehalfOf(person.named());
      ShowOperationResponse.Builder all = ShowOperationResponse.newBuilder();
      ShowOperationResponse page;
      do {
        page = stub(channel).showOperation(request.build());
        if (json()) {
          all.addAllEntries(page.getEntriesList());
        } else {
          if (request.getAfter().isEmpty()) {
            Stream.of(lines(page.getOperation(), ByteString.EMPTY)).forEach(this::print);
          }
          page.getEntriesList().forEach(this::printEntry);
        }
        request.setAfter(page.getNext());
      } while (!page.getNext().isEmpty());
      if (json()) {
        tell(all.setOperation(page.getOperation()).setMore(page.getMore()).build());
      } else if (page.getMore()) {
        err().println("there are older updates");
      }
    }

    private void printEntry(OperationEntry entry) {
      out()
          .println(
              "%s  %s  %s  %s  by roster %d"
                  .formatted(
                      MessageText.hex(entry.getMessageId()),
                      Timestamps.toString(entry.getAt()),
                      TerminalText.printable(entry.getOrigin()),
                      EnumNames.word(entry.getKind()),
                      entry.getNumber()));
      List<String> texts = new ArrayList<>();
      OperationText.lines(entry.getUpdate(), texts);
      texts.forEach(
          text ->
              text.lines()
                  .map(TerminalText::printable)
                  .forEach(said -> out().println("    " + said)));
    }
  }

  /** Prints the roster's hash, which members compare. */
  @Command(
      name = "hash",
      description = {
        "Prints number and hash of the newest roster, to read aloud to another member by"
            + " telephone.",
        "If the other member has another hash under the same number, it holds another roster: do"
            + " not continue."
      },
      mixinStandardHelpOptions = true)
  static final class Hash extends OneOperation {
    @Override
    public void with(ManagedChannel channel) {
      Operation operation = listed(channel);
      List<String> lines = new ArrayList<>();
      lines.add("roster " + operation.getNumber() + " of " + operation.getName());
      String hex = grouped(operation.getRosterHash());
      // Four groups per line, for reading aloud.
      for (int at = 0; at < hex.length(); at += 20) {
        lines.add("  " + hex.substring(at, Math.min(hex.length(), at + 20)).strip());
      }
      tell(operation, lines.toArray(String[]::new));
    }
  }

  /** Hex digits in groups of four. */
  private static String grouped(ByteString hash) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < hash.size(); i++) {
      out.append("%02x".formatted(hash.byteAt(i)));
      if (i % 2 == 1) {
        out.append(' ');
      }
    }
    return out.toString().strip();
  }

  private static String members(Operation operation) {
    return operation.getMembersList().stream()
        .map(it -> it.getAgency() + " " + EnumNames.word(it.getRole()))
        .collect(Collectors.joining(", "));
  }

  /**
   * An operation in lines.
   *
   * @param message the message in which its roster was sent; empty for none
   */
  private static String[] lines(Operation operation, ByteString message) {
    return Stream.of(
            "%s  %s  %s  from %s until %s%s"
                .formatted(
                    MessageText.hex(operation.getOperationId()),
                    operation.getName(),
                    EnumNames.word(operation.getState()),
                    Timestamps.toString(operation.getStartsAt()),
                    Timestamps.toString(operation.getEndsAt()),
                    operation.getExercise() ? "  EXERCISE" : ""),
            "  roster %d: %s".formatted(operation.getNumber(), members(operation)),
            "  hash " + grouped(operation.getRosterHash()),
            unconfirmed(operation),
            message.isEmpty() ? "" : "  sent in message " + MessageText.hex(message))
        .filter(line -> !line.isEmpty())
        .toArray(String[]::new);
  }

  private static String unconfirmed(Operation operation) {
    return operation.getUnconfirmedByCount() == 0
        ? ""
        : "  restored from a backup, and not yet confirmed by "
            + String.join(", ", operation.getUnconfirmedByList());
  }

  /** States that the hashes were compared. */
  private static final class ConfirmationOptions {
    @Option(
        names = "--unconfirmed",
        description =
            "sign although members have not confirmed the roster since this ledger was restored; "
                + "first compare its hash with theirs")
    private boolean unconfirmed;
  }
}
