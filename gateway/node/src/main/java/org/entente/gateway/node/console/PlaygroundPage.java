package org.entente.gateway.node.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.Result;
import org.entente.gateway.node.console.View.Figure;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.ExplainResponse;
import org.entente.proto.v1.ExplainedAgreement;
import org.entente.proto.v1.ExplainedOutcome;
import org.entente.proto.v1.ExplainedRecipient;
import org.entente.proto.v1.Refusal;

/**
 * The page that says what policy would decide about a draft, and why. Nothing is sent, kept or
 * recorded, as with {@code Publisher.Explain}.
 */
final class PlaygroundPage {
  /** Recipients that are shown, and agreements of each. */
  private static final int RECIPIENTS = 100;

  private static final int TRIALS = 20;
  private static final Figure NONE = new Figure("outcome", "", "");

  private final ConsoleSources sources;

  PlaygroundPage(ConsoleSources sources) {
    this.sources = sources;
  }

  View view(PageRequest request) {
    if (!request.isForm()) {
      return problem(request, "");
    }
    return decision(request)
        .fold(
            answer -> page(request, answer),
            problem -> problem(request, PageRequest.words(problem)));
  }

  private Result<ExplainResponse> decision(PageRequest request) {
    return sources
        .node()
        .get()
        .map(
            node ->
                PlaygroundDraft.of(request)
                    .then(
                        draft ->
                            node.explain(
                                request.client(),
                                ExplainRequest.newBuilder()
                                    .setDraft(draft)
                                    .setNamesPersons(!request.field("names_persons").isEmpty())
                                    .build())))
        .orElseGet(() -> Result.refused(Code.NOT_READY, "", PageRequest.REOPENED));
  }

  private static View problem(PageRequest request, String problem) {
    return new PlaygroundView(
        request.frame(), PlaygroundDraft.fields(request), problem, NONE, List.of(), List.of(), 0);
  }

  private static View page(PageRequest request, ExplainResponse answer) {
    List<String> notes = new ArrayList<>();
    if (!answer.getHeldReason().isEmpty()) {
      notes.add(answer.getHeldReason());
    }
    answer.getRefusalsList().forEach(refusal -> notes.add(why(refusal)));
    notes.add("Policy " + answer.getPolicyVersion());
    return new PlaygroundView(
        request.frame(),
        PlaygroundDraft.fields(request),
        "",
        outcome("outcome", answer.getOutcome()),
        notes,
        answer.getRecipientsList().stream()
            .limit(RECIPIENTS)
            .map(PlaygroundPage::recipient)
            .toList(),
        Math.max(0, answer.getRecipientsCount() - RECIPIENTS));
  }

  private static Figure outcome(String id, ExplainedOutcome outcome) {
    return switch (outcome) {
      case EXPLAINED_OUTCOME_ACCEPTED -> new Figure(id, "good", "would be sent");
      case EXPLAINED_OUTCOME_HELD -> new Figure(id, "warn", "would wait for a second person");
      default -> new Figure(id, "bad", "would be refused");
    };
  }

  private static PlaygroundView.Recipient recipient(ExplainedRecipient one) {
    return new PlaygroundView.Recipient(
        one.getAgency(),
        outcome(one.getAgency() + ".outcome", one.getOutcome()),
        one.hasRefusal() ? why(one.getRefusal()) : "permitted by " + one.getPermittedBy(),
        one.hasRefusal() ? List.of() : binding(one),
        one.getAgreementsList().stream().limit(TRIALS).map(PlaygroundPage::trial).toList(),
        Math.max(0, one.getAgreementsCount() - TRIALS));
  }

  private static String why(Refusal refusal) {
    String who = refusal.getAgency().isEmpty() ? "" : refusal.getAgency() + ": ";
    String rule = refusal.getRule().isEmpty() ? "" : " by " + refusal.getRule();
    return who + refusal.getCode() + rule + ": " + refusal.getReason();
  }

  private static List<String> binding(ExplainedRecipient one) {
    return Stream.of(
            one.getObligationsCount() == 0
                ? ""
                : one.getObligationsList().stream()
                    .map(EnumNames::word)
                    .collect(Collectors.joining(", "))
                    .replace('_', ' ')
                    .toLowerCase(Locale.ROOT),
            "keeps it for " + one.getRetentionDays() + " days",
            one.getWithheldCount() == 0
                ? ""
                : "without " + String.join(", ", one.getWithheldList()),
            one.getFourEyes() ? "needs release by a second person" : "",
            one.getPersonRequired() ? "needs officer and reason" : "")
        .filter(text -> !text.isEmpty())
        .toList();
  }

  private static PlaygroundView.Trial trial(ExplainedAgreement one) {
    return new PlaygroundView.Trial(one.getId(), one.getTitle(), one.getFailedList());
  }
}
