package org.entente.gateway.feature.ipr;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import org.entente.gateway.account.Work;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.DiskUse;
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
            DiskUse.DEFERRABLE,
            (caller, request) -> StatusMapper.value(office.record(caller.name(), request)))
        .unary(
            IprProcedureGrpc.getDecideRecordationMethod(),
            Scope.IPR,
            CallCost.CHANGE,
            DiskUse.MIXED,
            (caller, request) -> StatusMapper.value(office.decide(caller.name(), request)))
        .unary(
            IprProcedureGrpc.getListRecordationsMethod(),
            Scope.IPR,
            CallCost.READ,
            DiskUse.NONE,
            (caller, request) -> StatusMapper.value(office.list(request)))
        .unary(
            IprProcedureGrpc.getReadRecordationMethod(),
            Scope.IPR,
            CallCost.READ,
            DiskUse.DEFERRABLE,
            (caller, request) -> StatusMapper.value(office.read(caller.name(), request)))
        .unary(
            IprProcedureGrpc.getSuspendGoodsMethod(),
            Scope.IPR,
            CallCost.CHANGE,
            DiskUse.DEFERRABLE,
            (caller, request) -> StatusMapper.value(office.suspend(caller.name(), request)))
        .unary(
            IprProcedureGrpc.getActOnIprCaseMethod(),
            Scope.IPR,
            CallCost.CHANGE,
            DiskUse.MIXED,
            (caller, request) -> StatusMapper.value(office.act(caller.name(), request)))
        .unary(
            IprProcedureGrpc.getListIprCasesMethod(),
            Scope.IPR,
            CallCost.READ,
            DiskUse.NONE,
            (caller, request) -> StatusMapper.value(office.list(request)))
        .unary(
            IprProcedureGrpc.getReadIprCaseMethod(),
            Scope.IPR,
            CallCost.READ,
            DiskUse.DEFERRABLE,
            (caller, request) -> StatusMapper.value(office.read(caller.name(), request)))
        .unary(
            IprProcedureGrpc.getListOwnRecordationsMethod(),
            Scope.RIGHTS_HOLDER,
            CallCost.READ,
            DiskUse.NONE,
            (caller, request) -> StatusMapper.value(desk.recordations(caller.name(), request)))
        .unary(
            IprProcedureGrpc.getListIprNoticesMethod(),
            Scope.RIGHTS_HOLDER,
            CallCost.READ,
            DiskUse.NONE,
            (caller, request) -> StatusMapper.value(desk.notices(caller.name(), request)))
        .unary(
            IprProcedureGrpc.getReadIprNoticeMethod(),
            Scope.RIGHTS_HOLDER,
            CallCost.READ,
            DiskUse.DEFERRABLE,
            (caller, request) -> StatusMapper.value(desk.read(caller.name(), request)))
        .unary(
            IprProcedureGrpc.getAnswerIprNoticeMethod(),
            Scope.RIGHTS_HOLDER,
            CallCost.CHANGE,
            DiskUse.DEFERRABLE,
            (caller, request) -> StatusMapper.value(desk.answer(caller.name(), request)))
        .build();
  }

  /** On credit: the client's next calls wait until it is paid. */
  static void payForFurther() {
    long unused = Caller.account().charge(Work.CALL_COST, CallCost.SEARCH.units());
  }
}
