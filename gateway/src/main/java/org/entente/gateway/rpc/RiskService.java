package org.entente.gateway.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.risk.Answer;
import org.entente.gateway.risk.FollowedScores;
import org.entente.gateway.risk.Scores;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.Failures;
import org.entente.gateway.rpc.server.KnownNames;
import org.entente.gateway.rpc.server.Statuses;
import org.entente.proto.v1.FollowScoresRequest;
import org.entente.proto.v1.FollowScoresResponse;
import org.entente.proto.v1.ListScoresRequest;
import org.entente.proto.v1.ListScoresResponse;
import org.entente.proto.v1.RiskGrpc;
import org.entente.proto.v1.ScoreMessageRequest;
import org.entente.proto.v1.ScoreMessageResponse;
import org.entente.proto.v1.ShowScoresRequest;
import org.entente.proto.v1.ShowScoresResponse;

/** The Risk service over {@link Scores}. */
final class RiskService extends RiskGrpc.RiskImplBase {
  private final Scores scores;
  private final KnownNames names;

  RiskService(Scores scores, KnownNames names) {
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
    Statuses.refuse(names.filter("terms.filter", request.getTerms().getFilter()));
    answer(scores.list(caller.name(), request), observer);
  }

  @Override
  public void followScores(
      FollowScoresRequest request, StreamObserver<FollowScoresResponse> observer) {
    Identified caller = Caller.require(Scope.SEARCH);
    Statuses.refuse(names.filter("terms.filter", request.getTerms().getFilter()));
    ServerCallStreamObserver<FollowScoresResponse> out =
        (ServerCallStreamObserver<FollowScoresResponse>) observer;
    FollowedScores followed = required(scores.follow(caller.name(), request, new ScoreStream(out)));
    out.setOnReadyHandler(followed::wake);
    out.setOnCancelHandler(followed::end);
    followed.wake();
  }

  private static <T> void answer(Answer<T> answer, StreamObserver<T> observer) {
    T response = required(answer);
    observer.onNext(response);
    observer.onCompleted();
  }

  private static <T> T required(Answer<T> answer) {
    if (answer instanceof Answer.Refused<T> refused) {
      throw Statuses.exception(refused.problem());
    }
    return ((Answer.Done<T>) answer).response();
  }

  /** A client's stream; {@link FollowedScores} calls it by one thread at a time. */
  private record ScoreStream(ServerCallStreamObserver<FollowScoresResponse> out)
      implements FollowedScores.Out {
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
        out.onError(Statuses.exception(Failures.problem(failure)));
      }
    }
  }
}
