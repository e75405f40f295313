package org.entente.gateway.feature.operator;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.BackupsGrpc;
import org.entente.proto.v1.CreateBackupRequest;
import org.entente.proto.v1.CreateBackupResponse;
import org.entente.proto.v1.ListBackupsResponse;

/** The Backups service over {@link OwnBackups}. */
final class BackupsService implements BindableService {
  private final OwnBackups backups;

  BackupsService(OwnBackups backups) {
    this.backups = backups;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(BackupsGrpc.getServiceDescriptor())
        .unary(
            BackupsGrpc.getCreateBackupMethod(), Scope.OPERATOR, CallCost.RUN, this::createBackup)
        .unary(
            BackupsGrpc.getListBackupsMethod(),
            Scope.OPERATOR,
            CallCost.READ,
            (caller, request) -> listBackups())
        .build();
  }

  private CreateBackupResponse createBackup(Identified caller, CreateBackupRequest request) {
    OwnBackups.Answer answer = backups.create(caller.name(), request);
    if (answer instanceof OwnBackups.Answer.Refused refused) {
      throw StatusMapper.exception(refused.problem());
    }
    OwnBackups.Answer.Made made = (OwnBackups.Answer.Made) answer;
    return CreateBackupResponse.newBuilder().setBackup(made.backup()).build();
  }

  private ListBackupsResponse listBackups() {
    OwnBackups.ListResult listed = backups.list();
    if (listed instanceof OwnBackups.ListResult.Unknown unknown) {
      throw StatusMapper.exception(unknown.problem());
    }
    return ((OwnBackups.ListResult.Known) listed).response();
  }
}
