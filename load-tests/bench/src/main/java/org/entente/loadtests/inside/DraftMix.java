package org.entente.loadtests.inside;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Permit;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyDecision;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Intelligence;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.Statement;

/**
 * Drafts of several agencies, most of which policy permits: under the first agreement that is tried
 * or a later one, of the samples or of {@link LargeRulebook}. Some are held for a second person,
 * some are refused. Immutable.
 */
final class DraftMix {
  private static final int OF_PAIRS = 6;
  private static final String FRANCE = "fr.customs";
  private static final String SINGAPORE = "sg.police";

  private final List<ExpectedDraft> asked;

  /**
   * A draft with its expected decision.
   *
   * @param draft to one recipient
   * @param origin the sender
   * @param agreement the permitting agreement; empty if it is refused
   */
  record ExpectedDraft(CheckedDraft draft, AgencyName origin, String agreement) {
    /** The decision, which must be the expected one. */
    PolicyDecision decided(Policy policy, Instant now) {
      PolicyDecision decision = policy.egress().decide(draft, origin, now);
      String under = decision.permits().stream().map(Permit::agreement).findFirst().orElse("");
      if (!under.equals(agreement)) {
        throw new CommandFailure(
            "a draft of " + origin + " goes under \"" + under + "\", not \"" + agreement + "\"");
      }
      return decision;
    }
  }

  private DraftMix(List<ExpectedDraft> asked) {
    this.asked = List.copyOf(asked);
  }

  static DraftMix of(LargeRulebook agreements, Instant now) {
    List<ExpectedDraft> all = new ArrayList<>(bySamples(now));
    List<LargeMembership.Pair> pairs = agreements.bilateral();
    for (int i = 0; i < OF_PAIRS && !pairs.isEmpty(); i++) {
      int place = i * (pairs.size() - 1) / (OF_PAIRS - 1);
      LargeMembership.Pair pair = pairs.get(place);
      Label.Builder label =
          alert(Category.CATEGORY_IPR, Purpose.PURPOSE_IPR_ENFORCEMENT)
              .addHandling(Handling.HANDLING_H2)
              .addJurisdictions(LargeMembership.jurisdictionOf(new AgencyName(pair.customs())));
      boolean back = i % 2 == 1;
      String from = back ? pair.police() : pair.customs();
      String to = back ? pair.customs() : pair.police();
      all.add(asked(from, to, label, LargeRulebook.id(place), now));
    }
    return new DraftMix(all);
  }

  private static List<ExpectedDraft> bySamples(Instant now) {
    Label.Builder excise = alert(Category.CATEGORY_EXCISE, Purpose.PURPOSE_CUSTOMS_CONTROL);
    Label.Builder unsafe = alert(Category.CATEGORY_HAZARDOUS, Purpose.PURPOSE_PRODUCT_SAFETY);
    Label.Builder named = unsafe.clone().setPersonalData(true);
    Label.Builder rights = alert(Category.CATEGORY_IPR, Purpose.PURPOSE_IPR_ENFORCEMENT);
    Label.Builder drugs =
        alert(Category.CATEGORY_NARCOTICS, Purpose.PURPOSE_CRIME_PREVENTION)
            .setClassification(Classification.CLASSIFICATION_RESTRICTED)
            .addHandling(Handling.HANDLING_H0)
            .setPersonalData(true);
    Label.Builder delivery =
        alert(Category.CATEGORY_NARCOTICS, Purpose.PURPOSE_CRIMINAL_INVESTIGATION)
            .setKind(Kind.KIND_INTELLIGENCE)
            .setRequestedAction(RequestedAction.REQUESTED_ACTION_CONTROLLED_DELIVERY)
            .setLane(Lane.LANE_FLASH);
    Label.Builder assessed =
        rights.clone().setKind(Kind.KIND_INTELLIGENCE).setStatement(Statement.STATEMENT_ASSESSMENT);
    Label.Builder warning = alert(Category.CATEGORY_PUBLIC_WARNING, Purpose.PURPOSE_PUBLIC_SAFETY);
    Label.Builder fraud = alert(Category.CATEGORY_FRAUD, Purpose.PURPOSE_CUSTOMS_CONTROL);
    return Stream.of(
            asked(FRANCE, "de.customs", excise, "eu-customs-cooperation", now),
            asked("de.customs", "it.customs", unsafe, "eu-product-safety", now),
            asked("es.customs", "us.cbp", drugs, "eu-us-narcotics-hazardous", now),
            asked("us.cbp", "pt.customs", named, "", now),
            asked(FRANCE, SINGAPORE, delivery, "fr-sg-controlled-delivery", now),
            asked(FRANCE, SINGAPORE, rights, "fr-sg-ipr", now),
            asked(SINGAPORE, FRANCE, assessed, "fr-sg-ipr", now),
            asked(FRANCE, SINGAPORE, warning, "public-warnings", now),
            asked("jp.customs", "au.police", warning, "public-warnings", now),
            asked(FRANCE, SINGAPORE, fraud, "", now))
        .toList();
  }

  private static Label.Builder alert(Category category, Purpose purpose) {
    return Label.newBuilder()
        .setKind(Kind.KIND_ALERT)
        .setCategory(category)
        .setPurpose(purpose)
        .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED)
        .setCaseRef("C-2026-0417")
        .addMarkings("TLP:AMBER");
  }

  private static ExpectedDraft asked(
      String from, String to, Label.Builder label, String agreement, Instant now) {
    Draft draft =
        Draft.newBuilder()
            .setIdempotencyKey("asked")
            .setLabel(label)
            .setBody(body(label.getKind()))
            .setTo(Addressing.newBuilder().addAgencies(to))
            .setOnBehalfOf(
                OnBehalfOf.newBuilder().setOfficer("FR-3").setJustification("case C-2026-0417"))
            .build();
    if (new LabelCheck(MessageLimits.defaults()).draft(draft, now)
        instanceof CheckedDraft checked) {
      return new ExpectedDraft(checked, new AgencyName(from), agreement);
    }
    throw new CommandFailure("a draft to decide about is not valid: " + label);
  }

  private static Body body(Kind kind) {
    String headline = "Consignment of 40 cartons, declared as spare parts";
    return kind == Kind.KIND_INTELLIGENCE
        ? Body.newBuilder()
            .setIntelligence(Intelligence.newBuilder().setHeadline(headline).setLanguage("en"))
            .build()
        : Body.newBuilder()
            .setAlert(
                Alert.newBuilder()
                    .addTexts(AlertText.newBuilder().setLanguage("en").setHeadline(headline)))
            .build();
  }

  /** The drafts, in the order in which they are decided. */
  List<ExpectedDraft> asked() {
    return asked;
  }
}
