package org.entente.gateway.cli.message;

import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.cli.call.CapOutput;
import org.entente.gateway.cli.call.MessageCall;
import org.entente.gateway.cli.call.PersonOptions;
import org.entente.gateway.cli.call.SaveOptions;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.ConsentText;
import org.entente.gateway.cli.text.FoundMessageText;
import org.entente.gateway.cli.text.LabelText;
import org.entente.gateway.cli.text.MessageText;
import org.entente.gateway.cli.text.OperationText;
import org.entente.gateway.cli.text.SubjectText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.EnumNames;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Answer;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Commodity;
import org.entente.proto.v1.Feedback;
import org.entente.proto.v1.Intelligence;
import org.entente.proto.v1.OpenRequest;
import org.entente.proto.v1.OpenResponse;
import org.entente.proto.v1.Request;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.Wanted;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows one received message in full. */
@Command(
    name = "open",
    description = {
      "Shows one received message in full, such as one that `search` found.",
      "The audit log records the officer and the reason; the origin is told which client opened it"
          + " first.",
      "The client needs the scope `search`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente open 0197…3f --officer DE-7 --justification 'case 4 Js 12/26' \\",
      "      --gateway 127.0.0.1:7442 --credentials de.customs/clients/desk",
      "  entente open 0197…3f --cap --out warning.cap --officer DE-7 --justification 'duty desk'"
          + " \\",
      "      --gateway 127.0.0.1:7442 --credentials de.customs/clients/desk",
      "  entente open 0197…3f --save reports --officer DE-7 --justification 'case 4 Js 12/26' \\",
      "      --gateway 127.0.0.1:7442 --credentials de.customs/clients/desk"
    })
public final class OpenCommand extends MessageCall {
  @Option(names = "--exercise", description = "exercise traffic instead of actual traffic")
  private boolean exercise;

  @Mixin private PersonOptions person = new PersonOptions();

  @ArgGroup(exclusive = false, heading = "As a document of the Common Alerting Protocol:%n")
  private @Nullable CapOutput cap;

  @Mixin private SaveOptions saving = new SaveOptions();

  @Override
  public void with(ManagedChannel channel) {
    CapOutput document = cap;
    boolean wanted = document != null && document.isWanted();
    if (wanted && saving.asked()) {
      throw new UsageError("--save and --cap exclude each other; --cap writes to --out");
    }
    saving.check();
    OpenRequest request =
        OpenRequest.newBuilder()
            .setMessageId(id())
            .setExercise(exercise)
            .setOnBehalfOf(person.named())
            .build();
    if (document != null && wanted) {
      failUnless(document.write(channel, request, json(), out(), err()));
      return;
    }
    OpenResponse opened = SearchGrpc.newBlockingStub(channel).open(request);
    if (json()) {
      tell(opened);
    } else {
      out().println(FoundMessageText.line(opened.getMessage()));
      LabelText.lines(opened.getMessage().getLabel())
          .forEach(text -> line(TerminalText.printable(text)));
      ConsentText.of(opened.getConsentsList()).forEach(word -> line(TerminalText.printable(word)));
      texts(opened.getBody())
          .forEach(text -> text.lines().map(TerminalText::printable).forEach(this::line));
      out().println("  (--json shows every field)");
    }
    if (saving.asked()) {
      out().flush();
      // On standard error, so that with --json standard output holds one object.
      err().println(saving.save(id(), opened.getBody()));
    }
  }

  private void line(String text) {
    out().println("  " + text);
  }

  /** The text of a body; several lines if its author wrote several. */
  public static List<String> texts(Body body) {
    List<String> out = new ArrayList<>();
    switch (body.getContentCase()) {
      case ALERT -> add(out, body.getAlert());
      case INTELLIGENCE -> add(out, body.getIntelligence());
      case DOCUMENT ->
          out.add(
              "document %s, %s, %d bytes, SHA-256 %s"
                  .formatted(
                      body.getDocument().getName(),
                      body.getDocument().getMediaType(),
                      body.getDocument().getContent().size(),
                      SaveOptions.sha256(body.getDocument())));
      case RECALL ->
          out.add(
              "recall of "
                  + MessageText.hex(body.getRecall().getMessageId())
                  + ": "
                  + body.getRecall().getReason());
      case FEEDBACK -> add(out, body.getFeedback());
      case REQUEST -> add(out, body.getRequest());
      case ANSWER -> add(out, body.getAnswer());
      case ROSTER -> out.add("roster of a joint operation");
      case OPERATION_UPDATE -> OperationText.lines(body.getOperationUpdate(), out);
      case CONSENT -> out.add(ConsentText.of(body.getConsent()));
      case CHARGE -> out.add(ChargeCommand.line(body.getCharge()));
      case EVIDENCE, RESPONDERS, CONTENT_NOT_SET -> {
        // Holds nothing for people.
      }
    }
    return out;
  }

  private static void add(List<String> out, Alert alert) {
    for (AlertText text : alert.getTextsList()) {
      out.add(text.getHeadline());
      out.add(text.getDescription());
      out.add(text.getInstruction());
    }
    out.addAll(SubjectText.lines(alert.getSubjectsList()));
    alert.getAreasList().forEach(area -> out.add("area " + area.getDescription()));
  }

  private static void add(List<String> out, Request request) {
    out.add(request.getQuestion());
    if (request.getReminder()) {
      return;
    }
    out.add(
        (request.getWanted() == Wanted.WANTED_DETAILS
                ? "asks what is known"
                : "asks only whether anything is known")
            + ", by "
            + Timestamps.toString(request.getAnswerBy())
            + (request.getResponder().isEmpty() ? "" : ", of " + request.getResponder()));
    out.addAll(SubjectText.lines(request.getSubjectsList()));
  }

  private static void add(List<String> out, Answer answer) {
    out.add(MessageText.result(answer));
    out.add(answer.getText());
    if (answer.hasExpectedAt()) {
      out.add("expected at " + Timestamps.toString(answer.getExpectedAt()));
    }
    out.addAll(SubjectText.lines(answer.getSubjectsList()));
  }

  private static void add(List<String> out, Feedback feedback) {
    out.add(
        "%s on %s %s %s"
            .formatted(
                EnumNames.word(feedback.getResult()),
                feedback.getDate(),
                feedback.getPlace(),
                feedback.getDetectionValue() == 0
                    ? ""
                    : "by " + EnumNames.word(feedback.getDetection())));
    for (Commodity goods : feedback.getGoodsList()) {
      out.add(
          "%s %s %s %s %s"
              .formatted(
                  goods.getQuantity(),
                  goods.getUnit(),
                  goods.getHsCode(),
                  goods.getBrand(),
                  goods.getDescription()));
    }
    out.add(feedback.getConcealment());
    out.add(feedback.getRemarks());
  }

  private static void add(List<String> out, Intelligence intelligence) {
    out.add(intelligence.getHeadline());
    out.add(intelligence.getText());
    out.addAll(SubjectText.lines(intelligence.getSubjectsList()));
  }
}
