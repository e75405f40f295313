package org.entente.gateway.feature.operator;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import org.entente.gateway.feature.OwnBackups;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.BackupsGrpc;
import org.entente.proto.v1.CreateBackupRequest;
import org.entente.proto.v1.CreateBackupResponse;

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
            BackupsGrpc.getCreateBackupMethod(),
            Scope.OPERATOR,
            CallCost.RUN,
            DiskUse.NECESSARY,
            this::createBackup)
        .unary(
            BackupsGrpc.getListBackupsMethod(),
            Scope.OPERATOR,
            CallCost.READ,
            DiskUse.NONE,
            (caller, request) -> StatusMapper.value(backups.list()))
        .build();
  }

  private CreateBackupResponse createBackup(Identified caller, CreateBackupRequest request) {
    return CreateBackupResponse.newBuilder()
        .setBackup(StatusMapper.value(backups.create(caller.name(), request)))
        .build();
  }
}
