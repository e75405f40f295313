package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioEnums;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.ChainEntry;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.ShowChainRequest;
import org.entente.proto.v1.ShowChainResponse;
import org.entente.proto.v1.TaskingGrpc;
import org.jspecify.annotations.Nullable;

/**
 * The chain of a message becomes this.
 *
 * @param by the calling client
 * @param message any message of the chain
 * @param shows the chain from its first message on
 * @param error expected error code instead
 */
public record ChainStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String message,
    @Nullable List<Link> shows,
    @Nullable String error)
    implements ScenarioAction {
  /**
   * One message of a chain.
   *
   * @param message its name
   * @param type how it changes another: a {@code MessageType} without its prefix; absent for the
   *     first
   * @param changes name of what it changes; absent for the first
   * @param withdrawn whether it was cancelled or recalled itself; false if absent
   */
  record Link(
      @JsonProperty(required = true) String message,
      @Nullable String type,
      @Nullable String changes,
      @Nullable Boolean withdrawn) {
    private String words() {
      return words(
          message,
          type == null || changes == null ? "" : " is " + type + " of " + changes,
          withdrawn != null && withdrawn);
    }

    private static String words(String message, String of, boolean withdrawn) {
      return message + of + (withdrawn ? ", withdrawn" : "");
    }
  }

  @Override
  public String word() {
    return "chain";
  }

  private List<Link> wanted() {
    return shows == null ? List.of() : List.copyOf(shows);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.message(field + ".message", message);
    checking.either(field, "shows", shows != null, error);
    for (int i = 0; i < wanted().size(); i++) {
      Link link = wanted().get(i);
      String place = field + ".shows[" + i + "]";
      checking.message(place + ".message", link.message());
      checking.require(
          (link.type() == null) == (link.changes() == null),
          place,
          "has one of type and changes",
          "both, or neither for the first message");
      if (link.type() != null) {
        checking.constant(place + ".type", MessageType.getDescriptor(), link.type());
      }
      if (link.changes() != null) {
        checking.message(place + ".changes", link.changes());
      }
    }
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    ShowChainRequest request =
        ShowChainRequest.newBuilder().setMessageId(stage.id(message)).build();
    TaskingGrpc.TaskingBlockingStub tasking = TaskingGrpc.newBlockingStub(stage.channel(by));
    AnswerPoller.await(
        findings,
        error,
        "shows " + wanted().stream().map(Link::words).toList(),
        () -> stage.patient(tasking).showChain(request),
        it -> shown(stage, it));
  }

  private static String shown(ScenarioFederation stage, ShowChainResponse response) {
    List<String> words = new ArrayList<>();
    for (ChainEntry it : response.getEntriesList()) {
      String type = ScenarioEnums.of(it.getType().getValueDescriptor());
      words.add(
          Link.words(
              stage.name(it.getMessageId()),
              it.getReferences().isEmpty()
                  ? ""
                  : " is " + type + " of " + stage.name(it.getReferences()),
              it.getWithdrawn()));
    }
    return "shows " + words;
  }
}
