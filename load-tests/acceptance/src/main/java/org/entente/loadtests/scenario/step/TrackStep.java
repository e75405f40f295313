package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.model.Code;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.loadtests.scenario.action.StoppedEntry;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Progress;
import org.entente.proto.v1.RecipientProgress;
import org.entente.proto.v1.TrackRequest;
import org.entente.proto.v1.TrackResponse;
import org.jspecify.annotations.Nullable;

/**
 * The evidence that an agency has of one of its messages becomes this.
 *
 * @param by the calling client
 * @param message its name
 * @param progress how far it came, by recipient: a {@code Progress} without its prefix
 * @param retrievedBy the client that had it first, as the recipient states it
 * @param passedOn the agencies to which recipients passed it on, as they state it
 * @param rejected the code with which its own gateway rejected it before sending
 * @param stopped why it did not reach recipients, by recipient
 */
public record TrackStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String message,
    @JsonProperty(required = true) Map<String, ProgressMark> progress,
    @Nullable Map<String, String> retrievedBy,
    @Nullable Map<String, List<String>> passedOn,
    @Nullable String rejected,
    @Nullable Map<String, StoppedEntry> stopped)
    implements ScenarioAction {
  /** How far a message has come. */
  enum ProgressMark {
    ACCEPTED,
    RELAYED,
    DELIVERED,
    RETRIEVED,
    NOT_DELIVERED,
    NOT_RETRIEVED,
    ERASED
  }

  public TrackStep {
    progress = new TreeMap<>(progress);
  }

  @Override
  public String word() {
    return "track";
  }

  private Map<String, String> clients() {
    return retrievedBy == null ? Map.of() : new TreeMap<>(retrievedBy);
  }

  private Map<String, StoppedEntry> reasons() {
    return stopped == null ? Map.of() : new TreeMap<>(stopped);
  }

  private Map<String, TreeSet<String>> onward() {
    Map<String, TreeSet<String>> onward = new TreeMap<>();
    if (passedOn != null) {
      passedOn.forEach((agency, to) -> onward.put(agency, new TreeSet<>(to)));
    }
    return onward;
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.message(field + ".message", message);
    checking.agencies(field + ".progress", progress.keySet());
    if (rejected != null) {
      code(checking, field + ".rejected", rejected);
    }
    reasons()
        .forEach(
            (agency, why) -> {
              checking.agency(field + ".stopped." + agency, agency);
              checking.agency(field + ".stopped." + agency + ".by", why.by());
              code(checking, field + ".stopped." + agency + ".code", why.code());
            });
    onward()
        .forEach(
            (agency, to) -> {
              checking.agency(field + ".passed_on." + agency, agency);
              checking.agencies(field + ".passed_on." + agency, to);
            });
    clients()
        .forEach(
            (agency, client) ->
                checking.client(field + ".retrieved_by." + agency, new ClientRef(agency, client)));
  }

  private static void code(ScenarioCheck checking, String field, String code) {
    checking.oneOf(
        field,
        Stream.of(Code.values()).map(Code::name).collect(Collectors.toCollection(TreeSet::new)),
        code);
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    TrackRequest request = TrackRequest.newBuilder().setMessageId(stage.id(message)).build();
    EvidenceGrpc.EvidenceBlockingStub evidence = EvidenceGrpc.newBlockingStub(stage.channel(by));
    Map<String, String> why = new TreeMap<>();
    reasons().forEach((agency, it) -> why.put(agency, it.words()));
    String expected = words(new TreeMap<>(progress), clients(), onward(), rejected) + because(why);
    findings.same(
        expected,
        AnswerPoller.until(
            expected::equals,
            () -> seen(CallResult.to(() -> stage.patient(evidence).track(request)))));
  }

  private String seen(CallResult<TrackResponse> answer) {
    if (answer instanceof CallResult.Failed<TrackResponse> failed) {
      return "error " + failed.code();
    }
    TrackResponse known = ((CallResult.Given<TrackResponse>) answer).value();
    Map<String, String> reached = new TreeMap<>();
    for (RecipientProgress recipient : known.getRecipientsList()) {
      reached.put(recipient.getAgency(), word(recipient.getProgress()));
    }
    Map<String, String> had = new TreeMap<>();
    for (EvidenceItem item : known.getItemsList()) {
      if (!item.getRetrievedBy().isEmpty() && clients().containsKey(item.getAgency())) {
        had.put(item.getAgency(), item.getRetrievedBy());
      }
    }
    Map<String, TreeSet<String>> onward = new TreeMap<>();
    for (EvidenceItem item : known.getItemsList()) {
      if (item.getPassedOnToCount() > 0 && passedOn != null) {
        onward
            .computeIfAbsent(item.getAgency(), agency -> new TreeSet<>())
            .addAll(item.getPassedOnToList());
      }
    }
    Map<String, String> why = new TreeMap<>();
    reasons().forEach((agency, it) -> why.put(agency, it.words(agency, known.getItemsList())));
    return words(
            reached,
            had,
            onward,
            known.getItemsList().stream()
                .filter(item -> item.getKind() == EvidenceKind.EVIDENCE_KIND_SUBMISSION_REJECTION)
                .filter(item -> rejected != null)
                .map(EvidenceItem::getCode)
                .findFirst()
                .orElse(null))
        + because(why);
  }

  private static String because(Map<String, String> why) {
    return why.isEmpty() ? "" : ", stopped by " + why;
  }

  private static String word(Progress progress) {
    return progress.name().replaceFirst("^PROGRESS_", "");
  }

  private static String words(
      Map<String, ?> progress,
      Map<String, String> clients,
      Map<String, ?> onward,
      @Nullable String rejected) {
    return progress
        + (clients.isEmpty() ? "" : ", first at " + clients)
        + (onward.isEmpty() ? "" : ", passed on to " + onward)
        + (rejected == null ? "" : ", rejected with " + rejected);
  }
}
