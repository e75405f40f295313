package org.entente.gateway.rpc;

import static org.entente.gateway.rpc.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLException;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.ActOnIprCaseRequest;
import org.entente.proto.v1.AnswerIprNoticeRequest;
import org.entente.proto.v1.DecideRecordationRequest;
import org.entente.proto.v1.IprAnswer;
import org.entente.proto.v1.IprCaseKind;
import org.entente.proto.v1.IprConclusion;
import org.entente.proto.v1.IprDeclarantAnswer;
import org.entente.proto.v1.IprDeclaration;
import org.entente.proto.v1.IprGoods;
import org.entente.proto.v1.IprNotification;
import org.entente.proto.v1.IprOutcome;
import org.entente.proto.v1.IprParty;
import org.entente.proto.v1.IprProcedureGrpc;
import org.entente.proto.v1.IprProcedureGrpc.IprProcedureBlockingStub;
import org.entente.proto.v1.IprRight;
import org.entente.proto.v1.IprStage;
import org.entente.proto.v1.ListIprCasesRequest;
import org.entente.proto.v1.ListIprNoticesRequest;
import org.entente.proto.v1.ListOwnRecordationsRequest;
import org.entente.proto.v1.ListRecordationsRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.ReadIprCaseRequest;
import org.entente.proto.v1.ReadIprNoticeRequest;
import org.entente.proto.v1.ReadRecordationRequest;
import org.entente.proto.v1.RecordRightRequest;
import org.entente.proto.v1.RecordationContent;
import org.entente.proto.v1.RecordationDecision;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.SuspendGoodsRequest;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Who may call what, over TLS with generated clients; what follows is ProcedureTest's. */
class IprServiceTest {
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("FR-7").setJustification("file 12/26").build();
  private static final ByteString NOTHING = ByteString.copyFrom(new byte[MessageId.SIZE]);

  @AutoClose private final Edge edge = new Edge();
  private InetSocketAddress address;
  private IprProcedureBlockingStub officer;
  private IprProcedureBlockingStub holder;
  private IprProcedureBlockingStub other;

  @BeforeEach
  void start() throws IOException {
    address = edge.startClients().address();
    officer = stub("all");
    holder = stub("holder");
    other = stub("other-holder");
  }

  private IprProcedureBlockingStub stub(String client) throws SSLException {
    return IprProcedureGrpc.newBlockingStub(edge.channel(address, edge.client(client)));
  }

  private ByteString granted() {
    ByteString id =
        officer
            .recordRight(
                RecordRightRequest.newBuilder()
                    .setContent(
                        RecordationContent.newBuilder()
                            .setRight(IprRight.IPR_RIGHT_DESIGN)
                            .setRightNumber("RCD 1")
                            .setHolderName("Toys SA")
                            .addProducts("dolls")
                            .setContact("legal@toys.example")
                            .setHolderClient("holder"))
                    .setOnBehalfOf(PERSON)
                    .build())
            .getRecordation()
            .getRecordationId();
    long until = Instant.now().plus(Duration.ofDays(30)).toEpochMilli();
    return officer
        .decideRecordation(
            DecideRecordationRequest.newBuilder()
                .setRecordationId(id)
                .setDecision(RecordationDecision.RECORDATION_DECISION_GRANT)
                .setValidTo(Timestamps.fromMillis(until))
                .setOnBehalfOf(PERSON)
                .build())
        .getRecordation()
        .getRecordationId();
  }

  private ByteString suspended(ByteString right) {
    return officer
        .suspendGoods(
            SuspendGoodsRequest.newBuilder()
                .setKind(IprCaseKind.IPR_CASE_KIND_STANDARD)
                .setRecordationId(right)
                .setGoods(
                    IprGoods.newBuilder()
                        .setDescription("dolls")
                        .setQuantity("40 boxes")
                        .setPlace("Roissy"))
                .setOnBehalfOf(PERSON)
                .build())
        .getIprCase()
        .getCaseId();
  }

  private ActOnIprCaseRequest.Builder act(ByteString id) {
    return ActOnIprCaseRequest.newBuilder().setCaseId(id).setOnBehalfOf(PERSON);
  }

  private void notify(ByteString id, IprParty party) {
    assertEquals(
        id,
        officer
            .actOnIprCase(act(id).setNotify(IprNotification.newBuilder().setParty(party)).build())
            .getIprCase()
            .getCaseId());
  }

  private static AnswerIprNoticeRequest answer(ByteString id, IprAnswer answer) {
    return AnswerIprNoticeRequest.newBuilder()
        .setCaseId(id)
        .setAnswer(answer)
        .setOnBehalfOf(PERSON)
        .build();
  }

  @Test
  void case_goesFromSuspensionToDestruction() {
    ByteString id = suspended(granted());
    notify(id, IprParty.IPR_PARTY_DECLARANT);
    notify(id, IprParty.IPR_PARTY_RIGHTS_HOLDER);
    assertEquals(
        id,
        holder
            .listIprNotices(ListIprNoticesRequest.getDefaultInstance())
            .getNotices(0)
            .getCaseId());
    holder.answerIprNotice(answer(id, IprAnswer.IPR_ANSWER_CONFIRMS));
    holder.answerIprNotice(answer(id, IprAnswer.IPR_ANSWER_AGREES_TO_DESTRUCTION));
    assertRefused(
        Status.Code.FAILED_PRECONDITION,
        "DEADLINE_RUNS",
        () ->
            officer.actOnIprCase(
                act(id)
                    .setConclude(
                        IprConclusion.newBuilder()
                            .setOutcome(IprOutcome.IPR_OUTCOME_DEEMED_ABANDONED))
                    .build()));
    officer.actOnIprCase(
        act(id)
            .setDeclaration(
                IprDeclaration.newBuilder()
                    .setAnswer(IprDeclarantAnswer.IPR_DECLARANT_ANSWER_AGREES))
            .build());
    assertEquals(
        IprStage.IPR_STAGE_CLOSED,
        officer
            .actOnIprCase(
                act(id)
                    .setConclude(
                        IprConclusion.newBuilder().setOutcome(IprOutcome.IPR_OUTCOME_DESTROYED))
                    .build())
            .getIprCase()
            .getStage());
    assertRefused(
        Status.Code.FAILED_PRECONDITION,
        "OUT_OF_ORDER",
        () -> holder.answerIprNotice(answer(id, IprAnswer.IPR_ANSWER_GENUINE)));
  }

  /** Threat 58: another holder learns nothing, not even that there is such a case. */
  @Test
  void otherHolder_getsNotFound_asForNothing() {
    ByteString id = suspended(granted());
    notify(id, IprParty.IPR_PARTY_RIGHTS_HOLDER);
    for (ByteString asked : List.of(id, NOTHING)) {
      assertRefused(
          Status.Code.NOT_FOUND,
          "NOT_FOUND",
          () ->
              other.readIprNotice(
                  ReadIprNoticeRequest.newBuilder()
                      .setCaseId(asked)
                      .setOnBehalfOf(PERSON)
                      .build()));
      assertRefused(
          Status.Code.NOT_FOUND,
          "NOT_FOUND",
          () -> other.answerIprNotice(answer(asked, IprAnswer.IPR_ANSWER_GENUINE)));
    }
    assertEquals(
        0,
        other
            .listOwnRecordations(ListOwnRecordationsRequest.getDefaultInstance())
            .getRecordationsCount());
  }

  /** Threat 58: the scopes of officers and of holders open nothing of the other. */
  @Test
  void holder_isDeniedWhatIsForOfficers_andOfficersWhatIsForHolders() {
    for (Executable call :
        List.<Executable>of(
            () -> holder.recordRight(RecordRightRequest.getDefaultInstance()),
            () -> holder.decideRecordation(DecideRecordationRequest.getDefaultInstance()),
            () -> holder.listRecordations(ListRecordationsRequest.getDefaultInstance()),
            () -> holder.readRecordation(ReadRecordationRequest.getDefaultInstance()),
            () -> holder.suspendGoods(SuspendGoodsRequest.getDefaultInstance()),
            () -> holder.actOnIprCase(ActOnIprCaseRequest.getDefaultInstance()),
            () -> holder.listIprCases(ListIprCasesRequest.getDefaultInstance()),
            () -> holder.readIprCase(ReadIprCaseRequest.getDefaultInstance()),
            () ->
                SearchGrpc.newBlockingStub(holder.getChannel())
                    .search(SearchRequest.getDefaultInstance()),
            () -> officer.listOwnRecordations(ListOwnRecordationsRequest.getDefaultInstance()),
            () -> officer.listIprNotices(ListIprNoticesRequest.getDefaultInstance()),
            () -> officer.readIprNotice(ReadIprNoticeRequest.getDefaultInstance()),
            () -> officer.answerIprNotice(AnswerIprNoticeRequest.getDefaultInstance()))) {
      assertRefused(Status.Code.PERMISSION_DENIED, "SCOPE_MISSING", call);
    }
    assertEquals(List.of(), edge.behind.recorded);
  }
}
