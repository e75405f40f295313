package org.entente.gateway.policy.decide;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.checked;
import static org.entente.gateway.policy.decide.PolicyFixture.label;
import static org.entente.gateway.policy.decide.PolicyFixture.sample;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Fulfilment;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.policy.terms.FulfilmentSnapshot;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Obligation;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** France received something from Singapore under {@code sample}; who may have it from France. */
class OnwardCheckTest {
  @TempDir private Path folder;
  private final MessageId id = MessageId.fresh(NOW.toEpochMilli(), new SecureRandom());

  /** France with Singapore under terms, and with the United States under {@code b}. */
  private Policy policy(String onwardTransfer, String... changes) {
    return PolicyFixture.policy(
        folder,
        Map.of(
            "a.yaml",
            change(sample("onward_transfer: NONE", "onward_transfer: " + onwardTransfer), changes),
            "b.yaml",
            sample(
                "id: sample",
                "id: b",
                "agency: sg.police",
                "agency: us.cbp",
                "purposes: [IPR_ENFORCEMENT]",
                "purposes: [IPR_ENFORCEMENT, CUSTOMS_CONTROL]",
                "handling: [H1]",
                "handling: [H1, H2]",
                "personal_data: false",
                "personal_data: true")));
  }

  private static String change(String file, String... changes) {
    String changed = file;
    for (int i = 0; i < changes.length; i += 2) {
      assertTrue(changed.contains(changes[i]), changes[i]);
      changed = changed.replace(changes[i], changes[i + 1]);
    }
    return changed;
  }

  private OnwardSource source(UnaryOperator<Label.Builder> with) {
    return new OnwardSource(
        id, with.apply(label().setOrigin("sg.police").setAgreement("sample")).build());
  }

  private PolicyDecision decide(
      Policy policy, OnwardSource source, Label.Builder draft, String... to) {
    return policy.egress().decide(checked(draft, to), List.of(source), FR, NOW);
  }

  private void refused(Code code, String rule, PolicyDecision decision) {
    assertEquals(List.of(), decision.permits());
    Refusal refusal = decision.refusals().get(0);
    assertEquals("us.cbp", refusal.recipient());
    assertEquals(code, refusal.code(), refusal.reason());
    assertEquals("onward/" + rule, refusal.rule());
    assertTrue(refusal.reason().contains(id.toString()), refusal.reason());
  }

  @Test
  void agreementThatLetsNothingBePassedOn_refuses() {
    Policy policy = policy("NONE");
    OnwardSource source = source(label -> label);
    refused(Code.ONWARD_REFUSED, "onward_transfer", decide(policy, source, label(), "us.cbp"));
    assertEquals(
        1, policy.egress().decide(checked(label(), "us.cbp"), FR, NOW).permits().size(), "without");
    assertEquals(
        1, decide(policy, source, label(), "sg.police").permits().size(), "back to its originator");
  }

  @Test
  void agreementThatAsksForConsent_refuses() {
    refused(
        Code.CONSENT_REQUIRED,
        "onward_transfer",
        decide(policy("WITH_CONSENT"), source(label -> label), label(), "us.cbp"));
  }

  /** The label's obligations bind, whatever the agreement here has become since. */
  @Test
  void obligationsOfTheLabel_bind_thoughTheAgreementHereIsLooser() {
    Policy looser =
        policy(
            "WITHIN_PARTIES",
            "    - agency: sg.police\n",
            "    - agency: sg.police\n    - agency: us.cbp\n");
    OnwardSource strict =
        source(label -> label.addObligations(Obligation.OBLIGATION_NO_ONWARD_TRANSFER));
    refused(Code.ONWARD_REFUSED, "obligations", decide(looser, strict, label(), "us.cbp"));
    OnwardSource consent =
        source(label -> label.addObligations(Obligation.OBLIGATION_ONWARD_WITH_CONSENT));
    refused(Code.CONSENT_REQUIRED, "obligations", decide(looser, consent, label(), "us.cbp"));
    OnwardSource within =
        source(label -> label.addObligations(Obligation.OBLIGATION_ONWARD_WITHIN_PARTIES));
    assertEquals(1, decide(looser, within, label(), "us.cbp").permits().size());
    refused(
        Code.ONWARD_REFUSED, "onward_transfer", decide(policy("NONE"), within, label(), "us.cbp"));
  }

  /** Whoever was not given a field puts nothing in its place, and the next reader is told. */
  @Test
  void whatCameWithoutFields_goesOnOnlyUnderAnAgreementThatWithholdsThemToo() {
    String person = "body.alert.subjects.person";
    OnwardSource left = source(label -> label.addRedacted(person).addRedacted("label.case_ref"));
    String[] parties = {
      "    - agency: sg.police\n", "    - agency: sg.police\n    - agency: us.cbp\n"
    };
    Policy both =
        policy(
            "WITHIN_PARTIES",
            parties[0],
            parties[1],
            "valid:",
            "redactions: [label.case_ref, " + person + "]\nvalid:");
    PolicyDecision on = decide(both, left, label().setAgreement("sample"), "us.cbp");
    assertEquals(
        List.of(person, "label.case_ref"), on.permitted(id).get(0).label().getRedactedList());
    PolicyDecision whole = decide(both, left, label().setAgreement("b"), "us.cbp");
    refused(Code.ONWARD_REFUSED, "redacted", whole);
    assertTrue(
        whole.refusals().get(0).reason().contains("b does not withhold " + person),
        whole.refusals().get(0).reason());
    Policy one =
        policy(
            "WITHIN_PARTIES",
            parties[0],
            parties[1],
            "valid:",
            "redactions: [label.case_ref]\nvalid:");
    PolicyDecision less = decide(one, left, label().setAgreement("sample"), "us.cbp");
    refused(Code.ONWARD_REFUSED, "redacted", less);
    assertTrue(less.refusals().get(0).reason().contains("does not withhold " + person + ";"));
    // Whoever withholds more withholds that too.
    OnwardSource date = source(label -> label.addRedacted(person + ".birth_date"));
    assertEquals(1, decide(both, date, label().setAgreement("sample"), "us.cbp").permits().size());
    // Its originator knows what it took out.
    Policy none = policy("WITHIN_PARTIES");
    assertEquals(1, decide(none, left, label(), "sg.police").permits().size());
    // One source that lacks something binds, beside another that is whole.
    PolicyDecision mixed =
        both.egress()
            .decide(
                checked(label().setAgreement("b"), "us.cbp"),
                List.of(source(label -> label), left),
                FR,
                NOW);
    refused(Code.ONWARD_REFUSED, "redacted", mixed);
  }

  /** Each agreement names them in what it lets go. */
  @Test
  void obligationsOfAnAgreement_standInTheLabel() {
    for (var terms :
        Map.of(
                "NONE", Obligation.OBLIGATION_NO_ONWARD_TRANSFER,
                "WITH_CONSENT", Obligation.OBLIGATION_ONWARD_WITH_CONSENT,
                "WITHIN_PARTIES", Obligation.OBLIGATION_ONWARD_WITHIN_PARTIES)
            .entrySet()) {
      Label sent =
          policy(terms.getKey())
              .egress()
              .decide(checked(label(), "sg.police"), FR, NOW)
              .permitted(id)
              .get(0)
              .label();
      assertEquals(
          List.of(Obligation.OBLIGATION_DESTROY_AFTER_RETENTION, terms.getValue()),
          sent.getObligationsList());
    }
  }

  @Test
  void agreementAmongItsParties_permitsThoseToWhomTheOriginatorMightHaveSentIt() {
    OnwardSource source = source(label -> label);
    refused(
        Code.ONWARD_REFUSED,
        "onward_transfer",
        decide(policy("WITHIN_PARTIES"), source, label(), "us.cbp"));
    Policy wider =
        policy(
            "WITHIN_PARTIES",
            "    - agency: sg.police\n",
            "    - agency: sg.police\n    - agency: us.cbp\n");
    assertEquals(1, decide(wider, source, label(), "us.cbp").permits().size());
  }

  /** Whatever the agreement allows: H2 is its originator's to give. */
  @Test
  void handlingH2_asksForConsent_whateverTheAgreementAllows() {
    Policy wider =
        policy(
            "WITHIN_PARTIES",
            "    - agency: sg.police\n",
            "    - agency: sg.police\n    - agency: us.cbp\n");
    OnwardSource source = source(label -> label.addHandling(Handling.HANDLING_H2));
    refused(
        Code.CONSENT_REQUIRED,
        "handling",
        decide(wider, source, label().addHandling(Handling.HANDLING_H2), "us.cbp"));
  }

  @Test
  void whatMustGoAlong_isNotLeftBehind() {
    Policy wider =
        policy(
            "WITHIN_PARTIES",
            "    - agency: sg.police\n",
            "    - agency: sg.police\n    - agency: us.cbp\n");
    refused(
        Code.ONWARD_REFUSED,
        "classification",
        decide(
            wider,
            source(it -> it.setClassification(Classification.CLASSIFICATION_RESTRICTED)),
            label().setClassification(Classification.CLASSIFICATION_UNCLASSIFIED),
            "us.cbp"));
    OnwardSource restricted = source(it -> it.addHandling(Handling.HANDLING_H1));
    refused(
        Code.ONWARD_REFUSED,
        "handling",
        decide(wider, restricted, label().clearHandling(), "us.cbp"));
    assertEquals(
        1,
        decide(
                wider,
                restricted,
                label().clearHandling().addHandling(Handling.HANDLING_H1),
                "us.cbp")
            .permits()
            .size());
    refused(
        Code.ONWARD_REFUSED,
        "personal_data",
        decide(wider, source(it -> it.setPersonalData(true)), label(), "us.cbp"));
    refused(
        Code.ONWARD_REFUSED,
        "purpose",
        decide(
            wider,
            source(it -> it),
            label().setPurpose(Purpose.PURPOSE_CUSTOMS_CONTROL),
            "us.cbp"));
    refused(
        Code.ONWARD_REFUSED,
        "exercise",
        decide(wider, source(it -> it.setStatus(Status.STATUS_EXERCISE)), label(), "us.cbp"));
    OnwardSource inWords =
        source(it -> it.addHandling(Handling.HANDLING_H1).setHandlingText("Not to the press"));
    Label.Builder other =
        label().addHandling(Handling.HANDLING_H1).setHandlingText("Not to the weekly press");
    refused(Code.ONWARD_REFUSED, "handling_text", decide(wider, inWords, other, "us.cbp"));
    other.setHandlingText("Not to the press; destroy after use");
    assertEquals(1, decide(wider, inWords, other, "us.cbp").permits().size(), "and more");
    assertEquals(1, decide(wider, inWords, label(), "sg.police").permits().size(), "its own");
  }

  /** The same marking, or a stricter one of its set; of no set, the same. */
  @Test
  void marking_goesAlong_orAStricterOne() {
    Policy wider = amongThree();
    OnwardSource amber = source(it -> it.addMarkings("TLP:AMBER"));
    for (String marking : List.of("TLP:GREEN", "TLP:CLEAR")) {
      PolicyDecision looser = decide(wider, amber, label().addMarkings(marking), "us.cbp");
      refused(Code.ONWARD_REFUSED, "markings", looser);
      assertTrue(
          looser
              .refusals()
              .get(0)
              .reason()
              .contains("must be marked TLP:RED or TLP:AMBER+STRICT or TLP:AMBER"),
          looser.refusals().get(0).reason());
    }
    refused(Code.ONWARD_REFUSED, "markings", decide(wider, amber, label(), "us.cbp"));
    for (String marking : List.of("TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")) {
      PolicyDecision same = decide(wider, amber, label().addMarkings(marking), "us.cbp");
      assertEquals(1, same.permits().size(), marking);
    }
    assertEquals(1, decide(wider, amber, label(), "sg.police").permits().size(), "its own");
  }

  /** Whatever the agreement allows: these are told to nobody else unless their originator says. */
  @Test
  void markingThatKeepsItWithTheRecipient_asksForConsent() {
    Policy wider = amongThree();
    for (String marking : List.of("TLP:RED", "TLP:AMBER+STRICT")) {
      OnwardSource strict = source(it -> it.addMarkings(marking));
      Label.Builder draft = label().addMarkings("TLP:RED");
      PolicyDecision unasked = decide(wider, strict, draft, "us.cbp");
      refused(Code.CONSENT_REQUIRED, "markings", unasked);
      ConsentGrant grant =
          new ConsentGrant(
              MessageId.fresh(1, new SecureRandom()),
              new AgencyName("sg.police"),
              Set.of(new AgencyName("us.cbp")),
              Set.of(),
              Set.of(Purpose.PURPOSE_IPR_ENFORCEMENT),
              NOW.plusSeconds(60),
              false);
      OnwardSource granted = new OnwardSource(strict.id(), strict.label(), List.of(grant));
      PolicyDecision consented = decide(wider, granted, draft, "us.cbp");
      assertEquals(
          List.of(grant.id()),
          consented.consented().stream().map(AppliedConsent::consent).toList());
      refused(Code.ONWARD_REFUSED, "markings", decide(wider, granted, label(), "us.cbp"));
    }
  }

  private OnwardSource keptUntil(String lastDay) {
    OnwardSource source = source(it -> it);
    return new OnwardSource(id, source.label(), List.of(), LocalDate.parse(lastDay));
  }

  /** The agreement grants 90 days. NOW is 1 June, and the day of the key is what counts. */
  @Test
  void whatPassesItOn_outlivesItNowhere() {
    Policy wider = amongThree();
    assertEquals(90, days(decide(wider, keptUntil("2026-08-30"), label(), "us.cbp")));
    assertEquals(89, days(decide(wider, keptUntil("2026-08-29"), label(), "us.cbp")));
    assertEquals(1, days(decide(wider, keptUntil("2026-06-02"), label(), "us.cbp")));
    for (String over : List.of("2026-06-01", "2026-05-01")) {
      PolicyDecision tooLate = decide(wider, keptUntil(over), label(), "us.cbp");
      refused(Code.ONWARD_REFUSED, "retention_days", tooLate);
      assertTrue(
          tooLate.refusals().get(0).reason().contains("for 0 more days; a message"),
          tooLate.refusals().get(0).reason());
    }
    assertEquals(1, days(decide(wider, keptUntil("2026-06-01"), label(), "sg.police")));
    // The shortest binds, and both recipients of one message alike.
    PolicyDecision both =
        wider
            .egress()
            .decide(
                checked(label().setAgreement("sample"), "us.cbp", "sg.police"),
                List.of(keptUntil("2026-07-01"), keptUntil("2026-06-11"), source(it -> it)),
                FR,
                NOW);
    assertEquals(
        List.of(10, 10), both.permits().stream().map(permit -> permit.retentionDays()).toList());
    assertEquals(
        List.of(10),
        both.permitted(id).stream().map(part -> part.label().getRetentionDays()).toList());
  }

  /** The recipient counts the days from its receipt, so the way is bounded by the source, too. */
  @Test
  void whatPassesItOn_arrivesBeforeItsSourceIsDestroyed() {
    Policy wider = amongThree();
    PolicyDecision late = decide(wider, keptUntil("2026-06-11"), label(), "us.cbp");
    assertEquals(NOW.plus(Duration.ofDays(10)), late.permitted(id).get(0).expires());
    PolicyDecision unbound = decide(wider, source(it -> it), label(), "us.cbp");
    PolicyDecision early = decide(wider, keptUntil("2026-08-29"), label(), "us.cbp");
    assertEquals(
        unbound.permitted(id).get(0).expires(),
        early.permitted(id).get(0).expires(),
        "the agreement's time to deliver is shorter");
  }

  private int days(PolicyDecision decision) {
    assertEquals(1, decision.permits().size(), decision.refusals().toString());
    return decision.permitted(id).get(0).label().getRetentionDays();
  }

  private Policy amongThree() {
    return policy(
        "WITHIN_PARTIES",
        "    - agency: sg.police\n",
        "    - agency: sg.police\n    - agency: us.cbp\n");
  }

  /** Passing on cannot lose what keeps a message out of other systems. */
  @Test
  void sourceThatMayNotBeExported_goesOnlyUnderAnAgreementThatForbidsItToo() {
    OnwardSource source = source(it -> it.addObligations(Obligation.OBLIGATION_NO_EXPORT));
    Policy policy = amongThree();
    refused(Code.ONWARD_REFUSED, "no_export", decide(policy, source, label(), "us.cbp"));
    assertEquals(1, decide(policy, source, label(), "sg.police").permits().size());
    Policy strict =
        policy(
            "WITHIN_PARTIES",
            "    - agency: sg.police\n",
            "    - agency: sg.police\n    - agency: us.cbp\n",
            "WITHIN_PARTIES",
            "WITHIN_PARTIES\n  no_export: true");
    FulfilmentSnapshot fulfils =
        new FulfilmentSnapshot(Map.of(new AgencyName("us.cbp"), Fulfilment.ofRelease(Set.of())));
    PolicyDecision decision =
        decide(
            new Policy(strict.rulebook(), DemoMembership.demo(), fulfils, 100),
            source,
            label().setAgreement("sample"),
            "us.cbp");
    assertEquals(1, decision.permits().size(), decision.refusals()::toString);
    assertTrue(
        decision
            .permitted(id)
            .get(0)
            .label()
            .getObligationsList()
            .contains(Obligation.OBLIGATION_NO_EXPORT));
  }

  @Test
  void agreementThatIsNotKnownAnyMore_refuses() {
    refused(
        Code.ONWARD_REFUSED,
        "agreement",
        decide(policy("WITHIN_PARTIES"), source(it -> it.setAgreement("gone")), label(), "us.cbp"));
  }

  /** Nobody is left out without a word because the draft was addressed to everybody. */
  @Test
  void recipientsThatWereNotNamed_areToldOfToo() {
    Draft.Builder draft = PolicyFixture.draft(label());
    draft.getToBuilder().setWhomAgreementsAllow(true);
    PolicyDecision decision =
        policy("NONE")
            .egress()
            .decide(PolicyFixture.checked(draft), List.of(source(it -> it)), FR, NOW);
    assertEquals(
        List.of("sg.police"),
        decision.permits().stream().map(permit -> permit.recipient().value()).toList());
    assertEquals(List.of("us.cbp"), decision.refusals().stream().map(Refusal::recipient).toList());
  }
}
