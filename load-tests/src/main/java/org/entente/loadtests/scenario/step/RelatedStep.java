package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.loadtests.scenario.action.Act;
import org.entente.loadtests.scenario.action.Acting;
import org.entente.loadtests.scenario.action.Checking;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.Findings;
import org.entente.loadtests.scenario.action.Patience;
import org.entente.loadtests.scenario.action.Stage;
import org.entente.proto.v1.RelatedMessage;
import org.entente.proto.v1.RelatedRequest;
import org.entente.proto.v1.RelatedResponse;
import org.entente.proto.v1.SearchGrpc;
import org.jspecify.annotations.Nullable;

/**
 * A person asks what is known besides of that which one message names.
 *
 * @param by whose client
 * @param message its name
 * @param officer who asks
 * @param justification why
 * @param finds the identifiers that each message shares with it, as they are compared; exactly
 *     these messages
 * @param error the code with which it is refused instead
 */
public record RelatedStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String message,
    @JsonProperty(required = true) String officer,
    @JsonProperty(required = true) String justification,
    @Nullable Map<String, List<String>> finds,
    @Nullable String error)
    implements Act {
  @Override
  public String word() {
    return "related";
  }

  private Map<String, List<String>> wanted() {
    return finds == null ? Map.of() : new TreeMap<>(finds);
  }

  @Override
  public void check(Checking checking, String field) {
    checking.client(field + ".by", by);
    checking.message(field + ".message", message);
    checking.either(field, "finds", finds != null, error);
    wanted().keySet().forEach(name -> checking.message(field + ".finds." + name, name));
  }

  @Override
  public void perform(Stage stage, Findings findings) throws InterruptedException {
    RelatedRequest request =
        RelatedRequest.newBuilder()
            .setMessageId(stage.id(message))
            .setExercise(stage.exercise())
            .setPageSize(100)
            .setOnBehalfOf(Acting.person(officer, justification))
            .build();
    SearchGrpc.SearchBlockingStub search = SearchGrpc.newBlockingStub(stage.channel(by));
    Map<String, TreeSet<String>> shared = new TreeMap<>();
    wanted().forEach((name, identifiers) -> shared.put(name, new TreeSet<>(identifiers)));
    Patience.await(
        findings,
        error,
        "finds " + shared,
        () -> stage.patient(search).related(request),
        it -> found(stage, it));
  }

  private static String found(Stage stage, RelatedResponse response) {
    Map<String, TreeSet<String>> shared = new TreeMap<>();
    for (RelatedMessage it : response.getRelatedList()) {
      shared.put(
          stage.name(it.getMessage().getMessageId()), new TreeSet<>(it.getIdentifiersList()));
    }
    return "finds " + shared;
  }
}
