package org.entente.gateway.policy.decide;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.checked;
import static org.entente.gateway.policy.decide.PolicyFixture.draft;
import static org.entente.gateway.policy.decide.PolicyFixture.label;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.check.DraftCheck;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.check.ReceivedLabels;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.proto.v1.Addressed;
import org.entente.proto.v1.Addressees;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.InformationAddressees;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Purpose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is asked for the action, who has it for information, and who learns of whom. */
class InformationAddresseesTest {
  private static final MessageId ID = MessageId.parse("0198c0ffee0070008000000000000001");
  private static final String DE = "de.customs";
  private static final String SG = "sg.police";
  private static final String US = "us.cbp";

  @TempDir private Path folder;

  private static Label.Builder warning() {
    return label()
        .setCategory(Category.CATEGORY_PUBLIC_WARNING)
        .setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY)
        .setLane(org.entente.proto.v1.Lane.LANE_IMMEDIATE);
  }

  private static Draft.Builder informing(String... informed) {
    Draft.Builder draft = draft(warning(), DE);
    draft
        .getToBuilder()
        .setInformation(InformationAddressees.newBuilder().addAllAgencies(List.of(informed)));
    return draft;
  }

  private static PolicyDecision decided(Draft.Builder draft) {
    return PolicyFixture.demo().egress().decide(checked(draft), FR, NOW);
  }

  private static List<String> recipients(Permitted part) {
    return part.permits().stream().map(permit -> permit.recipient().value()).toList();
  }

  @Test
  void informed_haveAMessageOfTheirOwn_underTheSameId_whoseLabelSaysSo() {
    List<Permitted> parts = decided(informing(SG, US)).permitted(ID);
    assertEquals(
        List.of(List.of(DE), List.of(SG, US)),
        parts.stream().map(InformationAddresseesTest::recipients).toList());
    assertEquals(
        List.of(Addressed.ADDRESSED_ACTION, Addressed.ADDRESSED_INFORMATION),
        parts.stream().map(part -> part.label().getAddressed()).toList());
    assertEquals(List.of(ID, ID), parts.stream().map(Permitted::messageId).toList());
    assertEquals(
        List.of(Lane.IMMEDIATE, Lane.IMMEDIATE), parts.stream().map(Permitted::lane).toList());
  }

  @Test
  void informed_mayHaveALowerLane_whichPolicyIsAskedAbout_andNeverAHigher() {
    Draft.Builder draft = informing(SG);
    draft.getToBuilder().getInformationBuilder().setLane(org.entente.proto.v1.Lane.LANE_ROUTINE);
    assertEquals(
        List.of(Lane.IMMEDIATE, Lane.ROUTINE),
        decided(draft).permitted(ID).stream().map(Permitted::lane).toList());

    Policy slow =
        PolicyFixture.policy(
            folder,
            Map.of(
                "a.yaml",
                PolicyFixture.sample(),
                "node-rules.yaml",
                """
                rules:
                  - id: no-routine
                    when: EGRESS
                    deny_if: label.lane == Lane.LANE_ROUTINE
                    reason: nothing goes slowly
                """));
    Draft.Builder toSingapore = draft(label().setLane(org.entente.proto.v1.Lane.LANE_FLASH));
    toSingapore
        .getToBuilder()
        .setInformation(
            InformationAddressees.newBuilder()
                .addAgencies(SG)
                .setLane(org.entente.proto.v1.Lane.LANE_ROUTINE));
    List<Refusal> refusals = slow.egress().decide(checked(toSingapore), FR, NOW).refusals();
    assertEquals(List.of(Code.NODE_RULE), refusals.stream().map(Refusal::code).toList());

    draft.getToBuilder().getInformationBuilder().setLane(org.entente.proto.v1.Lane.LANE_FLASH);
    assertEquals(List.of("to.information.lane"), problems(draft));
  }

  private static List<String> problems(Draft.Builder draft) {
    DraftCheck check = new LabelCheck(MessageLimits.defaults()).draft(draft.build(), NOW);
    return assertInstanceOf(DraftCheck.InvalidDraft.class, check).problems().stream()
        .map(Problem::field)
        .toList();
  }

  @Test
  void informationLane_isHeldAgainstThePrecedence_whereNoLaneIsStated() {
    Draft.Builder draft = informing(SG);
    draft
        .getLabelBuilder()
        .clearLane()
        .setPrecedence(org.entente.proto.v1.Precedence.PRECEDENCE_PRIORITY);
    draft.getToBuilder().getInformationBuilder().setLane(org.entente.proto.v1.Lane.LANE_IMMEDIATE);
    assertEquals(List.of("to.information.lane"), problems(draft));
  }

  @Test
  void agencyInBoth_isForAction_andOneThatIsOnlyMeantByEverybody_forInformation() {
    List<Permitted> both = decided(informing(DE, SG)).permitted(ID);
    assertEquals(List.of(DE), recipients(both.get(0)));
    assertEquals(List.of(SG), recipients(both.get(1)));

    Draft.Builder everybody = informing(SG);
    everybody.getToBuilder().clearAgencies().setWhomAgreementsAllow(true);
    List<Permitted> parts = decided(everybody).permitted(ID);
    assertEquals(List.of(DE, US), recipients(parts.get(0)));
    assertEquals(List.of(SG), recipients(parts.get(1)));
  }

  @Test
  void addressees_areToldToNobody_unlessTheirOriginatorDisclosesThem() {
    Draft.Builder draft = informing(SG);
    decided(draft)
        .permitted(ID)
        .forEach(part -> assertFalse(part.label().hasAddressees(), part.label()::toString));

    Addressees all = Addressees.newBuilder().addAction(DE).addInformation(SG).build();
    assertEquals(
        List.of(all, all),
        decided(draft.setDiscloseAddressees(true)).permitted(ID).stream()
            .map(part -> part.label().getAddressees())
            .toList());
  }

  @Test
  void refusedAddressees_areNotDisclosed_andAreToldToTheAuthor() {
    // IPR goes to Germany, and to the United States under no agreement.
    Draft.Builder draft = draft(label(), DE).setDiscloseAddressees(true);
    draft.getToBuilder().setInformation(InformationAddressees.newBuilder().addAgencies(US));
    PolicyDecision decision = decided(draft);
    assertEquals(List.of(US), decision.refusals().stream().map(Refusal::recipient).toList());
    assertEquals(
        Addressees.newBuilder().addAction(DE).build(),
        decision.permitted(ID).get(0).label().getAddressees());
  }

  @Test
  void gatewaysFields_areNotForClients() {
    Draft.Builder draft = draft(warning(), DE);
    draft.getLabelBuilder().setAddressed(Addressed.ADDRESSED_INFORMATION);
    draft.getLabelBuilder().getAddresseesBuilder().addAction(SG);
    assertEquals(List.of("label.addressed", "label.addressees"), problems(draft));
  }

  @Test
  void receivedAddressees_areBounded_andNamesOfAgencies() {
    Label good = decided(informing(SG).setDiscloseAddressees(true)).permitted(ID).get(0).label();
    assertEquals(List.of(), ReceivedLabels.problems(good));
    Label.Builder odd = good.toBuilder();
    odd.getAddresseesBuilder().addInformation("no agency\n");
    assertEquals(
        "label.addressees.information", ReceivedLabels.problems(odd.build()).get(0).field());
    Label.Builder many = good.toBuilder();
    many.getAddresseesBuilder().addAllAction(Stream.generate(() -> DE).limit(600).toList());
    assertEquals("label.addressees", ReceivedLabels.problems(many.build()).get(0).field());
  }

  @Test
  void onlyInformed_isAnAddressing_andNobodyIsNot() {
    Draft.Builder only = draft(warning());
    assertEquals(List.of("to"), problems(only));
    only.getToBuilder().setInformation(InformationAddressees.getDefaultInstance());
    assertEquals(List.of("to.information"), problems(only));
    only.getToBuilder().getInformationBuilder().addAgencies(SG);
    assertEquals(List.of(SG), recipients(decided(only).permitted(ID).get(0)));
  }

  @Test
  void jointOperation_goesToItsMembers_andInformsNobodyBesides() {
    Draft.Builder draft = draft(warning());
    draft.getToBuilder().setOperation(ByteString.copyFrom(new byte[16]));
    draft.getToBuilder().getInformationBuilder().addAgencies(SG);
    assertEquals(List.of("to.operation"), problems(draft));
  }
}
