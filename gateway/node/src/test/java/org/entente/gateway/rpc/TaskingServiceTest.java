package org.entente.gateway.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import org.entente.proto.v1.ChargeStep;
import org.entente.proto.v1.ListChargesRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.TakeChargeRequest;
import org.entente.proto.v1.TaskingGrpc;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The Tasking service at the clients' port. */
class TaskingServiceTest {
  private static final TakeChargeRequest TAKE =
      TakeChargeRequest.newBuilder()
          .setMessageId(ByteString.copyFrom(new byte[16]))
          .setStep(ChargeStep.CHARGE_STEP_TAKEN)
          .setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer("DE-7"))
          .build();

  @AutoClose private final Edge edge = new Edge();
  private final TaskingGrpc.TaskingBlockingStub calls = stub(edge.calling("all"));
  private final TaskingGrpc.TaskingBlockingStub stranger = stub(edge.calling("publisher"));

  private static TaskingGrpc.TaskingBlockingStub stub(ManagedChannel channel) {
    return TaskingGrpc.newBlockingStub(channel);
  }

  private static void assertRefused(String reason, Executable call) {
    assertEquals(reason, Refusals.of(assertThrows(StatusRuntimeException.class, call)).reason());
  }

  @Test
  void client_withoutTheScope_isDeniedEveryCall() {
    assertRefused("SCOPE_MISSING", () -> stranger.takeCharge(TAKE));
    assertRefused(
        "SCOPE_MISSING", () -> stranger.listCharges(ListChargesRequest.getDefaultInstance()));
  }

  @Test
  void message_thatIsNotHere_isNotFound_andAnIdThatIsNone_isRefused() {
    assertRefused("NOT_FOUND", () -> calls.takeCharge(TAKE));
    assertRefused(
        "INVALID_FIELD",
        () -> calls.takeCharge(TAKE.toBuilder().setMessageId(ByteString.EMPTY).build()));
  }

  @Test
  void list_isEmptyAtFirst_andItsPagesAreBounded() {
    assertEquals(0, calls.listCharges(ListChargesRequest.getDefaultInstance()).getChargesCount());
    assertRefused(
        "INVALID_FIELD",
        () -> calls.listCharges(ListChargesRequest.newBuilder().setPageSize(501).build()));
    for (int length : new int[] {1, 16, 17, 65}) {
      byte[] token = new byte[length];
      token[length - 1] = 1;
      assertRefused(
          "INVALID_FIELD",
          () ->
              calls.listCharges(
                  ListChargesRequest.newBuilder()
                      .setPageToken(ByteString.copyFrom(token))
                      .build()));
    }
  }
}
