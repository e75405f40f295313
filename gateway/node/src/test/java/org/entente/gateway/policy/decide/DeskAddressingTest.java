package org.entente.gateway.policy.decide;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.policy.decide.PolicyFixture.checked;
import static org.entente.gateway.policy.decide.PolicyFixture.draft;
import static org.entente.gateway.policy.decide.PolicyFixture.label;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.DraftCheck;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.check.ReceivedLabels;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.testkit.Agencies;
import org.entente.proto.v1.Addressed;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.DeskAddress;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Purpose;
import org.junit.jupiter.api.Test;

/** Drafts that name desks: whom they go to, who reads of which desk, and what is refused. */
class DeskAddressingTest {
  private static final MessageId ID = MessageId.parse("0198c0ffee0070008000000000000001");
  private static final String DE = "de.customs";
  private static final String SG = "sg.police";
  private static final String US = "us.cbp";

  private static DeskAddress desk(String agency, String desk) {
    return DeskAddress.newBuilder().setAgency(agency).setDesk(desk).build();
  }

  private static Draft.Builder to(DeskAddress... desks) {
    Draft.Builder draft =
        draft(
            label()
                .setCategory(Category.CATEGORY_PUBLIC_WARNING)
                .setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY));
    draft.getToBuilder().addAllDesks(List.of(desks));
    return draft;
  }

  private static PolicyDecision decided(Draft.Builder draft) {
    return PolicyFixture.demo().egress().decide(checked(draft), FR, NOW);
  }

  /** Recipients by what their label says of desks. */
  private static Map<String, List<String>> desks(List<Permitted> parts) {
    return new TreeMap<>(
        parts.stream()
            .collect(
                Collectors.toMap(
                    part ->
                        part.permits().stream()
                            .map(permit -> permit.recipient().value())
                            .collect(Collectors.joining("+")),
                    part -> part.label().getDesksList())));
  }

  @Test
  void desk_makesItsAgencyARecipient_whoseLabelAloneNamesIt() {
    Draft.Builder draft = to(desk(DE, "narcotics"), desk(DE, "ipr"), desk(SG, "cargo"));
    draft.getToBuilder().addAgencies(US);
    assertEquals(
        Map.of(DE, List.of("ipr", "narcotics"), SG, List.of("cargo"), US, List.of()),
        desks(decided(draft).permitted(ID)));
  }

  @Test
  void desksOfTheSameName_shareAMessage_sinceNeitherLearnsOfTheOther() {
    assertEquals(
        Map.of(DE + "+" + SG, List.of("narcotics")),
        desks(decided(to(desk(DE, "narcotics"), desk(SG, "narcotics"))).permitted(ID)));
  }

  @Test
  void desk_narrowsHoweverElseItsAgencyIsAddressed() {
    Draft.Builder named = to(desk(DE, "narcotics"));
    named.getToBuilder().addAgencies(DE).addAgencies(SG);
    Map<String, List<String>> expected = Map.of(DE, List.of("narcotics"), SG, List.of());
    assertEquals(expected, desks(decided(named).permitted(ID)));
    Draft.Builder everybody = to(desk(DE, "narcotics"));
    everybody.getToBuilder().setWhomAgreementsAllow(true);
    assertEquals(
        List.of("narcotics"),
        desks(decided(everybody).permitted(ID)).entrySet().stream()
            .filter(entry -> entry.getKey().equals(DE))
            .findFirst()
            .orElseThrow()
            .getValue());
  }

  @Test
  void desksForInformation_makeTheirAgencyInformed_andOneOfBothIsAsked() {
    Draft.Builder draft = to(desk(DE, "narcotics"));
    draft
        .getToBuilder()
        .getInformationBuilder()
        .addDesks(desk(DE, "ipr"))
        .addDesks(desk(SG, "cargo"));
    List<Permitted> parts = decided(draft).permitted(ID);
    assertEquals(Map.of(DE, List.of("ipr", "narcotics"), SG, List.of("cargo")), desks(parts));
    assertEquals(
        List.of(Addressed.ADDRESSED_ACTION, Addressed.ADDRESSED_INFORMATION),
        parts.stream().map(part -> part.label().getAddressed()).toList());
  }

  @Test
  void disclosedAddressees_areAgencies_neverDesks() {
    Draft.Builder draft = to(desk(DE, "narcotics"), desk(SG, "cargo")).setDiscloseAddressees(true);
    for (Permitted part : decided(draft).permitted(ID)) {
      assertEquals(List.of(DE, SG), part.label().getAddressees().getActionList());
      assertEquals(1, part.label().getDesksCount());
    }
  }

  @Test
  void policy_decidesAboutTheAgency() {
    Draft.Builder stranger = to(desk("zz.customs", "narcotics"));
    assertEquals(
        List.of(Code.UNKNOWN_RECIPIENT),
        decided(stranger).refusals().stream().map(Refusal::code).toList());
    Draft.Builder own = to(desk(FR.value(), "narcotics"));
    assertEquals(
        List.of(Code.NO_RECIPIENT), decided(own).refusals().stream().map(Refusal::code).toList());
  }

  private static List<String> problems(Draft.Builder draft) {
    DraftCheck check = new LabelCheck(MessageLimits.defaults()).draft(draft.build(), NOW);
    return assertInstanceOf(DraftCheck.InvalidDraft.class, check).problems().stream()
        .map(Problem::field)
        .toList();
  }

  @Test
  void names_thatAreNone_areRefusedByTheirPlace() {
    for (String name :
        List.of(
            "",
            "Narcotics",
            "nar cotics",
            "nar\u200bcotics",
            "n\u0430rcotics",
            "9",
            "a\nb",
            "a".repeat(33),
            "x/y",
            "-a")) {
      assertEquals(List.of("to.desks[0].desk"), problems(to(desk(DE, name))), name);
    }
    assertEquals(List.of("to.desks[0].agency"), problems(to(desk("DE", "narcotics"))));
    assertEquals(
        List.of("to.desks[1]"), problems(to(desk(DE, "narcotics"), desk(DE, "narcotics"))));
    Draft.Builder unknown = to();
    unknown
        .getToBuilder()
        .addDesks(
            desk(DE, "narcotics").toBuilder()
                .setUnknownFields(
                    UnknownFieldSet.newBuilder()
                        .addField(9, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build()));
    assertEquals(List.of("to.desks[0]"), problems(unknown));
  }

  @Test
  void aThousandDesks_areRefused_andNineOfOneAgency() {
    Draft.Builder many = to();
    IntStream.range(0, 1_000).forEach(i -> many.getToBuilder().addDesks(desk(DE, "d" + i)));
    assertEquals(List.of("to.desks"), problems(many));
    Draft.Builder nine = to();
    IntStream.range(0, 9).forEach(i -> nine.getToBuilder().addDesks(desk(DE, "d" + i)));
    assertEquals(List.of("to.desks[8]"), problems(nine));
    Draft.Builder both = to();
    IntStream.range(0, 8).forEach(i -> both.getToBuilder().addDesks(desk(DE, "d" + i)));
    both.getToBuilder().getInformationBuilder().addDesks(desk(DE, "e"));
    assertEquals(List.of("to.information.desks[0]"), problems(both));
  }

  @Test
  void besideAnOperation_desksOfMembersAreTaken_forInformationNot_norInALabel() {
    Draft.Builder operation = to(desk(DE, "narcotics"));
    operation.getToBuilder().setOperation(ByteString.copyFrom(new byte[16]));
    DraftCheck check = new LabelCheck(MessageLimits.defaults()).draft(operation.build(), NOW);
    assertEquals(
        List.of("narcotics"),
        assertInstanceOf(CheckedDraft.class, check).desks(new AgencyName(DE)));
    operation.getToBuilder().getInformationBuilder().addDesks(desk(DE, "ipr"));
    assertEquals(List.of("to.operation"), problems(operation));
    Draft.Builder labelled = to(desk(DE, "narcotics"));
    labelled.getLabelBuilder().addDesks("narcotics");
    assertEquals(List.of("label.desks"), problems(labelled));
  }

  // What a peer says ----------------------------------------------------------------------------

  private static List<String> received(String... desks) {
    Label label =
        decided(to(desk(DE, "narcotics"))).permitted(ID).get(0).label().toBuilder()
            .clearDesks()
            .addAllDesks(List.of(desks))
            .build();
    return ReceivedLabels.problems(label).stream().map(it -> it.code() + " " + it.field()).toList();
  }

  @Test
  void labelOfAPeer_namesFewDesks_inOrder_withoutHiddenCharacters() {
    assertEquals(List.of(), received("ipr", "narcotics"));
    assertEquals(List.of("INVALID_FIELD label.desks[1]"), received("narcotics", "ipr"));
    assertEquals(List.of("INVALID_FIELD label.desks[1]"), received("ipr", "ipr"));
    assertEquals(List.of("INVALID_FIELD label.desks[0]"), received("nar\u200bcotics"));
    assertEquals(List.of("INVALID_FIELD label.desks[0]"), received("\u202eipr"));
    assertEquals(List.of("INVALID_FIELD label.desks[0]"), received("a".repeat(100_000)));
    String[] thousand =
        IntStream.range(0, 1_000).mapToObj(i -> "d%04d".formatted(i)).toArray(String[]::new);
    assertEquals(List.of("INVALID_FIELD label.desks"), received(thousand));
  }

  /** Nothing travels under the permission of what gateways make. */
  @Test
  void kindOfGateways_withDesks_isRefused() {
    for (FixedLabel fixed : FixedLabels.all()) {
      Label label =
          fixed.of(ID, FR, org.entente.gateway.model.Lane.ROUTINE, false, NOW, NOW.plusSeconds(60));
      Label lying = label.toBuilder().addDesks("narcotics").build();
      IngressPolicy ingress = PolicyFixture.demo().ingress();
      assertInstanceOf(
          IngressPolicy.Verdict.Accepted.class, ingress.decide(FR, label, 10, Agencies.DE, NOW));
      IngressPolicy.Verdict verdict = ingress.decide(FR, lying, 10, Agencies.DE, NOW);
      assertEquals(
          Code.NOT_COVERED,
          assertInstanceOf(IngressPolicy.Verdict.Refused.class, verdict).refusal().code(),
          fixed.kind() == Kind.KIND_UNSPECIFIED ? "" : fixed.kind().name());
    }
  }
}
