package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.TreeMap;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioEnums;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.ChargeState;
import org.entente.proto.v1.ChargeStep;
import org.entente.proto.v1.ListChargesRequest;
import org.entente.proto.v1.ListChargesResponse;
import org.entente.proto.v1.TaskingGrpc;
import org.jspecify.annotations.Nullable;

/**
 * The charges of a message that an originator, or a recipient for its own officers, knows become
 * these.
 *
 * @param by the calling client
 * @param message its name
 * @param own whether to list the own agency's charges; false if absent
 * @param lists the latest charge of each recipient, or by originator of the own agency: exactly
 *     these
 * @param error expected error code instead
 */
public record ChargesStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String message,
    @Nullable Boolean own,
    @Nullable Map<String, RecipientStep> lists,
    @Nullable String error)
    implements ScenarioAction {
  /**
   * Latest charge of one recipient.
   *
   * @param step TAKEN or GIVEN_BACK
   * @param officer the officer, as the recipient states it
   * @param note the note; none if absent
   */
  record RecipientStep(
      @JsonProperty(required = true) String step,
      @JsonProperty(required = true) String officer,
      @Nullable String note) {
    private String words() {
      return words(step, officer, note == null ? "" : note);
    }

    private static String words(String step, String officer, String note) {
      return step + " by " + officer + (note.isEmpty() ? "" : " (" + note + ")");
    }
  }

  @Override
  public String word() {
    return "charges";
  }

  private Map<String, RecipientStep> wanted() {
    return lists == null ? Map.of() : new TreeMap<>(lists);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.client(field + ".by", by);
    checking.message(field + ".message", message);
    checking.either(field, "lists", lists != null, error);
    wanted()
        .forEach(
            (agency, said) -> {
              checking.agency(field + ".lists." + agency, agency);
              checking.constant(
                  field + ".lists." + agency + ".step", ChargeStep.getDescriptor(), said.step());
            });
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    ListChargesRequest request =
        ListChargesRequest.newBuilder()
            .setMessageId(stage.id(message))
            .setOwn(own != null && own)
            .build();
    TaskingGrpc.TaskingBlockingStub tasking = TaskingGrpc.newBlockingStub(stage.channel(by));
    Map<String, String> words = new TreeMap<>();
    wanted().forEach((agency, said) -> words.put(agency, said.words()));
    AnswerPoller.await(
        findings,
        error,
        "lists " + words,
        () -> stage.patient(tasking).listCharges(request),
        ChargesStep::listed);
  }

  private static String listed(ListChargesResponse response) {
    Map<String, String> words = new TreeMap<>();
    for (ChargeState it : response.getChargesList()) {
      words.put(
          it.getAgency(),
          RecipientStep.words(
              ScenarioEnums.of(it.getCharge().getStep().getValueDescriptor()),
              it.getCharge().getOfficer(),
              it.getCharge().getNote()));
    }
    return "lists " + words;
  }
}
