package org.entente.loadtests.scenario.cooperation;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioEnums;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.DiscoverRequest;
import org.entente.proto.v1.DiscoverResponse;
import org.entente.proto.v1.DiscoveredResponder;
import org.entente.proto.v1.RequestsGrpc;
import org.jspecify.annotations.Nullable;

/**
 * A client lists the responders that it may query.
 *
 * @param by the calling client
 * @param categories categories of the requests; all if absent
 * @param finds names of responders by agency, exactly these; none if it is empty
 * @param error expected error code instead
 */
public record DiscoverStep(
    @JsonProperty(required = true) ClientRef by,
    @Nullable List<String> categories,
    @Nullable Map<String, List<String>> finds,
    @Nullable String error)
    implements ScenarioAction {
  @Override
  public String word() {
    return "discover";
  }

  private List<String> sought() {
    return categories == null ? List.of() : List.copyOf(categories);
  }

  private Map<String, List<String>> wanted() {
    return finds == null ? Map.of() : new TreeMap<>(finds);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    for (int i = 0; i < sought().size(); i++) {
      checking.constant(
          field + ".categories[" + i + "]", Category.getDescriptor(), sought().get(i));
    }
    checking.agencies(field + ".finds", wanted().keySet());
    checking.either(field, "finds", finds != null, error);
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    DiscoverRequest.Builder request = DiscoverRequest.newBuilder();
    sought()
        .forEach(
            it ->
                request.addCategories(
                    Category.valueOf(ScenarioEnums.value(Category.getDescriptor(), it))));
    RequestsGrpc.RequestsBlockingStub requests = RequestsGrpc.newBlockingStub(stage.channel(by));
    Map<String, TreeSet<String>> names = new TreeMap<>();
    wanted().forEach((agency, list) -> names.put(agency, new TreeSet<>(list)));
    AnswerPoller.await(
        findings,
        error,
        "finds " + names,
        () -> stage.patient(requests).discover(request.build()),
        DiscoverStep::found);
  }

  private static String found(DiscoverResponse response) {
    Map<String, TreeSet<String>> names = new TreeMap<>();
    for (DiscoveredResponder it : response.getRespondersList()) {
      names
          .computeIfAbsent(it.getAgency(), agency -> new TreeSet<>())
          .add(it.getResponder().getName());
    }
    return "finds " + names;
  }
}
