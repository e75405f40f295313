package org.entente.gateway.search;

import io.grpc.stub.StreamObserver;
import org.entente.gateway.deliver.MessageOpening;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.rpc.ReleaseService;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.KnownNames;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.gateway.search.MessageSearch;
import org.entente.proto.v1.OpenRequest;
import org.entente.proto.v1.OpenResponse;
import org.entente.proto.v1.RelatedRequest;
import org.entente.proto.v1.RelatedResponse;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.SearchResponse;

/** The Search service over {@link MessageSearch}. */
final class SearchService extends SearchGrpc.SearchImplBase {
  private final MessageSearch searching;
  private final MessageOpening opening;
  private final KnownNames names;

  SearchService(MessageSearch searching, MessageOpening opening, KnownNames names) {
    this.searching = searching;
    this.opening = opening;
    this.names = names;
  }

  @Override
  public void search(SearchRequest request, StreamObserver<SearchResponse> observer) {
    Identified caller = Caller.require(Scope.SEARCH);
    StatusMapper.refuse(names.filter("filter", request.getFilter()));
    StatusMapper.answer(searching.search(caller.name(), request), observer);
  }

  @Override
  public void open(OpenRequest request, StreamObserver<OpenResponse> observer) {
    Identified caller = Caller.require(Scope.SEARCH);
    MessageId id = ReleaseService.id("message_id", request.getMessageId());
    StatusMapper.answer(opening.open(caller.name(), id, request), observer);
  }

  @Override
  public void related(RelatedRequest request, StreamObserver<RelatedResponse> observer) {
    Identified caller = Caller.require(Scope.SEARCH);
    MessageId id = ReleaseService.id("message_id", request.getMessageId());
    StatusMapper.answer(searching.related(caller.name(), id, request), observer);
  }
}
