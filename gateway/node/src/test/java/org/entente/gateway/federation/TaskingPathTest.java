package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Addressed;
import org.entente.proto.v1.ChargeState;
import org.entente.proto.v1.ChargeStep;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.InformationAddressees;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.ListChargesRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Precedence;
import org.entente.proto.v1.TakeChargeRequest;
import org.entente.proto.v1.TaskingGrpc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Over real gateways: one is asked to act, another informed, and the originator hears who acts. */
class TaskingPathTest {
  private static final Duration LONG = Duration.ofDays(3);
  private static final OnBehalfOf OFFICER =
      OnBehalfOf.newBuilder().setOfficer("DE-7").setUnit("Hamburg").build();

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  private MessageId ask() {
    return federation.send(
        FR,
        "check the consignment",
        LONG,
        draft -> {
          draft.getLabelBuilder().setPrecedence(Precedence.PRECEDENCE_OVERRIDE);
          draft
              .getToBuilder()
              .addAgencies(DE)
              .setInformation(
                  InformationAddressees.newBuilder().addAgencies(SG).setLane(Lane.LANE_PRIORITY));
        });
  }

  private void take(String agency, MessageId message, ChargeStep step) {
    String to =
        TaskingGrpc.newBlockingStub(federation.channel(agency))
            .takeCharge(
                TakeChargeRequest.newBuilder()
                    .setMessageId(ByteString.copyFrom(message.bytes()))
                    .setStep(step)
                    .setNote("team is on its way")
                    .setOnBehalfOf(OFFICER)
                    .build())
            .getOriginator();
    assertEquals(FR, to);
  }

  private List<ChargeState> charges() {
    return TaskingGrpc.newBlockingStub(federation.channel(FR))
        .listCharges(ListChargesRequest.getDefaultInstance())
        .getChargesList();
  }

  @Test
  void oneActs_anotherIsInformed_andTheOriginatorAloneHearsWhoTookItInCharge() {
    federation.start(FR, DE, HUB, SG);
    MessageId message = ask();
    Delivery asked = federation.receive(DE, 1).get(0);
    Delivery informed = federation.receive(SG, 1).get(0);
    assertEquals(Addressed.ADDRESSED_ACTION, asked.getLabel().getAddressed());
    assertEquals(Lane.LANE_FLASH, asked.getLabel().getLane());
    assertEquals(Addressed.ADDRESSED_INFORMATION, informed.getLabel().getAddressed());
    assertEquals(Lane.LANE_PRIORITY, informed.getLabel().getLane());
    assertEquals(Precedence.PRECEDENCE_OVERRIDE, informed.getLabel().getPrecedence());
    assertFalse(asked.getLabel().hasAddressees());
    assertEquals(asked.getLabel().getMessageId(), informed.getLabel().getMessageId());

    take(DE, message, ChargeStep.CHARGE_STEP_TAKEN);
    Delivery told = federation.receive(FR, 1).get(0);
    assertEquals(Kind.KIND_CHARGE, told.getLabel().getKind());
    assertEquals("team is on its way", told.getBody().getCharge().getNote());
    ChargeState state = charges().get(0);
    assertEquals(DE, state.getAgency());
    assertEquals("Hamburg", state.getCharge().getUnit());

    ListChargesRequest ofOwn = ListChargesRequest.newBuilder().setOwn(true).build();
    ChargeState own =
        TaskingGrpc.newBlockingStub(federation.channel(DE)).listCharges(ofOwn).getCharges(0);
    assertEquals(FR, own.getAgency());
    assertEquals(state.getCharge(), own.getCharge());
    for (String other : List.of(FR, SG)) {
      assertEquals(
          0,
          TaskingGrpc.newBlockingStub(federation.channel(other))
              .listCharges(ofOwn)
              .getChargesCount(),
          other);
    }

    take(DE, message, ChargeStep.CHARGE_STEP_GIVEN_BACK);
    federation.receive(FR, 1);
    assertEquals(
        List.of(ChargeStep.CHARGE_STEP_GIVEN_BACK),
        charges().stream().map(one -> one.getCharge().getStep()).toList());

    // Singapore hears nothing of it: the next that it is given is what is sent to it next.
    federation.send(FR, "something else", LONG, SG);
    assertEquals(List.of("something else"), RunningFederation.headlines(federation.receive(SG, 1)));
  }

  @Test
  void messageThatWasNeverReceived_cannotBeTakenInCharge() {
    federation.start(FR, DE);
    MessageId message = federation.send(FR, "for nobody here", LONG, DE);
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class, () -> take(FR, message, ChargeStep.CHARGE_STEP_TAKEN));
    assertTrue(String.valueOf(refused.getMessage()).contains("NOT_FOUND"), refused.getMessage());
    assertEquals(List.of(), charges());
  }
}
