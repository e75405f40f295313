package org.entente.loadtests.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.model.Code;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Progress;
import org.entente.proto.v1.RecipientProgress;
import org.entente.proto.v1.TrackRequest;
import org.entente.proto.v1.TrackResponse;
import org.jspecify.annotations.Nullable;

/**
 * The evidence that an agency has of one of its messages comes to say this.
 *
 * @param by whose client
 * @param message its name
 * @param progress how far it came, by recipient: a {@code Progress} without its prefix
 * @param retrievedBy which client had it first, by the word of the recipient
 * @param passedOn to whom recipients passed it on, by their word
 * @param rejected the code with which its own gateway ended it before it went anywhere
 * @param refused the codes with which recipients refused it, by recipient
 */
record TrackStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String message,
    @JsonProperty(required = true) Map<String, Word> progress,
    @Nullable Map<String, String> retrievedBy,
    @Nullable Map<String, List<String>> passedOn,
    @Nullable String rejected,
    @Nullable Map<String, String> refused)
    implements Act {
  /** How far a message has come. */
  enum Word {
    ACCEPTED,
    RELAYED,
    DELIVERED,
    RETRIEVED,
    NOT_DELIVERED,
    NOT_RETRIEVED,
    ERASED
  }

  TrackStep {
    progress = new TreeMap<>(progress);
  }

  @Override
  public String word() {
    return "track";
  }

  private Map<String, String> clients() {
    return retrievedBy == null ? Map.of() : new TreeMap<>(retrievedBy);
  }

  private Map<String, String> refusals() {
    return refused == null ? Map.of() : new TreeMap<>(refused);
  }

  private Map<String, TreeSet<String>> onward() {
    Map<String, TreeSet<String>> onward = new TreeMap<>();
    if (passedOn != null) {
      passedOn.forEach((agency, to) -> onward.put(agency, new TreeSet<>(to)));
    }
    return onward;
  }

  @Override
  public void check(Checking checking, String field) {
    checking.client(field + ".by", by);
    checking.message(field + ".message", message);
    checking.agencies(field + ".progress", progress.keySet());
    TreeSet<String> codes =
        Stream.of(Code.values()).map(Code::name).collect(Collectors.toCollection(TreeSet::new));
    if (rejected != null) {
      checking.oneOf(field + ".rejected", codes, rejected);
    }
    refusals()
        .forEach(
            (agency, code) -> {
              checking.agency(field + ".refused." + agency, agency);
              checking.oneOf(field + ".refused." + agency, codes, code);
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

  @Override
  public void perform(Stage stage, Findings findings) throws InterruptedException {
    TrackRequest request = TrackRequest.newBuilder().setMessageId(stage.id(message)).build();
    EvidenceGrpc.EvidenceBlockingStub evidence = EvidenceGrpc.newBlockingStub(stage.channel(by));
    String expected = words(new TreeMap<>(progress), clients(), onward(), refusals(), rejected);
    findings.same(
        expected,
        Patience.until(
            expected::equals, () -> seen(Answer.to(() -> stage.patient(evidence).track(request)))));
  }

  private String seen(Answer<TrackResponse> answer) {
    if (answer instanceof Answer.Failed<TrackResponse> failed) {
      return "error " + failed.code();
    }
    TrackResponse known = ((Answer.Given<TrackResponse>) answer).value();
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
    Map<String, String> codes = new TreeMap<>();
    for (EvidenceItem item : known.getItemsList()) {
      if (refusals().containsKey(item.getAgency()) && !item.getCode().isEmpty()) {
        codes.put(item.getAgency(), item.getCode());
      }
    }
    return words(
        reached,
        had,
        onward,
        codes,
        known.getItemsList().stream()
            .filter(item -> item.getKind() == EvidenceKind.EVIDENCE_KIND_SUBMISSION_REJECTION)
            .filter(item -> rejected != null)
            .map(EvidenceItem::getCode)
            .findFirst()
            .orElse(null));
  }

  private static String word(Progress progress) {
    return progress.name().replaceFirst("^PROGRESS_", "");
  }

  private static String words(
      Map<String, ?> progress,
      Map<String, String> clients,
      Map<String, ?> onward,
      Map<String, String> refused,
      @Nullable String rejected) {
    return progress
        + (clients.isEmpty() ? "" : ", first at " + clients)
        + (onward.isEmpty() ? "" : ", passed on to " + onward)
        + (refused.isEmpty() ? "" : ", refused with " + refused)
        + (rejected == null ? "" : ", rejected with " + rejected);
  }
}
