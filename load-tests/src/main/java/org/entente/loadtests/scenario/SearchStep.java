package org.entente.loadtests.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.TreeSet;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.FoundMessage;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.SearchResponse;
import org.jspecify.annotations.Nullable;

/**
 * A person searches what the agency received.
 *
 * @param by whose client
 * @param officer who searches
 * @param justification why
 * @param subject what or whom it is about, {@code scheme:value}
 * @param caseRef the originator's case reference
 * @param headline words of a headline
 * @param finds exactly these messages, in any order; none if absent
 * @param error the code with which it is refused instead
 */
record SearchStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable String subject,
    @Nullable String caseRef,
    @Nullable String headline,
    @Nullable List<String> finds,
    @Nullable String error)
    implements Act {
  @Override
  public String word() {
    return "search";
  }

  private List<String> wanted() {
    return finds == null ? List.of() : List.copyOf(finds);
  }

  @Override
  public void check(Checking checking, String field) {
    checking.client(field + ".by", by);
    checking.messages(field + ".finds", wanted());
    checking.require(
        (finds == null) != (error == null),
        field,
        "expects nothing, or things that exclude each other",
        "either finds (an empty list: nothing) or error");
    checking.require(
        subject != null || caseRef != null || headline != null,
        field,
        "looks for nothing",
        "one or more of subject, case_ref, headline");
  }

  @Override
  public void perform(Stage stage, Findings findings) throws InterruptedException {
    SearchRequest request =
        SearchRequest.newBuilder()
            .setFilter(Filter.newBuilder().setExercise(stage.exercise()))
            .setSubject(subject == null ? "" : subject)
            .setCaseRef(caseRef == null ? "" : caseRef)
            .setHeadline(headline == null ? "" : headline)
            .setOnBehalfOf(
                OnBehalfOf.newBuilder().setOfficer(officer).setJustification(justification))
            .build();
    SearchGrpc.SearchBlockingStub search = SearchGrpc.newBlockingStub(stage.channel(by));
    String expected = error == null ? "finds " + new TreeSet<>(wanted()) : "error " + error;
    findings.same(
        expected,
        Patience.until(
            expected::equals,
            () -> seen(stage, Answer.to(() -> stage.patient(search).search(request)))));
  }

  private static String seen(Stage stage, Answer<SearchResponse> answer) {
    if (answer instanceof Answer.Failed<SearchResponse> failed) {
      return "error " + failed.code();
    }
    TreeSet<String> found = new TreeSet<>();
    for (FoundMessage message : ((Answer.Given<SearchResponse>) answer).value().getMessagesList()) {
      found.add(stage.name(message.getMessageId()));
    }
    return "finds " + found;
  }
}
