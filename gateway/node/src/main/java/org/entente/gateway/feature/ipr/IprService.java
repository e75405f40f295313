package org.entente.gateway.feature.ipr;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.IprProcedureGrpc;

/** The IprProcedure service over {@link IprOffice} and {@link HolderDesk}. */
final class IprService implements BindableService {
  private final IprOffice office;
  private final HolderDesk desk;

  IprService(IprOffice office, HolderDesk desk) {
    this.office = office;
    this.desk = desk;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(IprProcedureGrpc.getServiceDescriptor())
        .unary(
            IprProcedureGrpc.getRecordRightMethod(),
            Scope.IPR,
            CallCost.CHANGE,
            (caller, request) -> required(office.record(caller.name(), request)))
        .unary(
            IprProcedureGrpc.getDecideRecordationMethod(),
            Scope.IPR,
            CallCost.CHANGE,
            (caller, request) -> required(office.decide(caller.name(), request)))
        .unary(
            IprProcedureGrpc.getListRecordationsMethod(),
            Scope.IPR,
            CallCost.READ,
            (caller, request) -> required(office.list(request)))
        .unary(
            IprProcedureGrpc.getReadRecordationMethod(),
            Scope.IPR,
            CallCost.READ,
            (caller, request) -> required(office.read(caller.name(), request)))
        .unary(
            IprProcedureGrpc.getSuspendGoodsMethod(),
            Scope.IPR,
            CallCost.CHANGE,
            (caller, request) -> required(office.suspend(caller.name(), request)))
        .unary(
            IprProcedureGrpc.getActOnIprCaseMethod(),
            Scope.IPR,
            CallCost.CHANGE,
            (caller, request) -> required(office.act(caller.name(), request)))
        .unary(
            IprProcedureGrpc.getListIprCasesMethod(),
            Scope.IPR,
            CallCost.READ,
            (caller, request) -> required(office.list(request)))
        .unary(
            IprProcedureGrpc.getReadIprCaseMethod(),
            Scope.IPR,
            CallCost.READ,
            (caller, request) -> required(office.read(caller.name(), request)))
        .unary(
            IprProcedureGrpc.getListOwnRecordationsMethod(),
            Scope.RIGHTS_HOLDER,
            CallCost.READ,
            (caller, request) -> required(desk.recordations(caller.name(), request)))
        .unary(
            IprProcedureGrpc.getListIprNoticesMethod(),
            Scope.RIGHTS_HOLDER,
            CallCost.READ,
            (caller, request) -> required(desk.notices(caller.name(), request)))
        .unary(
            IprProcedureGrpc.getReadIprNoticeMethod(),
            Scope.RIGHTS_HOLDER,
            CallCost.READ,
            (caller, request) -> required(desk.read(caller.name(), request)))
        .unary(
            IprProcedureGrpc.getAnswerIprNoticeMethod(),
            Scope.RIGHTS_HOLDER,
            CallCost.CHANGE,
            (caller, request) -> required(desk.answer(caller.name(), request)))
        .build();
  }

  private static <T> T required(IprResult<T> answer) {
    if (answer instanceof IprResult.Refused<T> refused) {
      throw StatusMapper.exception(refused.problem());
    }
    return ((IprResult.Done<T>) answer).response();
  }
}
