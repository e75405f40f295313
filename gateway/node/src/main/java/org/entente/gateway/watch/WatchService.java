package org.entente.gateway.watch;

import io.grpc.stub.StreamObserver;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.KnownNames;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.gateway.watch.Watches;
import org.entente.proto.v1.AddWatchRequest;
import org.entente.proto.v1.AddWatchResponse;
import org.entente.proto.v1.ListHitsRequest;
import org.entente.proto.v1.ListHitsResponse;
import org.entente.proto.v1.ListWatchesRequest;
import org.entente.proto.v1.ListWatchesResponse;
import org.entente.proto.v1.RemoveWatchRequest;
import org.entente.proto.v1.RemoveWatchResponse;
import org.entente.proto.v1.WatchGrpc;

/** The Watch service over {@link Watches}. */
final class WatchService extends WatchGrpc.WatchImplBase {
  private final Watches watches;
  private final KnownNames names;

  WatchService(Watches watches, KnownNames names) {
    this.watches = watches;
    this.names = names;
  }

  @Override
  public void addWatch(AddWatchRequest request, StreamObserver<AddWatchResponse> observer) {
    Identified caller = Caller.require(Scope.WATCH);
    StatusMapper.refuse(names.filter("terms.filter", request.getTerms().getFilter()));
    answer(watches.add(caller.name(), request), observer);
  }

  @Override
  public void removeWatch(
      RemoveWatchRequest request, StreamObserver<RemoveWatchResponse> observer) {
    Identified caller = Caller.require(Scope.WATCH);
    answer(watches.remove(caller.name(), request), observer);
  }

  @Override
  public void listWatches(
      ListWatchesRequest request, StreamObserver<ListWatchesResponse> observer) {
    Identified caller = Caller.require(Scope.WATCH);
    answer(watches.list(caller.name(), request), observer);
  }

  @Override
  public void listHits(ListHitsRequest request, StreamObserver<ListHitsResponse> observer) {
    Identified caller = Caller.require(Scope.WATCH);
    answer(watches.hits(caller.name(), request), observer);
  }

  private static <T> void answer(Watches.Answer<T> answer, StreamObserver<T> observer) {
    if (answer instanceof Watches.Answer.Refused<T> refused) {
      throw StatusMapper.exception(refused.problem());
    }
    observer.onNext(((Watches.Answer.Done<T>) answer).response());
    observer.onCompleted();
  }
}
