package org.entente.loadtests.scenario.action;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.analysis.PolicyReplay;
import org.entente.gateway.policy.decide.TransferVerdict;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.loadtests.scenario.policy.LintFinding;
import org.entente.loadtests.scenario.policy.PolicyLintEntry;
import org.entente.loadtests.scenario.policy.PolicyReplayEntry;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Refusal;
import org.entente.proto.v1.Refused;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What steps about enforcement take for what they expect, and above all what they do not. */
final class EnforcementEntriesTest {
  private static final String FILE = "sample.yaml";
  private static final AgencyName CUSTOMS = new AgencyName("nl.customs");
  private static final AgencyName POLICE = new AgencyName("nl.police");
  private static final TransferVerdict REFUSED =
      new TransferVerdict(
          TransferVerdict.Outcome.REFUSED, Optional.empty(), Optional.empty(), List.of());
  private static final MessageId MESSAGE = MessageId.of(new byte[MessageId.SIZE]);

  @Test
  void lint_isAsExpected_onlyIfExactlyTheseAreFound() {
    ConfigProblem found = new ConfigProblem("/x/" + FILE, 3, 1, "covers", "is odd", "what is not");
    assertEquals(true, linted(List.of(found), new LintFinding(FILE, "covers", "odd")));
    assertEquals(false, linted(List.of(found), new LintFinding(FILE, "covers", "even")));
    assertEquals(false, linted(List.of(found), new LintFinding(FILE, null, "odd")));
    assertEquals(false, linted(List.of(found), new LintFinding("a.yaml", "covers", "odd")));
    assertEquals(false, linted(List.of(), new LintFinding(FILE, "covers", "odd")));
    assertEquals(false, linted(List.of(found)));
    assertEquals(false, linted(List.of(found, found), new LintFinding(FILE, "covers", "odd")));
    LintFinding twice = new LintFinding(FILE, "covers", "odd");
    assertEquals(false, linted(List.of(found), twice, twice));
  }

  @Test
  void lint_ofErrors_isNotWhatIsExpectedAsWarning() {
    ConfigProblem found = new ConfigProblem(FILE, 3, 1, "covers", "is odd", "");
    StepFindings findings = new StepFindings();
    new PolicyLintEntry(null, List.of(new LintFinding(FILE, "covers", "odd")))
        .compare(new Rulebook.LoadResult.Invalid(List.of(found)), findings);
    assertEquals(false, ok(findings));
  }

  private static boolean linted(List<ConfigProblem> found, LintFinding... expected) {
    StepFindings findings = new StepFindings();
    new PolicyLintEntry(List.of(expected), null)
        .compare(new Rulebook.LoadResult.Invalid(found), findings);
    return ok(findings);
  }

  @Test
  void replay_isAsExpected_onlyWithEachDifference() {
    assertEquals(true, replayed("first", "nl.police", 1, List.of()));
    assertEquals(false, replayed("other", "nl.police", 1, List.of()));
    assertEquals(false, replayed("first", "nl.customs", 1, List.of()));
    assertEquals(false, replayed("first", "nl.police", 2, List.of()));
    assertEquals(false, replayed("first", "nl.police", 1, List.of("severity")));
  }

  private static boolean replayed(String message, String to, long messages, List<String> lacking) {
    String words = REFUSED.inShort();
    PolicyReplayEntry entry =
        new PolicyReplayEntry(
            messages,
            Map.of(message, Map.of(to, new PolicyReplayEntry.OutcomePair(words, words))),
            lacking);
    PolicyReplay.ChangedOutcome changed =
        new PolicyReplay.ChangedOutcome(
            MESSAGE, true, CUSTOMS, POLICE, Instant.EPOCH, REFUSED, REFUSED, List.of());
    StepFindings findings = new StepFindings();
    ByteString id = ByteString.copyFrom(MESSAGE.bytes());
    entry.compare(
        1, List.of(changed), List.of(), it -> it.equals(id) ? "first" : "unknown", findings);
    return ok(findings);
  }

  @Test
  void stopped_isAsExpected_onlyByThatGatewayWithThatCodeAndReason() {
    assertEquals(true, stopped("nl.police", "INGRESS_REFUSED", "NODE_RULE"));
    assertEquals(true, stopped("nl.police", "INGRESS_REFUSED", null));
    assertEquals(false, stopped("nl.customs", "INGRESS_REFUSED", "NODE_RULE"));
    assertEquals(false, stopped("nl.police", "NODE_RULE", "NODE_RULE"));
    assertEquals(false, stopped("nl.police", "INGRESS_REFUSED", "NOT_COVERED"));
    StoppedEntry nobody = new StoppedEntry("nl.police", "INGRESS_REFUSED", null);
    assertEquals("nothing", nobody.words("nl.police", List.of()));
  }

  private static boolean stopped(String by, String code, @Nullable String says) {
    EvidenceItem item =
        EvidenceItem.newBuilder()
            .setKind(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY)
            .setAgency("nl.police")
            .setRecipient("nl.police")
            .setCode("INGRESS_REFUSED")
            .setReason("NODE_RULE, not here")
            .build();
    StoppedEntry entry = new StoppedEntry(by, code, says);
    return entry.words().equals(entry.words("nl.police", List.of(item)));
  }

  @Test
  void refusal_isAsExpected_onlyWithThatInItsReason() {
    assertEquals(true, refused("label.case_ref"));
    assertEquals(true, refused(null));
    assertEquals(false, refused("label.severity"));
  }

  private static boolean refused(@Nullable String says) {
    Refusal refusal =
        Refusal.newBuilder()
            .setAgency("nl.police")
            .setCode("CONDITION_FAILED")
            .setReason("the condition, which reads label.case_ref, cannot be evaluated")
            .build();
    Outcome outcome =
        Outcome.newBuilder().setRefused(Refused.newBuilder().addRefusals(refusal)).build();
    StepFindings findings = new StepFindings();
    new OutcomeEntry(
            null,
            Map.of("nl.police", new OutcomeEntry.RefusedFor("CONDITION_FAILED", null, says)),
            null,
            null)
        .compare(new CallResult.Given<>(outcome), findings);
    return ok(findings);
  }

  private static boolean ok(StepFindings findings) {
    return findings.all().stream().allMatch(StepFindings.Finding::ok);
  }
}
