package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.bridge.AlertSource;
import org.entente.gateway.bridge.cap.CapTerms;
import org.entente.gateway.bridge.format.AlertDraft;
import org.entente.gateway.bridge.format.AlertItem;
import org.entente.gateway.bridge.format.WrittenMessage;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.OutcomeEntry;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.CapGrpc;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.ReadCapRequest;
import org.entente.proto.v1.ReadCapResponse;
import org.entente.proto.v1.Status;
import org.jspecify.annotations.Nullable;

/**
 * A client lets its gateway read a CAP file and publishes the resulting draft. The file is also
 * checked before the run.
 *
 * @param by the calling client
 * @param as name in later steps for the message
 * @param file a CAP 1.2 or 1.1 document in the folder of the scenario
 * @param label label fields that CAP does not hold, such as category, purpose and classification
 * @param to recipients; whom agreements allow if absent
 * @param told elements reported as not held unchanged by the message; exactly these
 * @param expect the expected outcome
 */
public record PublishCapStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String as,
    @JsonProperty(required = true) String file,
    @JsonProperty(required = true) Map<String, Object> label,
    @Nullable List<String> to,
    @Nullable List<String> told,
    @JsonProperty(required = true) OutcomeEntry expect)
    implements ScenarioAction {
  public PublishCapStep {
    label = new LinkedHashMap<>(label);
  }

  @Override
  public String word() {
    return "publish_cap";
  }

  private List<String> recipients() {
    return to == null ? List.of() : List.copyOf(to);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    for (int i = 0; i < recipients().size(); i++) {
      checking.agency(field + ".to[" + i + "]", recipients().get(i));
    }
    if (CapTerms.of(label, recipients()) instanceof CapTerms.ReadResult.Wrong wrong) {
      checking.problem(field + ".label." + wrong.field(), wrong.problem(), "");
    } else if (!Files.isRegularFile(checking.file(file))) {
      checking.problem(field + ".file", "there is no file " + checking.file(file), "a CAP file");
    } else {
      content(checking, field);
    }
    expect.check(checking, field + ".expect");
    checking.names(field + ".as", as);
  }

  private void content(ScenarioCheck checking, String field) {
    AlertItem item = read(checking.file(file));
    if (!(item instanceof AlertDraft alert)) {
      checking.problem(field + ".file", String.valueOf(item), "one valid alert");
    } else if (checking.exercise()) {
      Status status = alert.draft().getLabel().getStatus();
      checking.require(
          status == Status.STATUS_EXERCISE,
          field + ".file",
          status + " in an exercise",
          "Exercise");
    }
  }

  private AlertItem read(Path path) {
    if (!(CapTerms.of(label, recipients()) instanceof CapTerms.ReadResult.Read terms)) {
      throw new IllegalStateException("checked before: " + label);
    }
    Path mappings = ConfigurationHome.find().folder().resolve("config").resolve("mappings");
    AlertSource.OpenResult opening = AlertSource.open(path, null, mappings, terms.terms());
    if (!(opening instanceof AlertSource.OpenResult.Opened opened)) {
      throw new CommandFailure(String.valueOf(opening));
    }
    try (AlertSource source = opened.source()) {
      return source.next();
    } catch (IOException e) {
      throw new CommandFailure("the CAP file cannot be read: " + e, e);
    }
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    CapGrpc.CapBlockingStub cap = CapGrpc.newBlockingStub(stage.channel(by));
    ReadCapRequest document = document(stage.file(file));
    CallResult<ReadCapResponse> read = CallResult.again(() -> stage.patient(cap).readCap(document));
    findings.same(
        "the message does not hold " + (told == null ? List.of() : told),
        read.words(it -> "the message does not hold " + CapStep.paths(it.getUnmappedList())));
    if (read instanceof CallResult.Given<ReadCapResponse> given) {
      FilePublisher.publish(stage, by, as, given.value().getDraft(), expect, findings);
    }
  }

  private ReadCapRequest document(Path path) {
    if (!(WrittenMessage.label(label) instanceof WrittenMessage.Read<Label> read)) {
      throw new IllegalStateException("checked before: " + label);
    }
    ReadCapRequest.Builder document = ReadCapRequest.newBuilder().setLabel(read.value());
    if (!recipients().isEmpty()) {
      document.setTo(Addressing.newBuilder().addAllAgencies(recipients()));
    }
    try {
      return document.setXml(ByteString.copyFrom(Files.readAllBytes(path))).build();
    } catch (IOException e) {
      throw new CommandFailure("the CAP file cannot be read: " + e, e);
    }
  }
}
