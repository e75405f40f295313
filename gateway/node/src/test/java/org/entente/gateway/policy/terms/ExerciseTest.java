package org.entente.gateway.policy.terms;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Permit;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.DraftCheck;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyDecision;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.policy.decide.RulebookHolder;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What training traffic is, and for how long it may be kept. */
class ExerciseTest {
  private static final LabelCheck CHECK = new LabelCheck(MessageLimits.defaults());

  @TempDir private Path folder;

  private static Label label(Status status) {
    return Label.newBuilder().setStatus(status).build();
  }

  /** A status that is added needs to be decided about here. */
  @Test
  void exerciseAndTest_areTraining_andNothingElseIs() {
    Set<Status> training = EnumSet.of(Status.STATUS_EXERCISE, Status.STATUS_TEST);
    for (Status status : Status.values()) {
      if (status != Status.UNRECOGNIZED) {
        assertEquals(training.contains(status), Exercise.of(label(status)), status.name());
      }
    }
    assertEquals(7, Status.values().length, "each is a word of CAP 1.2, or none");
  }

  private static List<Problem> problems(Draft draft) {
    return CHECK.draft(draft, PolicyFixture.NOW) instanceof DraftCheck.InvalidDraft invalid
        ? invalid.problems()
        : List.of();
  }

  @Test
  void draftInTheSenseOfCap_isRefusedByField_andNamesWhatIsValid() {
    Draft draft =
        PolicyFixture.draft(PolicyFixture.label().setStatus(Status.STATUS_DRAFT), "sg.police")
            .build();
    List<Problem> problems = problems(draft);
    assertEquals(1, problems.size(), problems.toString());
    assertEquals(Code.INVALID_FIELD, problems.get(0).code());
    assertEquals("label.status", problems.get(0).field());
    assertTrue(
        problems.get(0).message().contains("one of ACTUAL, EXERCISE, SYSTEM, TEST"),
        problems.toString());
    for (Status status :
        List.of(
            Status.STATUS_ACTUAL,
            Status.STATUS_EXERCISE,
            Status.STATUS_SYSTEM,
            Status.STATUS_TEST)) {
      Draft good =
          draft.toBuilder().setLabel(draft.getLabel().toBuilder().setStatus(status)).build();
      assertEquals(List.of(), problems(good), status.name());
    }
  }

  private Policy policy(ExerciseRetention exercises) {
    Policy sample = PolicyFixture.policy(folder, Map.of("a.yaml", PolicyFixture.SAMPLE));
    return new Policy(sample.rulebook(), sample.membership(), sample.fulfilments(), exercises, 100);
  }

  private static int days(Policy policy, Status status) {
    PolicyDecision decision =
        policy
            .egress()
            .decide(
                PolicyFixture.checked(PolicyFixture.label().setStatus(status), "sg.police"),
                FR,
                PolicyFixture.NOW);
    Permitted sent = decision.permitted(MessageId.of(new byte[16])).get(0);
    assertEquals(
        List.of(sent.retentionDays()),
        decision.permits().stream().map(Permit::retentionDays).toList());
    assertEquals(sent.retentionDays(), sent.label().getRetentionDays());
    assertTrue(
        policy
            .egress()
            .recheck(PolicyFixture.waiting(sent.label(), 1), FR, SG, PolicyFixture.NOW)
            .isEmpty(),
        "it may wait");
    return sent.retentionDays();
  }

  @Test
  void ownRule_shortensWhatIsSentAsTraining_andNothingElse() {
    Policy week = policy(new ExerciseRetention(7));
    assertEquals(7, days(week, Status.STATUS_EXERCISE));
    assertEquals(7, days(week, Status.STATUS_TEST));
    assertEquals(90, days(week, Status.STATUS_ACTUAL));
    assertEquals(90, days(week, Status.STATUS_SYSTEM));
    assertEquals(7, days(week, Status.STATUS_EXERCISE), "whatever was remembered of the ruling");
  }

  /** An agreement that grants less stands. */
  @Test
  void ownRule_neverLengthens_andNoneChangesNothing() {
    assertEquals(90, days(policy(new ExerciseRetention(400)), Status.STATUS_EXERCISE));
    assertEquals(90, days(policy(ExerciseRetention.NONE), Status.STATUS_EXERCISE));
  }

  @Test
  void ownRule_outlivesRulebookAndMembership() {
    Rulebook rulebook =
        PolicyFixture.policy(folder, Map.of("a.yaml", PolicyFixture.SAMPLE)).rulebook();
    RulebookHolder holder =
        new RulebookHolder(rulebook, DemoMembership.demo(), new ExerciseRetention(7), 100);
    assertEquals(7, days(holder.current(), Status.STATUS_EXERCISE));
    holder.rulebook(
        PolicyFixture.policy(
                folder,
                Map.of("b.yaml", PolicyFixture.SAMPLE.replace("title: Sample", "title: Other")))
            .rulebook());
    assertEquals(7, days(holder.current(), Status.STATUS_EXERCISE));
    holder.membership(DemoMembership.demo().without("us.cbp"));
    assertEquals(7, days(holder.current(), Status.STATUS_EXERCISE));
    holder.fulfilments(new FulfilmentSnapshot(Map.of()));
    assertEquals(7, days(holder.current(), Status.STATUS_EXERCISE));
  }

  @Test
  void ownRule_thatIsNone_isRefused() {
    for (int wrong : new int[] {0, -1, 36_501}) {
      assertThrows(IllegalArgumentException.class, () -> new ExerciseRetention(wrong));
    }
    assertFalse(ExerciseRetention.NONE.equals(new ExerciseRetention(1)));
  }
}
