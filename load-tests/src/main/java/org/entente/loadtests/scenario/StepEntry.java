package org.entente.loadtests.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One step as the file writes it: what it says to a reader, and exactly one thing that is done.
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
    @Nullable PolicyStep policy) {

  /** What a step may do, as files write it. */
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
          "policy");

  /** What is done, by the word that the file has for it. */
  Map<String, Act> acts() {
    return Stream.<Act>of(
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
            policy)
        .filter(Objects::nonNull)
        .collect(Collectors.toMap(Act::word, act -> act));
  }
}
