package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.entente.loadtests.scenario.action.Act;
import org.entente.loadtests.scenario.action.Answer;
import org.entente.loadtests.scenario.action.Checking;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.FileBytes;
import org.entente.loadtests.scenario.action.Findings;
import org.entente.loadtests.scenario.action.GivenEntry;
import org.entente.loadtests.scenario.action.Patience;
import org.entente.loadtests.scenario.action.Stage;
import org.entente.loadtests.scenario.action.Standings;
import org.entente.loadtests.traffic.Headline;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenRequest;
import org.entente.proto.v1.OpenResponse;
import org.entente.proto.v1.SearchGrpc;
import org.jspecify.annotations.Nullable;

/**
 * A person opens a received message.
 *
 * @param by whose client
 * @param message its name
 * @param officer who opens it
 * @param justification why
 * @param headline what the person reads
 * @param document a file in the folder of the scenario whose bytes the person is given, each of
 *     them
 * @param standing what its originator did with it since: SUPERSEDED, CANCELLED, RECTIFIED; nothing
 *     if it is empty
 * @param consents by name the consents under which it was passed on to here, as the person is shown
 *     them; exactly these
 * @param error the code with which it is refused instead
 */
public record OpenStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String message,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable String headline,
    @Nullable String document,
    @Nullable List<Standings> standing,
    @Nullable Map<String, GivenEntry> consents,
    @Nullable String error)
    implements Act {
  @Override
  public String word() {
    return "open";
  }

  @Override
  public void check(Checking checking, String field) {
    checking.client(field + ".by", by);
    checking.message(field + ".message", message);
    checking.require(
        (headline == null) != (error == null),
        field,
        "expects nothing, or things that exclude each other",
        "either headline or error");
    if (document != null) {
      checking.require(
          headline != null, field + ".document", "beside error", "beside headline only");
      FileBytes.check(checking, field + ".document", document);
    }
    GivenEntry.check(checking, field + ".consents", consents);
  }

  private String stands() {
    return (standing == null ? "" : ", which is " + new TreeSet<>(standing))
        + (consents == null ? "" : ", " + GivenEntry.words(consents));
  }

  @Override
  public void perform(Stage stage, Findings findings) throws InterruptedException {
    OpenRequest request =
        OpenRequest.newBuilder()
            .setMessageId(stage.id(message))
            .setExercise(stage.exercise())
            .setOnBehalfOf(
                OnBehalfOf.newBuilder().setOfficer(officer).setJustification(justification))
            .build();
    SearchGrpc.SearchBlockingStub search = SearchGrpc.newBlockingStub(stage.channel(by));
    String expected = Answer.expected(error, reads(headline) + stands());
    Answer<OpenResponse> answer =
        Patience.until(
            it -> expected.equals(seen(stage, it)),
            () -> Answer.to(() -> stage.patient(search).open(request)));
    String seen = seen(stage, answer);
    if (error == null && expected.equals(seen)) {
      stage.reactions().note(stage.id(message), officer + " of " + by.agency(), "opened");
    }
    findings.same(expected, seen);
    if (document != null && answer instanceof Answer.Given<OpenResponse> given) {
      FileBytes.same(officer, stage.file(document), given.value().getBody(), findings);
    }
  }

  private String seen(Stage stage, Answer<OpenResponse> answer) {
    return answer.words(
        it ->
            reads(Headline.of(it.getBody()))
                + (standing == null
                    ? ""
                    : ", which is " + Standings.of(it.getMessage().getStanding()))
                + (consents == null ? "" : ", " + GivenEntry.words(stage, it.getConsentsList())));
  }

  private String reads(@Nullable String text) {
    return officer + " reads \"" + text + "\"";
  }
}
