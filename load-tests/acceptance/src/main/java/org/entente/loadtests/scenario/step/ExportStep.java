package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.loadtests.scenario.action.CallActor;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioEnums;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.store.v1.AuditPerson;
import org.entente.proto.store.v1.AuditRecord;
import org.entente.proto.store.v1.AuditType;
import org.entente.proto.v1.AuditGrpc;
import org.entente.proto.v1.ContentState;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportResponse;
import org.entente.proto.v1.ExportedLeaf;
import org.jspecify.annotations.Nullable;

/**
 * An auditor exports the records of a subject or of a message, like {@code audit export}.
 *
 * @param by the calling client
 * @param subject the subject, as {@code scheme:value}
 * @param message its name
 * @param only the kinds of leaves to compare
 * @param officer the officer
 * @param justification the reason
 * @param lists the leaves of these kinds in the order of the log: exactly these
 * @param content state of the content of messages named in the leaves; these at least
 * @param error expected error code instead
 */
public record ExportStep(
    @JsonProperty(required = true) ClientRef by,
    @Nullable String subject,
    @Nullable String message,
    @Nullable List<String> only,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable List<Leaf> lists,
    @Nullable Map<String, String> content,
    @Nullable String error)
    implements ScenarioAction {
  private static final Leaf ANY = new Leaf("", null, null, null, null);

  /**
   * A leaf of the audit log.
   *
   * @param type its kind
   * @param officer officer on whose behalf it was done; none if absent
   * @param of messages of the scenario that it names; any if absent
   * @param code code of a refusal; none if absent
   * @param says a part of the detail; not checked if absent
   */
  record Leaf(
      @JsonProperty(required = true) String type,
      @Nullable String officer,
      @Nullable List<String> of,
      @Nullable String code,
      @Nullable String says) {
    private String words() {
      return type
          + (officer == null ? "" : " for " + officer)
          + (of == null ? "" : " of " + new TreeSet<>(of))
          + (code == null ? "" : " with " + code)
          + (says == null ? "" : " (" + says + ")");
    }

    /** The expected part of the detail, or the whole detail if the part is missing. */
    private @Nullable String said(String detail) {
      return says == null || detail.contains(says) ? says : detail;
    }
  }

  @Override
  public String word() {
    return "export";
  }

  private List<Leaf> wanted() {
    return lists == null ? List.of() : List.copyOf(lists);
  }

  private Set<String> kinds() {
    return only == null ? Set.of() : new TreeSet<>(only);
  }

  private Map<String, String> states() {
    return content == null ? Map.of() : new TreeMap<>(content);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.require(
        (subject == null) != (message == null),
        field,
        "asks for nothing, or for two things",
        "either subject or message");
    if (message != null) {
      checking.message(field + ".message", message);
    }
    checking.either(field, "lists", lists != null, error);
    checking.require(
        kinds().isEmpty() == (lists == null),
        field + ".only",
        "is missing beside lists, or stands without",
        "the kinds of leaves to compare, with lists");
    List<String> types = new ArrayList<>(kinds());
    for (int i = 0; i < types.size(); i++) {
      checking.constant(field + ".only[" + i + "]", AuditType.getDescriptor(), types.get(i));
    }
    for (int i = 0; i < wanted().size(); i++) {
      Leaf leaf = wanted().get(i);
      String at = field + ".lists[" + i + "]";
      checking.oneOf(at + ".type", kinds(), leaf.type());
      checking.messages(at + ".of", leaf.of() == null ? List.of() : leaf.of());
    }
    states()
        .forEach(
            (name, state) -> {
              checking.message(field + ".content." + name, name);
              checking.constant(field + ".content." + name, ContentState.getDescriptor(), state);
            });
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    AuditGrpc.AuditBlockingStub audit = AuditGrpc.newBlockingStub(stage.channel(by));
    CallResult<List<ExportedLeaf>> answer = CallResult.to(() -> pages(stage, audit));
    findings.same(
        CallResult.expected(error, "lists " + wanted().stream().map(Leaf::words).toList()),
        answer.words(it -> "lists " + seen(stage, it)));
    if (content != null && answer instanceof CallResult.Given<List<ExportedLeaf>> given) {
      Map<String, String> there = new TreeMap<>();
      for (ExportedLeaf leaf : given.value()) {
        leaf.getMessagesList()
            .forEach(
                it ->
                    there.put(
                        stage.name(it.getMessageId()),
                        ScenarioEnums.of(it.getState().getValueDescriptor())));
      }
      there.keySet().retainAll(states().keySet());
      findings.same("content " + states(), "content " + there);
    }
  }

  private List<ExportedLeaf> pages(ScenarioFederation stage, AuditGrpc.AuditBlockingStub audit) {
    ExportRequest.Builder request =
        ExportRequest.newBuilder()
            .setSubject(subject == null ? "" : subject)
            .setTo(Timestamps.fromMillis(System.currentTimeMillis()))
            .setOnBehalfOf(CallActor.person(officer, justification));
    if (message != null) {
      request.setMessageId(stage.id(message));
    }
    List<ExportedLeaf> leaves = new ArrayList<>();
    String next;
    do {
      ExportResponse page = stage.patient(audit).export(request.build());
      leaves.addAll(page.getLeavesList());
      next = page.getNext();
      request.setAfter(next);
    } while (!next.isEmpty());
    return leaves;
  }

  private List<String> seen(ScenarioFederation stage, List<ExportedLeaf> leaves) {
    List<String> seen = new ArrayList<>();
    for (ExportedLeaf leaf : leaves) {
      record(leaf)
          .filter(record -> kinds().contains(type(record)))
          .ifPresent(record -> seen.add(leaf(stage, leaf, record, seen.size())));
    }
    return seen;
  }

  /** The record of a leaf, unless it is erased. */
  private static Optional<AuditRecord> record(ExportedLeaf leaf) {
    try {
      return leaf.getRecord().isEmpty()
          ? Optional.empty()
          : Optional.of(AuditRecord.parseFrom(leaf.getRecord()));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a record of the audit log that is none", e);
    }
  }

  private static String type(AuditRecord record) {
    return record.getType() == AuditType.UNRECOGNIZED
        ? Integer.toString(record.getTypeValue())
        : ScenarioEnums.of(record.getType().getValueDescriptor());
  }

  private String leaf(ScenarioFederation stage, ExportedLeaf leaf, AuditRecord record, int place) {
    AuditPerson person = record.getActor().getOnBehalfOf();
    Leaf sought = place < wanted().size() ? wanted().get(place) : ANY;
    List<String> messages =
        leaf.getMessagesList().stream().map(it -> stage.name(it.getMessageId())).toList();
    return new Leaf(
            type(record),
            record.getActor().hasOnBehalfOf() ? person.getOfficer() : null,
            sought.of() == null ? null : messages,
            record.getCode().isEmpty() ? null : record.getCode(),
            sought.said(record.getDetail()))
        .words();
  }
}
