package org.entente.gateway.feature.risk;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Work;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.rpc.ServiceContext;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.CallFailureMapper;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.DiskUse;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.FollowScoresRequest;
import org.entente.proto.v1.FollowScoresResponse;
import org.entente.proto.v1.ListScoresRequest;
import org.entente.proto.v1.ListScoresResponse;
import org.entente.proto.v1.RiskGrpc;

/** The Risk service over {@link ScoreDesk}. */
final class RiskService implements BindableService {
  private final ScoreDesk scores;
  private final ServiceContext context;

  RiskService(ScoreDesk scores, ServiceContext context) {
    this.scores = scores;
    this.context = context;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return new ServiceMethods(RiskGrpc.getServiceDescriptor())
        .unary(
            RiskGrpc.getScoreMessageMethod(),
            Scope.SCORE,
            CallCost.CHANGE,
            DiskUse.DEFERRABLE,
            (caller, request) -> StatusMapper.value(scores.score(caller.name(), request)))
        .unary(
            RiskGrpc.getShowScoresMethod(),
            Scope.SEARCH,
            CallCost.READ,
            DiskUse.DEFERRABLE,
            (caller, request) -> StatusMapper.value(scores.show(caller.name(), request)))
        .unary(
            RiskGrpc.getListScoresMethod(),
            Scope.SEARCH,
            CallCost.SEARCH,
            DiskUse.DEFERRABLE,
            this::listScores)
        .serverStream(
            RiskGrpc.getFollowScoresMethod(),
            Scope.SEARCH,
            CallCost.SEARCH,
            DiskUse.DEFERRABLE,
            this::followScores)
        .build();
  }

  private ListScoresResponse listScores(Identified caller, ListScoresRequest request) {
    StatusMapper.refuse(context.names().filter("terms.filter", request.getTerms().getFilter()));
    return StatusMapper.value(scores.list(caller.name(), request));
  }

  private void followScores(
      Identified caller,
      FollowScoresRequest request,
      ServerCallStreamObserver<FollowScoresResponse> out) {
    StatusMapper.refuse(context.names().filter("terms.filter", request.getTerms().getFilter()));
    ScoreFollower followed =
        StatusMapper.value(
            scores.follow(caller.name(), request, new ScoreStream(out, context, Caller.account())));
    out.setOnReadyHandler(followed::wake);
    out.setOnCancelHandler(followed::end);
    followed.wake();
  }

  /** A client's stream; {@link ScoreFollower} calls it by one thread at a time. */
  private record ScoreStream(
      ServerCallStreamObserver<FollowScoresResponse> out, ServiceContext context, Account account)
      implements ScoreFollower.ScoreSink {
    @Override
    public void schedule(Runnable turn, boolean pays) {
      long wait = pays ? account.pace(Work.CALL_COST, CallCost.SEARCH.units()) : 0;
      context.run(Duration.ofNanos(wait), turn);
    }

    @Override
    public boolean ready() {
      return out.isReady();
    }

    @Override
    public void send(FollowScoresResponse response) {
      out.onNext(response);
    }

    @Override
    public void failed(RuntimeException failure) {
      if (!out.isCancelled()) {
        out.onError(StatusMapper.exception(CallFailureMapper.problem(failure)));
      }
    }
  }
}
