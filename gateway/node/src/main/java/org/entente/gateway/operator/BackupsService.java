package org.entente.gateway.operator;

import io.grpc.stub.StreamObserver;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.BackupsGrpc;
import org.entente.proto.v1.CreateBackupRequest;
import org.entente.proto.v1.CreateBackupResponse;
import org.entente.proto.v1.ListBackupsRequest;
import org.entente.proto.v1.ListBackupsResponse;

/** The Backups service over {@link OwnBackups}. */
final class BackupsService extends BackupsGrpc.BackupsImplBase {
  private final OwnBackups backups;

  BackupsService(OwnBackups backups) {
    this.backups = backups;
  }

  @Override
  public void createBackup(
      CreateBackupRequest request, StreamObserver<CreateBackupResponse> observer) {
    Identified caller = Caller.require(Scope.OPERATOR);
    OwnBackups.Answer answer = backups.create(caller.name(), request);
    if (answer instanceof OwnBackups.Answer.Made made) {
      observer.onNext(CreateBackupResponse.newBuilder().setBackup(made.backup()).build());
      observer.onCompleted();
    } else if (answer instanceof OwnBackups.Answer.Refused refused) {
      throw StatusMapper.exception(refused.problem());
    }
  }

  @Override
  public void listBackups(
      ListBackupsRequest request, StreamObserver<ListBackupsResponse> observer) {
    Caller.require(Scope.OPERATOR);
    OwnBackups.ListResult listed = backups.list();
    if (listed instanceof OwnBackups.ListResult.Known known) {
      observer.onNext(known.response());
      observer.onCompleted();
    } else if (listed instanceof OwnBackups.ListResult.Unknown unknown) {
      throw StatusMapper.exception(unknown.problem());
    }
  }
}
