package org.entente.loadtests.scenario.action;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.entente.loadtests.scenario.action.OutcomeEntry.AcceptedFor;
import org.entente.loadtests.scenario.action.OutcomeEntry.RefusedFor;
import org.entente.loadtests.scenario.action.StepFindings.Finding;
import org.entente.proto.v1.Accepted;
import org.entente.proto.v1.Held;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.Refusal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class OutcomeEntryTest {
  private static final Outcome OUTCOME =
      Outcome.newBuilder()
          .setAccepted(
              Accepted.newBuilder()
                  .addPermits(
                      Permit.newBuilder()
                          .setAgency("de.customs")
                          .setAgreement("eu")
                          .setRetentionDays(30))
                  .addRefusals(
                      Refusal.newBuilder()
                          .setAgency("us.cbp")
                          .setCode("NOT_COVERED")
                          .setRule("eu-us/categories")
                          .setReason("IPR is not covered")))
          .build();
  private static final RefusedFor NOT_COVERED =
      new RefusedFor("NOT_COVERED", "eu-us/categories", null);

  @Test
  void outcome_asExpected_isOk() {
    assertTrue(compare(accepted(new AcceptedFor("eu", 30, null), NOT_COVERED)).ok());
    assertTrue(
        compare(
                accepted(
                    new AcceptedFor("eu", null, null), new RefusedFor("NOT_COVERED", null, null)))
            .ok());
  }

  @Test
  void withheldFields_areComparedAsASet_whereTheyAreSaid() {
    Outcome redacted =
        Outcome.newBuilder()
            .setAccepted(
                Accepted.newBuilder()
                    .addPermits(
                        Permit.newBuilder()
                            .setAgency("de.customs")
                            .setAgreement("eu")
                            .setRetentionDays(30)
                            .addWithheld("label.case_ref")
                            .addWithheld("body.alert.subjects")))
            .build();
    List<String> fields = List.of("body.alert.subjects", "label.case_ref");
    assertTrue(withheld(fields, redacted).ok());
    assertTrue(withheld(null, redacted).ok());
    Finding none = withheld(List.of(), redacted);
    assertFalse(none.ok());
    assertEquals("accepted for de.customs under eu without []", none.expected());
    assertEquals("accepted for de.customs under eu for 30 days without " + fields, none.seen());
  }

  private static Finding withheld(@Nullable List<String> fields, Outcome outcome) {
    StepFindings findings = new StepFindings();
    new OutcomeEntry(Map.of("de.customs", new AcceptedFor("eu", null, fields)), null, null, null)
        .compare(new CallResult.Given<>(outcome), findings, /* daysOver= */ 0);
    return findings.all().get(0);
  }

  /** What passes something on has a day less for each midnight since that came. */
  @Test
  void retention_ofWhatPassesOn_isADayShorterAfterMidnight_andNeverLonger() {
    assertTrue(passedOn(30, 0));
    assertFalse(passedOn(31, 0));
    assertTrue(passedOn(31, 1));
    assertFalse(passedOn(32, 1));
    assertFalse(passedOn(29, 1));
  }

  private static boolean passedOn(int expected, long daysOver) {
    StepFindings findings = new StepFindings();
    accepted(new AcceptedFor("eu", expected, null), NOT_COVERED)
        .compare(new CallResult.Given<>(OUTCOME), findings, daysOver);
    return findings.all().get(0).ok();
  }

  @Test
  void outcome_otherwise_failsAndSaysBoth() {
    Finding days = compare(accepted(new AcceptedFor("eu", 31, null), NOT_COVERED));
    assertFalse(days.ok());
    assertEquals(
        "accepted for de.customs under eu for 31 days,"
            + " refused for us.cbp: NOT_COVERED by eu-us/categories",
        days.expected());
    assertEquals(
        "accepted for de.customs under eu for 30 days,"
            + " refused for us.cbp: NOT_COVERED by eu-us/categories (IPR is not covered)",
        days.seen());
    assertFalse(compare(accepted(new AcceptedFor("other", 30, null), NOT_COVERED)).ok());
    assertFalse(
        compare(accepted(new AcceptedFor("eu", 30, null), new RefusedFor("NODE_RULE", null, null)))
            .ok());
    assertFalse(
        compare(accepted(new AcceptedFor("eu", 30, null), new RefusedFor("NOT_COVERED", "x", null)))
            .ok());
  }

  @Test
  void outcome_forOthersThanExpected_fails() {
    Map<String, AcceptedFor> permitted = Map.of("de.customs", new AcceptedFor("eu", 30, null));
    Map<String, RefusedFor> both = Map.of("us.cbp", NOT_COVERED, "ch.customs", NOT_COVERED);

    assertFalse(
        compare(new OutcomeEntry(permitted, null, null, null)).ok(), "refused for one more");
    assertFalse(
        compare(new OutcomeEntry(permitted, both, null, null)).ok(), "refused for one less");
    assertFalse(
        compare(new OutcomeEntry(null, Map.of("us.cbp", NOT_COVERED), null, null)).ok(),
        "accepted for one more");
  }

  @Test
  void heldOrFailed_isNotAccepted() {
    OutcomeEntry held = new OutcomeEntry(null, null, true, null);
    OutcomeEntry error = new OutcomeEntry(null, null, null, "SCOPE_MISSING");
    Outcome waits = Outcome.newBuilder().setHeld(Held.getDefaultInstance()).build();

    assertTrue(compare(held, new CallResult.Given<>(waits)).ok());
    assertFalse(compare(held).ok());
    assertFalse(compare(error).ok());
    assertFalse(compare(error, new CallResult.Given<>(waits)).ok());
    assertTrue(compare(error, new CallResult.Failed<>("SCOPE_MISSING", "publish")).ok());
    assertFalse(compare(held, new CallResult.Failed<>("SCOPE_MISSING", "publish")).ok());
    assertEquals(
        "error NOT_READY (later)",
        compare(error, new CallResult.Failed<>("NOT_READY", "later")).seen());
  }

  private static OutcomeEntry accepted(AcceptedFor permitted, RefusedFor refused) {
    return new OutcomeEntry(Map.of("de.customs", permitted), Map.of("us.cbp", refused), null, null);
  }

  private static Finding compare(OutcomeEntry expected) {
    return compare(expected, new CallResult.Given<>(OUTCOME));
  }

  private static Finding compare(OutcomeEntry expected, CallResult<Outcome> answer) {
    StepFindings findings = new StepFindings();
    expected.compare(answer, findings, /* daysOver= */ 0);
    return findings.all().get(0);
  }
}
