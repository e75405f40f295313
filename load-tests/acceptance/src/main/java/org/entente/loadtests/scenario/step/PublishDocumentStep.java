package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.bridge.DocumentFile;
import org.entente.gateway.bridge.format.WrittenMessage;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.OutcomeEntry;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Document;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Status;
import org.jspecify.annotations.Nullable;

/**
 * A client publishes a file unchanged, like {@code send --document}.
 *
 * @param by the calling client
 * @param as name in later steps for the message
 * @param file a file of any kind in the folder of the scenario
 * @param name name for recipients; the file's own if absent
 * @param mediaType by the file's extension if absent
 * @param label fields of the label
 * @param to recipients
 * @param expect the expected outcome
 */
public record PublishDocumentStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String as,
    @JsonProperty(required = true) String file,
    @Nullable String name,
    @Nullable String mediaType,
    @JsonProperty(required = true) Map<String, Object> label,
    @JsonProperty(required = true) List<String> to,
    @JsonProperty(required = true) OutcomeEntry expect)
    implements ScenarioAction {
  public PublishDocumentStep {
    label = new LinkedHashMap<>(label);
    to = List.copyOf(to);
  }

  @Override
  public String word() {
    return "publish_document";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    for (int i = 0; i < to.size(); i++) {
      checking.agency(field + ".to[" + i + "]", to.get(i));
    }
    if (!Files.isRegularFile(checking.file(file))) {
      checking.problem(field + ".file", "there is no file " + checking.file(file), "a file");
    } else if (WrittenMessage.label(label) instanceof WrittenMessage.Wrong<Label> wrong) {
      checking.problem(field + ".label." + wrong.field(), wrong.problem(), "");
    } else if (DocumentFile.read(checking.file(file), name, mediaType)
        instanceof WrittenMessage.Read<Document> document) {
      WrittenMessage<Draft> draft = DocumentFile.checked(draft(document.value()));
      if (draft instanceof WrittenMessage.Wrong<Draft> wrong) {
        checking.problem(field, wrong.field() + " " + wrong.problem(), "");
      } else if (checking.exercise()) {
        checking.require(
            !label.containsKey("status"), field + ".label.status", "is given", "nothing: it is");
      }
    } else {
      checking.problem(field + ".file", "cannot be read, or is too large", "a file");
    }
    expect.check(checking, field + ".expect");
    checking.names(field + ".as", as);
  }

  private Draft draft(Document document) {
    if (!(WrittenMessage.label(label) instanceof WrittenMessage.Read<Label> read)) {
      throw new IllegalStateException("checked before: " + label);
    }
    Draft.Builder draft = Draft.newBuilder().setIdempotencyKey(as).setLabel(read.value());
    draft.setBody(Body.newBuilder().setDocument(document)).getToBuilder().addAllAgencies(to);
    return draft.build();
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    if (!(DocumentFile.read(stage.file(file), name, mediaType)
        instanceof WrittenMessage.Read<Document> document)) {
      throw new CommandFailure(file + " was changed meanwhile");
    }
    Draft.Builder whole = draft(document.value()).toBuilder();
    if (stage.exercise()) {
      whole.getLabelBuilder().setStatus(Status.STATUS_EXERCISE);
    }
    FilePublisher.publish(stage, by, as, whole.build(), expect, findings);
  }
}
