package org.entente.gateway.cli.operation;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.cli.call.RequestField;
import org.entente.gateway.cli.call.SenderOptions;
import org.entente.gateway.cli.call.TopicDraftCall;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.DeskAddressParser;
import org.entente.gateway.policy.subject.SubjectTerms;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.OperationOutcome;
import org.entente.proto.v1.OperationResource;
import org.entente.proto.v1.OperationTask;
import org.entente.proto.v1.OperationUpdate;
import org.entente.proto.v1.SituationReport;
import org.entente.proto.v1.TaskState;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands that publish updates of a joint operation, each as a message. */
final class OperationUpdateCommands {
  private OperationUpdateCommands() {}

  /** An update of an operation. */
  private abstract static class UpdateCommand extends TopicDraftCall {
    @RequestField("to.operation")
    @Parameters(index = "0", paramLabel = "OPERATION", description = "operation id, 32 hex digits")
    private ByteString operation = ByteString.EMPTY;

    @RequestField("to")
    @Option(
        names = "--to",
        paramLabel = "AGENCY",
        description =
            "only to this member, or to one of its desks as in de.customs/narcotics; may be"
                + " repeated (default: to all members)")
    private List<String> to = List.of();

    @Mixin private SenderOptions sender = new SenderOptions();

    abstract OperationUpdate update();

    @Override
    public final void with(ManagedChannel channel) {
      OperationUpdate update = update();
      if (!subjects().isEmpty() && SubjectTerms.subjects(update).isEmpty()) {
        throw new UsageError(
            "--subject: valid only with `operation report` and `operation outcome`");
      }
      publish(
          channel,
          Draft.newBuilder()
              .setLabel(label(Kind.KIND_OPERATION))
              .setBody(Body.newBuilder().setOperationUpdate(update))
              .setTo(DeskAddressParser.addressing("--to", to).toBuilder().setOperation(operation))
              .setOnBehalfOf(sender.person()));
    }
  }

  /** States the objectives. */
  @Command(
      name = "objectives",
      description = "States the objectives; replaces those that this agency stated before.",
      mixinStandardHelpOptions = true)
  static final class Objectives extends UpdateCommand {
    @RequestField("body.operation_update.objectives")
    @Option(names = "--text", required = true, description = "at most 10,000 characters")
    private String text = "";

    @Override
    OperationUpdate update() {
      return OperationUpdate.newBuilder().setObjectives(text).build();
    }
  }

  /** States this agency's resources. */
  @Command(
      name = "resources",
      description =
          "States all resources that this agency brings; replaces those that it stated before.",
      mixinStandardHelpOptions = true)
  static final class Resources extends UpdateCommand {
    /** One kind of resource. */
    private static final class ResourceOptions {
      @RequestField("body.operation_update.resources.description")
      @Option(
          names = "--resource",
          required = true,
          paramLabel = "TEXT",
          description = "the resource, one line")
      private String description = "";

      @Option(names = "--count", description = "how many (default: 1)")
      private int count = 1;

      @Option(
          names = "--place",
          paramLabel = "UN/LOCODE",
          description = "place from which it comes")
      private String place = "";

      OperationResource resource() {
        return OperationResource.newBuilder()
            .setDescription(description)
            .setCount(count)
            .setPlace(place)
            .build();
      }
    }

    @ArgGroup(
        exclusive = false,
        multiplicity = "1..64",
        heading = "A resource; --resource, --count and --place may be repeated together:%n")
    // Picocli adds to it.
    private final List<ResourceOptions> all = new ArrayList<>();

    @Override
    OperationUpdate update() {
      return OperationUpdate.newBuilder()
          .addAllResources(all.stream().map(ResourceOptions::resource).toList())
          .build();
    }
  }

  /** Assigns a task or reports its state. */
  @Command(
      name = "task",
      description = {
        "Assigns a task to a member, or reports the state of a task.",
        "Repeating it with the same TASK replaces what this agency stated of that task before."
      },
      mixinStandardHelpOptions = true)
  static final class Task extends UpdateCommand {
    @RequestField("body.operation_update.tasks.id")
    @Parameters(
        index = "1",
        paramLabel = "TASK",
        description = "identifier within the operation, such as T1")
    private String id = "";

    @Option(names = "--title", required = true, description = "the task, one line")
    private String title = "";

    @Option(
        names = "--agency",
        required = true,
        paramLabel = "AGENCY",
        description = "the member that performs it")
    private String agency = "";

    @Option(
        names = "--state",
        defaultValue = "ASSIGNED",
        description = "ASSIGNED, UNDER_WAY, DONE or DROPPED (default: ${DEFAULT-VALUE})")
    private TaskState state = TaskState.TASK_STATE_ASSIGNED;

    @Option(names = "--place", paramLabel = "UN/LOCODE", description = "where")
    private String place = "";

    @Option(names = "--due", paramLabel = "TIME", description = "deadline, a day or a time")
    private @Nullable Timestamp due;

    @Override
    OperationUpdate update() {
      OperationTask.Builder task =
          OperationTask.newBuilder()
              .setId(id)
              .setTitle(title)
              .setAgency(agency)
              .setState(state)
              .setPlace(place);
      if (due != null) {
        task.setDueAt(due);
      }
      return OperationUpdate.newBuilder().addTasks(task).build();
    }
  }

  /** Reports the situation. */
  @Command(
      name = "report",
      description = "Reports the situation; adds to earlier reports.",
      mixinStandardHelpOptions = true)
  static final class Report extends UpdateCommand {
    @Option(names = "--text", required = true, description = "the text, at most 10,000 characters")
    private String text = "";

    @Option(
        names = "--at",
        paramLabel = "TIME",
        description = "time of the situation (default: now)")
    private @Nullable Timestamp at;

    @Option(names = "--place", paramLabel = "UN/LOCODE", description = "where")
    private String place = "";

    @Override
    OperationUpdate update() {
      Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      return OperationUpdate.newBuilder()
          .addReports(
              SituationReport.newBuilder()
                  .setAt(at == null ? Timestamps.fromMillis(now.toEpochMilli()) : at)
                  .setText(text)
                  .setPlace(place)
                  .addAllSubjects(subjects()))
          .build();
    }
  }

  /** States an outcome. */
  @Command(
      name = "outcome",
      description = {
        "States an outcome of the operation.",
        "Repeating it with the same OUTCOME replaces what this agency stated before."
      },
      mixinStandardHelpOptions = true)
  static final class Outcome extends UpdateCommand {
    @RequestField("body.operation_update.outcomes.id")
    @Parameters(
        index = "1",
        paramLabel = "OUTCOME",
        description = "identifier within the operation, such as R1")
    private String id = "";

    @Option(names = "--text", required = true, description = "the text, at most 10,000 characters")
    private String text = "";

    @Option(names = "--place", paramLabel = "UN/LOCODE", description = "where")
    private String place = "";

    @Override
    OperationUpdate update() {
      return OperationUpdate.newBuilder()
          .addOutcomes(
              OperationOutcome.newBuilder()
                  .setId(id)
                  .setText(text)
                  .setPlace(place)
                  .addAllSubjects(subjects()))
          .build();
    }
  }
}
