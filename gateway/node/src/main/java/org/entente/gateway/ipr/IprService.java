package org.entente.gateway.ipr;

import io.grpc.stub.StreamObserver;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.ipr.HolderDesk;
import org.entente.gateway.ipr.IprOffice;
import org.entente.gateway.ipr.IprResult;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.ActOnIprCaseRequest;
import org.entente.proto.v1.ActOnIprCaseResponse;
import org.entente.proto.v1.AnswerIprNoticeRequest;
import org.entente.proto.v1.AnswerIprNoticeResponse;
import org.entente.proto.v1.DecideRecordationRequest;
import org.entente.proto.v1.DecideRecordationResponse;
import org.entente.proto.v1.IprProcedureGrpc;
import org.entente.proto.v1.ListIprCasesRequest;
import org.entente.proto.v1.ListIprCasesResponse;
import org.entente.proto.v1.ListIprNoticesRequest;
import org.entente.proto.v1.ListIprNoticesResponse;
import org.entente.proto.v1.ListOwnRecordationsRequest;
import org.entente.proto.v1.ListOwnRecordationsResponse;
import org.entente.proto.v1.ListRecordationsRequest;
import org.entente.proto.v1.ListRecordationsResponse;
import org.entente.proto.v1.ReadIprCaseRequest;
import org.entente.proto.v1.ReadIprCaseResponse;
import org.entente.proto.v1.ReadIprNoticeRequest;
import org.entente.proto.v1.ReadIprNoticeResponse;
import org.entente.proto.v1.ReadRecordationRequest;
import org.entente.proto.v1.ReadRecordationResponse;
import org.entente.proto.v1.RecordRightRequest;
import org.entente.proto.v1.RecordRightResponse;
import org.entente.proto.v1.SuspendGoodsRequest;
import org.entente.proto.v1.SuspendGoodsResponse;

/** The IprProcedure service over {@link IprOffice} and {@link HolderDesk}. */
final class IprService extends IprProcedureGrpc.IprProcedureImplBase {
  private final IprOffice office;
  private final HolderDesk desk;

  IprService(IprOffice office, HolderDesk desk) {
    this.office = office;
    this.desk = desk;
  }

  @Override
  public void recordRight(
      RecordRightRequest request, StreamObserver<RecordRightResponse> observer) {
    NodeName officer = officer();
    answer(office.record(officer, request), observer);
  }

  @Override
  public void decideRecordation(
      DecideRecordationRequest request, StreamObserver<DecideRecordationResponse> observer) {
    NodeName officer = officer();
    answer(office.decide(officer, request), observer);
  }

  @Override
  public void listRecordations(
      ListRecordationsRequest request, StreamObserver<ListRecordationsResponse> observer) {
    Caller.require(Scope.IPR);
    answer(office.list(request), observer);
  }

  @Override
  public void readRecordation(
      ReadRecordationRequest request, StreamObserver<ReadRecordationResponse> observer) {
    NodeName officer = officer();
    answer(office.read(officer, request), observer);
  }

  @Override
  public void suspendGoods(
      SuspendGoodsRequest request, StreamObserver<SuspendGoodsResponse> observer) {
    NodeName officer = officer();
    answer(office.suspend(officer, request), observer);
  }

  @Override
  public void actOnIprCase(
      ActOnIprCaseRequest request, StreamObserver<ActOnIprCaseResponse> observer) {
    NodeName officer = officer();
    answer(office.act(officer, request), observer);
  }

  @Override
  public void listIprCases(
      ListIprCasesRequest request, StreamObserver<ListIprCasesResponse> observer) {
    Caller.require(Scope.IPR);
    answer(office.list(request), observer);
  }

  @Override
  public void readIprCase(
      ReadIprCaseRequest request, StreamObserver<ReadIprCaseResponse> observer) {
    NodeName officer = officer();
    answer(office.read(officer, request), observer);
  }

  @Override
  public void listOwnRecordations(
      ListOwnRecordationsRequest request, StreamObserver<ListOwnRecordationsResponse> observer) {
    NodeName holder = holder();
    answer(desk.recordations(holder, request), observer);
  }

  @Override
  public void listIprNotices(
      ListIprNoticesRequest request, StreamObserver<ListIprNoticesResponse> observer) {
    NodeName holder = holder();
    answer(desk.notices(holder, request), observer);
  }

  @Override
  public void readIprNotice(
      ReadIprNoticeRequest request, StreamObserver<ReadIprNoticeResponse> observer) {
    NodeName holder = holder();
    answer(desk.read(holder, request), observer);
  }

  @Override
  public void answerIprNotice(
      AnswerIprNoticeRequest request, StreamObserver<AnswerIprNoticeResponse> observer) {
    NodeName holder = holder();
    answer(desk.answer(holder, request), observer);
  }

  private static NodeName officer() {
    return Caller.require(Scope.IPR).name();
  }

  private static NodeName holder() {
    return Caller.require(Scope.RIGHTS_HOLDER).name();
  }

  private static <T> void answer(IprResult<T> answer, StreamObserver<T> observer) {
    if (answer instanceof IprResult.Refused<T> refused) {
      throw StatusMapper.exception(refused.problem());
    }
    observer.onNext(((IprResult.Done<T>) answer).response());
    observer.onCompleted();
  }
}
