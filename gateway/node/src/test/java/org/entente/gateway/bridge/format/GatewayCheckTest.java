package org.entente.gateway.bridge.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.DraftCheck;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyDecision;
import org.entente.gateway.policy.load.RulebookReader;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.gateway.testkit.SharedFiles;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.Severity;
import org.junit.jupiter.api.Test;

/**
 * What the bridge lets through, the gateway's own check of drafts takes, and the agreements of the
 * demonstration permit and refuse as the samples say.
 */
class GatewayCheckTest {
  private static final LabelCheck CHECK = new LabelCheck(MessageLimits.defaults());
  private static final Instant NOW = Instant.parse("2026-04-17T08:00:00Z");
  private static final Pattern REFUSED =
      Pattern.compile("^\\| `([a-z]+-[0-9-]+)` \\| `([a-z.]+)` \\|", Pattern.MULTILINE);

  private static Policy policy() {
    DemoMembership members = DemoMembership.demo();
    Rulebook.LoadResult loading =
        RulebookReader.load(
            FeedFixture.repository("config/agreements"),
            FeedFixture.repository("config/node-rules.yaml"),
            members,
            NOW);
    Rulebook rulebook =
        assertInstanceOf(Rulebook.LoadResult.Loaded.class, loading, loading::toString).rulebook();
    return new Policy(rulebook, members, 100);
  }

  private static PolicyDecision decision(Policy policy, AlertDraft item) {
    DraftCheck check = CHECK.draft(item.draft(), NOW);
    CheckedDraft draft = assertInstanceOf(CheckedDraft.class, check, () -> item + ": " + check);
    return policy.egress().decide(draft, item.publisher(), NOW);
  }

  private static List<AlertDraft> drafts(List<AlertItem> items) {
    return items.stream().filter(AlertDraft.class::isInstance).map(AlertDraft.class::cast).toList();
  }

  private static Set<String> permitted(PolicyDecision decision) {
    return decision.permits().stream()
        .map(permit -> permit.recipient().value())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> refused(PolicyDecision decision) {
    return decision.refusals().stream().map(Refusal::recipient).toList();
  }

  @Test
  void samples_areRefusedWhereTheirReadmeSaysSo() throws IOException {
    Path samples = FeedFixture.repository("config/samples");
    Set<String> said = new TreeSet<>();
    for (MatchResult row :
        REFUSED.matcher(Files.readString(samples.resolve("README.md"))).results().toList()) {
      said.add(row.group(1) + " " + row.group(2));
    }
    Policy policy = policy();
    Set<String> found = new TreeSet<>();
    Set<PolicyDecision.Outcome> outcomes = new TreeSet<>();
    for (AlertDraft item : drafts(FeedFixture.all(samples, null))) {
      PolicyDecision decision = decision(policy, item);
      outcomes.add(decision.outcome());
      refused(decision).forEach(to -> found.add(item.draft().getIdempotencyKey() + " " + to));
    }

    assertEquals(6, said.size());
    assertEquals(said, found);
    assertEquals(Set.of(PolicyDecision.Outcome.ACCEPTED, PolicyDecision.Outcome.REFUSED), outcomes);
  }

  @Test
  void safetyGateAlerts_goToAllButSingapore() {
    Path file = SharedFiles.require("data/safety-gate-alerts.jsonl");
    Policy policy = policy();
    List<AlertDraft> drafts =
        drafts(FeedFixture.all(file, FeedFixture.mappings().resolve("safety-gate.yaml")));

    assertEquals(120, drafts.size());
    for (AlertDraft item : drafts) {
      PolicyDecision decision = decision(policy, item);
      String other = item.publisher().value().equals("de.customs") ? "fr.customs" : "de.customs";
      assertEquals(Set.of(other, "us.cbp"), permitted(decision));
      assertEquals(List.of("sg.police"), refused(decision));
    }
  }

  /** What docs/integrate/mappings.md goes through. */
  @Test
  void foreignRecords_underTheirMapping_goToGermany_withoutWhoControlled() {
    Path file = FeedFixture.repository("config/samples/foreign/controls.jsonl");
    Policy policy = policy();
    List<AlertItem> items = FeedFixture.all(file, FeedFixture.mappings().resolve("controls.yaml"));
    List<AlertDraft> drafts = drafts(items);

    assertEquals(2, drafts.size(), items::toString);
    for (AlertDraft item : drafts) {
      assertEquals(Set.of("de.customs"), permitted(decision(policy, item)));
      assertFalse(item.draft().toString().contains("DNRED"), "who controlled goes nowhere");
    }
    Label first = drafts.get(0).draft().getLabel();
    assertEquals(Severity.SEVERITY_SEVERE, first.getSeverity());
    assertEquals(RequestedAction.REQUESTED_ACTION_CHECK, first.getRequestedAction());
    assertEquals(Lane.LANE_PRIORITY, first.getLane());
    Draft second = drafts.get(1).draft();
    assertEquals("controls:LH-2026-00431", second.getIdempotencyKey());
    assertEquals(Lane.LANE_ROUTINE, second.getLabel().getLane());
    assertEquals("", second.getBody().getAlert().getSubjects(2).getCommodity().getBrand());
  }

  @Test
  void capFiles_goToEveryMember() {
    Policy policy = policy();
    List<AlertDraft> drafts = drafts(FeedFixture.all(SharedFiles.require("data/cap"), null));

    assertEquals(3, drafts.size());
    for (AlertDraft item : drafts) {
      PolicyDecision decision = decision(policy, item);
      assertEquals(Set.of("de.customs", "sg.police", "us.cbp"), permitted(decision));
      assertEquals(List.of(), refused(decision));
    }
  }

  @Test
  void capWithPartsOfOurs_isTaken() {
    AlertDraft item =
        drafts(FeedFixture.all(FeedFixture.repository("gateway/node/src/test/resources/cap"), null))
            .get(0);

    assertEquals(PolicyDecision.Outcome.ACCEPTED, decision(policy(), item).outcome());
  }
}
