package org.entente.loadtests.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.cooperation.AskConsentStep;
import org.entente.loadtests.scenario.cooperation.ConsentsStep;
import org.entente.loadtests.scenario.cooperation.DecideConsentStep;
import org.entente.loadtests.scenario.cooperation.DiscoverStep;
import org.entente.loadtests.scenario.cooperation.OperationStep;
import org.entente.loadtests.scenario.cooperation.PictureStep;
import org.entente.loadtests.scenario.cooperation.RemindStep;
import org.entente.loadtests.scenario.cooperation.RemindersStep;
import org.entente.loadtests.scenario.cooperation.RequestsStep;
import org.entente.loadtests.scenario.cooperation.ResponderStep;
import org.entente.loadtests.scenario.cooperation.RosterStep;
import org.entente.loadtests.scenario.ipr.CaseStep;
import org.entente.loadtests.scenario.ipr.CasesStep;
import org.entente.loadtests.scenario.ipr.NoticeStep;
import org.entente.loadtests.scenario.ipr.NoticesStep;
import org.entente.loadtests.scenario.ipr.ReadCaseStep;
import org.entente.loadtests.scenario.ipr.RightStep;
import org.entente.loadtests.scenario.ipr.RightsStep;
import org.entente.loadtests.scenario.ipr.SuspendStep;
import org.entente.loadtests.scenario.policy.PolicyStep;
import org.entente.loadtests.scenario.step.CapStep;
import org.entente.loadtests.scenario.step.ChainStep;
import org.entente.loadtests.scenario.step.ChargesStep;
import org.entente.loadtests.scenario.step.CodesStep;
import org.entente.loadtests.scenario.step.CountsStep;
import org.entente.loadtests.scenario.step.DeliverStep;
import org.entente.loadtests.scenario.step.ExportStep;
import org.entente.loadtests.scenario.step.FulfilsStep;
import org.entente.loadtests.scenario.step.GatewayStep;
import org.entente.loadtests.scenario.step.HeldStep;
import org.entente.loadtests.scenario.step.HitsStep;
import org.entente.loadtests.scenario.step.MetricStep;
import org.entente.loadtests.scenario.step.OpenStep;
import org.entente.loadtests.scenario.step.PublishCapStep;
import org.entente.loadtests.scenario.step.PublishDocumentStep;
import org.entente.loadtests.scenario.step.PublishMappedStep;
import org.entente.loadtests.scenario.step.PublishStep;
import org.entente.loadtests.scenario.step.RecallStep;
import org.entente.loadtests.scenario.step.RelatedStep;
import org.entente.loadtests.scenario.step.ReleaseStep;
import org.entente.loadtests.scenario.step.ReloadStep;
import org.entente.loadtests.scenario.step.ScoreStep;
import org.entente.loadtests.scenario.step.ScoresStep;
import org.entente.loadtests.scenario.step.SearchStep;
import org.entente.loadtests.scenario.step.TakeChargeStep;
import org.entente.loadtests.scenario.step.ThreadStep;
import org.entente.loadtests.scenario.step.TrackStep;
import org.entente.loadtests.scenario.step.TransitStep;
import org.entente.loadtests.scenario.step.WatchStep;
import org.jspecify.annotations.Nullable;

/**
 * One step in the form of the file: its line for readers, and exactly one action.
 *
 * @param say one line
 */
record StepEntry(
    @JsonProperty(required = true) String say,
    @Nullable PublishStep publish,
    @Nullable DeliverStep deliver,
    @Nullable ReleaseStep release,
    @Nullable RecallStep recall,
    @Nullable TrackStep track,
    @Nullable OpenStep open,
    @Nullable SearchStep search,
    @Nullable GatewayStep gateway,
    @Nullable TransitStep transit,
    @Nullable ResponderStep responder,
    @Nullable DiscoverStep discover,
    @Nullable RequestsStep requests,
    @Nullable AskConsentStep askConsent,
    @Nullable DecideConsentStep decideConsent,
    @Nullable ConsentsStep consents,
    @Nullable OperationStep operation,
    @Nullable RosterStep roster,
    @Nullable PictureStep picture,
    @Nullable WatchStep watch,
    @Nullable HitsStep hits,
    @Nullable RelatedStep related,
    @Nullable TakeChargeStep charge,
    @Nullable ChargesStep charges,
    @Nullable ThreadStep thread,
    @Nullable ChainStep chain,
    @Nullable RightStep right,
    @Nullable SuspendStep suspend,
    @JsonProperty("case") @Nullable CaseStep act,
    @Nullable NoticeStep notice,
    @Nullable CasesStep cases,
    @Nullable CapStep cap,
    @Nullable RemindStep remind,
    @Nullable RemindersStep reminders,
    @Nullable ScoreStep score,
    @Nullable ScoresStep scores,
    @Nullable FulfilsStep fulfils,
    @Nullable PublishCapStep publishCap,
    @Nullable HeldStep held,
    @Nullable ExportStep export,
    @Nullable CountsStep counts,
    @Nullable PolicyStep policy,
    @Nullable PublishDocumentStep publishDocument,
    @Nullable PublishMappedStep publishMapped,
    @Nullable RightsStep rights,
    @Nullable NoticesStep notices,
    @Nullable ReadCaseStep readCase,
    @Nullable ReloadStep reload,
    @Nullable CodesStep codes,
    @Nullable MetricStep metric) {

  /** The action words of files. */
  static final List<String> WORDS =
      List.of(
          "publish",
          "deliver",
          "release",
          "recall",
          "track",
          "open",
          "search",
          "gateway",
          "transit",
          "responder",
          "discover",
          "requests",
          "ask_consent",
          "decide_consent",
          "consents",
          "operation",
          "roster",
          "picture",
          "watch",
          "hits",
          "related",
          "charge",
          "charges",
          "thread",
          "chain",
          "right",
          "suspend",
          "case",
          "notice",
          "cases",
          "cap",
          "remind",
          "reminders",
          "score",
          "scores",
          "fulfils",
          "publish_cap",
          "held",
          "export",
          "counts",
          "policy",
          "publish_document",
          "publish_mapped",
          "rights",
          "notices",
          "read_case",
          "reload",
          "codes",
          "metric");

  /** The actions, by their words in the file. */
  Map<String, ScenarioAction> acts() {
    return Stream.<ScenarioAction>of(
            publish,
            deliver,
            release,
            recall,
            track,
            open,
            search,
            gateway,
            transit,
            responder,
            discover,
            requests,
            askConsent,
            decideConsent,
            consents,
            operation,
            roster,
            picture,
            watch,
            hits,
            related,
            charge,
            charges,
            thread,
            chain,
            right,
            suspend,
            act,
            notice,
            cases,
            cap,
            remind,
            reminders,
            score,
            scores,
            fulfils,
            publishCap,
            held,
            export,
            counts,
            policy,
            publishDocument,
            publishMapped,
            rights,
            notices,
            readCase,
            reload,
            codes,
            metric)
        .filter(Objects::nonNull)
        .collect(Collectors.toMap(ScenarioAction::word, act -> act));
  }
}
