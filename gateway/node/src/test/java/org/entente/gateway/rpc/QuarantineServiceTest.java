package org.entente.gateway.rpc;

import static org.entente.gateway.rpc.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.v1.DiscardQuarantinedRequest;
import org.entente.proto.v1.DiscardQuarantinedResponse;
import org.entente.proto.v1.LinksGrpc;
import org.entente.proto.v1.ListLinksRequest;
import org.entente.proto.v1.ListQuarantineRequest;
import org.entente.proto.v1.ListQuarantineResponse;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.PauseLinkRequest;
import org.entente.proto.v1.QuarantineGrpc;
import org.entente.proto.v1.QuarantineState;
import org.entente.proto.v1.QuarantineStep;
import org.entente.proto.v1.QuarantinedMessage;
import org.entente.proto.v1.ResumeLaneRequest;
import org.entente.proto.v1.RetryQuarantinedRequest;
import org.entente.proto.v1.ShowQuarantinedRequest;
import org.entente.proto.v1.UnpauseLinkRequest;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The Quarantine service, over entries that were set aside out of an inbox. */
class QuarantineServiceTest {
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("FR-3").setJustification("why").build();

  @AutoClose private final Edge edge = new Edge();
  private final ManagedChannel channel = edge.calling("all");
  private final ManagedChannel stranger = edge.calling("publisher");

  private QuarantineGrpc.QuarantineBlockingStub stub() {
    return QuarantineGrpc.newBlockingStub(channel);
  }

  private void setAside(int count) {
    for (int i = 1; i <= count; i++) {
      long position = i;
      edge.behind.ledger.commit(
          Lane.FLASH,
          tx ->
              edge.behind
                  .setting()
                  .put(
                      tx,
                      new ProcessingFailure(Code.DAMAGED, "CorruptRecord at InboxOpener.java:7"),
                      QuarantineRecord.newBuilder()
                          .setStep(
                              org.entente.proto.store.v1.QuarantineStep.QUARANTINE_STEP_DELIVERING)
                          .setAgency("de.customs")
                          .setLane(3)
                          .setPosition(position)
                          .addMessageIds(ByteString.copyFrom(new byte[16]))
                          .setUntilMs(Instant.now().plus(Duration.ofDays(60)).toEpochMilli()),
                      new byte[0]));
    }
  }

  @Test
  void client_withoutTheScope_isDeniedEveryCall_andChangesNothing() {
    setAside(1);
    QuarantineGrpc.QuarantineBlockingStub calls = QuarantineGrpc.newBlockingStub(stranger);
    List<Executable> all =
        List.of(
            () -> calls.listQuarantine(ListQuarantineRequest.getDefaultInstance()),
            () -> calls.showQuarantined(ShowQuarantinedRequest.newBuilder().setNumber(1).build()),
            () ->
                calls.retryQuarantined(
                    RetryQuarantinedRequest.newBuilder()
                        .setNumber(1)
                        .setOnBehalfOf(PERSON)
                        .build()),
            () ->
                calls.discardQuarantined(
                    DiscardQuarantinedRequest.newBuilder()
                        .setNumber(1)
                        .setOnBehalfOf(PERSON)
                        .build()));
    for (Executable call : all) {
      assertRefused("SCOPE_MISSING", "", call);
    }
    assertEquals(1, edge.behind.ledger.quarantine().waiting(0, 10).size());
  }

  @Test
  void client_withoutTheScope_isDeniedEveryCallAboutLinks() {
    LinksGrpc.LinksBlockingStub calls = LinksGrpc.newBlockingStub(stranger);
    List<Executable> all =
        List.of(
            () -> calls.listLinks(ListLinksRequest.getDefaultInstance()),
            () -> calls.pauseLink(PauseLinkRequest.newBuilder().setPeer("de.customs").build()),
            () -> calls.unpauseLink(UnpauseLinkRequest.newBuilder().setPeer("de.customs").build()),
            () -> calls.resumeLane(ResumeLaneRequest.newBuilder().setPeer("de.customs").build()));
    for (Executable call : all) {
      assertRefused("SCOPE_MISSING", "", call);
    }
    assertRefused(
        "INVALID_FIELD",
        "lane",
        () ->
            LinksGrpc.newBlockingStub(channel)
                .resumeLane(
                    ResumeLaneRequest.newBuilder()
                        .setPeer("de.customs")
                        .setOnBehalfOf(PERSON)
                        .build()));
  }

  @Test
  void list_pagesThroughWhatWaits_withoutContent() {
    setAside(3);
    ListQuarantineResponse first =
        stub().listQuarantine(ListQuarantineRequest.newBuilder().setPageSize(2).build());
    assertTrue(first.getMore());
    ListQuarantineResponse rest =
        stub().listQuarantine(ListQuarantineRequest.newBuilder().setAfter(2).build());
    assertFalse(rest.getMore());
    assertEquals(List.of(1L, 2L), numbers(first));
    assertEquals(List.of(3L), numbers(rest));
    QuarantinedMessage message = first.getMessages(0);
    assertEquals(QuarantineStep.QUARANTINE_STEP_DELIVERING, message.getStep());
    assertEquals(QuarantineState.QUARANTINE_STATE_WAITING, message.getState());
    assertEquals("DAMAGED", message.getCode());
    assertEquals("CorruptRecord at InboxOpener.java:7", message.getReason());
    assertEquals("de.customs", message.getAgency());
    assertEquals(org.entente.proto.v1.Lane.LANE_PRIORITY, message.getLane());
    assertEquals(3, message.getTries());
    long days = (message.getUntil().getSeconds() - message.getSince().getSeconds()) / 86_400;
    assertEquals(30, days, "no longer than the limit");
    assertFalse(message.hasDecidedAt());
    assertRefused(
        "INVALID_FIELD",
        "page_size",
        () -> stub().listQuarantine(ListQuarantineRequest.newBuilder().setPageSize(501).build()));
    assertRefused(
        "INVALID_FIELD",
        "after",
        () -> stub().listQuarantine(ListQuarantineRequest.newBuilder().setAfter(-1).build()));
  }

  private static List<Long> numbers(ListQuarantineResponse page) {
    return page.getMessagesList().stream().map(QuarantinedMessage::getNumber).toList();
  }

  @Test
  void discard_isDoneOnce_andShownAsDecided() {
    setAside(1);
    DiscardQuarantinedRequest request =
        DiscardQuarantinedRequest.newBuilder().setNumber(1).setOnBehalfOf(PERSON).build();
    DiscardQuarantinedResponse first = stub().discardQuarantined(request);
    // Nothing lies at its position in this inbox.
    assertEquals(QuarantineState.QUARANTINE_STATE_GONE, first.getMessage().getState());
    assertFalse(first.getBefore());
    DiscardQuarantinedResponse again = stub().discardQuarantined(request);
    assertTrue(again.getBefore());
    assertEquals(first.getMessage(), again.getMessage());
    assertTrue(first.getMessage().hasDecidedAt());
    assertEquals(
        List.of(), numbers(stub().listQuarantine(ListQuarantineRequest.getDefaultInstance())));
    assertEquals(
        List.of(1L),
        numbers(
            stub().listQuarantine(ListQuarantineRequest.newBuilder().setDecided(true).build())));
    assertEquals(
        first.getMessage(),
        stub()
            .showQuarantined(ShowQuarantinedRequest.newBuilder().setNumber(1).build())
            .getMessage());
  }

  @Test
  void unknownNumber_orNoPerson_isRefusedByField() {
    setAside(1);
    assertRefused(
        "NOT_FOUND",
        "number",
        () -> stub().showQuarantined(ShowQuarantinedRequest.newBuilder().setNumber(-7).build()));
    assertRefused(
        "NOT_FOUND",
        "number",
        () ->
            stub()
                .retryQuarantined(
                    RetryQuarantinedRequest.newBuilder()
                        .setNumber(9)
                        .setOnBehalfOf(PERSON)
                        .build()));
    assertRefused(
        "INVALID_FIELD",
        "on_behalf_of.officer",
        () ->
            stub().discardQuarantined(DiscardQuarantinedRequest.newBuilder().setNumber(1).build()));
  }
}
