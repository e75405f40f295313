package org.entente.gateway.risk;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.risk.ScoreDesk;
import org.entente.gateway.risk.ScoreFollower;
import org.entente.gateway.risk.ScoreResult;
import org.entente.gateway.rpc.server.CallFailureMapper;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.KnownNames;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.FollowScoresRequest;
import org.entente.proto.v1.FollowScoresResponse;
import org.entente.proto.v1.ListScoresRequest;
import org.entente.proto.v1.ListScoresResponse;
import org.entente.proto.v1.RiskGrpc;
import org.entente.proto.v1.ScoreMessageRequest;
import org.entente.proto.v1.ScoreMessageResponse;
import org.entente.proto.v1.ShowScoresRequest;
import org.entente.proto.v1.ShowScoresResponse;

/** The Risk service over {@link ScoreDesk}. */
final class RiskService extends RiskGrpc.RiskImplBase {
  private final ScoreDesk scores;
  private final KnownNames names;

  RiskService(ScoreDesk scores, KnownNames names) {
    this.scores = scores;
    this.names = names;
  }

  @Override
  public void scoreMessage(
      ScoreMessageRequest request, StreamObserver<ScoreMessageResponse> observer) {
    Identified caller = Caller.require(Scope.SCORE);
    answer(scores.score(caller.name(), request), observer);
  }

  @Override
  public void showScores(ShowScoresRequest request, StreamObserver<ShowScoresResponse> observer) {
    Identified caller = Caller.require(Scope.SEARCH);
    answer(scores.show(caller.name(), request), observer);
  }

  @Override
  public void listScores(ListScoresRequest request, StreamObserver<ListScoresResponse> observer) {
    Identified caller = Caller.require(Scope.SEARCH);
    StatusMapper.refuse(names.filter("terms.filter", request.getTerms().getFilter()));
    answer(scores.list(caller.name(), request), observer);
  }

  @Override
  public void followScores(
      FollowScoresRequest request, StreamObserver<FollowScoresResponse> observer) {
    Identified caller = Caller.require(Scope.SEARCH);
    StatusMapper.refuse(names.filter("terms.filter", request.getTerms().getFilter()));
    ServerCallStreamObserver<FollowScoresResponse> out =
        (ServerCallStreamObserver<FollowScoresResponse>) observer;
    ScoreFollower followed = required(scores.follow(caller.name(), request, new ScoreStream(out)));
    out.setOnReadyHandler(followed::wake);
    out.setOnCancelHandler(followed::end);
    followed.wake();
  }

  private static <T> void answer(ScoreResult<T> answer, StreamObserver<T> observer) {
    T response = required(answer);
    observer.onNext(response);
    observer.onCompleted();
  }

  private static <T> T required(ScoreResult<T> answer) {
    if (answer instanceof ScoreResult.Refused<T> refused) {
      throw StatusMapper.exception(refused.problem());
    }
    return ((ScoreResult.Done<T>) answer).response();
  }

  /** A client's stream; {@link ScoreFollower} calls it by one thread at a time. */
  private record ScoreStream(ServerCallStreamObserver<FollowScoresResponse> out)
      implements ScoreFollower.ScoreSink {
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
