package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.entente.gateway.bridge.AlertSource;
import org.entente.gateway.bridge.format.AlertDraft;
import org.entente.gateway.bridge.format.AlertItem;
import org.entente.gateway.bridge.format.DraftFault;
import org.entente.gateway.bridge.format.WrittenMessage;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.DraftExplanation;
import org.entente.loadtests.scenario.action.OutcomeEntry;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.loadtests.scenario.action.Variables;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.ExplainResponse;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.Status;
import org.jspecify.annotations.Nullable;

/**
 * A client publishes a draft.
 *
 * @param by the calling client
 * @param as name in later steps for the message
 * @param draft in the form of {@code ./entente send}, without idempotency key; or the name of a
 *     saved draft
 * @param record in place of a draft, a record of the agency's own system, as for {@code send
 *     --mapping}
 * @param explained whether the gateway must first explain the outcome, and the explanation must
 *     match it; false if absent
 * @param expect the expected outcome
 */
public record PublishStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String as,
    @Nullable Object draft,
    @Nullable MappedRecord record,
    @Nullable Boolean explained,
    @JsonProperty(required = true) OutcomeEntry expect)
    implements ScenarioAction {
  private static final String KEY = "idempotency_key";

  /**
   * A record that a mapping makes a draft.
   *
   * @param file JSON Lines in the folder of the scenario
   * @param line the record's line, from 1
   * @param mapping a mapping in the folder of the scenario (config/mappings/README.md)
   */
  record MappedRecord(
      @JsonProperty(required = true) String file,
      @JsonProperty(required = true) Integer line,
      @JsonProperty(required = true) String mapping) {
    private AlertDraft read(Path records, Path map) {
      AlertSource.OpenResult opening =
          AlertSource.open(records, map, ConfigurationHome.find().mappings());
      if (!(opening instanceof AlertSource.OpenResult.Opened opened)) {
        throw new CommandFailure(String.valueOf(opening));
      }
      List<AlertItem> items = new ArrayList<>();
      try (AlertSource source = opened.source()) {
        source.forEachRemaining(items::add);
      } catch (IOException e) {
        throw new CommandFailure("the records cannot be read: " + e, e);
      }
      for (AlertItem item : items) {
        if (!(item instanceof AlertDraft draft)) {
          throw new CommandFailure(String.valueOf(item));
        }
        if (draft.line() == line) {
          return draft;
        }
      }
      throw new CommandFailure("line " + line + " of " + records + " is no record");
    }
  }

  @Override
  public String word() {
    return "publish";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.require(
        (draft == null) == (record != null), field, "has nothing, or two", "draft or record");
    if (record != null) {
      record(checking, field, record);
    } else if (draft instanceof Map<?, ?> fields) {
      checking.require(
          !fields.containsKey(KEY),
          field + ".draft." + KEY,
          "is given",
          "nothing: `as` makes the key");
      checking.noting(
          field, () -> status(checking, field + ".draft.label", read(checking.variables())));
    } else if (draft != null) {
      checking.noting(field, () -> checking.variables().resolve(draft, "draft"));
    }
    expect.check(checking, field + ".expect");
    checking.names(field + ".as", as, Variables.UNKNOWN_ID);
  }

  private void record(ScenarioCheck checking, String field, MappedRecord written) {
    try {
      AlertDraft mapped =
          written.read(checking.file(written.file()), checking.file(written.mapping()));
      checking.require(
          mapped.publisher().value().equals(by.agency()),
          field + ".by",
          "the mapping says that " + mapped.publisher() + " publishes it",
          "a client of that agency");
      status(checking, field + ".record", mapped.draft());
    } catch (CommandFailure e) {
      checking.problem(field + ".record", String.valueOf(e.getMessage()), "");
    }
  }

  private static void status(ScenarioCheck checking, String field, Draft read) {
    Status status = read.getLabel().getStatus();
    checking.require(
        !checking.exercise()
            || status == Status.STATUS_UNSPECIFIED
            || status == Status.STATUS_EXERCISE,
        field + ".status",
        status + " in an exercise",
        "EXERCISE, or leave it out");
  }

  private Draft read(Variables variables) throws DraftFault {
    if (!(variables.resolve(draft == null ? "" : draft, "draft") instanceof Map<?, ?> fields)) {
      throw new DraftFault("draft", "must be an object, or the name of a saved draft");
    }
    Draft.Builder whole = Draft.newBuilder();
    WrittenMessage<?> written = WrittenMessage.message(whole, fields);
    whole.setIdempotencyKey(as);
    // Files for `send` hold no requests and answers; a client publishes them like anything else.
    if (written instanceof WrittenMessage.Read<?>
        && !whole.getBody().hasRequest()
        && !whole.getBody().hasAnswer()) {
      Map<Object, Object> keyed = new LinkedHashMap<>(fields);
      keyed.put(KEY, as);
      written = WrittenMessage.draft(keyed);
    }
    if (written instanceof WrittenMessage.Wrong<?> wrong) {
      throw new DraftFault("draft." + wrong.field(), wrong.problem());
    }
    return whole.build();
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    Draft.Builder draft = written(stage).toBuilder();
    if (stage.exercise()) {
      draft.getLabelBuilder().setStatus(Status.STATUS_EXERCISE);
    }
    Draft whole = draft.build();
    stage.content(whole);
    PublisherGrpc.PublisherBlockingStub publisher =
        PublisherGrpc.newBlockingStub(stage.channel(by));
    CallResult<ExplainResponse> before = explanation(stage, publisher, whole);
    long begun = System.nanoTime();
    PublishRequest request = PublishRequest.newBuilder().setDraft(whole).build();
    CallResult<Outcome> outcome =
        CallResult.again(() -> stage.patient(publisher).publish(request).getOutcome());
    if (outcome instanceof CallResult.Given<Outcome> given) {
      stage.published(as, by.agency(), whole, given.value(), begun);
    }
    if (before != null) {
      Set<String> named = new TreeSet<>(whole.getTo().getAgenciesList());
      named.addAll(whole.getTo().getInformation().getAgenciesList());
      findings.same(
          "explained before: " + outcome.words(DraftExplanation::after),
          "explained before: " + before.words(it -> DraftExplanation.before(it, named)));
    }
    expect.compare(outcome, findings, daysOver(whole));
  }

  private Draft written(ScenarioFederation stage) {
    try {
      return record == null
          ? read(stage.variables())
          : record.read(stage.file(record.file()), stage.file(record.mapping())).draft();
    } catch (DraftFault e) {
      throw new CommandFailure(e.field() + " " + e.problem(), e);
    }
  }

  /** Midnights (UTC) since the first message that it passes on was published. */
  private static long daysOver(Draft whole) {
    long today = LocalDate.now(ZoneOffset.UTC).toEpochDay();
    return whole.getDerivedFromList().stream()
        .mapToLong(source -> today - day(source))
        .max()
        .orElse(0L);
  }

  /** The day (UTC) of a message id, which begins with milliseconds since 1970 (RFC 9562). */
  private static long day(ByteString id) {
    long millis = id.asReadOnlyByteBuffer().getLong() >>> Short.SIZE;
    return LocalDate.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC).toEpochDay();
  }

  /** The gateway's explanation of the draft; null if none is requested. */
  private @Nullable CallResult<ExplainResponse> explanation(
      ScenarioFederation stage, PublisherGrpc.PublisherBlockingStub publisher, Draft whole) {
    if (explained == null || !explained) {
      return null;
    }
    ExplainRequest request = ExplainRequest.newBuilder().setDraft(whole).build();
    return CallResult.again(() -> stage.patient(publisher).explain(request));
  }
}
